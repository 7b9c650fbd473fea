package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"reflect"
	"sync"

	"layersim/flow"
)

// saboteur stands between the program and its engine, and lets one effect go
// wrong. A call that is made again goes wrong again, until it is healed.
type saboteur struct {
	app   *app
	at    string // which effect, as effectID says
	class faultClass
	free  chan struct{} // closed when what is kept back may go on

	mu     sync.Mutex
	counts map[string]int
	seen   bool   // the effect came
	acted  int    // how often the fault did anything
	sick   string // effects of this kind go wrong
	healed bool
	armed  []int
}

// effectID names an effect of a walk: a question by its number, an order by its
// kind and how many there were before.
func (s *saboteur) effectID(e flow.Effect) string {
	if q, ok := e.(flow.Question); ok {
		return fmt.Sprintf("call %d", q.CallID())
	}
	name := effectName(e)
	s.counts[name]++
	return fmt.Sprintf("%s %d", name, s.counts[name])
}

func (s *saboteur) through(a *app) func(context.Context, flow.Effect) flow.Event {
	s.app = a
	return s.perform
}

// perform is Engine.Perform, spoilt.
func (s *saboteur) perform(ctx context.Context, e flow.Effect) flow.Event {
	s.mu.Lock()
	first := s.effectID(e) == s.at && !s.seen
	if first {
		s.seen, s.sick = true, kindOf(e)
	}
	spoilt := !s.healed && (first || s.class.wire != nil && s.sick != "" && s.sick == kindOf(e))
	s.mu.Unlock()
	if !spoilt {
		return s.app.engine.Perform(ctx, e)
	}
	if s.class.wire != nil {
		return s.onWire(ctx, e)
	}
	s.acts(1)
	switch s.class.after {
	case answersTwice:
		answer := s.app.engine.Perform(ctx, e)
		if answer != nil {
			s.app.emit(answer)
		}
		return answer
	case answersLate:
		answer := s.app.engine.Perform(ctx, e)
		s.wait(ctx)
		return answer
	case performsLate:
		s.wait(ctx)
	}
	return s.app.engine.Perform(ctx, e)
}

func (s *saboteur) acts(n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.acted += n
}

func (s *saboteur) wait(ctx context.Context) {
	select {
	case <-s.free:
	case <-ctx.Done():
	}
}

// onWire lets the simulated Plaid spoil every call that the effect makes.
func (s *saboteur) onWire(ctx context.Context, e flow.Effect) flow.Event {
	id := s.app.sim.Fail(*s.class.wire)
	answer := s.app.engine.Perform(ctx, e)
	s.acts(applied(s.app, id))
	if s.class.wire.Hold { // what it holds back is held until it is healed
		s.mu.Lock()
		s.armed = append(s.armed, id)
		s.mu.Unlock()
		return answer
	}
	s.app.sim.HealOne(id)
	return answer
}

// heal ends it: nothing goes wrong any more.
func (s *saboteur) heal() {
	s.mu.Lock()
	s.healed = true
	s.mu.Unlock()
	s.app.sim.Heal()
}

// begun reports whether the effect came, done whether it was spoilt.
func (s *saboteur) begun() (came bool, acted int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.seen, s.acted
}

// applied asks the control API how often a fault has acted.
func applied(a *app, id int) int {
	r := httptest.NewRequestWithContext(context.Background(), http.MethodGet, "http://127.0.0.1/sim/faults", nil)
	w := httptest.NewRecorder()
	a.sim.ServeHTTP(w, r)
	var listed struct {
		Faults []struct{ ID, Applied int }
	}
	if err := json.Unmarshal(w.Body.Bytes(), &listed); err != nil {
		panic(fmt.Sprintf("the faults cannot be listed: %v: %s", err, w.Body.String()))
	}
	for _, f := range listed.Faults {
		if f.ID == id {
			return f.Applied
		}
	}
	panic("the fault is not listed")
}

// kindOf names an effect in the matrix, with what tells one use of it from
// another.
func kindOf(e flow.Effect) string {
	name, detail := effectName(e), ""
	switch e := e.(type) {
	case flow.SubmitHandler:
		switch {
		case !e.Phone.IsZero() && !e.DateOfBirth.IsZero():
			detail = "both"
		case e.Phone.IsZero():
			detail = "date of birth"
		default:
			detail = "phone"
		}
	case flow.DriveLink:
		detail = string(e.Action.Kind)
	case flow.OpenHandler:
		if e.Again {
			detail = "again"
		}
	case flow.CreateHandler:
		if !e.Early.IsZero() {
			detail = "with an early submit"
		}
	case flow.StartTimer:
		detail = string(e.Timer.Kind)
	}
	if detail != "" {
		name += " (" + detail + ")"
	}
	return name
}

func effectName(e flow.Effect) string { return reflect.TypeOf(e).Name() }
