//go:build linux

package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	tea "charm.land/bubbletea/v2"

	"layersim/tui/present"
)

// Nobody but the presenter reaches the socket of a presentation: not by its
// name, and not if the folder were open.
func TestAnotherUserReachesNoNotes(t *testing.T) {
	if os.Getuid() != 0 {
		t.Skip("only root can try to be somebody else")
	}
	dir, _ := runtimeDir(t)
	serveIn(t, dir, "tour-1")
	path := filepath.Join(dir, "tour-1.sock")
	as := func(user uintptr) error {
		done := make(chan error)
		go func() { // whoever this thread was, it is never used again
			runtime.LockOSThread()
			if _, _, problem := syscall.RawSyscall(syscall.SYS_SETFSUID, user, 0, 0); problem != 0 {
				done <- problem
				return
			}
			fd, err := syscall.Socket(syscall.AF_UNIX, syscall.SOCK_STREAM|syscall.SOCK_CLOEXEC, 0)
			if err == nil {
				err = syscall.Connect(fd, &syscall.SockaddrUnix{Name: path})
				_ = syscall.Close(fd)
			}
			done <- err
		}()
		return <-done
	}
	const nobody = 65534
	if err := as(0); err != nil {
		t.Fatalf("its own user: %v", err)
	}
	if err := as(nobody); !errors.Is(err, fs.ErrPermission) {
		t.Errorf("somebody else: %v", err)
	}
	for _, folder := range []string{dir, filepath.Dir(dir)} {
		if err := os.Chmod(folder, 0o755); err != nil { // the socket alone must do
			t.Fatal(err)
		}
	}
	if err := as(nobody); !errors.Is(err, fs.ErrPermission) {
		t.Errorf("somebody else, in an open folder: %v", err)
	}
}

// A crowd is refused in words, and whoever leaves makes room.
func TestAFloodOfNotes(t *testing.T) {
	dir, _ := runtimeDir(t)
	server := serveIn(t, dir, "tour-1")
	server.Publish(present.Status{Title: "Here"})
	dial := func() (net.Conn, string) {
		t.Helper()
		conn, err := findPresentation(t.Context(), dir, "")
		if err != nil {
			t.Fatal(err)
		}
		line, err := bufio.NewReader(conn).ReadString('\n')
		if err != nil {
			t.Fatal(err)
		}
		return conn, line
	}
	var in []net.Conn
	for range mostAttached {
		conn, line := dial()
		if !strings.Contains(line, `"Here"`) {
			t.Fatalf("it is told %s", line)
		}
		in = append(in, conn)
	}
	for range 200 {
		conn, line := dial()
		if !strings.Contains(line, `"full":8`) {
			t.Fatalf("one too many is told %s", line)
		}
		_ = conn.Close()
	}
	conn, err := findPresentation(t.Context(), dir, "")
	if err != nil {
		t.Fatal(err)
	}
	reader := readNotes(t.Context(), conn)
	for range reader.status { // until it is closed
	}
	if reader.ended == nil || !strings.Contains(reader.ended.Error(), "8 terminals are attached to the presentation already") || codeOf(reader.ended) != exitUsage {
		t.Errorf("who is one too many hears %v", reader.ended)
	}
	_ = in[0].Close()
	for deadline := time.Now().Add(patience); ; {
		conn, line := dial()
		_ = conn.Close()
		if strings.Contains(line, `"Here"`) {
			break
		}
		if time.Now().After(deadline) {
			t.Fatal("whoever leaves makes no room")
		}
	}
	for _, conn := range in {
		_ = conn.Close()
	}
}

// piped is a listener whose connections are made in memory, one for each that is
// put into it.
type piped struct {
	*memory
	fails int // so many times before the first
}

func (p *piped) Accept() (net.Conn, error) {
	if p.fails > 0 {
		p.fails--
		return nil, syscall.EMFILE
	}
	return p.memory.Accept()
}

// Whoever does not read, or never stops talking, keeps neither the presentation
// nor its end waiting.
func TestNotesThatDawdleOrShout(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := &piped{&memory{conns: make(chan net.Conn), done: make(chan struct{})}, 3}
		server := serveNotes(t.Context(), l)
		attach := func() net.Conn {
			ours, theirs := net.Pipe()
			l.conns <- theirs
			return ours
		}
		began := time.Now()
		deaf := attach() // after three connections for which there were no files
		if waited := time.Since(began); waited != 3*acceptPause {
			t.Errorf("it listens again after %v", waited)
		}
		began = time.Now()
		for range 1000 {
			server.Publish(present.Status{Title: "On"})
		}
		if took := time.Since(began); took != 0 {
			t.Errorf("the presentation waits %v for one that does not read", took)
		}
		time.Sleep(notesPatience + time.Second)
		if _, err := io.ReadAll(deaf); err != nil {
			t.Errorf("one that does not read is not cut off: %v", err)
		}

		// 1,000 lines in one piece.
		loud := attach()
		go func() { _, _ = io.Copy(io.Discard, loud) }()
		go func() { _, _ = io.WriteString(loud, strings.Repeat(`{"do":"next"}`+"\n", 1000)) }()
		began = time.Now()
		for range 50 {
			if c := <-server.commands; c != present.CommandNext {
				t.Errorf("it asks for %q", c)
			}
		}
		if took := time.Since(began); took < 49*askedPace {
			t.Errorf("50 keys in %v", took)
		}
		stuck := attach() // and is so at the end
		synctest.Wait()
		began = time.Now()
		if err := server.Close(); err != nil {
			t.Error(err)
		}
		if took := time.Since(began); took > 2*goodbyePatience {
			t.Errorf("the end waits %v", took)
		}
		_, _ = loud.Close(), stuck.Close()
	})
}

// What is at the place of a socket and is none is neither followed nor removed.
func TestWhatIsInPlaceOfTheSocket(t *testing.T) {
	dir, _ := runtimeDir(t)
	elsewhere := t.TempDir()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	bait, err := net.Listen("unix", filepath.Join(elsewhere, "bait"))
	must(err)
	defer func() { _ = bait.Close() }()
	kept := filepath.Join(elsewhere, "kept")
	must(os.WriteFile(kept, []byte("mine"), 0o600))
	for name, target := range map[string]string{"tour-0.sock": bait.Addr().String(), "other-0.sock": kept, "none-0.sock": filepath.Join(elsewhere, "nothing")} {
		must(os.Symlink(target, filepath.Join(dir, name)))
	}
	must(os.WriteFile(filepath.Join(dir, "file-0.sock"), []byte("mine"), 0o600))
	must(os.Mkdir(filepath.Join(dir, "folder-0.sock"), 0o700))
	must(syscall.Mkfifo(filepath.Join(dir, "pipe-0.sock"), 0o600))
	for _, session := range []string{"", "tour", "tour-0", "file-0", "folder-0", "pipe-0"} {
		if conn, err := findPresentation(t.Context(), dir, session); err == nil {
			t.Errorf("--session %q leads to %v", session, conn.RemoteAddr())
		}
	}
	for _, path := range []string{kept, filepath.Join(dir, "file-0.sock"), filepath.Join(dir, "tour-0.sock"), filepath.Join(dir, "folder-0.sock")} {
		if _, err := os.Lstat(path); err != nil {
			t.Error(err)
		}
	}

	// A presentation takes its place from a link, and does not touch what that is of.
	must(os.Symlink(kept, filepath.Join(dir, "mine-1.sock")))
	server := serveIn(t, dir, "mine-1")
	must(os.Remove(filepath.Join(dir, "mine-1.sock"))) // and loses it
	must(os.Symlink(kept, filepath.Join(dir, "mine-1.sock")))
	must(server.Close())
	if content, err := os.ReadFile(kept); err != nil || string(content) != "mine" {
		t.Errorf("what a link leads to is %q, %v", content, err)
	}
	if info, err := os.Stat(kept); err == nil && info.Mode().Perm() != 0o600 {
		t.Errorf("what a link leads to has mode %v", info.Mode())
	}
}

// endless never stops, and has no end of a line.
type endless struct{}

func (endless) Read(b []byte) (int, error) {
	for i := range b {
		b[i] = 'x'
	}
	return len(b), nil
}

// A line without end is given up, at both ends, before it fills the memory.
func TestEndlessNotes(t *testing.T) {
	server := &noteServer{commands: make(chan present.Command)}
	server.ctx, server.cancel = context.WithCancel(t.Context())
	defer server.cancel()
	ours, theirs := net.Pipe()
	given := make(chan int64)
	go func() {
		n, _ := io.Copy(ours, endless{})
		given <- n
	}()
	server.obey(theirs)
	_ = theirs.Close()
	if n := <-given; n > 64<<10 {
		t.Errorf("%d bytes were taken of an endless line", n)
	}

	ours, theirs = net.Pipe()
	go func() {
		n, _ := io.Copy(ours, endless{})
		given <- n
	}()
	reader := readNotes(t.Context(), theirs)
	for range reader.status { // until it is closed
	}
	_ = theirs.Close()
	if n := <-given; n > 2*longestNotes || !strings.Contains(fmt.Sprint(reader.ended), "a line is longer than 1024 kB") {
		t.Errorf("%d bytes, and it ended with %v", n, reader.ended)
	}
}

// Whatever comes over the socket: the presentation is asked for nothing but
// words, and the notes fill their screen with what a terminal can only show.
func FuzzNotesLines(f *testing.F) {
	status, err := json.Marshal(notesLine{Version: notesVersion, Status: &present.Status{Title: "T", Beat: 2, Of: 3, Name: "N", Notes: []string{"a", "\x1b[2J"}, Question: "q", Answer: "a", Elapsed: time.Minute, Behind: -time.Hour}})
	if err != nil {
		f.Fatal(err)
	}
	for _, seed := range []string{
		`{"do":"next"}` + "\n" + `{"do":"dance"}` + "\n", `{"do":7}` + "\n", "\x00\xff\n", "{", string(status) + "\n" + `{"layersim_present":1,"ended":true}` + "\n",
		`{"layersim_present":1,"status":{"beat":-9223372036854775808,"of":-1,"elapsed":9223372036854775807,"looking":-5,"title":"\u001b]0;x\u0007","notes":["","\u202e"]}}` + "\n",
		`{"layersim_present":1,"full":-1}` + "\n", `{"layersim_present":2}` + "\n", `{"layersim_present":1,"status":null}` + "\n",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, said []byte) {
		server := &noteServer{commands: make(chan present.Command, bytes.Count(said, []byte("\n"))+1)}
		server.ctx, server.cancel = context.WithCancel(t.Context())
		server.cancel() // so that nothing waits
		server.obey(&spoken{Reader: bytes.NewReader(said)})

		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		reader := readNotes(ctx, &spoken{Reader: bytes.NewReader(said)})
		notes := present.NewNotes(present.NotesOptions{Status: reader.status, Send: func(present.Command) {}, Context: ctx})
		a := &audience{t: t, model: notes, w: 80, h: 24}
		a.model, _ = a.model.Update(tea.WindowSizeMsg{Width: 80, Height: 24})
		for s := range reader.status {
			a.model, _ = a.model.Update(s)
			for i, c := range a.screen() {
				if c < 0x20 && c != '\n' || c >= 0x7f && c < 0xa0 || c == '\u202e' {
					t.Fatalf("control character %U at %d", c, i)
				}
			}
		}
		if reader.ended == nil {
			t.Error("it ended without a word")
		}
	})
}

// spoken is a connection at whose other end everything was said already.
type spoken struct {
	net.Conn
	io.Reader
}

func (s *spoken) Read(b []byte) (int, error)       { return s.Reader.Read(b) }
func (s *spoken) Write(b []byte) (int, error)      { return len(b), nil }
func (s *spoken) Close() error                     { return nil }
func (s *spoken) SetWriteDeadline(time.Time) error { return nil }
