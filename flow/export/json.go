package export

import (
	"bytes"
	"encoding/json"
	"time"

	"layersim/flow"
	"layersim/flow/journal"
	"layersim/flow/lint"
)

// JSONVersion is the version of the document that JSON writes. Members may be
// added without a new one.
const JSONVersion = 1

// JSON returns the recording as one JSON document. Its schema is in
// schema.json.
func JSON(w Walk) ([]byte, error) {
	end := w.End()
	d := jsonDocument{
		Version: JSONVersion, Header: w.Recording.Header, Torn: w.Recording.Torn,
		Phase: string(end.Phase), EndReason: end.EndReason, Findings: w.findings(), Entries: []jsonEntry{},
	}
	attempts := w.attempts()
	for i, e := range w.Recording.Entries {
		entry := jsonEntry{Recorded: e}
		if i < len(w.Entries) { // only what is known of it, masked as it was read
			var err error
			if entry.Event, err = journal.Content(w.Entries[i].Event); err != nil {
				return nil, err
			}
		}
		if !e.Happened.IsZero() {
			entry.Happened = &e.Happened
		}
		if i < len(attempts) {
			entry.Attempt = attempts[i]
		}
		d.Entries = append(d.Entries, entry)
	}
	return document(d)
}

type jsonDocument struct {
	Version   int            `json:"layersim_export"`
	Header    journal.Header `json:"header"`
	Torn      bool           `json:"torn"` // the recording breaks off
	Phase     string         `json:"phase"`
	EndReason string         `json:"end_reason,omitempty"`
	Findings  []lint.Finding `json:"findings"`
	Entries   []jsonEntry    `json:"entries"`
}

// jsonEntry is an entry as it was recorded, and in which attempt it was made.
type jsonEntry struct {
	journal.Recorded
	Happened   *time.Time `json:"happened_at,omitempty"`
	TestNumber string     `json:"test_number,omitempty"`
	Attempt    int        `json:"attempt"`
}

// findings are the mistakes of an integration that the walk shows.
func (w Walk) findings() []lint.Finding {
	reader, linter := lint.NewWalk(w.Initial), lint.New(lint.InWalk)
	for _, e := range w.Entries {
		for _, o := range reader.Read(e) {
			linter.Add(o)
		}
	}
	return append([]lint.Finding{}, linter.Findings()...)
}

// document writes a value as JSON for people and programs: indented, ending in
// a line feed, and with nothing in it that a terminal would obey.
func document(v any) ([]byte, error) {
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(v); err != nil {
		return nil, err
	}
	return flow.HarmlessJSON(b.Bytes()), nil
}

// remarks says what a reader of an export must know about the recording, "" for
// nothing.
func remarks(w Walk) string {
	if w.Recording.Torn {
		return "The last line of the recording breaks off, as it does when the program is killed while it writes. It was left out."
	}
	return ""
}

func orUnknown(s string) string {
	if s == "" {
		return "unknown"
	}
	return s
}
