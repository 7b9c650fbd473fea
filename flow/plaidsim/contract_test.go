package plaidsim

import (
	"os"
	"sync"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"

	"layersim/fixtures"
)

// contract reads Plaid's OpenAPI file once; it has three megabytes.
var contract = sync.OnceValues(func() (*openapi3.T, error) {
	return openapi3.NewLoader().LoadFromFile(os.Getenv("LAYERSIM_OPENAPI"))
})

func openAPI(t *testing.T) *openapi3.T {
	t.Helper()
	if os.Getenv("LAYERSIM_OPENAPI") == "" {
		if os.Getenv("LAYERSIM_REQUIRE_ALL") != "" {
			t.Fatal("LAYERSIM_OPENAPI must name Plaid's OpenAPI file")
		}
		t.Skip("LAYERSIM_OPENAPI does not name Plaid's OpenAPI file")
	}
	doc, err := contract()
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

// declared reports keys that the schema does not know: responses tolerate
// them, so validation alone would not notice a misspelt one.
func declared(t *testing.T, where string, schema *openapi3.Schema, v any) {
	t.Helper()
	switch v := v.(type) {
	case object:
		if len(schema.Properties) == 0 {
			return
		}
		for key, value := range v {
			p := schema.Properties[key]
			if p == nil {
				t.Errorf("%s.%s is not in the contract", where, key)
				continue
			}
			declared(t, where+"."+key, p.Value, value)
		}
	case []any:
		for _, value := range v {
			declared(t, where+"[]", schema.Items.Value, value)
		}
	}
}

// conforming posts a request that must fit the contract, and checks that the
// answer does.
func conforming(t *testing.T, s *Sim, path string, request object, wantStatus int) object {
	t.Helper()
	op := openAPI(t).Paths.Find(path).Post
	status, answer := post(t, s, path, request)
	if status != wantStatus {
		t.Fatalf("%s: %d %v", path, status, answer)
	}
	response := op.Responses.Default()
	if status == 200 {
		schema := op.RequestBody.Value.Content.Get("application/json").Schema.Value
		if err := schema.VisitJSON(request, openapi3.VisitAsRequest(), openapi3.MultiErrors()); err != nil {
			t.Errorf("%s: the request: %v", path, err)
		}
		declared(t, path, schema, request)
		response = op.Responses.Status(200)
	}
	schema := response.Value.Content.Get("application/json").Schema.Value
	if err := schema.VisitJSON(answer, openapi3.VisitAsResponse(), openapi3.MultiErrors(), openapi3.EnableFormatValidation()); err != nil {
		t.Errorf("%s: the answer: %v", path, err)
	}
	declared(t, path, schema, answer)
	return answer
}

func TestContract(t *testing.T) {
	openAPI(t)
	s := newSim(t)
	for _, template := range s.cfg.Catalog.Templates {
		for _, p := range s.cfg.Catalog.Personas {
			o := conforming(t, s, "/session/token/create", with(object{
				"template_id": template.ID, "user": object{"client_user_id": "u"}, "webhook": "https://example.com/hook", "redirect_uri": "https://example.com/back",
			}), 200)
			l := linkFor(t, s, text(o, "link", "link_token"))
			if l.submit(p.Phone.Reveal())["state"] != "eligible" && l.do("submit", object{"date_of_birth": "1975-01-18"})["state"] != "eligible" {
				continue
			}
			l.do("open", nil)
			l.prove(p.Code)
			if template.Accounts != fixtures.AccountsSkip {
				l.do("add_bank", nil)
				l.connect(plainBank)
			}
			var all []string
			for _, b := range l.last["pane"].(object)["banks"].([]any) {
				for _, a := range at(b, "accounts").([]any) {
					all = append(all, text(a, "id"))
				}
			}
			l.do("share", object{"accounts": all})
			o = conforming(t, s, "/user_account/session/get", with(object{"public_token": l.publicToken()}), 200)
			for _, i := range o["items"].([]any) {
				conforming(t, s, "/accounts/get", with(object{"access_token": text(i, "access_token"), "options": object{}}), 200)
			}
		}
	}
	conforming(t, s, "/session/token/create", object{}, 400)
	conforming(t, s, "/session/token/create", with(object{"template_id": "t", "user_id": "u", "x": 1}), 400)
	conforming(t, s, "/user_account/session/get", with(object{"public_token": "x"}), 400)
	conforming(t, s, "/accounts/get", with(object{"access_token": "x"}), 400)
	for _, status := range []int{400, 429, 500, 503} {
		s.Fail(Fault{Status: status})
		conforming(t, s, "/accounts/get", with(object{"access_token": "x"}), status)
	}
}
