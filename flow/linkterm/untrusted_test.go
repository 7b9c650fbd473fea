package linkterm

import (
	"fmt"
	"strings"
	"testing"

	"layersim/flow"
)

func TestWhatLinkAnswersIsNotTrusted(t *testing.T) {
	plaid := `{"error_type":"INVALID_INPUT","error_code":"INVALID_LINK_TOKEN","error_message":"invalid\u001b[2J","display_message":null,"request_id":"r"}`
	for name, tc := range map[string]struct {
		status int
		answer string
		code   string
	}{
		"Plaid's error":   {400, plaid, "INVALID_LINK_TOKEN"},
		"unknown session": {404, strings.Replace(plaid, "INVALID_LINK_TOKEN", "NOT_FOUND", 1), "NOT_FOUND"},
		"rate limit":      {429, strings.Replace(plaid, "INVALID_LINK_TOKEN", "RATE_LIMIT", 1), "RATE_LIMIT"},
		"HTML":            {200, "<html>", flow.CodeNotPlaid},
		"HTML error":      {500, "<html>", flow.CodeNotPlaid},
		"empty":           {200, "", flow.CodeNotPlaid},
		"null":            {200, "null", flow.CodeNotPlaid},
		"no state":        {200, `{"callbacks":[]}`, flow.CodeNotPlaid},
		"redirect":        {307, "", flow.CodeNotPlaid},
		"too long":        {200, `{"state":"` + strings.Repeat("x", longestAnswer) + `"}`, flow.CodeNotPlaid},
		"state a number":  {200, `{"state":1}`, flow.CodeNotPlaid},
		"seq a string":    {200, says("eligible", "", event(1, "A"), `{"seq":"2","kind":"event","name":"B"}`), flow.CodeNotPlaid},
		"no seq":          {200, says("eligible", "", event(1, "A"), `{"kind":"event","name":"B"}`), flow.CodeNotPlaid},
		"odd kind":        {200, says("eligible", "", event(1, "A"), `{"seq":2,"kind":"party","name":"B"}`), flow.CodeNotPlaid},
		"no name":         {200, says("eligible", "", event(1, "A"), `{"seq":2,"kind":"event"}`), flow.CodeNotPlaid},
		"metadata a list": {200, says("eligible", "", event(1, "A"), `{"seq":2,"kind":"event","name":"B","metadata":[]}`), flow.CodeNotPlaid},
		"odd view_name":   {200, says("eligible", "", event(1, "A"), `{"seq":2,"kind":"event","name":"B","metadata":{"view_name":{}}}`), flow.CodeNotPlaid},
		"pane a string":   {200, says("eligible", `"x"`), flow.CodeNotPlaid},
	} {
		t.Run(name, func(t *testing.T) {
			created := false
			f := newFake(func(string, map[string]any) (int, string) {
				if !created {
					created = true
					return 200, says("created", "")
				}
				return tc.status, tc.answer
			})
			f.create(t)
			got := failureOf(t, f.client.Submit(t.Context(), flow.SubmitHandler{HandlerID: 1}))
			if got.Code != tc.code || strings.ContainsRune(got.Message, 0x1b) {
				t.Errorf("got %+v", got)
			}
			if tc.status != 200 && got.Status != tc.status {
				t.Errorf("status %d", got.Status)
			}
			if got.Retryable != (tc.status == 429 || tc.status >= 500) {
				t.Errorf("retryable: %v", got.Retryable)
			}
			if len(f.events) != 0 {
				t.Errorf("half of it was believed: %s", f.names())
			}
			// The session is not harmed.
			tc.status, tc.answer = 200, says("eligible", "", event(1, "LAYER_READY"))
			if err := f.client.Submit(t.Context(), flow.SubmitHandler{HandlerID: 1}); err != nil || f.names() != "LAYER_READY" {
				t.Errorf("afterwards: %v, %s", err, f.names())
			}
		})
	}
	f := newFake(func(string, map[string]any) (int, string) { return 200, `{"state":"created"}` })
	if got := failureOf(t, f.client.Create(t.Context(), flow.CreateHandler{HandlerID: 1})); got.Code != flow.CodeNotPlaid || len(f.events) != 0 {
		t.Errorf("a session without a key: %+v, %s", got, f.names())
	}
}

func TestNothingPrivateIsInTheMetadata(t *testing.T) {
	markers := []string{"LINKMARKER", "PUBLICMARKER", "4155550199", "919283746", "919-28-3746", "1961-07-23", "\x1b", "\u009b", "\u202e"}
	f := newFake(func(verb string, _ map[string]any) (int, string) {
		if verb == "session" {
			return 200, says("created", "")
		}
		return 200, says("eligible", "", `{"seq":1,"kind":"event","name":"X\u001b[2J","metadata":{
			"link_token":"link-sandbox-LINKMARKER-0000","public_tokens":["PUBLICMARKER"],"phone_number":"+14155550199","ssn":919283746,
			"date_of_birth":{"d":["1961-07-23"]},"selection":"profile-sandbox-PUBLICMARKER +14155550199 919-28-3746 \u001b[2J \u009b \u202e",
			"profile-sandbox-PUBLICMARKER":null}}`)
	})
	f.create(t)
	if err := f.client.Submit(t.Context(), flow.SubmitHandler{HandlerID: 1}); err != nil {
		t.Fatal(err)
	}
	all := fmt.Sprintf("%+v", f.events)
	for _, marker := range markers {
		if strings.Contains(all, marker) {
			t.Errorf("%q stands in %s", marker, all)
		}
	}
	if !strings.Contains(all, `"phone_number":`) {
		t.Errorf("the metadata was thrown away: %s", all)
	}
}

func TestTheKeyStaysOutOfErrors(t *testing.T) {
	f := newFake(func(string, map[string]any) (int, string) { return 200, says("created", "") })
	f.create(t)
	f.lose = func(string) bool { return true }
	if got := failureOf(t, f.client.Open(t.Context(), 1)); strings.Contains(fmt.Sprintf("%+v", got), "KEYMARKER") {
		t.Errorf("%+v", got)
	}
}
