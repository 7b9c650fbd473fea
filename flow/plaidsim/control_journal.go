package plaidsim

import (
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"layersim/flow/guard"
)

// wanted says which records a reader wants.
type wanted struct {
	after   uint64
	follow  bool
	kinds   []Kind // none is all
	thread  int    // 0 is all
	session string // "" is all
}

func (q wanted) fits(r *Record) bool {
	if len(q.kinds) > 0 && !slices.Contains(q.kinds, r.Kind) {
		return false
	}
	if q.session != "" { // what its link_token led to before there was a session belongs to it
		return r.Session == q.session || r.Session == "" && r.Thread == q.thread
	}
	return q.thread == 0 || r.Thread == q.thread
}

// about narrows a reader's wishes down to one session.
func (s *Sim) about(v View, q wanted) wanted {
	s.mu.Lock()
	defer s.mu.Unlock()
	q.session, q.thread, q.after = v.LinkSessionID, v.Thread, max(q.after, s.resetAt)
	return q
}

func readWanted(r *http.Request) (q wanted, e *plaidError) {
	values, e := query(r, "after", "follow", "kind", "thread")
	if e != nil {
		return q, e
	}
	if q.after, e = number(values, "after"); e != nil {
		return q, e
	}
	thread, e := number(values, "thread")
	if e != nil {
		return q, e
	}
	q.thread = int(thread) //nolint:gosec // read as 63 bits
	for _, list := range values["kind"] {
		for name := range strings.SplitSeq(list, ",") {
			if !slices.Contains(kinds, Kind(name)) {
				return q, invalidField("kind " + clip(name) + " does not exist; choose among " + joinKinds())
			}
			q.kinds = append(q.kinds, Kind(name))
		}
	}
	if text := values.Get("follow"); text != "" {
		var err error
		if q.follow, err = strconv.ParseBool(text); err != nil {
			return q, invalidField("follow must be true or false, not " + clip(text))
		}
	}
	return q, nil
}

func joinKinds() string {
	var names []string
	for _, k := range kinds {
		names = append(names, string(k))
	}
	return strings.Join(names, ", ")
}

// controlJournal answers GET /sim/journal.
func (s *Sim) controlJournal(w http.ResponseWriter, r *http.Request) (any, *plaidError) {
	q, e := readWanted(r)
	if e != nil {
		return nil, e
	}
	if !r.URL.Query().Has("after") { // ids begin anew with a reset; what was before would be taken for now
		s.mu.Lock()
		q.after = s.resetAt
		s.mu.Unlock()
	}
	return nil, s.streamJournal(w, r, q)
}

// controlSessionJournal answers GET /sim/sessions/{id}/journal.
func (s *Sim) controlSessionJournal(w http.ResponseWriter, r *http.Request) (any, *plaidError) {
	q, e := readWanted(r)
	if e != nil {
		return nil, e
	}
	v, ok := s.Session(idIn(r))
	if !ok {
		return nil, noSession(idIn(r))
	}
	q = s.about(v, q)
	return nil, s.streamJournal(w, r, q)
}

// streamJournal writes records as NDJSON, one JSON object a line: those that
// there are, and with follow all that come, for as long as the client reads.
func (s *Sim) streamJournal(w http.ResponseWriter, r *http.Request, q wanted) *plaidError {
	f, err := s.Follow(q.after)
	if err != nil {
		e := invalidRequest("INVALID_FIELD", err.Error())
		e.status = http.StatusTooManyRequests
		return e
	}
	defer f.Close()
	h := w.Header()
	h["Content-Type"] = []string{"application/x-ndjson; charset=utf-8"}
	h["Cache-Control"], h["X-Content-Type-Options"] = noStore, noSniff
	h["Cross-Origin-Resource-Policy"], h["Content-Security-Policy"] = ownPages, noContent
	w.WriteHeader(http.StatusOK)
	if r.Method == http.MethodHead {
		return nil
	}
	rc := noHurry(w)
	ctx, cancel := context.WithCancel(r.Context())
	defer cancel()
	guard.Go(func() {
		select {
		case <-f.CutOff():
			// A Write that hangs must end. A follower that was given up after its
			// reading is cut off as well, and what was read has yet to be sent.
			if ctx.Err() == nil {
				_ = rc.SetWriteDeadline(time.Unix(1, 0))
			}
		case <-ctx.Done():
		}
	})
	lines := json.NewEncoder(escapedLines{w})
	lines.SetEscapeHTML(false)
	if f.Forgotten > 0 {
		_ = lines.Encode(forgottenLine{KindNote, f.Forgotten, strconv.FormatUint(f.Forgotten, 10) +
			" earlier records are forgotten: the journal keeps the newest few megabytes"})
	}
	for {
		if !q.follow && f.upToDate() {
			return nil
		}
		if q.follow && f.upToDate() {
			_ = rc.Flush()
		}
		records, err := f.Next(ctx, 64)
		if err != nil {
			return nil
		}
		for i := range records {
			if q.fits(&records[i]) && lines.Encode(&records[i]) != nil {
				return nil // the client went away
			}
			f.Done(records[i].Seq)
		}
	}
}

// noHurry takes the server's limits off an answer that may take long: they are
// for requests that end. Without a socket there are none.
func noHurry(w http.ResponseWriter) *http.ResponseController {
	rc := http.NewResponseController(w)
	_ = rc.SetReadDeadline(time.Time{})
	_ = rc.SetWriteDeadline(time.Time{})
	return rc
}

// forgottenLine tells a reader what it has missed. It has no seq.
type forgottenLine struct {
	Kind      Kind   `json:"kind"`
	Forgotten uint64 `json:"forgotten"`
	Note      string `json:"note"`
}
