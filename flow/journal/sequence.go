package journal

import (
	"slices"
	"sort"
	"strings"
	"time"

	"layersim/flow"
)

// Lifeline is one of those who take part in a walk.
type Lifeline int

// The lifelines, in the order in which a sequence diagram draws them.
const (
	LifeUser    Lifeline = iota
	LifeClient           // your app on the user's device
	LifeLink             // the Link SDK
	LifeServer           // your server
	LifePlaid            // Plaid's API
	LifeWebhook          // where your server takes webhooks
)

// Lifelines lists every lifeline in its order.
func Lifelines() []Lifeline {
	return []Lifeline{LifeUser, LifeClient, LifeLink, LifeServer, LifePlaid, LifeWebhook}
}

// Name returns what a lifeline is called where there is room.
func (l Lifeline) Name() string {
	return [...]string{"User", "Your client", "Link SDK", "Your server", "Plaid", "Webhooks"}[l]
}

// Short returns the name for narrow columns; it has six letters at the most.
func (l Lifeline) Short() string {
	return [...]string{"User", "Client", "Link", "Server", "Plaid", "Hooks"}[l]
}

// Lives is a set of lifelines.
type Lives uint8

// Has reports whether l is in the set.
func (s Lives) Has(l Lifeline) bool { return s&(1<<l) != 0 }

// List returns the lifelines of the set in their order.
func (s Lives) List() []Lifeline {
	return slices.DeleteFunc(Lifelines(), func(l Lifeline) bool { return !s.Has(l) })
}

// ArrowKind says how an arrow is drawn.
type ArrowKind int

// The kinds of arrow.
const (
	ArrowCall    ArrowKind = iota // somebody asks, tells or calls back
	ArrowAnswer                   // what a call returned
	ArrowNote                     // something about From alone
	ArrowAttempt                  // a new attempt begins: a line across
)

// ArrowMark says what is special about an arrow.
type ArrowMark int

// The marks of an arrow.
const (
	ArrowPlain   ArrowMark = iota
	ArrowRefused           // it changed nothing; the entry's Why gives the reason
	ArrowFailed            // an error was the answer, or nobody answered
)

// Arrow is one line of a sequence diagram.
type Arrow struct {
	Seq      int // of the entry that it tells of; several arrows may tell of one
	Kind     ArrowKind
	Mark     ArrowMark
	From, To Lifeline // equal for a note
	// Label is one masked line without control characters.
	Label string
	At    time.Time // when it reached the app
	// Happened is when it happened, if it was delivered a second or more later.
	Happened time.Time
	// Used is every lifeline that this arrow and those before it need.
	Used Lives
}

// lateAfter is the difference between happening and arriving worth a word:
// Link may hold events back until the end (Plaid docs: Link Web, onEvent).
const lateAfter = time.Second

// Sequence is a walk as a sequence diagram. It grows with the journal and what
// was drawn never changes, so the diagram of an earlier moment is its beginning:
// the first Until(seq) arrows. Make one with NewSequence.
type Sequence struct {
	state   flow.State // after the last entry
	arrows  []Arrow
	entries int
}

// NewSequence returns the empty diagram of a walk that begins in initial.
func NewSequence(initial flow.State) *Sequence { return &Sequence{state: initial} }

// Grow adds the entries of j that are not drawn yet.
func (q *Sequence) Grow(j *Journal) {
	for n := j.Len(); q.entries < n; {
		q.Add(j.At(q.entries))
	}
}

// Add draws the next entry. What the app then calls is not in the entry, but
// follows from it: the core is asked once more what the event meant.
func (q *Sequence) Add(e Entry) {
	before := q.state
	t := flow.Step(before, e.Event)
	q.state = t.Next
	q.entries++
	d := drawing{seq: q, entry: e, before: before}
	if again, ok := e.Event.(flow.StartOverRequested); ok && e.Verdict != flow.Refused {
		d.effects(t.Effects) // the handler that is left is destroyed before
		d.attempt(again, t.Next.Attempt)
		return
	}
	d.event(e.Event)
	d.effects(t.Effects)
}

// Len returns the number of arrows.
func (q *Sequence) Len() int { return len(q.arrows) }

// At returns arrow i, the first being 0.
func (q *Sequence) At(i int) Arrow { return q.arrows[i] }

// Until returns how many arrows tell of the first entries of the journal, seq
// of them.
func (q *Sequence) Until(seq int) int {
	return sort.Search(len(q.arrows), func(i int) bool { return q.arrows[i].Seq > seq })
}

// First returns the first n arrows; they may only be read.
func (q *Sequence) First(n int) []Arrow { return q.arrows[:n:n] }

// drawing is one entry being drawn.
type drawing struct {
	seq    *Sequence
	entry  Entry
	before flow.State
}

func (d *drawing) add(kind ArrowKind, from, to Lifeline, mark ArrowMark, label string) *Arrow {
	used := Lives(1<<from | 1<<to)
	if n := len(d.seq.arrows); n > 0 {
		used |= d.seq.arrows[n-1].Used
	}
	d.seq.arrows = append(d.seq.arrows, Arrow{
		Seq: d.entry.Seq, Kind: kind, Mark: mark, From: from, To: to, Label: strings.TrimSpace(label), At: d.entry.At, Used: used,
	})
	return &d.seq.arrows[len(d.seq.arrows)-1]
}

// mark is that of an arrow which is the event itself.
func (d *drawing) mark() ArrowMark {
	if d.entry.Verdict == flow.Refused {
		return ArrowRefused
	}
	return ArrowPlain
}

// call draws the event itself as an arrow.
func (d *drawing) call(from, to Lifeline, label string) *Arrow {
	return d.add(ArrowCall, from, to, d.mark(), label)
}

// answer draws what a call of the client's returned.
func (d *drawing) answer(from Lifeline, label string) {
	d.add(ArrowAnswer, from, LifeClient, d.mark(), label)
}

func (d *drawing) note(over Lifeline, label string) { d.add(ArrowNote, over, over, d.mark(), label) }

func (d *drawing) attempt(e flow.StartOverRequested, n int) {
	label := "attempt " + itoa(n)
	if e.TemplateID != "" {
		label += ", template " + clean(e.TemplateID)
	}
	if e.Client.Platform != "" {
		label += ", " + clean(e.Client.Label())
	}
	d.add(ArrowAttempt, LifeUser, LifeUser, ArrowPlain, label)
}
