package plaidsim

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// A mix of sessions and calls, good and bad, through a socket; two runs with
// one seed give the same bytes, journal included.
func TestTwoRunsAreAlike(t *testing.T) {
	run := func(seed uint64, watched bool) []byte {
		s := newSim(t, func(c *Config) { c.Now, c.Start, c.Seed, c.Delivery = time.Now, start, seed, Shuffled })
		server := httptest.NewServer(s.Loopback())
		defer server.Close()
		var all bytes.Buffer
		ask := func(method, path, body string) object {
			t.Helper()
			r, err := http.NewRequest(method, server.URL+path, strings.NewReader(body))
			if err != nil {
				t.Fatal(err)
			}
			r.Header.Set("Content-Type", "application/json")
			resp, err := http.DefaultClient.Do(r)
			if err != nil {
				all.WriteString(path + " was dropped\n")
				return nil
			}
			raw, _ := io.ReadAll(resp.Body)
			_ = resp.Body.Close()
			all.Write(raw)
			var o object
			if strings.HasPrefix(resp.Header.Get("Content-Type"), "application/json") {
				decodeInto(t, raw, &o)
			}
			return o
		}
		session := func(dob bool, phone string) string {
			token := text(ask("POST", pathTokenCreate, tokenBody), "link", "link_token")
			path := "/link/session/" + text(ask("POST", "/link/session", `{"token":"`+token+`"}`), "session")
			ask("POST", path+"/submit", `{"phone_number":"`+phone+`"}`)
			if dob {
				ask("POST", path+"/submit", `{"date_of_birth":"1975-01-18"}`)
			}
			ask("POST", path+"/open", `{"ack":1}`)
			return path
		}
		ask("POST", "/sim/faults", `{"on":"/session/token/create","status":500,"rate":0.3,"calls":5}`)
		ask("POST", "/sim/faults", `{"on":"onEvent","duplicate":true,"rate":0.3}`)
		for range 12 { // some of them fail
			ask("POST", pathTokenCreate, tokenBody)
		}
		first, second := session(false, fullPhone), session(true, "+15155550013")
		for _, verb := range []string{"continue {}", `code {"code":"000000"}`, `code {"code":"123456"}`, "share {}", "sync {}"} {
			name, body, _ := strings.Cut(verb, " ")
			for _, path := range []string{first, second} {
				o := ask("POST", path+"/"+name, body)
				if calls, _ := o["callbacks"].([]any); name == "share" && len(calls) > 0 {
					public := text(calls[len(calls)-1], "public_token")
					o = ask("POST", pathSessionGet, `{"client_id":"client","secret":"s","public_token":"`+public+`"}`)
					items, _ := o["items"].([]any)
					for _, i := range items {
						ask("POST", pathAccountsGet, `{"client_id":"client","secret":"s","access_token":"`+text(i, "access_token")+`"}`)
					}
				}
			}
			ask("POST", "/sim/clock", `{"advance":"17m"}`)
		}
		if watched { // to look on changes nothing
			told := all.Len()
			ask("GET", "/sim/sessions", "")
			ask("GET", "/sim/sessions/nobody", "")
			all.Truncate(told)
		}
		session(false, fullPhone)
		ask("POST", pathTokenCreate, `{"client_id":`)
		ask("POST", "/nowhere", `{}`)
		ask("GET", "/sim/journal", "")
		return all.Bytes()
	}
	first := run(3, false)
	if len(first) < 20_000 {
		t.Errorf("only %d bytes: %s", len(first), first)
	}
	if again := run(3, true); !bytes.Equal(first, again) {
		t.Errorf("two runs differ:\n%s\n\n%s", first, again)
	}
	if other := run(4, false); bytes.Equal(first, other) {
		t.Error("another seed gives the same")
	}
}
