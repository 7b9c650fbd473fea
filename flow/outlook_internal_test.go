package flow

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
)

// eventTypes lists every type of this package that is an Event, from its source.
func eventTypes(t *testing.T) []string {
	t.Helper()
	packages, err := parser.ParseDir(token.NewFileSet(), ".", func(f fs.FileInfo) bool { return !strings.HasSuffix(f.Name(), "_test.go") }, 0) //nolint:staticcheck // one package, no build tags
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	ast.Inspect(packages["flow"], func(n ast.Node) bool {
		spec, ok := n.(*ast.TypeSpec)
		if !ok {
			return true
		}
		body, ok := spec.Type.(*ast.StructType)
		if !ok {
			return true
		}
		for _, field := range body.Fields.List {
			if embedded, ok := field.Type.(*ast.Ident); ok && len(field.Names) == 0 && embedded.Name == "At" {
				names = append(names, spec.Name.Name)
			}
		}
		return true
	})
	return names
}

// standing is a state without what only differs from walk to walk, so that
// states in which the same can happen are counted once.
func standing(s State) string {
	var pending []string
	for _, q := range s.Pending {
		pending = append(pending, fmt.Sprintf("%T", q))
	}
	return fmt.Sprint(s.Phase, s.FailedIn, fmt.Sprintf("%T", s.FailedCall), s.HandlerAlive, s.HandlerLoaded, s.Opened, s.ExitCalled,
		s.SubmittedDOB, s.Silent, s.SignedUp, pending, s.Link.Surface, s.Config.Client.Layer, s.Config.Client.Autofill,
		s.Mistake.Wrong, s.Mistake.Armed, s.Mistake.Outcome != "", s.Config.InPage)
}

// mistakesAt are all mistakes that can be made in a state.
func mistakesAt(s State, at At) []sample {
	var list []sample
	for _, w := range Wrongs() {
		if w.Obstacle(s) == "" {
			list = append(list, sample{string(w.ID), GroupOperator, DoWrong{
				At: at, Wrong: w.ID, TemplateID: "t2", Client: Client{Platform: "old"},
				Phone: NewPhoneNumber(proposedPhone), DateOfBirth: NewDateOfBirth(proposedBirth),
			}})
		}
	}
	return list
}

// standpoint is a state of a walk; mistaken says that the attempt had a mistake.
type standpoint struct {
	State

	mistaken bool
}

// everyStanding walks wherever the samples lead, with one mistake in each
// attempt or none, and calls visit for every step of the samples.
func everyStanding(visit func(s standpoint, now time.Time, events []sample, next []Transition)) int {
	now := time.Date(2026, 3, 7, 9, 0, 0, 0, time.UTC)
	var todo []standpoint
	seen := map[string]bool{}
	add := func(s State, mistaken bool) {
		if key := fmt.Sprint(mistaken, standing(s)); !seen[key] && len(s.Pending) < 2 {
			seen[key] = true
			todo = append(todo, standpoint{s, mistaken})
		}
	}
	for _, c := range []Client{{Layer: true, Autofill: true}, {Layer: true}, {}} {
		add(New(Config{TemplateID: "t", Client: c}), false)
		add(New(Config{TemplateID: "t", Client: c, InPage: true}), false)
	}
	for len(todo) > 0 {
		s := todo[0]
		todo = todo[1:]
		events := samplesAt(s.State, At(now))
		next := make([]Transition, len(events))
		if s.Mistake.Wrong == WrongOnSuccessTrusted && s.Mistake.Armed {
			forged := OnSuccess{At: At(now), HandlerID: s.HandlerID, PublicToken: NewPublicToken(ForgedPublicToken)}
			add(Step(s.State, forged).Next, true)
		}
		for i, e := range events {
			next[i] = Step(s.State, e.event)
			_, over := e.event.(StartOverRequested)
			_, wrong := e.event.(DoWrong)
			add(next[i].Next, (s.mistaken || wrong) && !over)
		}
		visit(s, now, events, next)
		if s.mistaken { // two mistakes in one attempt are left to the walks drawn at random
			continue
		}
		for _, e := range mistakesAt(s.State, At(now)) {
			if tr := Step(s.State, e.event); tr.Verdict != Refused {
				add(tr.Next, true)
			}
		}
	}
	return len(seen)
}

// oneAtATime says that a test has no goroutine of its own: the race detector
// would find nothing in it, and take minutes.
func oneAtATime(t *testing.T) {
	t.Helper()
	if raceDetector {
		t.Skip("nothing in it happens at once: the race detector has nothing to find")
	}
}

// The outlook agrees with Step wherever a walk can stand, and every event that
// there is has a place in it.
func TestOutlookAgreesWithStepEverywhere(t *testing.T) {
	oneAtATime(t)
	types := eventTypes(t)
	if len(types) < 35 {
		t.Fatalf("only %d types of event were found: %v", len(types), types)
	}
	phases := map[Phase]bool{}
	standings := everyStanding(func(s standpoint, now time.Time, events []sample, next []Transition) {
		phases[s.Phase] = true
		outlook := Outlook(s.State, now)
		if len(outlook) != len(events) {
			t.Fatalf("%s: %d prospects of %d events", s.Phase, len(outlook), len(events))
		}
		names, sampled := map[string]bool{}, map[string]bool{}
		for i, p := range outlook {
			want := next[i]
			if p.Verdict != want.Verdict || p.To != want.Next.Phase || p.Why != want.Why || p.Again != (want.Next.Attempt != s.Attempt) {
				t.Errorf("%s, %s: %+v, but Step says %s, %s, %q", s.Phase, p.Event, p, want.Verdict, want.Next.Phase, want.Why)
			}
			calls := 0
			for _, e := range want.Effects {
				switch e.(type) {
				case StartTimer, PresentLink, DriveLink, TryWebhooks, LetTimePass, DoDeed, ForgeOnSuccess:
				default:
					calls++
				}
			}
			if p.Wrong { // no part of Layer
				calls = 0
			}
			if p.Wrong != (i == len(outlook)-1) || p.Wrong && p.Acts {
				t.Errorf("%s: a mistake is not the last, or leads on: %+v", s.Phase, p)
			}
			if len(p.Calls) != calls || calls > 0 && !p.Acts || !slices.Contains(ProspectGroups(), p.Group) || p.Event == "" || names[p.Event] {
				t.Errorf("%s: %+v", s.Phase, p)
			}
			names[p.Event] = true
			sampled[reflect.TypeOf(events[i].event).Name()] = true
		}
		for _, name := range types {
			if !sampled[name] {
				t.Errorf("%s: no prospect of a %s: give samplesAt one", s.Phase, name)
			}
		}
		refused := 0
		for _, r := range Refusals(outlook) {
			refused += len(r.Events)
			if r.Why == "" || strings.Contains(r.Why, outOfPlaceMark) && !strings.HasPrefix(r.Why, "It does") {
				t.Errorf("%s: refusal %+v", s.Phase, r)
			}
		}
		for _, p := range outlook {
			if p.Verdict == Refused {
				refused--
			}
		}
		if refused != 0 {
			t.Errorf("%s: the refusals have %d events more than are refused", s.Phase, refused)
		}
	})
	if len(phases) != len(Phases()) {
		t.Errorf("%d standings in %d phases of %d", standings, len(phases), len(Phases()))
	}
}

// Every way that a walk can take is a route, and every route can be taken. One
// of a mistake is taken by nothing but a mistake and what follows it.
func TestRoutesAreTheWaysOfStep(t *testing.T) {
	oneAtATime(t)
	taken, wrongly := map[[2]Phase]string{}, map[[2]Phase]string{}
	everyStanding(func(s standpoint, now time.Time, events []sample, next []Transition) {
		take := func(ways map[[2]Phase]string, name string, tr Transition) {
			if tr.Next.Attempt == s.Attempt && tr.Next.Phase != s.Phase {
				ways[[2]Phase{s.Phase, tr.Next.Phase}] = strings.TrimSpace(string(s.Mistake.Wrong) + " " + name)
			}
		}
		for i, tr := range next {
			if _, wrong := events[i].event.(DoWrong); wrong || s.mistaken {
				take(wrongly, events[i].name, tr)
				continue
			}
			take(taken, events[i].name, tr)
		}
		for _, e := range mistakesAt(s.State, At(now)) {
			take(wrongly, e.name, Step(s.State, e.event))
		}
	})
	for way, by := range taken {
		if r, ok := routeOf(way[0], way[1]); !ok || r.Mistake {
			t.Errorf("no route from %s to %s, which %q takes", way[0], way[1], by)
		}
	}
	for way, by := range wrongly {
		if RouteBy(way[0], way[1]) == "" {
			t.Errorf("no route from %s to %s, which %q takes, a mistake or what follows one", way[0], way[1], by)
		}
	}
	known := map[[2]Phase]bool{}
	for _, r := range Routes() {
		way := [2]Phase{r.From, r.To}
		if taken[way] == "" && (!r.Mistake || wrongly[way] == "") {
			t.Errorf("nothing leads from %s to %s (%s)", r.From, r.To, r.By)
		}
		if known[way] || r.By == "" {
			t.Errorf("%+v is listed twice, or without what leads there", r)
		}
		known[way] = true
	}
	if RouteBy(PhaseOnboarded, PhaseLink) != "" {
		t.Error("onboarding leads back")
	}
}
