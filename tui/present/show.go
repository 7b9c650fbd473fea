package present

import (
	"maps"
	"strconv"
	"time"

	tea "charm.land/bubbletea/v2"

	"layersim/flow"
	"layersim/flow/journal"
	"layersim/flow/scenario"
	"layersim/tui/pane"
)

// show is one presentation from its beginning on. A reset makes a new one.
type show struct {
	play   Play // nil until it has begun
	number int  // tells what the shows before it still have to say from its own
	scenes []scene
	at     int  // which scene is looked at
	over   bool // after the last beat
	busy   bool // steps are being played
	watch  stopwatch
	missed int // expectations that were not met
	broken error
}

// stand is how far a scene is.
type stand int

const (
	asking   stand = iota // a question is on the screen
	answered              // and its answer
	playing               // steps are being played
	shown                 // all of them were
)

// scene is a beat as it was shown: what it made, and how things stood then.
type scene struct {
	beat     int
	stand    stand
	step     int // of the beat, the one that comes next
	question scenario.Question
	began    time.Duration // on the stopwatch
	took     time.Duration // until the next one began, 0 while it is the newest

	deeds    []scenario.Deed // that were done or looked at
	entries  []journal.Entry // that they made, or look at
	looks    bool            // they make none
	mistake  bool            // made on purpose; entries begin with it
	later    bool            // the session's answer has come, and a later beat is about it
	record   []journal.Entry // of the whole show until then
	state    flow.State      // after them
	form     form
	failures []scenario.Failure
}

// form is what the user has entered in a pane of Link and not sent yet.
type form struct {
	view   string
	values map[string]string
	chosen *scenario.ChooseAccounts
}

// played says what came of a few steps.
type played struct {
	number   int // of the show
	play     Play
	outcomes []scenario.Outcome
	entries  []journal.Entry // all of the show
	state    flow.State
	err      error
}

// newest is the scene that goes on; ok is false before the first.
func (s *show) newest() (sc *scene, ok bool) {
	if len(s.scenes) == 0 {
		return nil, false
	}
	return &s.scenes[len(s.scenes)-1], true
}

// looking is the scene that is looked at, nil before the first and after the
// last.
func (s *show) looking() *scene {
	if s.at >= len(s.scenes) {
		return nil
	}
	return &s.scenes[s.at]
}

// next goes on by one: forward again after a look back, to the answer of a
// question, to what it was about, to the next beat.
func (m *Model) next() tea.Cmd {
	s := &m.show
	m.recall = false
	switch last, begun := s.newest(); {
	case s.busy:
		return nil
	case begun && s.at < len(s.scenes)-1, s.over && s.at < len(s.scenes):
		s.at++
		return nil
	case s.over:
		m.notice = "That was the last beat. R begins again."
		return nil
	case begun && last.stand == asking:
		last.stand = answered
		return nil
	case begun && last.stand == answered:
		return m.playOn(true)
	}
	return m.nextBeat()
}

// nextBeat begins the next beat, or ends the show.
func (m *Model) nextBeat() tea.Cmd {
	s, now := &m.show, m.opts.Now()
	s.watch.start(now)
	gone := s.watch.elapsed(now)
	var forget tea.Cmd
	index := 0
	next := scene{began: gone}
	if last, begun := s.newest(); begun {
		index = last.beat + 1
		last.took = gone - last.began
		next.state, next.form, next.record = last.state, last.form, last.record
	} else if old := m.before; old != nil { // from here on there is no way back
		m.before = nil
		if old.play != nil && !old.busy {
			forget = func() tea.Msg { _ = old.play.Close(); return nil }
		}
	}
	if index >= len(m.beats) {
		s.over, s.at = true, len(s.scenes)
		s.watch.pause(now)
		return nil
	}
	next.beat = index
	s.scenes = append(s.scenes, next)
	s.at = len(s.scenes) - 1
	return tea.Batch(forget, m.playOn(false))
}

// playOn plays the newest beat up to its next question, or its end. If asked, the
// question of its next step has been answered.
func (m *Model) playOn(asked bool) tea.Cmd {
	s := &m.show
	sc, _ := s.newest()
	steps := m.beats[sc.beat].steps
	from := sc.step
	for sc.step < len(steps) && (steps[sc.step].Ask.Question == "" || asked && sc.step == from) {
		sc.step++
	}
	if sc.step == from {
		sc.stand, sc.question = asking, steps[from].Ask
		return nil
	}
	sc.stand, s.busy = playing, true
	return play(m.opts, s.play, s.number, sc.step-from)
}

// play does n steps. The model does not touch the playing meanwhile.
func play(o Options, p Play, number, n int) tea.Cmd {
	return func() tea.Msg {
		out := played{number: number, play: p}
		if out.play == nil {
			if out.play, out.err = o.Begin(); out.err != nil {
				return out
			}
		}
		for range n {
			if _, more := out.play.Next(); !more {
				break
			}
			outcome, err := out.play.Step(o.Context)
			if err != nil {
				out.err = err
				break
			}
			out.outcomes = append(out.outcomes, outcome)
		}
		out.entries, out.state = out.play.Journal().Entries(), out.play.State()
		return out
	}
}

// played puts what came of steps into their scene.
func (m *Model) played(p played) {
	s := &m.show
	if p.number != s.number {
		if m.before != nil && m.before.number == p.number {
			s = m.before // it was reset while it played, and may be wanted back
		} else {
			if p.play != nil {
				_ = p.play.Close()
			}
			return
		}
	}
	s.play, s.busy, s.broken = p.play, false, p.err
	if p.play == nil { // nothing has begun, and the next Enter tries again
		s.scenes, s.at = nil, 0
		return
	}
	sc, _ := s.newest()
	for _, o := range p.outcomes {
		sc.deeds = append(sc.deeds, o.Step.Do)
		made := p.entries[o.From:o.To]
		if wrong, yes := o.Step.Do.(scenario.DoWrong); yes && !sc.mistake {
			sc.mistake = wrong.Wrong == flow.WrongOpenBeforeReady
			sc.entries = nil // the way there is not what it is about
		}
		if len(made) > 0 && sc.looks {
			sc.entries, sc.looks = nil, false
		}
		sc.entries = append(sc.entries, made...)
		sc.form = sc.form.after(o.Step.Do, made)
		if o.Failure != nil {
			sc.failures = append(sc.failures, *o.Failure)
			s.missed++
		}
	}
	sc.record, sc.state = p.entries, p.state
	sc.looks = len(sc.entries) == 0
	if sc.looks {
		sc.entries = lookedFor(sc.deeds, sc.record)
	} else {
		sc.entries, sc.later = m.heldBack(sc)
	}
	steps := m.beats[sc.beat].steps
	if sc.step < len(steps) && p.err == nil {
		sc.stand, sc.question = asking, steps[sc.step].Ask
		return
	}
	sc.stand = shown
}

// after is what stands in the form after a step: what was typed is gone when
// another pane has come, and stays when the same comes again.
func (f form) after(d scenario.Deed, made []journal.Entry) form {
	for _, e := range made {
		if e, shown := e.Event.(flow.PaneShown); shown && e.Pane.View != f.view {
			f = form{view: e.Pane.View}
		}
	}
	switch d := d.(type) {
	case scenario.EditField:
		f.values = maps.Clone(f.values)
		if f.values == nil {
			f.values = map[string]string{}
		}
		for key, v := range d.Values {
			f.values[key] = v.Reveal()
		}
	case scenario.ChooseAccounts:
		f.chosen = &d
	}
	return f
}

// back looks at the scene before.
func (m *Model) back() {
	m.recall = false
	if m.show.at > 0 && len(m.show.scenes) > 0 {
		m.show.at--
	}
}

// reset begins again, with everything as it was at the start. What was shown is
// kept until the first beat of the new show: undo brings it back.
func (m *Model) reset() {
	if m.before != nil || len(m.show.scenes) == 0 {
		m.notice = "It stands at the start already."
		return
	}
	old := m.show
	m.ran = old.watch.runs()
	old.watch.pause(m.opts.Now())
	m.before = &old
	m.show = show{number: old.number + 1}
	m.recall, m.notice = false, "✓ At the start again. "+pane.KeyName("u")+" brings back beat "+strconv.Itoa(min(old.at+1, len(old.scenes)))+"."
}

// undo brings back what was reset.
func (m *Model) undo() {
	if m.before == nil {
		m.notice = "There is nothing to bring back."
		return
	}
	m.show, m.before = *m.before, nil
	if !m.show.over && m.ran {
		m.show.watch.start(m.opts.Now())
	}
	m.notice = "✓ Where you were."
}
