package main

import (
	"context"
	"net/url"
	"slices"
	"testing"

	"layersim/flow/linkpage/pagetest"

	"github.com/google/go-cmp/cmp"
)

// called is one entry of what an app was told: load, an event's name, onSuccess
// or onExit; or what the test itself noted in between.
type called struct {
	What        string
	At          float64 // milliseconds of the page's own clock
	PublicToken string
	Error       map[string]any
	Metadata    map[string]any
}

// toldUntil waits until the app was told something and returns all it was told.
func toldUntil(t *testing.T, tab context.Context, last string) []called {
	t.Helper()
	pagetest.InPage(t, tab, `log.some((entry) => entry.what === `+pagetest.Quote(last)+`)`)
	log, err := pagetest.Evaluate[[]called](tab, 0, `log`)
	if err != nil {
		t.Fatal(err)
	}
	if !slices.IsSortedFunc(log, func(a, b called) int { return int(a.At - b.At) }) {
		t.Errorf("the times of arrival do not grow: %v", log)
	}
	return log
}

func names(log []called) (names []string) {
	for _, c := range log {
		names = append(names, c.What)
	}
	return names
}

// byTimestamp restores the order in which events happened, as Plaid's
// documentation tells apps to. The end has no timestamp and stays the end.
func byTimestamp(log []called) []called {
	sorted := slices.Clone(log)
	slices.SortStableFunc(sorted, func(a, b called) int {
		x, _ := a.Metadata["timestamp"].(string)
		y, _ := b.Metadata["timestamp"].(string)
		switch {
		case x == "" || y == "" || x == y:
			return 0
		case x < y:
			return -1
		}
		return 1
	})
	return sorted
}

func TestReactPlaidLink(t *testing.T) {
	needClients(t)
	n := newNeighbourhood(t)
	for _, version := range []string{"4.1.1", "5.0.0"} {
		script := bundle(t, "react/app.jsx", "react-plaid-link=react-plaid-link-"+version[:1])
		n.page("/react/"+version+".js", "text/javascript", string(script))
		n.page("/react/"+version, "text/html", `<!doctype html><title>app</title><div id="root"></div><script src="/react/`+version+`.js"></script>`)
		t.Run(version, func(t *testing.T) {
			t.Run("eligible", func(t *testing.T) {
				tab := n.react(t, version, "template_4uinBNe4B2x9")
				submit(t, tab, "phone_number", "415-555-0011")
				toldUntil(t, tab, "LAYER_READY")
				do(t, tab, `app.open()`)
				toReviewPane(t, tab)
				do(t, tab, `app.note("the user shares")`)
				pagetest.Press(t, tab, "Share")
				log := toldUntil(t, tab, "onSuccess")
				live := []string{"load", "LAYER_READY", "OPEN", "the user shares"}
				if diff := cmp.Diff(live, names(log)[:len(live)]); diff != "" {
					t.Errorf("what was told at once:\n%s", diff)
				}
			})
		})
	}
}

// react opens the app with a fresh link_token and waits until Link is loaded.
func (n *neighbourhood) react(t *testing.T, version, template string) context.Context {
	t.Helper()
	tab := n.tab(t, "https://app.test/react/"+version+"?token="+url.QueryEscape(n.token(t, template)))
	toldUntil(t, tab, "load")
	return tab
}

func submit(t *testing.T, tab context.Context, field, value string) {
	t.Helper()
	do(t, tab, `app.submit({ `+field+`: `+pagetest.Quote(value)+` })`)
}

func toReviewPane(t *testing.T, tab context.Context) {
	t.Helper()
	pagetest.Shows(t, tab, "Share your information")
	pagetest.Press(t, tab, "Continue")
	pagetest.Shows(t, tab, "Verify your phone number")
	pagetest.TypeKeys(t, tab, "123456")
	pagetest.Shows(t, tab, "Review your information")
}
