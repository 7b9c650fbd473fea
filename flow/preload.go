package flow

import (
	"fmt"
	"time"
)

// Preload is when the handler of an attempt got how far; zero is not yet. What
// lies between Created and Loaded is spared to the user if it is over before
// Opened (Plaid's Layer guide: create the handler early).
type Preload struct {
	Asked   time.Time // create() was asked for; in a page, that includes opening it
	Created time.Time // create() returned
	Loaded  time.Time // onLoad
	Opened  time.Time // open() was asked for
}

// Sentence says how long preloading took and whether it was over when open()
// was called, "" before onLoad. Plaid's Layer guide asks for an early create()
// for the sake of that.
func (p Preload) Sentence() string {
	if p.Loaded.IsZero() {
		return ""
	}
	head := "Link has preloaded"
	if took, known := p.Took(); known {
		head = "Link preloaded in " + Span(took)
	}
	switch ahead := p.Opened.Sub(p.Loaded); {
	case p.Opened.IsZero():
		return head + "; open() will show it without a wait."
	case ahead < 0:
		return fmt.Sprintf("open() came %s before onLoad: the user waited.", Span(-ahead))
	default:
		return fmt.Sprintf("%s, %s before open(), which then showed it without a wait.", head, Span(ahead))
	}
}

// Brief is Sentence where there is little room: "812 ms, 4.2 s before open()".
func (p Preload) Brief() string {
	if p.Loaded.IsZero() {
		return ""
	}
	brief := "done"
	if took, known := p.Took(); known {
		brief = short(took)
	}
	switch ahead := p.Opened.Sub(p.Loaded); {
	case p.Opened.IsZero():
		return brief
	case ahead < 0:
		return brief + ", " + short(-ahead) + " after open()"
	default:
		return brief + ", " + short(ahead) + " before open()"
	}
}

// Took returns how long Link took to preload, from create() to onLoad; known is
// false before onLoad, and of a page that was loaded anew.
func (p Preload) Took() (took time.Duration, known bool) {
	if p.Loaded.IsZero() || p.Created.IsZero() {
		return 0, false
	}
	// onLoad may overtake the return of create().
	return max(p.Loaded.Sub(p.Created), 0), true
}

// Span says a span as people do: "812 ms", "4.2 s", "3m5s".
func Span(d time.Duration) string {
	switch {
	case d < time.Millisecond:
		return "less than 1 ms"
	case d < time.Second:
		return fmt.Sprintf("%d ms", d.Milliseconds())
	case d < time.Minute:
		return fmt.Sprintf("%.1f s", d.Seconds())
	}
	return d.Round(time.Second).String()
}

// short is Span where there is little room.
func short(d time.Duration) string {
	if d < time.Millisecond {
		return "<1 ms"
	}
	return Span(d)
}
