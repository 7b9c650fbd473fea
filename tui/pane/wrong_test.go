package pane_test

import (
	"strings"
	"testing"

	"layersim/flow"
	"layersim/tui/pane"
	"layersim/tui/theme"
)

// The menu and the lines about a mistake keep to their size, whatever came of
// the mistake.
func TestMistakesAreExactlyTheirSize(t *testing.T) {
	for _, foreign := range hostile {
		var rows []pane.WrongRow
		for i, w := range flow.Wrongs() {
			r := pane.WrongRow{Wrong: w, Done: i == 3, Outcome: foreign, Trials: []flow.WebhookTrial{{What: foreign, Right: foreign}}}
			if i%2 == 1 {
				r.Obstacle = foreign + "in another phase"
			}
			rows = append(rows, r)
		}
		for _, size := range [][2]int{{1, 1}, {3, 2}, {20, 3}, {33, 9}, {60, 16}, {78, 20}, {120, 34}, {200, 50}} {
			f := pane.Frame{Styles: theme.New(true, false), Width: size[0], Height: size[1], Focused: true}
			for _, cursor := range []int{0, 3, len(rows) - 1, 99} {
				requireSize(t, "the menu", pane.WrongMenu(f, rows, cursor), size[0], size[1])
			}
			m := flow.Mistake{Wrong: flow.WrongBothFields, Outcome: foreign}
			if lines := pane.MistakeLines(f, m, size[1]); len(lines) > 0 {
				requireSize(t, "the lines", strings.Join(lines, "\n"), size[0], len(lines))
			}
		}
	}
	requireSize(t, "an empty menu", pane.WrongMenu(pane.Frame{Styles: theme.New(true, false), Width: 9, Height: 4}, nil, 0), 9, 4)
}

func TestAMistakeIsSaidWithWhatIsRight(t *testing.T) {
	f := pane.Frame{Styles: theme.New(true, false), Width: 60, Height: 20}
	for _, w := range flow.Wrongs() {
		m := flow.Mistake{Wrong: w.ID, Outcome: "This came of it."}
		lines := strings.Join(strings.Fields(plainText(strings.Join(pane.MistakeLines(f, m, 20), "\n"))), " ")
		for _, want := range []string{"Wrong on purpose: " + w.Title, "This came of it.", "Right: " + w.Right} {
			if !strings.Contains(lines, want) {
				t.Errorf("%s: %q is not in %q", w.ID, want, lines)
			}
		}
		if w.Title == "" || !strings.HasSuffix(w.Does, ".") || !strings.HasSuffix(w.Right, ".") || len(w.Watch) < 20 {
			t.Errorf("%s says too little: %+v", w.ID, w)
		}
	}
	if pane.MistakeLines(f, flow.Mistake{}, 20) != nil {
		t.Error("where nothing was done wrong, something is said")
	}
	// With little room it says both, shortened.
	short := plainText(strings.Join(pane.MistakeLines(f, flow.Mistake{Wrong: flow.WrongBothFields, Outcome: strings.Repeat("long ", 90)}, 2), "\n"))
	if !strings.Contains(short, "Wrong on purpose") || !strings.Contains(short, "Right:") {
		t.Errorf("in two lines: %q", short)
	}
}
