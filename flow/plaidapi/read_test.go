package plaidapi

import (
	"fmt"
	"strings"
	"testing"

	"layersim/flow"
)

func session(t *testing.T, body string) (flow.UserAccount, flow.Exchange) {
	t.Helper()
	var exchanges []flow.Exchange
	u, err := client(t, answering(200, "application/json", body), &exchanges).GetUserAccountSession(t.Context(), flow.GetUserAccountSession{})
	if err != nil {
		t.Fatalf("%s: %v", body, err)
	}
	return u, exchanges[0]
}

func accounts(t *testing.T, body string) (flow.ItemAccounts, flow.Exchange) {
	t.Helper()
	var exchanges []flow.Exchange
	x, err := client(t, answering(200, "application/json", body), &exchanges).GetAccounts(t.Context(), flow.GetAccounts{})
	if err != nil {
		t.Fatalf("%s: %v", body, err)
	}
	return x, exchanges[0]
}

// told writes deviations as "path came>wanted=value".
func told(d flow.Deviations) string {
	var all []string
	for _, x := range d.List {
		all = append(all, fmt.Sprintf("%s %s>%s=%s", x.Path, x.Came, x.Wanted, x.Value.Reveal()))
	}
	if d.More > 0 {
		all = append(all, fmt.Sprintf("%d more", d.More))
	}
	if d.Refused {
		all = append(all, "refused")
	}
	return strings.Join(all, "; ")
}

const around = `"items":[],"request_id":"r"}`

// An answer tells null, empty, missing, new and of another kind apart.
func TestSessionsAreReadAsTheyCame(t *testing.T) {
	for name, c := range map[string]struct {
		body, deviates string
		blank          map[string]flow.BlankAs
		check          func(u flow.UserAccount) bool
	}{
		"identity null": {`{"identity":null,` + around, "", map[string]flow.BlankAs{"identity": flow.BlankNull}, func(u flow.UserAccount) bool { return !u.HasIdentity }},
		"identity left out": {`{` + around, "identity nothing>object=", map[string]flow.BlankAs{"identity": ""},
			func(u flow.UserAccount) bool { return !u.HasIdentity }},
		"objects null": {`{"identity":{"name":null,"address":null},` + around, "",
			map[string]flow.BlankAs{"identity.name": flow.BlankNull, "identity.name.first_name": flow.BlankNull, "identity.address.city": flow.BlankNull, "identity.email": ""}, nil},
		"members null": {`{"identity":{"name":{"first_name":"A"},"address":{"street":"S","street2":null,"city":"","region":"Indiana"},"ssn":null},` + around, "",
			map[string]flow.BlankAs{"identity.address.street2": flow.BlankNull, "identity.address.city": flow.BlankEmpty, "identity.address.country": "", "identity.ssn": flow.BlankNull, "identity.name.last_name": ""},
			func(u flow.UserAccount) bool {
				return u.Identity.FirstName == "A" && u.Identity.Address.Region == "Indiana"
			}},
		"phone null": {`{"identity":{"phone_number":null},` + around, "identity.phone_number null>text=", nil, nil},
		"history null": {`{"identity":null,"identity_edit_history":null,` + around, "", map[string]flow.BlankAs{"identity_edit_history": flow.BlankNull},
			func(u flow.UserAccount) bool { return !u.HasHistory }},
		"counters missing": {`{"identity":null,"identity_edit_history":{"name":{"edits_current":0,"edits_30d":2},"address":null,"official_document":{"ssn":{}}},` + around,
			"identity_edit_history.address null>object=", nil,
			func(u flow.UserAccount) bool {
				h := u.History
				return h.Name.Missing == [5]bool{false, true, false, true, true} && h.Name.Month == 2 && h.Name.Given() && !h.Address.Given() && !h.Email.Given() && !h.SSN.Given()
			}},
		"counters of another kind": {`{"identity":null,"identity_edit_history":{"name":{"edits_current":"3","edits_1d":1.5,"edits_30d":[],"edits_365d":99999999999,"edits_all_time":true}},` + around,
			"identity_edit_history.name.edits_1d number>whole number=1.5; identity_edit_history.name.edits_30d list>whole number=; identity_edit_history.name.edits_365d number>whole number=99999999999; " +
				"identity_edit_history.name.edits_all_time true or false>whole number=true; identity_edit_history.name.edits_current text>whole number=3; refused", nil,
			func(u flow.UserAccount) bool {
				return u.History.Name.Current == 3 && u.History.Name.Missing == [5]bool{false, true, true, true, true}
			}},
		"both spellings": {`{"identity":{"ssn":"111223333","ssn_last_4":"1111","ssn_last4":"2222"},` + around, "", nil,
			func(u flow.UserAccount) bool {
				return u.Identity.SSNLast4 == "1111" && u.Identity.SSNLast4Guide == "2222"
			}},
		"new fields everywhere": {`{"identity":{"tax_id":"12-3456789","name":{"middle_name":"M"},"address":{"geo":{"lat":1.5,"known":true}},"aliases":["x",{"n":null}],"more":{}},
			"identity_edit_history":{"phone":{"edits_1d":1},"name":{"edits_7d":4}},"items":[{"item_id":"i","access_token":"access-sandbox-0123456789ab","colour":"red"}],"risk":7,"request_id":"r"}`,
			"identity.address.geo.known true or false>=true; identity.address.geo.lat number>=1.5; identity.aliases[0] text>=x; identity.aliases[1].n null>=; identity.more object>=; " +
				"identity.name.middle_name text>=M; identity.tax_id text>=12-3456789; identity_edit_history.name.edits_7d number>=4; identity_edit_history.phone.edits_1d number>=1; items[0].colour text>=red; risk number>=7", nil,
			func(u flow.UserAccount) bool { return u.Deviations.New() == 11 && len(u.Items) == 1 }},
		"of another kind": {`{"identity":{"name":"Leslie Knope","address":[],"email":{"work":"w@example.com"},"date_of_birth":19750118,"ssn":true},"items":{"item_id":"i"},"request_id":5}`,
			"identity.name text>object=Leslie Knope; identity.address list>object=; identity.email object>text=; identity.email.work text>=w@example.com; identity.date_of_birth number>text=19750118; identity.ssn true or false>text=true; " +
				"items object>list=; items.item_id text>=i; request_id number>text=5; refused",
			map[string]flow.BlankAs{"identity.name": flow.BlankOdd, "identity.address.city": flow.BlankOdd, "identity.email": flow.BlankOdd},
			func(u flow.UserAccount) bool {
				return u.HasIdentity && u.RequestID == "5" && u.Identity.DateOfBirth.Reveal() == "19750118" && len(u.Items) == 0
			}},
		"identity a list": {`{"identity":["x"],` + around, "identity list>object=; identity[0] text>=x; refused", map[string]flow.BlankAs{"identity": flow.BlankOdd}, nil},
		"Items null":      {`{"identity":null,"items":null,"request_id":"r"}`, "items null>list=", nil, nil},
		"Items odd": {`{"identity":null,"items":[5,{"item_id":"a"},{"access_token":"access-sandbox-0123456789ab"}],"request_id":"r"}`, "items[0] number>object=5; refused", nil,
			func(u flow.UserAccount) bool { return len(u.Items) == 2 && u.Items[0].AccessToken.IsZero() }},
		"a key that is somebody's number": {`{"identity":{"919-28-3746":1,"999888777":2},` + around, "identity.•••-••-•••• number>=1; identity.••••••••• number>=2", nil, nil},
	} {
		t.Run(name, func(t *testing.T) {
			u, _ := session(t, c.body)
			got := strings.Split(told(u.Deviations), "; ")
			for _, want := range strings.Split(c.deviates, "; ") {
				if i := indexOf(got, want); i >= 0 {
					got = append(got[:i], got[i+1:]...)
				} else {
					t.Errorf("%q is not told", want)
				}
			}
			if len(got) > 0 {
				t.Errorf("told besides: %q", got)
			}
			for path, want := range c.blank {
				if got := flow.HowBlank(u.Blank, path); got != want {
					t.Errorf("%s holds nothing as %q, want %q", path, got, want)
				}
			}
			if c.check != nil && !c.check(u) {
				t.Errorf("read as %+v", u)
			}
		})
	}
}

func indexOf(list []string, s string) int {
	for i := range list {
		if list[i] == s {
			return i
		}
	}
	return -1
}

func TestAccountsAreReadAsTheyCame(t *testing.T) {
	const item = `"item":{"item_id":"i","webhook":null,"error":null,"available_products":[],"billed_products":[],"consent_expiration_time":null,"update_type":"background"},"request_id":"r"}`
	x, _ := accounts(t, `{"accounts":[
		{"account_id":"a","balances":null,"mask":null,"name":"N","official_name":null,"type":"teapot","subtype":null},
		{"account_id":"b","balances":{"available":"12.5","current":{},"limit":3,"iso_currency_code":null,"unofficial_currency_code":null,"hold":9},"mask":12,"name":"","official_name":"O","type":"depository","subtype":"checking","holder":"Leslie"}],`+item)
	want := "accounts[0].balances null>object=; accounts[0].type text>one of the values known=teapot; accounts[1].balances.available text>number=12.5; accounts[1].balances.current object>number=; " +
		"accounts[1].balances.hold number>=9; accounts[1].holder text>=Leslie; accounts[1].mask number>text=12; refused"
	if got := told(x.Deviations); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	a, b := x.Accounts[0], x.Accounts[1]
	if a.Type != "teapot" || flow.HowBlank(a.Blank, "balances.limit") != flow.BlankNull || flow.HowBlank(a.Blank, "mask") != flow.BlankNull || a.Current != nil {
		t.Errorf("first: %+v", a)
	}
	if *b.Available != 12.5 || b.Current != nil || *b.Limit != 3 || b.Mask != "12" || flow.HowBlank(b.Blank, "name") != flow.BlankEmpty || flow.HowBlank(b.Blank, "balances.current") != flow.BlankOdd {
		t.Errorf("second: %+v", b)
	}
	_, err := client(t, answering(200, "application/json", `{"accounts":{},`+item), nil).GetAccounts(t.Context(), flow.GetAccounts{})
	if f := failureOf(t, err); !strings.Contains(f.Message, "list of accounts") {
		t.Errorf("accounts an object: %+v", f)
	}
}

// What the simulator and the contract have in common is not called new.
func TestAnAnswerAsContractedDeviatesNowhere(t *testing.T) {
	if u, _ := session(t, fullSession); !u.Deviations.IsZero() {
		t.Errorf("%s", told(u.Deviations))
	}
}

func TestManyDeviationsAreCounted(t *testing.T) {
	var b strings.Builder
	for i := range 250 {
		fmt.Fprintf(&b, `"k%d":%d,`, i, i)
	}
	u, _ := session(t, `{"identity":null,`+b.String()+around)
	if len(u.Deviations.List) != mostDeviations || u.Deviations.More != 150 {
		t.Errorf("%d listed, %d more", len(u.Deviations.List), u.Deviations.More)
	}
	deep := strings.Repeat(`{"a":`, 5000) + "1" + strings.Repeat("}", 5000)
	if u, _ := session(t, `{"identity":null,"deep":`+deep+`,`+around); len(u.Deviations.List) != 1 || len(u.Deviations.List[0].Path) > 100 {
		t.Errorf("deep: %s", told(u.Deviations))
	}
}
