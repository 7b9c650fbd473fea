package tui

import (
	"strings"

	"layersim/flow"
	"layersim/flow/journal"
)

// The filter of the log. What is searched is what can be seen: the masked line
// with its reason. All words must match; a few words mean something else:
//
//	lane:link  event:LAYER_READY  error  refused  late  held  marked

// logFilter is what is searched for, and what was found.
type logFilter struct {
	query string
	terms []logTerm
	shown []int // indices of the journal, all that match
	// texts is made when something is searched for first: to read a line is
	// much cheaper than to make it.
	texts []logText
}

// logText is an entry as the filter sees it, in small letters.
type logText struct {
	line, name, lane string
	is               logTrait
}

// logTrait is what an entry can be.
type logTrait uint8

const (
	isError logTrait = 1 << iota
	isRefused
	isLate
	isMarked
)

// logTerm is one word of a query.
type logTerm struct {
	text, name, lane string // what must be in it; "" for anything
	is               logTrait
}

func (f *logFilter) on() bool { return len(f.terms) > 0 }

// parseFilter reads a query.
func parseFilter(query string) []logTerm {
	var terms []logTerm
	for word := range strings.FieldsSeq(strings.ToLower(query)) {
		key, value, _ := strings.Cut(word, ":")
		term := logTerm{text: word}
		switch {
		case key == "lane" && value != "":
			term = logTerm{lane: value}
		case key == "event" && value != "":
			term = logTerm{name: value}
		case word == "error":
			term = logTerm{is: isError}
		case word == "refused":
			term = logTerm{is: isRefused}
		case word == "late", word == "held":
			term = logTerm{is: isLate}
		case word == "marked":
			term = logTerm{is: isMarked}
		}
		terms = append(terms, term)
	}
	return terms
}

// readForFilter makes of an entry what the filter looks at. It wants all that a
// line could say, also what an earlier one said already.
func readForFilter(e journal.Entry) logText {
	t := logText{name: strings.ToLower(journal.Name(e.Event)), lane: strings.ToLower(string(e.Lane))}
	t.line = t.lane + " " + t.name + " " + strings.ToLower(journal.Detail(e.Event)+" "+e.Why)
	if journal.IsError(e.Event) {
		t.is |= isError
	}
	if e.Verdict == flow.Refused {
		t.is |= isRefused
	}
	if lineOf(e).IsLate() {
		t.is |= isLate
	}
	return t
}

// lets reports whether an entry passes the filter.
func (f *logFilter) lets(t *logText, marked bool) bool {
	for i := range f.terms {
		want := &f.terms[i]
		is := t.is
		if marked {
			is |= isMarked
		}
		if want.is&^is != 0 || !strings.Contains(t.line, want.text) || !strings.Contains(t.name, want.name) || !strings.HasPrefix(t.lane, want.lane) {
			return false
		}
	}
	return true
}

// filterLog shows only the lines that a query asks for, all if it is empty.
func (m *Model) filterLog(query string) {
	f := &m.log.filter
	f.query, f.terms = strings.TrimSpace(query), parseFilter(query)
	f.shown = nil
	if !f.on() {
		return
	}
	for _, e := range m.journal.Entries()[len(f.texts):] {
		f.texts = append(f.texts, readForFilter(e))
	}
	for i := range f.texts {
		if f.lets(&f.texts[i], m.log.marks[i]) {
			f.shown = append(f.shown, i)
		}
	}
}

func (m *Model) logQuery() string { return m.log.filter.query }

// filterNewest looks at an entry that has just come.
func (l *logView) filterNewest(e journal.Entry) {
	f := &l.filter
	if !f.on() || len(f.texts) != e.Seq-1 {
		return
	}
	f.texts = append(f.texts, readForFilter(e))
	if f.lets(&f.texts[e.Seq-1], false) {
		f.shown = append(f.shown, e.Seq-1)
	}
}
