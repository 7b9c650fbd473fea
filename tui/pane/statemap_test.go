package pane_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"
	"github.com/charmbracelet/x/exp/golden"
	"pgregory.net/rapid"

	"layersim/flow"
	"layersim/tui/pane"
	"layersim/tui/theme"
)

// stateView walks through events and looks at where that led.
func stateView(t testing.TB, events ...flow.Event) pane.StateView {
	t.Helper()
	s := flow.New(flow.Config{TemplateID: "template_4uinBNe4B2x9", Client: web})
	v := pane.StateView{Path: []flow.Phase{s.Phase}, Now: noon.Add(600e9)}
	for _, e := range events {
		tr := flow.Step(s, e)
		v.Refused, v.Why = "", ""
		if tr.Verdict == flow.Refused {
			v.Refused, v.Why = strings.TrimPrefix(fmt.Sprintf("%T", e), "flow."), tr.Why
		}
		s = tr.Next
		if s.Phase != v.Path[len(v.Path)-1] {
			v.Path = append(v.Path, s.Phase)
		}
	}
	v.State = s
	v.Outlook = pane.OutlookRows(flow.Outlook(s, v.Now))
	return v
}

// stateViews are walks to all kinds of places.
func stateViews(t testing.TB) map[string]pane.StateView {
	return map[string]pane.StateView{
		"begin":    stateView(t),
		"birth":    stateView(t, upTo(7, notReady, ready)...),
		"autofill": stateView(t, upTo(7, notReady, birth, event(10, flow.EventLayerReady, flow.Metadata{}))...),
		"link":     stateView(t, inBrowser(flow.OpenRequested{At: at(9)})...),
		"exited":   stateView(t, inBrowser(flow.OnExit{At: at(30), HandlerID: 1})...),
		"failed":   stateView(t, askToken, flow.CallFailed{At: at(1), Call: 1, Failure: badKeys}),
		"session":  stateView(t, inBrowser(success)...),
	}
}

func TestStateMapsAsText(t *testing.T) {
	for _, size := range [][2]int{{40, 12}, {54, 18}, {80, 20}, {110, 40}} {
		for name, v := range stateViews(t) {
			t.Run(fmt.Sprintf("%dx%d/%s", size[0], size[1], name), func(t *testing.T) {
				golden.RequireEqual(t, plainText(pane.StateMap(frame(size[0], size[1]), v)))
			})
		}
	}
}

// Every phase is on the map, with its sign: where the walk stands, where it was
// before, what may come next.
func TestTheMapHasEveryPhase(t *testing.T) {
	for name, v := range stateViews(t) {
		text := ansi.Strip(pane.StateMap(frame(54, 30), v))
		text, _, _ = strings.Cut(text, "From here")
		for _, p := range flow.Phases() {
			if !strings.Contains(text, pane.PhaseName(p)) {
				t.Errorf("%s: %s is not on the map\n%s", name, p, text)
			}
		}
		if !strings.Contains(text, "● "+pane.PhaseName(v.State.Phase)) {
			t.Errorf("%s: the map does not say where the walk stands\n%s", name, text)
		}
		for _, p := range v.Path {
			sign := "✓ "
			if p == v.State.Phase {
				sign = "● "
			}
			if !strings.Contains(text, sign+pane.PhaseName(p)) && !strings.Contains(text, "→ "+pane.PhaseName(p)) {
				t.Errorf("%s: the map does not say that the walk was in %s\n%s", name, p, text)
			}
		}
	}
	for _, p := range []struct{ from, want string }{{"birth", "→ Autofill"}, {"birth", "→ Own form"}, {"link", "→ Session"}, {"failed", "→ Token"}, {"begin", "○ Handler"}} {
		if text := ansi.Strip(pane.StateMap(frame(54, 30), stateViews(t)[p.from])); !strings.Contains(text, p.want) {
			t.Errorf("%s: no %q\n%s", p.from, p.want, text)
		}
	}
}

func TestTheStateSaysWhyTheLastEventWasRefused(t *testing.T) {
	v := stateView(t, upTo(5, flow.OpenRequested{At: at(5)})...)
	for _, w := range []int{54, 90} {
		if text := strings.Join(strings.Fields(ansi.Strip(pane.StateMap(frame(w, 40), v))), " "); !strings.Contains(text, "✗ OpenRequested was refused: open() does not belong here") {
			t.Errorf("%d cells: %s", w, text)
		}
	}
}

// Every row can be reached, with its reason, and the facts after them.
func TestEveryProspectCanBeLookedAt(t *testing.T) {
	v := stateViews(t)["link"]
	for _, size := range [][2]int{{54, 18}, {110, 40}} {
		f := frame(size[0], size[1])
		n, rows := pane.StateRows(f, v)
		if rows < 4 || n < len(v.Outlook) {
			t.Fatalf("%v: %d rows of %d", size, rows, n)
		}
		for i := range v.Outlook {
			v.Cursor = i
			text := strings.Join(strings.Fields(ansi.Strip(pane.StateMap(f, v))), " ")
			begin := v.Outlook[i].Why[:min(len(v.Outlook[i].Why), 30)]
			if !strings.Contains(text, "Why "+begin) {
				t.Errorf("%v, row %d: no %q in %s", size, i, begin, text)
			}
		}
	}
	v.Cursor = 1000
	if text := ansi.Strip(pane.StateMap(frame(54, 18), v)); !strings.Contains(text, "waits for") {
		t.Errorf("no facts at the end\n%s", text)
	}
}

// What is private is masked wherever it could be shown.
func TestTheStateShowsNothingPrivate(t *testing.T) {
	for name, v := range stateViews(t) {
		for _, w := range []int{54, 200} {
			for cursor := range len(v.Outlook) + 12 {
				v.Cursor = cursor
				text := ansi.Strip(pane.StateMap(frame(w, 50), v))
				for _, secret := range []string{"4155550011", "1975", "7f3c9a52", "b0e2c4ee"} {
					if strings.Contains(text, secret) {
						t.Errorf("%s shows %s\n%s", name, secret, text)
					}
				}
			}
		}
	}
}

func TestTheStateMapIsExactlyItsSize(t *testing.T) {
	views := stateViews(t)
	rapid.Check(t, func(r *rapid.T) {
		f := pane.Frame{
			Styles: theme.New(rapid.Bool().Draw(r, "dark"), rapid.Bool().Draw(r, "color")),
			Width:  rapid.IntRange(1, 200).Draw(r, "width"), Height: rapid.IntRange(1, 50).Draw(r, "height"), Focused: rapid.Bool().Draw(r, "focused"),
		}
		v := views[rapid.SampledFrom(names(views)).Draw(r, "view")]
		foreign := rapid.SampledFrom(hostile).Draw(r, "foreign")
		v.State.Config.TemplateID, v.State.Link.View, v.State.Failure.Code = foreign, foreign, foreign
		v.State.Config.Client.Name, v.State.LinkToken = foreign, flow.NewLinkToken(foreign+"-xxxxxxxxxxxxxx"+foreign)
		if rapid.Bool().Draw(r, "refused") {
			v.Refused, v.Why = foreign, "because "+foreign
		}
		v.Outlook = append([]pane.OutlookRow{{Group: "SDK", Event: foreign, Verdict: flow.Refused, Why: foreign}}, v.Outlook...)
		v.Cursor = rapid.IntRange(-1, 80).Draw(r, "cursor")
		requireSize(r, "state", pane.StateMap(f, v), f.Width, f.Height)
	})
}

func BenchmarkStateMap(b *testing.B) {
	v := stateViews(b)["link"]
	for b.Loop() {
		pane.StateMap(frame(200, 48), v)
	}
}
