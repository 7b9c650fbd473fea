package plaidsim

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
)

// What comes at moments of its own (a page that tries its luck, a browser that
// wants an icon, a receiver that fetches the key of a webhook) changes no
// answer to anybody else.
func TestStrayRequestsShiftNothing(t *testing.T) {
	run := func(strays int) (answers []string, ids map[string]string) {
		s := webhookSim(t, "")
		h := s.Loopback()
		stray := func() string {
			var said strings.Builder
			for _, q := range []struct {
				host, path, body string
				status           int
			}{
				{"evil.example", pathTokenCreate, tokenBody, 403},
				{"localhost", "/favicon.ico", "", 404},
				{"localhost", "/sim/nothing", "", 404},
				{"localhost", pathWebhookKey, `{"client_id":"a","secret":"b","key_id":"` + s.WebhookKeys()[0].Kid + `"}`, 200},
				{"localhost", pathWebhookKey, `{"client_id":"a","secret":"b","key_id":"a forger's"}`, 400},
				{"localhost", pathWebhookKey, `{`, 400},
			} {
				w := httptest.NewRecorder()
				r := httptest.NewRequest(http.MethodPost, q.path, strings.NewReader(q.body))
				r.Host = q.host
				r.Header.Set("Content-Type", "application/json")
				h.ServeHTTP(w, r)
				if w.Code != q.status {
					t.Errorf("%s %s: %d %s", q.host, q.path, w.Code, w.Body)
				}
				said.WriteString(w.Body.String())
			}
			return said.String()
		}
		meanwhile := func() {
			for range strays {
				stray()
			}
		}
		do := func(path, body string) object {
			meanwhile()
			_, raw := send(t, s, http.MethodPost, path, http.Header{"Content-Type": {"application/json"}}, body)
			answers = append(answers, string(raw))
			var o object
			decodeInto(t, raw, &o)
			return o
		}
		for range 2 {
			token := text(do(pathTokenCreate, tokenBody), "link", "link_token")
			path := "/link/session/" + text(do("/link/session", `{"token":"`+token+`"}`), "session")
			for _, step := range []string{`submit {"phone_number":"` + fullPhone + `"}`, "open {}", "continue {}", `code {"code":"123456"}`, "share {}"} {
				verb, body, _ := strings.Cut(step, " ")
				do(path+"/"+verb, body)
			}
			do(pathTokenCreate, `{"client_id":`)
		}
		s.Reset()
		return answers, map[string]string{"first": stray(), "next": stray()}
	}
	quiet, after := run(0)
	busy, afterBusy := run(3)
	if !slices.Equal(quiet, busy) {
		for i := range quiet {
			if quiet[i] != busy[i] {
				t.Errorf("answer %d is\n%s\nand with strays\n%s", i, quiet[i], busy[i])
				break
			}
		}
	}
	if after["first"] != afterBusy["first"] || after["next"] != afterBusy["next"] {
		t.Errorf("after a reset strays are answered\n%v\nor\n%v", after, afterBusy)
	}
	if after["first"] == after["next"] {
		t.Error("two requests, one request_id")
	}
}

// A server that asks for the key of each webhook, as it comes: whoever waits for
// the webhooks after each step sees one journal in every run.
func TestSettledWebhooksRepeat(t *testing.T) {
	run := func() (journal, tokens string) {
		app := &receiver{}
		s := webhookSim(t, "http://localhost:1/hook", func(c *Config) { c.Seed, c.WebhookTransport = 7, carried{app} })
		app.answer = func(http.ResponseWriter, *http.Request) {
			post(t, s, pathWebhookKey, with(object{"key_id": s.WebhookKeys()[0].Kid}))
		}
		for range 3 {
			l := newLink(t, s, "default")
			tokens += l.id + "\n"
			l.submit(fullPhone)
			for _, verb := range []string{"open", "continue", "code", "share"} {
				tokens += fmt.Sprintln(l.do(verb, object{"code": "123456"}))
				settle(t, s)
			}
		}
		if n := len(app.all()); n != 6 {
			t.Errorf("%d webhooks", n)
		}
		_, raw := send(t, s, http.MethodGet, "/sim/journal", nil, "")
		return string(raw), tokens
	}
	journal, tokens := run()
	for range 10 {
		if j, k := run(); j != journal || k != tokens {
			t.Fatalf("two runs differ:\n%s%s\nand\n%s%s", tokens, journal, k, j)
		}
	}
}
