package scenario

import (
	"regexp"
	"slices"
	"testing"
	"time"

	"layersim/flow/plaidsim"
	"layersim/flow/plaidsim/outbox"
)

// The names that a file can use are those of the simulated Plaid, no more and no
// fewer.
func TestNamesAreTheSimulatedPlaids(t *testing.T) {
	faultOn := func(on string) plaidsim.Fault {
		f := plaidsim.Fault{On: on, Status: 500}
		if slices.Contains(events, on) || slices.Contains([]string{"onEvent", "onSuccess", "onExit"}, on) {
			f = plaidsim.Fault{On: on, Lose: true}
		}
		return f
	}
	for _, place := range faultPlaces() {
		if err := faultOn(place).Check(); err != nil {
			t.Errorf("%s: %v", place, err)
		}
	}
	// What it says of a place that does not exist lists those that do.
	word := regexp.MustCompile(`/[a-z_/]+|[A-Z]+_[A-Z_]+|\b(?:OPEN|ERROR|HANDOFF|EXIT)\b`)
	for _, f := range []plaidsim.Fault{{On: "/nowhere", Status: 500}, {On: "NO_SUCH_EVENT", Lose: true}} {
		err := f.Check()
		if err == nil {
			t.Fatalf("%s is a place", f.On)
		}
		names := word.FindAllString(err.Error(), -1)
		if len(names) < 10 {
			t.Fatalf("%v lists %q", err, names)
		}
		for _, name := range names {
			if name != f.On && name != "INVALID_FIELD" && name != "INVALID_REQUEST" && !slices.Contains(faultPlaces(), name) {
				t.Errorf("a file cannot have a fault on %s", name)
			}
		}
	}
	var kinds []string
	for _, k := range outbox.Kinds() {
		kinds = append(kinds, string(k))
	}
	if slices.Sort(kinds); !slices.Equal(kinds, slices.Sorted(slices.Values(misdeliveries))) {
		t.Errorf("misdeliveries are %q, the simulator's %q", misdeliveries, kinds)
	}
}

// A fault is refused in a file exactly if the simulated Plaid refuses it.
func TestFaultsFitTogetherAsTheSimulatedPlaidSays(t *testing.T) {
	places := []string{"", "/item/get", "/link/session/submit", "LAYER_READY", "onExit"}
	ways := []func(*Fault){
		func(f *Fault) { f.Status = 500 }, func(f *Fault) { f.Status = 302 }, func(f *Fault) { f.NoAnswer = true }, func(f *Fault) { f.Drop = true },
		func(f *Fault) { f.Garbage = true }, func(f *Fault) { f.Truncate = true }, func(f *Fault) { f.Swallow = true }, func(f *Fault) { f.Lose = true },
		func(f *Fault) { f.Duplicate = true }, func(f *Fault) { f.Hold = true }, func(f *Fault) { f.Delay = time.Second },
		func(f *Fault) { f.Latency = time.Second }, func(f *Fault) { f.ErrorCode = "X" }, func(*Fault) {},
	}
	for _, on := range places {
		for _, a := range ways {
			for _, b := range ways {
				f := Fault{On: on}
				a(&f)
				b(&f)
				theirs := plaidsim.Fault{
					On: f.On, Latency: f.Latency, NoAnswer: f.NoAnswer, Drop: f.Drop, Garbage: f.Garbage, Truncate: f.Truncate, Swallow: f.Swallow,
					Lose: f.Lose, Duplicate: f.Duplicate, Hold: f.Hold, Delay: f.Delay, Status: f.Status, ErrorCode: f.ErrorCode,
				}.Check()
				if ours := f.problem(); (ours == "") != (theirs == nil) {
					t.Errorf("%+v: a file says %q, the simulator %v", f, ours, theirs)
				}
			}
		}
	}
}
