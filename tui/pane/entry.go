package pane

import (
	"strings"
	"time"

	"layersim/flow"
)

// EntryText is one entry of the log with all that is known of it.
type EntryText struct {
	Name    string
	Marked  bool
	Lane    string // in words
	At      time.Time
	Happens time.Time // zero if that is not told
	Verdict flow.Verdict
	Why     string
	Before  flow.Phase
	After   flow.Phase
	LedTo   []string // what the world was then asked to do
	IDs     []TreePair
	Related []EntryRelation
	Carries []TreePart // metadata, or a request and its answer
}

// EntryRelation is another entry that belongs to one.
type EntryRelation struct {
	At        time.Time
	Lane, Why string
	Name      string
	Later     bool
}

// EntryTree makes an entry a text that can be folded.
func EntryTree(e EntryText) Tree {
	head := TreePart{Title: e.Name, Note: e.Lane, Prose: []string{e.Why}}
	if e.Marked {
		head.Title = "◆ " + head.Title
	}
	switch e.Verdict {
	case flow.Advanced:
		head.Said = "→ the walk went on"
	case flow.Refused:
		head.Said, head.Kind = "refused: it changed nothing", Bad
	default:
		head.Said = "noted"
	}
	facts := TreePart{Pairs: e.times()}
	phase := string(e.After)
	if e.Before != e.After && e.Before != "" {
		phase = string(e.Before) + " → " + phase
	}
	facts.Pairs = append(facts.Pairs, TreePair{"phase", phase})
	if len(e.LedTo) > 0 {
		facts.Pairs = append(facts.Pairs, TreePair{"led to", strings.Join(e.LedTo, ", ")})
	}
	facts.Pairs = append(facts.Pairs, e.IDs...)
	parts := []TreePart{head, facts}
	if len(e.Related) > 0 {
		related := TreePart{Title: relatedTitle}
		for _, r := range e.Related {
			sign := "‹ "
			if r.Later {
				sign = "› "
			}
			related.Pairs = append(related.Pairs, TreePair{sign + r.At.Format(clock) + "  " + r.Name, r.Why})
		}
		parts = append(parts, related)
	}
	return NewTree(append(parts, e.Carries...)...)
}

const relatedTitle = "Belongs to it"

// RelatedAt returns which of the related entries the cursor of an EntryTree is
// on, -1 for none.
func RelatedAt(t Tree) int {
	if t.Empty() {
		return -1
	}
	nodes, i := t.text.nodes, t.cursor.node
	if nodes[i].kind != nodePair || t.text.pieces[nodes[i].piece].part.Title != relatedTitle {
		return -1
	}
	n := 0
	for ; i > 0 && nodes[i-1].kind == nodePair; i-- {
		n++
	}
	return n
}

// times says when it happened and when the app heard of it.
func (e EntryText) times() []TreePair {
	at := e.At.Format(clock)
	if e.Happens.IsZero() {
		return []TreePair{{"at", at}}
	}
	switch d := e.At.Sub(e.Happens); {
	case d >= late:
		at += ", " + d.Round(time.Millisecond).String() + " late: Link held it back"
	case d >= time.Millisecond:
		at += ", " + d.Round(time.Millisecond).String() + " later"
	case d > 0:
		at += ", " + d.Round(time.Microsecond).String() + " later"
	case d == 0:
		at += ", at once"
	}
	return []TreePair{{"happened at", e.Happens.In(e.At.Location()).Format(clock)}, {"delivered at", at}}
}
