package pane

import (
	"fmt"
	"strings"

	"layersim/tui/theme"
)

// GuideText is one text of the guide: about the phase the walk is in, or about
// a topic. What is empty is left out.
type GuideText struct {
	Title string
	// Session says what of all this can be seen in this session.
	Session     []string
	Intro       string // of a topic
	Happens     string // what happens now
	Why         string
	YourApp     string // what your app must do
	GoesWrong   string
	Parts       []GuidePart
	Disagree    []string // where sources contradict each other
	Unconfirmed []string // what no source settles
	URL         string
	// Opens says how to open the URL; "" for one that cannot be opened.
	Opens string
}

// GuidePart is a part of a topic.
type GuidePart struct {
	Title, Text string
	Seen        string // when what the title names came in this session
	Entries     []GuideEntry
}

// GuideEntry explains one thing by its name.
type GuideEntry struct {
	Name, Says string
	Do         string // what your app does about it
	Seen       string // when it came in this session
}

// GuideTopics says which texts there are and which is shown.
type GuideTopics struct {
	Names   []string
	Current int
	Next    string // the key that goes on to the next one
}

// Guide draws which texts there are and, below, the lines of the one that is
// shown, which GuideBody made, from line offset on.
func Guide(f Frame, t GuideTopics, body []string, offset int) string {
	lines := t.lines(f)
	rows := f.Height - len(lines)
	offset = max(min(offset, len(body)-rows), 0)
	body = body[min(offset, len(body)):]
	if len(body) > rows && rows > 1 {
		lines = append(lines, body[:rows-1]...)
		lines = append(lines, newRow(f.Width).put(f.Styles.Dim, fmt.Sprintf("↓ more below, %d lines", len(body)-rows+1)).String())
	} else {
		lines = append(lines, body[:min(max(rows, 0), len(body))]...)
	}
	return fill(lines, f.Width, f.Height)
}

// GuideRows returns how many lines of the text Guide shows.
func GuideRows(f Frame, t GuideTopics) int { return max(f.Height-len(t.lines(f)), 1) }

// lines lists the texts, in two lines at most; where that is too little, it says
// which of how many is shown.
func (t GuideTopics) lines(f Frame) []string {
	if len(t.Names) < 2 || f.Height < 4 || f.Width < 20 {
		return nil
	}
	s := f.Styles
	var lines []string
	r := newRow(f.Width)
	for i, name := range t.Names {
		sign, style := "○ ", s.Dim
		if i == t.Current {
			sign, style = "● ", s.Accent
		}
		text := sign + Clean(name)
		if r.used > 0 && r.used+2+width(text) > f.Width {
			lines = append(lines, r.String())
			r = newRow(f.Width)
		}
		if r.used > 0 {
			r.gap(2)
		}
		r.put(style, text)
	}
	if t.Next != "" && r.left() >= width(t.Next)+8 {
		r.gap(3).put(s.Key, t.Next).put(s.Dim, " next")
	}
	lines = append(lines, r.String())
	if len(lines) > 2 || f.Height < 12 {
		r = newRow(f.Width).put(s.Accent, "● "+Clean(t.Names[max(min(t.Current, len(t.Names)-1), 0)]))
		r.put(s.Dim, fmt.Sprintf("  %d of %d", t.Current+1, len(t.Names)))
		if t.Next != "" {
			r.gap(3).put(s.Key, t.Next).put(s.Dim, " next")
		}
		lines = []string{r.String()}
	}
	if f.Height >= 12 {
		lines = append(lines, newRow(f.Width).rule(s.Border).String())
	}
	return lines
}

// GuideBody draws a text as lines of w cells. It is worth keeping.
func GuideBody(s theme.Styles, g GuideText, w int) []string {
	if w <= 0 {
		return nil
	}
	d := guideDraft{s: s, whole: w, w: min(w, readable)}
	if g.Title != "" {
		for _, l := range wrap(Clean(g.Title), d.w) {
			d.line(s.Title, l)
		}
	}
	d.list(s.Good, "In this session", "●", g.Session)
	d.text(g.Intro)
	d.section("What happens", g.Happens)
	d.section("Why", g.Why)
	d.section("Your app", g.YourApp)
	d.section("What goes wrong", g.GoesWrong)
	for _, p := range g.Parts {
		d.part(p)
	}
	d.list(s.Warn, "Sources disagree", "!", g.Disagree)
	d.list(s.Warn, "Not confirmed by any source", "?", g.Unconfirmed)
	if g.URL != "" {
		d.blank()
		r := newRow(w).put(s.Accent, "Plaid's page")
		if g.Opens != "" {
			r.put(s.Dim, "  "+Clean(g.Opens))
			d.lines = append(d.lines, r.String())
			d.lines = append(d.lines, urlLines(Frame{Styles: s, Width: w}, g.URL)...)
		} else {
			d.lines = append(d.lines, r.String())
			for _, l := range chunks(Clean(g.URL), w) {
				d.line(s.Text, l)
			}
		}
	}
	return d.lines
}

// guideDraft is a text that is being drawn: lines of whole cells, of which the
// first w are written on.
type guideDraft struct {
	s        theme.Styles
	whole, w int
	lines    []string
}

func (d *guideDraft) line(style theme.Style, text string) {
	d.lines = append(d.lines, newRow(d.whole).put(style, text).String())
}

func (d *guideDraft) blank() {
	if len(d.lines) > 0 {
		d.lines = append(d.lines, pad(d.whole))
	}
}

func (d *guideDraft) text(text string) {
	if text == "" {
		return
	}
	d.blank()
	for _, l := range wrap(Clean(text), d.w) {
		d.line(d.s.Text, l)
	}
}

func (d *guideDraft) section(head, text string) {
	if text == "" {
		return
	}
	d.blank()
	d.line(d.s.Accent, Clean(head))
	for _, l := range wrap(Clean(text), d.w) {
		d.line(d.s.Text, l)
	}
}

func (d *guideDraft) list(style theme.Style, head, sign string, texts []string) {
	if len(texts) == 0 {
		return
	}
	d.blank()
	d.line(style, head)
	for _, t := range texts {
		d.hanging(0, style, sign, d.s.Text, t)
	}
}

// hanging draws text behind a sign, indented.
func (d *guideDraft) hanging(indent int, signStyle theme.Style, sign string, style theme.Style, text string) {
	indent = min(indent, d.w/2)
	for i, l := range wrap(Clean(text), max(d.w-indent-2, 1)) {
		if i > 0 {
			sign = " "
		}
		d.lines = append(d.lines, newRow(d.whole).gap(indent).put(signStyle, sign+" ").put(style, l).String())
	}
}

// part draws a part of a topic. Names that are all short stand in a column of
// their own, others above what is said of them.
func (d *guideDraft) part(p GuidePart) {
	d.section(p.Title, p.Text)
	if p.Text == "" {
		d.blank()
		d.line(d.s.Accent, Clean(p.Title))
	}
	if p.Seen != "" {
		d.hanging(0, d.s.Good, "✓", d.s.Good, p.Seen)
	}
	column := 0
	for _, e := range p.Entries {
		column = max(column, width(Clean(e.Name)))
	}
	column += 2
	if column > max(d.w/3, 16) {
		column = 0
	}
	for _, e := range p.Entries {
		d.entry(e, column)
	}
}

func (d *guideDraft) entry(e GuideEntry, column int) {
	indent := column
	name := Clean(e.Name)
	if column == 0 {
		indent = 2
		for _, l := range wrap(name, d.w) {
			d.line(d.s.Code, l)
		}
		name = ""
	}
	for _, l := range wrap(Clean(e.Says), max(d.w-indent, 1)) {
		d.lines = append(d.lines, newRow(d.whole).col(d.s.Code, name, indent).put(d.s.Text, strings.TrimSpace(l)).String())
		name = ""
	}
	if e.Do != "" {
		d.hanging(indent, d.s.Accent, "→", d.s.Text, e.Do)
	}
	if e.Seen != "" {
		d.hanging(indent, d.s.Good, "✓", d.s.Good, e.Seen)
	}
}
