package main

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"layersim/fixtures"
	"layersim/flow"
	"layersim/flow/lint"
	"layersim/flow/plaidsim/outbox"
	"layersim/flow/scenario"
	"layersim/flow/sdk"
)

// What the shipped scenarios show between them, against what they must show.

// notShown is what no scenario can show, and why.
var notShown = map[string]string{
	"finding submit-after-open":                "the walk's own app refuses to submit once Link is open",
	"finding script-twice":                     "a scenario has no page, where two script tags would be; 'layersim serve' finds them",
	"finding webhook-replayed":                 "the walk's own server refuses old webhooks; 'layersim lint' finds it in an app's recording",
	"event TRANSITION_VIEW:EXIT":               "it takes exit() without force, and the walk's own app forces it",
	"platform hosted-link":                     "there is no Layer there: --platform hosted-link says so, as does webview",
	"webhook SESSION_FINISHED SUCCESS user_id": "the walk's own server asks for its link_token with a client_user_id",
	"webhook of a receiver that hangs":         "Plaid's ten seconds are real ones, and a scenario takes none",
}

// neededOfCode is what the code itself can list: no mistake, persona, template,
// version, forgery or word of the language may be without a scenario.
func neededOfCode(catalog *fixtures.Catalog) []needed {
	var all []needed
	add := func(source, format string, args ...any) {
		all = append(all, needed{source, fmt.Sprintf(format, args...)})
	}
	for _, w := range flow.Wrongs() {
		add("G: mistake "+string(w.ID), "mistake %s", w.ID)
		add("G: what comes of "+string(w.ID), "came of %s", w.ID)
	}
	for _, r := range lint.Rules() {
		if r.Seen&lint.InWalk != 0 {
			add("G: rule "+r.ID, "finding %s", r.ID)
		}
	}
	for _, p := range catalog.Personas {
		add("E: persona", "persona %s", p.Name)
	}
	for _, t := range catalog.Templates {
		add("A: template", "template %s", t.Name)
	}
	for _, p := range sdk.Platforms() {
		for _, c := range p.Choices() {
			add("A: minimum SDK", "platform %s %s", p.ID, c.Version)
		}
	}
	for _, p := range flow.Phases() {
		if p != flow.PhaseToken {
			add("A: phase", "to %s", p)
		}
	}
	for _, v := range []string{
		flow.ViewConsent, flow.ViewVerifyPhone, flow.ViewReview, flow.ViewSelectInstitution, flow.ViewCredential, flow.ViewOAuth, flow.ViewMFA,
		flow.ViewSelectAccount, flow.ViewConnected, flow.ViewError, flow.ViewExit,
	} {
		add("F: view", "event TRANSITION_VIEW:%s", v)
	}
	for _, name := range []string{
		flow.EventLayerReady, flow.EventLayerNotAvailable, flow.EventLayerAutofillUnavailable, flow.EventOpen, flow.EventExit, flow.EventHandoff,
		flow.EventSubmitOTP, flow.EventVerifyPhone, flow.EventSearchInstitution, flow.EventSelectInstitution, flow.EventSubmitCredentials,
		flow.EventSubmitMFA, flow.EventOpenOAuth,
	} {
		add("F: event", "event %s", name)
	}
	for _, k := range outbox.Kinds() {
		add("D: webhook gone wrong", "misdelivered %s", k)
	}
	for _, w := range scenario.Vocabulary() {
		add("the language", "word %q", w)
	}
	return all
}

func TestTheLibraryShowsEveryBranchErrorAndMistake(t *testing.T) {
	shown := map[string][]string{} // by fact: the scenarios that show it
	for _, p := range playShipped(t) {
		if p.failure != nil {
			continue // what does not pass shows nothing
		}
		for fact := range factsOf(catalogOf(t), p.scenario, p.journal) {
			shown[fact] = append(shown[fact], p.scenario.Name)
			if _, to, moved := strings.Cut(fact, " to "); moved && strings.HasPrefix(fact, "from ") {
				shown["to "+to] = append(shown["to "+to], p.scenario.Name)
			}
		}
	}
	for _, n := range slices.Concat(branchesAndErrors, neededOfCode(catalogOf(t))) {
		why, excused := notShown[n.fact]
		switch {
		case len(shown[n.fact]) == 0 && !excused:
			t.Errorf("no scenario shows %s (%s)", n.source, n.fact)
		case len(shown[n.fact]) > 0 && excused:
			t.Errorf("%s shows %s, of which notShown says that nothing can: %s", shown[n.fact][0], n.fact, why)
		}
	}
	if t.Failed() && testing.Verbose() {
		var all []string
		for fact := range shown {
			all = append(all, fact)
		}
		slices.Sort(all)
		t.Logf("what is shown:\n%s", strings.Join(all, "\n"))
	}
}
