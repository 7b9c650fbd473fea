package linkterm_test

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"layersim/fixtures"
	"layersim/flow"
	"layersim/flow/linkterm"
	"layersim/flow/plaidapi"
	"layersim/flow/plaidsim"
)

// app is our server and our client, with the simulator behind both.
type app struct {
	sim    *plaidsim.Sim
	server *plaidapi.Client
	link   *linkterm.Client
	events []flow.Event
}

func newApp(t *testing.T) *app {
	t.Helper()
	catalog, err := fixtures.Load("")
	if err != nil {
		t.Fatal(err)
	}
	now := func() time.Time { return time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC) }
	a := &app{sim: plaidsim.New(plaidsim.Config{Catalog: catalog, Now: now, Seed: 1, Delivery: plaidsim.Live})}
	a.server = plaidapi.New(plaidapi.Options{BaseURL: "http://simulator.test", ClientID: "client-id", Secret: "a-secret", Transport: a.sim.Transport(), Now: now})
	a.link = linkterm.New(linkterm.Options{
		BaseURL: "http://simulator.test", Transport: a.sim.Transport(), Now: now,
		Emit: func(e flow.Event) { a.events = append(a.events, e) },
	})
	return a
}

// ready walks to LAYER_READY.
func (a *app) ready(t *testing.T) {
	t.Helper()
	a.readyFor(t, "+14155550011")
}

func (a *app) readyFor(t *testing.T, phone string) {
	t.Helper()
	ctx := t.Context()
	token, _, _, err := a.server.CreateSessionToken(ctx, flow.CreateSessionToken{TemplateID: "template_4uinBNe4B2x9", ClientUserID: "user"})
	err = errors.Join(err,
		a.link.Create(ctx, flow.CreateHandler{HandlerID: 1, LinkToken: token}),
		a.link.Submit(ctx, flow.SubmitHandler{HandlerID: 1, Phone: flow.NewPhoneNumber(phone)}))
	if err != nil {
		t.Fatal(err)
	}
	if got := a.told(); got != "OnLoad LAYER_READY" {
		t.Fatalf("events: %s", got)
	}
}

// told names the events since it was asked last.
func (a *app) told() string {
	var names []string
	for _, e := range a.events {
		switch e := e.(type) {
		case flow.OnEvent:
			names = append(names, strings.TrimSuffix(e.Name+":"+e.Metadata.ViewName, ":"))
		case flow.PaneShown:
			names = append(names, "pane "+e.Pane.View)
		default:
			names = append(names, strings.TrimPrefix(fmt.Sprintf("%T", e), "flow."))
		}
	}
	a.events = nil
	return strings.Join(names, " ")
}

func (a *app) act(t *testing.T, action flow.LinkAction, want string) {
	t.Helper()
	if err := a.link.Act(t.Context(), 1, action); err != nil {
		t.Fatalf("%s: %v", action.Kind, err)
	}
	if got := a.told(); got != want {
		t.Errorf("%s: got %s\nwant %s", action.Kind, got, want)
	}
}

func TestFromPhoneToIdentityWithTheSimulator(t *testing.T) {
	a := newApp(t)
	a.ready(t)
	if err := a.link.Open(t.Context(), 1); err != nil {
		t.Fatal(err)
	}
	if got := a.told(); got != "OPEN TRANSITION_VIEW:CONSENT pane CONSENT" {
		t.Errorf("open: %s", got)
	}
	a.act(t, flow.LinkAction{Kind: flow.LinkContinue}, "TRANSITION_VIEW:VERIFY_PHONE pane VERIFY_PHONE")
	a.act(t, flow.LinkAction{Kind: flow.LinkCode, Code: flow.NewOneTimeCode("000000")}, "SUBMIT_OTP ERROR pane VERIFY_PHONE")
	if err := a.link.Act(t.Context(), 1, flow.LinkAction{Kind: flow.LinkCode, Code: flow.NewOneTimeCode("123456")}); err != nil {
		t.Fatal(err)
	}
	pane := a.events[len(a.events)-1].(flow.PaneShown).Pane
	if pane.View != flow.ViewReview || len(pane.Fields) == 0 || len(pane.Banks) == 0 {
		t.Fatalf("review: %+v", pane)
	}
	a.told()
	share := flow.LinkAction{Kind: flow.LinkShare, Values: map[string]flow.SSN{}}
	for _, f := range pane.Fields {
		share.Values[f.Key] = f.Value
	}
	share.Values["address.street"] = flow.NewPaneValue("1 New Street")
	for _, bank := range pane.Banks {
		for _, account := range bank.Accounts {
			share.Accounts = append(share.Accounts, account.ID)
		}
	}
	if err := a.link.Act(t.Context(), 1, share); err != nil {
		t.Fatal(err)
	}
	success, ok := a.events[len(a.events)-1].(flow.OnSuccess)
	if !ok {
		t.Fatalf("share: %s", a.told())
	}
	account, err := a.server.GetUserAccountSession(t.Context(), flow.GetUserAccountSession{PublicToken: success.PublicToken})
	if err != nil {
		t.Fatal(err)
	}
	if account.Identity.Address.Street != "1 New Street" || account.History.Address.Current != 1 || account.Identity.PhoneNumber.Reveal() != "+14155550011" {
		t.Errorf("account: %+v", account)
	}
	if len(account.Items) == 0 {
		t.Fatal("no Items")
	}
	for _, item := range account.Items {
		if x, err := a.server.GetAccounts(t.Context(), flow.GetAccounts{AccessToken: item.AccessToken}); err != nil || x.Institution == "" || len(x.Accounts) == 0 {
			t.Errorf("accounts of %s: %+v, %v", item.ItemID, x, err)
		}
	}
}

func TestThreeWrongCodesWithTheSimulator(t *testing.T) {
	a := newApp(t)
	a.ready(t)
	if err := a.link.Open(t.Context(), 1); err != nil {
		t.Fatal(err)
	}
	a.told()
	wrong := flow.LinkAction{Kind: flow.LinkCode, Code: flow.NewOneTimeCode("000000")}
	a.act(t, flow.LinkAction{Kind: flow.LinkContinue}, "TRANSITION_VIEW:VERIFY_PHONE pane VERIFY_PHONE")
	a.act(t, wrong, "SUBMIT_OTP ERROR pane VERIFY_PHONE")
	a.act(t, wrong, "SUBMIT_OTP ERROR pane VERIFY_PHONE")
	if err := a.link.Act(t.Context(), 1, wrong); err != nil {
		t.Fatal(err)
	}
	exit, ok := a.events[len(a.events)-1].(flow.OnExit)
	if !ok || exit.Failure.Code != "PROFILE_AUTHENTICATION_FAILED" {
		t.Errorf("the last event is %+v", a.events[len(a.events)-1])
	}
	if got := a.told(); got != "SUBMIT_OTP TRANSITION_VIEW:ERROR ERROR EXIT OnExit" {
		t.Errorf("events: %s", got)
	}
}

func TestThePhoneIsProvenSilentlyWithTheSimulator(t *testing.T) {
	a := newApp(t)
	a.readyFor(t, "+14155550160")
	if err := a.link.Open(t.Context(), 1); err != nil {
		t.Fatal(err)
	}
	a.told()
	if err := a.link.Act(t.Context(), 1, flow.LinkAction{Kind: flow.LinkContinue}); err != nil {
		t.Fatal(err)
	}
	pane := a.events[len(a.events)-1].(flow.PaneShown).Pane
	if pane.View != flow.ViewVerifyPhone || pane.Auto != flow.LinkVerified {
		t.Errorf("pane %+v", pane)
	}
	a.told()
	a.act(t, flow.LinkAction{Kind: pane.Auto}, "TRANSITION_VIEW:PROFILE_DATA_REVIEW VERIFY_PHONE pane PROFILE_DATA_REVIEW")
}

// Two clients of one session, one after the other: nothing is told twice.
func TestNothingIsToldTwiceAcrossAHandover(t *testing.T) {
	a := newApp(t)
	a.ready(t)
	handover, err := a.link.HandOver(t.Context(), 1)
	if err != nil {
		t.Fatal(err)
	}
	page := &http.Client{Transport: a.sim.Transport()}
	response, err := page.Post("http://simulator.test/link/session", "application/json",
		strings.NewReader(fmt.Sprintf(`{"token":%q,"resume":%q}`, handover.LinkToken.Reveal(), handover.Key.Reveal())))
	if err != nil {
		t.Fatal(err)
	}
	if told, _ := io.ReadAll(response.Body); response.StatusCode != http.StatusOK || strings.Contains(string(told), "LAYER_READY") {
		t.Errorf("the page is told what was told before: %d %s", response.StatusCode, told)
	}
	if err := a.link.Open(t.Context(), 1); err != nil {
		t.Fatal(err)
	}
	if got := a.told(); got != "OPEN TRANSITION_VIEW:CONSENT pane CONSENT" {
		t.Errorf("taken back: %s", got)
	}
	if err := a.link.Exit(t.Context(), 1); err != nil {
		t.Fatal(err)
	}
	if got := a.told(); got != "EXIT OnExit" {
		t.Errorf("exit: %s", got)
	}
	if err := a.link.Exit(t.Context(), 1); err != nil || len(a.events) > 0 {
		t.Errorf("a second exit: %v, %s", err, a.told())
	}
}

func TestABadTokenIsPlaidsErrorWithTheSimulator(t *testing.T) {
	a := newApp(t)
	err := a.link.Create(t.Context(), flow.CreateHandler{HandlerID: 1, LinkToken: flow.NewLinkToken("link-sandbox-nonsense")})
	var f flow.Failure
	if !errors.As(err, &f) || f.Code != "INVALID_LINK_TOKEN" || f.Type != "INVALID_INPUT" || f.Status != 400 || f.RequestID == "" {
		t.Errorf("got %+v", err)
	}
}
