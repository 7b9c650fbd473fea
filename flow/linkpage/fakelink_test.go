package linkpage_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync"
	"testing"
)

// fakeLink speaks the Link protocol for one session, so that the page and
// Link's web assets can be tested for what a healthy simulator never does:
// vanish, answer nonsense, send a callback twice.
type fakeLink struct {
	*httptest.Server
	mu        sync.Mutex
	state     string
	seq       int
	callbacks []map[string]any
	wrong     int
	shared    map[string]any
	requests  []string
	// The next failTimes requests are answered with this HTTP status; -1 means
	// that they are carried out and the connection is cut within the answer.
	// (Cut before it, a browser may repeat the request by itself.)
	failWith, failTimes int
	pane                map[string]any
}

const fakeToken = "link-sandbox-00000000-0000-4000-8000-000000000001"

func newFakeLink(t *testing.T) *fakeLink {
	f := &fakeLink{state: "eligible"}
	mux := http.NewServeMux()
	assets := http.FileServerFS(os.DirFS("../plaidsim/web"))
	mux.Handle("GET /link/v2/stable/", http.StripPrefix("/link/v2/stable/", assets))
	mux.HandleFunc("GET /link/v2/", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Security-Policy", "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'")
		http.StripPrefix("/link/v2/", assets).ServeHTTP(w, r)
	})
	mux.HandleFunc("POST /link/session", f.serve)
	mux.HandleFunc("POST /link/session/{key}/{verb}", f.serve)
	f.Server = httptest.NewServer(mux)
	t.Cleanup(f.Close)
	return f
}

func (f *fakeLink) script() string { return f.URL + "/link/v2/stable/link-initialize.js" }

// fail makes the next n requests for a verb's path fail.
func (f *fakeLink) fail(status, times int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.failWith, f.failTimes = status, times
}

func (f *fakeLink) count(verb string) (n int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, r := range f.requests {
		if r == verb {
			n++
		}
	}
	return n
}

func (f *fakeLink) serve(w http.ResponseWriter, r *http.Request) {
	f.mu.Lock()
	defer f.mu.Unlock()
	var body map[string]any
	_ = json.NewDecoder(r.Body).Decode(&body)
	verb := r.PathValue("verb")
	failing := f.failTimes > 0 && verb != ""
	if failing {
		f.failTimes--
		if f.failWith > 0 {
			w.WriteHeader(f.failWith)
			return
		}
	}
	f.requests = append(f.requests, verb)
	w.Header().Set("Content-Type", "application/json")
	if verb == "" && body["token"] != fakeToken {
		w.WriteHeader(http.StatusBadRequest)
		_ = json.NewEncoder(w).Encode(map[string]any{"error_type": "INVALID_INPUT", "error_code": "INVALID_LINK_TOKEN", "error_message": "invalid link_token provided", "display_message": nil, "request_id": "HNTDNrA8F1shFEW"})
		return
	}
	f.step(verb, body)
	if failing && f.failWith < 0 {
		w.Header().Set("Content-Length", "1000")
		_, _ = w.Write([]byte(`{"state":`))
		_ = http.NewResponseController(w).Flush()
		panic(http.ErrAbortHandler)
	}
	ack, _ := body["ack"].(float64)
	deliver := []map[string]any{}
	for _, c := range f.callbacks {
		if c["seq"].(int) > int(ack) {
			deliver = append(deliver, c)
		}
	}
	_ = json.NewEncoder(w).Encode(map[string]any{"session": "key-1", "link_session_id": "sid", "state": f.state, "callbacks": deliver, "pane": f.pane})
}

func (f *fakeLink) step(verb string, body map[string]any) {
	switch verb {
	case "open":
		f.event("OPEN", nil)
		f.show("consent", "CONSENT", "Continue")
	case "continue":
		f.show("verify_phone", "VERIFY_PHONE", "")
	case "code":
		f.event("SUBMIT_OTP", nil)
		if body["code"] == "123456" {
			f.show("review", "PROFILE_DATA_REVIEW", "Share")
			f.pane["accounts_rule"] = "required"
			f.pane["fields"] = []map[string]any{
				{"key": "name.first_name", "label": "First name", "value": "Leslie", "required": true},
				{"key": "name.last_name", "label": "Last name", "value": "Knope", "required": true},
				{"key": "ssn", "label": "SSN", "value": "123-45-6789", "private": true, "required": true},
			}
			f.pane["banks"] = []map[string]any{{"id": "ins_1", "name": "<b>First</b> Bank", "accounts": []map[string]any{{"id": "a1", "name": "Checking", "mask": "0000", "type": "depository", "subtype": "checking", "selected": true}}}}
			return
		}
		f.wrong++
		f.event("ERROR", map[string]any{"error_code": "INVALID_OTP"})
		f.pane["notice"] = "That code is not right."
		f.pane["attempts_left"] = 3 - f.wrong
	case "share":
		values := body["values"].(map[string]any)
		if strings.TrimSpace(values["name.first_name"].(string)) == "" {
			f.pane["fields"].([]map[string]any)[0]["notice"] = "Enter a first name."
			return
		}
		f.shared = body
		f.state, f.pane = "done", nil
		f.event("HANDOFF", nil)
		f.add(map[string]any{"kind": "success", "public_token": "profile-sandbox-00000000-0000-4000-8000-000000000002", "metadata": map[string]any{"link_session_id": "sid"}})
	case "close", "exit":
		f.state, f.pane = "exited", nil
		f.event("EXIT", nil)
		f.add(map[string]any{"kind": "exit", "error": nil, "metadata": map[string]any{"link_session_id": "sid"}})
	}
}

func (f *fakeLink) show(state, view, button string) {
	f.state = state
	f.event("TRANSITION_VIEW", map[string]any{"view_name": view})
	f.pane = map[string]any{"view": view, "title": "Pane " + view, "text": "The code is 123456.", "button": button, "attempts_left": 3}
}

func (f *fakeLink) event(name string, metadata map[string]any) {
	m := map[string]any{"link_session_id": "sid", "timestamp": "2026-01-02T03:04:05.678Z"}
	for k, v := range metadata {
		m[k] = v
	}
	f.add(map[string]any{"kind": "event", "name": name, "metadata": m})
}

func (f *fakeLink) add(callback map[string]any) {
	f.seq++
	callback["seq"] = f.seq
	f.callbacks = append(f.callbacks, callback)
}
