package main

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime/debug"
	"testing"

	"layersim/flow"
)

// A panic may quote what it choked on, and what Go prints of a panic goes to the
// terminal, and to a file of whoever catches it.
func leakOfPanic(t *testing.T) {
	values := append(planted(), marker{"secret", farSecret}, marker{"client_id", farClient}, marker{"name", "Planted Name"}, marker{"street", "9 Planted Path"})
	state := t.TempDir()
	g := &guardian{environ: []string{"XDG_STATE_HOME=" + state, "PLAID_SECRET=" + farSecret, "PLAID_CLIENT_ID=" + farClient}, quit: func() {}}
	g.caught(fmt.Errorf("cannot draw %q and `9 Planted Path` with %s and %s: %s, %s", "Planted Name", farSecret, farClient, plantedDirt, "key \""+plantedKey+"\""))
	err := g.report()
	if err == nil {
		t.Fatal("no panic was reported")
	}
	sink(t, "a panic: what is said", []byte(err.Error()), values, "layersim broke down: cannot draw")
	reports, _ := filepath.Glob(filepath.Join(state, "layersim", "panic-*.txt"))
	for _, name := range reports {
		content, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		sink(t, "a panic: the report", content, values, "cannot draw", "goroutine ", "leakOfPanic")
	}
	if len(reports) != 1 {
		t.Errorf("%d reports", len(reports))
	}

	// A panic with a State, an event or an effect in it, and the trace of a
	// goroutine that has them in hand.
	s := flow.State{
		LinkToken: flow.NewLinkToken(plantedToken), PublicToken: flow.NewPublicToken(plantedPublic), Phone: flow.NewPhoneNumber(plantedPhone), DateOfBirth: flow.NewDateOfBirth(plantedBirth),
	}
	s.Account.Identity.SSN, s.Account.Identity.FirstName = flow.NewSSN(plantedSSN), plantedShown
	s.Account.Items = []flow.Item{{AccessToken: flow.NewAccessToken(plantedToken)}}
	trace := func(s flow.State, code flow.OneTimeCode, secret string) (printed string) {
		defer func() { printed = fmt.Sprintf("%v %+v %#v\n", recover(), s, s) + string(debug.Stack()) }()
		panic(fmt.Sprintf("%v %+v %#v %q %x", s, s, s, code, code))
	}(s, flow.NewOneTimeCode(plantedKey), farSecret)
	sink(t, "a panic: Go's own trace, with a State", []byte(trace), values[:len(values)-2], plantedShown, "goroutine ")
}
