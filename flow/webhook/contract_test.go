package webhook

import (
	"encoding/json"
	"os"
	"slices"
	"testing"
	"time"

	"github.com/getkin/kin-openapi/openapi3"

	"layersim/flow"
)

// What is read of a webhook has the contract's names, and what is forged is a
// webhook that the contract would let pass: only its signature tells.
func TestWebhooksHaveTheContractsFields(t *testing.T) {
	file := os.Getenv("LAYERSIM_OPENAPI")
	if file == "" {
		if os.Getenv("LAYERSIM_REQUIRE_ALL") != "" {
			t.Fatal("LAYERSIM_OPENAPI must name Plaid's OpenAPI file")
		}
		t.Skip("LAYERSIM_OPENAPI does not name Plaid's OpenAPI file")
	}
	doc, err := openapi3.NewLoader().LoadFromFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for name, read := range map[string][]string{
		"LayerAuthenticationPassedWebhook": {"webhook_type", "webhook_code", "link_session_id", "link_token"},
		"LinkSessionFinishedWebhook":       {"webhook_type", "webhook_code", "link_session_id", "link_token", "status"},
	} {
		schema := doc.Components.Schemas[name].Value
		body := map[string]any{}
		for _, field := range read {
			property := schema.Properties[field]
			if property == nil || !property.Value.Type.Is("string") || !slices.Contains(schema.Required, field) {
				t.Errorf("%s: the contract has no required text %s", name, field)
			}
			body[field] = field + " as sent"
		}
		raw, err := json.Marshal(body)
		if err != nil {
			t.Fatal(err)
		}
		got := textsOf(raw)
		want := []string{"webhook_type as sent", "webhook_code as sent", "link_session_id as sent", "link_token as sent", "status as sent"}[:len(read)]
		if !slices.Equal(got[:len(read)], want) {
			t.Errorf("%s is read as %q", name, got)
		}
	}
	f := &Forger{Now: time.Now}
	var forged any
	if err := json.Unmarshal(f.body(flow.TryWebhooks{LinkSessionID: "a session", LinkToken: flow.NewLinkToken("link-sandbox-x")}), &forged); err != nil {
		t.Fatal(err)
	}
	if err := doc.Components.Schemas["LayerAuthenticationPassedWebhook"].Value.VisitJSON(forged); err != nil {
		t.Errorf("the forged body: %v", err)
	}
}

// textsOf is what read makes of a body, in the order of the contract's fields above.
func textsOf(body []byte) []string {
	e := read(body)
	return []string{e.Type, e.Code, e.LinkSessionID, e.LinkToken.Reveal(), e.Status}
}
