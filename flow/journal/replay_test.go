package journal

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"layersim/flow"
	"layersim/flow/sdk"
)

// recordingOf is the file of a walk.
func recordingOf(t testing.TB, h Header, entries []Entry) string {
	t.Helper()
	line, err := h.Line()
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	b.Write(append(line, '\n'))
	for _, e := range entries {
		if line, err = Whole(e); err != nil {
			t.Fatal(err)
		}
		b.Write(append(line, '\n'))
	}
	return b.String()
}

func recordedWalk(t testing.TB, attempts int) (*walker, string) {
	t.Helper()
	client, err := sdk.Client("web", "")
	if err != nil {
		t.Fatal(err)
	}
	initial := flow.New(flow.Config{TemplateID: "t", Client: client})
	w := &walker{journal: New(initial), states: []flow.State{initial}}
	for n := range attempts {
		w.attempt(n)
	}
	return w, recordingOf(t, Header{Started: noon, Mode: ModeSimulated, TemplateID: "t", Platform: "web", SDKVersion: "latest", Webhooks: true}, w.journal.Entries())
}

func replayed(t testing.TB, file string) ([]Entry, flow.State) {
	t.Helper()
	r, err := ReadRecording(strings.NewReader(file), "walk.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	entries, initial, err := Replay(r)
	if err != nil {
		t.Fatal(err)
	}
	return entries, initial
}

// A walk that is replayed is recorded as it was, and stands at each moment where
// it stood.
func TestReplayIsTheWalk(t *testing.T) {
	w, file := recordedWalk(t, 60)
	entries, initial := replayed(t, file)
	if got := recordingOf(t, Header{Started: noon, Mode: ModeSimulated, TemplateID: "t", Platform: "web", SDKVersion: "latest", Webhooks: true}, entries); got != file {
		t.Error("it is recorded in other words")
	}
	j := Load(initial, entries)
	if j.Len() != w.journal.Len() {
		t.Fatalf("%d entries, want %d", j.Len(), w.journal.Len())
	}
	state := initial
	for i, e := range entries {
		was := w.journal.At(i)
		next := flow.Step(state, e.Event)
		if problem := Differs(e, next); problem != "" {
			t.Fatalf("entry %d: %s", i+1, problem)
		}
		if state = next.Next; j.StateAt(i).Phase != w.states[i+1].Phase || e.Why != was.Why || e.Lane != was.Lane || len(e.Effects) != len(was.Effects) {
			t.Fatalf("entry %d is %+v, was %+v", i+1, e, was)
		}
	}
	if got, want := j.StateAt(10_000).LinkToken.String(), w.now().LinkToken.String(); got != want {
		t.Errorf("link_token %s, want %s", got, want)
	}
}

// What was recorded stays, and what this layersim makes of it is told beside it.
func TestReplaySaysWhatDiffers(t *testing.T) {
	_, file := recordedWalk(t, 1)
	changed := strings.Replace(file, `"verdict":"advanced","why":"LAYER_READY`, `"verdict":"noted","why":"LAYER_READY`, 1)
	changed = strings.Replace(changed, `"phase_before":"eligibility","phase":"ready"`, `"phase_before":"eligibility","phase":"date-of-birth"`, 1)
	entries, state := replayed(t, changed)
	var told []string
	for _, e := range entries {
		next := flow.Step(state, e.Event)
		if problem := Differs(e, next); problem != "" {
			told = append(told, problem)
		}
		state = next.Next
	}
	if len(told) != 1 || told[0] != "the recording says phase date-of-birth here, this layersim comes to ready" {
		t.Errorf("told %q", told)
	}
}

func TestReplaySaysWhatIsWrong(t *testing.T) {
	_, file := recordedWalk(t, 1)
	for _, test := range []struct{ from, to, want string }{
		{`"platform":"web"`, `"platform":"toaster"`, `walk.jsonl:1: platform: "toaster" is not a Link platform`},
		{`"kind":"OnLoad"`, `"kind":"OnLode"`, `walk.jsonl:5: kind: "OnLode" is no event that this layersim knows`},
		{`"verdict":"noted"`, `"verdict":"nice"`, `walk.jsonl:2: verdict: "nice" is no verdict`},
		{`"lane":"you"`, `"lane":"me"`, `walk.jsonl:2: lane: "me" is no lane`},
		{`"phase":"handler"`, `"phase":"hand"`, `walk.jsonl:3: phase: "hand" is no phase`},
		{`"phase_before":"handler"`, `"phase_before":"hand"`, `walk.jsonl:4: phase_before: "hand" is no phase`},
		{`"+1••••••••11"`, `"+•14155550011"`, `walk.jsonl:7: event.phone_number: `},
	} {
		r, err := ReadRecording(strings.NewReader(strings.Replace(file, test.from, test.to, 1)), "walk.jsonl")
		if err == nil {
			_, _, err = Replay(r)
		}
		var bad *RecordingError
		if !errors.As(err, &bad) || !strings.HasPrefix(err.Error(), test.want) {
			t.Errorf("%s: %v; want %s", test.to, err, test.want)
		}
	}
}

func FuzzReplay(f *testing.F) {
	_, file := recordedWalk(f, 2)
	f.Add(file)
	var lines []string
	for i, event := range oneOfEach() {
		line, err := Whole(Entry{Seq: i + 1, At: noon, Event: event, Lane: LaneOf(event), Before: flow.PhaseToken, Phase: flow.PhaseToken})
		if err != nil {
			f.Fatal(err)
		}
		lines = append(lines, string(line))
	}
	header, _, _ := strings.Cut(file, "\n")
	f.Add(header + "\n" + strings.Join(lines, "\n") + "\n")
	f.Fuzz(func(t *testing.T, content string) {
		r, err := ReadRecording(strings.NewReader(content), "walk.jsonl")
		if err != nil {
			return
		}
		entries, initial, err := Replay(r)
		var bad *RecordingError
		if err != nil {
			if !errors.As(err, &bad) || bad.Line == 0 || !strings.HasPrefix(err.Error(), "walk.jsonl:") || flow.CleanLine(err.Error(), 0) != err.Error() {
				t.Fatalf("%q", err.Error())
			}
			return
		}
		if Load(initial, entries).Len() != len(r.Entries) {
			t.Fatal("an entry is missing")
		}
	})
}
