package plain_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"layersim/flow"
	"layersim/tui/plain"
)

// replayed is a walk said again to somebody who types these lines.
func replayed(t *testing.T, w told, typed ...string) string {
	t.Helper()
	r := plain.Recorded{Initial: w.Journal.StateAt(-1), Entries: w.Journal.Entries(), Catalog: catalog(t)}
	if typed != nil {
		r.In = strings.NewReader(strings.Join(typed, "\n"))
	}
	var out strings.Builder
	if err := plain.Replay(t.Context(), r, &out); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

const goesOn = "Next (Enter says what follows; all says the rest; quit ends):"

// Whoever types hears a recording step by step, and the same words as all at once.
func TestReplayIsSaidStepByStep(t *testing.T) {
	w := walk(t, setting{}, eligible...)
	whole := replayed(t, w)
	if strings.Contains(whole, "Next (") {
		t.Fatalf("nobody is there, and it asks:\n%s", whole)
	}
	stepped := replayed(t, w, strings.Repeat("\n", 20))
	if asked, steps := strings.Count(stepped, goesOn), strings.Count(whole, "\nStep: "); asked < steps-1 || asked > steps {
		t.Errorf("it asks %d times in %d steps", asked, steps)
	}
	if told := strings.ReplaceAll(stepped, goesOn+" \n", ""); strings.ReplaceAll(told, goesOn+" ", "") != whole {
		t.Errorf("it says something else step by step:\n%s", stepped)
	}
	first, rest, _ := strings.Cut(stepped, goesOn)
	if !strings.Contains(first, "Step: Ask for a link_token.") || strings.Contains(first, "Server: ") || !strings.HasPrefix(strings.TrimSpace(rest), "You: ask for a link_token") {
		t.Errorf("it begins with\n%s", first)
	}

	all := replayed(t, w, "", "retry", "ALL", "")
	if strings.Count(all, goesOn) != 3 || !strings.Contains(all, "Nothing can be done in a recording.") || !strings.Contains(all, "End of the recording, at the step: The user is onboarded.") {
		t.Errorf("all:\n%s", all)
	}
	for _, lines := range [][]string{{"", "quit"}, {""}, {"", ""}} {
		if said := replayed(t, w, lines...); !strings.Contains(said, "You leave the recording at the step: ") || strings.Contains(said, "End of the recording") {
			t.Errorf("%q:\n%s", lines, said)
		}
	}
}

// never is a terminal at which nobody types.
type never struct{ over <-chan struct{} }

func (n never) Read([]byte) (int, error) { <-n.over; return 0, context.Canceled }

// An interruption ends it while it waits.
func TestReplayThatWaitsIsInterrupted(t *testing.T) {
	stopped := errors.New("interrupted")
	ctx, stop := context.WithCancelCause(t.Context())
	w := walk(t, setting{}, "")
	stop(stopped)
	var out strings.Builder
	r := plain.Recorded{Initial: w.Journal.StateAt(-1), Entries: w.Journal.Entries(), Catalog: catalog(t), In: never{t.Context().Done()}}
	if err := plain.Replay(ctx, r, &out); !errors.Is(err, stopped) || strings.Contains(out.String(), string(flow.PhaseOnboarded)) {
		t.Errorf("%v:\n%s", err, &out)
	}
}
