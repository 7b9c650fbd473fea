package screen

import (
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"
)

// Frames make a terminal show each view, and change nothing else of it.
func TestFramesShowTheViews(t *testing.T) {
	f := NewFrames(10, 3, colorprofile.TrueColor)
	terminal := newTerminal(10, 3)
	play := func(frame []byte) { _, _ = terminal.Write(frame) }
	view := func(lines ...string) tea.View {
		return tea.View{Content: strings.Join(lines, "\n"), AltScreen: true, WindowTitle: "title", MouseMode: tea.MouseModeCellMotion}
	}
	for _, v := range []tea.View{
		view("one       ", "two       ", "three     "),
		view("one       ", "\x1b[31mTWO\x1b[m       ", "three     "),
		view("界界界界界", "short", ""),
		view("one       "),
	} {
		frame := f.Next(v)
		if len(frame) == 0 {
			t.Fatalf("no frame for %q", v.Content)
		}
		play(frame)
		want := strings.Split(v.Content, "\n")
		for i, line := range strings.Split(terminal.text(), "\n") {
			wanted := ""
			if i < len(want) {
				wanted = strings.NewReplacer("\x1b[31m", "", "\x1b[m", "").Replace(want[i])
			}
			if strings.TrimRight(line, " ") != strings.TrimRight(wanted, " ") {
				t.Errorf("line %d of %q shows %q", i+1, v.Content, line)
			}
		}
		if again := f.Next(v); again != nil {
			t.Errorf("the same view once more is %q", again)
		}
	}
	before := terminal.text()
	play(f.End())
	if terminal.text() != before || terminal.title != "" || terminal.alt || len(terminal.modes) > 0 || len(terminal.strange) > 0 || !terminal.cursor || !terminal.wrap {
		t.Errorf("the terminal is left as %+v", terminal)
	}
}
