package scenario

import (
	"cmp"
	"fmt"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"layersim/fixtures"
	"layersim/fixtures/document"
	"layersim/flow"
	"layersim/flow/journal"
	"layersim/flow/sdk"
)

// FromRecording writes down a walk that was recorded: what was done becomes
// steps, what was seen becomes expectations. A recording has its private values
// masked; they are found again by what came of them: a code that was refused was
// a wrong one, a field that Plaid counts as edited was edited. left says, in
// sentences for people, what could not be carried over.
//
// The scenario plays in front of a simulated Plaid. Of a recording of the real
// one it keeps what the two have in common; see [Fit].
func FromRecording(r journal.Recording, catalog *fixtures.Catalog) (sc Scenario, left []string, err error) {
	entries, initial, err := journal.Replay(r)
	if err != nil {
		return Scenario{}, nil, err
	}
	m := &maker{
		recording: r, catalog: catalog, entries: entries, journal: journal.Load(initial, entries), live: r.Header.Mode == journal.ModeLive,
		questions: map[flow.CallID]flow.Question{}, paneOf: map[int]flow.Pane{},
	}
	m.begin()
	m.index()
	for _, c := range m.chunks() {
		m.chunk(c)
	}
	m.end()
	if len(m.sc.Steps) == 0 {
		m.leave("Nothing was done in this recording.")
		m.add(ExpectPhase{Phase: flow.PhaseToken})
	}
	if len(m.sc.Steps) > MaxSteps {
		m.sc.Steps = m.sc.Steps[:MaxSteps]
		m.leave("The walk is longer than %d steps; the rest was left out.", MaxSteps)
	}
	return m.sc, m.left, nil
}

// maker writes one scenario.
type maker struct {
	recording journal.Recording
	catalog   *fixtures.Catalog
	entries   []journal.Entry
	journal   *journal.Journal
	live      bool

	questions map[flow.CallID]flow.Question // asked so far, and later
	asked     []asked
	paneOf    map[int]flow.Pane // what Link showed before entry i, where something is done in it

	sc      Scenario
	left    []string
	persona fixtures.Persona // whose number was submitted last
	phase   flow.Phase       // expected last
	outcome string           // of a mistake, expected last
	offset  time.Duration    // by which the clock of Plaid is ahead
	events  int              // entries whose events were expected
	form    madeForm
	attempt int // the step that this attempt begins with
	held    int // the entry with an event that a fault holds back, 0 for none
}

func (m *maker) add(d Deed) { m.sc.Steps = append(m.sc.Steps, Step{Do: d}) }

func (m *maker) leave(format string, args ...any) {
	s := fmt.Sprintf(format, args...)
	for _, said := range m.left {
		if said == s {
			return
		}
	}
	m.left = append(m.left, s)
}

// begin writes the setting.
func (m *maker) begin() {
	h := m.recording.Header
	m.sc = Scenario{
		Name: nameFor(m.recording.Name), Title: "A walk that was recorded on " + h.Started.UTC().Format(time.DateOnly), Persona: DefaultPersona, Template: DefaultTemplate,
		Platform: defaultPlatform, Seed: defaultSeed, Clock: h.Started.UTC(), Delivery: defaultDelivery,
	}
	if p, ok := m.catalog.Persona(cmp.Or(h.Persona, m.firstNumber())); ok {
		m.sc.Persona = p.Name
	} else if who := cmp.Or(h.Persona, m.firstNumber()); who != "" {
		m.leave("The walk was that of %s, who is not in the fixtures; here it is %s.", document.Quote(who), m.sc.Persona)
	}
	m.persona, _ = m.catalog.Persona(m.sc.Persona)
	if t, ok := m.catalog.Template(cmp.Or(h.Template, h.TemplateID)); ok {
		m.sc.Template = t.Name
	} else if t, ok := m.catalog.Template(h.TemplateID); ok {
		m.sc.Template = t.Name
	} else {
		m.leave("The template %s is not in the fixtures; here it is %s, which may ask for something else.", document.Quote(h.TemplateID), m.sc.Template)
	}
	if _, ok := sdk.Find(h.Platform); ok {
		m.sc.Platform = h.Platform
		if h.SDKVersion != sdk.Latest {
			m.sc.SDKVersion = h.SDKVersion
		}
	}
	if seed, err := strconv.ParseUint(h.Seed, 10, 64); err == nil {
		m.sc.Seed = seed
	}
	for _, d := range deliveries {
		if d == h.Delivery {
			m.sc.Delivery = d
		}
	}
	if m.live {
		m.leave("This walk ran against Plaid itself. The scenario plays in front of the simulated one: identity and accounts are the persona's, and of the events those are expected that decide something.")
	}
	m.phase = flow.PhaseToken
}

// firstNumber is the persona whose number was submitted first, if the recording
// says so.
func (m *maker) firstNumber() string {
	for _, e := range m.recording.Entries {
		if e.TestNumber != "" {
			return e.TestNumber
		}
	}
	return ""
}

// nameFor makes the name of a scenario of the name of a recording's file.
func nameFor(file string) string {
	base, _, _ := strings.Cut(filepath.Base(file), ".")
	name := strings.Trim(strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9', r == '-':
			return r
		case r >= 'A' && r <= 'Z':
			return r + 'a' - 'A'
		}
		return '-'
	}, base), "-")
	if name = name[:min(len(name), 40)]; name == "" {
		return "recorded"
	}
	return name
}

// asked is a call that was answered: the entry that asked and the one that
// answered.
type asked struct{ from, to int }

// underWay reports whether a call of this chunk had not been answered yet when
// entry i was made: its step was not over.
func (m *maker) underWay(c chunk, i int) bool {
	return slices.ContainsFunc(m.asked, func(a asked) bool { return c.from <= a.from && a.from < i && i < a.to && a.to < c.to })
}

// index finds out which question each answer belongs to, and what Link showed.
func (m *maker) index() {
	var shown flow.Pane
	at := map[flow.CallID]int{}
	for i, e := range m.entries {
		for _, effect := range e.Effects {
			if q, ok := effect.(flow.Question); ok {
				m.questions[q.CallID()] = q
				at[q.CallID()] = i
			}
		}
		if from, ok := at[callOf(e.Event)]; ok {
			m.asked = append(m.asked, asked{from, i})
		}
		switch event := e.Event.(type) {
		case flow.PaneShown:
			shown = event.Pane
		case flow.StartOverRequested:
			shown = flow.Pane{}
		case flow.LinkActed:
			m.paneOf[i] = shown
		}
	}
}

// chunk is something that was done, the entry from, and what came of it, up to
// the entry before to.
type chunk struct {
	from, to int
	// waited is the first entry that came only after a while, to if there is none.
	waited int
}

// isDeed reports whether somebody did something in entry i.
func (m *maker) isDeed(i int) bool {
	switch e := m.entries[i].Event.(type) {
	case flow.LinkTokenRequested, flow.HandlerRequested, flow.PhoneNumberEntered, flow.DateOfBirthEntered, flow.AutofillDeclined,
		flow.OpenRequested, flow.ExitRequested, flow.RetryRequested, flow.StartOverRequested, flow.SignUpSubmitted, flow.DoWrong:
		return true
	case flow.LinkActed:
		return m.paneOf[i].Auto == "" || m.paneOf[i].Auto != e.Action.Kind
	case flow.ExchangeRecorded:
		return m.byHand(i)
	case flow.WebhookReceived:
		return m.sentAgain(i)
	}
	return false
}

// sentAgain reports whether a webhook came once more because somebody wanted it:
// not together with anything else.
func (m *maker) sentAgain(i int) bool {
	w := m.entries[i].Event.(flow.WebhookReceived)
	return !m.live && w.Delivery > 1 && i > 0 && m.entries[i].At.Sub(m.entries[i-1].At) >= betweenDeeds/2
}

// A pause is longer than what Link does by itself takes.
const pause = 2 * time.Second

// chunks takes the walk apart. What came before anything was done belongs to no
// chunk.
func (m *maker) chunks() []chunk {
	var list []chunk
	for i := range m.entries {
		if m.isDeed(i) {
			if n := len(list); n > 0 {
				list[n-1].to = i
			}
			list = append(list, chunk{from: i, to: len(m.entries)})
		}
	}
	for k := range list {
		c := &list[k]
		c.waited = c.to
		if _, opens := m.entries[c.from].Event.(flow.OpenRequested); m.live || opens && m.inPage(*c) {
			continue // somebody acts elsewhere, at leisure
		}
		for i := c.from + 1; i < c.to && c.waited == c.to; i++ {
			if m.entries[i].At.Sub(m.entries[i-1].At) >= pause && comesByItself(m.entries[i].Event) && !m.underWay(*c, i) {
				c.waited = i
			}
		}
	}
	return list
}

// comesByItself reports whether an event is no answer to a call that took long.
func comesByItself(e flow.Event) bool {
	switch e := e.(type) {
	case flow.ExchangeRecorded: // a webhook that was sent again is checked
		return pathIn(e.Exchange) == webhookKey
	case flow.OnEvent, flow.OnSuccess, flow.OnExit, flow.WebhookReceived, flow.TimerFired:
		return true
	}
	return false
}

// chunk writes what was done, what was seen at once, and what was seen after a
// while.
func (m *maker) chunk(c chunk) {
	if m.held > 0 && m.held < c.to {
		m.add(Heal{})
		m.held = 0
	}
	m.clocks(c)
	m.faults(c)
	m.misdeliveries(c)
	if _, over := m.entries[c.from].Event.(flow.StartOverRequested); over && m.entries[c.from].Verdict != flow.Refused {
		m.endOfAttempt(c.from)
		m.attempt = len(m.sc.Steps) + 1
	}
	before := len(m.sc.Steps)
	m.deed(c)
	if len(m.sc.Steps) > before && m.entries[c.from].Verdict == flow.Refused {
		m.add(ExpectRefused{Why: part(m.entries[c.from].Why)})
	}
	m.expect(c.from, c.waited)
	m.waits(c)
}

// waits lets the time pass that passed before something else was done, if it
// mattered.
func (m *maker) waits(c chunk) {
	last := m.entries[c.waited-1].At
	until := m.entries[c.to-1].At
	if c.to < len(m.entries) {
		until = m.entries[c.to].At
	}
	passed := until.Sub(last)
	const matters = 5 * time.Minute // tokens and codes live longer
	switch {
	case m.live && passed < matters, c.waited == c.to && passed < matters:
		return
	case c.to < len(m.entries):
		passed -= betweenDeeds
	}
	if passed = passed.Round(time.Millisecond); passed <= 0 {
		return
	}
	m.add(Wait{For: min(passed, longest)})
	m.expect(c.waited, c.to)
}

// part is a text that can be looked for: without what differs from walk to walk.
func part(text string) string {
	text = strings.TrimSpace(text)
	if i := strings.IndexAny(text, "•0123456789\n"); i >= 0 {
		text = strings.TrimSpace(text[:i])
	}
	if r := []rune(text); len(r) > 120 {
		text = strings.TrimSpace(string(r[:120]))
	}
	return text
}
