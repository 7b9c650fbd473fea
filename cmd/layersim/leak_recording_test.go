package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"layersim/flow/journal"
)

// Recordings may have been changed by hand, or made by somebody else. Whatever
// text in one holds what can be recognised as private: nothing that reads it may
// show that. Names, addresses and amounts cannot be recognised, and are shown.

const (
	plantedSSN    = "912-88-7341"
	plantedToken  = "access-sandbox-3b7c91d2-55aa-4e01-9c3d-7f00aa12bb34"
	plantedPublic = "profile-sandbox-8e21aa90-11cc-4d02-8b2d-6f11bb23cc45"
	plantedPhone  = "+12125550143"
	plantedBirth  = "1953-11-28"
	plantedWords  = "November 28, 1953"
	plantedKey    = "kf83hQ0zMv21LpWx77" // under a key that says what it is
	plantedDirt   = plantedSSN + " / " + plantedToken + " / " + plantedPublic + " / " + plantedPhone + " / " + plantedBirth + " / " + plantedWords
	plantedShown  = "Planted-Avenue" // the control: nothing says that this is private
)

func planted() []marker {
	return []marker{
		{"SSN", plantedSSN}, {"SSN", strings.ReplaceAll(plantedSSN, "-", "")}, {"access_token", plantedToken}, {"public_token", plantedPublic},
		{"phone number", plantedPhone}, {"phone number", plantedPhone[2:]}, {"date of birth", plantedBirth}, {"date of birth", "19531128"},
		{"date of birth", plantedWords}, {"date of birth", "11/28/1953"}, {"SSN", "912%2D88%2D7341"}, {"SSN", "912&#45;88&#45;7341"}, {"secret", plantedKey},
	}
}

// plantings are a text in each place where it may stand: beside what is there,
// and instead of it. opening is what it begins with.
func plantings(opening, was string) []string {
	return []string{opening + plantedShown + " " + was + " " + plantedDirt, opening + plantedDirt + " " + plantedShown}
}

// openings take turns: what begins like JSON need not be any.
var openings = []string{"", "{", "["}

// leavesOf are the texts of a JSON value, by where they stand; the elements of
// a list have one place.
func leavesOf(value any, at string, each func(at string, was string, set func(string))) {
	switch v := value.(type) {
	case map[string]any:
		for _, key := range slices.Sorted(maps.Keys(v)) {
			if text, is := v[key].(string); is {
				each(at+"."+key, text, func(s string) { v[key] = s })
				continue
			}
			leavesOf(v[key], at+"."+key, each)
		}
	case []any:
		for i := range v {
			if text, is := v[i].(string); is {
				each(at+"[]", text, func(s string) { v[i] = s })
				continue
			}
			leavesOf(v[i], at+"[]", each)
		}
	}
}

// addMembers adds what nobody knows to every object.
func addMembers(value any) {
	switch v := value.(type) {
	case map[string]any:
		for _, member := range v {
			addMembers(member)
		}
		v["remark"], v["ssn"], v["client_secret"], v["account_number"], v["born"] = plantedDirt, plantedSSN, plantedKey, plantedKey, plantedBirth
	case []any:
		for i := range v {
			addMembers(v[i])
		}
	}
}

// dirtyRecording plants into every text of a recording in which its reader takes
// it. What the reader says of the others is searched: it may quote them.
func dirtyRecording(t *testing.T, what string, clean []byte, reads func(content []byte) error) []byte {
	t.Helper()
	var lines []map[string]any
	for line := range bytes.Lines(clean) {
		var v map[string]any
		if err := json.Unmarshal(line, &v); err != nil {
			t.Fatal(err)
		}
		lines = append(lines, v)
	}
	text := func(line map[string]any) []byte {
		text, err := json.Marshal(line)
		if err != nil {
			t.Fatal(err)
		}
		return append(text, '\n')
	}
	var said bytes.Buffer
	// takes tells whether a line is read, as the only one after the header.
	takes := func(i int, line map[string]any) bool {
		content := text(line)
		if i > 0 {
			seq := line["seq"]
			line["seq"] = 1
			content = append(text(lines[0]), text(line)...)
			line["seq"] = seq
		}
		err := reads(content)
		if err != nil {
			fmt.Fprintln(&said, err)
		}
		return err == nil
	}
	refused := map[string]bool{} // places that do not take any text
	places, taken, turn := map[string]bool{}, 0, 0
	plantInto := func(i int, line map[string]any, oneByOne bool) {
		kind, _ := line["kind"].(string)
		leavesOf(line, kind, func(at, was string, set func(string)) {
			places[at] = true
			turn++
			for _, text := range plantings(openings[turn%len(openings)], was) {
				if refused[at] && !oneByOne {
					return
				}
				if set(text); !oneByOne || takes(i, line) {
					taken++
					return
				}
			}
			set(was)
			refused[at] = true
		})
	}
	for i, line := range lines {
		if !takes(i, line) {
			t.Fatalf("%s is not read as it is", text(line))
		}
		planted := copyOf(line)
		plantInto(i, planted, false)
		if !takes(i, planted) {
			planted = copyOf(line)
			plantInto(i, planted, true)
		}
		lines[i] = planted
		more := copyOf(planted)
		if addMembers(more); takes(i, more) {
			lines[i] = more
		}
	}
	dirty := bytes.Join(slices.Collect(func(yield func([]byte) bool) {
		for _, line := range lines {
			if !yield(text(line)) {
				return
			}
		}
	}), nil)
	if err := reads(dirty); err != nil || taken == 0 {
		t.Fatalf("%d texts were planted: %v", taken, err)
	}
	t.Logf("%s: %d of %d places take any text", what, len(places)-len(refused), len(places))
	sink(t, what+": what the reader says of damage", said.Bytes(), planted(), "is no")
	return dirty
}

func copyOf(line map[string]any) (copied map[string]any) {
	text, _ := json.Marshal(line)
	_ = json.Unmarshal(text, &copied)
	return copied
}

// readsWalk reads and replays the recording of a walk.
func readsWalk(content []byte) error {
	recording, err := journal.ReadRecording(bytes.NewReader(content), "walk.jsonl")
	if err == nil {
		_, _, err = journal.Replay(recording)
	}
	return err
}

func leakOfARecordedWalk(t *testing.T) {
	dirty := dirtyRecording(t, "a changed recording", recorded(t), readsWalk)
	file := filepath.Join(t.TempDir(), "walk.jsonl")
	if err := os.WriteFile(file, dirty, 0o600); err != nil {
		t.Fatal(err)
	}
	if found := leaks(dirty, planted()); len(found) < len(planted())-4 { // but for those that are spelt otherwise
		t.Fatalf("only %d of the markers are in the recording", len(found))
	}
	plain := filepath.Join(t.TempDir(), "clean.jsonl")
	if err := os.WriteFile(plain, recorded(t), 0o600); err != nil {
		t.Fatal(err)
	}
	again := filepath.Join(t.TempDir(), "again.jsonl")
	commands := map[string][]string{
		"replay --plain": {"replay", "--plain", file}, "replay --record": {"replay", file, "--record", again},
		"lint": {"lint", file}, "lint --json": {"lint", "--json", file}, "compare": {"compare", file}, "compare --json": {"compare", file, "--json"},
	}
	for _, e := range exporters() {
		commands["export "+e.format] = []string{"export", file, "--format", e.format}
	}
	commands["export asciicast, not private"] = []string{"export", file, "--format", "asciicast", "--private=false", "--size", "200x50"}
	for _, name := range slices.Sorted(maps.Keys(commands)) {
		_, out, talk := runFiles(t, commands[name]...)
		control := plantedShown
		if strings.HasPrefix(name, "lint") || strings.HasPrefix(name, "compare") {
			control = "walk.jsonl"
		}
		sink(t, "a changed recording: "+name, []byte(out+talk), planted(), control)
	}
	content, err := os.ReadFile(again)
	if err != nil {
		t.Fatal(err)
	}
	sink(t, "a changed recording: what replay --record wrote", content, planted(), plantedShown)
	for line := range bytes.Lines(content) { // where it is, for whoever mends it
		var v map[string]any
		if err := json.Unmarshal(line, &v); err != nil {
			t.Error(err)
		}
		kind, _ := v["kind"].(string)
		leavesOf(v, kind, func(at, is string, _ func(string)) {
			if strings.Contains(is, plantedSSN) || strings.Contains(is, plantedWords) {
				t.Errorf("%s is not masked: %s", at, is)
			}
		})
	}
}

func leakOfARecordedApp(t *testing.T) {
	path, _ := recordApps(t)
	clean, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	dirty := dirtyRecording(t, "a changed recording of an app", clean, func(content []byte) error {
		_, err := readServed(bytes.NewReader(content), "app.jsonl")
		return err
	})
	recorded, err := readServed(bytes.NewReader(dirty), "app.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	var shown bytes.Buffer
	for b := range recorded.batches() {
		for _, e := range b.Entries {
			fmt.Fprintf(&shown, "%+v\n%s\n", e, e.Whole())
			if e.Exchange != nil {
				fmt.Fprintf(&shown, "%+v\n", e.Exchange())
			}
			if e.Callback != nil {
				fmt.Fprintf(&shown, "%+v\n", *e.Callback)
			}
		}
		fmt.Fprintf(&shown, "%+v\n%+v\n%+v\n", b.About, b.Findings, b.Checks)
	}
	fmt.Fprintf(&shown, "%+v\n", recorded.header)
	sink(t, "a changed recording of an app: what the screen is given", shown.Bytes(), planted(), plantedShown)
	file := filepath.Join(t.TempDir(), "app.jsonl")
	if err := os.WriteFile(file, dirty, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{{"lint", file}, {"lint", "--json", file}} {
		_, out, talk := runFiles(t, args...)
		sink(t, "a changed recording of an app: "+strings.Join(args[:len(args)-1], " "), []byte(out+talk), planted(), "app.jsonl")
	}
}
