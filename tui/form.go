package tui

import (
	"slices"

	tea "charm.land/bubbletea/v2"
)

// formRow is one labelled value of a form.
type formRow struct {
	key, label, value string
	private           bool
	required          bool
	placeholder       string
}

// form is a list of values of which one is being edited. The value under the
// cursor is in rows too, always, so that nothing is lost whatever happens.
type form struct {
	rows   []formRow
	cursor int
	edit   field
}

const longestValue = 120

func newForm(rows []formRow) form {
	f := form{rows: rows, edit: newField(longestValue)}
	f.load()
	return f
}

// load puts the value under the cursor into the field.
func (f *form) load() {
	if f.cursor < len(f.rows) {
		f.edit.set(f.rows[f.cursor].value)
	}
}

// move puts the cursor on another row, if there is one.
func (f *form) move(to int) {
	f.cursor = min(max(to, 0), max(len(f.rows)-1, 0))
	f.load()
}

// update lets the row under the cursor be edited and reports whether it changed.
func (f *form) update(msg tea.Msg) bool {
	if f.cursor >= len(f.rows) || !f.edit.update(msg) {
		return false
	}
	// A copy: earlier models of this program still hold the old rows.
	f.rows = slices.Clone(f.rows)
	f.rows[f.cursor].value = f.edit.value()
	return true
}

// value returns what a row holds, "" if there is no such row.
func (f *form) value(key string) string {
	for _, r := range f.rows {
		if r.key == key {
			return r.value
		}
	}
	return ""
}

// current returns the row under the cursor.
func (f *form) current() (formRow, bool) {
	if f.cursor < 0 || f.cursor >= len(f.rows) {
		return formRow{}, false
	}
	return f.rows[f.cursor], true
}
