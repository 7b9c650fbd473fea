package pane

// TreeTrouble returns what a tree says about text that is not JSON.
func TreeTrouble(t Tree) string {
	t.Empty()
	t.text.needAll()
	for _, p := range t.text.pieces {
		if p.note != "" {
			return p.note
		}
	}
	return ""
}

// TreeNodes returns how many lines of a tree were read so far.
func TreeNodes(t Tree) int { return len(t.text.nodes) }
