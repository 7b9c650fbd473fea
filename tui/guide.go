package tui

import (
	"net/url"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"github.com/charmbracelet/x/ansi"

	"layersim/fixtures"
	"layersim/flow"
	"layersim/tui/pane"
)

// The inspector's Guide tab: what there is to know about the phase that is
// looked at, or about a topic. What of it this session has shown is said beside
// it, from the journal.

type guideView struct {
	// topic is the topic that was chosen, "" for the phase's own text. It is left
	// when the walk goes on to another phase or attempt.
	topic   string
	phase   flow.Phase
	attempt int

	sought string // what is searched for in the text
	offset int
	drawn  guideKey
	text   pane.GuideText
	lines  []string
}

// guideKey is all that the drawn text depends on.
type guideKey struct {
	topic   string
	phase   flow.Phase
	attempt int
	moment  int
	width   int
	dark    bool
	opens   string
	sought  string
}

// topicShown returns the id of the topic that is shown, "" for the phase's text.
func (m *Model) topicShown() string {
	g := &m.inspector.guide
	if g.phase != m.state.Phase || g.attempt != m.state.Attempt {
		return ""
	}
	return g.topic
}

// topic returns the topic that is shown, false for the phase's text.
func (m *Model) topic() (fixtures.Topic, bool) {
	id := m.topicShown()
	if id == "" {
		return fixtures.Topic{}, false
	}
	return m.opts.Catalog.Topic(id)
}

// otherTopic goes on to another text: the phase's own comes first.
func (m *Model) otherTopic(step int) {
	names := append([]fixtures.TopicName{{}}, fixtures.TopicNames()...)
	at := slices.IndexFunc(names, func(n fixtures.TopicName) bool { return n.ID == m.topicShown() })
	g := &m.inspector.guide
	g.topic, g.phase, g.attempt, g.offset = names[(at+step+len(names))%len(names)].ID, m.state.Phase, m.state.Attempt, 0
}

// guideTopics lists the texts there are.
func (m *Model) guideTopics() pane.GuideTopics {
	t := pane.GuideTopics{Names: []string{"This step"}, Next: m.keyFor(actTopicNext)}
	for i, n := range fixtures.TopicNames() {
		if t.Names = append(t.Names, n.Short); n.ID == m.topicShown() {
			t.Current = i + 1
		}
	}
	return t
}

// layOutGuide draws the text again when anything it shows has changed.
func (m *Model) layOutGuide(f pane.Frame) {
	g := &m.inspector.guide
	if g.drawn.phase != m.state.Phase {
		g.sought = "" // it was sought in another text
	}
	another := g.drawn.topic != m.topicShown()
	key := guideKey{topic: m.topicShown(), phase: m.state.Phase, attempt: m.state.Attempt, moment: m.moment(), width: f.Width, dark: m.dark, opens: m.keyFor(actOpenPage), sought: g.sought}
	if f.Width <= 0 || g.lines != nil && g.drawn == key {
		return
	}
	g.drawn, g.text = key, m.guideText()
	if plaidPage(g.text.URL) {
		g.text.Opens = key.opens + " opens it in the browser"
		if key.opens == "" { // something is typed elsewhere
			g.text.Opens = "a link"
		}
	}
	g.lines = pane.Found(m.styles, pane.GuideBody(m.styles, g.text, f.Width), g.sought)
	if another && g.sought != "" {
		g.offset = max(pane.FindLine(g.lines, g.sought), 0)
	}
}

func (m *Model) drawGuide(f pane.Frame) string {
	return pane.Guide(f, m.guideTopics(), m.inspector.guide.lines, m.inspector.guide.offset)
}

func (m *Model) scrollGuide(a action, f pane.Frame) {
	g := &m.inspector.guide
	g.offset = scrolled(a, g.offset, len(g.lines), pane.GuideRows(f, m.guideTopics()))
}

// searchGuide goes to the first line that has a text, and marks all of them.
func (m *Model) searchGuide(text string) {
	g := &m.inspector.guide
	g.sought = text
	if i := pane.FindLine(g.lines, text); text != "" && i >= 0 {
		g.offset = i
	}
}

// notInGuide says which other topics have what was sought in vain in this one.
func (m *Model) notInGuide() string {
	g := &m.inspector.guide
	if g.sought == "" || pane.FindLine(g.lines, g.sought) >= 0 {
		return ""
	}
	var has []string
	for _, n := range fixtures.TopicNames() {
		if t, ok := m.opts.Catalog.Topic(n.ID); ok && pane.FindLine(pane.GuideBody(m.styles, m.topicText(t), 200), g.sought) >= 0 {
			has = append(has, n.Short)
		}
	}
	if len(has) == 0 {
		return "“" + g.sought + "” is not in the guide."
	}
	return "“" + g.sought + "” is not in this text, but in " + strings.Join(has, ", ") + ": " + pane.KeyName(m.keyFor(actTopicNext)) + " goes on to the next topic."
}

func (m *Model) soughtInGuide() string { return m.inspector.guide.sought }

// copyGuide copies the text that is shown, as it is shown.
func (m *Model) copyGuide(bool) (what, text string) {
	g := m.guideText()
	body := pane.GuideBody(m.styles, g, 100)
	for i := range body {
		body[i] = strings.TrimRight(ansi.Strip(body[i]), " ")
	}
	return "the guide's text", strings.Join(body, "\n")
}

// guideText is what is to be read now.
func (m *Model) guideText() pane.GuideText {
	if t, ok := m.topic(); ok {
		return m.topicText(t)
	}
	g, ok := m.opts.Catalog.GuideFor(m.state.Phase)
	if !ok {
		return pane.GuideText{Title: "No guide text", Happens: "There is no text about this phase."}
	}
	return pane.GuideText{
		Title: g.Title, Session: m.seenInPhase(), Happens: g.Happens, Why: g.Why, YourApp: g.YourApp, GoesWrong: g.GoesWrong,
		Disagree: g.Disagree, Unconfirmed: g.Unconfirmed, URL: g.URL,
	}
}

// topicText is a topic with what this session has shown of it. A name that is
// explained twice is marked where it is first.
func (m *Model) topicText(t fixtures.Topic) pane.GuideText {
	text := pane.GuideText{
		Title: t.Title, Intro: t.Intro, Session: m.seenOfTopic(t.ID), Disagree: t.Disagree, Unconfirmed: t.Unconfirmed, URL: t.URL,
	}
	seen := m.seenNames()
	for _, p := range t.Parts {
		part := pane.GuidePart{Title: p.Title, Text: p.Text}
		if s, ok := seen[p.Title]; ok {
			part.Seen = s.sentence()
			delete(seen, p.Title)
		}
		for _, e := range p.Entries {
			entry := pane.GuideEntry{Name: e.Name, Says: e.Says, Do: e.Do}
			for name := range strings.SplitSeq(e.Name, ", ") {
				if s, ok := seen[name]; ok {
					entry.Seen = s.sentence()
					delete(seen, name)
				}
			}
			part.Entries = append(part.Entries, entry)
		}
		text.Parts = append(text.Parts, part)
	}
	return text
}

// guideURL returns the page that the text is about.
func (m *Model) guideURL() string {
	if t, ok := m.topic(); ok {
		return t.URL
	}
	g, _ := m.opts.Catalog.GuideFor(m.state.Phase)
	return g.URL
}

// plaidPage reports whether an address is a page of Plaid's documentation. The
// texts may come from anybody's files, so no other address is opened.
func plaidPage(address string) bool {
	u, err := url.Parse(address)
	return err == nil && u.Scheme == "https" && u.Host == "plaid.com" && u.User == nil &&
		strings.HasPrefix(u.Path, "/docs/") && !strings.Contains(u.Path, "..") && !strings.ContainsAny(address, " \t\r\n\"'`\\<>")
}

// pageFailed says that no browser could be started for a page.
type pageFailed struct {
	address string
	err     error
}

// openPage opens the page that the text is about.
func (m *Model) openPage() tea.Cmd {
	address := m.guideURL()
	if !plaidPage(address) {
		return nil
	}
	open := m.opts.OpenURL
	if open == nil {
		return m.copy("the address "+address, address)
	}
	m.notice = "→ Opening " + address + " in the browser."
	return func() tea.Msg {
		if err := open(address); err != nil {
			return pageFailed{address, err}
		}
		return nil
	}
}

// pageFailed copies the address of a page for which there is no browser here.
func (m *Model) pageFailed(msg pageFailed) tea.Cmd {
	cmd := m.copy("the address "+msg.address, msg.address)
	m.notice = "No browser here (" + msg.err.Error() + "). Copied " + msg.address + "; " + pane.KeyName(copiedKey) + " shows it for the mouse."
	return cmd
}

func onGuideTab(m *Model) bool { return m.inspector.tab == tabGuide && m.shown(paneInspector) }

// looksThere reports whether the focus is on what can be copied and searched.
func looksThere(m *Model) bool {
	return m.focus == paneInspector || m.focus == paneLog || m.overlay == inEntry
}

func onInspector(m *Model) bool { return m.focus == paneInspector }

func canOpenPage(m *Model) bool { return onGuideTab(m) && plaidPage(m.guideURL()) }
