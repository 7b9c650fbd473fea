package plaidsim_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/plaid/plaid-go/v42/plaid"

	"layersim/fixtures"
	"layersim/flow"
	"layersim/flow/linkterm"
	"layersim/flow/plaidsim"
)

// The official SDK on one side and our Link client on the other meet here
// without knowing of each other.
func TestOfficialSDK(t *testing.T) {
	catalog, err := fixtures.Load("")
	if err != nil {
		t.Fatal(err)
	}
	sim := plaidsim.New(plaidsim.Config{Catalog: catalog, Now: time.Now, Seed: 1})
	cfg := plaid.NewConfiguration()
	cfg.AddDefaultHeader("PLAID-CLIENT-ID", "client")
	cfg.AddDefaultHeader("PLAID-SECRET", "secret")
	cfg.UseEnvironment(plaid.Sandbox)
	cfg.HTTPClient = &http.Client{Transport: sim.Transport()}
	api := plaid.NewAPIClient(cfg).PlaidApi
	ctx := t.Context()

	create := plaid.NewSessionTokenCreateRequest("template_4uinBNe4B2x9")
	create.SetUser(*plaid.NewSessionTokenCreateRequestUser("user-1"))
	created, _, err := api.SessionTokenCreate(ctx).SessionTokenCreateRequest(*create).Execute()
	if err != nil {
		t.Fatal(err)
	}

	var public flow.PublicToken
	link := linkterm.New(linkterm.Options{
		BaseURL: "https://sandbox.plaid.com", Transport: sim.Transport(), Now: time.Now,
		Emit: func(e flow.Event) {
			if e, ok := e.(flow.OnSuccess); ok {
				public = e.PublicToken
			}
		},
	})
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(link.Create(ctx, flow.CreateHandler{HandlerID: 1, LinkToken: flow.NewLinkToken(created.GetLink().LinkToken)}))
	must(link.Submit(ctx, flow.SubmitHandler{HandlerID: 1, Phone: flow.NewPhoneNumber("+14155550011")}))
	must(link.Open(ctx, 1))
	must(link.Act(ctx, 1, flow.LinkAction{Kind: flow.LinkContinue}))
	must(link.Act(ctx, 1, flow.LinkAction{Kind: flow.LinkCode, Code: flow.NewOneTimeCode("123456")}))
	must(link.Act(ctx, 1, flow.LinkAction{Kind: flow.LinkShare, Accounts: []string{}}))
	if public.IsZero() {
		t.Fatal("no onSuccess")
	}
	got, _, err := api.UserAccountSessionGet(ctx).UserAccountSessionGetRequest(*plaid.NewUserAccountSessionGetRequest(public.Reveal())).Execute()
	if err != nil {
		t.Fatal(err)
	}
	identity := got.GetIdentity()
	if identity.GetPhoneNumber() != "+14155550011" || identity.GetSsnLast4() != "4320" || identity.GetEmail() != "maxine@example.com" {
		t.Errorf("identity %+v", identity)
	}
	history := got.GetIdentityEditHistory()
	if edits := history.GetAddress(); edits.GetEdits365d() != 1 || edits.GetEditsCurrent() != 0 {
		t.Errorf("edits %+v", edits)
	}

	_, _, err = api.UserAccountSessionGet(ctx).UserAccountSessionGetRequest(*plaid.NewUserAccountSessionGetRequest("public-sandbox-x")).Execute()
	if e, convErr := plaid.ToPlaidError(err); convErr != nil || e.GetErrorCode() != "INVALID_PUBLIC_TOKEN" {
		t.Errorf("%v, %v", e, convErr)
	}
}
