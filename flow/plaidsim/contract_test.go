package plaidsim

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"

	"layersim/fixtures"
)

// contract reads Plaid's OpenAPI file once; it has three megabytes.
var contract = sync.OnceValues(func() (*openapi3.T, error) {
	return openapi3.NewLoader().LoadFromFile(os.Getenv("LAYERSIM_OPENAPI"))
})

// openAPI returns the contract, or skips the test if there is none.
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

// conforming posts a request, which post holds against the contract.
func conforming(t *testing.T, s *Sim, path string, request object, wantStatus int) object {
	t.Helper()
	status, answer := post(t, s, path, request)
	if status != wantStatus {
		t.Fatalf("%s: %d %v", path, status, answer)
	}
	return answer
}

// exchanged counts the exchanges that were held against the contract, by path
// and kind of answer.
var exchanged sync.Map

// conforms holds an exchange against Plaid's OpenAPI file, both ways, if there
// is one: what was answered with 200 must have been a valid request, and every
// answer must be one of the contract's. postRaw calls it, so that each test of
// the API is a test of the contract too.
func conforms(t testing.TB, path, request string, status int, answer []byte) {
	t.Helper()
	if os.Getenv("LAYERSIM_OPENAPI") == "" {
		return
	}
	doc, err := contract()
	if err != nil {
		t.Fatal(err)
	}
	item := doc.Paths.Find(path)
	if item == nil || endpoints[path] == nil {
		return
	}
	op := item.Post
	response := op.Responses.Default()
	if status == 200 {
		response = op.Responses.Status(200)
		schema := op.RequestBody.Value.Content.Get("application/json").Schema.Value
		valid(t, path+": the request", schema, decoded(t, request), openapi3.VisitAsRequest())
		declaredIn(t, path, schema, decoded(t, request), tolerant)
	}
	schema := response.Value.Content.Get("application/json").Schema.Value
	valid(t, path+": the answer", schema, decoded(t, string(answer)), openapi3.VisitAsResponse())
	declared(t, path, schema, decoded(t, string(answer)))
	exchanged.Store(path+map[bool]string{true: " 200", false: " error"}[status == 200], true)
}

// Conforms is for the tests that look on from outside the package.
var Conforms = conforms

func decoded(t testing.TB, body string) (v any) {
	t.Helper()
	if err := json.Unmarshal([]byte(body), &v); err != nil {
		t.Errorf("%v in %s", err, body)
	}
	return v
}

func valid(t testing.TB, what string, schema *openapi3.Schema, v any, direction openapi3.SchemaValidationOption) {
	t.Helper()
	if err := schema.VisitJSON(v, direction, openapi3.MultiErrors(), openapi3.EnableFormatValidation()); err != nil {
		t.Errorf("%s: %v", what, err)
	}
}

// properties of a schema, those of its parts among them.
func properties(schema *openapi3.Schema) openapi3.Schemas {
	all := maps.Clone(schema.Properties)
	for _, part := range schema.AllOf {
		if all == nil {
			all = openapi3.Schemas{}
		}
		maps.Copy(all, properties(part.Value))
	}
	return all
}

// tolerant says that the contract lets an object have other keys.
func tolerant(schema *openapi3.Schema) bool {
	return schema.AdditionalProperties.Has != nil && *schema.AdditionalProperties.Has ||
		slices.ContainsFunc(schema.AllOf, func(part *openapi3.SchemaRef) bool { return tolerant(part.Value) })
}

// declared reports keys that the schema does not know: objects tolerate them, so
// that validation alone would not notice a misspelt one.
func declared(t testing.TB, where string, schema *openapi3.Schema, v any) {
	t.Helper()
	declaredIn(t, where, schema, v, func(*openapi3.Schema) bool { return false })
}

// declaredIn passes over those of objects that may have them.
func declaredIn(t testing.TB, where string, schema *openapi3.Schema, v any, may func(*openapi3.Schema) bool) {
	t.Helper()
	switch v := v.(type) {
	case object:
		known := properties(schema)
		if len(known) == 0 {
			return
		}
		for key, value := range v {
			switch p := known[key]; {
			case p != nil:
				declaredIn(t, where+"."+key, p.Value, value, may)
			case may(schema):
			default:
				t.Errorf("%s.%s is not in the contract", where, key)
			}
		}
	case []any:
		for _, value := range v {
			declaredIn(t, where+"[]", schema.Items.Value, value, may)
		}
	}
}

// Everything that can be shared is shared and read, by every persona with every
// template; postRaw holds each exchange against the contract.
func TestContract(t *testing.T) {
	openAPI(t)
	s := newSim(t)
	for _, template := range s.cfg.Catalog.Templates {
		for _, p := range s.cfg.Catalog.Personas {
			l := newLink(t, s, template.ID)
			if l.submit(p.Phone.Reveal())["state"] != "eligible" && l.do("submit", object{"date_of_birth": "1975-01-18"})["state"] != "eligible" {
				continue
			}
			shared := l.shareAll(p.Code)
			if shared == nil {
				continue
			}
			conforming(t, s, pathEventSend, with(object{"link_session_id": l.id, "event": object{"name": "n", "timestamp": "2026-04-01T12:00:00Z"}}), 200)
			conforming(t, s, pathNetworkStatus, with(object{"template_id": template.ID, "user": object{"phone_number": p.Phone.Reveal()}}), 200)
			for _, i := range shared["items"].([]any) {
				access := text(i, "access_token")
				for _, path := range []string{pathAccountsGet, pathItemGet, pathIdentityGet} {
					conforming(t, s, path, with(object{"access_token": access}), 200)
				}
				post(t, s, pathAuthGet, with(object{"access_token": access})) // a bank may have nothing but cards
				conforming(t, s, pathIdentityMatch, with(object{"access_token": access, "user": object{
					"legal_name": "Maxine Madeup", "phone_number": "+14155550011", "email_address": "m@example.com",
					"address": object{"street": "1 Imaginary Lane", "city": nil, "postal_code": "47250"},
				}}), 200)
				conforming(t, s, pathItemRemove, with(object{"access_token": access, "reason_code": "OTHER", "reason_note": nil}), 200)
			}
		}
	}
	full := requests(shareItem(t, s))
	for _, path := range slices.Sorted(maps.Keys(full)) {
		if path != pathItemRemove { // done, and what is removed cannot be read
			conforming(t, s, path, with(full[path]), 200)
		}
	}
	conforming(t, s, pathInstitutionGet, with(object{"institution_id": "ins_109508", "country_codes": []string{"US"}, "options": object{}}), 200)
	for path := range endpoints {
		post(t, s, path, object{})
		for _, status := range []int{400, 429, 500, 503} {
			s.Fail(Fault{On: path, Status: status})
			post(t, s, path, object{})
		}
		for _, kind := range []string{" 200", " error"} {
			if _, ok := exchanged.Load(path + kind); !ok && (kind != " 200" || !neverSucceeds[path]) {
				t.Errorf("no exchange with%s for %s", kind, path)
			}
		}
	}
}

// neverSucceeds are the calls that no app of Layer's can succeed with: all
// tokens here are Layer's, and those cannot be exchanged.
var neverSucceeds = map[string]bool{pathTokenExchange: true}

// shareAll goes from eligible to the end and shares every account; nil if the
// user cannot get there without typing.
func (l *link) shareAll(code string) object {
	l.t.Helper()
	l.do("open", nil)
	l.prove(code)
	if l.last["state"] != "review" {
		return nil
	}
	if at(l.last, "pane", "accounts_rule") != string(fixtures.AccountsSkip) {
		l.do("add_bank", nil)
		l.connect(plainBank)
	}
	o := l.last
	ids := []string{}
	for _, b := range at(o, "pane", "banks").([]any) {
		for _, a := range at(b, "accounts").([]any) {
			ids = append(ids, text(a, "id"))
		}
	}
	if l.do("share", object{"accounts": ids})["state"] != "done" {
		return nil
	}
	return sessionGet(l.t, l.s, l.publicToken())
}

// Keys are matched as a stranger would: exactly.
func TestTheContractNoticesAMisspeltKey(t *testing.T) {
	openAPI(t)
	for _, answer := range []string{
		`{"accounts":[],"item":{},"request_id":"x"}`,
		`{"request_id":"x","acounts":[]}`,
	} {
		seen := &silent{TB: t}
		conforms(seen, pathAccountsGet, `{"access_token":"x"}`, 200, []byte(answer))
		if !seen.failed {
			t.Errorf("%s passed", answer)
		}
	}
	seen := &silent{TB: t}
	conforms(seen, pathAccountsGet, `{"access_token":"x","acess":1}`, 200, []byte(`{}`))
	if !strings.Contains(seen.said, ".acess is not in the contract") {
		t.Errorf("said %s", seen.said)
	}
}

// silent takes failures to look at them.
type silent struct {
	testing.TB
	failed bool
	said   string
}

func (s *silent) Helper() {}
func (s *silent) Errorf(format string, args ...any) {
	s.failed = true
	s.said += fmt.Sprintf(format, args...)
}
