package pane

import (
	"strconv"

	"layersim/flow"
)

// LinkForm is what the user has done in Link's pane so far.
type LinkForm struct {
	Cursor   int               // index in LinkStops
	Values   map[string]string // edited values by field key
	Before   map[string]string // values before the user edited any; one that is missing is as the pane says
	Editing  string            // the text input's view, drawn in the field under the cursor
	Selected map[string]bool   // accounts chosen, by id; one that is missing is as the pane says
	Code     string            // digits typed so far
	Revealed func(key string) bool
	// Aside is what nobody sees in Link but whoever plays its user must know,
	// such as the code that was sent.
	Aside string
	// Answered says that the pane was answered and waits for nothing any more.
	Answered bool
	// Enter says that Enter presses Button wherever the cursor stands.
	Enter bool
}

// LinkFieldPlace returns the cell in which the values of a pane's fields begin,
// after the longest label if that leaves most of the line to the values, and how
// many cells they have.
func LinkFieldPlace(f Frame, p flow.Pane) (column, cells int) {
	longest := 0
	for _, x := range p.Fields {
		longest = max(longest, width(fieldLabel(x)))
	}
	const longestField, mark = 44, len(" edited") + 1
	column = 2 + max(min(longest+1, f.Width*45/100), 16)
	return column, max(min(f.Width-column-mark, longestField), 1)
}

func fieldLabel(x flow.PaneField) string {
	name := Clean(x.Label)
	if x.Required {
		name += " *"
	}
	return name
}

// LinkPane draws a pane of the simulated Link in the terminal.
func LinkPane(f Frame, p flow.Pane, form LinkForm) string {
	lines, _ := linkLines(f, p, form)
	return fill(lines, f.Width, f.Height)
}

// LinkCursorRow returns the line of the frame that holds the stop under the
// cursor, -1 when none is in view.
func LinkCursorRow(f Frame, p flow.Pane, form LinkForm) int {
	_, at := linkLines(f, p, form)
	return at
}

func linkLines(f Frame, p flow.Pane, form LinkForm) (lines []string, cursorRow int) {
	if f.Width <= 0 || f.Height <= 0 {
		return nil, -1
	}
	body, at, stops := linkBody(f, p, form)
	// The buttons stay in view; what is between them and the head scrolls.
	least := 2
	if f.Height >= 12 {
		least = 3
	}
	head := linkHead(f, p, min(max(f.Height-1-len(body), least), f.Height-1))
	if len(head)+1+len(body)+1 <= f.Height {
		head = append(head, pad(f.Width))
	}
	room := max(f.Height-1-len(head), 0)
	if len(body) > 0 && len(body) < room {
		body = append(body, pad(f.Width))
	}
	first, more := 0, ""
	if len(body) > room {
		if at >= 0 {
			first = max(min(at-room/2, len(body)-room), 0)
		} else if form.Cursor >= stops { // on a button, below everything
			first = len(body) - room
		}
		if first > 0 {
			more += "↑"
		}
		if first+room < len(body) {
			more += "↓"
		}
		body = body[first : first+room]
	}
	cursorRow = -1
	if at >= first && at < first+len(body) {
		cursorRow = len(head) + at - first
	}
	lines = append(head, body...)
	if form.Cursor >= stops {
		cursorRow = len(lines)
	}
	return append(lines, linkButtons(f, p, form, stops, more)), cursorRow
}

// linkButtons draws the last line; the cursor is on a button when it is past
// the stops.
func linkButtons(f Frame, p flow.Pane, form LinkForm, stops int, more string) string {
	var names []string
	if name := primaryButton(p); name != "" {
		names = append(names, Clean(name))
	}
	for _, o := range p.Others {
		names = append(names, Clean(o.Label))
	}
	names = append(names, "Close")
	// Where there is little room, the buttons come before what is said of them.
	gap, enter, needed := 3, form.Enter, 2+len(" Enter")+len(" more ↑↓")
	for _, name := range names {
		needed += gap + len("[  ]") + width(name)
	}
	if needed > f.Width+gap {
		gap, enter = 1, false
	}
	r := newRow(f.Width).gap(2)
	for i, name := range names {
		if i > 0 {
			r.gap(gap)
		}
		button(f, r, name, form.Cursor-stops == i, enter && i == 0 && len(names) > 1+len(p.Others))
	}
	if more != "" {
		r.gap(r.left()-len("more ")-width(more)).put(f.Styles.Dim, "more "+more)
	}
	return r.String()
}

// button draws a button; the brackets say that it is one, the arrows that it has
// the cursor, and the word Enter that this key presses it from anywhere.
func button(f Frame, r *row, name string, here, enter bool) {
	switch {
	case here:
		r.put(f.Styles.Button, "› "+name+" ‹")
	case enter:
		r.put(f.Styles.Strong, "[ "+name+" ]").put(f.Styles.Dim, " Enter")
	default:
		r.put(f.Styles.Text, "[ "+name+" ]")
	}
}

// linkHead draws the title, the notice and the text in at most n lines.
func linkHead(f Frame, p flow.Pane, n int) []string {
	if n <= 0 {
		return nil
	}
	s, w := f.Styles, min(f.Width, readable)
	tag := "simulated Link"
	if width(Clean(p.Title))+2+width(tag) > f.Width {
		tag = "simulated" // rather than a title that is cut
	}
	r := newRow(f.Width).col(s.Title, Clean(p.Title), f.Width-len(tag)-2).gap(2).put(s.Warn, tag)
	lines := []string{r.String()}
	text := wrap(Clean(p.Text), w)
	notice := cutText(wrap(Clean(p.Notice), w-2), n-1)
	if len(text) > 0 && len(notice) > 1 && len(notice) == n-1 {
		notice = cutText(notice, n-2) // a line for the text
	}
	for i, l := range notice {
		mark := "! "
		if i > 0 {
			mark = "  "
		}
		lines = append(lines, newRow(f.Width).put(s.Bad, mark+l).String())
	}
	for _, l := range cutText(text, n-len(lines)) {
		lines = append(lines, newRow(f.Width).put(s.Text, l).String())
	}
	return lines
}

// linkBody draws everything but the buttons. at is the line under the cursor, -1
// if it is elsewhere, and stops how many stops there are.
func linkBody(f Frame, p flow.Pane, form LinkForm) (lines []string, at, stops int) {
	at = -1
	s := f.Styles
	here := func() bool {
		yes := stops == form.Cursor
		if yes {
			at = len(lines)
		}
		stops++
		return yes
	}
	if asksCode(p) {
		lines = append(lines, codeLine(f, form.Code, here() && !form.Answered))
	}
	if asksCode(p) && !form.Answered {
		lines = append(lines, newRow(f.Width).gap(2).put(s.Dim, attemptsLeft(p.AttemptsLeft)).String())
	}
	if form.Aside != "" {
		lines = append(lines, pad(f.Width))
		for _, l := range wrap(Clean(form.Aside), f.Width-4) {
			lines = append(lines, newRow(f.Width).gap(2).put(s.Accent, "→ "+l).String())
		}
	}
	column, room := LinkFieldPlace(f, p)
	for _, x := range p.Fields {
		lines = append(lines, fieldLine(f, x, column, room, form, here(), p.View == flow.ViewReview))
		if x.Notice != "" {
			lines = append(lines, newRow(f.Width).gap(column).put(s.Bad, "! "+Clean(x.Notice)).String())
		}
	}
	if len(p.Fields) > 0 && len(p.Banks)+len(p.Options) > 0 {
		lines = append(lines, pad(f.Width))
	}
	for _, o := range p.Options {
		lines = append(lines, optionLine(f, o, here()))
	}
	for _, b := range p.Banks {
		lines = append(lines, newRow(f.Width).gap(2).put(s.Strong, Clean(b.Name)).String())
		for _, a := range b.Accounts {
			lines = append(lines, shareLine(f, a, form, here()))
		}
	}
	if len(p.Banks) > 0 {
		lines = append(lines, newRow(f.Width).gap(2).put(s.Dim, accountsRule(p)).String())
	}
	return lines, at, stops
}

func attemptsLeft(n int) string {
	switch {
	case n <= 0:
		return "The code is sent as soon as it has six digits."
	case n == 1:
		return "Sent as soon as it has six digits. The last try."
	}
	return "Sent as soon as it has six digits. " + strconv.Itoa(n) + " tries left."
}

func accountsRule(p flow.Pane) string {
	if p.View == flow.ViewSelectAccount {
		return "Choose at least one."
	}
	switch p.AccountsRule {
	case "required":
		return "The template requires an account: choose at least one."
	case "optional":
		return "Accounts are optional here: the user may share none."
	}
	return "The template asks for no accounts."
}

func codeLine(f Frame, code string, here bool) string {
	s := f.Styles
	r := newRow(f.Width)
	mark := "  "
	if here {
		mark = "› "
	}
	r.put(s.Accent, mark)
	digits := []rune(Clean(code))
	for i := range 6 {
		digit, style := "_", s.Field
		if i < len(digits) {
			digit = string(digits[i])
		}
		if i == len(digits) && here {
			style = s.Button
		}
		r.put(style, " "+digit+" ").gap(1)
	}
	return r.String()
}

func fieldLine(f Frame, x flow.PaneField, column, room int, form LinkForm, here, edits bool) string {
	s := f.Styles
	r := newRow(f.Width)
	mark, label := "  ", s.Dim
	if here {
		mark, label = "› ", s.Accent
	}
	r.put(s.Accent, mark).col(label, fieldLabel(x), column-3).gap(1)
	value := x.Value.Reveal()
	before, known := form.Before[x.Key]
	if !known {
		before = value
	}
	if v, ok := form.Values[x.Key]; ok {
		value = v
	}
	edited := edits && value != before
	if here && form.Editing != "" {
		end := r.used + min(room, r.left())
		r.raw(clip(form.Editing, end-r.used))
		r.put(s.FieldFocus, pad(end-r.used))
	} else {
		value = Clean(value)
		if x.Value.IsRecorded() { // whatever it was, it was written as a number is masked
			value = "••••"
		}
		if x.Private && (form.Revealed == nil || !form.Revealed(x.Key)) {
			value = MaskedText(value)
		}
		style := s.Field
		if value == "" {
			value = "(empty)"
		}
		r.put(style, fit(value, min(room, r.left())))
	}
	if edited {
		r.gap(1).put(s.Warn, "edited")
	}
	return r.String()
}

func optionLine(f Frame, o flow.PaneOption, here bool) string {
	s := f.Styles
	r := newRow(f.Width)
	mark := "  "
	if here {
		mark = "› "
		r.under(s.Selected)
	}
	r.put(s.Accent, mark).put(s.Strong, Clean(o.Name))
	if o.Detail != "" {
		r.put(s.Dim, "  "+Clean(o.Detail))
	}
	return r.String()
}

func shareLine(f Frame, a flow.PaneAccount, form LinkForm, here bool) string {
	s := f.Styles
	r := newRow(f.Width)
	mark := "  "
	if here {
		mark = "› "
		r.under(s.Selected)
	}
	chosen := a.Selected
	if v, ok := form.Selected[a.ID]; ok {
		chosen = v
	}
	box, style := "[ ] ", s.Text
	if chosen {
		box, style = "[x] ", s.Strong
	}
	r.put(s.Accent, mark).put(style, box+Clean(a.Name))
	if a.Mask != "" {
		r.put(s.Dim, " ••"+Clean(a.Mask))
	}
	if a.Subtype != "" {
		r.put(s.Dim, "  "+Clean(a.Subtype))
	}
	return r.String()
}
