package plaidapi

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"layersim/flow"
)

// What the contract does not have is shown by its shape and not by its values.
func TestNewValuesAreMaskedInTheRecord(t *testing.T) {
	_, x := session(t, `{"identity":{"tax_id":"12-3456789","passport":{"number":"X4711","valid":true,"issued":20200101,"gone":null},"aliases":["secret"],"name":{"first_name":"Leslie","last_name":5},"email":["e@example.com"],"phone":"+14155550011"},
		"identity_edit_history":{"name":{"edits_1d":3,"edits_7d":1234}},`+around)
	const want = `{
  "identity": {
    "tax_id": "••••",
    "passport": {
      "number": "••••",
      "valid": "•••• (true or false)",
      "issued": "•••• (number)",
      "gone": null
    },
    "aliases": [
      "••••"
    ],
    "name": {
      "first_name": "Leslie",
      "last_name": "•••• (number)"
    },
    "email": [
      "••••"
    ],
    "phone": "••••"
  },
  "identity_edit_history": {
    "name": {
      "edits_1d": 3,
      "edits_7d": "•••• (number)"
    }
  },
  "items": [],
  "request_id": "r"
}`
	if x.ResponseBody != want {
		t.Errorf("got\n%s\nwant\n%s", x.ResponseBody, want)
	}
	_, x = accounts(t, `{"accounts":[{"name":"N","owner":"Leslie Knope"}],"item":{"institution_name":"B"},"numbers":[{"account":"1111222233330000"}],"request_id":"r"}`)
	for _, hidden := range []string{"Leslie", "1111222233330000"} {
		if strings.Contains(x.ResponseBody, hidden) {
			t.Errorf("%s stands in %s", hidden, x.ResponseBody)
		}
	}
	if !strings.Contains(x.ResponseBody, `"institution_name": "B"`) || !strings.Contains(x.ResponseBody, `"owner": "••••"`) {
		t.Errorf("the shape is gone: %s", x.ResponseBody)
	}
}

// planted is what must be found nowhere, however it is wrapped.
const (
	plantedSSN    = "919283746"
	plantedDashed = "919-28-3746"
	plantedToken  = "access-sandbox-5d1e0b7c-PLANTED"
	plantedSecret = "0123456789abcdefSECRETMARKER42" // client's
)

// anyJSON draws any JSON at all, in which keys of the contract are frequent and
// the planted values stand anywhere.
func anyJSON(t *rapid.T, depth int) any {
	kinds := 8
	if depth == 0 {
		kinds = 6
	}
	switch rapid.IntRange(0, kinds-1).Draw(t, "kind") {
	case 0:
		return nil
	case 1:
		return rapid.Bool().Draw(t, "bool")
	case 2:
		return json.Number(rapid.SampledFrom([]string{"0", "3", "-1.5", "1e99", plantedSSN, "12345678901234567890"}).Draw(t, "number"))
	case 3:
		return rapid.SampledFrom([]string{plantedSSN, plantedDashed, plantedToken, plantedSecret, "919 28 3746", "x " + plantedSSN}).Draw(t, "planted")
	case 4, 5:
		return rapid.OneOf(rapid.SampledFrom([]string{"", "Leslie", "\x1b[2J", "\u202e", "depository"}), rapid.StringN(0, 5, -1)).Draw(t, "text")
	case 6:
		list := make([]any, rapid.IntRange(0, 3).Draw(t, "length"))
		for i := range list {
			list[i] = anyJSON(t, depth-1)
		}
		return list
	}
	object := map[string]any{}
	for range rapid.IntRange(0, 6).Draw(t, "members") {
		key := rapid.SampledFrom([]string{
			"identity", "identity_edit_history", "items", "request_id", "name", "first_name", "address", "street", "region", "phone_number", "email", "date_of_birth",
			"ssn", "ssn_last_4", "ssn_last4", "edits_current", "edits_1d", "official_document", "item_id", "access_token", "tax_id", plantedSSN, plantedToken, "accounts",
		}).Draw(t, "key")
		object[key] = anyJSON(t, depth-1)
	}
	return object
}

// No JSON at all makes the reader panic, or shows a planted value to those who
// look on.
func TestNoAnswerPanicsOrLeaks(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		var answer any = map[string]any{
			"identity": anyJSON(rt, 3), "identity_edit_history": anyJSON(rt, 3), "items": anyJSON(rt, 3), "request_id": anyJSON(rt, 1), "accounts": anyJSON(rt, 3),
		}
		if rapid.Bool().Draw(rt, "anything") {
			answer = anyJSON(rt, 4)
		}
		body, err := json.Marshal(answer)
		if err != nil {
			rt.Fatal(err)
		}
		var exchanges []flow.Exchange
		c := client(t, answering(200, "application/json", string(body)), &exchanges)
		u, _ := c.GetUserAccountSession(t.Context(), flow.GetUserAccountSession{})
		all := bytesOf(t, exchanges[0]) + fmt.Sprintf("%+v", u.Deviations)
		for _, planted := range []string{plantedSSN, plantedDashed, "919 28 3746", plantedToken, plantedSecret} {
			if i := strings.Index(all, planted); i >= 0 {
				rt.Fatalf("%q stands in the record of %s:\n%s", planted, body, all)
			}
		}
		if _, err := c.GetAccounts(t.Context(), flow.GetAccounts{}); err != nil {
			_ = failureOf(t, err)
		}
		if all := bytesOf(t, exchanges[1]); strings.Contains(all, plantedToken) || strings.Contains(all, plantedSecret) || strings.Contains(all, plantedDashed) {
			rt.Fatalf("the record of %s holds what was planted:\n%s", body, all)
		}
	})
}
