package lint

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"layersim/flow"
)

// Linter holds what is known of an app so far. Make one with New. It is for one
// goroutine.
type Linter struct {
	where    Where
	findings []Finding
	kept     []uint64 // by rule: the Seq at which it was first kept, 0 if it was not
	reported map[repeat]bool
	waiting  []wait
	last     Observation
	run      int // how often everything was forgotten
	known
	app
}

// repeat is what is reported once.
type repeat struct {
	rule    int
	token   int
	handler string
}

// wait is a mistake that will be one unless something follows.
type wait struct {
	rule  int
	of    Observation
	until time.Time
	// answer says what is to be said when the time has come, or the record ends.
	answer func(ended bool) verdict
}

// New returns a Linter for one kind of record.
func New(where Where) *Linter {
	l := &Linter{where: where, kept: make([]uint64, len(rules)), reported: map[repeat]bool{}}
	l.known, l.app = nothingKnown(), app{asked: newShelf[string, struct{}]()}
	return l
}

// Anew returns a Linter for what comes after everything was forgotten, or after
// a gap. What it has is what the app keeps by itself: the keys that it asked for.
func (l *Linter) Anew(gap bool) *Linter {
	fresh := New(l.where)
	fresh.app, fresh.last = l.app, Observation{Seq: l.last.Seq}
	if gap {
		fresh.miss()
	}
	return fresh
}

// Add takes the next observation and returns what it makes certain.
func (l *Linter) Add(o Observation) []Finding {
	from := len(l.findings)
	if _, gap := o.What.(Gap); gap {
		l.miss()
		return nil
	}
	if l.where == InRecording {
		l.follow(o)
	}
	l.last = o
	if _, reset := o.What.(Reset); reset {
		l.forget(o)
		return nil
	}
	l.due(o.At, false)
	s := l.sceneOf(o)
	for i := range rules {
		if check := rules[i].check; check != nil && rules[i].Seen&l.where != 0 {
			l.book(i, o, check(s))
		}
	}
	l.learn(s)
	return slices.Clone(l.findings[from:])
}

// follow looks at whether an observation of a recording follows the last one:
// records have consecutive numbers, from 1 on.
func (l *Linter) follow(o Observation) {
	switch {
	case o.Seq < l.last.Seq: // another run of the simulator, appended
		l.forget(Observation{})
		l.partial = l.partial || o.Seq > 1
	case o.Seq > l.last.Seq+1: // some were left out, such as those before a reset
		l.partial = true
	}
}

// Until says that it is t now and nothing else has happened, and returns what
// that makes certain.
func (l *Linter) Until(t time.Time) []Finding {
	from := len(l.findings)
	l.due(t, false)
	return slices.Clone(l.findings[from:])
}

// Overdue reports whether something that was waited for should have followed by
// t: Until may then have something to say.
func (l *Linter) Overdue(t time.Time) bool {
	return slices.ContainsFunc(l.waiting, func(w wait) bool { return !t.Before(w.until) })
}

// Finish says that the record ends here, and returns what that makes certain:
// what has not followed by now is taken not to follow.
func (l *Linter) Finish() []Finding {
	from := len(l.findings)
	l.due(time.Time{}, true)
	return slices.Clone(l.findings[from:])
}

// Findings returns all there are, in the order in which they became certain.
func (l *Linter) Findings() []Finding { return l.findings }

// Checks says how every rule stood after the entry with this Seq, in the order
// of the table. Rules that cannot be seen in this kind of record are Untested.
func (l *Linter) Checks(after uint64) []Check {
	checks := make([]Check, len(rules))
	for i := range rules {
		checks[i].Rule = &rules[i]
		if l.kept[i] != 0 && l.kept[i] <= after {
			checks[i].Standing = Kept
		}
	}
	for _, f := range l.findings {
		if f.Known <= after {
			i := ruleIndex(f.Rule)
			checks[i].Standing = Broken
			checks[i].Findings++
		}
	}
	return checks
}

// due looks at what has been waited for until t, or at all of it.
func (l *Linter) due(t time.Time, ended bool) {
	for i := 0; i < len(l.waiting); {
		w := l.waiting[i]
		if !ended && t.Before(w.until) {
			i++
			continue
		}
		l.waiting = slices.Delete(l.waiting, i, i+1)
		l.book(w.rule, w.of, w.answer(ended))
	}
}

// await asks again about a rule at a later time.
func (l *Linter) await(id string, of Observation, until time.Time, answer func(ended bool) verdict) {
	if len(l.waiting) >= mostWaiting {
		l.waiting = slices.Delete(l.waiting, 0, 1)
	}
	l.waiting = append(l.waiting, wait{ruleIndex(id), of, until, answer})
}

// verdict is what a rule says of an observation. The zero verdict says nothing.
type verdict struct {
	standing Standing
	severity Severity // "" for that of the rule
	what     string
	of       *Observation // what is to blame, if not the observation at hand
}

func kept() verdict { return verdict{standing: Kept} }

func broken(format string, args ...any) verdict {
	return verdict{standing: Broken, what: fmt.Sprintf(format, args...)}
}

// risky is broken for what is likely, or not documented.
func risky(format string, args ...any) verdict {
	v := broken(format, args...)
	v.severity = Risky
	return v
}

// because blames an earlier observation.
func (v verdict) because(o Observation) verdict {
	v.of = &o
	return v
}

// book keeps what a rule said. One mistake is reported once for each handler.
func (l *Linter) book(i int, o Observation, v verdict) {
	switch v.standing {
	case Kept:
		if l.kept[i] == 0 {
			l.kept[i] = cmp.Or(l.last.Seq, o.Seq)
		}
		return
	case Untested:
		return
	}
	if v.of != nil {
		o = *v.of
	}
	once := repeat{i, o.Token, o.Handler}
	if l.reported[once] || len(l.findings) >= mostFindings {
		return
	}
	l.reported[once] = true
	r := &rules[i]
	l.findings = append(l.findings, Finding{
		Rule: r.ID, Title: r.Fault, Severity: cmp.Or(v.severity, r.Severity), Seq: o.Seq, At: o.At, Known: max(o.Seq, l.last.Seq), Run: l.run, Token: o.Token, Handler: o.Handler,
		What: flow.CleanLine(flow.RedactText(v.what), longestWhat), Why: r.Why, Fix: r.Fix, Source: r.Source,
	})
}

// What is kept at most, for an app that is watched for days.
const (
	mostFindings = 10_000
	mostWaiting  = 5_000
	longestWhat  = 600
)
