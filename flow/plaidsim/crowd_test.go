package plaidsim

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"testing"
)

// heap is what is alive, in bytes.
func heap() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// perform asks without a client or a socket, for tests that ask very often.
func perform(t testing.TB, s *Sim, path, body string) object {
	t.Helper()
	r := httptest.NewRequest(http.MethodPost, path, strings.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	if w.Code != 200 {
		t.Fatalf("%s: %d %s", path, w.Code, w.Body)
	}
	var o object
	decodeInto(t, w.Body.Bytes(), &o)
	return o
}

const tokenBody = `{"client_id":"client","secret":"secret","template_id":"default","user":{"client_user_id":"u1"}}`

// onboard is one whole session, and what the app's server asks in the end.
func onboard(t testing.TB, s *Sim) object {
	token := text(perform(t, s, pathTokenCreate, tokenBody), "link", "link_token")
	path := "/link/session/" + text(perform(t, s, "/link/session", `{"token":"`+token+`"}`), "session")
	for _, step := range []string{`submit {"phone_number":"` + fullPhone + `"}`, `open {"ack":1}`, `continue {"ack":2}`, `code {"code":"123456"}`} {
		verb, body, _ := strings.Cut(step, " ")
		perform(t, s, path+"/"+verb, body)
	}
	o := perform(t, s, path+"/share", `{}`)
	calls := o["callbacks"].([]any)
	last := calls[len(calls)-1]
	perform(t, s, path+"/sync", fmt.Sprintf(`{"ack":%v}`, at(last, "seq")))
	return perform(t, s, pathSessionGet, `{"client_id":"client","secret":"secret","public_token":"`+text(last, "public_token")+`"}`)
}

// The simulator may run for days: what it remembers is bounded, and it says so
// in the journal, now and then. LAYERSIM_SESSIONS=100000 takes a minute or two.
func TestFinishedSessionsAreForgotten(t *testing.T) {
	oneAtATime(t)
	full := maxFinished + 200 // sessions after which memory may grow no more
	total := full + 500
	if n, err := strconv.Atoi(os.Getenv("LAYERSIM_SESSIONS")); err == nil && n > 2*maxAccessTokens {
		full, total = maxAccessTokens+200, n // the clock stands still: tokens are forgotten by number alone
	}
	s := newSim(t)
	var before uint64
	for n := range total {
		onboard(t, s)
		if n == full {
			before = heap()
		}
		if n == maxFinished {
			if said := notes(s); len(said) != 1 || !strings.HasPrefix(said[0], "old Link sessions are forgotten, 1 so far") {
				t.Errorf("it says %q", said)
			}
		}
	}
	after := heap()
	t.Logf("%d KiB after %d sessions, %d KiB after %d", before>>10, full, after>>10, total)
	if after > before+before/4 {
		t.Errorf("memory grew from %d to %d KiB", before>>10, after>>10)
	}
	if said := notes(s); len(said) > 1 {
		t.Errorf("it says so again and again: %q", said)
	}
	if got := len(s.Sessions()); got != maxFinished {
		t.Errorf("%d sessions are remembered", got)
	}
	if _, o := get(t, s, "/sim/sessions?state=created"); o["forgotten"] != float64(total-maxFinished) {
		t.Errorf("forgotten: %v", o["forgotten"])
	}
}

func TestTenThousandOpenSessions(t *testing.T) {
	oneAtATime(t)
	s := newSim(t)
	before := heap()
	var paths []string
	for range 10_000 {
		token := text(perform(t, s, pathTokenCreate, tokenBody), "link", "link_token")
		path := "/link/session/" + text(perform(t, s, "/link/session", `{"token":"`+token+`"}`), "session")
		perform(t, s, path+"/submit", `{"phone_number":"`+fullPhone+`"}`)
		perform(t, s, path+"/open", `{"ack":1}`)
		paths = append(paths, path)
	}
	t.Logf("%d KiB", (heap()-before)>>10)
	for n := 0; n < len(paths); n += 10 {
		path := paths[n]
		if o := perform(t, s, path+"/sync", `{}`); o["state"] != "consent" {
			t.Fatalf("%s: %v", path, o["state"])
		}
	}
	if _, o := get(t, s, "/sim/sessions?state=consent"); len(o["sessions"].([]any)) != 10_000 {
		t.Errorf("%d are listed", len(o["sessions"].([]any)))
	}
}

// A thousand at once, each with its own phone, edit and token: nobody gets
// anything of anyone else's.
func TestAThousandSessionsStayApart(t *testing.T) {
	s := newSim(t, func(c *Config) { c.Delivery = Documented })
	var phones []string
	for _, p := range s.cfg.Catalog.Personas {
		if v := Eligibility(*s.fallback, p.Profile, p.Banks); v.Eligible && !p.SNA { // each types a code
			phones = append(phones, p.Phone.Reveal())
		}
	}
	var mu sync.Mutex
	seen := map[string]int{} // every token and id, and whose it is
	var wg sync.WaitGroup
	sessions := 1000
	if raceDetector { // it sees what a few of them do to each other
		sessions = 200
	}
	for n := range sessions {
		wg.Go(func() {
			me := fmt.Sprintf("user-%d", n)
			phone, email := phones[n%len(phones)], fmt.Sprintf("p%d@example.com", n)
			o := perform(t, s, pathTokenCreate, fmt.Sprintf(`{"client_id":"client-%d","secret":"s","template_id":"default","user":{"client_user_id":"%s"}}`, n, me))
			token := text(o, "link", "link_token")
			o = perform(t, s, "/link/session", `{"token":"`+token+`"}`)
			id, path := text(o, "link_session_id"), "/link/session/"+text(o, "session")
			perform(t, s, path+"/submit", `{"phone_number":"`+phone+`"}`)
			perform(t, s, path+"/open", `{}`)
			perform(t, s, path+"/continue", `{}`)
			o = perform(t, s, path+"/code", `{"code":"123456"}`)
			body := `{}`
			if strings.Contains(string(encode(at(o, "pane"))), `"email"`) {
				body = `{"values":{"email":"` + email + `"}}`
			}
			o = perform(t, s, path+"/share", body)
			for _, c := range o["callbacks"].([]any) {
				if got := text(c, "metadata", "link_session_id"); got != id {
					t.Errorf("%s is told of session %s", me, got)
				}
			}
			calls := o["callbacks"].([]any)
			public := text(calls[len(calls)-1], "public_token")
			ask := `{"client_id":"client-%d","secret":"s","public_token":"` + public + `"}`
			o = perform(t, s, pathSessionGet, fmt.Sprintf(ask, n))
			if got := text(o, "identity", "phone_number"); got != phone {
				t.Errorf("%s has the phone number %s, not %s", me, got, phone)
			}
			if got := text(o, "identity", "email"); body != `{}` && got != email {
				t.Errorf("%s has the email %s", me, got)
			}
			if status, _ := post(t, s, pathSessionGet, fmt.Sprintf(ask, n+1)); status != 400 {
				t.Errorf("another client reads what %s shared", me)
			}
			v, ok := s.Session(id)
			if !ok || v.ClientUserID != me || v.State != "done" || v.Phone.Reveal() != phone {
				t.Errorf("%s is seen as %+v", me, v)
			}
			mu.Lock()
			defer mu.Unlock()
			for _, secret := range []string{token, id, path, public, text(o, "request_id")} {
				if other, taken := seen[secret]; taken || secret == "" {
					t.Errorf("%d and %d share %q", n, other, secret)
				}
				seen[secret] = n
			}
			for _, i := range o["items"].([]any) {
				for _, key := range []string{"item_id", "access_token"} {
					if other, taken := seen[text(i, key)]; taken {
						t.Errorf("%d and %d share an %s", n, other, key)
					}
					seen[text(i, key)] = n
				}
			}
		})
	}
	wg.Wait()
	// The journal keeps them apart too.
	threads := map[string]int{}
	records, _ := s.Records(0, 1<<20)
	for _, r := range records {
		if r.Session == "" {
			continue
		}
		if before, known := threads[r.Session]; known && before != r.Thread {
			t.Errorf("session %s is in threads %d and %d", r.Session, before, r.Thread)
		}
		threads[r.Session] = r.Thread
	}
}
