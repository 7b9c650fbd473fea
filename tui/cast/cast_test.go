package cast_test

import (
	"bytes"
	"errors"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"layersim/tui/cast"
)

func TestCast(t *testing.T) {
	var file bytes.Buffer
	c := cast.New(&file, cast.Header{Width: 4, Height: 2, Started: time.Unix(1775044800, 0), Title: "a <b>\x1b[31m"})
	c.Show(0, tea.View{Content: "ab\ncd"})
	c.Show(time.Second, tea.View{Content: "ab\ncd"}) // nothing has changed
	c.Mark(1500*time.Millisecond, "phone")
	c.Show(time.Second, tea.View{Content: "ab\nCD"}) // time never goes back
	if err := c.End(3 * time.Second); err != nil {
		t.Fatal(err)
	}
	want := `{"version":2,"width":4,"height":2,"timestamp":1775044800,"title":"a <b>\u001b[31m","env":{"TERM":"xterm-256color"}}
[0.000000,"o","\u001b[?2026h\u001b[?25l\u001b[?7l\u001b[m\u001b[2J\u001b[Hab\u001b[m\u001b[K\u001b[2;1Hcd\u001b[m\u001b[K\u001b[?7h\u001b[?2026l"]
[1.500000,"m","phone"]
[1.500000,"o","\u001b[?2026h\u001b[?25l\u001b[?7l\u001b[2;1HCD\u001b[m\u001b[K\u001b[?7h\u001b[?2026l"]
[3.000000,"o","\u001b[m\u001b[2;1H\u001b[?25h"]
`
	if got := file.String(); got != want {
		t.Errorf("the cast is\n%s\nwant\n%s", got, want)
	}
}

var errFull = errors.New("no space left on device")

type full struct{}

func (full) Write([]byte) (int, error) { return 0, errFull }

func TestCastThatCannotBeWritten(t *testing.T) {
	c := cast.New(full{}, cast.Header{Width: 4, Height: 2})
	c.Show(0, tea.View{Content: "ab"})
	if err := c.End(0); !errors.Is(err, errFull) {
		t.Errorf("it ends with %v", err)
	}
}
