package plaidsim_test

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"slices"
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
type world struct {
	t   *testing.T
	sim *plaidsim.Sim
	api *plaid.PlaidApiService
	// spoil, if set, changes the next request on its way.
	spoil func(*http.Request)
}

func newWorld(t *testing.T, change ...func(*plaidsim.Config)) *world {
	t.Helper()
	catalog, err := fixtures.Load("")
	if err != nil {
		t.Fatal(err)
	}
	config := plaidsim.Config{
		Catalog: catalog, Now: func() time.Time { return time.Date(2026, 4, 1, 12, 0, 0, 0, time.UTC) }, Seed: 1,
		Credentials: func(_, secret string) bool { return secret == "secret" },
	}
	for _, f := range change {
		f(&config)
	}
	w := &world{t: t, sim: plaidsim.New(config)}
	w.api = w.client("secret")
	return w
}

func (w *world) client(secret string) *plaid.PlaidApiService {
	cfg := plaid.NewConfiguration()
	cfg.AddDefaultHeader("PLAID-CLIENT-ID", "client")
	if secret != "" {
		cfg.AddDefaultHeader("PLAID-SECRET", secret)
	}
	cfg.UseEnvironment(plaid.Sandbox)
	cfg.HTTPClient = &http.Client{Transport: w}
	return plaid.NewAPIClient(cfg).PlaidApi
}

// RoundTrip sends a request to the simulator, spoilt if that is wanted, and
// holds the exchange against the contract.
func (w *world) RoundTrip(r *http.Request) (*http.Response, error) {
	if spoil := w.spoil; spoil != nil {
		w.spoil = nil
		r = r.Clone(r.Context())
		spoil(r)
	}
	request, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	r.Body = io.NopCloser(bytes.NewReader(request))
	resp, err := w.sim.Transport().RoundTrip(r)
	if err != nil {
		return nil, err
	}
	answer, err := io.ReadAll(resp.Body)
	resp.Body = io.NopCloser(bytes.NewReader(answer))
	plaidsim.Conforms(w.t, r.URL.Path, string(request), resp.StatusCode, answer)
	return resp, err
}

func (w *world) token(template string) string {
	w.t.Helper()
	create := plaid.NewSessionTokenCreateRequest(template)
	create.SetUser(*plaid.NewSessionTokenCreateRequestUser("user-1"))
	created, _, err := w.api.SessionTokenCreate(w.t.Context()).SessionTokenCreateRequest(*create).Execute()
	if err != nil {
		w.t.Fatal(err)
	}
	return created.GetLink().LinkToken
}

// walk goes through Link as a user does, and returns what came of it.
type walk struct {
	session   string
	public    flow.PublicToken
	exit      string   // error_code of onExit
	errors    []string // error_code of each ERROR event
	onSuccess bool
	refused   error // by create
}

func (w *world) walk(token, phone string, codes ...string) (came walk) {
	w.t.Helper()
	var chosen []string // the accounts of the first bank
	link := linkterm.New(linkterm.Options{
		BaseURL: "https://sandbox.plaid.com", Transport: w.sim.Transport(), Now: time.Now,
		Emit: func(e flow.Event) {
			switch e := e.(type) {
			case flow.OnSuccess:
				came.public, came.onSuccess = e.PublicToken, true
			case flow.PaneShown:
				if banks := e.Pane.Banks; chosen == nil && len(banks) > 0 {
					for _, a := range banks[0].Accounts {
						chosen = append(chosen, a.ID)
					}
				}
			case flow.OnExit:
				came.exit = e.Failure.Code
			case flow.OnEvent:
				came.session = e.Metadata.LinkSessionID
				if e.Name == flow.EventError {
					came.errors = append(came.errors, e.Metadata.ErrorCode)
				}
			}
		},
	})
	ctx := w.t.Context()
	steps := []func() error{
		func() error {
			return link.Submit(ctx, flow.SubmitHandler{HandlerID: 1, Phone: flow.NewPhoneNumber(phone)})
		},
		func() error { return link.Open(ctx, 1) },
		func() error { return link.Act(ctx, 1, flow.LinkAction{Kind: flow.LinkContinue}) },
	}
	for _, code := range codes {
		steps = append(steps, func() error {
			return link.Act(ctx, 1, flow.LinkAction{Kind: flow.LinkCode, Code: flow.NewOneTimeCode(code)})
		})
	}
	steps = append(steps, func() error { return link.Act(ctx, 1, flow.LinkAction{Kind: flow.LinkShare, Accounts: chosen}) })
	if err := link.Create(ctx, flow.CreateHandler{HandlerID: 1, LinkToken: flow.NewLinkToken(token)}); err != nil {
		came.refused = err
		return came
	}
	for _, step := range steps {
		if err := step(); err != nil {
			w.t.Fatal(err)
		}
		if came.onSuccess || came.exit != "" {
			break
		}
	}
	return came
}

// item walks to the end and returns the access_token of the first Item.
func (w *world) item(template, phone string) (string, walk) {
	w.t.Helper()
	came := w.walk(w.token(template), phone, "123456")
	if !came.onSuccess {
		w.t.Fatalf("no onSuccess: %+v", came)
	}
	shared, _, err := w.api.UserAccountSessionGet(w.t.Context()).UserAccountSessionGetRequest(*plaid.NewUserAccountSessionGetRequest(came.public.Reveal())).Execute()
	if err != nil {
		w.t.Fatal(err)
	}
	first := shared.GetItems()[0]
	return first.GetAccessToken(), came
}

func TestOfficialSDK(t *testing.T) {
	w, ctx := newWorld(t), t.Context()
	access, came := w.item("template_4uinBNe4B2x9", "+14155550011")
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	shared, _, err := w.api.UserAccountSessionGet(ctx).UserAccountSessionGetRequest(*plaid.NewUserAccountSessionGetRequest(came.public.Reveal())).Execute()
	must(err)
	identity := shared.GetIdentity()
	if identity.GetPhoneNumber() != "+14155550011" || identity.GetSsnLast4() != "4320" || identity.GetEmail() != "maxine@example.com" {
		t.Errorf("identity %+v", identity)
	}
	history := shared.GetIdentityEditHistory()
	if edits := history.GetAddress(); edits.GetEdits365d() != 1 || edits.GetEditsCurrent() != 0 {
		t.Errorf("edits %+v", edits)
	}

	accounts, _, err := w.api.AccountsGet(ctx).AccountsGetRequest(*plaid.NewAccountsGetRequest(access)).Execute()
	must(err)
	if len(accounts.Accounts) != 2 || accounts.Accounts[0].GetName() != "Everyday Checking" {
		t.Errorf("accounts %+v", accounts.Accounts)
	}
	item, _, err := w.api.ItemGet(ctx).ItemGetRequest(*plaid.NewItemGetRequest(access)).Execute()
	must(err)
	if item.Item.GetInstitutionName() != "First Platypus Bank" || !slices.Contains(item.Item.GetProducts(), plaid.PRODUCTS_AUTH) {
		t.Errorf("item %+v", item.Item)
	}
	only := plaid.NewAuthGetRequest(access)
	only.SetOptions(plaid.AuthGetRequestOptions{AccountIds: &[]string{accounts.Accounts[1].AccountId}})
	auth, _, err := w.api.AuthGet(ctx).AuthGetRequest(*only).Execute()
	must(err)
	if ach := auth.Numbers.GetAch(); len(ach) != 1 || ach[0].AccountId != accounts.Accounts[1].AccountId || ach[0].Routing != "011401533" {
		t.Errorf("numbers %+v", auth.Numbers)
	}
	owners, _, err := w.api.IdentityGet(ctx).IdentityGetRequest(*plaid.NewIdentityGetRequest(access)).Execute()
	must(err)
	if owner := owners.Accounts[0].Owners[0]; owner.Names[0] != "Maxine Madeup" || owner.Addresses[0].Data.GetCity() != "Madison" {
		t.Errorf("owner %+v", owner)
	}
	match := plaid.NewIdentityMatchRequest(access)
	user := plaid.NewIdentityMatchUser()
	user.SetLegalName("Max Madeup")
	match.SetUser(*user)
	matched, _, err := w.api.IdentityMatch(ctx).IdentityMatchRequest(*match).Execute()
	must(err)
	if name := matched.Accounts[0].GetLegalName(); name.GetScore() != 80 || !name.GetIsNicknameMatch() || matched.Accounts[0].EmailAddress.IsSet() && matched.Accounts[0].EmailAddress.Get() != nil {
		t.Errorf("match %+v", matched.Accounts[0])
	}
	bank, _, err := w.api.InstitutionsGetById(ctx).InstitutionsGetByIdRequest(*plaid.NewInstitutionsGetByIdRequest("ins_109508", []plaid.CountryCode{plaid.COUNTRYCODE_US})).Execute()
	must(err)
	if bank.Institution.Name != "First Platypus Bank" {
		t.Errorf("institution %+v", bank.Institution)
	}
	ask := plaid.NewNetworkStatusGetRequest(*plaid.NewNetworkStatusGetUser("+15155550016"))
	ask.SetTemplateId("template_4uinBNe4B2x9")
	network, _, err := w.api.NetworkStatusGet(ctx).NetworkStatusGetRequest(*ask).Execute()
	must(err)
	if layer := network.GetLayer(); network.NetworkStatus != "RETURNING_USER" || layer.Eligible {
		t.Errorf("network status %+v", network)
	}
	event := plaid.NewUserAccountSessionEventSendRequest(came.session, *plaid.NewUserAccountSessionEvent("signed_up", time.Now()))
	_, _, err = w.api.UserAccountSessionEventSend(ctx).UserAccountSessionEventSendRequest(*event).Execute()
	must(err)
	_, _, err = w.api.ItemRemove(ctx).ItemRemoveRequest(*plaid.NewItemRemoveRequest(access)).Execute()
	must(err)
}

// Every error of the API, as the official SDK reads it.
func TestOfficialSDKReadsEveryError(t *testing.T) {
	ctx := t.Context()
	authOnly := fixtures.Template{ID: "template_authonly", Accounts: fixtures.AccountsRequired, Products: []fixtures.Product{fixtures.ProductAuth}}
	w := newWorld(t, func(c *plaidsim.Config) {
		c.Catalog.Templates = append(c.Catalog.Templates, authOnly)
		c.NotEnabled = []string{"/network/status/get"}
	})
	access, came := w.item("default", "+14155550011")
	removed, _ := w.item("default", "+14155550011")
	noIdentity, _ := w.item(authOnly.ID, "+14155550011")
	if _, _, err := w.api.ItemRemove(ctx).ItemRemoveRequest(*plaid.NewItemRemoveRequest(removed)).Execute(); err != nil {
		t.Fatal(err)
	}
	withoutAuth := newWorld(t, func(c *plaidsim.Config) { c.NotEnabled = []string{"auth"} })
	accessElsewhere, _ := withoutAuth.item("default", "+14155550011")
	strict := newWorld(t, func(c *plaidsim.Config) { c.Strict = true })

	create := func(w *world, template, user string) error {
		q := plaid.NewSessionTokenCreateRequest(template)
		if user != "" {
			q.SetUser(*plaid.NewSessionTokenCreateRequestUser(user))
		}
		_, _, err := w.api.SessionTokenCreate(ctx).SessionTokenCreateRequest(*q).Execute()
		return err
	}
	get := func(api *plaid.PlaidApiService, public string) error {
		_, _, err := api.UserAccountSessionGet(ctx).UserAccountSessionGetRequest(*plaid.NewUserAccountSessionGetRequest(public)).Execute()
		return err
	}
	auth := func(w *world, access string, accounts ...string) error {
		q := plaid.NewAuthGetRequest(access)
		if accounts != nil {
			q.SetOptions(plaid.AuthGetRequestOptions{AccountIds: &accounts})
		}
		_, _, err := w.api.AuthGet(ctx).AuthGetRequest(*q).Execute()
		return err
	}
	public := came.public.Reveal()
	spoilt := func(spoil func(*http.Request)) func() error {
		return func() error {
			w.spoil = spoil
			return get(w.api, public)
		}
	}
	faulty := func(status int) func() error {
		return func() error {
			w.sim.Fail(plaidsim.Fault{On: "/user_account/session/get", Status: status})
			return get(w.api, public)
		}
	}
	tests := []struct {
		call    func() error
		status  string
		kind    plaid.PlaidErrorType
		code    string
		message string
	}{
		{func() error { return create(w, "default", "") }, "400", "INVALID_REQUEST", "MISSING_FIELDS", "the following required fields are missing: user"},
		{func() error { return get(w.client(""), public) }, "400", "INVALID_REQUEST", "MISSING_FIELDS", "the following required fields are missing: secret"},
		{func() error { return create(w, "", "u") }, "400", "INVALID_REQUEST", "INVALID_FIELD", "template_id must be a non-empty string"},
		{func() error { return create(strict, "template_mine", "u") }, "400", "INVALID_REQUEST", "INVALID_FIELD", "template_id could not be found: template_mine"},
		{
			func() error { return create(w, "default", "+14155550011") }, "400", "INVALID_REQUEST", "INVALID_FIELD",
			"user.client_user_id must not contain personally identifiable information such as an email address or phone number",
		},
		{spoilt(body(`{"public_token":"x","colour":"red"}`)), "400", "INVALID_REQUEST", "UNKNOWN_FIELDS", "the following fields are not recognized by this endpoint: colour"},
		{spoilt(body(`{"public_token":`)), "400", "INVALID_REQUEST", "INVALID_BODY", "body could not be parsed as JSON: it breaks off at byte 16"},
		{
			spoilt(func(r *http.Request) { r.Header.Del("Content-Type") }), "400", "INVALID_REQUEST", "INVALID_HEADERS",
			"the Content-Type header is missing: it must be application/json",
		},
		{
			func() error {
				_, _, err := w.api.TransactionsSync(ctx).TransactionsSyncRequest(*plaid.NewTransactionsSyncRequest(access)).Execute()
				return err
			}, "404", "INVALID_REQUEST", "NOT_FOUND", "not simulated by layersim: POST /transactions/sync",
		},
		{func() error { return get(w.client("wrong"), public) }, "400", "INVALID_INPUT", "INVALID_API_KEYS", "invalid client_id or secret provided"},
		{
			func() error {
				_, _, err := w.api.NetworkStatusGet(ctx).NetworkStatusGetRequest(*plaid.NewNetworkStatusGetRequest(*plaid.NewNetworkStatusGetUser("+14155550011"))).Execute()
				return err
			}, "400", "INVALID_INPUT", "UNAUTHORIZED_ROUTE_ACCESS", "you are not authorized to access this route in this api environment.",
		},
		{
			func() error { return auth(withoutAuth, accessElsewhere) }, "400", "INVALID_INPUT", "INVALID_PRODUCT",
			`client is not authorized to access the following products: ["auth"]`,
		},
		{
			func() error {
				_, _, err := w.api.IdentityGet(ctx).IdentityGetRequest(*plaid.NewIdentityGetRequest(noIdentity)).Execute()
				return err
			}, "400", "INVALID_INPUT", "ADDITIONAL_CONSENT_REQUIRED", "client does not have user consent to access the PRODUCT_IDENTITY product",
		},
		{
			func() error {
				q := plaid.NewSessionTokenCreateRequest("default")
				q.SetUserId("user-1")
				_, _, err := w.api.SessionTokenCreate(ctx).SessionTokenCreateRequest(*q).Execute()
				return err
			}, "400", "INVALID_INPUT", "INVALID_USER_ID", "user_id must be a user ID that starts with usr_",
		},
		{func() error {
			_, _, err := w.api.WebhookVerificationKeyGet(ctx).WebhookVerificationKeyGetRequest(*plaid.NewWebhookVerificationKeyGetRequest("unknown")).Execute()
			return err
		}, "400", "INVALID_INPUT", "INVALID_WEBHOOK_VERIFICATION_KEY_ID", "invalid key_id provided. note that key_ids are specific to Plaid environments, and verification requests must be made to the same environment that the webhook was sent from"},
		{func() error { return get(w.api, "public-sandbox-x") }, "400", "INVALID_INPUT", "INVALID_PUBLIC_TOKEN", "could not find matching public token"},
		{
			func() error { return auth(w, "access-sandbox-b0e2c4ee-a763-4df5-bfe9-46a46bce992d") }, "400", "INVALID_INPUT", "INVALID_ACCESS_TOKEN",
			"could not find matching access token",
		},
		{
			func() error { return auth(w, "x") }, "400", "INVALID_INPUT", "INVALID_ACCESS_TOKEN",
			"provided access token is in an invalid format. expected format: access-<environment>-<identifier>",
		},
		{func() error { return auth(w, access, "x") }, "400", "INVALID_INPUT", "INVALID_ACCOUNT_ID", "failed to find requested account ID for requested item"},
		{
			func() error { return auth(w, removed) }, "400", "ITEM_ERROR", "ITEM_NOT_FOUND",
			"The Item you requested cannot be found. This Item does not exist, has been previously removed via /item/remove, or has had access removed by the user.",
		},
		{
			func() error {
				_, _, err := w.api.InstitutionsGetById(ctx).InstitutionsGetByIdRequest(*plaid.NewInstitutionsGetByIdRequest("ins_0", []plaid.CountryCode{plaid.COUNTRYCODE_US})).Execute()
				return err
			}, "400", "INVALID_INPUT", "INVALID_INSTITUTION", "invalid institution_id provided",
		},
		{faulty(429), "429", "RATE_LIMIT_EXCEEDED", "RATE_LIMIT", "rate limit exceeded, please try again later"},
		{faulty(500), "500", "API_ERROR", "INTERNAL_SERVER_ERROR", "an unexpected error occurred"},
		{faulty(503), "503", "API_ERROR", "PLANNED_MAINTENANCE", "the Plaid API is temporarily unavailable due to planned maintenance"},
	}
	for _, tt := range tests {
		err := tt.call()
		e, convErr := plaid.ToPlaidError(err)
		if convErr != nil {
			t.Errorf("%s: %v: %v", tt.code, err, convErr)
			continue
		}
		if err.Error()[:3] != tt.status || e.GetErrorType() != tt.kind || e.GetErrorCode() != tt.code || e.GetErrorMessage() != tt.message {
			t.Errorf("%v: %s %s %s %q\nwant %s %s %s %q", err, err.Error()[:3], e.GetErrorType(), e.GetErrorCode(), e.GetErrorMessage(), tt.status, tt.kind, tt.code, tt.message)
		}
		if len(e.GetRequestId()) != 15 || e.GetDocumentationUrl() == "" || e.GetStatus() != 0 {
			t.Errorf("%s: %+v", tt.code, e)
		}
		if _, there := e.GetDisplayMessageOk(); there && e.GetDisplayMessage() != "" {
			t.Errorf("%s has a display_message", tt.code)
		}
	}
}

func body(text string) func(*http.Request) {
	return func(r *http.Request) {
		r.Body, r.ContentLength = io.NopCloser(bytes.NewReader([]byte(text))), int64(len(text))
	}
}

// The errors that reach an app through Link.
func TestErrorsOfLink(t *testing.T) {
	w := newWorld(t, func(c *plaidsim.Config) { c.Strict = true })
	wrong := w.walk(w.token("default"), "+14155550011", "000000", "000000", "000000")
	slices.Sort(wrong.errors) // events are held and shuffled, as documented
	if wrong.exit != "PROFILE_AUTHENTICATION_FAILED" || !slices.Equal(wrong.errors, []string{"INVALID_OTP", "INVALID_OTP", "PROFILE_AUTHENTICATION_FAILED"}) {
		t.Errorf("three wrong codes: %+v", wrong)
	}
	token := w.token("default")
	if came := w.walk(token, "+14155550011", "123456"); !came.onSuccess {
		t.Errorf("%+v", came)
	}
	var refused flow.Failure
	if came := w.walk(token, "+14155550011", "123456"); !errors.As(came.refused, &refused) || refused.Code != "INVALID_LINK_TOKEN" {
		t.Errorf("used again: %+v", came)
	}
}
