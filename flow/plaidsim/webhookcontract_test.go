package plaidsim

import (
	"net/http"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/plaid/plaid-go/v42/plaid"
)

// webhookSchemas are what the contract calls the bodies.
var webhookSchemas = map[string]string{passed: "LayerAuthenticationPassedWebhook", finished: "LinkSessionFinishedWebhook"}

func TestWebhooksFitTheContract(t *testing.T) {
	doc := openAPI(t)
	app := listen(t)
	s := webhookSim(t, app.url)
	for _, user := range []object{{"user": object{"client_user_id": "u"}}, {"user_id": "usr_1"}} {
		for _, end := range []string{"share", "close"} {
			body := with(object{"template_id": "default"})
			for k, v := range user {
				body[k] = v
			}
			o := conforming(t, s, "/session/token/create", body, 200)
			l := linkFor(t, s, text(o, "link", "link_token"))
			l.review(fullPhone)
			l.do(end, nil)
		}
	}
	settle(t, s)
	if len(app.all()) != 8 {
		t.Fatal(app.codes())
	}
	for _, g := range app.all() {
		name := webhookSchemas[text(g.o, "webhook_code")]
		schema := doc.Components.Schemas[name].Value
		if err := schema.VisitJSON(g.o, openapi3.MultiErrors(), openapi3.EnableFormatValidation()); err != nil {
			t.Errorf("%s: %v", g.body, err)
		}
		declared(t, name, schema, g.o)
	}

	kid := s.WebhookKeys()[0].Kid
	for range 2 {
		o := conforming(t, s, "/webhook_verification_key/get", with(object{"key_id": kid}), 200)
		for member, want := range map[string]string{"alg": "ES256", "crv": "P-256", "kty": "EC", "use": "sig", "kid": kid} {
			if got := text(o, "key", member); got != want {
				t.Errorf("%s is %q", member, got)
			}
		}
		s.RotateWebhookKey() // the second time it has an expired_at
	}
	for want, body := range map[string]object{
		"INVALID_WEBHOOK_VERIFICATION_KEY_ID": with(object{"key_id": "nobody's"}),
		"MISSING_FIELDS":                      with(nil),
		"UNKNOWN_FIELDS":                      with(object{"key_id": kid, "x": 1}),
		"INVALID_FIELD":                       with(object{"key_id": 1}),
	} {
		if o := conforming(t, s, "/webhook_verification_key/get", body, 400); o["error_code"] != want {
			t.Errorf("%v: %v", body, o)
		}
	}
}

// The official SDK has types for both bodies, and the call for the key.
func TestTheOfficialSDKReadsWebhooksAndKeys(t *testing.T) {
	app := listen(t)
	s := webhookSim(t, app.url)
	l := newLink(t, s, "default")
	l.review(fullPhone)
	l.do("share", nil)
	settle(t, s)
	got := app.all()
	var auth plaid.LayerAuthenticationPassedWebhook
	decodeInto(t, got[0].body, &auth)
	if auth.GetWebhookType() != "LAYER" || auth.GetWebhookCode() != passed || auth.GetLinkSessionId() != l.id || len(auth.AdditionalProperties) != 0 {
		t.Errorf("%+v", auth)
	}
	var end plaid.LinkSessionFinishedWebhook
	decodeInto(t, got[1].body, &end)
	if end.GetStatus() != "SUCCESS" || end.GetLinkToken() != auth.GetLinkToken() || end.GetPublicTokens()[0] != l.publicToken() || len(end.AdditionalProperties) != 0 {
		t.Errorf("%+v", end)
	}

	cfg := plaid.NewConfiguration()
	cfg.AddDefaultHeader("PLAID-CLIENT-ID", "client")
	cfg.AddDefaultHeader("PLAID-SECRET", "secret")
	cfg.UseEnvironment(plaid.Sandbox)
	cfg.HTTPClient = &http.Client{Transport: s.Transport()}
	api := plaid.NewAPIClient(cfg).PlaidApi
	get := func(kid string) (plaid.JWKPublicKey, error) {
		answer, _, err := api.WebhookVerificationKeyGet(t.Context()).WebhookVerificationKeyGetRequest(*plaid.NewWebhookVerificationKeyGetRequest(kid)).Execute()
		return answer.GetKey(), err
	}
	kid := s.WebhookKeys()[0].Kid
	key, err := get(kid)
	if err != nil || key.GetKid() != kid || key.GetAlg() != "ES256" || key.ExpiredAt.Get() != nil || int64(key.GetCreatedAt()) != start.Unix() {
		t.Errorf("%+v, %v", key, err)
	}
	s.RotateWebhookKey()
	if key, err = get(kid); err != nil || key.ExpiredAt.Get() == nil || int64(*key.ExpiredAt.Get()) != start.Unix() {
		t.Errorf("%+v, %v", key, err)
	}
	_, err = get("unknown")
	if e, convErr := plaid.ToPlaidError(err); convErr != nil || e.GetErrorCode() != "INVALID_WEBHOOK_VERIFICATION_KEY_ID" {
		t.Errorf("%v, %v", e, convErr)
	}
}
