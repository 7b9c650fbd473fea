package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"
	"github.com/charmbracelet/x/vt"

	"layersim/fixtures"
	"layersim/flow"
	"layersim/flow/export"
)

// castEvent is a line of an asciicast after its header.
type castEvent struct {
	at   time.Duration
	kind string
	data string
}

func eventsOf(t *testing.T, cast []byte) (header map[string]any, events []castEvent) {
	t.Helper()
	lines := bufio.NewScanner(bytes.NewReader(cast))
	lines.Buffer(nil, 4<<20)
	for lines.Scan() {
		if header == nil {
			if err := json.Unmarshal(lines.Bytes(), &header); err != nil {
				t.Fatal(err)
			}
			continue
		}
		var line [3]any
		if err := json.Unmarshal(lines.Bytes(), &line); err != nil {
			t.Fatalf("%s: %v", lines.Bytes(), err)
		}
		seconds, ok := line[0].(float64)
		kind, _ := line[1].(string)
		data, _ := line[2].(string)
		if !ok || kind != "o" && kind != "m" {
			t.Fatalf("an event is %.100s", lines.Bytes())
		}
		events = append(events, castEvent{time.Duration(seconds * float64(time.Second)), kind, data})
	}
	return header, events
}

// terminalShowing is a terminal that shows nothing but a view.
func terminalShowing(width, height int, content string) *vt.Emulator {
	e := vt.NewEmulator(width, height)
	for i, line := range strings.Split(content, "\n") {
		fmt.Fprintf(e, "\x1b[%d;1H%s", i+1, line)
	}
	return e
}

// differs says where two terminals differ, in letters or in colours.
func differs(a, b *vt.Emulator) string {
	for y := range a.Height() {
		for x := range a.Width() {
			p, q := a.CellAt(x, y), b.CellAt(x, y)
			if p == nil || q == nil || !p.Equal(q) {
				return fmt.Sprintf("line %d, column %d: %+v and %+v", y+1, x+1, p, q)
			}
		}
	}
	return ""
}

func casters(t *testing.T) map[string]casting {
	t.Helper()
	catalog, err := fixtures.Load("")
	if err != nil {
		t.Fatal(err)
	}
	return map[string]casting{
		"120x36":  {width: 120, height: 36, idleLimit: 3 * time.Second, catalog: catalog},
		"80x24":   {width: 80, height: 24, idleLimit: time.Second, catalog: catalog},
		"private": {width: 200, height: 50, idleLimit: time.Minute, private: true, catalog: catalog},
		"small":   {width: 20, height: 6, idleLimit: time.Second, catalog: catalog},
	}
}

// What a terminal makes of the cast is, after each frame, the view of the model
// to the last cell.
func TestCastShowsWhatTheScreenShows(t *testing.T) {
	w := walkOf(t, recorded(t))
	for name, c := range casters(t) {
		t.Run(name, func(t *testing.T) { playsLike(t, c, w) })
	}
}

func playsLike(t *testing.T, c casting, w export.Walk) {
	t.Helper()
	type view struct {
		at      time.Duration
		content string
	}
	var views []view
	err := c.frames(w, func(at time.Duration, _ flow.Phase, v tea.View) {
		if n := len(views); n == 0 || views[n-1].content != v.Content {
			views = append(views, view{at, v.Content})
		}
	}, func(time.Duration) error { return nil })
	if err != nil {
		t.Fatal(err)
	}
	file, err := c.write(w)
	if err != nil {
		t.Fatal(err)
	}
	_, events := eventsOf(t, file)
	terminal, shown, last := vt.NewEmulator(c.width, c.height), 0, time.Duration(0)
	for i, e := range events {
		if e.at < last {
			t.Fatalf("event %d goes back in time, from %s to %s", i, last, e.at)
		}
		last = e.at
		if e.kind != "o" || i == len(events)-1 {
			continue
		}
		if shown == len(views) {
			t.Fatalf("there are more frames than %d views", len(views))
		}
		if _, err := terminal.Write([]byte(e.data)); err != nil {
			t.Fatal(err)
		}
		want := views[shown]
		if d := differs(terminal, terminalShowing(c.width, c.height, want.content)); d != "" || e.at.Round(time.Millisecond) != want.at.Round(time.Millisecond) {
			t.Fatalf("frame %d at %s is not the view of %s: %s\n%s\n%s", shown, e.at, want.at, d, terminal.String(), ansi.Strip(want.content))
		}
		shown++
	}
	if shown != len(views) || shown < 10 && c.height > 10 {
		t.Errorf("%d frames for %d views", shown, len(views))
	}
	_, _ = terminal.Write([]byte(events[len(events)-1].data))
	if d := differs(terminal, terminalShowing(c.width, c.height, views[len(views)-1].content)); d != "" {
		t.Errorf("at the end the last view is gone: %s", d)
	}
}

func newTerminalFor(width, height int) *vt.Emulator { return vt.NewEmulator(width, height) }
