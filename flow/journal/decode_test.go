package journal

import (
	"bytes"
	"encoding/json"
	"errors"
	"math"
	"reflect"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"layersim/flow"
	"layersim/flow/sdk"
)

// again writes an entry, reads it and writes it again.
func again(t rapid.TB, e Entry) (first, second []byte, read flow.Event) {
	t.Helper()
	first, err := Whole(e)
	if err != nil {
		t.Fatalf("%T: %v", e.Event, err)
	}
	var plain struct {
		Recorded
		At       string    `json:"at"`
		Happened time.Time `json:"happened_at"`
	}
	if err := json.Unmarshal(first, &plain); err != nil {
		t.Fatalf("%T: %v in %s", e.Event, err, first)
	}
	r := plain.Recorded
	r.At, r.Happened = e.At, plain.Happened
	read, err = Decode(r)
	if err != nil {
		t.Fatalf("%T: %v in %s", e.Event, err, first)
	}
	back := e
	back.Event = read
	if second, err = Whole(back); err != nil {
		t.Fatalf("%T: %v", e.Event, err)
	}
	return first, second, read
}

func isSame(t rapid.TB, e Entry) flow.Event {
	t.Helper()
	first, second, read := again(t, e)
	if !bytes.Equal(first, second) {
		t.Fatalf("%T is not the same again:\nfirst  %s\nsecond %s", e.Event, first, second)
	}
	if reflect.TypeOf(read) != reflect.TypeOf(e.Event) {
		t.Fatalf("%T is read as %T", e.Event, read)
	}
	return read
}

// What is recorded of an event that was read is what was recorded of it first.
func TestDecodeIsTheInverseOfWhole(t *testing.T) {
	for i, event := range oneOfEach() {
		isSame(t, Entry{Seq: i + 1, At: noon, Event: event, Lane: LaneOf(event)})
	}
}

// Each field of each event, alone and set, is read back.
func TestDecodeReadsEveryField(t *testing.T) {
	for _, event := range oneOfEach() {
		kind := reflect.TypeOf(event)
		base := reflect.New(kind).Elem()
		grow(base, 0)
		for _, path := range leaves(base, nil, "") {
			if strings.HasPrefix(path.name, ".Client.") {
				continue
			}
			changed := reflect.New(kind).Elem()
			grow(changed, 0)
			path.set(t, changed)
			// What no event has is refused; a trial is believed or refused.
			isSame(t, Entry{Seq: 1, At: noon, Event: changed.Interface().(flow.Event)})
		}
	}
}

// Any event at all, with any text in it.
func TestDecodeIsTheInverseOfWholeForAnyEvent(t *testing.T) {
	kinds := oneOfEach()
	rapid.Check(t, func(t *rapid.T) {
		kind := reflect.TypeOf(rapid.SampledFrom(kinds).Draw(t, "kind"))
		v := reflect.New(kind).Elem()
		fill(t, v, kind.Name())
		if did, ok := v.Interface().(flow.AppDid); ok { // a deed is one of ours, never somebody's text
			did.Deed = rapid.SampledFrom([]flow.Deed{flow.DeedTrustedPhone, flow.DeedIgnoredEvent, "a-deed-of-tomorrow", ""}).Draw(t, "deed")
			v.Set(reflect.ValueOf(did))
		}
		isSame(t, Entry{Seq: 1, At: noon, Event: v.Interface().(flow.Event)})
	})
}

// fill gives every field of a value something that can be there.
func fill(t *rapid.T, v reflect.Value, name string) {
	text := func() string {
		return rapid.OneOf(
			rapid.SampledFrom([]string{
				"", "x", "LAYER_READY", "a\x1b[2J\u202e", "\xff", "\ufffd", "+14155550011", "123-45-6789", "access-sandbox-0123456789abcdef",
				"see link-sandbox-a, +4412345678 and 919-28-3746", `"quoted" <b>&`, " ", "no answer came", "believed", "•", "link-sandbox-••••cdef",
			}), rapid.String(),
		).Draw(t, name)
	}
	number := func() int { return rapid.IntRange(-3, 1<<40).Draw(t, name) }
	raw := func() string {
		return rapid.SampledFrom([]string{
			"", " ", "null", "{}", "[1, 2.50,\n{}]", "<html>", "{\x1b", `{"view_name":"CONSENT","timestamp":"2026-03-01T12:00:00.5+02:00","status":"x"}`,
			`{"request_id":7,"error_code":"\u001b"}`, `"` + "\xff\u200b" + `"`, "1e999",
		}).Draw(t, name)
	}
	when := func() time.Time {
		return rapid.SampledFrom([]time.Time{{}, noon, noon.Add(1), noon.In(time.FixedZone("x", 3600)), time.Date(9000, 1, 1, 0, 0, 0, 0, time.UTC)}).Draw(t, name)
	}
	secret := func() string { // what a private value may be
		return rapid.SampledFrom([]string{"", "x", "+14155550011", "1975-01-18", "919283746", "link-sandbox-0123456789abcdef", "a-b", flow.ForgedPublicToken}).Draw(t, name)
	}
	var to any
	switch v.Interface().(type) {
	case time.Time:
		to = when()
	case flow.At:
		to = flow.At(noon)
	case time.Duration:
		to = time.Duration(rapid.Int64Range(0, int64(30*24*time.Hour)).Draw(t, name))
	case flow.PhoneNumber:
		to = flow.NewPhoneNumber(secret())
	case flow.DateOfBirth:
		to = flow.NewDateOfBirth(secret())
	case flow.SSN:
		to = flow.NewSSN(secret())
	case flow.LinkToken:
		to = flow.NewLinkToken(secret())
	case flow.PublicToken:
		to = flow.NewPublicToken(secret())
	case flow.AccessToken:
		to = flow.NewAccessToken(secret())
	case flow.OneTimeCode:
		to = flow.NewOneTimeCode(secret())
	case flow.ForeignValue:
		to = flow.NewForeignValue(secret())
	case map[string]flow.SSN:
		to = map[string]flow.SSN{"address.street": flow.NewSSN(secret()), "ssn\x1b": flow.NewSSN(secret())}
	case [5]bool:
		to = [5]bool(rapid.SliceOfN(rapid.Bool(), 5, 5).Draw(t, name))
	case *float64:
		n := rapid.OneOf(rapid.Float64(), rapid.SampledFrom([]float64{0, math.NaN(), 110.25})).Draw(t, name)
		if to = (*float64)(nil); rapid.Bool().Draw(t, name) {
			to = &n
		}
	case flow.ItemStatus:
		to = flow.ItemStatus(rapid.IntRange(0, int(flow.AccountsUnasked)).Draw(t, name))
	case flow.Client:
		to = flow.Client{}
		if rapid.Bool().Draw(t, name) {
			to, _ = sdk.Client("ios", rapid.SampledFrom([]string{"", "6.3.0", "7.0.0-beta.1"}).Draw(t, name))
		}
	}
	if to != nil {
		v.Set(reflect.ValueOf(to))
		return
	}
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			field := v.Type().Field(i)
			switch {
			case !field.IsExported():
			case field.Name == "Raw" || strings.HasSuffix(field.Name, "Body"):
				v.Field(i).SetString(raw())
			case field.Name == "RequestHeaders" || field.Name == "ResponseHeaders":
				v.Field(i).Set(reflect.ValueOf([]flow.Header{{Name: "A", Value: text()}, {Name: text()}}))
			default:
				fill(t, v.Field(i), name+"."+field.Name)
			}
		}
		if f, ok := v.Interface().(flow.Failure); ok && f.Status < 0 {
			v.Field(0).SetString("X")
		}
	case reflect.Slice:
		n := rapid.IntRange(0, 2).Draw(t, name)
		v.Set(reflect.MakeSlice(v.Type(), n, n))
		for i := range n {
			fill(t, v.Index(i), name)
		}
	case reflect.String:
		v.SetString(text())
	case reflect.Bool:
		v.SetBool(rapid.Bool().Draw(t, name))
	case reflect.Int:
		v.SetInt(int64(number()))
	default:
		t.Fatalf("%s: this test does not know how to fill a %s", name, v.Type())
	}
}

// A private value that was read prints its mask and has nothing behind it.
func TestWhatIsReadBackIsAMask(t *testing.T) {
	read := isSame(t, Entry{Seq: 1, At: noon, Event: flow.PhoneNumberEntered{Phone: flow.NewPhoneNumber("+14155550011")}}).(flow.PhoneNumberEntered)
	if got := read.Phone; !got.IsRecorded() || got.String() != "+1••••••••11" || got.Reveal() != got.String() {
		t.Errorf("%v reveals %q", got, got.Reveal())
	}
	if !flow.IsNorthAmerican(read.Phone) || flow.IsNorthAmerican(flow.RecordedPhoneNumber("+4••••••••11")) || flow.IsNorthAmerican(flow.RecordedPhoneNumber("+1•••••11")) {
		t.Error("a mask does not tell a number of North America")
	}
	mask := flow.NewLinkToken("link-sandbox-0123456789abcdef").String()
	if flow.RecordedLinkToken(mask) != flow.RecordedLinkToken("link-sandbox-••••cdef") || flow.RecordedLinkToken("").IsRecorded() {
		t.Error("two tokens with one mask are not equal")
	}
	made := isSame(t, Entry{Seq: 1, At: noon, Event: flow.OnSuccess{PublicToken: flow.NewPublicToken(flow.ForgedPublicToken)}}).(flow.OnSuccess)
	other := isSame(t, Entry{Seq: 1, At: noon, Event: flow.OnSuccess{PublicToken: flow.NewPublicToken("profile-sandbox-11111111-0000-4000-8000-000000000000")}}).(flow.OnSuccess)
	if !flow.IsForged(made.PublicToken) || flow.IsForged(other.PublicToken) {
		t.Error("a token that was made up is not told from one that was not")
	}
}

// What no layersim wrote is refused, and said with its place.
func TestDecodeSaysWhere(t *testing.T) {
	tests := []struct{ kind, event, want string }{
		{"Whatever\x1b", `{}`, `:7: kind: "Whatever " is no event that this layersim knows`},
		{"OnLoad", `{"handler":"1"}`, `:7: event.handler: a string does not belong here`},
		{"OnLoad", `{`, `:7: event: the line breaks off`},
		{"PhoneNumberEntered", `{"phone_number":"+14155550011"}`, ":7: event.phone_number: this is not masked"},
		{"DateOfBirthEntered", `{"date_of_birth":"1975-01-18"}`, ":7: event.date_of_birth: this is not masked"},
		{"LinkActed", `{"values":{"ssn":"123"}}`, ":7: event.values: this is not masked"},
		{"UserAccountFetched", `{"identity":{"ssn":"123"}}`, ":7: event.identity.ssn: this is not masked"},
		{"UserAccountFetched", `{"identity":7}`, ":7: event.identity: this is no identity"},
		{"UserAccountFetched", `{"items":[{"access_token":"x"}]}`, ":7: event.items.access_token: this is not masked"},
		{"AccountsFetched", `{"accounts":[{"current":"much"}]}`, ":7: event.accounts.current: this is no amount of money"},
		{"SessionTokenCreated", `{"expiration":"soon"}`, `:7: event.expiration: "soon" is no time`},
		{"StartOverRequested", `{"client":{"platform":"toaster"}}`, `:7: event.client: "toaster" is not a Link platform`},
		{"WebhooksTried", `{"webhooks":[{"checked_rightly":"maybe"}]}`, `:7: event.webhooks.checked_rightly: "maybe" says neither`},
		{"CallFailed", `{"error":{"retry_after_seconds":1e300}}`, ":7: event.error.retry_after_seconds: 1e+300 is no length of time"},
		{"CallFailed", `{"error":{"status":"x"}}`, ":7: event.error.status: a string does not belong here"},
	}
	for _, test := range tests {
		_, err := Decode(Recorded{Seq: 6, Line: 7, At: noon, Kind: test.kind, Event: json.RawMessage(test.event)})
		var bad *RecordingError
		if !errors.As(err, &bad) || !strings.HasPrefix(err.Error(), test.want) {
			t.Errorf("%s %s: %v; want %s", test.kind, test.event, err, test.want)
		}
	}
}
