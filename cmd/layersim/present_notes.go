package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"sync"
	"time"

	"layersim/tui/present"

	"layersim/flow/guard"
)

// A presentation and the notes of its presenter talk in lines of JSON: the
// presentation sends a notesLine whenever something has changed, the notes send
// an asked.

const notesVersion = 1

type notesLine struct {
	Version int             `json:"layersim_present"`
	Status  *present.Status `json:"status,omitempty"`
	Ended   bool            `json:"ended,omitempty"` // the presentation is over
	Full    int             `json:"full,omitempty"`  // so many are attached that there is no room
}

type askedLine struct {
	Do present.Command `json:"do"`
}

// How long a line can be, and how long one may take to be read.
const (
	longestAsked  = 1 << 10
	longestNotes  = 1 << 20
	notesPatience = 5 * time.Second
)

const (
	// mostAttached is how many may follow a presentation at once. A presenter has
	// one or two; a program that attaches again and again must not use up the files
	// that the presentation needs.
	mostAttached = 8
	// askedPace is the least time between two things that one of them asks for: a
	// key that is held down is slower, and a program that never stops asking leaves
	// the screen and the keyboard of the room to the presenter.
	askedPace = 20 * time.Millisecond
	// acceptPause is how long to wait after a connection that could not be taken,
	// such as for want of files.
	acceptPause = 200 * time.Millisecond
	// goodbyePatience is how long the end of a presentation waits for one that does
	// not read.
	goodbyePatience = 500 * time.Millisecond
)

// noteServer lets other terminals of this user follow a presentation.
type noteServer struct {
	listener net.Listener
	commands chan present.Command
	ctx      context.Context
	cancel   context.CancelFunc
	done     sync.WaitGroup

	mu       sync.Mutex
	latest   present.Status
	readers  map[chan present.Status]bool
	attached int
}

// serveNotes begins to serve. Close it.
func serveNotes(ctx context.Context, listener net.Listener) *noteServer {
	ctx, cancel := context.WithCancel(ctx)
	s := &noteServer{listener: listener, commands: make(chan present.Command), ctx: ctx, cancel: cancel, readers: map[chan present.Status]bool{}}
	s.done.Add(1)
	guard.Go(func() {
		defer s.done.Done()
		for {
			conn, err := listener.Accept()
			switch {
			case errors.Is(err, net.ErrClosed):
				return
			case err != nil:
				if !s.wait(acceptPause) {
					return
				}
				continue
			case !s.hasRoom():
				refuse(conn)
				continue
			}
			s.done.Add(1)
			guard.Go(func() {
				defer s.done.Done()
				defer s.leave()
				s.serve(conn)
			})
		}
	})
	return s
}

// wait lets time pass; it returns false if the presentation ends.
func (s *noteServer) wait(d time.Duration) bool {
	pause := time.NewTimer(d)
	defer pause.Stop()
	select {
	case <-pause.C:
		return true
	case <-s.ctx.Done():
		return false
	}
}

// hasRoom takes a place if there is one; whoever has it gives it back with leave.
func (s *noteServer) hasRoom() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.attached >= mostAttached {
		return false
	}
	s.attached++
	return true
}

func (s *noteServer) leave() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.attached--
}

// refuse says that there is no room.
func refuse(conn net.Conn) {
	_ = conn.SetWriteDeadline(time.Now().Add(notesPatience))
	_ = json.NewEncoder(conn).Encode(notesLine{Version: notesVersion, Full: mostAttached}) // whoever has left already need not know
	_ = conn.Close()
}

// Publish lets every reader know. It never waits: a reader that is slow misses
// what was replaced meanwhile.
func (s *noteServer) Publish(status present.Status) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.latest = status
	for reader := range s.readers {
		put(reader, status)
	}
}

// put replaces what is in a channel with room for one.
func put(reader chan present.Status, status present.Status) {
	select {
	case <-reader:
	default:
	}
	reader <- status
}

// serve follows the presentation for one reader until either ends.
func (s *noteServer) serve(conn net.Conn) {
	updates := make(chan present.Status, 1)
	s.mu.Lock()
	updates <- s.latest
	s.readers[updates] = true
	s.mu.Unlock()
	defer func() {
		s.mu.Lock()
		delete(s.readers, updates)
		s.mu.Unlock()
		_ = conn.Close()
	}()
	left := make(chan struct{})
	s.done.Add(1)
	guard.Go(func() {
		defer s.done.Done()
		defer close(left)
		s.obey(conn)
	})
	encoder := json.NewEncoder(conn)
	send := func(line notesLine, patience time.Duration) bool {
		line.Version = notesVersion
		_ = conn.SetWriteDeadline(time.Now().Add(patience))
		return encoder.Encode(line) == nil
	}
	defer context.AfterFunc(s.ctx, guard.Func(func() { _ = conn.SetWriteDeadline(time.Now().Add(goodbyePatience)) }))()
	for {
		select {
		case status := <-updates:
			if !send(notesLine{Status: &status}, notesPatience) {
				return
			}
		case <-left:
			return
		case <-s.ctx.Done():
			send(notesLine{Ended: true}, goodbyePatience)
			return
		}
	}
}

// obey hands on what a reader asks for, until it leaves or talks nonsense.
func (s *noteServer) obey(conn net.Conn) {
	lines := bufio.NewScanner(conn)
	lines.Buffer(make([]byte, 0, longestAsked), longestAsked)
	for lines.Scan() {
		var asked askedLine
		if json.Unmarshal(lines.Bytes(), &asked) != nil {
			return
		}
		select {
		case s.commands <- asked.Do:
		case <-s.ctx.Done():
			return
		}
		if !s.wait(askedPace) {
			return
		}
	}
}

// Close tells the readers that the presentation is over, and removes the
// socket.
func (s *noteServer) Close() error {
	s.cancel()
	err := s.listener.Close()
	s.done.Wait()
	if errors.Is(err, net.ErrClosed) {
		return nil
	}
	return err
}

// notesReader is the other end.
type notesReader struct {
	conn   net.Conn
	status chan present.Status
	asked  chan present.Command
	ended  error // how it ended, once status is closed
}

var errPresentationOver = errors.New("over")

// readNotes follows a presentation until ctx ends or the presentation does.
func readNotes(ctx context.Context, conn net.Conn) *notesReader {
	r := &notesReader{conn: conn, status: make(chan present.Status), asked: make(chan present.Command, 16)}
	guard.Go(func() {
		defer close(r.status)
		r.ended = r.read(ctx)
	})
	guard.Go(func() {
		encoder := json.NewEncoder(conn)
		for {
			select {
			case c := <-r.asked:
				_ = conn.SetWriteDeadline(time.Now().Add(notesPatience))
				if encoder.Encode(askedLine{c}) != nil {
					return // reading finds out as well
				}
			case <-ctx.Done():
				_ = conn.Close()
				return
			}
		}
	})
	return r
}

func (r *notesReader) read(ctx context.Context) error {
	lines := bufio.NewScanner(r.conn)
	lines.Buffer(nil, longestNotes)
	for lines.Scan() {
		var line notesLine
		if err := json.Unmarshal(lines.Bytes(), &line); err != nil {
			return failure{exitUnexpected, fmt.Errorf("what the presentation sends cannot be read: %w", err)}
		}
		switch {
		case line.Version != notesVersion:
			return failure{exitUnexpected, fmt.Errorf("the presentation is of another version of layersim: it speaks version %d, and this one %d. Start both with the same program", line.Version, notesVersion)}
		case line.Ended:
			return errPresentationOver
		case line.Full > 0:
			return failure{exitUsage, fmt.Errorf("%d terminals are attached to the presentation already, which are all that it takes. Leave one of them, with q", line.Full)}
		case line.Status == nil:
			continue
		}
		select {
		case r.status <- *line.Status:
		case <-ctx.Done():
			return nil
		}
	}
	if errors.Is(lines.Err(), bufio.ErrTooLong) {
		return failure{exitUnexpected, fmt.Errorf("what the presentation sends cannot be read: a line is longer than %d kB. Start both with the same program", longestNotes>>10)}
	}
	if ctx.Err() == nil {
		return failure{exitUnexpected, errors.New("the presentation is gone: its program has ended without a word. Start it again, and attach again")}
	}
	return nil // it was left
}

// Send asks the presentation for something. It never waits: of what a dead
// presentation does not read, nothing is kept.
func (r *notesReader) Send(c present.Command) {
	select {
	case r.asked <- c:
	default:
	}
}

// notes shows the notes of a presentation that runs, until either ends.
func (s presentSettings) notes(ctx context.Context, std stdio) error {
	if s.record != "" {
		return usagef("--record goes with the presentation itself, not with its notes")
	}
	if err := needsScreen(s.environ, "The screen of the notes", "Attach in another terminal."); err != nil {
		return err
	}
	dir, err := presentDir(s.environ)
	if err != nil {
		return failure{exitUnexpected, err}
	}
	conn, err := findPresentation(ctx, dir, s.session)
	if err != nil {
		return err
	}
	if !isTerminal(std.in) || !isTerminal(std.out) {
		_ = conn.Close()
		return usagef("the notes draw on a terminal, and %s is not one. Attach in a terminal window.", notTerminal(std))
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	reader := readNotes(ctx, conn)
	model := present.NewNotes(present.NotesOptions{
		Status: reader.status, Send: reader.Send, Context: ctx, Color: !noColor(s.environ), Light: lightTerminal(s.environ),
	})
	err = show(ctx, model, std, s.environ)
	cancel()
	for range reader.status { // until it is closed
	}
	switch {
	case errors.Is(reader.ended, errPresentationOver):
		_, _ = fmt.Fprintln(std.talk(), "layersim: the presentation has ended")
		return err
	case err == nil:
		return reader.ended
	}
	return err
}
