package plaidsim

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// What a fault makes of a call.

// fail reports whether a fault answered the request.
func (s *Sim) fail(w http.ResponseWriter, r *http.Request) bool {
	route := routeOf(r.URL.Path)
	if route == "" {
		return false
	}
	f, e := s.faultOn(r.Context(), route)
	if e != nil {
		s.refuseTurn(w, e)
		return true
	}
	if f == nil {
		return false
	}
	if f.Latency > 0 || f.NoAnswer {
		noHurry(w)
	}
	if f.Latency > 0 {
		if err := s.sleep(r.Context(), f.Latency); err != nil {
			giveUp(w, err)
			return true
		}
	}
	switch {
	case f.NoAnswer:
		s.bookSpoilt(r, 0, nil)
		_, _ = io.Copy(io.Discard, io.LimitReader(r.Body, maxBody)) // until then net/http does not notice that a caller leaves
		giveUp(w, s.sleep(r.Context(), 0))
	case f.Drop:
		s.bookSpoilt(r, 0, nil)
		panic(http.ErrAbortHandler) // how net/http is told to close the connection
	case f.Garbage:
		body := []byte("<html><body><h1>Bad Gateway</h1></body></html>")
		status := max(f.Status, http.StatusOK)
		s.bookSpoilt(r, status, body)
		w.Header()["Content-Type"], w.Header()["Content-Security-Policy"] = []string{"text/html"}, noContent
		w.WriteHeader(status)
		_, _ = w.Write(body)
	case f.Truncate:
		s.truncate(w, r)
	case f.Swallow && strings.HasPrefix(route, pathLinkSession+"/"):
		s.swallow(w, r)
	case f.Latency > 0 && f.Status == 0 && f.ErrorCode == "":
		return false
	default:
		e := f.plaidError()
		s.refuse(w, e)
		s.bookSpoilt(r, e.status, encode(e))
	}
	return true
}

// faultOn uses up the fault that acts on a call, nil if there is none.
func (s *Sim) faultOn(ctx context.Context, route string) (*armed, *plaidError) {
	done, e := s.turn(ctx)
	if e != nil {
		return nil, e
	}
	defer done()
	s.mu.Lock()
	defer s.mu.Unlock()
	f, ok := s.takeFault(func(f Fault) bool { return !f.onCallback() && f.fits(route) })
	if ok {
		s.remark("fault " + strconv.Itoa(f.id) + " acts on " + route)
	}
	return f, nil
}

// sleep waits for so long, 0 until the caller gives up. The error says that the
// caller did.
func (s *Sim) sleep(ctx context.Context, d time.Duration) error {
	if s.cfg.Sleep != nil {
		return s.cfg.Sleep(ctx, d)
	}
	if d == 0 {
		<-ctx.Done()
		return ctx.Err()
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// giveUp tells a caller without a socket why it has given up; any other knows.
func giveUp(w http.ResponseWriter, err error) {
	if rec, ok := w.(*recorder); ok {
		rec.gaveUp = err
	}
}

// truncate answers the request and sends the first half of it.
func (s *Sim) truncate(w http.ResponseWriter, r *http.Request) {
	whole := &recorder{header: http.Header{}}
	s.route(whole, r)
	for name, values := range whole.header {
		w.Header()[name] = values
	}
	w.Header().Set("Content-Length", strconv.Itoa(whole.body.Len()))
	w.WriteHeader(whole.status)
	_, _ = w.Write(whole.body.Bytes()[:whole.body.Len()/2])
	_ = http.NewResponseController(w).Flush() // before the connection is closed
	panic(http.ErrAbortHandler)
}

// bookSpoilt writes an API call into the journal that a fault answered.
func (s *Sim) bookSpoilt(r *http.Request, status int, response []byte) {
	if endpoints[r.URL.Path] == nil {
		return
	}
	request, _ := io.ReadAll(io.LimitReader(r.Body, longestBody)) // what could not be read is not shown
	var said struct {
		PublicToken   string `json:"public_token"`
		AccessToken   string `json:"access_token"`
		LinkSessionID string `json:"link_session_id"`
		RequestID     string `json:"request_id"`
	}
	_ = json.Unmarshal(request, &said) // what is not JSON belongs to no session
	_ = json.Unmarshal(response, &said)
	// It has happened, whoever left meanwhile.
	if done, e := s.turn(context.WithoutCancel(r.Context())); e == nil {
		defer done()
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.now()
	thread, session := s.belongs(said.PublicToken, said.AccessToken, said.LinkSessionID)
	s.journal.add(Record{At: now, Kind: KindCall, Thread: thread, Session: session, Call: &Call{
		method: r.Method, path: keepText(r.URL.Path), clientID: keepText(r.Header.Get("Plaid-Client-Id")), status: status,
		request: request, response: response, requestID: said.RequestID, started: now, spoilt: true,
	}})
}

// belongs finds the session that a call is about by what it names; the caller
// holds the lock.
func (s *Sim) belongs(publicToken, accessToken, linkSessionID string) (thread int, session string) {
	if id, ok := parseToken(publicToken, publicTokenPrefix); ok {
		if held, found := s.publicTokens.get(id); found {
			return held.thread, held.session
		}
	}
	if id, ok := parseToken(accessToken, accessTokenPrefix); ok {
		if held, found := s.accessTokens.get(id); found {
			return held.thread, held.session
		}
	}
	if l := s.byID[linkSessionID]; l != nil {
		return l.thread, l.id
	}
	return 0, ""
}

// swallow answers with the session as it is.
func (s *Sim) swallow(w http.ResponseWriter, r *http.Request) {
	key, _, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, pathLinkSession+"/"), "/")
	s.mu.Lock()
	l := s.sessions[key]
	var body []byte
	if l != nil {
		body = encode(l.answer(s.cfg.Catalog))
	}
	s.mu.Unlock()
	if l == nil {
		s.refuse(w, notFound("no such Link session; it may have been forgotten"))
		return
	}
	s.answer(w, http.StatusOK, body)
}
