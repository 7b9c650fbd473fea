package lint

import (
	"strings"
	"testing"
	"time"

	"layersim/flow"
	"layersim/flow/journal"

	"github.com/google/go-cmp/cmp"
)

var web = flow.Client{Platform: "web", Name: "Web", Version: "latest", Layer: true, Autofill: true}

// walker drives the core as the program does, and the linter beside it.
type walker struct {
	t       *testing.T
	state   flow.State
	journal *journal.Journal
	read    *Walk
	linter  *Linter
	at      time.Time
}

func newWalker(t *testing.T, client flow.Client) *walker {
	initial := flow.New(flow.Config{TemplateID: "t", ClientUserID: "alice", Client: client})
	return &walker{t: t, state: initial, journal: journal.New(initial), read: NewWalk(initial), linter: New(InWalk), at: noon}
}

func (w *walker) now() flow.At {
	w.at = w.at.Add(time.Second)
	return flow.At(w.at)
}

func (w *walker) step(e flow.Event) {
	w.t.Helper()
	t := flow.Step(w.state, e)
	w.state = t.Next
	for _, o := range w.read.Read(w.journal.Append(e, t)) {
		w.linter.Add(o)
	}
}

// token, handler, submit and so on walk through a phase.
func (w *walker) token() {
	w.step(flow.LinkTokenRequested{At: w.now()})
	w.step(flow.SessionTokenCreated{At: w.now(), Call: w.state.LastCall, LinkToken: flow.NewLinkToken("link-sandbox-" + w.at.Format(time.RFC3339)), Expiration: w.at.Add(4 * time.Hour)})
}

func (w *walker) handler() {
	w.step(flow.HandlerRequested{At: w.now()})
	w.step(flow.HandlerCreated{At: w.now(), Call: w.state.LastCall})
	w.step(flow.OnLoad{At: w.now(), HandlerID: w.state.HandlerID})
}

func (w *walker) phone(number string) {
	w.step(flow.PhoneNumberEntered{At: w.now(), Phone: flow.NewPhoneNumber(number)})
	w.step(flow.HandlerSubmitted{At: w.now(), Call: w.state.LastCall})
}

func (w *walker) event(name string) { w.judged(name, "") }

func (w *walker) judged(name, why string) {
	w.step(flow.OnEvent{At: w.now(), HandlerID: w.state.HandlerID, Name: name, Metadata: flow.Metadata{Timestamp: w.at, Verdict: why}})
}

func (w *walker) begin() {
	w.token()
	w.handler()
	w.phone("+14155550011")
}

func (w *walker) open() {
	w.event(flow.EventLayerReady)
	w.step(flow.OpenRequested{At: w.now(), Surface: flow.InTerminal})
	w.step(flow.HandlerOpened{At: w.now(), Call: w.state.LastCall})
	w.event(flow.EventOpen)
}

func (w *walker) success() {
	w.event(flow.EventVerifyPhone)
	w.step(flow.OnSuccess{At: w.now(), HandlerID: w.state.HandlerID, PublicToken: flow.NewPublicToken("profile-sandbox-0123456789-0001")})
}

func (w *walker) fetched(items ...flow.Item) {
	w.step(flow.UserAccountFetched{At: w.now(), Call: w.state.LastCall, Account: flow.UserAccount{HasIdentity: true, Items: items}})
}

func (w *walker) onboard(items ...flow.Item) {
	w.begin()
	w.open()
	w.success()
	w.fetched(items...)
}

func (w *walker) born() {
	w.event(flow.EventLayerNotAvailable)
	w.step(flow.DateOfBirthEntered{At: w.now(), DateOfBirth: flow.NewDateOfBirth("1975-01-18")})
	w.step(flow.HandlerSubmitted{At: w.now(), Call: w.state.LastCall})
}

func (w *walker) did(d flow.Deed, because string) {
	w.step(flow.AppDid{At: w.now(), Deed: d, Because: because})
}

// smallestWalks are walks that break each rule that the core itself can be
// brought to break, and only it. The others need the app to do what it never
// does by itself.
var smallestWalks = []struct {
	rule, name string
	client     flow.Client
	walk       func(*walker)
	says       string
}{
	{"foreign-number", "", web, func(w *walker) { w.token(); w.handler(); w.phone("+442071838750") }, "+4•••••••••50"},
	{"sdk-too-old", "for Layer", flow.Client{Name: "iOS", Version: "6.0.0", MinLayer: "6.0.4", MinAutofill: "6.3.1"}, (*walker).begin, "iOS 6.0.0, which does not know Layer: it needs 6.0.4"},
	{"sdk-too-old", "for Extended Autofill", flow.Client{Name: "iOS", Version: "6.3.0", Layer: true, MinAutofill: "6.3.1"}, func(w *walker) {
		w.begin()
		w.event(flow.EventLayerNotAvailable)
	}, "iOS 6.3.0 cannot submit a date of birth: Extended Autofill needs 6.3.1"},
	{"autofill-needs-accounts", "", web, func(w *walker) {
		w.begin()
		w.born()
		w.judged(flow.EventLayerAutofillUnavailable, "template requires a bank account; persona has none")
	}, "template requires a bank account"},
	{"outcome-unhandled", "", web, func(w *walker) {
		w.begin()
		w.did(flow.DeedIgnoredEvent, flow.EventLayerReady)
	}, "LAYER_READY came, and the app has no code for it"},
	{"informational-event", "", web, func(w *walker) {
		w.begin()
		w.open()
		w.did(flow.DeedActedOnEvent, flow.EventVerifyPhone)
	}, "because of VERIFY_PHONE"},
	{"second-otp", "", web, func(w *walker) {
		w.begin()
		w.open()
		w.success()
		w.fetched()
		w.did(flow.DeedSentOwnCode, "to be sure")
	}, "although Link had proven the phone +1••••••••11 (to be sure)"},
	{"onsuccess-trusted", "", web, func(w *walker) {
		w.begin()
		w.open()
		w.success()
		w.did(flow.DeedTrustedPhone, "onSuccess")
	}, "The app took +1••••••••11 for proven by onSuccess"},
	{"submits-counted", "", web, func(w *walker) { w.onboard(); w.did(flow.DeedCountedSubmits, "") }, "counted submits"},
	{"identity-trusted", "", web, func(w *walker) { w.onboard(); w.did(flow.DeedTrustedIdentity, "/user_account/session/get") }, "took the identity for verified"},
	{"first-item-only", "", web, func(w *walker) { w.onboard(); w.did(flow.DeedReadFirstItem, "2 Items came") }, "items[0] and nothing else (2 Items came)"},
	{"no-items-as-failure", "", web, func(w *walker) { w.onboard(); w.did(flow.DeedRejectedNoItems, "") }, "empty list of Items"},
	{"public-token-exchanged", "", web, func(w *walker) {
		w.onboard()
		w.step(flow.ExchangeRecorded{At: w.now(), Exchange: flow.Exchange{
			URL: "https://sandbox.plaid.com/item/public_token/exchange", Status: 400,
			RequestBody: `{"public_token":"profile-sandbox-••••0001"}`, ResponseBody: `{"error_code":"INVALID_PUBLIC_TOKEN"}`,
		}})
	}, "profile-sandbox-••••0001 (answered 400 INVALID_PUBLIC_TOKEN)"},
	{"old-token-call", "", web, func(w *walker) {
		w.step(flow.ExchangeRecorded{At: w.now(), Exchange: flow.Exchange{URL: "https://sandbox.plaid.com/link/token/create", Status: 200, RequestBody: `{"products":["layer"]}`}})
	}, "/link/token/create with the product layer (answered 200)"},
	{"token-expired-used", "", web, func(w *walker) {
		w.begin()
		w.open()
		w.at = w.at.Add(5 * time.Hour)
		w.step(flow.OnExit{At: w.now(), HandlerID: w.state.HandlerID, Failure: flow.Failure{Code: "INVALID_LINK_TOKEN"}})
	}, "had expired"},
	{"webhook-unverified", "", web, func(w *walker) { w.did(flow.DeedBelievedWebhook, flow.CheckedNothing) }, "acted on a webhook (not verified at all)"},
	{"webhook-replayed", "", web, func(w *walker) { w.did(flow.DeedBelievedWebhook, flow.CheckedNoAge) }, "iat"},
	{"webhook-reencoded", "", web, func(w *walker) { w.did(flow.DeedBelievedWebhook, flow.CheckedReencoded) }, "re-encoded"},
	{"webhook-der", "", web, func(w *walker) { w.did(flow.DeedBelievedWebhook, flow.CheckedDER) }, "DER"},
	{"webhook-one-key", "", web, func(w *walker) { w.did(flow.DeedRefusedWebhook, flow.CheckedOneKey) }, "A genuine webhook was lost: the app refused it ("},
}

func TestTheSmallestWalkOfEachMistake(t *testing.T) {
	for _, c := range smallestWalks {
		t.Run(c.rule+" "+c.name, func(t *testing.T) {
			w := newWalker(t, c.client)
			c.walk(w)
			if diff := cmp.Diff([]string{c.rule}, ids(w.linter.Findings())); diff != "" {
				t.Fatalf("found:\n%s", diff)
			}
			if got := w.linter.Findings()[0]; !strings.Contains(got.What, c.says) || got.Seq == 0 || got.Known < got.Seq || got.Known > uint64(w.journal.Len()) {
				t.Errorf("it says %q (entry %d, known with %d), want %q in it", got.What, got.Seq, got.Known, c.says)
			}
		})
	}
}

func TestARightWalkHasNoFindings(t *testing.T) {
	for name, walk := range map[string]func(*walker){
		"eligible by phone": func(w *walker) { w.onboard(flow.Item{ItemID: "a"}, flow.Item{ItemID: "b"}) },
		"Extended Autofill": func(w *walker) { w.begin(); w.born(); w.open(); w.success(); w.fetched() },
		"fallback": func(w *walker) {
			w.begin()
			w.born()
			w.judged(flow.EventLayerAutofillUnavailable, "nothing is found with this date of birth")
		},
		"the user leaves, and begins again": func(w *walker) {
			w.begin()
			w.open()
			w.step(flow.OnExit{At: w.now(), HandlerID: w.state.HandlerID})
			w.step(flow.StartOverRequested{At: w.now()})
			w.onboard()
		},
		"the token expires": func(w *walker) {
			w.begin()
			w.at = w.at.Add(5 * time.Hour)
			w.step(flow.TimerFired{At: w.now(), Timer: flow.TimerID{Kind: flow.TimerLinkToken, Call: 1}})
			w.step(flow.StartOverRequested{At: w.now()})
			w.onboard()
		},
		"LAYER_READY twice": func(w *walker) { w.begin(); w.event(flow.EventLayerReady); w.open(); w.success(); w.fetched() },
		"a call is made again": func(w *walker) {
			w.begin()
			w.event(flow.EventLayerReady)
			w.step(flow.OpenRequested{At: w.now(), Surface: flow.InTerminal})
			w.step(flow.CallFailed{At: w.now(), Call: w.state.LastCall, Failure: flow.Failure{Code: flow.CodeTimeout}})
			w.step(flow.RetryRequested{At: w.now()})
			w.step(flow.HandlerOpened{At: w.now(), Call: w.state.LastCall})
			w.success()
			w.step(flow.CallFailed{At: w.now(), Call: w.state.LastCall, Failure: flow.Failure{Code: "INTERNAL_SERVER_ERROR", Status: 500}})
			w.step(flow.RetryRequested{At: w.now()})
			w.fetched()
		},
		"the handler cannot be created at first": func(w *walker) {
			w.token()
			w.step(flow.HandlerRequested{At: w.now()})
			w.step(flow.CallFailed{At: w.now(), Call: w.state.LastCall, Failure: flow.Failure{Code: flow.CodeNoConnection}})
			w.step(flow.StartOverRequested{At: w.now()})
			w.onboard()
		},
		"a proof that is one": func(w *walker) {
			w.begin()
			w.open()
			w.step(flow.WebhookReceived{At: w.now(), Code: flow.WebhookLayerAuthenticationPassed, LinkToken: w.state.LinkToken, Verified: true})
			w.did(flow.DeedTrustedPhone, "LAYER_AUTHENTICATION_PASSED")
			w.did(flow.DeedBelievedWebhook, "verified")
			w.success()
			w.fetched()
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWalker(t, web)
			walk(w)
			w.linter.Finish()
			for _, f := range w.linter.Findings() {
				t.Errorf("%s: %s", f.Rule, f.What)
			}
		})
	}
}

// A walk shows more than a recording: what the app does by itself.
func TestWhatAWalkKeeps(t *testing.T) {
	w := newWalker(t, web)
	w.onboard()
	var keeps []string
	for _, c := range w.linter.Checks(uint64(w.journal.Len())) {
		if c.Standing == Kept {
			keeps = append(keeps, c.Rule.ID)
		}
	}
	want := []string{
		"old-token-call", "token-expired-used", "token-reused", "sdk-too-old", "late-create", "submit-before-load", "both-fields", "foreign-number",
		"submit-after-open", "outcome-unhandled", "open-before-ready", "open-twice", "informational-event", "second-otp", "onsuccess-trusted", "submits-counted",
		"session-never-read", "public-token-exchanged", "no-items-as-failure", "identity-trusted",
	}
	if diff := cmp.Diff(want, keeps); diff != "" {
		t.Error(diff)
	}
}
