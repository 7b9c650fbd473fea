package tui

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"

	"layersim/flow"
	"layersim/flow/journal"
	"layersim/flow/lint"
)

// mistakes is how each mistake of the menu is committed, key by key, from the
// first screen on, and what follows.
var mistakes = []struct {
	id   flow.WrongID
	name string // "" where the id says it
	set  setting
	// do leads the walk to where the mistake can be made, makes it, and lets
	// follow what follows.
	do func(w *world)
	// sees and seesNot are on the screen then, in the journal the names of
	// entries in this order, between others.
	sees, seesNot []string
	journal       []string
	deed          flow.Deed
}{
	{
		id: flow.WrongSubmitBeforeLoad,
		do: func(w *world) {
			w.press("enter")
			w.wrong(flow.WrongSubmitBeforeLoad)
			w.stands(flow.PhaseEligibility)
			w.pass(flow.EligibilityPatience + time.Second)
			w.reads("No answer yet", "submit() came before onLoad and was dropped", "Right: Wait for onLoad, then submit.")
			w.simSaw("submit came before onLoad and was dropped")
			w.press("r")
			w.stands(flow.PhaseDateOfBirth)
		},
		journal: []string{"do it wrong: submit-before-load", "onLoad", "still no answer", "try again", "LAYER_NOT_AVAILABLE"},
	},
	{
		id: flow.WrongLateCreate,
		do: func(w *world) {
			w.press("enter")
			w.wrong(flow.WrongLateCreate)
			w.reads("There is no handler yet", "Right: Call create() as soon as")
			w.typeText("4155550011")
			w.press("enter")
			w.stands(flow.PhaseReady)
		},
		sees:    []string{"Wrong on purpose: the handler is created late", "create() and onLoad took"},
		journal: []string{"do it wrong: late-create", "phone number entered", "onLoad", "create() returned", "LAYER_READY"},
	},
	{
		id: flow.WrongTokenExpiredUsed, name: "create",
		do: func(w *world) {
			w.press("enter")
			w.wrong(flow.WrongTokenExpiredUsed)
			w.stands(flow.PhaseFailed)
			w.reads("Plaid.create() failed", "INVALID_LINK_TOKEN: the link_token opens nothing any more")
			w.press("n", "enter", "enter")
			w.stands(flow.PhasePhone)
		},
		seesNot: []string{"Wrong on purpose"},
		journal: []string{"do it wrong: token-expired-used", "Plaid's clock moved on", "failed INVALID_LINK_TOKEN", "start over"},
	},
	{
		id: flow.WrongTokenExpiredUsed, name: "submit",
		do: func(w *world) {
			w.begin()
			w.typeText("4155550011")
			w.wrong(flow.WrongTokenExpiredUsed)
			w.stands(flow.PhaseExited)
		},
		sees:    []string{"Wrong on purpose: an expired link_token", "Link ended at once", "INVALID_LINK_TOKEN"},
		journal: []string{"do it wrong: token-expired-used", "Plaid's clock moved on", "onExit"},
	},
	{
		id: flow.WrongTokenExpiredUsed, name: "open",
		do: func(w *world) {
			w.submit("4155550011")
			w.wrong(flow.WrongTokenExpiredUsed)
			w.stands(flow.PhaseExited)
		},
		sees:    []string{"Wrong on purpose: an expired link_token", "Link ended at once", "INVALID_LINK_TOKEN"},
		journal: []string{"LAYER_READY", "do it wrong: token-expired-used", "Plaid's clock moved on", "onExit"},
	},
	{
		id: flow.WrongForeignNumber,
		do: func(w *world) {
			w.begin()
			w.wrong(flow.WrongForeignNumber)
			w.stands(flow.PhaseDateOfBirth)
		},
		sees:    []string{"LAYER_NOT_AVAILABLE, as for every number that is not +1", "Offer Layer to numbers with +1 only"},
		journal: []string{"do it wrong: foreign-number", "LAYER_NOT_AVAILABLE"},
	},
	{
		id: flow.WrongBirthFirst,
		do: func(w *world) {
			w.begin()
			w.wrong(flow.WrongBirthFirst)
			w.stands(flow.PhasePhone)
			w.reads("Nothing came of it", "date_of_birth is read only after LAYER_NOT_AVAILABLE")
			w.typeText("4155550011")
			w.press("enter")
			w.stands(flow.PhaseReady)
		},
		seesNot: []string{"Wrong on purpose"},
		journal: []string{"do it wrong: birth-first", "phone number entered", "LAYER_READY"},
	},
	{
		id: flow.WrongBothFields,
		do: func(w *world) {
			w.begin()
			w.wrong(flow.WrongBothFields)
			w.stands(flow.PhaseDateOfBirth)
			w.reads("The date of birth was dropped and must be submitted again", "the date_of_birth in the same submit was not read")
			w.press("enter") // it is proposed
			w.stands(flow.PhaseReady)
		},
		seesNot: []string{"Wrong on purpose"},
		journal: []string{"do it wrong: both-fields", "LAYER_NOT_AVAILABLE", "date of birth entered", "LAYER_READY"},
	},
	{
		id: flow.WrongOpenBeforeReady,
		do: func(w *world) {
			w.begin()
			w.wrong(flow.WrongOpenBeforeReady)
			w.stands(flow.PhaseExited)
		},
		sees:    []string{"Wrong on purpose: open() before LAYER_READY", "Please submit Phone Number before opening Link", "Right: Call open() when LAYER_READY comes"},
		journal: []string{"do it wrong: open-before-ready", "EXIT", "onExit"},
	},
	{
		id: flow.WrongOpenBeforeReady, name: "after LAYER_NOT_AVAILABLE",
		do: func(w *world) {
			w.submit("4155550000")
			w.wrong(flow.WrongOpenBeforeReady)
			w.stands(flow.PhaseExited)
			w.press("n")
			w.stands(flow.PhaseToken)
		},
		journal: []string{"LAYER_NOT_AVAILABLE", "do it wrong: open-before-ready", "onExit", "start over"},
	},
	{
		id: flow.WrongOutcomeUnhandled,
		do: func(w *world) {
			w.begin()
			w.wrong(flow.WrongOutcomeUnhandled)
			w.typeText("4155550011")
			w.press("enter")
			w.stands(flow.PhaseEligibility)
			w.reads("LAYER_READY came, and the app does nothing")
			w.pass(flow.EligibilityPatience + time.Second)
			w.reads("The app hangs", "Right: Handle all three")
			w.press("enter")
			w.stands(flow.PhaseReady)
		},
		journal: []string{"do it wrong: outcome-unhandled", "phone number entered", "LAYER_READY", "ignored event", "still no answer", "try again", "LAYER_READY"},
		deed:    flow.DeedIgnoredEvent,
	},
	{
		id: flow.WrongOutcomeUnhandled, name: "the third outcome",
		do: func(w *world) {
			w.submit("4155550012")
			w.wrong(flow.WrongOutcomeUnhandled)
			w.typeText("1975-01-18")
			w.press("enter")
			w.stands(flow.PhaseAutofill)
			w.pass(flow.EligibilityPatience + time.Second)
			w.reads("The app hangs", "LAYER_AUTOFILL_NOT_AVAILABLE came, and the app does nothing")
			w.press("n")
			w.stands(flow.PhaseToken)
		},
		journal: []string{"LAYER_NOT_AVAILABLE", "do it wrong: outcome-unhandled", "LAYER_AUTOFILL_NOT_AVAILABLE", "ignored event"},
		deed:    flow.DeedIgnoredEvent,
	},
	{
		id: flow.WrongHandlerNotDestroyed,
		do: func(w *world) {
			w.submit("4155550000")
			w.wrong(flow.WrongHandlerNotDestroyed)
			w.stands(flow.PhaseFallback)
			if !w.model().state.HandlerAlive {
				w.t.Error("the handler was destroyed")
			}
			w.event(flow.OnEvent{At: flow.At(time.Now()), HandlerID: w.model().state.HandlerID, Name: "OPEN"})
		},
		sees:    []string{"OPEN came from handler 1 while the app's own form is on the screen", "Right: Call destroy()"},
		journal: []string{"do it wrong: handler-not-destroyed", "OPEN"},
	},
	{
		id: flow.WrongOpenTwice,
		do: func(w *world) {
			w.submit("4155550011")
			w.wrong(flow.WrongOpenTwice)
			w.stands(flow.PhaseLink)
			w.shows(flow.ViewConsent)
		},
		sees:    []string{"The second open() failed", "open came twice: Link is open already", "Right: Remember that Link was opened"},
		journal: []string{"do it wrong: open-twice", "OPEN", "open() returned", "failed "},
	},
	{
		id: flow.WrongOpenTwice, name: "in Link",
		do: func(w *world) {
			w.submit("4155550011")
			w.openLink()
			w.wrong(flow.WrongOpenTwice)
			w.shows(flow.ViewVerifyPhone)
			w.reads("open came twice: Link is open already")
			w.typeText("123456")
			w.shows(flow.ViewReview)
			w.press("enter")
			w.stands(flow.PhaseOnboarded)
		},
		journal: []string{"OPEN", "do it wrong: open-twice", "failed ", "onSuccess"},
	},
	{
		id: flow.WrongInformationalEvent, set: setting{live: true},
		do: func(w *world) {
			w.submit("4155550011")
			w.openLink()
			w.wrong(flow.WrongInformationalEvent)
			w.reads("The app lets the user in when SUBMIT_OTP or VERIFY_PHONE comes")
			w.typeText("111111")
			w.shows(flow.ViewVerifyPhone)
		},
		sees:    []string{"the app let the user in. The code was wrong (INVALID_OTP)", "Right: Go by onSuccess and onExit"},
		journal: []string{"do it wrong: informational-event", "SUBMIT_OTP", "acted on event"},
		deed:    flow.DeedActedOnEvent,
	},
	{
		id: flow.WrongInformationalEvent, name: "late",
		do: func(w *world) {
			w.submit("4155550011")
			w.wrong(flow.WrongInformationalEvent)
			w.press("enter", "enter")
			w.typeText("123456")
			w.pass(30 * time.Second)
			w.press("enter")
			w.stands(flow.PhaseOnboarded)
		},
		sees:    []string{"came 30.4s late, and only then does the app go on"},
		journal: []string{"do it wrong: informational-event", "acted on event"},
		deed:    flow.DeedActedOnEvent,
	},
	{
		id: flow.WrongOnSuccessTrusted,
		do: func(w *world) {
			w.submit("4155550011")
			w.openLink()
			w.wrong(flow.WrongOnSuccessTrusted)
			w.shows(flow.ViewVerifyPhone)
			w.reads("INVALID_PUBLIC_TOKEN", "Nobody was proven", "Right: Let the server read the session")
			w.typeText("123456")
			w.press("enter")
			w.stands(flow.PhaseOnboarded)
		},
		journal: []string{"do it wrong: onsuccess-trusted", "onSuccess", "POST /user_account/session/get 400", "failed INVALID_PUBLIC_TOKEN", "onSuccess", "POST /user_account/session/get 200"},
		deed:    flow.DeedTrustedPhone,
	},
	{
		id: flow.WrongSecondOTP,
		do: func(w *world) {
			w.submit("4155550011")
			w.untilReview()
			w.wrong(flow.WrongSecondOTP)
			w.shows(flow.ViewReview)
		},
		sees:    []string{"A second code is on its way", "Right: Send none"},
		journal: []string{"pane PROFILE_DATA_REVIEW", "do it wrong: second-otp", "sent own code"},
		deed:    flow.DeedSentOwnCode,
	},
	{
		id: flow.WrongPublicTokenExchanged,
		do: func(w *world) {
			w.submit("4155550011")
			w.untilReview()
			w.wrong(flow.WrongPublicTokenExchanged)
			w.press("enter")
			w.stands(flow.PhaseOnboarded)
			w.reads("INVALID_PUBLIC_TOKEN", "Right: Layer has no exchange", "Maxine")
		},
		journal: []string{"do it wrong: public-token-exchanged", "onSuccess", "POST /item/public_token/exchange 400", "POST /user_account/session/get 200", "session received"},
	},
	{
		id: flow.WrongPublicTokenExchanged, name: "afterwards",
		do: func(w *world) {
			w.onboarded()
			w.wrong(flow.WrongPublicTokenExchanged)
			w.stands(flow.PhaseOnboarded)
		},
		sees:    []string{"INVALID_PUBLIC_TOKEN", "Right: Layer has no exchange"},
		journal: []string{"session received", "do it wrong: public-token-exchanged", "POST /item/public_token/exchange 400", "failed INVALID_PUBLIC_TOKEN"},
	},
	{
		id: flow.WrongSessionNeverRead,
		do: func(w *world) {
			w.submit("4155550011")
			w.untilReview()
			w.wrong(flow.WrongSessionNeverRead)
			w.press("enter")
			w.stands(flow.PhaseSession)
			w.pass(time.Minute)
			w.reads("Nobody reads the session", "no identity, no Items", "Right: Hand the public_token to the server", "read the session after all")
		},
		journal: []string{"do it wrong: session-never-read", "onSuccess"},
	},
	{
		id: flow.WrongIdentityTrusted,
		do: func(w *world) {
			w.submit("4155550011")
			w.untilReview()
			w.typeText("x")
			w.press("enter")
			w.stands(flow.PhaseOnboarded)
			w.wrong(flow.WrongIdentityTrusted)
		},
		sees:    []string{"The user changed this in Link a moment ago: Name", "Right: Only the phone is proven"},
		journal: []string{"session received", "do it wrong: identity-trusted", "trusted identity"},
		deed:    flow.DeedTrustedIdentity,
	},
	{
		id: flow.WrongFirstItemOnly,
		do: func(w *world) {
			w.submit("4155550011")
			w.untilReview()
			for !strings.Contains(w.screen(), "› [ ] Tartan Checking") {
				w.press("down")
			}
			w.press("space", "enter")
			w.stands(flow.PhaseOnboarded)
			w.wrong(flow.WrongFirstItemOnly)
		},
		sees:    []string{"Lost: Tartan Bank (", "Right: Go through all items"},
		journal: []string{"accounts received", "do it wrong: first-item-only", "read first item"},
		deed:    flow.DeedReadFirstItem,
	},
	{
		id: flow.WrongNoItemsAsFailure, set: setting{template: "accounts-skip"},
		do: func(w *world) {
			w.onboarded()
			w.wrong(flow.WrongNoItemsAsFailure)
			w.stands(flow.PhaseFallback)
		},
		sees:    []string{"Plaid has onboarded this user and bills for it", "empty list of Items for a failure", "Right: An empty list is a success"},
		journal: []string{"session received", "do it wrong: no-items-as-failure", "rejected no items"},
		deed:    flow.DeedRejectedNoItems,
	},
	{
		id: flow.WrongTokenReused,
		do: func(w *world) {
			w.onboarded()
			w.wrong(flow.WrongTokenReused)
			w.stands(flow.PhasePhone)
		},
		sees:    []string{"create() took the used link_token, because this is Sandbox", "Right: A new session needs a new link_token"},
		journal: []string{"session received", "do it wrong: token-reused", "onLoad"},
	},
	{
		id: flow.WrongTokenReused, name: "strict", set: setting{strict: true},
		do: func(w *world) {
			w.onboarded()
			w.wrong(flow.WrongTokenReused)
			w.stands(flow.PhaseFailed)
		},
		sees:    []string{"INVALID_LINK_TOKEN: the link_token opens nothing any more"},
		journal: []string{"session received", "do it wrong: token-reused", "failed INVALID_LINK_TOKEN"},
	},
	{
		id: flow.WrongWebhookUnverified,
		do: func(w *world) {
			w.submit("4155550011")
			w.untilReview()
			w.wrong(flow.WrongWebhookUnverified)
			w.reads("It believes one signed by a stranger and one without a signature, which the right check refuses", "Right: Check Plaid-Verification")
			w.press("alt+w")
			w.reads("webhook │ right check │ this app's", "one signed by a stranger │ ✗ refused │ ✓ believed", "the genuine one │ ✓ believed │ ✓ believed")
			w.press("esc", "enter")
			w.stands(flow.PhaseOnboarded)
		},
		journal: []string{"do it wrong: webhook-unverified", "POST /webhook_verification_key/get 200", "webhooks tried", "believed webhook", "onSuccess"},
		deed:    flow.DeedBelievedWebhook,
	},
	{
		id: flow.WrongWebhookReencoded,
		do: func(w *world) {
			w.onboarded()
			w.wrong(flow.WrongWebhookReencoded)
		},
		sees:    []string{"It refuses the genuine one (the body is not the one that was signed), which the right check believes", "Right: Hash the raw bytes"},
		journal: []string{"session received", "do it wrong: webhook-reencoded", "webhooks tried", "refused webhook"},
		deed:    flow.DeedRefusedWebhook,
	},
	{
		id: flow.WrongWebhookOneKey,
		do: func(w *world) {
			w.onboarded()
			w.wrong(flow.WrongWebhookOneKey)
		},
		sees:    []string{"It refuses one after Plaid changed its key (the signature does not fit), which the right check believes", "Right: Keep keys by their kid"},
		journal: []string{"session received", "do it wrong: webhook-one-key", "POST /webhook_verification_key/get 200", "POST /webhook_verification_key/get 200", "webhooks tried"},
		deed:    flow.DeedRefusedWebhook,
	},
	{
		id: flow.WrongWebhookDER,
		do: func(w *world) {
			w.submit("4155550011")
			w.untilReview()
			w.press("ctrl+g")
			w.stands(flow.PhaseExited)
			w.wrong(flow.WrongWebhookDER)
		},
		sees:    []string{"It believes one with a DER signature, which the right check refuses. It refuses the genuine one (the signature does not fit)", "Right: Use a JOSE library"},
		journal: []string{"onExit", "do it wrong: webhook-der", "webhooks tried", "refused webhook"},
		deed:    flow.DeedRefusedWebhook,
	},
	{
		id: flow.WrongSubmitsCounted,
		do: func(w *world) {
			w.submit("4155550000")
			w.press("enter")
			w.untilReview()
			w.press("enter")
			w.stands(flow.PhaseOnboarded)
			w.wrong(flow.WrongSubmitsCounted)
		},
		set:     setting{persona: "newcomer"},
		sees:    []string{"By submits: 1 of 2, 50 %. By users: 1 of 1, 100 %.", "Right: Divide by users"},
		journal: []string{"do it wrong: submits-counted", "counted submits"},
		deed:    flow.DeedCountedSubmits,
	},
	{
		id: flow.WrongAutofillNeedsAccounts,
		do: func(w *world) {
			w.wrong(flow.WrongAutofillNeedsAccounts)
			w.reads("template accounts-required")
			w.press("enter", "enter", "enter")
			w.stands(flow.PhaseDateOfBirth)
			w.press("enter")
			w.stands(flow.PhaseFallback)
			w.reads("LAYER_AUTOFILL_NOT_AVAILABLE, with the date of birth that does otherwise", "Right: Set the template's accounts to Optional or Skip")
			w.press("ctrl+n")
			w.stands(flow.PhaseToken)
		},
		sees:    []string{"template default"},
		seesNot: []string{"Wrong on purpose"},
		journal: []string{"do it wrong: autofill-needs-accounts", "LAYER_NOT_AVAILABLE", "LAYER_AUTOFILL_NOT_AVAILABLE", "start over"},
	},
	{
		id: flow.WrongSDKTooOld,
		do: func(w *world) {
			w.wrong(flow.WrongSDKTooOld)
			w.reads("React 3.5.1")
			w.submit("4155550011")
			w.pass(flow.EligibilityPatience + time.Second)
			w.reads("React 3.5.1 brings no LAYER_* event", "Right: Ship at least the version")
			w.press("n")
		},
		seesNot: []string{"React 3.5.1"},
		journal: []string{"do it wrong: sdk-too-old", "phone number entered", "start over"},
	},
}

// onboarded walks to the end with the persona that has two banks.
func (w *world) onboarded() {
	w.t.Helper()
	w.submit("4155550011")
	w.untilReview()
	w.press("enter")
	w.stands(flow.PhaseOnboarded)
}

// wrong commits a mistake from the menu, as its operator would.
func (w *world) wrong(id flow.WrongID) {
	w.t.Helper()
	key := "w"
	if w.model().typing() {
		key = "alt+w"
	}
	w.press(key)
	wrong, _ := id.Wrong()
	for range len(flow.Wrongs()) {
		if strings.Contains(w.screen(), "› "+wrong.Title) {
			break
		}
		w.press("down")
	}
	if !strings.Contains(w.screen(), "› "+wrong.Title) {
		w.press("home")
		for range len(flow.Wrongs()) {
			if strings.Contains(w.screen(), "› "+wrong.Title) {
				break
			}
			w.press("down")
		}
	}
	w.reads("› "+wrong.Title, wrong.Does, wrong.Right)
	w.seesNot("Not now")
	w.press("enter")
	if w.model().overlay != onScreen {
		w.t.Fatalf("%s was not committed:\n%s", id, w.screen())
	}
}

// reads is sees for texts that may be wrapped in one of the panes.
func (w *world) reads(texts ...string) {
	w.t.Helper()
	m, lines := w.model(), strings.Split(w.screen(), "\n")
	var parts []string
	for _, r := range append(m.layout.panes[:], m.layout.banner, rect{0, 0, m.width, m.height}) {
		var words []string
		for y := r.y; y < r.y+r.h && y < len(lines); y++ {
			words = append(words, strings.Fields(strings.Trim(ansi.Cut(lines[y], r.x, r.x+r.w), "│┃ "))...)
		}
		parts = append(parts, strings.Join(words, " "))
	}
	for _, text := range texts {
		if !strings.Contains(strings.Join(parts, "\n"), text) {
			w.t.Fatalf("the screen does not read %q:\n%s", text, w.screen())
		}
	}
}

// simSaw fails the test unless the simulator has refused something with these
// words.
func (w *world) simSaw(why string) {
	w.t.Helper()
	records, _ := w.sim.Records(0, 1000)
	for _, r := range records {
		if r.Act != nil && strings.Contains(r.Act.Refused, why) {
			return
		}
	}
	w.t.Errorf("the simulator saw nothing of %q", why)
}

// names are the names of the journal's entries.
func (w *world) names() (names []string) {
	j := w.model().Journal()
	for i := range j.Len() {
		names = append(names, journal.Name(j.At(i).Event))
	}
	return names
}

func TestEveryMistake(t *testing.T) {
	done := map[flow.WrongID]bool{}
	for i, tc := range mistakes {
		done[tc.id] = true
		if raceDetector && i%5 != 0 { // the others do nothing more at once
			continue
		}
		t.Run(strings.TrimSuffix(string(tc.id)+"/"+tc.name, "/"), func(t *testing.T) {
			inBubble(t, tc.set, func(w *world) {
				tc.do(w)
				w.reads(tc.sees...)
				w.seesNot(tc.seesNot...)
				rest, all := w.names(), w.names()
				for _, want := range tc.journal {
					i := slices.IndexFunc(rest, func(name string) bool {
						return name == want || strings.HasSuffix(want, " ") && strings.HasPrefix(name, want)
					})
					if i < 0 {
						t.Fatalf("the journal has no %q where it should:\n%s", want, strings.Join(all, "\n"))
					}
					rest = rest[i+1:]
				}
				w.did(tc.deed)
				w.isFound(tc.id)
				w.replays()
			})
		})
	}
	for _, wrong := range flow.Wrongs() {
		if !done[wrong.ID] {
			t.Errorf("nobody commits %s", wrong.ID)
		}
	}
}

// isFound fails the test unless the linter finds this mistake in the journal,
// and no other.
func (w *world) isFound(id flow.WrongID) {
	w.t.Helper()
	j := w.model().Journal()
	read, linter := lint.NewWalk(j.StateAt(-1)), lint.New(lint.InWalk)
	for i := range j.Len() {
		for _, o := range read.Read(j.At(i)) {
			linter.Add(o)
		}
	}
	linter.Finish()
	var found []string
	for _, f := range linter.Findings() {
		if !slices.Contains(found, f.Rule) {
			found = append(found, f.Rule)
		}
	}
	if !slices.Equal(found, []string{string(id)}) {
		w.t.Errorf("the linter finds %q, want %s", found, id)
	}
}

// did fails the test unless the app did this by itself, and nothing else.
func (w *world) did(deed flow.Deed) {
	w.t.Helper()
	var deeds []flow.Deed
	for i := range w.model().Journal().Len() {
		if did, ok := w.model().Journal().At(i).Event.(flow.AppDid); ok {
			deeds = append(deeds, did.Deed)
		}
	}
	if deed == "" && len(deeds) > 0 || deed != "" && !slices.Equal(deeds, []flow.Deed{deed}) {
		w.t.Errorf("the app did %q by itself, want %q", deeds, deed)
	}
}

// replays fails the test unless the journal's events lead to the state again.
func (w *world) replays() {
	w.t.Helper()
	j := w.model().Journal()
	var entries []journal.Entry
	for i := range j.Len() {
		entries = append(entries, j.At(i))
	}
	again := journal.Fold(j.StateAt(-1), entries...)
	if again.Phase != w.model().walk().Phase || again.Mistake.Outcome != w.model().walk().Mistake.Outcome {
		w.t.Errorf("replayed, the walk is in %s: %q", again.Phase, again.Mistake.Outcome)
	}
}
