package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"layersim/flow"
	"layersim/flow/journal"
)

// recordWalk begins a walk that is recorded, with these settings, and returns it
// with what ends its recording.
func recordWalk(t *testing.T, s settings) (r *robot, end func() error) {
	t.Helper()
	p := planOf(t, s)
	// Time runs faster, because an Enter right after the code is taken for habit.
	start := time.Now()
	around := surroundings{now: func() time.Time { return start.Add(100 * time.Since(start)) }}
	end, err := record(p, &around)
	if err != nil {
		t.Fatal(err)
	}
	return startRobot(t, s, 120, 36, around), end
}

// planOf is what settings mean, with a robot's seed.
func planOf(t *testing.T, s settings) plan {
	t.Helper()
	s.platform, s.seed, s.seedGiven = "web", 7, true
	p, err := s.check()
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// linesOf are the lines of a file, all of which must be whole.
func linesOf(t *testing.T, path string) []string {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil || !strings.HasSuffix(string(content), "\n") {
		t.Fatalf("%q, %v; want whole lines", content, err)
	}
	return strings.Split(strings.TrimSuffix(string(content), "\n"), "\n")
}

func TestRecordWholeWalk(t *testing.T) {
	path := filepath.Join(t.TempDir(), "walk.jsonl")
	r, end := recordWalk(t, settings{link: "terminal", persona: "two-banks", record: path})
	toOpen(r)
	r.await("Share your information")
	r.press("enter")
	r.await("Verify your phone number")
	r.typed("123456")
	r.await("Review your information.*LAYER_AUTHENTICATION_PASSED, verified") // Link has its answer by then
	r.press("enter")
	r.await("✓ Onboarded")
	r.press("ctrl+c")
	_ = r.quits()
	if err := end(); err != nil {
		t.Fatal(err)
	}
	lines := linesOf(t, path)
	last := 0
	for i, line := range lines {
		var whole struct {
			Version  int    `json:"layersim_recording"`
			Mode     string `json:"mode"`
			Template string `json:"template"`
			Seed     string `json:"seed"`
			Seq      int    `json:"seq"`
		}
		err := json.Unmarshal([]byte(line), &whole)
		if i == 0 && (whole.Version != 1 || whole.Mode != "simulated" || whole.Template != "default" || whole.Seed != "7") {
			t.Errorf("the header is %s", line)
		}
		if err != nil || whole.Seq != i {
			t.Errorf("line %d: %s (%v)", i+1, line, err)
		}
		if strings.Contains(line, `"kind":"UserAccountFetched"`) {
			last = i
		}
	}
	if last == 0 {
		t.Errorf("the session that was read is not recorded; %d lines", len(lines))
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v; want 0600", info.Mode(), err)
	}
}

func TestRecordRefuses(t *testing.T) {
	dir := t.TempDir()
	there := filepath.Join(dir, "there.jsonl")
	if err := os.WriteFile(there, []byte("mine"), 0o600); err != nil {
		t.Fatal(err)
	}
	tests := []struct{ name, path, want string }{
		{"a file that is there", there, "this file is there already, and a recording never writes over one. Choose another name, or remove it first."},
		{"a folder that is not", filepath.Join(dir, "no", "walk.jsonl"), "there is no folder " + filepath.Join(dir, "no") + ". Make it first."},
		{"standard output", "-", "standard output has the screen. Name a file."},
		{"a folder", dir, "this file is there already"},
		{"a file as a folder", filepath.Join(there, "walk.jsonl"), "the file cannot be made: not a directory"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			around := surroundings{now: time.Now}
			_, err := record(planOf(t, settings{link: "terminal", record: test.path}), &around)
			var known failure
			if !errors.As(err, &known) || known.code != exitUsage || !strings.Contains(err.Error(), test.want) {
				t.Errorf("%v; want %s", err, test.want)
			}
		})
	}
	if content, _ := os.ReadFile(there); string(content) != "mine" {
		t.Errorf("the file that was there holds %q", content)
	}
}

// A walk that cannot begin leaves no file, so that the same command works once
// its cause is gone. Of one that began, each entry is there at once.
func TestRecordingOfNoWalkIsTakenAway(t *testing.T) {
	path := filepath.Join(t.TempDir(), "walk.jsonl")
	around := surroundings{now: time.Now}
	p := planOf(t, settings{link: "terminal", record: path})
	finish, err := record(p, &around)
	if err != nil || len(linesOf(t, path)) != 1 {
		t.Fatal(err)
	}
	if err := finish(); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the file is there still: %v", err)
	}
	if finish, err = record(p, &around); err != nil {
		t.Fatal(err)
	}
	for seq, phone := range []string{"+14155550015", "+12025550177"} {
		if err := around.record(journal.Entry{Seq: seq + 1, At: time.Now(), Event: flow.PhoneNumberEntered{Phone: flow.NewPhoneNumber(phone)}}); err != nil {
			t.Fatal(err)
		}
		lines := linesOf(t, path)
		if len(lines) != seq+2 || strings.Contains(lines[seq+1], `"test_number":"leslie-knope"`) != (seq == 0) || strings.Contains(lines[seq+1], phone) {
			t.Errorf("%q", lines)
		}
	}
	if err := finish(); err != nil || len(linesOf(t, path)) != 3 {
		t.Error(err)
	}
}

// What cannot be written is said on the screen, and the walk goes on.
func TestRecordingThatFailsIsSaid(t *testing.T) {
	trouble := errors.New("walk.jsonl: no space left on device")
	r := startRobot(t, settings{link: "terminal", persona: "two-banks"}, 120, 36, surroundings{record: func(journal.Entry) error { return trouble }})
	r.await("Enter ask")
	r.press("enter")
	r.await("The recording: walk.jsonl: no space left on device")
	r.await("Create the handler")
}

// fullDisk is a file of which only so many bytes can be written.
type fullDisk struct {
	content []byte
	room    int
}

func (f *fullDisk) Write(b []byte) (int, error) {
	n := min(len(b), f.room)
	f.content, f.room = append(f.content, b[:n]...), f.room-n
	if n < len(b) {
		return n, &fs.PathError{Op: "write", Path: "walk.jsonl", Err: syscall.ENOSPC}
	}
	return n, nil
}

func (f *fullDisk) Truncate(size int64) error {
	f.room += len(f.content) - int(size)
	f.content = f.content[:size]
	return nil
}

func (f *fullDisk) Seek(int64, int) (int64, error) { return 0, nil }
func (f *fullDisk) Close() error                   { return nil }

// A disk that is full is told once and holds whole lines only, and once there
// is room again nothing is missing.
func TestRecordOnAFullDisk(t *testing.T) {
	tests := []struct {
		name string
		room int // after the fifth entry
		end  string
	}{
		{"it stays full", 0, "walk.jsonl lacks the last 4 entries of the walk: no space left on device"},
		{"there is room again", 1 << 20, ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				disk := &fullDisk{room: 1 << 20}
				r := &recorder{file: disk, name: "walk.jsonl"}
				if err := r.begin(journal.Header{Mode: journal.ModeLive, Started: time.Now()}); err != nil {
					t.Fatal(err)
				}
				var told []string
				for seq := 1; seq <= 6; seq++ {
					switch seq {
					case 3:
						disk.room = 30
					case 6:
						disk.room += test.room
					}
					if err := r.Record(journal.Entry{Seq: seq, At: time.Now(), Event: flow.LinkTokenRequested{}}); err != nil {
						told = append(told, err.Error())
					}
				}
				if len(told) != 1 || told[0] != "walk.jsonl: no space left on device" {
					t.Errorf("told %q, want it once", told)
				}
				end := ""
				if err := r.Close(); err != nil {
					end = err.Error()
				}
				if end != test.end {
					t.Errorf("it closed with %q, want %q", end, test.end)
				}
				recording, err := journal.ReadRecording(bytes.NewReader(disk.content), "walk.jsonl")
				if want := map[bool]int{true: 6, false: 2}[test.end == ""]; err != nil || recording.Torn || len(recording.Entries) != want {
					t.Errorf("%d entries, torn %v, %v; want %d", len(recording.Entries), recording.Torn, err, want)
				}
			})
		})
	}
}
