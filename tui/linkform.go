package tui

import (
	"slices"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"layersim/flow"
	"layersim/tui/pane"
)

// Link drawn by the terminal: what its user has typed and chosen in the pane
// that is shown.

const codeLength = 6

// linkForm is what has been done in Link's pane so far. The pane itself is in
// the State.
type linkForm struct {
	handler flow.HandlerID
	pane    flow.Pane
	stops   []pane.LinkStop
	cursor  int
	edit    field // the identity value under the cursor
	values  map[string]string
	before  map[string]string // what Link knew before its user edited anything
	chosen  map[string]bool
	code    string
	// sent is the code that was sent by itself and has not been touched since:
	// Link may take it without a word, and is not told again and again.
	sent string
	// ahead are digits typed while Link was still busy with the pane before.
	ahead string
	// moment says that the one after which Link goes on by itself has begun.
	moment bool
	// codeTaken is when the review followed another pane, zero if it did not.
	codeTaken time.Time
	// answered says, of an earlier moment, that the pane had been answered then.
	answered string
}

// habit is how soon after the last digit of a code, or another answer, an Enter
// belongs to that and is no decision to share.
const habit = 400 * time.Millisecond

// show takes in a pane. What was entered survives when the same pane comes
// again, say with a notice or after it was shown in the browser; a code that
// was refused does not. It reports whether the pane is another one.
func (l *linkForm) show(e flow.PaneShown) bool {
	same := l.handler == e.HandlerID && l.pane.View == e.Pane.View && slices.EqualFunc(l.pane.Fields, e.Pane.Fields,
		func(a, b flow.PaneField) bool { return a.Key == b.Key })
	l.codeTaken = time.Time{}
	if answered := l.handler == e.HandlerID && l.pane.View != "" && l.pane.View != flow.ViewReview; answered && e.Pane.View == flow.ViewReview {
		l.codeTaken = e.When()
	}
	tried := l.pane.AttemptsLeft != e.Pane.AttemptsLeft
	if l.handler != e.HandlerID {
		l.before = map[string]string{}
	}
	l.handler, l.pane = e.HandlerID, e.Pane
	l.stops = pane.LinkStops(e.Pane)
	if same {
		if tried {
			l.code, l.sent = "", ""
		}
		l.move(l.objected())
		return false
	}
	l.values, l.chosen, l.code, l.sent = map[string]string{}, map[string]bool{}, "", ""
	for _, f := range e.Pane.Fields {
		// The review comes back after a bank was added, with what was edited.
		if _, known := l.before[f.Key]; !known {
			l.before[f.Key] = f.Value.Reveal()
		}
	}
	if e.Pane.View == flow.ViewVerifyPhone {
		l.code = l.ahead[:min(len(l.ahead), codeLength)]
	}
	l.ahead = ""
	l.edit = newField(longestValue)
	l.move(0)
	for _, b := range e.Pane.Banks {
		for _, a := range b.Accounts {
			l.chosen[a.ID] = a.Selected
		}
	}
	return true
}

// objected returns the first stop whose value Link objects to, unless the cursor
// stands on such a one or there is none.
func (l *linkForm) objected() int {
	notices := map[string]bool{}
	for _, f := range l.pane.Fields {
		notices[f.Key] = f.Notice != ""
	}
	first := slices.IndexFunc(l.stops, func(s pane.LinkStop) bool { return s.Kind == pane.StopField && notices[s.Key] })
	if s := l.stop(); first < 0 || s.Kind == pane.StopField && notices[s.Key] {
		return l.cursor
	}
	return first
}

// stop returns what the cursor stands on.
func (l *linkForm) stop() pane.LinkStop {
	if l.cursor < 0 || l.cursor >= len(l.stops) {
		return pane.LinkStop{Kind: pane.StopClose}
	}
	return l.stops[l.cursor]
}

// entersButton reports whether Enter is the pane's button where the cursor is.
func (l *linkForm) entersButton() bool {
	switch l.stop().Kind {
	case pane.StopClose, pane.StopOther, pane.StopOption:
		return false
	default:
		return true
	}
}

// move puts the cursor on another stop, and its value into the field.
func (l *linkForm) move(to int) {
	l.cursor = min(max(to, 0), max(len(l.stops)-1, 0))
	if s := l.stop(); s.Kind == pane.StopField {
		l.edit.set(l.value(s.Key))
	}
}

// value is an identity value as it stands.
func (l *linkForm) value(key string) string {
	if v, edited := l.values[key]; edited {
		return v
	}
	for _, f := range l.pane.Fields {
		if f.Key == key {
			return f.Value.Reveal()
		}
	}
	return ""
}

// asksCode reports whether the pane waits for the one-time code.
func (l *linkForm) asksCode() bool {
	return l.pane.View == flow.ViewVerifyPhone && l.pane.Auto == ""
}

// takesText reports whether the pane has anything to type.
func (l *linkForm) takesText() bool {
	return l.asksCode() || len(l.pane.Fields) > 0
}

// toggle chooses the account under the cursor, or does not.
func (l *linkForm) toggle() {
	if s := l.stop(); s.Kind == pane.StopAccount {
		l.chosen[s.Key] = !l.chosen[s.Key]
	}
}

// entered is what the user sends off: all values as they stand and the accounts
// chosen, in the order of the pane.
func (l *linkForm) entered(kind flow.LinkActionKind) flow.LinkAction {
	a := flow.LinkAction{Kind: kind, Values: map[string]flow.SSN{}}
	for _, f := range l.pane.Fields {
		a.Values[f.Key] = flow.NewPaneValue(l.value(f.Key))
	}
	for _, s := range l.stops {
		if s.Kind == pane.StopAccount && l.chosen[s.Key] {
			a.Accounts = append(a.Accounts, s.Key)
		}
	}
	return a
}

// typedInLink edits the code or the value under the cursor. The code sends
// itself at six digits, as Link's does.
func (m *Model) typedInLink(msg tea.Msg) tea.Cmd {
	switch m.link.stop().Kind {
	case pane.StopCode:
		return m.typedCode(msg)
	case pane.StopField:
		if m.link.edit.update(msg) {
			m.link.values[m.link.stop().Key] = m.link.edit.value()
		}
	default: // accounts and buttons take no text
	}
	return nil
}

func (m *Model) typedCode(msg tea.Msg) tea.Cmd {
	var text string
	switch msg := msg.(type) {
	case tea.PasteMsg:
		text = msg.Content
	case tea.KeyPressMsg:
		if msg.Code == tea.KeyBackspace && m.link.code != "" {
			m.link.code, m.link.sent = m.link.code[:len(m.link.code)-1], ""
			return nil
		}
		text = msg.Text
	}
	before := len(m.link.code)
	m.link.code += strings.Map(onlyDigits, text)
	m.link.code = m.link.code[:min(len(m.link.code), codeLength)]
	if before < codeLength {
		return m.codeIsComplete()
	}
	return nil
}

// codeIsComplete sends a code that has all its digits as soon as Link can take
// it.
func (m *Model) codeIsComplete() tea.Cmd {
	_, busy := flow.PendingCall[flow.DriveLink](m.state)
	if busy || !linkIsDrawn(m) || !m.link.asksCode() || len(m.link.code) < codeLength || m.link.code == m.link.sent {
		return nil
	}
	m.link.sent = m.link.code
	return m.sendCode()
}

// keepAhead keeps digits that are typed faster than Link shows its next pane.
func (m *Model) keepAhead(msg tea.Msg) {
	if k, ok := msg.(tea.KeyPressMsg); ok && typesAhead(m) {
		m.link.ahead += strings.Map(onlyDigits, k.Text)
	}
}

// typesAhead reports whether digits belong to the code that Link will ask for
// next.
func typesAhead(m *Model) bool {
	_, busy := flow.PendingCall[flow.DriveLink](m.state)
	return busy && linkIsDrawn(m) && m.link.pane.View == flow.ViewConsent && m.overlay == onScreen && !m.travel.on
}

func onlyDigits(r rune) rune {
	if r >= '0' && r <= '9' {
		return r
	}
	return -1
}

func (m *Model) sendCode() tea.Cmd {
	return m.act(flow.LinkAction{Kind: flow.LinkCode, Code: flow.NewOneTimeCode(m.link.code)})
}

// act does in Link what its user did in the pane.
func (m *Model) act(a flow.LinkAction) tea.Cmd {
	return m.take(flow.LinkActed{At: m.at(), Action: a})
}

// linkPrimary is what Enter does while Link is open.
func (m *Model) linkPrimary() (string, func(*Model) tea.Cmd) {
	if m.state.LinkIsGone() {
		return again()
	}
	if !linkIsDrawn(m) {
		page := m.state.Link.Page
		switch {
		case m.state.Link.Surface != flow.InBrowser || page.Connected && page.Trouble == "":
			return "", nil
		case (page.BrowserTrouble != "" || page.Trouble != "") && canTerminal(m):
			return "finish in the terminal", showOn(flow.InTerminal)
		case page.Tab > 0 || page.BrowserTrouble != "" || page.Trouble != "":
			return "open the page again", showOn(flow.InBrowser)
		}
		return "", nil
	}
	closing := func(m *Model) tea.Cmd { return m.act(flow.LinkAction{Kind: flow.LinkClose}) }
	switch stop := m.link.stop(); stop.Kind {
	case pane.StopClose:
		return "close Link", closing
	case pane.StopOther:
		return strings.ToLower(stop.Label), func(m *Model) tea.Cmd { return m.act(m.link.entered(flow.LinkActionKind(stop.Key))) }
	case pane.StopOption:
		return "choose this bank", func(m *Model) tea.Cmd {
			return m.act(flow.LinkAction{Kind: flow.LinkInstitution, Choice: stop.Key})
		}
	default: // what Enter does everywhere else in the pane
	}
	if auto := m.link.pane.Auto; auto != "" {
		return "go on", func(m *Model) tea.Cmd { return m.act(flow.LinkAction{Kind: auto}) }
	}
	switch m.link.pane.View {
	case flow.ViewConsent:
		return "continue", func(m *Model) tea.Cmd { return m.act(flow.LinkAction{Kind: flow.LinkContinue}) }
	case flow.ViewVerifyPhone:
		if len(m.link.code) == codeLength {
			return "send the code", (*Model).sendCode
		}
		return "", nil
	case flow.ViewReview:
		return "share", func(m *Model) tea.Cmd {
			if m.opts.Now().Sub(m.link.codeTaken) < habit {
				return nil
			}
			return m.act(m.link.entered(flow.LinkShare))
		}
	}
	if verb := m.link.pane.Verb; verb != "" {
		return strings.ToLower(m.link.pane.Button), func(m *Model) tea.Cmd { return m.act(m.link.entered(verb)) }
	}
	return "close Link", closing
}

// linkIsDrawn reports whether the terminal shows a pane of Link.
func linkIsDrawn(m *Model) bool {
	return m.state.Phase == flow.PhaseLink && m.state.Link.Surface == flow.InTerminal && m.state.Link.Pane.View != "" &&
		m.link.handler == m.state.HandlerID
}

// asksForCode reports whether Link waits for the first digit of a code.
func asksForCode(m *Model) bool {
	return linkIsDrawn(m) && m.focus == paneStage && !m.travel.on && m.link.asksCode() && m.link.code == ""
}

func onAccount(m *Model) bool {
	return linkIsDrawn(m) && m.focus == paneStage && m.link.stop().Kind == pane.StopAccount
}

// drawLink draws Link's pane, and leaves the mark where the cursor belongs.
func (m *Model) drawLink(f pane.Frame) string {
	p := m.state.Link.Pane
	if m.private.on { // what was edited is compared with what it was
		p.Fields = slices.Clone(m.link.pane.Fields)
		for i := range p.Fields {
			p.Fields[i].Private = true
		}
		p.Banks = hiddenBanks(m.link.pane.Banks)
	}
	if p.Notice == "" {
		switch {
		case !m.state.Failure.IsZero():
			p.Notice = failureText(m.state.Failure)
		case m.refusal != "":
			p.Notice = m.refusal
		}
	}
	form := pane.LinkForm{
		Cursor: m.link.cursor, Values: m.link.values, Before: m.link.before, Selected: m.link.chosen, Code: m.link.code,
		Revealed: m.isRevealed, Aside: m.linkAside(), Answered: m.link.answered != "", Enter: f.Focused && m.link.entersButton(),
	}
	if !f.Focused {
		form.Cursor = -1
	}
	stop := m.link.stop()
	if stop.Kind == pane.StopField && f.Focused && !m.replay.on { // a recording has no value to edit
		_, cells := pane.LinkFieldPlace(f, p)
		form.Editing = m.link.edit.view(m.styles, look{
			width: cells, focused: true, masked: m.private.on || stop.Private && !m.isRevealed(stop.Key),
		})
	}
	text := pane.LinkPane(f, p, form)
	if stop.Kind == pane.StopCode && f.Focused && m.link.answered == "" {
		text = markAt(text, pane.LinkCursorRow(f, p, form), 3+4*min(len(m.link.code), codeLength-1))
	}
	return text
}

// failureText says a failure in one sentence or two.
func failureText(f flow.Failure) string {
	parts := []string{f.Error()}
	if f.RequestID != "" {
		parts = append(parts, "request_id "+f.RequestID)
	}
	return strings.Join(append(parts, f.Hint), " · ")
}
