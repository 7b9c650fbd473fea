package journal_test

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"layersim/flow"
	"layersim/flow/journal"
)

var began = time.Date(2026, 4, 1, 12, 0, 0, 0, time.UTC)

// recording is a short recording as it is written.
func recording(t testing.TB) string {
	t.Helper()
	h := journal.Header{
		Program: "v1.2.3", Started: began, Mode: journal.ModeLive, Elsewhere: []string{"LAYERSIM_PLAID_URL=http://127.0.0.1:1"},
		TemplateID: "template_1", Template: "default", Platform: "web", SDKVersion: "latest", InPage: true,
	}
	first, err := h.Line()
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	b.Write(append(first, '\n'))
	state := flow.New(flow.Config{TemplateID: "template_1"})
	j := journal.New(state)
	for _, e := range []flow.Event{
		flow.LinkTokenRequested{At: flow.At(began)},
		flow.OnEvent{At: flow.At(began.Add(time.Second)), HandlerID: 1, Name: "OPEN\x1b[31m", Again: true, Metadata: flow.Metadata{Timestamp: began, Raw: `{"view_name":null,"x":[]}`}},
	} {
		transition := flow.Step(state, e)
		state = transition.Next
		line, err := journal.Whole(j.Append(e, transition))
		if err != nil {
			t.Fatal(err)
		}
		b.Write(append(line, '\n'))
	}
	return b.String()
}

func TestRecordingIsReadAsItWasWritten(t *testing.T) {
	r, err := journal.ReadRecording(strings.NewReader(recording(t)), "walk.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	h := r.Header
	if h.Version != 1 || h.Program != "v1.2.3" || !h.Started.Equal(began) || h.Mode != "live" || h.TemplateID != "template_1" ||
		h.Template != "default" || h.Platform != "web" || !h.InPage || len(h.Elsewhere) != 1 || r.Torn {
		t.Errorf("header %+v, torn %v", h, r.Torn)
	}
	if len(r.Entries) != 2 {
		t.Fatalf("%d entries", len(r.Entries))
	}
	e := r.Entries[1]
	if e.Seq != 2 || e.Line != 3 || e.Kind != "OnEvent" || e.Lane != "Link" || !e.At.Equal(began.Add(time.Second)) || !e.Happened.Equal(began) {
		t.Errorf("entry %+v", e)
	}
	if got := string(e.Event); !strings.Contains(got, `"again":true`) || !strings.Contains(got, `"metadata":{"view_name":null,"x":[]}`) {
		t.Errorf("event %s", got)
	}
}

func TestBrokenRecordingsSayWhere(t *testing.T) {
	whole := recording(t)
	lines := strings.SplitAfter(whole, "\n")
	header, first, second := lines[0], lines[1], lines[2]
	phone := func(number string) string {
		return `{"seq":1,"at":"2026-04-01T12:00:00Z","kind":"PhoneNumberEntered","event":{"phone_number":` + number + `}}`
	}
	tests := []struct{ name, content, want string }{
		{"empty", "", "walk.jsonl: the file is empty. 'layersim --record FILE' writes a recording."},
		{"blank", "\n\n", "walk.jsonl: the file is empty. 'layersim --record FILE' writes a recording."},
		{"a text", "hello\n", "walk.jsonl:1: this is no recording: its first line is no JSON object"},
		{"a number", "1\n", "walk.jsonl:1: this is no recording: its first line is no JSON object"},
		{"a journal", `{"seq":1,"kind":"call"}`, "walk.jsonl:1: layersim_recording: missing: the first line"},
		{"newer", `{"layersim_recording":2,"layersim":"v9"}`, "walk.jsonl:1: layersim_recording: version 2 of the format, written by layersim v9; this layersim reads version 1."},
		{"no version", `{"layersim_recording":0}`, "walk.jsonl:1: layersim_recording: 0 is no version of a recording"},
		{"half a version", `{"layersim_recording":1.5}`, "walk.jsonl:1: layersim_recording: 1.5 is no version of a recording"},
		{"version as text", `{"layersim_recording":"x"}`, "walk.jsonl:1: layersim_recording: \"x\" is no version"},
		{"mode", strings.Replace(header, `"live"`, `"alive"`, 1), `walk.jsonl:1: mode: "alive" is neither simulated nor live`},
		{"mistyped header", strings.Replace(header, `"web"`, `7`, 1), "walk.jsonl:1: platform: a number does not belong here"},
		{"started", strings.Replace(header, "2026-04-01T", "yesterday ", 1), "walk.jsonl:1: started: "},
		{"torn header", header[:30], "walk.jsonl:1: the line breaks off; it is no whole JSON object"},
		{"torn inside", header + first[:40] + "\n" + second, "walk.jsonl:2: the line breaks off; it is no whole JSON object"},
		{"gap", header + second, "walk.jsonl:2: seq: 2, where 1 follows: a recording has every entry, in order"},
		{"no entry", header + "[]\n", "walk.jsonl:2: this is no JSON object"},
		{"mistyped", header + strings.Replace(first, `"kind":"LinkTokenRequested"`, `"kind":[]`, 1), "walk.jsonl:2: kind: an array does not belong here"},
		{"no kind", header + strings.Replace(first, `"kind":"LinkTokenRequested",`, ``, 1), "walk.jsonl:2: kind: missing: every entry says which event it is"},
		{"no time", header + strings.Replace(first, `"at":"2026-04-01T12:00:00Z",`, ``, 1), "walk.jsonl:2: at: missing: a time such as"},
		{"bad time", header + first + strings.Replace(second, `"happened_at":"2026`, `"happened_at":"20x26`, 1), "walk.jsonl:3: happened_at: \"20x26-04-01T12:00:00Z\" is no time such as"},
		{"a time without end", strings.Replace(header, `"started":"2026-`, `"started":"9999-`, 1), `walk.jsonl:1: started: "9999-04-01T12:00:00Z" is no time in which a walk can have been`},
		{"a phone that is none", header + phone(`"\u001b[31m1"`), `walk.jsonl:2: event.phone_number: "`},
		{"a letter for a phone", header + phone(`"é"`), `walk.jsonl:2: event.phone_number: "\u00e9" is no masked phone number such as`},
		{"a number for a phone", header + phone(`14155550011`), `walk.jsonl:2: event.phone_number: `},
		{"no event", header + strings.Replace(first, `,"event":{}`, ``, 1), "walk.jsonl:2: event: missing, or no JSON object"},
		{"endless", header + strings.Repeat("x", 9<<20), "walk.jsonl:2: the line is longer than 8 MB; this is no recording"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, err := journal.ReadRecording(strings.NewReader(test.content), "walk.jsonl")
			var bad *journal.RecordingError
			if !errors.As(err, &bad) || !strings.HasPrefix(err.Error(), test.want) {
				t.Errorf("%v; want %s", err, test.want)
			}
		})
	}
}

// A file without end is not held in memory.
func TestRecordingWithoutEndIsRefused(t *testing.T) {
	header := strings.SplitAfter(recording(t), "\n")[0]
	blank := strings.Repeat(" ", 1<<20) + "\n"
	_, err := journal.ReadRecording(io.MultiReader(strings.NewReader(header), &endless{text: blank}), "walk.jsonl")
	if want := "the file is larger than 256 MB; no walk is that long"; err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("%v; want %s", err, want)
	}
}

// endless is the same text again and again.
type endless struct {
	text string
	at   int
}

func (e *endless) Read(b []byte) (int, error) {
	n := copy(b, e.text[e.at:])
	e.at = (e.at + n) % len(e.text)
	return n, nil
}

// A recording may say whose number a masked phone is, where that is no secret.
func TestRecordingNamesTestNumbers(t *testing.T) {
	whose := func(more ...journal.Addition) journal.Recorded {
		e := journal.Entry{Seq: 1, At: began, Event: flow.PhoneNumberEntered{Phone: flow.NewPhoneNumber("+14155550015")}}
		line, err := journal.Whole(e, more...)
		if err != nil || bytes.Contains(line, []byte("4155550015")) {
			t.Fatalf("%s, %v", line, err)
		}
		r, err := journal.ReadRecording(strings.NewReader(strings.SplitAfter(recording(t), "\n")[0]+string(line)), "walk.jsonl")
		if err != nil {
			t.Fatal(err)
		}
		return r.Entries[0]
	}
	if got := whose(journal.TestNumber("leslie-knope")).TestNumber; got != "leslie-knope" {
		t.Errorf("test number %q", got)
	}
	if got := whose(journal.TestNumber("")).TestNumber + whose().TestNumber; got != "" {
		t.Errorf("test number %q of nobody", got)
	}
}

// A program that was killed leaves any beginning of its last line.
func TestTornRecordingIsRead(t *testing.T) {
	whole := recording(t)
	last := strings.LastIndex(strings.TrimSuffix(whole, "\n"), "\n") + 1
	for cut := last + 1; cut <= len(whole); cut++ {
		r, err := journal.ReadRecording(strings.NewReader(whole[:cut]), "walk.jsonl")
		complete := cut >= len(whole)-1 // the end of the line may be missing
		if err != nil || r.Torn == complete || (len(r.Entries) == 2) != complete {
			t.Fatalf("cut at %d: torn %v, %d entries, %v", cut-last, r.Torn, len(r.Entries), err)
		}
	}
}

func FuzzReadRecording(f *testing.F) {
	whole := recording(f)
	f.Add(whole)
	f.Add(whole[:len(whole)-9])
	f.Add(strings.Replace(whole, `"seq":1`, `"seq":1e9`, 1))
	f.Add("{\"layersim_recording\":1,\"mode\":\"live\",\"started\":\"2026-04-01T12:00:00Z\"}\n")
	f.Fuzz(func(t *testing.T, content string) {
		r, err := journal.ReadRecording(strings.NewReader(content), "walk.jsonl")
		var bad *journal.RecordingError
		if err != nil && (!errors.As(err, &bad) || !strings.HasPrefix(err.Error(), "walk.jsonl") || flow.CleanLine(err.Error(), 0) != err.Error()) {
			t.Fatalf("%q", err.Error())
		}
		for i, e := range r.Entries {
			if e.Seq != i+1 || e.Line <= i+1 || e.At.IsZero() || len(e.Event) == 0 || e.Event[0] != '{' {
				t.Fatalf("entry %d is %+v", i, e)
			}
		}
	})
}
