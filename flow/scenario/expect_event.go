package scenario

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"layersim/flow"
)

// The callbacks that are no events, as a scenario names them.
const (
	onLoad    = "onLoad"
	onSuccess = "onSuccess"
	onExit    = "onExit"
)

// callback is something that Link called back.
type callback struct {
	seq              int
	name, view, code string
	status           string // of onExit
	happened         time.Time
	step             int // in which it came
}

// String names it as "expect events" does.
func (c callback) String() string {
	switch {
	case c.view != "":
		return c.name + ":" + c.view
	case c.code != "":
		return c.name + ":" + c.code
	}
	return c.name
}

// callbacks are all that came, in the order in which they happened.
func (p *Player) callbacks() []callback {
	var list []callback
	var latest time.Time
	for _, e := range p.journal.Entries() {
		c := callback{seq: e.Seq, happened: e.At, step: p.stepOf(e.Seq)}
		switch e := e.Event.(type) {
		case flow.OnLoad:
			c.name = onLoad
		case flow.OnEvent:
			c.name, c.view, c.code = e.Name, e.Metadata.ViewName, e.Metadata.ErrorCode
			if !e.Metadata.Timestamp.IsZero() {
				c.happened = e.Metadata.Timestamp
			}
		case flow.OnSuccess:
			c.name = onSuccess
		case flow.OnExit:
			c.name, c.code, c.status = onExit, e.Failure.Code, e.Metadata.ExitStatus
		default:
			continue
		}
		if c.name == onLoad || c.name == onSuccess || c.name == onExit { // they do not tell, and come when they happen
			if c.happened.Before(latest) {
				c.happened = latest
			}
		}
		if c.happened.After(latest) {
			latest = c.happened
		}
		list = append(list, c)
	}
	slices.SortStableFunc(list, func(a, b callback) int { return a.happened.Compare(b.happened) })
	return list
}

// stepOf is the step during which an entry was made.
func (p *Player) stepOf(seq int) int {
	for i := len(p.begun) - 1; i >= 0; i-- {
		if seq > p.begun[i] {
			return i
		}
	}
	return 0
}

// timing is when a callback reached the app.
func (p *Player) timing(c callback, all []callback) Timing {
	switch c.name {
	case flow.EventOpen, flow.EventLayerReady, flow.EventLayerNotAvailable, flow.EventLayerAutofillUnavailable:
		// They come at once, also where Link is over with them.
		if first := p.journal.At(p.begun[c.step]).At; !c.happened.Before(first) {
			return TimingLive
		}
	}
	for _, end := range all {
		if (end.name == onSuccess || end.name == onExit) && end.seq >= c.seq && end.step == c.step {
			return TimingHeld
		}
	}
	return TimingLive
}

func (d ExpectEvent) String() string {
	c := callback{name: d.Name, view: d.View, code: d.ErrorCode}
	return c.String()
}

func (p *Player) expectEvent(d ExpectEvent) *Failure {
	all := p.callbacks()
	expected := d.String()
	if d.Status != "" {
		expected += " with status " + d.Status
	}
	if d.Timing != "" {
		expected += map[Timing]string{TimingLive: " before Link was over", TimingHeld: " together with onSuccess or onExit"}[d.Timing]
	}
	fits := func(c callback) bool {
		return c.name == d.Name && (d.View == "" || c.view == d.View) && (d.ErrorCode == "" || c.code == d.ErrorCode) &&
			(d.Status == "" || c.status == d.Status) &&
			(d.Timing == "" || p.timing(c, all) == d.Timing)
	}
	if d.Missing {
		from := p.attempt()
		if i := slices.IndexFunc(all, func(c callback) bool { return c.seq > from && fits(c) }); i >= 0 {
			return &Failure{Expected: "no " + expected, Got: fmt.Sprintf("it came, in entry %d", all[i].seq)}
		}
		return nil
	}
	from := p.attempt()
	all = slices.DeleteFunc(all, func(c callback) bool { return c.seq <= from })
	rest := all[slices.IndexFunc(all, func(c callback) bool { return c.seq == p.looked.event })+1:]
	var found []callback
	for _, c := range rest {
		if fits(c) {
			found = append(found, c)
		}
	}
	switch {
	case d.Times > 0 && len(found) != d.Times:
		return &Failure{Expected: fmt.Sprintf("%s %s", expected, timesOver(d.Times)), Got: fmt.Sprintf("it came %s; %s", timesOver(len(found)), p.came(rest, all))}
	case len(found) == 0:
		return &Failure{Expected: expected, Got: p.came(rest, all)}
	case d.Times > 0:
		p.looked.event = found[len(found)-1].seq
	default:
		p.looked.event = found[0].seq
	}
	return nil
}

func timesOver(n int) string {
	if n == 1 {
		return "once"
	}
	return fmt.Sprintf("%d times", n)
}

// came says what there was instead.
func (p *Player) came(rest, all []callback) string {
	since := ""
	if len(rest) < len(all) {
		since = " since " + all[len(all)-len(rest)-1].String()
	}
	if len(rest) == 0 {
		return "no callback came" + since
	}
	list := make([]string, len(rest))
	for i, c := range rest {
		list[i] = c.String() + map[Timing]string{TimingHeld: " (held)"}[p.timing(c, all)]
	}
	return "there came" + since + ": " + strings.Join(list, ", ")
}

// expectEvents compares names; a name without a view or an error stands for any.
// The callbacks that are no events count if one of that name is listed.
func (p *Player) expectEvents(d ExpectEvents) *Failure {
	var got []callback
	for _, c := range p.callbacks() {
		special := c.name == onLoad || c.name == onSuccess || c.name == onExit
		if c.seq <= p.looked.events || special && !slices.ContainsFunc(d.Names, func(n string) bool { return nameOf(n) == c.name }) {
			continue
		}
		got = append(got, c)
	}
	p.looked.events = p.journal.Len()
	same := len(got) == len(d.Names)
	for i := 0; same && i < len(got); i++ {
		same = d.Names[i] == got[i].String() || d.Names[i] == got[i].name
	}
	if same {
		return nil
	}
	list := make([]string, len(got))
	for i, c := range got {
		list[i] = c.String()
	}
	return &Failure{Expected: orNothing(strings.Join(d.Names, ", "), "no event"), Got: orNothing(strings.Join(list, ", "), "no event")}
}

func nameOf(s string) string {
	name, _, _ := strings.Cut(s, ":")
	return name
}
