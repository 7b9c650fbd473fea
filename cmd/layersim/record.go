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
	r, err := openRecording(p.record, recordingHeader(p, around.now()), p.testNumber)
	if err != nil {
		return nil, err
	}
	around.record = r.Record
	return r.Close, nil
}

// testNumber names whose number this is in the fixtures, "" for nobody's. Those
// numbers are public, so a recording may name them although it masks them.
func (p plan) testNumber(phone flow.PhoneNumber) string {
	if p.catalog == nil {
		return ""
	}
	persona, _ := p.catalog.PersonaByPhone(phone)
	return persona.Name
}

// recorder writes a walk to a file while it goes on: each entry at once and in
// one piece, so that a program that is killed loses at most the entry that it
// was writing. One line takes the screen some microseconds.
type recorder struct {
	file recordFile
	name string // for people
	// testNumber names whose number this is, nil if nobody knows.
	testNumber func(flow.PhoneNumber) string
	remove     func() error // takes the file away again

	mu        sync.Mutex
	entries   int      // that were recorded
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
func openRecording(path string, h journal.Header, testNumber func(flow.PhoneNumber) string) (*recorder, error) {
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
	r := &recorder{file: file, name: shown, testNumber: testNumber, remove: func() error { return os.Remove(path) }}
	if err := r.begin(h); err != nil {
		return nil, errors.Join(usagef("--record %s: it cannot be written: %w", shown, reason(err)), file.Close(), r.remove())
	}
	return r, nil
}

// begin writes the header.
func (r *recorder) begin(h journal.Header) error {
	h.TestNumbers = r.testNumber != nil // of a recording that is written again, too
	line, err := h.Line()
	if err != nil {
		return err
	}
	r.unwritten = [][]byte{append(line, '\n')}
	r.write()
	return r.failed
}

// Record writes an entry. An error is told once: the entries that could not be
// written are kept and tried again with the next.
func (r *recorder) Record(e journal.Entry) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	var more []journal.Addition
	if entered, ok := e.Event.(flow.PhoneNumberEntered); ok && r.testNumber != nil {
		more = append(more, journal.TestNumber(r.testNumber(entered.Phone)))
	}
	line, _ := journal.Whole(e, more...) // a value that JSON cannot have is left out of it
	return r.add(line)
}

// recordLine writes a line that is no entry of a walk.
func (r *recorder) recordLine(line []byte) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.add(line)
}

// waiting is how many lines could not be written yet.
func (r *recorder) waiting() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.unwritten)
}

// add writes a line; the caller holds the lock.
func (r *recorder) add(line []byte) error {
	r.entries++
	r.unwritten = append(r.unwritten, append(line, '\n'))
	before := r.failed
	if r.write(); r.failed != nil && before == nil {
		return fmt.Errorf("%s: %w", r.name, reason(r.failed))
	}
	return nil
}

// Close writes what is left, and says so if the recording is not whole. A file
// of a walk that never began is taken away again.
func (r *recorder) Close() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.write(); r.failed != nil {
		return errors.Join(failure{exitUnexpected, fmt.Errorf("%s lacks the last %s of the walk: %w", r.name, counted(len(r.unwritten), "entry", "entries"), reason(r.failed))}, r.file.Close())
	}
	err := r.file.Close()
	if r.entries == 0 && r.remove != nil {
		err = errors.Join(err, r.remove())
	}
	return err
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
