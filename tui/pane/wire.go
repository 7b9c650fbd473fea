package pane

import (
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"

	"layersim/flow"
	"layersim/tui/theme"
)

// WireEntry is one HTTP call of your server. Body is what WireBody made of the
// exchange; it is needed for the selected entry only.
type WireEntry struct {
	Exchange flow.Exchange
	Body     []string
}

// WireListRows returns how many calls Wire lists at once.
func WireListRows(f Frame, n int) int {
	return max(min(n, (f.Height-1)/3, 8), min(n, f.Height, 1))
}

// WireBodyRows returns how many lines of the selected call's body Wire shows.
func WireBodyRows(f Frame, n int) int { return max(f.Height-WireListRows(f, n)-1, 0) }

// Wire draws the list of calls around the selected one and, below, the body of
// that one from line offset on.
func Wire(f Frame, x []WireEntry, sel, offset int) string {
	if f.Width <= 0 || f.Height <= 0 {
		return ""
	}
	s := f.Styles
	if len(x) == 0 {
		lines := paragraph(s.Dim, "No call yet. Each call your server makes to Plaid is shown here with its request and its answer, secrets left out.", f.Width)
		return fill(lines, f.Width, f.Height)
	}
	sel = max(min(sel, len(x)-1), 0)
	rows := WireListRows(f, len(x))
	first := max(min(sel-rows/2, len(x)-rows), 0)
	lines := make([]string, 0, f.Height)
	for i := first; i < first+rows; i++ {
		lines = append(lines, wireLine(f, x[i].Exchange, i == sel))
	}
	if f.Height > rows {
		lines = append(lines, wireRule(f, x, sel, offset))
	}
	body := x[sel].Body
	offset = max(min(offset, len(body)-1), 0)
	for i := offset; i < len(body) && len(lines) < f.Height; i++ {
		lines = append(lines, fit(body[i], f.Width))
	}
	return fill(lines, f.Width, f.Height)
}

func wireRule(f Frame, x []WireEntry, sel, offset int) string {
	s := f.Styles
	r := newRow(f.Width)
	label := fmt.Sprintf(" call %d of %d ", sel+1, len(x))
	if shown := WireBodyRows(f, len(x)); len(x[sel].Body) > shown && shown > 0 {
		label = fmt.Sprintf(" call %d of %d · line %d of %d ", sel+1, len(x), min(offset+1, len(x[sel].Body)), len(x[sel].Body))
	}
	return r.put(s.Border, "──").put(s.Dim, label).rule(s.Border).String()
}

func wireLine(f Frame, x flow.Exchange, here bool) string {
	s := f.Styles
	r := newRow(f.Width)
	cursor := " "
	if here {
		cursor = "›"
		r.under(s.Selected)
	}
	status, style, sign := wireStatus(s, x)
	took := duration(x.Duration)
	tail := width(took) + 2
	if f.Width < 44 {
		tail = 0
	}
	path := x.URL
	if u, err := url.Parse(x.URL); err == nil && u.Path != "" {
		path = u.Path
	}
	r.put(s.Accent, cursor).put(style, sign+" "+status).gap(1)
	r.col(s.Text, Clean(x.Method+" "+path), f.Width-r.used-tail)
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

func duration(d time.Duration) string {
	switch {
	case d <= 0:
		return ""
	case d < time.Millisecond:
		return strconv.FormatInt(d.Microseconds(), 10) + " µs"
	case d < time.Second:
		return strconv.FormatInt(d.Milliseconds(), 10) + " ms"
	}
	return strconv.FormatFloat(d.Seconds(), 'f', 1, 64) + " s"
}

// WireBody draws one exchange as lines of w cells: the request line, headers
// and body, then the answer's, JSON indented and highlighted. It is worth
// keeping: an exchange never changes.
func WireBody(s theme.Styles, x flow.Exchange, w int) []string {
	if w <= 0 {
		return nil
	}
	b := bodyWriter{s: s, w: w}
	b.request(x)
	b.headers(x.RequestHeaders)
	b.body(x.RequestBody)
	b.blank()
	if x.Status == 0 {
		b.heading("No answer", x.Error)
	} else {
		_, style, sign := wireStatus(s, x)
		r := newRow(w).put(s.Title, "Answer ").put(style, sign+" HTTP "+strconv.Itoa(x.Status))
		if d := duration(x.Duration); d != "" {
			r.put(s.Dim, "  after "+d)
		}
		b.lines = append(b.lines, r.String())
		b.headers(x.ResponseHeaders)
		b.body(x.ResponseBody)
	}
	return b.lines
}

type bodyWriter struct {
	s     theme.Styles
	w     int
	lines []string
}

func (b *bodyWriter) blank() { b.lines = append(b.lines, pad(b.w)) }

func (b *bodyWriter) heading(title, text string) {
	rest := wrap(Clean(text), b.w-len(title)-1)
	for i, t := range rest {
		r := newRow(b.w)
		if i == 0 {
			r.put(b.s.Title, title).gap(1)
		} else {
			r.gap(len(title) + 1)
		}
		b.lines = append(b.lines, r.put(b.s.Text, t).String())
	}
	if len(rest) == 0 {
		b.lines = append(b.lines, newRow(b.w).put(b.s.Title, title).String())
	}
}

// request writes the first lines of a request as HTTP does: the path, then the
// host as a header.
func (b *bodyWriter) request(x flow.Exchange) {
	u, err := url.Parse(x.URL)
	if err != nil || u.Host == "" {
		b.heading("Request", x.Method+" "+x.URL)
		return
	}
	b.heading("Request", x.Method+" "+u.RequestURI())
	b.headers([]flow.Header{{Name: "Host", Value: u.Host}})
}

func (b *bodyWriter) headers(headers []flow.Header) {
	for _, h := range headers {
		b.lines = append(b.lines, newRow(b.w).put(b.s.Dim, Clean(h.Name)+": ").put(b.s.Text, Clean(h.Value)).String())
	}
}

func (b *bodyWriter) body(text string) {
	if strings.TrimSpace(text) == "" {
		return
	}
	b.lines = append(b.lines, jsonLines(b.s, text, b.w)...)
}
