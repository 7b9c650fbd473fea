package pane

// DrawTree draws the lines of a tree around its cursor, which is seen if the
// frame has the focus. The tree must have been laid out for the frame.
func DrawTree(f Frame, t Tree) string {
	if f.Width <= 0 || f.Height <= 0 {
		return ""
	}
	return fill(treeLines(f, t), f.Width, f.Height)
}

func treeLines(f Frame, t Tree) []string {
	if t.Empty() || f.Width <= 0 {
		return nil
	}
	lines := make([]string, 0, max(f.Height, 0))
	for at, ok := t.settle(t.top, f.Width), true; ok && len(lines) < f.Height; at, ok = t.below(at, f.Width) {
		lines = append(lines, t.line(f, at))
	}
	return lines
}

func (t Tree) line(f Frame, at spot) string {
	s := f.Styles
	r := newRow(f.Width)
	cursor := " "
	if at == t.cursor && f.Focused {
		cursor = "›"
		r.under(s.Selected)
	}
	mark := " "
	if at.row == 0 && t.foldable(at.node) {
		mark = "▾"
		if t.folded(at.node) {
			mark = "▸"
		}
	}
	indent, room := t.room(at.node, f.Width)
	if at.row > 0 && t.text.nodes[at.node].kind != nodeProse && t.text.nodes[at.node].kind != nodeNote {
		indent += room - hanging(room)
	}
	if f.Width > gutter {
		r.put(s.Accent, cursor).put(s.Dim, mark).gap(1)
	}
	r.gap(indent)
	t.find.draw(r, s, t.drawnRow(s, at, f.Width))
	return r.String()
}
