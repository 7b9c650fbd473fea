package pane_test

import (
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"
	"pgregory.net/rapid"

	"layersim/tui/pane"
	"layersim/tui/theme"
)

// What is found is marked, and nothing of the text is lost or moved.
func TestFoundMarksAndKeepsTheText(t *testing.T) {
	s := theme.New(true, false)
	before := pane.GuideBody(s, guide(), 50)
	at := pane.FindLine(before, "layer_ready")
	if at < 0 || !strings.Contains(before[at], "LAYER_READY") {
		t.Fatalf("LAYER_READY is in line %d", at)
	}
	if pane.FindLine(before, "no such words") != -1 || pane.FindLine(before, "") != -1 {
		t.Error("something is found that is not there")
	}
	rapid.Check(t, func(r *rapid.T) {
		sought := rapid.SampledFrom([]string{"e", "the", "LAYER", "→", "ß", "İ", "界", "E.164, such", " "}).Draw(r, "sought")
		body := pane.GuideBody(s, guide(), 50)
		g := guide()
		g.Happens += rapid.SampledFrom(hostile).Draw(r, "foreign")
		body = append(body, pane.GuideBody(s, g, 50)...)
		plain := ansi.Strip(strings.Join(body, "\n"))
		marked := pane.Found(s, body, sought)
		if got := ansi.Strip(strings.Join(marked, "\n")); got != plain {
			r.Fatalf("%q changes the text to\n%s", sought, got)
		}
		if strings.Contains(plain, sought) && !strings.Contains(strings.Join(marked, "\n"), s.Selected.Render(sought)) {
			r.Fatalf("%q is there and not marked", sought)
		}
	})
}
