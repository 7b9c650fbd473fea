package journal

import (
	"bytes"
	"encoding/json"
	"reflect"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"layersim/flow"
)

// An entry on one line, as it is copied and will be recorded.
func TestWhole(t *testing.T) {
	token := flow.NewLinkToken("link-sandbox-0123456789ab-cdef")
	for _, tc := range []struct {
		name  string
		entry Entry
		want  string
	}{
		{
			"an event that was held back",
			Entry{
				Seq: 12, At: noon.Add(3 * time.Second), Verdict: flow.Advanced, Why: "Plaid holds all.", Before: flow.PhaseEligibility, Phase: flow.PhaseReady, Lane: LaneLink,
				Event: flow.OnEvent{HandlerID: 2, Name: "LAYER_READY", Metadata: flow.Metadata{Timestamp: noon, Raw: `{"view_name": null, "request_id": "r1"}`, RequestID: "r1", Verdict: "all there"}},
			},
			`{"seq":12,"at":"2026-03-01T12:00:03Z","happened_at":"2026-03-01T12:00:00Z","lane":"Link","kind":"OnEvent","name":"LAYER_READY","verdict":"advanced","why":"Plaid holds all.",` +
				`"phase_before":"eligibility","phase":"ready","event":{"handler":2,"event_name":"LAYER_READY","eligibility":"all there","metadata":{"view_name":null,"request_id":"r1"}}}`,
		},
		{
			"metadata that is no JSON",
			Entry{Seq: 1, At: noon, Event: flow.OnEvent{Name: "X", Metadata: flow.Metadata{Raw: "{\x1b[2J"}}},
			`{"seq":1,"at":"2026-03-01T12:00:00Z","kind":"OnEvent","name":"X","verdict":"refused","event":{"event_name":"X","metadata_text":"{\u001b[2J"}}`,
		},
		{
			"an answer",
			Entry{Seq: 2, At: noon, Event: flow.SessionTokenCreated{Call: 1, LinkToken: token, RequestID: "r"}, Lane: LaneServer, Verdict: flow.Noted},
			`{"seq":2,"at":"2026-03-01T12:00:00Z","lane":"server","kind":"SessionTokenCreated","name":"link_token received","verdict":"noted",` +
				`"event":{"call":1,"link_token":"link-sandbox-••••cdef","request_id":"r"}}`,
		},
		{
			"a call",
			Entry{Seq: 3, At: noon, Event: flow.ExchangeRecorded{Exchange: flow.Exchange{
				Method: "POST", URL: "https://sandbox.plaid.com/accounts/get", Status: 400, Duration: 1500 * time.Microsecond,
				RequestBody: `{"a": [1, null]}`, ResponseBody: "<html>", ResponseHeaders: []flow.Header{{Name: "A", Value: "b"}, {Name: "A"}},
			}}, Lane: LaneServer, Verdict: flow.Noted},
			`{"seq":3,"at":"2026-03-01T12:00:00Z","lane":"server","kind":"ExchangeRecorded","name":"POST /accounts/get 400","verdict":"noted","event":{"duration_ms":1.5,` +
				`"request":{"method":"POST","url":"https://sandbox.plaid.com/accounts/get","body":{"a":[1,null]}},"response":{"status":400,"headers":[{"name":"A","value":"b"},{"name":"A","value":""}],"body_text":"<html>"}}}`,
		},
		{
			"a session without Items",
			Entry{Seq: 4, At: noon, Event: flow.UserAccountFetched{Call: 9}, Verdict: flow.Advanced},
			`{"seq":4,"at":"2026-03-01T12:00:00Z","kind":"UserAccountFetched","name":"session received","verdict":"advanced","event":{"call":9,"identity":null,"identity_edit_history":null,"items":[]}}`,
		},
	} {
		got, err := Whole(tc.entry)
		if err != nil || string(got) != tc.want {
			t.Errorf("%s: %v\ngot  %s\nwant %s", tc.name, err, got, tc.want)
		}
	}
}

// Whatever an event carries, it is one line of JSON with nothing private and
// nothing in it that a terminal obeys.
func TestWholeIsHarmlessJSON(t *testing.T) {
	for i, event := range oneOfEach() {
		e := Entry{Seq: i + 1, At: noon, Event: event, Lane: LaneOf(event), Why: "why\x1b\u202e"}
		got, err := Whole(e)
		if err != nil || !json.Valid(got) || !utf8.Valid(got) {
			t.Fatalf("%T: %v %s", event, err, got)
		}
		if again, _ := Whole(e); !bytes.Equal(got, again) {
			t.Errorf("%T is not the same twice", event)
		}
		for _, r := range string(got) {
			if unicode.IsControl(r) || unicode.In(r, unicode.Cf, unicode.Zl, unicode.Zp) {
				t.Errorf("%T: %U in %q", event, r, got)
			}
		}
		for _, marker := range []string{"LINKMARKER", "PUBLICMARKER", "4155550199", "1961-07", "864213", "919283746", "URLMARKER"} {
			if bytes.Contains(got, []byte(marker)) {
				t.Errorf("%T shows %s: %s", event, marker, got)
			}
		}
	}
	hostile, err := Whole(Entry{Event: flow.PageTrouble{Reason: "a\u009bb\U000e0041c\xffd"}})
	if want := `"reason":"a\u009bb\udb40\udc41c\ufffdd"`; err != nil || !strings.Contains(string(hostile), want) {
		t.Errorf("got %s, want %s in it", hostile, want)
	}
}

// Every field of every event is in it: what is left out is lost to whoever
// reads it later.
func TestWholeLeavesNothingOut(t *testing.T) {
	for _, event := range oneOfEach() {
		kind := reflect.TypeOf(event)
		base := reflect.New(kind).Elem()
		grow(base, 0)
		before, err := Content(base.Interface().(flow.Event))
		if err != nil {
			t.Fatal(err)
		}
		for _, path := range leaves(base, nil, "") {
			changed := reflect.New(kind).Elem()
			grow(changed, 0)
			path.set(t, changed)
			after, err := Content(changed.Interface().(flow.Event))
			if err != nil {
				t.Fatal(err)
			}
			if strings.HasPrefix(path.name, ".Client.") && path.name != ".Client.Platform" && path.name != ".Client.Version" {
				continue // follows from these two
			}
			if bytes.Equal(before, after) {
				t.Errorf("%s%s is not written: %s", kind.Name(), path.name, after)
			}
		}
	}
}

// grow gives every list one element, and says that what may be missing is there.
func grow(v reflect.Value, depth int) {
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() && !isLeaf(v.Field(i).Type()) {
				grow(v.Field(i), depth+1)
			}
			if name := v.Type().Field(i).Name; name == "HasIdentity" || name == "HasHistory" {
				v.Field(i).SetBool(true)
			}
		}
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		grow(v.Index(0), depth+1)
	}
}

// leaf is one value inside an event.
type leaf struct {
	name string
	at   []int
}

func isLeaf(t reflect.Type) bool {
	return t == reflect.TypeFor[time.Time]() || t == reflect.TypeFor[flow.At]() || strings.HasPrefix(t.Name(), "Masked[")
}

func leaves(v reflect.Value, at []int, name string) []leaf {
	if isLeaf(v.Type()) {
		if v.Type() == reflect.TypeFor[flow.At]() {
			return nil // Whole writes it
		}
		return []leaf{{name, at}}
	}
	var all []leaf
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			field := v.Type().Field(i)
			if !field.IsExported() || strings.HasPrefix(field.Name, "Has") {
				continue
			}
			all = append(all, leaves(v.Field(i), append(at[:len(at):len(at)], i), name+"."+field.Name)...)
		}
	case reflect.Slice:
		return leaves(v.Index(0), append(at[:len(at):len(at)], -1), name+"[0]")
	default:
		return []leaf{{name, at}}
	}
	return all
}

func (l leaf) set(t *testing.T, v reflect.Value) {
	t.Helper()
	for _, i := range l.at {
		if i < 0 {
			v = v.Index(0)
		} else {
			v = v.Field(i)
		}
	}
	var to any
	switch v.Interface().(type) {
	case time.Time:
		to = noon
	case flow.PhoneNumber:
		to = flow.NewPhoneNumber("+14155550011")
	case flow.DateOfBirth:
		to = flow.NewDateOfBirth("1975-01-18")
	case flow.SSN:
		to = flow.NewSSN("919283746")
	case flow.LinkToken:
		to = flow.NewLinkToken("link-sandbox-0")
	case flow.PublicToken:
		to = flow.NewPublicToken("profile-sandbox-0")
	case flow.AccessToken:
		to = flow.NewAccessToken("access-sandbox-0")
	case flow.OneTimeCode:
		to = flow.NewOneTimeCode("123456")
	case map[string]flow.SSN:
		to = map[string]flow.SSN{"email": flow.NewSSN("x")}
	case flow.ForeignValue:
		to = flow.NewForeignValue("x")
	case [5]bool:
		to = [5]bool{true}
	case *float64:
		n := 1.5
		to = &n
	}
	if to != nil {
		v.Set(reflect.ValueOf(to))
		return
	}
	switch v.Kind() {
	case reflect.String:
		v.SetString("https://somewhere/else")
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int, reflect.Int64:
		v.SetInt(int64(flow.AccountsKnown) * int64(time.Millisecond))
		if v.Type() == reflect.TypeFor[flow.ItemStatus]() {
			v.SetInt(int64(flow.AccountsKnown))
		}
	default:
		t.Fatalf("%s: this test does not know how to set a %s", l.name, v.Type())
	}
}

func BenchmarkWhole(b *testing.B) {
	e := Entry{Seq: 1, At: noon, Event: flow.OnEvent{Name: "TRANSITION_VIEW", Metadata: flow.Metadata{Raw: `{"view_name":"CONSENT","link_session_id":"x","timestamp":"2026-01-01T00:00:00Z"}`}}}
	for b.Loop() {
		_, _ = Whole(e)
	}
}
