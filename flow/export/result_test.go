package export_test

import (
	"strings"
	"testing"
	"time"

	"layersim/flow"
	"layersim/flow/export"
	"layersim/flow/journal"
)

// What an attempt brought is in the document although the walk went on.
func TestAResultStaysWhenTheWalkGoesOn(t *testing.T) {
	w := told(t, "Ada")
	last := w.Entries[len(w.Entries)-1]
	again := journal.Entry{
		Seq: last.Seq + 1, At: last.At.Add(time.Second), Event: flow.StartOverRequested{At: flow.At(last.At.Add(time.Second))},
		Before: flow.PhaseOnboarded, Phase: flow.PhaseToken, Lane: journal.LaneYou,
	}
	w.Entries = append(w.Entries, again)
	w.Recording.Entries = append(w.Recording.Entries, journal.Recorded{Seq: again.Seq, At: again.At, Kind: "StartOverRequested", Event: []byte("{}")})
	document := string(export.Markdown(w))
	for _, want := range []string{"**It stops:** in the phase token, before an end.", "## Result of attempt 2", "| First name | `Ada` |", "### Items"} {
		if strings.Count(document, want) != 1 {
			t.Errorf("%q is there %d times", want, strings.Count(document, want))
		}
	}
	if strings.Contains(document, "**It ended:**") {
		t.Error("a walk that goes on has ended")
	}
}
