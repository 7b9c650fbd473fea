package tui

import (
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"layersim/fixtures"
	"layersim/flow"
	"layersim/flow/sdk"
	"layersim/tui/pane"
)

// The menu of mistakes: the app does something wrong on purpose, and what
// follows is what Link and Plaid really make of it.

// wrongMenu is the open menu.
type wrongMenu struct {
	order  []flow.WrongID // as they stood when it was opened
	cursor int
}

// openWrong opens the menu: what can be done now comes first. The cursor stands
// on the mistake that was just made, so that what came of it can be read.
func (m *Model) openWrong() {
	m.overlay = inWrong
	rows := m.wrongRows(nil)
	slices.SortStableFunc(rows, func(a, b pane.WrongRow) int { return rank(a) - rank(b) })
	m.wrong = wrongMenu{}
	for i, r := range rows {
		m.wrong.order = append(m.wrong.order, r.ID)
		if r.Done {
			m.wrong.cursor = i
		}
	}
}

func rank(r pane.WrongRow) int {
	if r.Obstacle != "" {
		return 1
	}
	return 0
}

// wrongRows are the mistakes in this order, nil for that of a walk.
func (m *Model) wrongRows(order []flow.WrongID) []pane.WrongRow {
	if order == nil {
		for _, w := range flow.Wrongs() {
			order = append(order, w.ID)
		}
	}
	names := m.state.Config.Client.Words()
	rows := make([]pane.WrongRow, 0, len(order))
	for _, id := range order {
		w, _ := id.Wrong()
		obstacle := m.wrongObstacle(w)
		for _, text := range []*string{&w.Title, &w.Does, &w.Watch, &w.Right} {
			*text = pane.EventsInWords(*text, names)
		}
		r := pane.WrongRow{Wrong: w, Obstacle: obstacle, Done: m.state.Mistake.Wrong == id}
		if r.Done {
			r.Outcome, r.Trials = m.state.Mistake.Outcome, m.state.Mistake.Trials
		}
		rows = append(rows, r)
	}
	return rows
}

// wrongObstacle says why a mistake cannot be committed now, "" if it can.
func (m *Model) wrongObstacle(w flow.Wrong) string {
	switch {
	case w.SimulatedOnly && m.opts.Live:
		return "with the simulated Plaid only" // no sentence of ours says what Plaid would do
	case w.ID == flow.WrongAutofillNeedsAccounts && m.needyTemplate() == nil:
		return "there is no template whose accounts are required"
	case w.ID == flow.WrongSDKTooOld && sdk.BeforeLayer(m.state.Config.Client.Platform).Platform == "":
		return "every version of this SDK knows Layer"
	}
	if w.Phases != nil && !slices.Contains(w.Phases, m.state.Phase) {
		return "at " + phaseNames(w.Phases)
	}
	return w.Obstacle(m.state)
}

// phaseNames lists phases as the bar of steps calls them.
func phaseNames(phases []flow.Phase) string {
	names := make([]string, len(phases))
	for i, p := range phases {
		names[i] = pane.PhaseName(p)
		if p == flow.PhasePhone {
			names[i] = "Phone number" // what the user is asked for, as for the date of birth
		}
	}
	if last := len(names) - 1; last > 0 {
		return strings.Join(names[:last], ", ") + " or " + names[last]
	}
	return strings.Join(names, "")
}

func (m *Model) scrollWrong(a action) {
	m.wrong.cursor = moved(a, m.wrong.cursor, len(m.wrong.order), pane.WrongPage(pane.Frame{Height: m.layout.overlay().h}))
}

func (m *Model) drawWrong(f pane.Frame) (title, body string) {
	return "Do it wrong, and see what follows", pane.WrongMenu(f, m.wrongRows(m.wrong.order), m.wrong.cursor)
}

// commitWrong commits the mistake under the cursor.
func (m *Model) commitWrong() tea.Cmd {
	if m.wrong.cursor >= len(m.wrong.order) {
		return nil
	}
	return m.commit(m.wrong.order[m.wrong.cursor])
}

// commit commits a mistake, or says why it cannot be committed now.
func (m *Model) commit(id flow.WrongID) tea.Cmd {
	w, _ := id.Wrong()
	if why := m.wrongObstacle(w); why != "" {
		m.notice = "Not now: " + why + "."
		return nil
	}
	m.overlay = onScreen
	cmd := m.take(m.doWrong(w.ID))
	m.showEntered()
	return cmd
}

// doWrong is the event of a mistake, with what it takes from the screen.
func (m *Model) doWrong(id flow.WrongID) flow.DoWrong {
	e := flow.DoWrong{At: m.at(), Wrong: id}
	switch id {
	case flow.WrongSubmitBeforeLoad, flow.WrongTokenExpiredUsed, flow.WrongForeignNumber, flow.WrongBirthFirst, flow.WrongBothFields:
		if phone, err := flow.ParsePhoneNumber(m.phone.value()); err == nil && !m.onlyOffered() && id != flow.WrongBirthFirst {
			e.Phone = phone
		}
		if birth, err := flow.ParseDateOfBirth(strings.TrimSpace(m.birth.value()), m.opts.Now()); err == nil && (id == flow.WrongBirthFirst || id == flow.WrongBothFields) {
			e.DateOfBirth = birth
		}
		e.Surface = m.opts.Surface
	case flow.WrongOpenBeforeReady, flow.WrongOpenTwice:
		e.Surface = m.opts.Surface
	case flow.WrongAutofillNeedsAccounts:
		e.TemplateID = m.needyTemplate().ID
	case flow.WrongSDKTooOld:
		e.Client = sdk.BeforeLayer(m.state.Config.Client.Platform)
	}
	return e
}

// showEntered shows what the mistake entered in the place of the operator.
func (m *Model) showEntered() {
	if phone := m.state.Phone; !phone.IsZero() && (m.phone.value() == "" || m.onlyOffered() || m.state.Mistake.Wrong == flow.WrongAutofillNeedsAccounts) {
		m.phone.propose(phone.Reveal())
	}
	if birth := m.state.DateOfBirth; !birth.IsZero() && (m.birth.value() == "" || m.state.Mistake.Wrong == flow.WrongAutofillNeedsAccounts) {
		m.birth.propose(birth.Reveal())
	}
}

// needyTemplate is a template under which Extended Autofill finds nobody who
// has no bank, and would if its accounts were not required.
func (m *Model) needyTemplate() *fixtures.Template {
	i := slices.IndexFunc(m.opts.Catalog.Templates, func(t fixtures.Template) bool { return t.Accounts == fixtures.AccountsRequired })
	if i < 0 {
		return nil
	}
	return &m.opts.Catalog.Templates[i]
}

// mistakeLines says on the stage what was done wrong on purpose; it takes a
// third of the height at most.
func (m *Model) mistakeLines(f pane.Frame) []string {
	return pane.MistakeLines(f, m.state.Mistake, max(f.Height/3, 2))
}

// withMistake puts the lines about a mistake above what draw draws.
func (m *Model) withMistake(f pane.Frame, draw func(pane.Frame) (title, body string)) (title, body string) {
	lines := m.mistakeLines(f)
	if len(lines) == 0 {
		return draw(f)
	}
	lines = append(lines, strings.Repeat(" ", f.Width))
	f.Height -= len(lines)
	title, body = draw(f)
	return title, strings.Join(append(lines, body), "\n")
}

// roomForMistake makes the banner of a walk with results higher, where a
// mistake has more to say and the window has lines to spare.
func (m *Model) roomForMistake(l layout) layout {
	const most = 5
	if l.banner.empty() || m.state.Mistake.Wrong == "" {
		return l
	}
	more := len(pane.MistakeLines(m.frame(l.banner, false), m.state.Mistake, most)) - l.banner.h
	if _, news := m.news(); news {
		more++
	}
	for ; more > 0; more-- {
		less := layOut(m.width, m.height-more, m.hasResults(), m.focus, m.zoomed)
		if less.tooSmall || less.narrow != l.narrow {
			continue
		}
		less.banner.h += more
		banner := less.banner
		less.lower(more)
		less.banner = banner
		return less
	}
	return l
}
