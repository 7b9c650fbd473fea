package tui

import (
	"fmt"
	"strings"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"layersim/flow/journal"
	"layersim/tui/pane"
)

// The scrubber: where in a recording the moment lies that is looked at. Its line
// has a sign for each thing worth going to, so that it can be read without
// colour:
//
//	├───┬──●──!──┬──◆───┤
//
// ● the moment, ◆ a mark, ! an error, ┬ another phase. Where one cell has several
// entries, the first of these is drawn.

// roomForScrubber is the height from which the scrubber has two lines.
const roomForScrubber = 24

func (m *Model) scrubberRows() int {
	switch {
	case !m.replay.on || m.width < minWidth || m.height < minHeight:
		return 0
	case m.height < roomForScrubber:
		return 1
	}
	return 2
}

// withScrubber divides the window and keeps the last lines for the scrubber of a
// replay.
func (m *Model) withScrubber() layout {
	rows := m.scrubberRows()
	whole := m.height
	m.height -= rows
	l := m.laidOut()
	if l.tooSmall && rows > 0 {
		l = narrowLayout(m.width, m.height, m.hasResults(), m.focus)
	}
	m.height = whole
	if rows > 0 {
		l.scrubber = rect{0, whole - rows, m.width, rows}
	}
	return l
}

func (m *Model) drawScrubber(r rect) string {
	if r.empty() {
		return ""
	}
	if r.h == 1 {
		words := m.playWords() + " "
		track := max(r.w-ansi.StringWidth(words), 10)
		return fit(words+m.scrubberTrack(track), r.w)
	}
	words := m.playWords()
	if told := m.replayTold(); told != "" {
		words += hintGap + told
	}
	return m.scrubberTrack(r.w) + "\n" + fit(words, r.w)
}

// scrubberCell is the cell of a track of w cells in which a moment lies.
func (m *Model) scrubberCell(n, w int) int {
	return n * (w - 1) / max(m.journal.Len(), 1)
}

func (m *Model) scrubberTrack(w int) string {
	s := m.styles
	track := make([]rune, w)
	for i := range track {
		track[i] = '─'
	}
	track[0], track[w-1] = '├', '┤'
	put := func(moments []int, sign rune) {
		for _, n := range moments {
			track[m.scrubberCell(n, w)] = sign
		}
	}
	put(m.replay.phases, '┬')
	put(m.replay.errors, '!')
	put(m.marked(), '◆')
	put([]int{m.moment()}, '●')
	var b strings.Builder
	for _, sign := range track {
		switch sign {
		case '●':
			b.WriteString(s.Accent.Render("●"))
		case '!':
			b.WriteString(s.Bad.Render("!"))
		case '◆':
			b.WriteString(s.Warn.Render("◆"))
		default:
			s.Dim.Append(&b, string(sign))
		}
	}
	return b.String()
}

// playWords say whether the replay is played, how fast, and where it stands.
func (m *Model) playWords() string {
	s := m.styles
	state := s.Strong.Render("paused")
	switch {
	case m.replay.playing:
		state = s.Good.Render("▶ playing")
	case m.moment() >= m.journal.Len():
		state = s.Strong.Render("at the end")
	}
	at, whole := m.elapsed(m.moment())
	return fmt.Sprintf("%s ×%d · %d of %d · %s of %s", state, m.replay.speed, m.moment(), m.journal.Len(), clockOf(at), clockOf(whole))
}

// replayTold says what is to be known of the moment, else what is replayed.
func (m *Model) replayTold() string {
	s, r := m.styles, m.opts.Replay
	if problem := m.replay.differs[m.moment()]; problem != "" {
		return s.Warn.Render("! " + problem)
	}
	if m.replay.shortened > 0 {
		return s.Warn.Render(fmt.Sprintf("a pause of %s is shortened", clockOf(m.replay.shortened)))
	}
	if m.moment() == m.journal.Len() && r.Torn {
		return s.Warn.Render("! the recording breaks off here: its last line is torn")
	}
	var parts []string
	if n := m.moment(); n > 0 {
		parts = append(parts, journal.Name(m.journal.At(n-1).Event))
	}
	if n := len(m.replay.errors); n > 0 {
		parts = append(parts, several(n, "error", "errors"))
	}
	if n := len(m.replay.differs); n > 0 {
		parts = append(parts, several(n, "entry differs", "entries differ"))
	}
	parts = append(parts, r.Name+" of "+r.Started.Format("2006-01-02 15:04"))
	return s.Dim.Render(pane.Clean(strings.Join(parts, " · ")))
}

func several(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

// clickScrubber goes to the moment that was clicked.
func (m *Model) clickScrubber(msg tea.MouseClickMsg) bool {
	r := m.layout.scrubber
	if r.empty() || msg.Y != r.y || r.h < 2 {
		return false
	}
	m.pause()
	m.goTo((msg.X*m.journal.Len() + (r.w-1)/2) / max(r.w-1, 1))
	return true
}
