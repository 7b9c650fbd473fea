package flow_test

import (
	"slices"
	"strings"
	"testing"

	"layersim/flow"
)

// What leads on, in the words a reader sees.
func TestWhatLeadsOnFromEachPhase(t *testing.T) {
	for _, tc := range []struct {
		name string
		from flow.State
		want string
	}{
		{"token", begin(webLatest), ""},
		{"token asked for", askedToken(t, webLatest), "start over→token, a link_token→handler, an answer without a link_token→failed, /session/token/create fails→failed"},
		{"phone", loaded(t, webLatest), "enter a phone number→eligibility"},
		{"phone, too old", loaded(t, noLayer), "enter a phone number→eligibility"},
		{"silence", silent(t), "use the own form→fallback, LAYER_READY→ready, LAYER_NOT_AVAILABLE→date-of-birth"},
		{"eligibility", phoneSubmitted(t, webLatest), "LAYER_READY→ready, LAYER_NOT_AVAILABLE→date-of-birth"},
		{"eligibility, no Extended Autofill", phoneSubmitted(t, noEA), "LAYER_READY→ready, LAYER_NOT_AVAILABLE→fallback"},
		{"date of birth", wantsDOB(t), "enter a date of birth→autofill, use the own form→fallback"},
		{"autofill", dobSubmitted(t), "LAYER_READY→ready, LAYER_AUTOFILL_NOT_AVAILABLE→fallback"},
		{"ready", ready(t), "open Link→link"},
		{"link", inLink(t, flow.InBrowser), "onSuccess→session, onExit, the user left→exited, onExit PROFILE_AUTHENTICATION_FAILED→exited, onExit INVALID_LINK_TOKEN→exited"},
		{"session", succeeded(t), "the session→onboarded, /user_account/session/get fails→failed"},
		{"onboarded", onboarded(t), ""},
		{"fallback", fellBack(t), ""},
		{"failed", fail(t, askedToken(t, webLatest)), "try again→token"},
	} {
		var got []string
		for _, p := range flow.Outlook(tc.from, epoch) {
			if p.Verdict == flow.Advanced && (!p.Again || strings.HasPrefix(tc.name, "token")) {
				got = append(got, p.Event+"→"+string(p.To))
			}
		}
		if !strings.Contains(tc.want, "INVALID_LINK_TOKEN") { // leaving before Link is open is the same everywhere
			got = slices.DeleteFunc(got, func(s string) bool {
				return strings.HasPrefix(s, "onExit") || strings.HasPrefix(s, "the link_token expires")
			})
		}
		if all := strings.Join(got, ", "); all != tc.want {
			t.Errorf("%s:\ngot  %s\nwant %s", tc.name, all, tc.want)
		}
	}
}

func TestRefusalsHaveOneReasonEach(t *testing.T) {
	refusals := flow.Refusals(flow.Outlook(loaded(t, webLatest), epoch))
	first := refusals[0]
	if first.Why != "It does not belong here: the phone number comes next." || !slices.Contains(first.Events, "open Link") || slices.Contains(first.Events, "LAYER_READY") {
		t.Errorf("%+v", first)
	}
	for _, r := range refusals {
		if slices.Contains(r.Events, "LAYER_READY") && strings.HasPrefix(r.Why, "LAYER_READY came with nothing submitted") {
			return
		}
	}
	t.Errorf("no reason for LAYER_READY: %+v", refusals)
}

func BenchmarkOutlook(b *testing.B) {
	s := begin(webLatest)
	for s.Phase != flow.PhaseLink {
		s = flow.Step(s, fitting(s, at(), true)).Next
	}
	for b.Loop() {
		flow.Outlook(s, epoch)
	}
}
