package pane

import (
	"fmt"

	"layersim/tui/theme"
)

// WhatIf is who would be eligible if a template asked for something else.
type WhatIf struct {
	// Heading says which template it is and what was changed in it.
	Heading string
	// Needs are the template's requirements.
	Needs []WhatIfNeed
	Rows  []WhatIfRow
	// Cursor counts through the Needs, Undo and the Rows.
	Cursor int
	// Changed says that some requirement is not the template's own.
	Changed bool
	// Notes stand below; they are about what is under the cursor.
	Notes []WhatIfNote
}

// WhatIfNeed is one requirement.
type WhatIfNeed struct {
	Name, Now string
	Changed   bool
}

// WhatIfRow is one persona.
type WhatIfRow struct {
	Persona string
	// Phone answers the phone number, Birth the date of birth after it.
	Phone, Birth WhatIfAnswer
	Items        string
	Changed      bool // the template itself gives another answer
	Here         bool // the walk goes with this persona
}

// WhatIfAnswer is one answer of Layer.
type WhatIfAnswer struct {
	Asked, Ready bool
	Why          string
}

// WhatIfNote is a sentence with a sign.
type WhatIfNote struct {
	Kind Kind
	Text string
}

// Stops returns how many places the cursor can be at.
func (v WhatIf) Stops() int { return len(v.Needs) + 1 + len(v.Rows) }

// whatIfParts says how many lines each part gets.
type whatIfParts struct {
	columns, needs int // of the requirements: columns, lines
	head           int // the heading and the table's
	rows, notes    int
}

// needWidth is what one requirement takes: "› * date of birth required".
const needWidth = 27

func (v WhatIf) parts(f Frame, notes int) whatIfParts {
	p := whatIfParts{columns: max(min(f.Width/needWidth, len(v.Needs)+1), 1)}
	p.needs = (len(v.Needs) + p.columns) / p.columns
	p.head = 2
	if f.Height < 12 {
		// Too little for all: only the line that the cursor is in.
		p.needs, p.head = min(1, p.needs), 0
	}
	p.notes = min(notes, max((f.Height-p.needs-p.head)/2, 0))
	if f.Height < 6 {
		p.notes = 0
	}
	p.rows = max(f.Height-p.needs-p.head-p.notes, 0)
	return p
}

// DrawWhatIf draws the requirements, the personas with what Layer answers each,
// and what there is to say of the one under the cursor.
func DrawWhatIf(f Frame, v WhatIf) string {
	if f.Width <= 0 || f.Height <= 0 {
		return ""
	}
	var notes []string
	for _, n := range v.Notes {
		sign, style := n.Kind.sign(f.Styles)
		d := guideDraft{s: f.Styles, whole: f.Width, w: f.Width}
		d.hanging(0, style, sign, f.Styles.Text, n.Text)
		notes = append(notes, d.lines...)
	}
	p := v.parts(f, len(notes))
	lines := make([]string, 0, f.Height)
	if p.head > 0 {
		style := f.Styles.Strong
		if v.Changed {
			style = f.Styles.Warn
		}
		lines = append(lines, newRow(f.Width).put(style, Clean(v.Heading)).String())
	}
	lines = append(lines, v.needLines(f, p)...)
	names := v.nameWidth(f)
	if p.head > 0 {
		lines = append(lines, v.tableHead(f, names))
	}
	lines = append(lines, v.rowLines(f, p.rows, names)...)
	for len(lines) < f.Height-p.notes {
		lines = append(lines, pad(f.Width))
	}
	return fill(append(lines, notes[:min(p.notes, len(notes))]...), f.Width, f.Height)
}

func (v WhatIf) needLines(f Frame, p whatIfParts) []string {
	s := f.Styles
	cells := make([]WhatIfNeed, 0, len(v.Needs)+1)
	cells = append(cells, v.Needs...)
	undo := WhatIfNeed{Name: "as the template has it"}
	cells = append(cells, undo)
	var lines []string
	for from := 0; from < len(cells); from += p.columns {
		r := newRow(f.Width)
		for i := from; i < min(from+p.columns, len(cells)); i++ {
			v.needCell(r, s, cells[i], i, i == len(v.Needs))
		}
		lines = append(lines, r.String())
	}
	if len(lines) <= p.needs {
		return lines
	}
	if p.needs == 0 {
		return nil
	}
	if v.Cursor >= len(cells) { // what is asked, while the cursor is among the personas
		return []string{newRow(f.Width).put(s.Strong, Clean(v.Heading)).String()}
	}
	at := min(v.Cursor/p.columns, len(lines)-1)
	return lines[at : at+1]
}

func (v WhatIf) needCell(r *row, s theme.Styles, n WhatIfNeed, i int, undo bool) {
	cursor, mark, text, value := "  ", "  ", s.Dim, s.Text
	if n.Changed {
		mark, value = "* ", s.Warn
	}
	if undo {
		mark = "↺ "
	}
	if i == v.Cursor {
		cursor, text, value = "› ", s.Selected, s.Selected
	}
	from := r.used
	r.put(s.Accent, cursor).put(s.Warn, mark)
	if n.Now == "" {
		r.put(text, Clean(n.Name))
	} else {
		r.col(text, Clean(n.Name), 14).put(value, Clean(n.Now))
	}
	r.gap(max(needWidth-(r.used-from), 1))
}

// nameWidth returns the width of the personas' column.
func (v WhatIf) nameWidth(f Frame) int {
	names := 0
	for _, r := range v.Rows {
		names = max(names, width(Clean(r.Persona)))
	}
	return max(min(names, f.Width/3), 4)
}

// answerWidth returns the width of one answer: with the reason where there is
// room for it.
func answerWidth(f Frame, names int) int {
	return min(max((f.Width-whatIfMarks-names-itemsWidth-3)/2, 0), 70)
}

const (
	whatIfMarks = 6 // cursor, changed, in the walk
	itemsWidth  = 7
	// reasons is the width from which an answer has room for its reason.
	reasons = 34
)

func (v WhatIf) tableHead(f Frame, names int) string {
	s, w := f.Styles, answerWidth(f, names)
	byBirth := "by date of birth"
	if w < len(byBirth)+1 {
		byBirth = "by birth"
	}
	return newRow(f.Width).gap(whatIfMarks).col(s.Dim, "persona", names).gap(1).
		col(s.Dim, "by phone", w).gap(1).col(s.Dim, byBirth, w).gap(1).col(s.Dim, "Items", itemsWidth).String()
}

func (v WhatIf) rowLines(f Frame, rows, names int) []string {
	cursor := v.Cursor - len(v.Needs) - 1
	from := max(min(cursor-rows/2, len(v.Rows)-rows), 0)
	var lines []string
	for i := from; i < min(from+rows, len(v.Rows)); i++ {
		lines = append(lines, v.rowLine(f, v.Rows[i], i == cursor, names))
	}
	if hidden := len(v.Rows) - from - rows; hidden > 0 && rows > 1 && cursor < from+rows-1 {
		lines[len(lines)-1] = newRow(f.Width).gap(whatIfMarks).put(f.Styles.Dim, fmt.Sprintf("↓ %d more", hidden+1)).String()
	}
	return lines
}

func (v WhatIf) rowLine(f Frame, p WhatIfRow, here bool, names int) string {
	s := f.Styles
	r := newRow(f.Width)
	cursor, changed, walk := "  ", "  ", "  "
	if here {
		cursor = "› "
		r.under(s.Selected)
	}
	if p.Changed {
		changed = "* "
	}
	if p.Here {
		walk = "● "
	}
	r.put(s.Accent, cursor).put(s.Warn, changed).put(s.Accent, walk).col(s.Text, Clean(p.Persona), names).gap(1)
	w := answerWidth(f, names)
	p.Phone.draw(r, s, w)
	r.gap(1)
	p.Birth.draw(r, s, w)
	r.gap(1).col(s.Text, Clean(p.Items), itemsWidth)
	return r.String()
}

// draw says the answer in a word, and why where there is room.
func (a WhatIfAnswer) draw(r *row, s theme.Styles, w int) {
	switch {
	case !a.Asked:
		r.col(s.Dim, "· not asked", w)
	case a.Ready:
		r.col(s.Good, "✓ ready", w)
	case w >= reasons:
		r.col(s.Bad, "✗ "+Clean(a.Why), w)
	default:
		r.col(s.Bad, "✗ not", w)
	}
}
