package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"layersim/flow"
	"layersim/flow/journal"
	"layersim/flow/plaidsim"
)

// recordApps records what two apps do with a simulator.
func recordApps(t *testing.T) (path string, records []plaidsim.Record) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "app.jsonl")
	sim := plaidsim.New(plaidsim.Config{Catalog: loadCatalog(t), Now: time.Now, Seed: 7, Delivery: plaidsim.Documented})
	defer sim.Close()
	var talk bytes.Buffer
	finish, err := recordServed(sim, serveSettings{record: path, seed: 7, events: "documented"}, &talk)
	if err != nil {
		t.Fatal(err)
	}
	for _, user := range []string{"user-mia", "user-bo"} {
		newSomeApp(t, sim, user).create().submit("+14155550011").open().act(
			flow.LinkAction{Kind: flow.LinkContinue}, flow.LinkAction{Kind: flow.LinkCode, Code: flow.NewOneTimeCode("123456")},
		)
	}
	newSomeApp(t, sim, "user-ann").create().submit("+15155550016").birth("1975-01-18")
	if err := finish(); err != nil || talk.Len() > 0 {
		t.Fatalf("%v %s", err, talk.String())
	}
	records, _ = sim.Records(0, 1<<20)
	return path, records
}

func readBack(t *testing.T, path string) appRecording {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	recorded, err := readServed(bytes.NewReader(content), "app.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	return recorded
}

// What an app does is written whole, masked and for its owner only, and is shown
// again as it was.
func TestServedRecording(t *testing.T) {
	path, records := recordApps(t)
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v; want 0600", info.Mode(), err)
	}
	for _, line := range linesOf(t, path) {
		for _, secret := range []string{"TOPSECRET", "4155550011", "5155550016", "1975-01-18", "123456\""} {
			if strings.Contains(line, secret) {
				t.Errorf("%s is in %s", secret, line)
			}
		}
	}
	recorded := readBack(t, path)
	if len(recorded.records) != len(records) || len(records) < 20 || recorded.torn || recorded.header.Seed != "7" {
		t.Fatalf("%d records, want %d; torn %v; header %+v", len(recorded.records), len(records), recorded.torn, recorded.header)
	}
	for i, r := range records {
		was, is := entryOf(r), entryOf(recorded.records[i])
		if was.Whole() != is.Whole() {
			t.Errorf("was %s\nis  %s", was.Whole(), is.Whole())
		}
		was.Whole, is.Whole, was.Exchange, is.Exchange = nil, nil, nil, nil
		was.At, is.At = was.At.Round(0).UTC(), is.At.UTC()
		if c := was.Callback; c != nil {
			c.Happened, is.Callback.Happened = c.Happened.Round(0).UTC(), is.Callback.Happened.UTC()
		}
		if !reflect.DeepEqual(was, is) {
			t.Errorf("was %+v\nis  %+v", was, is)
		}
	}
	states := map[string]string{}
	for b := range recorded.batches() {
		for _, a := range b.About {
			states[a.ClientUserID] = a.State + " " + a.Persona + " " + a.Phone.String()
		}
	}
	want := map[string]string{"user-mia": "review two-banks +1••••••••11", "user-bo": "review two-banks +1••••••••11", "user-ann": "eligible no-ssn +1••••••••16"}
	if !reflect.DeepEqual(states, want) {
		t.Errorf("the sessions stand at %v, want %v", states, want)
	}
}

// The linter finds the same in it as in the simulator's own journal.
func TestServedRecordingIsLinted(t *testing.T) {
	path, records := recordApps(t)
	var own bytes.Buffer
	for _, r := range records {
		line, err := json.Marshal(r)
		if err != nil {
			t.Fatal(err)
		}
		own.Write(append(line, '\n'))
	}
	want, err := lintJournal(&own, "x")
	if err != nil {
		t.Fatal(err)
	}
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := lintJournal(bytes.NewReader(content), "x"); err != nil || !reflect.DeepEqual(got, want) || got.Sessions != 3 {
		t.Errorf("%v: %+v, want %+v", err, got, want)
	}
}

// A program that was killed leaves any beginning of its last line.
func TestTornServedRecordingIsRead(t *testing.T) {
	path, records := recordApps(t)
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	last := bytes.LastIndexByte(bytes.TrimSuffix(content, []byte("\n")), '\n') + 1
	for cut := last + 1; cut < len(content)-1; cut++ {
		recorded, err := readServed(bytes.NewReader(content[:cut]), "app.jsonl")
		if err != nil || !recorded.torn || len(recorded.records) != len(records)-1 {
			t.Fatalf("cut at %d: torn %v, %d records, %v", cut-last, recorded.torn, len(recorded.records), err)
		}
	}
	damaged := append(append(bytes.Clone(content[:last+9]), '\n'), content[last:]...)
	if _, err := readServed(bytes.NewReader(damaged), "app.jsonl"); err == nil || !strings.Contains(err.Error(), "app.jsonl:") || !strings.Contains(err.Error(), "breaks off") {
		t.Errorf("a line that breaks off in the middle: %v", err)
	}
}

// An app goes on for days: what has no room is given up some time, and said.
func TestServedRecordingOnAFullDisk(t *testing.T) {
	disk := &fullDisk{room: 400}
	r := &recorder{file: disk, name: "app.jsonl"}
	if err := r.begin(journal.Header{Mode: journal.ModeServed, Started: time.Now()}); err != nil {
		t.Fatal(err)
	}
	var talk bytes.Buffer
	sim := plaidsim.New(plaidsim.Config{Catalog: loadCatalog(t), Now: time.Now})
	defer sim.Close()
	v := servedRecorder{sim: sim, recorder: r, told: map[string]string{}, talk: &talk}
	for seq := range uint64(mostUnwritten + 100) {
		v.take([]plaidsim.Record{{Seq: seq + 1, At: time.Now(), Kind: plaidsim.KindNote, Note: "x"}})
	}
	if got := strings.Count(talk.String(), "\n"); got != 2 || !strings.Contains(talk.String(), "no space left on device") || !strings.Contains(talk.String(), "the rest is not recorded") {
		t.Errorf("it says\n%s", talk.String())
	}
	var known failure
	if err := r.Close(); !errors.As(err, &known) || known.code != exitUnexpected || !strings.Contains(err.Error(), "app.jsonl lacks the last 10") {
		t.Errorf("%v", err)
	}
	if recorded, err := readServed(bytes.NewReader(disk.content), "app.jsonl"); err != nil || recorded.torn {
		t.Errorf("torn %v, %v", recorded.torn, err)
	}
}

func FuzzReadServed(f *testing.F) {
	f.Add(`{"layersim_recording":1,"layersim":"x","started":"2026-04-01T12:00:00Z","mode":"served"}` + "\n" +
		`{"seq":1,"at":"2026-04-01T12:00:01Z","kind":"call","call":{"path":"/x","status":200,"request":"x","response":{}}}` + "\n" +
		`{"seq":2,"at":"2026-04-01T12:00:01Z","kind":"link","link_session_id":"a","act":{"verb":"submit","phone_number":"+14155550011"},"about":{"state":"x"}}` + "\n" +
		`{"seq":3,"at":"2026-04-01T12:00:01Z","kind":"webhook","webhook":{"id":1,"state":"waiting","body":{}}}`)
	f.Fuzz(func(t *testing.T, content string) {
		recorded, err := readServed(strings.NewReader(content), "app.jsonl")
		if err != nil && (!strings.HasPrefix(err.Error(), "app.jsonl:") || flow.CleanLine(err.Error(), 0) != err.Error()) {
			t.Fatalf("%q", err.Error())
		}
		for b := range recorded.batches() {
			for _, e := range b.Entries {
				_ = e.Whole()
			}
		}
	})
}
