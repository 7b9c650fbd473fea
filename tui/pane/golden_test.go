package pane_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"
	"github.com/charmbracelet/x/exp/golden"

	"layersim/flow"
	"layersim/tui/pane"
	"layersim/tui/theme"
)

// The golden files are what a reader sees, without styles; run with -update
// after a wanted change and look at them. Trailing blanks are cut, TestEvery…
// looks after sizes.

func plainText(s string) string {
	lines := strings.Split(ansi.Strip(s), "\n")
	for i, l := range lines {
		lines[i] = strings.TrimRight(l, " ")
	}
	return strings.TrimRight(strings.Join(lines, "\n"), "\n") + "\n"
}

var sizes = [][2]int{{80, 24}, {120, 36}, {200, 50}}

// boxed are the panes as the screen shows them, in the part of a w×h screen
// they would get.
func boxed(t testing.TB, s theme.Styles, w, h int) map[string]string {
	wide := w >= 100
	part := func(pw, ph int) pane.Frame {
		return pane.Frame{Styles: s, Width: pw, Height: ph, Focused: true}
	}
	stage, inspector, log := part(w, h-4), part(w, h-4), part(w, h-4)
	third := part(w, h-4)
	if wide {
		stage, inspector, log = part(w/2, h-14), part(w-w/2, h-14), part(w, 10)
		third = part(w/3, h-14)
	}
	draw := func(f pane.Frame, title string, body func(pane.Frame) string) string {
		return pane.Box(f, title, body(pane.Inner(f)))
	}
	states := situations(t)
	u := account()
	out := map[string]string{
		"log":          draw(log, "Events", func(f pane.Frame) string { return pane.Log(f, 40, logLine, 1, 3) }),
		"log in lanes": draw(part(w, max(h-14, 12)), "Log", func(f pane.Frame) string { return pane.InLanes(f, 40, laneLine, 1, 8, true) }),
		"entry":        draw(part(w, h-2), "Entry", func(f pane.Frame) string { return pane.DrawTree(f, pane.EntryTree(entryText()).LayOut(f)) }),
		"lanes":        draw(third, "Lanes", func(f pane.Frame) string { return pane.Lanes(f, 40, laneRow, 1, 3) }),
		"wire": draw(inspector, "Wire", func(f pane.Frame) string {
			return wire(f, calls(), 1, false, "")
		}),
		"sdks":        draw(part(w, h-2), "Link SDK of your app", func(f pane.Frame) string { return pane.SDKs(f, sdkChooser(f, true)) }),
		"wire search": draw(inspector, "Wire", func(f pane.Frame) string { return wire(f, calls(), 1, true, "access") }),
		"wire empty":  draw(inspector, "Wire", func(f pane.Frame) string { return pane.Wire(f, nil, pane.WireView{}) }),
		"identity": draw(third, "Identity", func(f pane.Frame) string {
			return pane.Identity(f, u, flow.ProofWebhook, func(string) bool { return false }, 10)
		}),
		"history": draw(third, "Edit history", func(f pane.Frame) string { return pane.History(f, u) }),
		"items":   draw(third, "Items", func(f pane.Frame) string { return pane.Items(f, u, nil, 0) }),
		"items none": draw(third, "Items", func(f pane.Frame) string {
			return pane.Items(f, flow.UserAccount{}, nil, 0)
		}),
		"guide":       draw(inspector, "Guide", func(f pane.Frame) string { return pane.Guide(f, topics(), pane.GuideBody(s, guide(), f.Width), 0) }),
		"what-if":     draw(inspector, "What-if", func(f pane.Frame) string { return pane.DrawWhatIf(f, whatIf()) }),
		"code":        draw(inspector, "Code", func(f pane.Frame) string { return pane.Code(f, snippets(f), 0, 0) }),
		"code second": draw(inspector, "Code", func(f pane.Frame) string { return pane.Code(f, snippets(f), 1, 0) }),
		"lint": draw(inspector, "Lint", func(f pane.Frame) string {
			return pane.Lint(f, 30, lintRow, 0, "1 mistake · 9 rules kept · 20 did not arise", pane.LintBody(s, lintText(), f.Width), 0)
		}),
		"help":         draw(part(w, 16), "Keys", func(f pane.Frame) string { return pane.Help(f, helpGroups()) }),
		"link consent": draw(stage, "Link", func(f pane.Frame) string { return pane.LinkPane(f, consentPane(), pane.LinkForm{}) }),
		"link code":    draw(stage, "Link", func(f pane.Frame) string { return pane.LinkPane(f, codePane(), pane.LinkForm{Code: "123"}) }),
		"link silent": draw(stage, "Link", func(f pane.Frame) string {
			return pane.LinkPane(f, silentPane(), pane.LinkForm{Enter: true, Cursor: -1})
		}),
		"link bank":   draw(stage, "Link", func(f pane.Frame) string { return pane.LinkPane(f, findBankPane(), pane.LinkForm{Cursor: 1}) }),
		"link review": draw(stage, "Link", func(f pane.Frame) string { return pane.LinkPane(f, reviewPane(), reviewForm()) }),
	}
	for _, name := range []string{"token", "phone", "eligibility/silent", "link/no browser", "link/wrong code", "failed/token"} {
		input := ""
		if name == "phone" {
			input = "Phone number\n> 415-555-00▏\n2 more digits."
		}
		out["stage "+strings.ReplaceAll(name, "/", " ")] = draw(stage, "Stage", func(f pane.Frame) string {
			return pane.Stage(f, pane.StageFor(states[name], noon), input, "n start over · p personas · ? help")
		})
	}
	return out
}

func TestPanesAsText(t *testing.T) {
	for _, size := range sizes {
		for name, text := range boxed(t, theme.New(true, true), size[0], size[1]) {
			t.Run(fmt.Sprintf("%dx%d/%s", size[0], size[1], name), func(t *testing.T) {
				golden.RequireEqual(t, plainText(text))
			})
		}
	}
}

func TestRailsAsText(t *testing.T) {
	states := situations(t)
	var b strings.Builder
	for _, w := range []int{30, 80, 120, 200} {
		fmt.Fprintf(&b, "%d columns\n", w)
		for _, name := range names(states) {
			fmt.Fprintf(&b, "%-26s%s", name, plainText(pane.Rail(frame(w, 1), states[name])))
		}
		b.WriteByte('\n')
	}
	golden.RequireEqual(t, b.String())
}

func TestStagesAsText(t *testing.T) {
	states := situations(t)
	var b strings.Builder
	for _, name := range names(states) {
		f := frame(76, 16)
		fmt.Fprintf(&b, "── %s\n%s\n", name, plainText(pane.Stage(f, pane.StageFor(states[name], noon), "", "")))
	}
	golden.RequireEqual(t, b.String())
}

func names[V any](m map[string]V) []string {
	var all []string
	for name := range m {
		all = append(all, name)
	}
	slices.Sort(all)
	return all
}
