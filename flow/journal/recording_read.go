package journal

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"
	"time"

	"layersim/flow"
)

// longestLine is how long a line of a recording may be. The longest that is
// written has two bodies of 64 KiB.
const longestLine = 8 << 20

// longestRecording is how much of a recording is read, in bytes: it is held in
// memory. A hundred thousand entries have a fifth of it.
const longestRecording = 256 << 20

// mostEntries is how many entries of a recording are read. Of 200,000 of the
// shortest an export takes half a gigabyte of memory.
const mostEntries = 200_000

// RecordingError says what is wrong with a recording, and where.
type RecordingError struct {
	Name  string // of the file
	Line  int    // 1 for the header, 0 for the whole file
	Field string // such as "event.event_name", "" for the whole line
	// Problem is what is wrong, in words.
	Problem string

	// Served: the file is none of a walk, but a recording of ModeServed.
	Served bool

	torn bool // the line breaks off
}

func (e *RecordingError) Error() string {
	s := e.Name
	if e.Line > 0 {
		s += ":" + strconv.Itoa(e.Line)
	}
	s += ": "
	if e.Field != "" {
		s += e.Field + ": "
	}
	return s + e.Problem
}

// ReadRecording reads a recording to its end. name is the file's, for errors.
// What breaks off at the end is left out, and Torn then says so. The error is a
// *RecordingError.
func ReadRecording(in io.Reader, name string) (Recording, error) {
	r := Recording{Name: name}
	lines := bufio.NewScanner(in)
	lines.Buffer(make([]byte, 64<<10), longestLine)
	n, size := 0, 0
	var torn *RecordingError // good only if it is the last
	for lines.Scan() {
		n++
		if size += len(lines.Bytes()) + 1; size > longestRecording {
			return r, &RecordingError{Name: name, Line: n, Problem: fmt.Sprintf("the file is larger than %d MB; no walk is that long", longestRecording>>20)}
		}
		line := bytes.TrimSpace(lines.Bytes())
		if len(line) == 0 {
			continue
		}
		if torn != nil {
			return r, torn
		}
		problem := r.read(line, n)
		if problem == nil {
			continue
		}
		problem.Name, problem.Line = name, n
		if !problem.torn || r.Header.Version == 0 {
			return r, problem
		}
		torn = problem
	}
	switch err := lines.Err(); {
	case errors.Is(err, bufio.ErrTooLong):
		return r, &RecordingError{Name: name, Line: n + 1, Problem: fmt.Sprintf("the line is longer than %d MB; this is no recording", longestLine>>20)}
	case err != nil:
		return r, &RecordingError{Name: name, Problem: "it cannot be read: " + flow.CleanLine(err.Error(), 300)}
	case r.Header.Version == 0:
		return r, &RecordingError{Name: name, Problem: "the file is empty. 'layersim --record FILE' writes a recording."}
	}
	r.Torn = torn != nil
	return r, nil
}

// read takes one line: the header if there was none yet, else an entry.
func (r *Recording) read(line []byte, n int) *RecordingError {
	if r.Header.Version == 0 {
		return r.readHeader(line)
	}
	return r.readEntry(line, n)
}

func (r *Recording) readHeader(line []byte) *RecordingError {
	h, problem := ReadHeader(line)
	switch {
	case problem != nil:
		return problem
	case h.Mode == ModeServed:
		return &RecordingError{Field: "mode", Served: true, Problem: "this is no walk, but what an app did with the simulator. 'layersim replay' shows it, 'layersim lint' finds the mistakes in it"}
	}
	r.Header = h
	return nil
}

// ReadHeader reads the first line of a recording of any mode. The error has
// neither file nor line.
func ReadHeader(line []byte) (Header, *RecordingError) {
	var first struct {
		Version json.RawMessage `json:"layersim_recording"`
		Program any             `json:"layersim"`
	}
	if err := json.Unmarshal(line, &first); err != nil {
		problem := lineProblem(err, line)
		if !problem.torn && problem.Field == "" {
			problem.Problem = "this is no recording: its first line is no JSON object"
		}
		return Header{}, problem
	}
	if first.Version == nil {
		return Header{}, &RecordingError{Field: "layersim_recording", Problem: "missing: the first line of a recording has it. 'layersim --record FILE' writes one; the journal of 'layersim serve' is something else, which 'layersim lint' reads"}
	}
	version, err := strconv.Atoi(string(first.Version))
	program, _ := first.Program.(string)
	switch {
	case err != nil || version < 1:
		return Header{}, &RecordingError{Field: "layersim_recording", Problem: flow.CleanLine(string(first.Version), 40) + " is no version of a recording"}
	case version > RecordingVersion:
		return Header{}, &RecordingError{Field: "layersim_recording", Problem: fmt.Sprintf("version %d of the format, written by layersim %s; this layersim reads version %d. Read it with one that is as new",
			version, or(clean(program), "of an unknown version"), RecordingVersion)}
	}
	header := struct {
		Header
		Started string `json:"started"`
	}{}
	if err := json.Unmarshal(textsAgain(line), &header); err != nil {
		return Header{}, lineProblem(err, line)
	}
	var problem *RecordingError
	if header.Header.Started, problem = moment("started", header.Started); problem != nil {
		return Header{}, problem
	}
	if m := header.Mode; m != ModeSimulated && m != ModeLive && m != ModeServed {
		return Header{}, &RecordingError{Field: "mode", Problem: quotedWord(m) + " is neither " + ModeSimulated + " nor " + ModeLive}
	}
	return header.Header, nil
}

func (r *Recording) readEntry(line []byte, n int) *RecordingError {
	var e struct {
		Recorded
		At       string `json:"at"`
		Happened string `json:"happened_at"`
	}
	if err := json.Unmarshal(line, &e); err != nil {
		return lineProblem(err, line)
	}
	if len(r.Entries) == mostEntries {
		return &RecordingError{Problem: fmt.Sprintf("the recording has more than %d entries; no walk is that long", mostEntries)}
	}
	if want := len(r.Entries) + 1; e.Seq != want {
		return &RecordingError{Field: "seq", Problem: fmt.Sprintf("%d, where %d follows: a recording has every entry, in order", e.Seq, want)}
	}
	var problem *RecordingError
	if e.Recorded.At, problem = moment("at", e.At); problem != nil {
		return problem
	}
	if e.Happened != "" {
		if e.Recorded.Happened, problem = moment("happened_at", e.Happened); problem != nil {
			return problem
		}
	}
	switch {
	case e.Kind == "":
		return &RecordingError{Field: "kind", Problem: "missing: every entry says which event it is"}
	case len(e.Event) == 0 || e.Event[0] != '{':
		return &RecordingError{Field: "event", Problem: "missing, or no JSON object: every entry has what the event carries"}
	}
	if e.Kind == "PhoneNumberEntered" {
		var entered struct {
			Phone string `json:"phone_number"`
		}
		if json.Unmarshal(e.Event, &entered) != nil || entered.Phone != "" && !maskedPhone.MatchString(entered.Phone) {
			return &RecordingError{Field: "event.phone_number", Problem: quotedWord(entered.Phone) + " is no masked phone number such as +1••••••••11"}
		}
	}
	e.Name, e.Why, e.TestNumber = strictly(e.Name), strictly(e.Why), strictly(e.TestNumber)
	e.Event = textsAgain(e.Event)
	e.Line = n
	r.Entries = append(r.Entries, e.Recorded)
	return nil
}

// maskedPhone is a flow.PhoneNumber as it prints.
var maskedPhone = regexp.MustCompile(`^(\+[0-9]•{2,13}[0-9]{2}|••••)$`)

func moment(field, text string) (time.Time, *RecordingError) {
	t, err := time.Parse(time.RFC3339, text)
	switch {
	case text == "":
		return t, &RecordingError{Field: field, Problem: "missing: a time such as 2026-04-01T12:00:00Z"}
	case err != nil || t.IsZero():
		return t, &RecordingError{Field: field, Problem: quotedWord(text) + " is no time such as 2026-04-01T12:00:00Z"}
	case !plausible(t):
		return t, &RecordingError{Field: field, Problem: quotedWord(text) + " is no time in which a walk can have been: a year from 1970 to 2200 is expected"}
	}
	return t, nil
}

// plausible reports whether a walk can have been at this time.
func plausible(t time.Time) bool { return t.Year() >= 1970 && t.Year() <= 2200 }

// lineProblem says what of a line cannot be read.
func lineProblem(err error, line []byte) *RecordingError {
	var syntax *json.SyntaxError
	var mistyped *json.UnmarshalTypeError
	switch {
	case errors.As(err, &mistyped):
		field := mistyped.Field[strings.LastIndexByte(mistyped.Field, '.')+1:] // without the struct that is ours
		if field == "" {
			return &RecordingError{Problem: "this is no JSON object"}
		}
		kind, _, _ := strings.Cut(mistyped.Value, " ") // "number 7"
		if kind == "array" || kind == "object" {
			kind = "n " + kind
		} else {
			kind = " " + kind
		}
		return &RecordingError{Field: field, Problem: "a" + kind + " does not belong here"}
	case errors.As(err, &syntax) && syntax.Offset >= int64(len(line)):
		return &RecordingError{Problem: "the line breaks off; it is no whole JSON object", torn: true}
	}
	return &RecordingError{Problem: "this is no JSON object"}
}

// quotedWord quotes what a file says where something else is expected. It may be
// anything, so it is masked, before it is cut.
func quotedWord(s string) string {
	return strings.ReplaceAll(strconv.QuoteToASCII(flow.CleanLine(maskedProblem(s), 60)), `\u2022`, "•")
}

// maskedProblem makes what quotes a file fit to be shown.
func maskedProblem(s string) string { return strictly(flow.CleanLine(s, 2000)) }
