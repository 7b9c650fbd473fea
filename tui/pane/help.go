package pane

import "strings"

// HelpRow is one key and what it does now.
type HelpRow struct {
	Keys, Does string
	Off        bool // the key does nothing in this phase
}

// Help draws groups of keys, beside each other where there is room and one
// after the other where there is not. A first row with no Keys is the title of
// its group; a key that does nothing now stands in parentheses.
func Help(f Frame, groups [][]HelpRow) string {
	const column, between = 36, 3
	columns := max(min((f.Width+between)/(column+between), len(groups)), 1)
	each := max((f.Width-between*(columns-1))/columns, 0)
	// Each group goes to the column that is shortest so far.
	heights := make([]int, columns)
	parts := make([][]string, columns)
	for _, g := range groups {
		c := 0
		for i, h := range heights {
			if h < heights[c] {
				c = i
			}
		}
		if heights[c] > 0 {
			parts[c] = append(parts[c], pad(each))
		}
		parts[c] = append(parts[c], helpGroup(f, g, each)...)
		heights[c] = len(parts[c])
	}
	tallest := 0
	for _, h := range heights {
		tallest = max(tallest, h)
	}
	lines := make([]string, 0, tallest)
	for i := range min(tallest, f.Height) {
		r := newRow(f.Width)
		for c, part := range parts {
			if c > 0 {
				r.gap(between)
			}
			if i < len(part) {
				r.raw(part[i])
			} else {
				r.gap(each)
			}
		}
		lines = append(lines, r.String())
	}
	return fill(lines, f.Width, f.Height)
}

func helpGroup(f Frame, rows []HelpRow, w int) []string {
	s := f.Styles
	keys := 0
	for _, h := range rows {
		n := width(h.Keys)
		if h.Off {
			n += 2
		}
		keys = max(keys, n)
	}
	keys = min(keys, w/2)
	var lines []string
	for _, h := range rows {
		r := newRow(w)
		switch {
		case h.Keys == "":
			r.put(s.Title, h.Does)
		case h.Off:
			r.col(s.Dim, "("+h.Keys+")", keys).gap(2).put(s.Dim, h.Does)
		default:
			r.col(s.Key, h.Keys, keys).gap(2).put(s.Text, h.Does)
		}
		lines = append(lines, r.String())
	}
	return lines
}

// WholeHelp returns every line of Help, however many there are.
func WholeHelp(f Frame, groups [][]HelpRow) []string {
	f.Height = 0
	for _, g := range groups {
		f.Height += len(g) + 1
	}
	lines := strings.Split(Help(f, groups), "\n")
	for len(lines) > 0 && strings.TrimSpace(lines[len(lines)-1]) == "" {
		lines = lines[:len(lines)-1]
	}
	return lines
}
