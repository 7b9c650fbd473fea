package pane

import (
	"fmt"
	"net/url"
	"strconv"
	"strings"

	"layersim/flow"
	"layersim/tui/theme"
)

// WireEntry is one HTTP call of your server.
type WireEntry struct {
	Exchange flow.Exchange
}

// WireView is how Wire is looked at.
type WireView struct {
	Selected int
	// Body is the selected call as WireTree made it, laid out for WireBodyFrame.
	Body Tree
	// Inside: the keys go to the body and not to the list.
	Inside bool
}

// WireListRows returns how many calls Wire lists at once.
func WireListRows(f Frame, n int) int {
	return max(min(n, (f.Height-1)/3, 8), min(n, f.Height, 1))
}

// WireBodyRows returns how many lines of the selected call's body Wire shows.
func WireBodyRows(f Frame, n int) int { return max(f.Height-WireListRows(f, n)-1, 0) }

// WireBodyFrame returns the part of a frame in which Wire, listing n calls,
// shows the selected one.
func WireBodyFrame(f Frame, n int) Frame {
	f.Height = WireBodyRows(f, n)
	return f
}

// WireCallAt returns which call Wire lists in a row, with n calls and one of
// them selected; ok is false below the list.
func WireCallAt(f Frame, n, selected, row int) (call int, ok bool) {
	rows := WireListRows(f, n)
	return wireFirst(rows, n, selected) + row, row >= 0 && row < rows
}

func wireFirst(rows, n, selected int) int { return max(min(selected-rows/2, n-rows), 0) }

// Wire draws the list of calls around the selected one and, below, that one.
func Wire(f Frame, x []WireEntry, v WireView) string {
	if f.Width <= 0 || f.Height <= 0 {
		return ""
	}
	s := f.Styles
	if len(x) == 0 {
		lines := paragraph(s.Dim, "No call yet. Each call your server makes to Plaid is shown here with its request and its answer, secrets left out.", f.Width)
		return fill(lines, f.Width, f.Height)
	}
	sel := max(min(v.Selected, len(x)-1), 0)
	rows := WireListRows(f, len(x))
	first := wireFirst(rows, len(x), sel)
	lines := make([]string, 0, f.Height)
	for i := first; i < first+rows; i++ {
		lines = append(lines, wireLine(f, x[i].Exchange, i == sel, v))
	}
	if f.Height > rows {
		lines = append(lines, wireRule(f, len(x), sel, v))
	}
	body := WireBodyFrame(f, len(x))
	body.Focused = v.Inside && f.Focused
	lines = append(lines, treeLines(body, v.Body)...)
	return fill(lines, f.Width, f.Height)
}

// wireRule says which call is shown, where in it the cursor is, and what a
// search has found.
func wireRule(f Frame, n, sel int, v WireView) string {
	s := f.Styles
	r := newRow(f.Width).put(s.Border, "──").put(s.Dim, fmt.Sprintf(" call %d of %d ", sel+1, n))
	if text := v.Body.Query(); text != "" {
		found := "not in this call"
		if hits, at := v.Body.Hits(); hits > 0 {
			found = fmt.Sprintf("%d of %d", at, hits)
		}
		r.put(s.Dim, "· ").put(s.Hit, Clean(text)).put(s.Dim, " "+found+" ")
	}
	if path := v.Body.Path(); path != "" && v.Inside {
		r.put(s.Dim, "· ").put(s.JSONKey, path+" ")
	}
	const more = " ↓ more ──"
	if v.Body.More() && r.left() > width(more) {
		r.put(s.Border, strings.Repeat("─", r.left()-width(more))).put(s.Dim, " ↓ more ")
	}
	return r.rule(s.Border).String()
}

func wireLine(f Frame, x flow.Exchange, here bool, v WireView) string {
	s := f.Styles
	r := newRow(f.Width)
	cursor := " "
	if here {
		cursor = "›"
		r.under(s.Selected)
	}
	status, style, sign := wireStatus(s, x)
	took := flow.Took(x.Duration)
	tail := width(took) + 2
	if f.Width < 44 {
		tail = 0
	}
	path := x.URL
	if u, err := url.Parse(x.URL); err == nil && u.Path != "" {
		path = u.Path
	}
	r.put(s.Accent, cursor).put(style, sign+" "+status).gap(1)
	room := f.Width - r.used - tail
	line := newRow(room)
	if line.marked = r.marked; r.marked {
		line.under(s.Selected)
	}
	v.Body.find.draw(line, s, []token{{Clean(x.Method + " " + path), s.Text}})
	r.raw(line.String())
	if tail > 0 {
		r.right(s.Dim, took, tail)
	}
	return r.String()
}

// wireStatus returns the answer's status in three letters or so, its style and
// a sign.
func wireStatus(s theme.Styles, x flow.Exchange) (string, theme.Style, string) {
	switch {
	case x.Status == 0:
		return "---", s.Bad, "✗"
	case x.Status >= 400:
		return strconv.Itoa(x.Status), s.Bad, "✗"
	}
	return strconv.Itoa(x.Status), s.Good, "✓"
}

// WireTree makes a tree of an exchange: the request line, headers and body, then
// the answer's. Explained is what is to be known about an answer that is an
// error.
func WireTree(x flow.Exchange, explained ErrorText) Tree {
	return NewTree(WireParts(x, explained)...)
}

// WireParts are the parts of a call's tree: the request, the answer, and what
// its error means.
func WireParts(x flow.Exchange, explained ErrorText) []TreePart {
	parts := requestParts(x)
	answer := TreePart{Title: "No answer", Said: x.Error, Kind: Bad}
	if x.Status != 0 {
		answer = TreePart{Title: "Answer", Said: "HTTP " + strconv.Itoa(x.Status), Kind: Good}
		if x.Status >= 400 {
			answer.Kind = Bad
		}
		if d := flow.Took(x.Duration); d != "" {
			answer.Note = "after " + d
		}
	}
	parts = append(parts, TreePart{Text: "\n"}, answer)
	parts = append(parts, explained.parts(x)...)
	if x.Status != 0 {
		parts = append(parts, headersPart(x.ResponseHeaders), bodyPart(x.ResponseBody))
	}
	return parts
}

// requestParts begins a request as HTTP does: the path, then the host as a
// header.
func requestParts(x flow.Exchange) []TreePart {
	headers := x.RequestHeaders
	line := x.Method + " " + x.URL
	if u, err := url.Parse(x.URL); err == nil && u.Host != "" {
		line = x.Method + " " + u.RequestURI()
		headers = append([]flow.Header{{Name: "Host", Value: u.Host}}, headers...)
	}
	return []TreePart{{Title: "Request", Said: line}, headersPart(headers), bodyPart(x.RequestBody)}
}

func headersPart(headers []flow.Header) TreePart {
	if len(headers) == 0 {
		return TreePart{}
	}
	p := TreePart{Title: "Headers", Folded: true}
	for _, h := range headers {
		p.Pairs = append(p.Pairs, TreePair(h))
	}
	return p
}

func bodyPart(body string) TreePart {
	if strings.TrimSpace(body) == "" {
		return TreePart{}
	}
	return TreePart{JSON: body}
}
