package main

import (
	"bytes"
	"testing"
	"time"

	"layersim/fixtures"
	"layersim/flow"
	"layersim/flow/journal"
	"layersim/flow/scenario"
)

func builtin(t testing.TB) *fixtures.Catalog {
	t.Helper()
	catalog, err := fixtures.Load("")
	if err != nil {
		t.Fatal(err)
	}
	return catalog
}

// scene is a scenario of these deeds.
func scene(deeds ...scenario.Deed) scenario.Scenario {
	sc := scenario.Scenario{Name: "test", Seed: 7}
	for _, d := range deeds {
		sc.Steps = append(sc.Steps, scenario.Step{Do: d})
	}
	return sc
}

func stageOf(t testing.TB, sc scenario.Scenario, catalog *fixtures.Catalog) *stage {
	t.Helper()
	st, err := newStage(t.Context(), sc, catalog, nil)
	if err != nil {
		t.Fatal(err)
	}
	return st
}

// play plays a scenario and returns what became of it, and its journal as a
// recording has it.
func play(t testing.TB, sc scenario.Scenario) (scenario.Result, []byte) {
	t.Helper()
	var lines bytes.Buffer
	st, err := newStage(t.Context(), sc, builtin(t), func(e journal.Entry) error {
		line, err := journal.Whole(e)
		lines.Write(append(line, '\n'))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := st.Close(); err != nil {
			t.Error(err)
		}
	}()
	result, err := scenario.Run(t.Context(), sc, st.world())
	if err != nil {
		t.Fatal(err)
	}
	return result, lines.Bytes()
}

// mustPass plays a scenario in which all is as it should be.
func mustPass(t testing.TB, sc scenario.Scenario) (scenario.Result, []byte) {
	t.Helper()
	result, lines := play(t, sc)
	if f := result.Failure; f != nil {
		t.Fatalf("step %d, %s: expected %s, got %s\n%s", result.Steps, f.Step, f.Expected, f.Got, lines)
	}
	return result, lines
}

var (
	stepsToPhone = []scenario.Deed{scenario.CreateToken{}, scenario.CreateHandler{}, scenario.SubmitPhone{}}
	stepsToLink  = append(stepsToPhone[:3:3], scenario.ExpectEvent{Name: "LAYER_READY", Timing: "live"}, scenario.Open{})
	stepsToEnd   = append(stepsToLink[:5:5], scenario.Continue{}, scenario.EnterCode{}, scenario.Share{})
)

func TestAnEligibleUserIsOnboarded(t *testing.T) {
	result, _ := mustPass(t, scene(append(stepsToEnd[:8:8],
		scenario.ExpectEvents{Names: []string{"LAYER_READY", "OPEN", "TRANSITION_VIEW:CONSENT", "TRANSITION_VIEW:VERIFY_PHONE", "SUBMIT_OTP", "TRANSITION_VIEW:PROFILE_DATA_REVIEW", "VERIFY_PHONE", "HANDOFF", "onSuccess"}},
		scenario.ExpectEvent{Name: "TRANSITION_VIEW", View: "CONSENT", Timing: scenario.TimingHeld},
		scenario.ExpectPhase{Phase: flow.PhaseOnboarded},
		scenario.ExpectWebhook{Code: "LAYER_AUTHENTICATION_PASSED", Verified: "true"},
		scenario.ExpectWebhook{Code: "SESSION_FINISHED", Status: "SUCCESS"},
		scenario.ExpectResult{Values: map[string]string{"items": "1", "identity.ssn": "present"}},
		scenario.ExpectFindings{},
	)...))
	if result.State.PhoneProof != flow.ProofWebhook {
		t.Errorf("the phone is proven by %q", result.State.PhoneProof)
	}
}

// The same scenario gives the same bytes, whatever else the machine does.
func TestAScenarioIsDeterministic(t *testing.T) {
	sc := scene(append(stepsToEnd[:8:8], scenario.Wait{For: 5 * time.Hour})...)
	_, first := mustPass(t, sc)
	for range 20 {
		if _, again := mustPass(t, sc); !bytes.Equal(first, again) {
			t.Fatalf("two journals:\n%s\n\n%s", first, again)
		}
	}
}
