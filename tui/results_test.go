package tui

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"layersim/flow"
	"layersim/flow/journal"
)

// Answers as they come: what a person sees of them.

// otherAnswers gives other answers than the simulator to some paths.
type otherAnswers struct {
	http.RoundTripper
	by map[string]string
}

func (o otherAnswers) RoundTrip(r *http.Request) (*http.Response, error) {
	answer, ok := o.by[r.URL.Path]
	if !ok {
		return o.RoundTripper.RoundTrip(r)
	}
	w := httptest.NewRecorder()
	w.Header().Set("Content-Type", "application/json")
	_, _ = io.WriteString(w, answer)
	return w.Result(), nil
}

const sessionCall, accountsCall = "/user_account/session/get", "/accounts/get"

// identityWith is a session with these members of the identity and no Items.
func identityWith(members string) string {
	return `{"identity":{` + members + `},"items":[],"request_id":"req1"}`
}

func itemsOf(n int) string {
	var items []string
	for i := range n {
		items = append(items, fmt.Sprintf(`{"item_id":"item-%d","access_token":"access-sandbox-0000000%d-aaaa-bbbb-cccc-00000000000%d"}`, i, i, i))
	}
	return `{"identity":null,"items":[` + strings.Join(items, ",") + `],"request_id":"req1"}`
}

const anItem = `"item":{"item_id":"i","institution_id":"ins_1","institution_name":"Bank of Nulls","webhook":null,"error":null,"available_products":[],"billed_products":[],"consent_expiration_time":null,"update_type":"background"},"request_id":"r"}`

// resultPane is what a result's table looks at.
type resultPane struct {
	tabs int // presses of Tab from Identity
	keys []string
	sees []string
	not  []string
}

func TestResultsAreShownAsTheyCame(t *testing.T) {
	for name, c := range map[string]struct {
		session, accounts string
		panes             []resultPane
	}{
		"identity null, with Items": {itemsOf(1), "", []resultPane{
			{0, nil, []string{"Plaid answered identity: null."}, []string{"First name"}}, {2, nil, []string{"item-0"}, nil},
		}},
		"identity, no Items": {identityWith(`"name":{"first_name":"Leslie","last_name":"Knope"}`), "", []resultPane{
			{0, nil, []string{"First name Leslie", "Phone not returned", "Email not returned"}, nil}, {2, nil, []string{"No Items."}, nil},
		}},
		"objects null": {identityWith(`"name":null,"address":null,"email":null,"ssn":null`), "", []resultPane{{0, nil, []string{"First name null", "City null", "Email null", "SSN null", "Date of birth not returned"}, nil}}},
		"members null, empty and missing": {identityWith(`"phone_number":"+14155550011","address":{"street":"S","street2":"","city":null,"region":"Indiana"}`), "", []resultPane{
			{0, nil, []string{`Street 2 "", an empty text`, "City null", "Region Indiana", "Country not returned"}, nil},
		}},
		"region as a code": {identityWith(`"address":{"region":"IN"}`), "", []resultPane{{0, nil, []string{"Region IN"}, nil}}},
		"the contract's spelling": {identityWith(`"ssn_last_4":"4321"`), "", []resultPane{
			{0, nil, []string{"SSN, last 4 ••••"}, []string{"ssn_last4", "4321"}}, {0, []string{"end", "v"}, []string{"SSN, last 4 4321 ! shown"}, nil},
		}},
		"the guide's spelling": {identityWith(`"ssn_last4":"4321"`), "", []resultPane{
			{0, nil, []string{"SSN, last 4 not returned", "ssn_last4 ••••", "as Plaid's guide spells it"}, []string{"4321", "New, not"}},
		}},
		"both spellings, not the same": {identityWith(`"ssn":"111224321","ssn_last_4":"4321","ssn_last4":"9999"`), "", []resultPane{
			{0, nil, []string{"ssn_last4 •••• is not the same as ssn_last_4"}, []string{"9999", "4321"}},
		}},
		"last four of another SSN":       {identityWith(`"ssn":"111224321","ssn_last_4":"9999"`), "", []resultPane{{0, nil, []string{"SSN, last 4 •••• is not the end of ssn"}, nil}}},
		"ssn, no last four":              {identityWith(`"ssn":"111224321"`), "", []resultPane{{0, nil, []string{"SSN •••-••-••••", "SSN, last 4 not returned"}, []string{"4321"}}}},
		"an SSN where a name belongs":    {identityWith(`"name":{"first_name":"919-28-3746","last_name":"919283746"}`), "", []resultPane{{0, nil, []string{"First name ••••", "Last name ••••"}, []string{"3746"}}}},
		"history null":                   {`{"identity":null,"items":[],"identity_edit_history":null,"request_id":"r"}`, "", []resultPane{{1, nil, []string{"identity_edit_history: null"}, nil}}},
		"history missing":                {identityWith(``), "", []resultPane{{1, nil, []string{"sent no identity_edit_history"}, nil}}},
		"counters missing, none is zero": {`{"identity":null,"items":[],"identity_edit_history":{"name":{"edits_current":0,"edits_1d":0},"email":null},"request_id":"r"}`, "", []resultPane{{1, nil, []string{"Name · · ? ? ?", "Address not given", "Email not given", "? not given", "not every field has a count"}, []string{"edited nothing"}}}},
		"new fields": {identityWith(`"tax_id":"12-3456789","passport":{"number":"X4711"}`), "", []resultPane{
			{0, []string{"end"}, []string{"New, not in the contract we know", "identity.passport.number •••• text", "identity.tax_id •••• text"}, []string{"12-3456789", "X4711"}},
			{0, []string{"end", "v"}, []string{"identity.tax_id ! shown text", "12-3456789"}, []string{"X4711"}},
			{0, []string{"end", "P", "v"}, []string{"identity.tax_id •••• text"}, []string{"12-3456789", "X4711"}},
		}},
		"a number where a text belongs": {identityWith(`"email":5,"name":{"first_name":true}`), "", []resultPane{
			{0, nil, []string{"First name true", "Email 5"}, nil},
			{0, []string{"end"}, []string{"Not as the contract says", "identity.email •••• number, text wanted", "identity.name.first_name •••• true or false, text wanted", "plaid-go cannot decode this answer"}, nil},
		}},
		"an object where a list belongs": {`{"identity":null,"items":{"item_id":"i"},"request_id":"r"}`, "", []resultPane{{0, []string{"end"}, []string{"items object, list wanted", "items.item_id •••• text"}, nil}, {2, nil, []string{"No Items."}, nil}}},
		"identity a text":                {`{"identity":"none","items":[],"request_id":"r"}`, "", []resultPane{{0, nil, []string{"an identity that is no object", "identity •••• text, object wanted"}, []string{"First name", "none"}}}},
		"an Item without its token":      {`{"identity":null,"items":[{"item_id":"lonely"}],"request_id":"r"}`, "", []resultPane{{2, nil, []string{"lonely", "not given", "no access_token"}, nil}}},
		"an Item twice": {`{"identity":null,"items":[{"item_id":"i","access_token":"access-sandbox-0-a000"},{"item_id":"i","access_token":"access-sandbox-0-b000"}],"request_id":"r"}`,
			`{"accounts":[],` + anItem, []resultPane{{2, nil, []string{"0 accounts"}, []string{"asking for"}}}},
		"three Items": {itemsOf(3), `{"accounts":[{"account_id":"a","balances":{"available":null,"current":10,"limit":null,"iso_currency_code":"USD","unofficial_currency_code":null},"mask":"0001","name":"Checking","official_name":null,"type":"depository","subtype":"checking"}],` + anItem,
			[]resultPane{{2, nil, []string{"item-0"}, nil}, {2, []string{"end"}, []string{"item-2", "›• Checking ••0001"}, nil}}},
		"an account of nulls": {itemsOf(1), `{"accounts":[{"account_id":"a1","balances":null,"mask":null,"name":"Odd","official_name":null,"type":"teapot","subtype":null}],` + anItem, []resultPane{
			{2, []string{"down"}, []string{"Bank of Nulls", "• Odd", "teapot", "balance not given", "null: official_name, mask, subtype, balances"}, nil},
			{2, []string{"end"}, []string{"accounts[0].type •••• text, not one of the contract's values", "accounts[0].balances null, object wanted"}, nil},
		}},
		"currencies": {itemsOf(1), `{"accounts":[
			{"account_id":"a1","balances":{"available":1,"current":2,"limit":null,"iso_currency_code":"XQQ","unofficial_currency_code":null},"mask":"1","name":"A","official_name":"Long A","type":"credit","subtype":"credit card"},
			{"account_id":"a2","balances":{"available":null,"current":3,"limit":5000,"iso_currency_code":null,"unofficial_currency_code":"DOGE"},"mask":"4444333322221111","name":"B 123456789","official_name":null,"type":"depository","subtype":"checking"},
			{"account_id":"a3","balances":{"available":null,"current":4,"limit":null,"iso_currency_code":null,"unofficial_currency_code":null},"mask":"3","name":"C","official_name":null,"type":"depository","subtype":"checking"}],` + anItem, []resultPane{
			{2, []string{"down"}, []string{"2.00 XQQ", "official_name Long A", "available 1.00 XQQ"}, nil},
			{2, []string{"down", "down"}, []string{"3.00 DOGE", "limit 5,000.00 DOGE", "B •••••6789 ••1111"}, []string{"123456789", "4444333322221111"}},
			{2, []string{"end"}, []string{"4.00", "no currency given", "null: official_name, available, limit, iso_currency_code, unofficial_currency_code"}, nil},
		}},
		"new fields of an account": {itemsOf(1), `{"accounts":[{"account_id":"a1","balances":{"available":1,"current":2,"limit":null,"iso_currency_code":"USD","unofficial_currency_code":null,"hold":77.5},"mask":"1","name":"A","official_name":null,"type":"credit","subtype":"credit card","owner":"Leslie Knope"}],` + anItem, []resultPane{
			{2, []string{"end"}, []string{"accounts[0].balances.hold •••• number", "accounts[0].owner •••• text"}, []string{"Leslie", "77.5"}},
			{2, []string{"end", "v"}, []string{"Leslie Knope"}, []string{"77.5"}},
		}},
	} {
		for _, size := range [][2]int{{80, 24}, {120, 36}} {
			t.Run(fmt.Sprintf("%s %dx%d", name, size[0], size[1]), func(t *testing.T) {
				t.Parallel()
				answers := map[string]string{sessionCall: c.session}
				if answers[accountsCall] = c.accounts; c.accounts == "" {
					answers[accountsCall] = `{"accounts":[],` + anItem
				}
				inBubble(t, setting{width: size[0], height: size[1], answers: answers}, func(w *world) {
					w.submit("4155550011")
					w.untilReview()
					w.press("enter")
					w.stands(flow.PhaseOnboarded)
					for _, p := range c.panes {
						w.look([]paneID{paneIdentity, paneHistory, paneItems}[p.tabs])
						w.press("home")
						w.press(p.keys...)
						w.sees(p.sees...)
						w.seesNot(p.not...)
						if w.model().private.on {
							w.press("P")
						}
						w.model().revealed = ""
					}
				})
			})
		}
	}
}

// look puts the focus on a pane and lets it have the screen.
func (w *world) look(p paneID) {
	w.t.Helper()
	for range 8 {
		if w.model().focus == p {
			if !w.model().zoomed && !w.model().layout.narrow {
				w.press("z")
			}
			return
		}
		w.press("tab")
	}
	w.t.Fatalf("no Tab leads to %v:\n%s", p, w.screen())
}

// What is new is said in the log, in the record and on the stage, and its value
// nowhere.
func TestNewFieldsAreToldAndTheirValuesAreNot(t *testing.T) {
	const planted = "919283746"
	answers := map[string]string{sessionCall: identityWith(`"passport":{"number":"` + planted + `"},"` + planted + `":1`)}
	inBubble(t, setting{answers: answers}, func(w *world) {
		w.submit("4155550011")
		w.untilReview()
		w.press("enter")
		w.stands(flow.PhaseOnboarded)
		w.sees("2 fields are new")
		m := w.model()
		told := false
		for i := range m.journal.Len() {
			whole, err := journal.Whole(m.journal.At(i))
			if err != nil || strings.Contains(string(whole), planted) {
				t.Errorf("entry %d: %s, %v", i, whole, err)
			}
			told = told || strings.Contains(string(whole), `"path":"identity.passport.number","came":"text","new":true,"value":"••••"`)
		}
		if !told {
			t.Error("the record does not name the new field")
		}
		for range 12 {
			w.seesNot(planted)
			w.press("tab")
		}
		w.look(paneInspector)
		w.press("1", "end")
		w.seesNot(planted)
	})
}

// The simulator answers as the contract says, so that what is called new is
// news.
func TestTheSimulatorAnswersAsContracted(t *testing.T) {
	inBubble(t, setting{}, func(w *world) {
		w.onboard()
		a := w.model().state.Account
		if !a.Deviations.IsZero() || len(a.Items) == 0 {
			t.Errorf("session: %+v", a.Deviations)
		}
		for _, it := range a.Items {
			if !it.Deviations.IsZero() || it.Status != flow.AccountsKnown {
				t.Errorf("accounts: %+v", it.Deviations)
			}
		}
	})
}
