package watch

import (
	"strconv"
	"strings"
	"time"

	"layersim/flow"
	"layersim/tui/pane"
)

// drawList draws the lanes around the selected one, the newest first.
func (m *Model) drawList() string {
	f := m.listFrame()
	n, at := m.count(), m.at()
	title := "Lanes, newest first"
	if m.filtering || m.filter != "" {
		cursor := ""
		if m.filtering {
			cursor = "▏"
		}
		title = "/" + pane.Clean(m.filter) + cursor + " · " + strconv.Itoa(n) + " of " + strconv.Itoa(len(m.lanes.all))
	}
	box := m.frame(m.layout.list, f.Focused)
	if n == 0 {
		return pane.Box(box, title, pane.Text(f, pane.Paragraph(m.styles.Dim, "No lane has these words. Esc drops the filter.", f.Width), 0))
	}
	rows := pane.LaneRows(f)
	offset := max(min(max(at, 0)-rows/2, n-rows), 0)
	now := m.now()
	return pane.Box(box, title, pane.Lanes(f, n, func(i int) pane.LaneRow { return m.laneAt(i).row(now) }, offset, at))
}

func (l *lane) row(now time.Time) pane.LaneRow {
	mark, state := l.stands()
	phone := l.about.Phone.String()
	who := l.about.Persona
	if who == "" && phone != "" {
		who = "nobody known"
	}
	return pane.LaneRow{Mark: mark, Title: l.name(), State: l.mistakes() + state, Phone: phone, Who: who, Age: age(now.Sub(l.since))}
}

// drawLane draws the selected lane: what happens in it, and below what the tabs
// show.
func (m *Model) drawLane() string {
	return m.drawStory() + "\n" + m.drawDetail()
}

func (m *Model) drawStory() string {
	s := m.styles
	box := m.frame(m.layout.story, false)
	f := pane.Inner(box)
	mark, state := m.sel.stands()
	sign, style := mark.Sign(s)
	name := pane.Clean(m.sel.name())
	if room := f.Width - pane.Width(state) - 8; pane.Width(name) > room {
		name = strings.TrimRight(pane.Fit(name, room), " ")
	}
	title := s.Title.Render(name) + " " + style.Render(sign) + " " + s.Text.Render(state)
	lines := pane.Paragraph(s.Text, m.sel.story(m.now()), f.Width)
	var foot []string
	if notice := m.sel.notice(); notice != "" {
		foot = append(foot, pane.Fit(s.Warn.Render("! "+notice), f.Width))
	}
	if facts := m.sel.facts(); facts != "" && len(lines)+len(foot) < f.Height {
		foot = append(foot, pane.Fit(s.Dim.Render(facts), f.Width))
	}
	if keep := f.Height - len(foot); len(lines) > keep {
		lines = lines[:max(keep, 0)]
		if n := len(lines); n > 0 {
			lines[n-1] = pane.Fit(strings.TrimRight(pane.Fit(lines[n-1], f.Width-2), " ")+" …", f.Width)
		}
	}
	for len(lines)+len(foot) < f.Height {
		lines = append(lines, pane.Fit("", f.Width))
	}
	return pane.Box(box, title, pane.Text(f, append(lines, foot...), 0))
}

// facts are what else is known of a lane, in one line.
func (l *lane) facts() string {
	var facts []string
	add := func(label, value string) {
		if value != "" {
			facts = append(facts, label+" "+pane.Clean(value))
		}
	}
	add("template", l.about.Template)
	if !l.about.Phone.IsZero() {
		persona := l.about.Persona
		if persona == "" {
			persona = "nobody known"
		}
		add("persona", persona)
	}
	add("link_session_id", l.session)
	if l.thread > 0 {
		add("token", "no. "+strconv.Itoa(l.thread))
	}
	return strings.Join(facts, " · ")
}

// drawDetail draws the tab that is looked at, or an entry as a whole.
func (m *Model) drawDetail() string {
	f := m.content()
	box := m.frame(m.layout.detail, f.Focused)
	if m.opened != nil {
		title := "Whole entry: " + pane.Clean(m.opened.Name)
		if path := m.drawn.tree.Path(); path != "" {
			title += " · " + path
		}
		return pane.Box(box, title, pane.DrawTree(f, m.drawn.tree))
	}
	return pane.Box(box, m.tabTitle(), m.drawTab(f))
}

// tabTitle names the tabs, in a border.
func (m *Model) tabTitle() string {
	var b strings.Builder
	for t := range tabCount {
		if t > 0 {
			b.WriteString("  ")
		}
		if t == m.tab {
			m.styles.Accent.Append(&b, "● "+t.title())
		} else {
			m.styles.Dim.Append(&b, strconv.Itoa(int(t)+1)+" "+t.title())
		}
	}
	return b.String()
}

func (m *Model) drawTab(f pane.Frame) string {
	u := m.sel.about.Account
	switch m.tab {
	case tabWire:
		return m.drawWire(f)
	case tabIdentity, tabHistory, tabItems:
		if !u.HasIdentity && m.opts.Recording != "" {
			return pane.Text(f, pane.Paragraph(m.styles.Dim, "A recording does not keep what the user shared. What your server was answered is in the Wire tab, masked.", f.Width), 0)
		}
		if !u.HasIdentity {
			return pane.Text(f, pane.Paragraph(m.styles.Dim, "Nothing is shared yet. When the user presses Share in Link, this is what /user_account/session/get will answer.", f.Width), 0)
		}
	}
	switch m.tab {
	case tabIdentity:
		return pane.Identity(f, u, pane.ProofOfAnother, m.isRevealed, m.row)
	case tabHistory:
		return pane.History(f, u)
	case tabLint:
		return m.drawLint(f)
	case tabItems:
		return pane.Items(f, u, m.isRevealed, m.row)
	}
	return m.drawEvents(f)
}

func (m *Model) isRevealed(key string) bool { return m.revealed != "" && key == m.revealed }

func (m *Model) drawEvents(f pane.Frame) string {
	l := m.sel
	n, rows, at := len(l.lines), pane.LogRows(f), m.lineAt()
	offset := max(min(at-rows/2, n-rows), 0)
	return pane.Log(f, n, func(i int) pane.LogLine { return l.logLine(l.lines[i]) }, offset, at)
}

// drawWire hands the pane the calls that it lists; the others need not be
// worked out.
func (m *Model) drawWire(f pane.Frame) string {
	l := m.sel
	n, at := len(l.calls), m.callAt()
	entries := make([]pane.WireEntry, n)
	rows := pane.WireListRows(f, n)
	first := max(min(at-rows/2, n-rows), 0)
	for i := first; i < min(first+rows, n); i++ {
		entries[i].Exchange = l.calls[i].call()
	}
	if n > 0 {
		entries[at].Exchange = l.calls[at].call()
	}
	return pane.Wire(f, entries, pane.WireView{Selected: at, Body: m.drawn.tree})
}

const clock = "15:04:05.000"

// logLine is an entry as the log shows it.
func (l *lane) logLine(n *line) pane.LogLine {
	out := pane.LogLine{At: n.At, Lane: string(n.Side), Name: n.Name, Detail: n.Detail, Why: n.Why, Verdict: n.Verdict, Note: n.Note}
	switch {
	case n.Callback != nil:
		l.callbackLine(n, &out)
	case n.Exchange != nil:
		if code, message := n.failed(); code != "" {
			out.Note = "error"
			out.Detail = strings.TrimRight(code+"  "+message, " ")
			out.Why = strings.TrimSuffix(strings.TrimSuffix(code+": "+message, "."), ": ") + ". Enter shows the request and the answer."
		}
	}
	if note := l.noted(n.Seq); note != "" {
		if out.Note == "" && out.Verdict == flow.Refused {
			out.Note = "refused"
		}
		out.Note = strings.TrimRight(note+"  "+out.Note, " ")
	}
	out.Brief = out.Detail
	return out
}

// callbackLine says when something happened and when the app was told.
func (l *lane) callbackLine(n *line, out *pane.LogLine) {
	happened := n.Callback.Happened
	out.At = happened
	switch fault := n.Callback.Fault; {
	case fault == "lost":
		out.Note = "lost"
		out.Why = "It happened at " + happened.Format(clock) + " and was lost on purpose: a fault is armed for it. The app never hears of it, as may happen with any network."
		return
	case n.delivered.IsZero() && (fault == "held" || fault == "delayed"):
		out.Note = fault
		out.Why = "It happened at " + happened.Format(clock) + " and is " + fault + " on purpose: a fault is armed for it."
		return
	case n.again > 0:
		defer func() {
			out.Detail += " and again as #" + strconv.Itoa(n.again)
			out.Why += " It was delivered a second time on purpose: an app must stand that."
		}()
	}
	switch {
	case n.delivered.IsZero() && l.held(n.Callback):
		out.Note = "held"
		out.Why = "It happened at " + happened.Format(clock) + " and is held: Link keeps all but OPEN and LAYER_* until onSuccess or onExit, and promises no order for them."
	case n.delivered.IsZero():
		out.Note = "sent"
		out.Why = "It happened at " + happened.Format(clock) + " and was sent; the app's page has not confirmed it yet."
	default:
		// Where there is little room, the order matters most: the time is
		// below as well.
		text := "#" + strconv.Itoa(n.order) + " delivered " + n.delivered.Format(clock)
		out.Detail = strings.TrimLeft(out.Detail+"  "+text, " ")
		out.Why = "It happened at " + happened.Format(clock) + " and was delivered at " + n.delivered.Format(clock) + ", as number " + strconv.Itoa(n.order) + " of this session."
		if n.Callback.atOnce() {
			out.Why = "It happened at " + happened.Format(clock) + " and was sent at once; the app's page confirmed it at " + n.delivered.Format(clock) + ", as number " + strconv.Itoa(n.order) + " of this session."
		} else if late := n.delivered.Sub(happened); late >= time.Second {
			out.Note = "late " + late.Round(100*time.Millisecond).String()
		}
	}
}
