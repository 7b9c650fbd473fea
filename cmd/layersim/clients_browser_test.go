package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"layersim/flow/linkpage/pagetest"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

// TestClientsInChromium lets apps of several kinds use the simulator, all in one
// browser, each in a tab of its own.
func TestClientsInChromium(t *testing.T) {
	needClients(t)
	n := newNeighbourhood(t)
	n.reactApps(t)
	t.Cleanup(func() { n.checkMistakes(t) }) // when all of them are done
	for name, test := range map[string]func(*testing.T, *neighbourhood){
		"react-plaid-link": testReactPlaidLink,
		"script":           testScript,
		"pages":            testPages,
		"quickstart":       testQuickstart,
		"hostile strings":  testHostileStrings,
		"mistakes":         testMistakes,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, n)
		})
	}
}

// reactApps adds the same app with each version of react-plaid-link.
func (n *neighbourhood) reactApps(t *testing.T) {
	t.Helper()
	for _, version := range reactVersions {
		script := bundle(t, "react/app.jsx", "react-plaid-link=react-plaid-link-"+version[:1])
		n.file("/react/"+version+".js", "text/javascript", string(script))
		n.file("/react/"+version, "text/html", `<!doctype html><title>app</title><div id="root"></div><script src="/react/`+version+`.js"></script>`)
	}
}

// file adds a page, or another file, to the apps' server.
func (n *neighbourhood) file(path, kind, body string, headers ...string) {
	n.pages.HandleFunc("GET "+path, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", kind)
		for i := 0; i < len(headers); i += 2 {
			w.Header().Set(headers[i], headers[i+1])
		}
		_, _ = w.Write([]byte(body))
	})
}

// tab opens an address in a tab of its own, which believes that it is looked at.
func (n *neighbourhood) tab(t *testing.T, url string) context.Context {
	t.Helper()
	tab := pagetest.NewTab(t, n.browser)
	if _, err := chromedp.Call(tab, emulation.SetFocusEmulationEnabled, emulation.SetFocusEmulationEnabledParams{Enabled: true}); err != nil {
		t.Fatal(err)
	}
	pagetest.Run(t, tab, chromedp.Navigate(url))
	return tab
}

// token asks for a link_token, as an app's server does.
func (n *neighbourhood) token(t *testing.T, template string) string {
	t.Helper()
	body := fmt.Sprintf(`{"client_id":"client","secret":"secret","template_id":%s,"user":{"client_user_id":%s}}`, pagetest.Quote(template), pagetest.Quote(t.Name()))
	resp, err := http.Post(n.url+"/session/token/create", "application/json", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	var answer struct {
		Link struct {
			Token string `json:"link_token"`
		}
	}
	if err := json.NewDecoder(resp.Body).Decode(&answer); err != nil || answer.Link.Token == "" {
		t.Fatalf("no link_token: %s %v", resp.Status, err)
	}
	return answer.Link.Token
}

// do evaluates a statement in the app's page.
func do(t *testing.T, tab context.Context, statement string) {
	t.Helper()
	pagetest.InPage(t, tab, `(() => { `+statement+`; return true; })()`)
}

// called is one entry of what an app was told: load, an event's name, onSuccess
// or onExit; or what the page or the test noted in between.
type called struct {
	What        string
	At          float64 // milliseconds of the page's own clock
	PublicToken string
	Error       map[string]any
	Metadata    map[string]any
}

// String tells what an app can tell one callback from another by.
func (c called) String() string {
	said := func(m map[string]any, key string) string {
		if s, ok := m[key].(string); ok {
			return " " + s
		}
		return ""
	}
	return c.What + said(c.Metadata, "view_name") + said(c.Metadata, "error_code") + said(c.Error, "error_code")
}

// told returns what the app was told, once it was told this.
func told(t *testing.T, tab context.Context, last string) []called {
	t.Helper()
	pagetest.InPage(t, tab, `log.some((entry) => entry.what === `+pagetest.Quote(last)+`)`)
	log, err := pagetest.Evaluate[[]called](tab, 0, `log`)
	if err != nil {
		t.Fatal(err)
	}
	return log
}

func lines(log []called) []string {
	var lines []string
	for _, c := range log {
		lines = append(lines, c.String())
	}
	return lines
}

// byTimestamp restores the order in which events happened, as Plaid's
// documentation tells apps to. What is no event keeps to the event before it.
func byTimestamp(log []called) []called {
	var events, rest []called
	for _, c := range log {
		if c.Metadata["timestamp"] != nil {
			events = append(events, c)
		} else {
			rest = append(rest, c)
		}
	}
	slices.SortStableFunc(events, func(a, b called) int {
		return strings.Compare(a.Metadata["timestamp"].(string), b.Metadata["timestamp"].(string))
	})
	return append(events, rest...)
}

func submit(t *testing.T, tab context.Context, field, value string) {
	t.Helper()
	do(t, tab, `app.submit({ `+field+`: `+pagetest.Quote(value)+` })`)
}

// toPane walks from LAYER_READY to a pane of Link.
func toPane(t *testing.T, tab context.Context, title string) {
	t.Helper()
	told(t, tab, "LAYER_READY")
	do(t, tab, `app.open()`)
	pagetest.Shows(t, tab, paneConsent)
	if title == paneConsent {
		return
	}
	pagetest.Press(t, tab, "Continue")
	pagetest.Shows(t, tab, paneCode)
	if title == paneCode {
		return
	}
	pagetest.TypeKeys(t, tab, "123456")
	pagetest.Shows(t, tab, paneReview)
}

const (
	paneConsent = "Share your information"
	paneCode    = "Verify your phone number"
	paneReview  = "Review your information"
)
