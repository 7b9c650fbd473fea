package main

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"strings"

	"github.com/coder/websocket"

	"layersim/flow"
)

// pageStop is where a live walk stands when something happens to its page.
type pageStop struct {
	name  string
	hold  string // what the page or its user does not do meanwhile
	birth bool   // the walk needs a date of birth
	holds func(c *pageCell, s flow.State) bool
}

func heldIn(p flow.Phase) func(*pageCell, flow.State) bool {
	return func(c *pageCell, s flow.State) bool { return s.Phase == p && c.user.held.Load() }
}

func restsIn(p flow.Phase) func(*pageCell, flow.State) bool {
	return func(_ *pageCell, s flow.State) bool { return s.Phase == p && !s.Waiting() }
}

// pageStops are all of them: each phase in which the handler lives in the page,
// with what is under way there.
func pageStops() []pageStop {
	return []pageStop{
		{"the page is not open yet", "page", false, func(c *pageCell, s flow.State) bool {
			return s.Phase == flow.PhaseHandler && s.Waiting() && c.user.served() != ""
		}},
		{"create() under way", "create", false, heldIn(flow.PhaseHandler)},
		{"phone", "", false, restsIn(flow.PhasePhone)},
		{"submit() under way", "submit", false, heldIn(flow.PhaseEligibility)},
		{"eligibility", "answer", false, heldIn(flow.PhaseEligibility)},
		{"date of birth", "", true, restsIn(flow.PhaseDateOfBirth)},
		{"autofill eligibility", "birth", true, heldIn(flow.PhaseAutofill)},
		{"ready", "", false, restsIn(flow.PhaseReady)},
		{"open() under way", "open", false, heldIn(flow.PhaseLink)},
		{"Link", "user", false, heldIn(flow.PhaseLink)},
		{"session", "session", false, heldIn(flow.PhaseSession)},
		{"onboarded", "", false, restsIn(flow.PhaseOnboarded)},
	}
}

// pageTrouble is what happens to the page. Somebody who is ended by it does not
// go on.
type pageTrouble struct {
	name string
	does func(c *pageCell)
	ends bool
}

func pageTroubles() []pageTrouble {
	return []pageTrouble{
		{"bridge dropped", func(c *pageCell) { c.user.current().drop() }, false},
		{"closed, then opened again", func(c *pageCell) {
			before := c.user.current()
			before.end()
			c.lost()
			c.user.load(nil)
		}, false},
		{"loaded anew", func(c *pageCell) {
			before := c.user.current()
			before.end()
			c.user.load(before)
		}, false},
		{"a second tab", func(c *pageCell) { c.user.load(nil) }, false},
		{"closed for good", func(c *pageCell) {
			c.user.current().end()
			c.lost()
			c.startsOver()
		}, false},
		{"garbage", func(c *pageCell) {
			c.spoil(func(l *pageLoad, line string, seq int) []string {
				if l.conn != nil {
					_ = l.conn.Write(l.ctx, websocket.MessageBinary, []byte{0, 1, 0xff})
				}
				return []string{
					"no JSON \x1b[2J", `{"kind":"success"}`, `{"kind":"success","seq":"1"}`, `[]`, `{"seq":-1}`, line[:len(line)/2],
					fmt.Sprintf(`{"kind":"success","seq":%d,"handler":1,"public_token":"profile-sandbox-0"}`, seq+7), line,
				}
			})
			c.stranger("no hello")
			c.user.current().drop()
		}, false},
		{"messages doubled", func(c *pageCell) {
			c.spoil(func(_ *pageLoad, line string, _ int) []string { return []string{line, line} })
			c.user.current().drop()
		}, false},
		{"messages out of order", func(c *pageCell) {
			c.spoil(func(_ *pageLoad, line string, seq int) []string {
				later := strings.Replace(line, fmt.Sprintf(`"seq":%d`, seq), fmt.Sprintf(`"seq":%d`, seq+1), 1)
				return []string{later, line, strings.Replace(line, fmt.Sprintf(`"seq":%d`, seq), fmt.Sprintf(`"seq":%d`, max(seq-1, 1)), 1)}
			})
			c.user.current().drop()
		}, false},
		{"the program ends", nil, true},
	}
}

// sessionGate keeps the far Plaid from answering /user_account/session/get.
type sessionGate struct{ user chan *pageUser }

func (g *sessionGate) close(u *pageUser) { g.user <- u }

func (g *sessionGate) wrap(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/user_account/session/get" {
			select {
			case u := <-g.user:
				// Only who has read a request is told that its client has gone.
				body, _ := io.ReadAll(r.Body)
				r.Body = io.NopCloser(bytes.NewReader(body))
				u.held.Store(true)
				select {
				case <-u.freed:
				case <-r.Context().Done():
				}
			default:
			}
		}
		next.ServeHTTP(w, r)
	})
}
