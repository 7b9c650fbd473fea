package tui

import (
	"fmt"
	"slices"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"layersim/flow"
	"layersim/flow/journal"
	"layersim/tui/pane"
)

// Replay: a recording in place of a walk. The record is there from the start, and
// the moment that is looked at moves in it, by keys or in the time that the walk
// took. Nothing is asked of anybody: what would act is refused with a sentence.

// Replay is a recording to look at.
type Replay struct {
	Name    string // of the file, for people
	Entries []journal.Entry
	Initial flow.State
	Started time.Time
	Torn    bool // its last line broke off and is left out
	Speed   int  // one of Speeds to begin with, 0 for the first
}

// Speeds are how much faster than the walk itself a replay can be played.
func Speeds() []int { return []int{1, 2, 10} }

// longestPause is how long a replay waits for the next entry, before its speed is
// counted: nobody wants to watch somebody think.
const longestPause = 3 * time.Second

// together is how close two entries are drawn as one when a replay is played.
const together = 20 * time.Millisecond

// replayView is the replay of a recording: where what is to be found lies in it,
// and whether it is played.
type replayView struct {
	on      bool
	playing bool
	// turn counts how often playing was begun or ended, so that a wait that was
	// begun before does nothing.
	turn  int
	speed int
	// shortened is the pause that is being waited for, where it is cut short.
	shortened time.Duration
	// errors and phases are the moments, as goTo counts them, at which there is an
	// error or another phase begins.
	errors, phases []int
	// differs says of a moment how this layersim would have gone on otherwise.
	differs map[int]string
}

// played asks for the next moment of a replay.
type played struct{ turn int }

// forReplay are the options of a screen that shows a recording.
func (o Options) forReplay() Options {
	r := o.Replay
	o.Config, o.Record, o.Perform, o.Events = r.Initial.Config, nil, nil, nil
	end := r.Started
	if n := len(r.Entries); n > 0 {
		end = r.Entries[n-1].At
	}
	o.Now = func() time.Time { return end }
	return o
}

// load takes the whole recording in and goes to its beginning.
func (m *Model) load(r Replay) {
	v := replayView{on: true, speed: max(r.Speed, 1), differs: map[int]string{}}
	for i, e := range r.Entries {
		before := m.state
		t := m.private.truth.Restore(e)
		if problem := journal.Differs(e, t); problem != "" {
			v.differs[i+1] = problem
		}
		m.state = t.Next
		m.follow(before, e.Event, e)
		if isStop(r.Entries[:i], e) {
			v.errors = append(v.errors, i+1)
		}
		if e.Phase != e.Before {
			v.phases = append(v.phases, i+1)
		}
	}
	m.replay, m.notice, m.overlay, m.zoomed = v, "", onScreen, false
	m.inspector.tab = tabWire
	m.focus = paneStage
	m.goTo(0)
}

// isStop reports whether an entry is an error, or a mistake on purpose, and not
// what a call comes to whose exchange was one already.
func isStop(before []journal.Entry, e journal.Entry) bool {
	if _, wrong := e.Event.(flow.DoWrong); wrong {
		return e.Verdict != flow.Refused
	}
	if failed, ok := e.Event.(flow.CallFailed); ok {
		for _, earlier := range before[max(len(before)-4, 0):] {
			x, ok := earlier.Event.(flow.ExchangeRecorded)
			if ok && journal.IsError(x) && x.Exchange.RequestID == failed.Failure.RequestID {
				return false
			}
		}
	}
	return journal.IsError(e.Event)
}

func inReplay(m *Model) bool { return m.replay.on }

// notInReplay is said to whoever wants something done.
const notInReplay = "this is a replay, and nothing is done in it"

// refusesToAct says why nothing can be done, if this is a replay.
func (m *Model) refusesToAct() bool {
	if m.replay.on {
		m.notice = "This is a replay of " + orElse(pane.Clean(m.opts.Replay.Name), "a recording") + ": what happened stays as it was. Run layersim to do it yourself."
	}
	return m.replay.on
}

// actsInWalk reports whether a key would do something in a walk.
func actsInWalk(key string) bool {
	return slices.ContainsFunc(keyTable, func(b binding) bool {
		return (b.group == groupWalk || b.group == groupLink) && b.place&onScreen != 0 && (slices.Contains(b.keys, key) || slices.Contains(b.chords, key))
	})
}

// refusesToReveal says that a recording does not have what is masked in it, if
// this is a replay.
func (m *Model) refusesToReveal() bool {
	if m.replay.on {
		m.notice = "The recording does not hold this value: it was masked when it was written."
	}
	return m.replay.on
}

// ---- Playing -----------------------------------------------------------------

// playPrimary is what Enter does in a replay.
func (m *Model) playPrimary() (string, func(*Model) tea.Cmd) {
	switch {
	case m.journal.Len() == 0:
		return "", nil
	case m.replay.playing:
		return "pause", (*Model).playOrPause
	case m.moment() >= m.journal.Len():
		return "play from the start", (*Model).playOrPause
	}
	return "play", (*Model).playOrPause
}

func (m *Model) playOrPause() tea.Cmd {
	if m.replay.playing {
		m.pause()
		return nil
	}
	if m.moment() >= m.journal.Len() {
		m.goTo(0)
	}
	m.pause()
	m.replay.playing = true
	return m.awaitNext()
}

// pause ends playing.
func (m *Model) pause() {
	m.replay.playing, m.replay.shortened = false, 0
	m.replay.turn++
}

// awaitNext waits as long as the walk did for its next entry.
func (m *Model) awaitNext() tea.Cmd {
	n, turn := m.moment(), m.replay.turn
	if n >= m.journal.Len() {
		m.pause()
		return nil
	}
	m.replay.shortened = 0
	wait := time.Duration(0)
	if n > 0 {
		wait = m.gap(n)
	}
	if wait > longestPause {
		m.replay.shortened, wait = wait, longestPause
	}
	return tea.Tick(max(wait/time.Duration(m.replay.speed), time.Millisecond), func(time.Time) tea.Msg { return played{turn} })
}

// gap is the time between moment n and the next.
func (m *Model) gap(n int) time.Duration {
	return max(m.journal.At(n).At.Sub(m.journal.At(n-1).At), 0)
}

// playedOn goes to the next moment, past those that were there at once.
func (m *Model) playedOn(msg played) tea.Cmd {
	if !m.replay.playing || msg.turn != m.replay.turn {
		return nil
	}
	n := m.moment() + 1
	for passed := time.Duration(0); n < m.journal.Len(); n++ {
		if passed += m.gap(n); passed/time.Duration(m.replay.speed) >= together {
			break
		}
	}
	m.goTo(n)
	return m.awaitNext()
}

func (m *Model) otherSpeed() {
	speeds := Speeds()
	m.replay.speed = speeds[(slices.Index(speeds, m.replay.speed)+1)%len(speeds)]
}

// ---- Going about -----------------------------------------------------------------

// jump goes to the next of the moments, or to the one before.
func (m *Model) jump(moments []int, forward bool, none string) {
	m.pause()
	at := m.moment()
	i, here := slices.BinarySearch(moments, at)
	switch {
	case forward && here:
		i++
	case !forward:
		i--
	}
	if i < 0 || i >= len(moments) {
		m.notice = none
		return
	}
	m.goTo(moments[i])
}

// marked are the moments right after the entries that are marked.
func (m *Model) marked() []int {
	var moments []int
	for i := range m.log.marks {
		moments = append(moments, i+1)
	}
	slices.Sort(moments)
	return moments
}

func (m *Model) lookInReplay(a action) {
	switch a {
	case actNextError:
		m.jump(m.replay.errors, true, "There is no error after this moment.")
	case actPreviousError:
		m.jump(m.replay.errors, false, "There is no error before this moment.")
	case actNextPhase:
		m.jump(m.replay.phases, true, "The walk stays in this phase until the recording ends.")
	case actPreviousPhase:
		m.jump(append([]int{0}, m.replay.phases...), false, "This is the beginning.")
	case actPreviousMoment:
		m.jump(m.marked(), false, "There is no mark before this moment. m marks one.")
	case actToStart:
		m.pause()
		m.goTo(0)
	case actToEnd:
		m.pause()
		m.goTo(m.journal.Len())
	case actSpeed:
		m.otherSpeed()
	}
}

// elapsed is how far into the walk moment n lies, and how long the walk took.
func (m *Model) elapsed(n int) (at, whole time.Duration) {
	last := m.journal.Len() - 1
	if last < 0 {
		return 0, 0
	}
	start := m.journal.At(0).At
	if n > 0 {
		at = m.journal.At(n - 1).At.Sub(start)
	}
	return max(at, 0), max(m.journal.At(last).At.Sub(start), 0)
}

// clockOf says a length of time as a player does: 0:07, 1:02:03.
func clockOf(d time.Duration) string {
	s := int(d.Round(time.Second) / time.Second)
	if s >= 3600 {
		return fmt.Sprintf("%d:%02d:%02d", s/3600, s/60%60, s%60)
	}
	return fmt.Sprintf("%d:%02d", s/60, s%60)
}

// isMask reports whether a text is what a recording has of a private value.
func isMask(text string) bool { return strings.Contains(text, "•") }

func hasErrors(m *Model) bool { return len(m.replay.errors) > 0 }

// spacePlays reports whether the space bar plays: where a replay has nothing to
// choose or fold.
func spacePlays(m *Model) bool {
	return m.replay.on && m.overlay == onScreen && m.focus != paneLog && m.focus != paneInspector
}
