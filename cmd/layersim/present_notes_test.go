package main

import (
	"context"
	"encoding/json"
	"errors"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"layersim/tui/present"
)

// runtimeDir is a folder for sockets; their paths must be short.
func runtimeDir(t *testing.T) (dir string, environ []string) {
	t.Helper()
	runtime, err := os.MkdirTemp("", "present")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(runtime) })
	environ = []string{"XDG_RUNTIME_DIR=" + runtime}
	dir, err = presentDir(environ)
	if err != nil {
		t.Fatal(err)
	}
	return dir, environ
}

// serveIn lets presentations be attached to, as 'layersim present' does.
func serveIn(t *testing.T, dir, session string) *noteServer {
	t.Helper()
	listener, err := listenForNotes(t.Context(), dir, session)
	if err != nil {
		t.Fatal(err)
	}
	s := serveNotes(t.Context(), listener)
	t.Cleanup(func() { _ = s.Close() })
	return s
}

// within returns what comes, and fails if nothing does.
func within[T any](t *testing.T, c <-chan T) (v T, open bool) {
	t.Helper()
	select {
	case v, open = <-c:
		return v, open
	case <-time.After(patience):
		t.Fatal("nothing comes")
		return v, false
	}
}

// Two ends of the socket: what the room's presentation publishes is read at the
// other end, and what is pressed there goes on in the room.
func TestNotesFollowAndLead(t *testing.T) {
	dir, _ := runtimeDir(t)
	server := serveIn(t, dir, "tour-1")
	a := seat(t, find(t, builtInTour), 80, 24, func(o *present.Options) { o.Publish = server.Publish })

	conn, err := findPresentation(t.Context(), dir, "")
	if err != nil {
		t.Fatal(err)
	}
	reader := readNotes(t.Context(), conn)
	until := func(ok func(present.Status) bool) present.Status {
		t.Helper()
		for {
			status, open := within(t, reader.status)
			if !open {
				t.Fatalf("it has ended: %v", reader.ended)
			}
			if ok(status) {
				return status
			}
		}
	}
	if status := until(func(present.Status) bool { return true }); status.Beat != 0 || status.Of != 17 || status.ComesNext != "Why Layer?" {
		t.Errorf("at first: %+v", status)
	}
	for range 4 {
		reader.Send(present.CommandNext)
		command, _ := within(t, server.commands)
		a.tell(command)
	}
	status := until(func(s present.Status) bool { return s.Beat == 4 && s.Asked })
	if status.Name != "The phone number" || len(status.Notes) == 0 || !strings.Contains(status.Question, "What does the app hear?") ||
		!strings.Contains(status.Answer, "LAYER_READY") || status.Next != "the answer" || status.ComesNext != "Now open Link" {
		t.Errorf("at the question: %+v", status)
	}
	a.mustShow("4 of 17", "What does the app hear?")
	a.mustNotShow("at once, through onEvent")

	a.now = a.now.Add(70 * time.Second)
	reader.Send(present.CommandPause)
	command, _ := within(t, server.commands)
	a.tell(command)
	if status := until(func(s present.Status) bool { return s.Paused }); status.Elapsed != 70*time.Second || status.Planned != 10*time.Minute {
		t.Errorf("the timer: %+v", status)
	}

	if err := server.Close(); err != nil {
		t.Error(err)
	}
	for range reader.status { // until it is closed
	}
	if !errors.Is(reader.ended, errPresentationOver) {
		t.Errorf("it ended with %v", reader.ended)
	}
	if left, _ := filepath.Glob(filepath.Join(dir, "*")); len(left) > 0 {
		t.Errorf("the socket is left: %v", left)
	}
}

// Only this user can reach it.
func TestNotesAreForThisUserOnly(t *testing.T) {
	dir, environ := runtimeDir(t)
	serveIn(t, dir, "tour-1")
	for path, want := range map[string]os.FileMode{dir: 0o700, filepath.Join(dir, "tour-1.sock"): 0o600} {
		info, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		if info.Mode().Perm() != want {
			t.Errorf("%s has mode %v, want %v", path, info.Mode().Perm(), want)
		}
	}
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	if _, err := presentDir(environ); err != nil {
		t.Fatal(err)
	}
	if info, _ := os.Stat(dir); info.Mode().Perm() != 0o700 {
		t.Error("a folder that is open to others stays so")
	}
	other := t.TempDir()
	if err := os.Symlink(dir, filepath.Join(other, "layersim")); err != nil {
		t.Fatal(err)
	}
	if _, err := presentDir([]string{"XDG_RUNTIME_DIR=" + other}); err == nil {
		t.Error("a link to elsewhere is followed")
	}
}

func TestWhichPresentation(t *testing.T) {
	dir, _ := runtimeDir(t)
	if _, err := findPresentation(t.Context(), dir, ""); err == nil || !strings.Contains(err.Error(), "no presentation of yours is running on this machine. Start one") {
		t.Errorf("with none: %v", err)
	}
	// One that was killed leaves its socket behind.
	stale, err := net.ListenUnix("unix", &net.UnixAddr{Name: filepath.Join(dir, "tour-0.sock"), Net: "unix"})
	if err != nil {
		t.Fatal(err)
	}
	stale.SetUnlinkOnClose(false)
	_ = stale.Close()
	serveIn(t, dir, "tour-1")
	connects := func(session, problem string) {
		t.Helper()
		conn, err := findPresentation(t.Context(), dir, session)
		switch {
		case problem == "" && err != nil:
			t.Errorf("--session %q: %v", session, err)
		case problem != "" && (err == nil || !strings.Contains(err.Error(), problem)):
			t.Errorf("--session %q: %v, want %s", session, err, problem)
		}
		if conn != nil {
			_ = conn.Close()
		}
	}
	connects("", "")
	if _, err := os.Stat(filepath.Join(dir, "tour-0.sock")); err == nil {
		t.Error("a stale socket is left")
	}
	serveIn(t, dir, "tour-12")
	serveIn(t, dir, "eligible-2")
	connects("", "3 presentations are running: choose one with --session NAME: eligible-2, tour-1, tour-12")
	connects("elig", "")
	connects("tour-1", "")
	connects("tour", "2 presentations are running")
	connects("monday", `no presentation is called "monday". There is: eligible-2, tour-1, tour-12`)
}

// Whatever comes over the socket, nothing breaks at either end.
func TestNonsenseOverTheSocket(t *testing.T) {
	dir, _ := runtimeDir(t)
	server := serveIn(t, dir, "tour-1")
	for _, nonsense := range []string{"\n", "{", "\x00\xff\n", `{"do":7}` + "\n", strings.Repeat("x", 1<<16)} {
		conn, err := findPresentation(t.Context(), dir, "")
		if err != nil {
			t.Fatal(err)
		}
		_, _ = conn.Write([]byte(nonsense))
		_ = conn.Close()
	}
	conn, err := findPresentation(t.Context(), dir, "")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.NewEncoder(conn).Encode(askedLine{"dance"}); err != nil {
		t.Fatal(err)
	}
	command, _ := within(t, server.commands)
	a := seat(t, find(t, builtInTour), 80, 24)
	before := a.screen()
	if a.tell(command); a.screen() != before {
		t.Error("an unknown command does something")
	}
	_ = conn.Close()

	for said, problem := range map[string]string{
		"hello\n":                            "cannot be read",
		`{"layersim_present":2}` + "\n":      "another version",
		"":                                   "ended without a word",
		`{"layersim_present":1,"status":{}}`: "", // no line's end, and yet a status
	} {
		ours, theirs := net.Pipe()
		ctx, cancel := context.WithCancel(t.Context())
		reader := readNotes(ctx, ours)
		go func() {
			_, _ = theirs.Write([]byte(said))
			_ = theirs.Close()
		}()
		for range reader.status { // until it is closed
		}
		if reader.ended == nil || problem != "" && !strings.Contains(reader.ended.Error(), problem) {
			t.Errorf("%q ends with %v, want %q", said, reader.ended, problem)
		}
		cancel()
	}
}

func TestSessionNames(t *testing.T) {
	for _, name := range []string{"tour", "../../etc/passwd", "a b\x1b[31m", strings.Repeat("long", 50), ""} {
		if got := sessionName("/run/user/1000/layersim", name); strings.ContainsAny(got, "/ .\x1b") || len(got) > 60 || got == "" {
			t.Errorf("%q is called %q", name, got)
		}
	}
}
