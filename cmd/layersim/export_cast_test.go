package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"
	"github.com/charmbracelet/x/vt"

	"layersim/fixtures"
	"layersim/flow"
	"layersim/flow/export"
	"layersim/flow/journal"
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
	if raceDetector {
		t.Skip("nothing in it happens at once: the race detector has nothing to find")
	}
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

// hostile is a recording in which the user's name, the view that Link shows and
// the bank are orders to a terminal.
func hostile(t *testing.T) []byte {
	t.Helper()
	content := recorded(t)
	for _, word := range []string{"Maxine", "CONSENT", "First Platypus Bank", "HANDOFF"} {
		changed := bytes.ReplaceAll(content, []byte(word), []byte(`\u001b]0;x\u0007\u001b[2J\u001b[31m\u009b2J\u202e<b>|`+"`[x](y)\u00a0\u2028界👍🏽"))
		if bytes.Equal(changed, content) {
			t.Fatalf("the recording has no %s", word)
		}
		content = changed
	}
	return content
}

func TestCastOfAHostileRecording(t *testing.T) {
	w := walkOf(t, hostile(t))
	for name, c := range casters(t) {
		t.Run(name, func(t *testing.T) { playsLike(t, c, w) })
	}
	// It moves the cursor, chooses colours and shows lines; no title, no mouse, no
	// other screen, no clipboard.
	_, events := eventsOf(t, exported(t, hostile(t), "asciicast"))
	for _, e := range events {
		for rest, state := e.data, byte(0); e.kind == "o" && rest != ""; {
			sequence, _, n, next := ansi.DecodeSequence(rest, state, nil)
			rest, state = rest[n:], next
			if len(sequence) > 1 && sequence[0] == 0x1b && !allowedSequence.MatchString(sequence) || len(sequence) == 1 && (sequence[0] < 0x20 || sequence[0] == 0x7f) {
				t.Fatalf("the cast sends %q", sequence)
			}
		}
	}
}

var allowedSequence = regexp.MustCompile(`^\x1b\[(\?(2026|25|7)[hl]|[0-9;:]*[mHJK]|[0-9] q)$`)

// Time is that of the walk, but no pause is longer than was asked for, and there
// is one before each thing that somebody does.
func TestCastKeepsTheTimeOfTheWalk(t *testing.T) {
	c := casters(t)["120x36"]
	started := time.Date(2026, 4, 1, 12, 0, 0, 0, time.UTC)
	at := func(after time.Duration) time.Time { return started.Add(after) }
	w := export.Walk{Initial: flow.New(flow.Config{TemplateID: "template_1"})}
	w.Recording.Header = journal.Header{Mode: journal.ModeSimulated, Started: started}
	j := journal.New(w.Initial)
	state := w.Initial
	for _, e := range []flow.Event{
		flow.LinkTokenRequested{At: flow.At(at(0))}, // a second, so that the first screen is seen
		flow.ExchangeRecorded{At: flow.At(at(400 * time.Millisecond)), Exchange: flow.Exchange{Method: "POST", URL: "https://sandbox.plaid.com/session/token/create", Status: 200}},
		flow.ExchangeRecorded{At: flow.At(at(400 * time.Millisecond)), Exchange: flow.Exchange{Method: "POST", URL: "https://sandbox.plaid.com/x", Status: 200}}, // the same moment, one frame
		flow.WebhookReceived{At: flow.At(at(2 * time.Hour)), Code: "LATE"},
		flow.RetryRequested{At: flow.At(at(2*time.Hour + time.Millisecond))},
		flow.RetryRequested{At: flow.At(at(time.Hour))}, // the clock was set back
	} {
		transition := flow.Step(state, e)
		state = transition.Next
		w.Entries = append(w.Entries, j.Append(e, transition))
	}
	file, err := c.write(w)
	if err != nil {
		t.Fatal(err)
	}
	header, events := eventsOf(t, file)
	if header["version"] != 2.0 || header["width"] != 120.0 || header["height"] != 36.0 || header["timestamp"] != float64(started.Unix()) || header["title"] != "layersim: a walk through Plaid Layer, simulated" {
		t.Errorf("the header is %v", header)
	}
	var times []string
	for _, e := range events {
		if e.kind == "o" {
			times = append(times, e.at.String())
		}
	}
	if got, want := strings.Join(times, " "), "0s 1s 1.4s 4.4s 5.4s 6.4s 9.4s"; got != want {
		t.Errorf("frames at %s, want %s", got, want)
	}
}

// The film of a live walk hides whom it shows, unless that is asked for.
func TestCastOfALiveWalkIsPrivate(t *testing.T) {
	simulated := recorded(t)
	live := bytes.Replace(simulated, []byte(`"mode":"simulated"`), []byte(`"mode":"live"`), 1)
	tests := []struct {
		name    string
		content []byte
		private privacy
		shows   bool
	}{
		{"simulated", simulated, privateIfLive, true},
		{"simulated, --private", simulated, privateAlways, false},
		{"live", live, privateIfLive, false},
		{"live, --private=false", live, privateNever, true},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			x := exporting{format: "asciicast", width: 120, height: 36, idleLimit: time.Second, private: test.private}
			file, _, err := x.asciicast(t.Context(), walkOf(t, test.content).Recording)
			if err != nil {
				t.Fatal(err)
			}
			_, events := eventsOf(t, file)
			end := playedUntil(120, 36, events)
			if !strings.Contains(end, "Onboarded") || !strings.Contains(end, "SESSION_FINISHED") {
				t.Errorf("it does not end with the result:\n%s", end)
			}
			if strings.Contains(string(file), "Imaginary") != test.shows || strings.Contains(end, "Imaginary") != test.shows {
				t.Errorf("the street is shown: %v, want %v\n%s", !test.shows, test.shows, end)
			}
		})
	}
}
