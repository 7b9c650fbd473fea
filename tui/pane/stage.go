package pane

import (
	"slices"
	"strings"

	"github.com/charmbracelet/x/ansi"
)

// Fact is one value worth seeing on the stage. Value may hold what came from
// outside.
type Fact struct{ Label, Value string }

// StageText is what the stage says: a title, one paragraph, perhaps a notice,
// what Enter does, and a few facts.
type StageText struct {
	Title, Body string
	Notice      string
	NoticeKind  Kind
	NoticeFirst bool // the notice stands above the paragraph
	// Cue says where to look when the next step is made elsewhere; it stays, like
	// what Enter does.
	Cue     string
	Primary string // what Enter does, said by who knows it; "" for nothing
	// URL is an address to open. It is drawn as a link and whole.
	URL   string
	Facts []Fact
}

// Stage draws the stage: title, paragraph, notice, facts, then input and
// choices, which are the program's own lines and may hold styles. When there is
// too little room, facts go first, then the paragraph is cut and then the
// notice; the input and the choices stay.
func Stage(f Frame, t StageText, input, choices string) string {
	lines, _ := stageLines(f, t, input, choices)
	return fill(lines, f.Width, f.Height)
}

// StageInputRow returns the line, counted from the top of the frame, in which
// Stage draws the first line of input; -1 when there is no input.
func StageInputRow(f Frame, t StageText, input, choices string) int {
	if input == "" {
		return -1
	}
	_, at := stageLines(f, t, input, choices)
	return at
}

func stageLines(f Frame, t StageText, input, choices string) (lines []string, inputRow int) {
	if f.Width <= 0 || f.Height <= 0 {
		return nil, 0
	}
	w := min(f.Width, readable)
	body, notice := wrap(Clean(t.Body), w), wrap(Clean(t.Notice), w-2)
	facts := factLines(f, t.Facts, true)
	foot, inputAt := stageFoot(f, t, input, choices, false)
	room := f.Height - len(foot)

	// With a blank line after each part, if that fits; else the facts go, then
	// the blank lines, then what is last in the texts.
	airy := true
	need := 2 + paragraphHeight(body) + paragraphHeight(notice)
	roomy, at := stageFoot(f, t, input, choices, true)
	if need+paragraphHeight(facts)+len(roomy) > f.Height {
		facts = factLines(f, t.Facts, false)
	}
	switch {
	case need+paragraphHeight(facts)+len(roomy) <= f.Height:
		foot, inputAt = roomy, at
	case need <= room:
		facts = facts[:max(min(len(facts), room-need-1), 0)]
	default:
		airy, facts = false, nil
		left := max(room-1, 0)
		notice = cutText(notice, max(left-min(len(body), 2), 0))
		body = cutText(body, max(left-len(notice), 0))
	}

	var parts [][]string
	if room > 0 {
		parts = append(parts, []string{newRow(f.Width).put(f.Styles.Title, Clean(t.Title)).String()})
	}
	texts := [][]string{bodyLines(f, body), noticeLines(f, t.NoticeKind, notice)}
	if t.NoticeFirst {
		slices.Reverse(texts)
	}
	parts = append(append(parts, texts...), facts)
	spare := room - 1 - len(body) - len(notice)
	for i, part := range parts {
		if len(part) == 0 {
			continue
		}
		lines = append(lines, part...)
		if airy || i == 0 && spare > 0 {
			lines = append(lines, pad(f.Width))
		}
	}
	return append(lines, foot...), len(lines) + inputAt
}

// paragraphHeight returns the height of lines and the blank one that follows.
func paragraphHeight(lines []string) int {
	if len(lines) == 0 {
		return 0
	}
	return len(lines) + 1
}

// cutText returns the first n lines, with an ellipsis where there were more.
func cutText(lines []string, n int) []string {
	if len(lines) <= n || n <= 0 {
		return lines[:min(len(lines), n)]
	}
	lines = slices.Clone(lines[:n])
	last := lines[n-1]
	if words := strings.LastIndexByte(last, ' '); words > 0 {
		last = last[:words]
	}
	lines[n-1] = last + " …"
	return lines
}

// stageFoot draws what must not be pushed off the stage: the cue, the address, the input,
// what Enter does and the choices; with blank lines between, if airy. It also
// returns where in it the input is.
func stageFoot(f Frame, t StageText, input, choices string, airy bool) (foot []string, inputAt int) {
	s := f.Styles
	var enter []string
	if t.Primary != "" {
		enter = []string{newRow(f.Width).put(s.Button, " Enter ").gap(1).put(s.Strong, Clean(t.Primary)).String()}
	}
	var cue []string
	for i, l := range wrap(Clean(t.Cue), min(f.Width, readable)-2) {
		r := newRow(f.Width)
		if i == 0 {
			r.put(s.Accent, "→ ")
		} else {
			r.gap(2)
		}
		cue = append(cue, r.put(s.Strong, l).String())
	}
	for i, part := range [][]string{cue, urlLines(f, t.URL), drawnLines(input, f.Width), enter, drawnLines(choices, f.Width)} {
		if airy && len(part) > 0 && len(foot) > 0 {
			foot = append(foot, pad(f.Width))
		}
		if i == 2 {
			inputAt = len(foot)
		}
		foot = append(foot, part...)
	}
	return foot[:min(len(foot), f.Height)], inputAt
}

// wide pads lines that were drawn narrower than the frame, to be readable.
func wide(f Frame, lines []string) []string {
	for i, l := range lines {
		lines[i] = l + pad(f.Width-min(f.Width, readable))
	}
	return lines
}

// readable is the longest line that is still easy to read.
const readable = 78

func bodyLines(f Frame, text []string) []string {
	var out []string
	for _, l := range text {
		out = append(out, newRow(f.Width).put(f.Styles.Text, l).String())
	}
	return out
}

func noticeLines(f Frame, kind Kind, text []string) []string {
	sign, style := kind.sign(f.Styles)
	var out []string
	for i, l := range text {
		r := newRow(f.Width)
		if i == 0 {
			r.put(style, sign).gap(1)
		} else {
			r.gap(2)
		}
		out = append(out, r.put(style, l).String())
	}
	return out
}

// factLines draws each fact: whole, in as many lines as that takes, or else in
// one line.
func factLines(f Frame, facts []Fact, whole bool) []string {
	label := 0
	for _, x := range facts {
		label = max(label, width(x.Label))
	}
	label = min(label, f.Width/2)
	var out []string
	for _, x := range facts {
		values := []string{Clean(x.Value)}
		if whole {
			values = wrap(values[0], f.Width-label-2)
		}
		name := Clean(x.Label)
		for _, v := range values {
			out = append(out, newRow(f.Width).col(f.Styles.Dim, name, label).gap(2).put(f.Styles.Code, v).String())
			name = ""
		}
	}
	return out
}

// urlLines draws an address as a hyperlink (OSC 8). One longer than the line
// goes on in the next, and each part leads to the whole.
func urlLines(f Frame, address string) []string {
	address = Clean(address)
	if address == "" {
		return nil
	}
	open, end := Hyperlink(address)
	var lines []string
	for _, l := range chunks(address, f.Width) {
		lines = append(lines, open+f.Styles.Link.Render(l)+end+pad(f.Width-width(l)))
	}
	return lines
}

// Hyperlink returns what to write before and after a text that leads to an
// address (OSC 8): nothing unless it is an address for certain.
func Hyperlink(address string) (open, end string) {
	if !strings.HasPrefix(address, "http://") && !strings.HasPrefix(address, "https://") || !isPlain(address) || strings.ContainsAny(address, " ;") {
		return "", ""
	}
	return ansi.SetHyperlink(address, "id=page"), ansi.ResetHyperlink()
}

// drawnLines splits what the program has drawn already into lines of w cells.
func drawnLines(s string, w int) []string {
	if s == "" {
		return nil
	}
	lines := strings.Split(s, "\n")
	for i, l := range lines {
		lines[i] = fit(l, w)
	}
	return lines
}
