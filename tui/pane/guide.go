package pane

// GuideText is what the guide says about the phase the walk is in.
type GuideText struct {
	Title       string
	Happens     string // what happens now
	Why         string
	YourApp     string // what your app must do
	GoesWrong   string
	Disagree    []string // where sources contradict each other
	Unconfirmed []string // what no source settles
	URL         string
}

// GuideLines returns how many lines the text takes at the frame's width.
func GuideLines(f Frame, g GuideText) int { return len(guideLines(f, g)) }

// Guide draws the text from line offset on.
func Guide(f Frame, g GuideText, offset int) string {
	lines := guideLines(f, g)
	offset = max(min(offset, len(lines)-f.Height), 0)
	lines = lines[min(offset, len(lines)):]
	if len(lines) > f.Height && f.Height > 1 {
		lines = lines[:f.Height-1]
		lines = append(lines, newRow(f.Width).put(f.Styles.Dim, "↓ more below").String())
	}
	return fill(lines, f.Width, f.Height)
}

func guideLines(f Frame, g GuideText) []string {
	s, w := f.Styles, min(f.Width, readable)
	var lines []string
	blank := func() {
		if len(lines) > 0 {
			lines = append(lines, pad(f.Width))
		}
	}
	section := func(head, text string) {
		if text == "" {
			return
		}
		blank()
		lines = append(lines, newRow(f.Width).put(s.Accent, head).String())
		for _, l := range wrap(Clean(text), w) {
			lines = append(lines, newRow(f.Width).put(s.Text, l).String())
		}
	}
	list := func(head string, sign string, texts []string) {
		if len(texts) == 0 {
			return
		}
		blank()
		lines = append(lines, newRow(f.Width).put(s.Warn, head).String())
		for _, t := range texts {
			for i, l := range wrap(Clean(t), w-2) {
				mark := sign + " "
				if i > 0 {
					mark = "  "
				}
				lines = append(lines, newRow(f.Width).put(s.Warn, mark).put(s.Text, l).String())
			}
		}
	}
	if g.Title != "" {
		lines = append(lines, newRow(f.Width).put(s.Title, Clean(g.Title)).String())
	}
	section("What happens", g.Happens)
	section("Why", g.Why)
	section("Your app", g.YourApp)
	section("What goes wrong", g.GoesWrong)
	list("Sources disagree", "!", g.Disagree)
	list("Not confirmed by any source", "?", g.Unconfirmed)
	if g.URL != "" {
		blank()
		for _, l := range chunks(Clean(g.URL), max(f.Width, 1)) {
			lines = append(lines, newRow(f.Width).put(s.Link, l).String())
		}
	}
	return lines
}
