package main

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"time"

	"layersim/flow"
	"layersim/flow/journal"
	"layersim/flow/plaidsim"
)

// recordingHeader says which walk a plan leads to.
func recordingHeader(p plan, started time.Time) journal.Header {
	h := journal.Header{
		Program: version(), Started: started, Mode: journal.ModeSimulated,
		TemplateID: p.config.TemplateID, Persona: p.persona, ClientUserID: p.config.ClientUserID,
		Platform: p.config.Client.Platform, SDKVersion: p.config.Client.Version, InPage: p.config.InPage,
	}
	if p.catalog != nil {
		if t, ok := p.catalog.Template(p.config.TemplateID); ok {
			h.Template = t.Name
		}
	}
	if p.remote != nil {
		h.Mode, h.Elsewhere, h.Webhooks = journal.ModeLive, p.remote.elsewhere, p.webhooks != nil
		return h
	}
	h.Webhooks = true
	h.Seed, h.Delivery = strconv.FormatUint(p.seed, 10), string(cmp.Or(p.delivery, plaidsim.Live))
	return h
}

// record lets a walk be recorded, if its plan says so; finish is for its end.
func record(p plan, around *surroundings) (finish func() error, err error) {
	if p.record == "" {
		return func() error { return nil }, nil
	}
	r, err := openRecording(p.record, recordingHeader(p, around.now()))
	if err != nil {
		return nil, err
	}
	around.record = r.Record
	return r.Close, nil
}

// recorder writes a walk to a file while it goes on. The screen is never kept
// waiting: a goroutine writes, each entry as soon as it is made and in one
// piece.
type recorder struct {
	file recordFile
	name string // for people

	mu      sync.Mutex
	wake    *sync.Cond
	waiting []journal.Entry
	closing bool
	trouble error // not told yet
	done    chan struct{}

	// What follows belongs to the goroutine.
	unwritten [][]byte // lines that could not be written yet
	size      int64    // of the lines that were
	failed    error    // what became of the last try
}

// recordFile is as much of an os.File as is needed.
type recordFile interface {
	Write(b []byte) (int, error)
	Truncate(size int64) error
	Seek(offset int64, whence int) (int64, error)
	Close() error
}

// openRecording makes the file that --record names, readable by its owner only.
// A file that is there already is never touched.
func openRecording(path string, h journal.Header) (*recorder, error) {
	shown := flow.CleanLine(path, 200)
	if path == "-" {
		return nil, usagef("--record -: standard output has the screen. Name a file.")
	}
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600) //nolint:gosec // the file that was asked for
	switch {
	case errors.Is(err, fs.ErrExist):
		return nil, usagef("--record %s: this file is there already, and a recording never writes over one. Choose another name, or remove it first.", shown)
	case errors.Is(err, fs.ErrNotExist):
		return nil, usagef("--record %s: there is no folder %s. Make it first.", shown, flow.CleanLine(filepath.Dir(path), 200))
	case err != nil:
		return nil, usagef("--record %s: the file cannot be made: %w", shown, reason(err))
	}
	r, err := newRecorder(file, shown, h)
	if err != nil {
		return nil, errors.Join(usagef("--record %s: it cannot be written: %w", shown, reason(err)), file.Close())
	}
	return r, nil
}

// newRecorder writes the header and begins to wait for entries.
func newRecorder(file recordFile, name string, h journal.Header) (*recorder, error) {
	r := &recorder{file: file, name: name, done: make(chan struct{})}
	r.wake = sync.NewCond(&r.mu)
	line, err := h.Line()
	if err != nil {
		return nil, err
	}
	r.unwritten = [][]byte{append(line, '\n')}
	if r.write(); r.failed != nil {
		return nil, r.failed
	}
	go r.run()
	return r, nil
}

// Record takes an entry. The error is of an earlier one, and is told once: the
// entries that could not be written are kept and tried again with the next.
func (r *recorder) Record(e journal.Entry) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.waiting = append(r.waiting, e)
	r.wake.Signal()
	told := r.trouble
	r.trouble = nil
	return told
}

// Close writes what is left, and says so if the recording is not whole.
func (r *recorder) Close() error {
	r.mu.Lock()
	r.closing = true
	r.wake.Signal()
	r.mu.Unlock()
	<-r.done
	if r.failed != nil {
		return errors.Join(failure{exitUnexpected, fmt.Errorf("%s lacks the last %s of the walk: %w", r.name, counted(len(r.unwritten), "entry", "entries"), reason(r.failed))}, r.file.Close())
	}
	return r.file.Close()
}

func (r *recorder) run() {
	defer close(r.done)
	for {
		r.mu.Lock()
		for len(r.waiting) == 0 && !r.closing {
			r.wake.Wait()
		}
		entries, closing := r.waiting, r.closing
		r.waiting = nil
		r.mu.Unlock()
		before := r.failed
		for _, e := range entries {
			line, _ := journal.Whole(e) // a value that JSON cannot have is left out of it
			r.unwritten = append(r.unwritten, append(line, '\n'))
			r.write()
		}
		if len(entries) == 0 && closing {
			r.write()
			return
		}
		if r.failed != nil && before == nil {
			r.mu.Lock()
			r.trouble = fmt.Errorf("%s: %w", r.name, reason(r.failed))
			r.mu.Unlock()
		}
	}
}

// write writes the lines that are due, each in one piece. Of a line that did
// not fit nothing is left, so that the file always ends with a whole one.
func (r *recorder) write() {
	r.failed = nil
	for len(r.unwritten) > 0 {
		n, err := r.file.Write(r.unwritten[0])
		if err != nil {
			r.failed = err
			if n > 0 {
				_ = r.file.Truncate(r.size)
				_, _ = r.file.Seek(r.size, 0)
			}
			return
		}
		r.size += int64(n)
		r.unwritten = r.unwritten[1:]
	}
}

// reason is what went wrong with a file, without its name.
func reason(err error) error {
	var at *fs.PathError
	if errors.As(err, &at) {
		return at.Err
	}
	return err
}
