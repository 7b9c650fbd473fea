package plaidapi

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"layersim/flow"
)

var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// roundTrip makes a function a RoundTripper.
type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// answering is a Plaid that gives the same answer to everything.
func answering(status int, contentType, body string) roundTrip {
	return func(*http.Request) (*http.Response, error) {
		w := httptest.NewRecorder()
		if contentType != "" {
			w.Header().Set("Content-Type", contentType)
		}
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
		return w.Result(), nil
	}
}

func client(t *testing.T, rt http.RoundTripper, exchanges *[]flow.Exchange) *Client {
	t.Helper()
	return New(Options{
		BaseURL: "http://plaid.test/", ClientID: "5f0c1e2d3b4a596877665544", Secret: "0123456789abcdefSECRETMARKER42",
		Transport: rt, Now: func() time.Time { return noon },
		Record: func(x flow.Exchange) {
			if exchanges != nil {
				*exchanges = append(*exchanges, x)
			}
		},
	})
}

func failureOf(t *testing.T, err error) flow.Failure {
	t.Helper()
	var f flow.Failure
	if !errors.As(err, &f) {
		t.Fatalf("error is %T (%v), want a flow.Failure", err, err)
	}
	return f
}

func TestCreateSessionTokenAsksAsPlaidWantsIt(t *testing.T) {
	var got *http.Request
	var sent string
	rt := roundTrip(func(r *http.Request) (*http.Response, error) {
		got = r
		body, _ := io.ReadAll(r.Body)
		sent = string(body)
		return answering(200, "application/json", `{"link":{"link_token":"link-sandbox-0123456789ab","expiration":"2026-03-01T16:00:00Z"},"request_id":"req1"}`)(r)
	})
	token, expiration, id, err := client(t, rt, nil).CreateSessionToken(t.Context(), flow.CreateSessionToken{TemplateID: "template_4uinBNe4B2x9", ClientUserID: "user-1"})
	if err != nil {
		t.Fatal(err)
	}
	if token.Reveal() != "link-sandbox-0123456789ab" || !expiration.Equal(noon.Add(4*time.Hour)) || id != "req1" {
		t.Errorf("got %q, %v, %q", token.Reveal(), expiration, id)
	}
	if got.URL.String() != "http://plaid.test/session/token/create" || got.Method != http.MethodPost {
		t.Errorf("asked %s %s", got.Method, got.URL)
	}
	if got.Header.Get("PLAID-CLIENT-ID") != "5f0c1e2d3b4a596877665544" || got.Header.Get("PLAID-SECRET") != "0123456789abcdefSECRETMARKER42" ||
		got.Header.Get("Plaid-Version") != "2020-09-14" {
		t.Errorf("headers: %v", got.Header)
	}
	if want := `{"template_id":"template_4uinBNe4B2x9","user":{"client_user_id":"user-1"}}`; strings.TrimSpace(sent) != want {
		t.Errorf("sent %s, want %s", sent, want)
	}
}

const fullSession = `{
 "identity": {"name":{"first_name":"Leslie","last_name":"Knope"},
  "address":{"street":"123 Main St.","street2":"","city":"Pawnee","region":"Indiana","postal_code":"41006","country":"US"},
  "phone_number":"+14155550011","email":"leslie@knope.com","date_of_birth":"1975-01-18","ssn":"987654321","ssn_last4":"4321"},
 "items":[{"item_id":"item1","access_token":"access-sandbox-0123456789ab"}],
 "identity_edit_history":{
  "name":{"edits_current":0,"edits_1d":0,"edits_30d":0,"edits_365d":0,"edits_all_time":0},
  "address":{"edits_current":1,"edits_1d":2,"edits_30d":3,"edits_365d":4,"edits_all_time":5},
  "official_document":{"ssn":{"edits_current":6}}},
 "request_id":"req2"}`

func TestGetUserAccountSessionReadsEverything(t *testing.T) {
	c := client(t, answering(200, "application/json", fullSession), nil)
	u, err := c.GetUserAccountSession(t.Context(), flow.GetUserAccountSession{PublicToken: flow.NewPublicToken("profile-sandbox-0123456789ab")})
	if err != nil {
		t.Fatal(err)
	}
	id := u.Identity
	if !u.HasIdentity || id.FirstName != "Leslie" || id.LastName != "Knope" || id.Address.City != "Pawnee" || id.Email != "leslie@knope.com" ||
		id.PhoneNumber.Reveal() != "+14155550011" || id.DateOfBirth.Reveal() != "1975-01-18" || id.SSN.Reveal() != "987654321" {
		t.Errorf("identity: %+v", id)
	}
	if id.SSNLast4Guide != "4321" || id.SSNLast4 != "" {
		t.Errorf("the guide's ssn_last4 was read as %q, ssn_last_4 as %q", id.SSNLast4Guide, id.SSNLast4)
	}
	if !u.HasHistory || u.History.Address.Windows() != [5]int{1, 2, 3, 4, 5} || u.History.SSN.Current != 6 {
		t.Errorf("history: %+v", u.History)
	}
	if len(u.Items) != 1 || u.Items[0].ItemID != "item1" || u.Items[0].AccessToken.Reveal() != "access-sandbox-0123456789ab" || u.RequestID != "req2" {
		t.Errorf("items: %+v", u.Items)
	}
}

func TestGetUserAccountSessionTakesWhatMayBeMissing(t *testing.T) {
	for name, tc := range map[string]struct {
		body     string
		identity bool
		history  bool
		last4    string
	}{
		"all null":             {`{"identity":null,"items":[],"identity_edit_history":null,"request_id":"r"}`, false, false, ""},
		"no history":           {`{"identity":null,"items":null,"request_id":"r"}`, false, false, ""},
		"members null":         {`{"identity":{"name":null,"address":null,"email":null,"date_of_birth":null,"ssn":null,"ssn_last_4":null},"items":[],"identity_edit_history":{"official_document":null},"request_id":"r"}`, true, true, ""},
		"contract's spelling":  {`{"identity":{"ssn_last_4":"1111","ssn_last4":"2222"},"items":[],"request_id":"r"}`, true, false, "1111"},
		"ssn_last4 no string":  {`{"identity":{"ssn_last4":7},"items":[],"request_id":"r"}`, true, false, ""},
		"unknown keys, no ids": {`{"identity":{"shoe_size":9},"items":[{"colour":"red"}],"request_id":"r","idv_session_status":null}`, true, false, ""},
	} {
		t.Run(name, func(t *testing.T) {
			u, err := client(t, answering(200, "application/json", tc.body), nil).GetUserAccountSession(t.Context(), flow.GetUserAccountSession{})
			if err != nil {
				t.Fatal(err)
			}
			if u.HasIdentity != tc.identity || u.HasHistory != tc.history || u.Identity.SSNLast4 != tc.last4 {
				t.Errorf("got identity %v, history %v, last4 %q", u.HasIdentity, u.HasHistory, u.Identity.SSNLast4)
			}
		})
	}
}

func TestGetAccounts(t *testing.T) {
	const body = `{"accounts":[
	 {"account_id":"a1","balances":{"available":100.5,"current":110,"limit":null,"iso_currency_code":"USD","unofficial_currency_code":null},"mask":"0000","name":"Checking\u001b[31m","official_name":null,"type":"depository","subtype":"checking"},
	 {"account_id":"a2","balances":{"available":null,"current":null,"limit":null,"iso_currency_code":null,"unofficial_currency_code":"DOGE"},"mask":null,"name":"Odd","official_name":"Very Odd","type":"teapot","subtype":null}],
	 "item":{"item_id":"i","institution_id":"ins_1","institution_name":null,"webhook":null,"error":null,"available_products":[],"billed_products":[],"consent_expiration_time":null,"update_type":"background"},"request_id":"r"}`
	x, err := client(t, answering(200, "application/json; charset=utf-8", body), nil).GetAccounts(t.Context(), flow.GetAccounts{ItemID: "i"})
	if err != nil {
		t.Fatal(err)
	}
	if x.Institution != "ins_1" || len(x.Accounts) != 2 {
		t.Fatalf("got %+v", x)
	}
	a, b := x.Accounts[0], x.Accounts[1]
	if *a.Available != 100.5 || *a.Current != 110 || a.Currency != "USD" || a.Subtype != "checking" || a.Mask != "0000" || a.Name != "Checking [31m" {
		t.Errorf("first account: %+v", a)
	}
	if b.Available != nil || b.Current != nil || b.Unofficial != "DOGE" || b.Currency != "" || b.Type != "teapot" || b.Subtype != "" || b.OfficialName != "Very Odd" {
		t.Errorf("second account: %+v", b)
	}
}

func TestCallsEndInTime(t *testing.T) {
	silent := roundTrip(func(r *http.Request) (*http.Response, error) {
		<-r.Context().Done()
		return nil, r.Context().Err()
	})
	synctest.Test(t, func(t *testing.T) {
		started := time.Now()
		_, _, _, err := client(t, silent, nil).CreateSessionToken(context.Background(), flow.CreateSessionToken{TemplateID: "t"})
		if f := failureOf(t, err); f.Code != flow.CodeTimeout || !f.Retryable {
			t.Errorf("got %+v", f)
		}
		if waited := time.Since(started); waited != DefaultTimeout {
			t.Errorf("gave up after %v", waited)
		}
		ctx, cancel := context.WithCancel(context.Background())
		cancel()
		_, _, _, err = client(t, silent, nil).CreateSessionToken(ctx, flow.CreateSessionToken{TemplateID: "t"})
		if f := failureOf(t, err); f.Code != flow.CodeClient {
			t.Errorf("cancelled: %+v", f)
		}
	})
}
