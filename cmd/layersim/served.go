package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"layersim/flow"
	"layersim/flow/journal"
	"layersim/flow/lint"
	"layersim/flow/plaidsim"
	"layersim/tui/watch"
)

// Reading what 'layersim serve --record' and 'exec --record' wrote.

// appRecording is what an app did with a simulator, as it was recorded.
type appRecording struct {
	name    string
	header  journal.Header
	records []plaidsim.Record
	about   map[uint64]watch.About // how a session stood, by the seq of the record that says it
	torn    bool
	size    int // of the lines, in bytes
}

// Records that are shown are held in memory, and again as they are shown.
const (
	mostServedRecords = 200_000
	longestServed     = 128 << 20
)

// servedLine is a line of such a recording.
type servedLine struct {
	plaidsim.Record
	About *servedAbout `json:"about"`
}

// readServed reads such a recording to its end. name is the file's, for errors;
// a last line that breaks off is left out.
func readServed(in io.Reader, name string) (appRecording, error) {
	s := appRecording{name: name, about: map[uint64]watch.About{}}
	lines := bufio.NewScanner(&bounded{in, longestFile})
	lines.Buffer(make([]byte, 64<<10), longestLine)
	checked := lint.NewRecording() // which says where a line is wrong
	var torn error
	n := 0
	for lines.Scan() {
		n++
		line := bytes.TrimSpace(lines.Bytes())
		switch {
		case len(line) == 0:
			continue
		case torn != nil:
			return s, torn
		case s.header.Version == 0:
			h, problem := journal.ReadHeader(line)
			if problem != nil {
				problem.Name, problem.Line = name, n
				return s, usagef("%w", problem)
			}
			s.header = h
			continue
		}
		if _, err := checked.Read(line); err != nil {
			var bad *lint.LineError
			err = usagef("%s:%d: %w", name, n, err)
			if !errors.As(err, &bad) || !bad.Torn {
				return s, err
			}
			torn = err
			continue
		}
		if err := s.read(line); err != nil {
			return s, usagef("%s:%d: %s", name, n, flow.CleanLine(flow.RedactStrictly(flow.CleanLine(err.Error(), 2000)), 200))
		}
	}
	switch err := lines.Err(); {
	case errors.Is(err, bufio.ErrTooLong):
		return s, usagef("%s:%d: the line is longer than %d MB; this is no recording", name, n+1, longestLine>>20)
	case err != nil:
		return s, usagef("%s: it cannot be read: %w", name, reason(err))
	}
	s.torn = torn != nil
	return s, nil
}

func (s *appRecording) read(line []byte) error {
	// The file may have been changed by hand, so what was masked when it was
	// written is masked once more. Of a record as it was written that changes
	// nothing.
	again := flow.Redaction{Text: flow.RedactStrictly, PlainNumber: flow.IsAmountOrTime}
	masked, err := again.JSON(line)
	if err != nil {
		return err
	}
	var l servedLine
	if err := json.Unmarshal([]byte(masked), &l); err != nil {
		return fmt.Errorf("this is no record of a simulator: %w", err)
	}
	if s.size += len(line); len(s.records) == mostServedRecords || s.size > longestServed {
		return fmt.Errorf("more than %d records, or %d MB of them, are not shown: 'layersim lint' reads all", mostServedRecords, longestServed>>20)
	}
	s.records = append(s.records, l.Record)
	if a := l.About; a != nil && l.Session != "" {
		s.about[l.Seq] = watch.About{
			Session: l.Session, Thread: l.Thread, ClientUserID: a.ClientUserID, Template: a.Template, Persona: a.Persona, State: a.State, Why: a.Why,
			Phone: flow.RecordedPhoneNumber(flow.RedactStrictly(a.Phone)), Created: a.Created,
		}
	}
	return nil
}

// end is the time of the newest record.
func (s *appRecording) end() time.Time {
	if n := len(s.records); n > 0 {
		return s.records[n-1].At
	}
	return s.header.Started
}

// batches are all records in the words of the screen, with the mistakes in them.
func (s *appRecording) batches() <-chan watch.Batch {
	out := make(chan watch.Batch, len(s.records)/mostPerBatch+1)
	linter := newAppLinter()
	for from := 0; from < len(s.records); from += mostPerBatch {
		records := s.records[from:min(from+mostPerBatch, len(s.records))]
		b := watch.Batch{Frozen: s.end()}
		for _, r := range records {
			b.Entries = append(b.Entries, entryOf(r))
			if a, ok := s.about[r.Seq]; ok {
				b.About = append(b.About, a)
			}
		}
		b.Findings = linter.take(records, 0, s.end())
		b.Checks, b.LetGo = linter.checks(), linter.letGo()
		out <- b
	}
	close(out)
	return out
}
