package drift

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"layersim/flow"
)

// mostCompared is how many events, or calls, of an attempt are compared; a walk
// by hand has a few dozen.
const mostCompared = 1000

// Options say what about the recordings matters to a comparison.
type Options struct {
	// AllAtOnce: the simulator told everything at once, for teaching, so that
	// delivery says nothing.
	AllAtOnce bool
	// NoWebhooks: no receiver stood ready for live webhooks.
	NoWebhooks bool
}

// Compare compares two walks attempt by attempt.
func Compare(live, simulated []Walk, o Options) Report {
	r := Report{Differences: []Difference{}}
	both := min(len(live), len(simulated))
	if len(live) != len(simulated) {
		r.note("The live recording has %s and the simulator's %s; what has no counterpart is not compared.", attempts(len(live)), attempts(len(simulated)))
	}
	for i := range both {
		if why := incomparable(live[i], simulated[i]); why != "" {
			r.note("Attempt %d is not compared: %s", i+1, why)
			continue
		}
		r.Compared.Attempts++
		c := comparison{report: &r, attempt: i + 1, live: live[i], sim: simulated[i], Options: o}
		c.part()
		c.handler()
		c.calls()
		c.events()
		if !c.parted {
			c.ends()
			c.webhooks()
		}
	}
	slices.SortStableFunc(r.Differences, func(a, b Difference) int {
		return cmp.Or(cmp.Compare(a.Attempt, b.Attempt), cmp.Compare(slices.Index(steps, a.Step), slices.Index(steps, b.Step)))
	})
	return r
}

// incomparable says why two attempts cannot be the same walk, "" if they can.
func incomparable(live, sim Walk) string {
	switch {
	case live.Mistake != sim.Mistake:
		return "mistakes were made on purpose in it (" + or(line(strings.Trim(live.Mistake+", "+sim.Mistake, ", ")), none) + "), and they are not made again."
	case live.Reloaded || sim.Reloaded:
		return "the page was loaded again while Link was open in it, so Link began once more in the middle."
	}
	return ""
}

func attempts(n int) string {
	if n == 1 {
		return "1 attempt"
	}
	return fmt.Sprintf("%d attempts", n)
}

// comparison is of one attempt.
type comparison struct {
	Options
	report    *Report
	attempt   int
	live, sim Walk
	// parted: from some point on the two are different walks. endsOtherwise: only
	// how Link ended is different.
	parted, endsOtherwise bool
}

func (c *comparison) add(d Difference) {
	d.Attempt = c.attempt
	d.Settles = settles(d, c.live)
	c.report.Differences = append(c.report.Differences, d)
}

// part cuts off what comes after the two sides were told otherwise whether Layer
// is available: from there on they are different walks, and only that they part
// is a finding.
func (c *comparison) part() {
	live, sim := verdicts(c.live.Events), verdicts(c.sim.Events)
	for i := range min(len(live), len(sim)) {
		l, s := live[i], sim[i]
		if c.live.Events[l].Name == c.sim.Events[s].Name {
			continue
		}
		c.parted = true
		c.report.Parted++
		c.live.Events, c.sim.Events = c.live.Events[:l+1], c.sim.Events[:s+1]
		c.report.note("In attempt %d Layer answered otherwise, so the walks part there and what follows is not compared.", c.attempt)
		return
	}
	// Link may also end otherwise, and then another call follows.
	for i := range min(len(c.live.Ends), len(c.sim.Ends)) {
		c.endsOtherwise = c.endsOtherwise || c.live.Ends[i].Success != c.sim.Ends[i].Success
	}
}

// verdicts are the places of the LAYER_* events that say whether Layer is
// available.
func verdicts(events []Event) []int {
	var out []int
	for i, e := range events {
		switch e.Name {
		case flow.EventLayerReady, flow.EventLayerNotAvailable, flow.EventLayerAutofillUnavailable:
			out = append(out, i)
		}
	}
	return out
}

const (
	nothing = "nothing"
	none    = "none"
)

func (c *comparison) handler() {
	if c.live.LinkTrouble != "" {
		c.report.note("In attempt %d a call of Link failed in this program (%s); what would have followed cannot be compared.", c.attempt, line(c.live.LinkTrouble))
	}
	if c.live.Mistake != "" {
		c.report.note("In attempt %d a mistake was made on purpose (%s).", c.attempt, line(c.live.Mistake))
	}
	came := map[bool]string{true: "came", false: "never came"}
	if c.live.Loaded != c.sim.Loaded {
		c.add(Difference{Step: StepHandler, Topic: TopicEvent, Where: "onLoad", Live: came[c.live.Loaded], Sim: came[c.sim.Loaded]})
	}
}

// events compares which events came, in which order they happened, when the app
// was told and what they carried.
func (c *comparison) events() {
	live, sim := c.cut(c.live.Events, "live"), c.cut(c.sim.Events, "simulated")
	c.report.Compared.Events += len(live)
	live, sim = reordered(live, settleTies(keysOf(live), keysOf(sim))), reordered(sim, settleTies(keysOf(sim), keysOf(live)))
	pairs, moved := align(keysOf(live), keysOf(sim))
	shapes := newGathered()
	delivered := newGathered()
	for _, p := range pairs {
		switch {
		case p.sim < 0:
			c.add(Difference{Step: live[p.live].step(), Topic: TopicEvent, Where: live[p.live].label(), Live: "sent it " + after(live, p.live), Sim: "does not send it"})
		case p.live < 0:
			c.add(Difference{Step: sim[p.sim].step(), Topic: TopicEvent, Where: sim[p.sim].label(), Live: "did not send it", Sim: "sends it " + after(sim, p.sim)})
		case live[p.live].Name != sim[p.sim].Name:
			c.add(Difference{Step: sim[p.sim].step(), Topic: TopicEvent, Where: place(sim, p.sim), Live: live[p.live].label(), Sim: sim[p.sim].label()})
		default:
			c.sameEvent(live[p.live], sim[p.sim], shapes, delivered)
		}
	}
	for _, p := range moved {
		c.add(Difference{Step: sim[p.sim].step(), Topic: TopicOrder, Where: sim[p.sim].label(), Live: "happened " + after(live, p.live), Sim: "happens " + after(sim, p.sim)})
		c.sameEvent(live[p.live], sim[p.sim], shapes, delivered)
	}
	for _, g := range shapes.all {
		c.add(Difference{Step: g.step, Topic: TopicMetadata, Where: fmt.Sprintf("metadata.%s of %s", g.what, g.events()), Live: g.live, Sim: g.sim})
	}
	for _, g := range delivered.all {
		c.add(Difference{Step: g.step, Topic: TopicTold, Where: g.events(), Live: g.live, Sim: g.sim})
	}
}

// cut takes as many events as are compared.
func (c *comparison) cut(events []Event, side string) []Event {
	if len(events) > mostCompared {
		c.report.note("Of the %d %s events of attempt %d, the first %d are compared.", len(events), side, c.attempt, mostCompared)
		events = events[:mostCompared]
	}
	return events
}

// words are the keys of metadata whose values are words of Plaid's.
var words = []string{"view_name", "error_type", "error_code", "exit_status", "mfa_type"}

// sameEvent compares what an event carried, and when the app was told.
func (c *comparison) sameEvent(live, sim Event, shapes, delivered *gathered) {
	for _, key := range words {
		l, isText := live.Metadata[key].(string)
		s, too := sim.Metadata[key].(string)
		if isText && too && l != s {
			c.add(Difference{Step: sim.step(), Topic: TopicMetadata, Where: "metadata." + key + " of " + sim.label(), Live: line(l), Sim: line(s)})
		}
	}
	var l, s shape
	l.add(live.raw)
	s.add(sim.raw)
	if l.kinds != s.kinds {
		shapes.add(sim, "(the whole object)", l.kinds.String(), s.kinds.String())
	}
	for _, x := range contrasts(&l, &s, "") {
		shapes.add(sim, line(x.path), x.live.String(), x.sim.String())
	}
	if live.told != toldUnknown && sim.told != toldUnknown && live.told != sim.told && !c.AllAtOnce {
		delivered.add(sim, "", live.told.String(), sim.told.String())
	}
}

// step says where in Layer an event belongs.
func (e Event) step() Step {
	switch {
	case !strings.HasPrefix(e.Name, "LAYER_"):
		return StepLink
	case e.afterDOB:
		return StepBirth
	}
	return StepPhone
}

func keysOf(events []Event) []keyed {
	out := make([]keyed, 0, len(events))
	for _, e := range events {
		out = append(out, keyed{name: e.Name, key: e.Name + "\n" + e.View + "\n" + e.Code, tie: e.happened.UnixMilli()})
	}
	return out
}

func reordered[T any](things []T, order []int) []T {
	out := make([]T, 0, len(things))
	for _, i := range order {
		out = append(out, things[i])
	}
	return out
}

// after says behind what an event of a sequence happened.
func after(events []Event, i int) string {
	if i == 0 {
		return "first"
	}
	return "after " + events[i-1].label()
}

// place names an event that goes by two names.
func place(events []Event, i int) string {
	if i == 0 {
		return "the first event"
	}
	return "the event " + after(events, i)
}

// gathered are differences that several events have in common.
type gathered struct {
	all   []*group
	known map[[3]string]*group
}

type group struct {
	what, live, sim string
	step            Step
	labels          []string
	times           map[string]int
}

func newGathered() *gathered { return &gathered{known: map[[3]string]*group{}} }

func (g *gathered) add(e Event, what, live, sim string) {
	key := [3]string{what, live, sim}
	in := g.known[key]
	if in == nil {
		in = &group{what: what, live: live, sim: sim, step: e.step(), times: map[string]int{}}
		g.known[key] = in
		g.all = append(g.all, in)
	}
	label := e.label()
	if in.times[label]++; in.times[label] == 1 {
		in.labels = append(in.labels, label)
	}
}

// events lists the events of a group, in the order in which they happened.
func (g *group) events() string {
	var names []string
	for _, label := range g.labels {
		if n := g.times[label]; n > 1 {
			label += fmt.Sprintf(" (%d times)", n)
		}
		names = append(names, label)
	}
	return strings.Join(names, ", ")
}

// ends compares onSuccess and onExit.
func (c *comparison) ends() {
	for i := range max(len(c.live.Ends), len(c.sim.Ends)) {
		l, s := endAt(c.live.Ends, i), endAt(c.sim.Ends, i)
		name := s.name()
		if l.name() != name {
			c.add(Difference{Step: StepEnd, Topic: TopicEvent, Where: "the end of Link", Live: l.name(), Sim: name})
			continue
		}
		if l.ErrorType != s.ErrorType || l.ErrorCode != s.ErrorCode {
			c.add(Difference{Step: StepEnd, Topic: TopicError, Where: "error of onExit", Live: l.failure(), Sim: s.failure()})
		}
		if l.ErrorCode != "" && s.ErrorCode != "" {
			c.failuresOf(l, s)
		}
		if name != nothing {
			c.metadataOf(name, l, s)
		}
	}
}

// failuresOf compares which keys the error of onExit has. What its sentences say
// is free.
func (c *comparison) failuresOf(live, sim End) {
	var l, s shape
	l.add(live.trouble)
	s.add(sim.trouble)
	for _, x := range contrasts(&l, &s, "") {
		c.add(Difference{Step: StepEnd, Topic: TopicError, Where: "error." + line(x.path) + " of onExit", Live: x.live.String(), Sim: x.sim.String()})
	}
}

func (c *comparison) metadataOf(name string, live, sim End) {
	var l, s shape
	l.add(live.Metadata)
	s.add(sim.Metadata)
	if l.whole() != s.whole() {
		c.add(Difference{Step: StepEnd, Topic: TopicMetadata, Where: "metadata (the whole object) of " + name, Live: l.whole().String(), Sim: s.whole().String()})
	}
	for _, x := range contrasts(&l, &s, "") {
		c.add(Difference{Step: StepEnd, Topic: TopicMetadata, Where: "metadata." + line(x.path) + " of " + name, Live: x.live.String(), Sim: x.sim.String()})
	}
	if a, b := wordIn(live.Metadata, "status"), wordIn(sim.Metadata, "status"); a != "" && b != "" && a != b {
		c.add(Difference{Step: StepEnd, Topic: TopicMetadata, Where: "metadata.status of " + name, Live: line(a), Sim: line(b)})
	}
}

func endAt(ends []End, i int) End {
	if i < len(ends) {
		return ends[i]
	}
	return End{seq: -1}
}

func (e End) name() string {
	switch {
	case e.seq < 0:
		return nothing
	case e.Success:
		return "onSuccess"
	}
	return "onExit"
}

func (e End) failure() string {
	if e.ErrorType == "" && e.ErrorCode == "" {
		return none
	}
	return line(strings.Trim(e.ErrorType+" / "+e.ErrorCode, " /"))
}
