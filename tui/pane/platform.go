package pane

import "strings"

// SDKChoice is one line of a list to choose a Link SDK from.
type SDKChoice struct {
	Name string // a platform or a version
	Note string // why one would choose it
	// InUse: the walk uses it. Off: Layer does not work with it at all.
	InUse, Off bool
}

// SDKFact is one thing that an SDK does in its own way. Stops: Layer, or a part
// of it, does not work for that reason.
type SDKFact struct {
	Topic, Text string
	Stops       bool
}

// SDKChooser is what SDKs draws: platforms, the versions of the one under the
// cursor, and what is particular about the choice.
type SDKChooser struct {
	Platforms, Versions []SDKChoice
	Platform, Version   int  // the cursors
	OnVersions          bool // which list has the keyboard
	Heading             string
	Facts               []string // lines, from SDKFacts
	Offset              int      // the first line of Facts that is shown
	Does                string   // what Enter does, "" for nothing
}

const sdkTopic = 20 // cells of "✗ Extended Autofill "

// SDKFacts draws facts as lines of w cells. It is worth keeping.
func SDKFacts(f Frame, facts []SDKFact) []string {
	s, w := f.Styles, f.Width
	if w <= 0 {
		return nil
	}
	indent := sdkTopic
	if w < 68 { // room for the longest name of an event
		indent = 2
	}
	var lines []string
	for _, fact := range facts {
		topic, text := s.Dim, s.Text
		name := Clean(fact.Topic)
		if fact.Stops {
			topic, text, name = s.Warn, s.Warn, "✗ "+name
		}
		if indent < sdkTopic {
			lines = append(lines, newRow(w).put(topic, name).String())
		}
		for i, l := range wrap(Clean(fact.Text), max(min(w-indent, readable), 1)) {
			r := newRow(w)
			if i == 0 && indent == sdkTopic {
				r.col(topic, name, indent)
			} else {
				r.gap(min(indent, w))
			}
			lines = append(lines, r.put(text, l).String())
		}
	}
	return lines
}

// sdkRows divides a frame: how many lines the lists get, and the facts.
func sdkRows(f Frame, c SDKChooser) (lists, facts int) {
	lists = max(len(c.Platforms), len(c.Versions))
	if room := f.Height - 3; lists > room*2/3 { // heading, a blank line, what Enter does
		lists = room * 2 / 3
	}
	lists = max(min(lists, f.Height), min(f.Height, 1))
	return lists, max(f.Height-lists-3, 0)
}

// SDKFactRows returns how many lines of facts SDKs shows.
func SDKFactRows(f Frame, c SDKChooser) int { _, n := sdkRows(f, c); return n }

// SDKs draws the chooser.
func SDKs(f Frame, c SDKChooser) string {
	if f.Width <= 0 || f.Height <= 0 {
		return ""
	}
	s := f.Styles
	lists, rows := sdkRows(f, c)
	left := 0
	for _, p := range c.Platforms {
		left = max(left, width(Clean(sdkName(p))))
	}
	left += 4
	both := f.Width >= left+28
	lines := make([]string, 0, f.Height)
	for i := range lists {
		r := newRow(f.Width)
		if both || !c.OnVersions {
			sdkLine(f, r, c.Platforms, first(c.Platform, len(c.Platforms), lists)+i, c.Platform, !c.OnVersions, left, both)
		}
		if both || c.OnVersions {
			sdkLine(f, r, c.Versions, first(c.Version, len(c.Versions), lists)+i, c.Version, c.OnVersions, f.Width, false)
		}
		lines = append(lines, r.String())
	}
	if f.Height > lists+1 {
		head := newRow(f.Width).put(s.Border, "── ").put(s.Title, Clean(c.Heading)).gap(1)
		if n := len(c.Facts) - rows; n > 0 && rows > 0 {
			head.put(s.Dim, "· PgDn for more ")
		}
		lines = append(lines, head.rule(s.Border).String())
		offset := max(min(c.Offset, len(c.Facts)-rows), 0)
		shown := c.Facts[min(offset, len(c.Facts)):]
		for _, l := range shown[:min(len(shown), rows)] {
			lines = append(lines, fit(l, f.Width))
		}
	}
	if f.Height > lists {
		for len(lines) < f.Height-1 {
			lines = append(lines, pad(f.Width))
		}
		last := newRow(f.Width)
		if c.Does != "" {
			last.put(s.Key, "Enter").gap(1).put(s.Text, Clean(c.Does))
		}
		lines = append(lines, last.String())
	}
	return fill(lines, f.Width, f.Height)
}

// first returns the first of n lines to show, of which rows are seen.
func first(cursor, n, rows int) int { return max(min(cursor-rows/2, n-rows), 0) }

func sdkName(c SDKChoice) string {
	name := c.Name
	if c.Off {
		name += " ✗"
	}
	if c.InUse {
		name += " ●"
	}
	return name
}

// sdkLine draws entry i of a list, in w cells if it is not the last column.
func sdkLine(f Frame, r *row, list []SDKChoice, i, cursor int, here bool, w int, column bool) {
	s := f.Styles
	text, note, mark := "", "", "  "
	style := s.Text
	if i < len(list) {
		text, note = Clean(sdkName(list[i])), Clean(list[i].Note)
		if list[i].Off {
			style = s.Dim
		}
		if i == cursor {
			mark = "› "
			if here {
				style = s.Selected
			}
		}
	}
	if column {
		r.put(s.Accent, mark).col(style, text, w-3).gap(1)
		return
	}
	longest := 0
	for _, c := range list {
		longest = max(longest, width(Clean(sdkName(c))))
	}
	r.put(s.Accent, mark).put(style, text+strings.Repeat(" ", max(longest-width(text), 0))).gap(2).put(s.Dim, note)
}
