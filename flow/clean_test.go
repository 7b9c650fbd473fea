package flow_test

import (
	"errors"
	"strings"
	"testing"

	"layersim/flow"
)

func TestCleanLine(t *testing.T) {
	for _, tc := range []struct {
		text    string
		longest int
		want    string
	}{
		{"Zoë 界 → “quoted”", 0, "Zoë 界 → “quoted”"},
		{"a\x1b[31mb\x07\u009b2Jc\x7f", 0, "a [31mb  2Jc "},
		{"one\ntwo\u2028three\tfour", 0, "one two three four"},
		{"\u202egnp.exe\u202c \u2066x\u2069 \u200bz\ufeff\u00ad", 0, "gnp.exe x z"},
		{"می\u200cخواهم", 0, "می\u200cخواهم"}, // a different word without the joiner
		{"bad \xff byte", 0, "bad \ufffd byte"},
		{"界界界", 2, "界界…"},
		{"界界", 2, "界界"},
	} {
		if got := flow.CleanLine(tc.text, tc.longest); got != tc.want {
			t.Errorf("CleanLine(%q, %d) = %q; want %q", tc.text, tc.longest, got, tc.want)
		}
	}
}

const private = `{"request_id":"r","public_token":"profile-sandbox-b0e2c4ee-a763-4df5-bfe9-46a46bce992d","n":null,
	"identity":{"ssn":"987654321","ssn_last_4":"4321","date_of_birth":{"year":1975},"phone_number":"+14155550011","name":"Leslie"},
	"edits":{"ssn":{"edits_1d":2}},"list":[1e3,true,"call +14155550011"],"routing_number":"021000021"}`

func TestRedactionKeepsTheShapeAndHidesWhatIsPrivate(t *testing.T) {
	got, err := flow.Redaction{}.JSON([]byte(private))
	want := `{"request_id":"r","public_token":"profile-sandbox-••••992d","n":null,` +
		`"identity":{"ssn":"•••-••-••••","ssn_last_4":"••••","date_of_birth":{"year":"•••• (number)"},"phone_number":"+1••••••••11","name":"Leslie"},` +
		`"edits":{"ssn":{"edits_1d":2}},"list":[1e3,true,"call +1••••••••11"],"routing_number":"••••"}`
	if err != nil || got != want {
		t.Errorf("%v\ngot  %s\nwant %s", err, got, want)
	}
	indented, err := flow.Redaction{Indent: true}.JSON([]byte(`{"a":[1,{}],"b":[]}`))
	if want := "{\n  \"a\": [\n    1,\n    {}\n  ],\n  \"b\": []\n}"; err != nil || indented != want {
		t.Errorf("%v\n%s", err, indented)
	}
}

func TestRedactionSaysWhereItStopped(t *testing.T) {
	if got, err := (flow.Redaction{Longest: 20}).JSON([]byte(private)); !errors.Is(err, flow.ErrClipped) || len(got) > 20 || !strings.HasPrefix(got, `{"request_id"`) {
		t.Errorf("%q, %v", got, err)
	}
	for _, broken := range []string{``, `{`, `{"a":1}{}`, `{"a":1,}`, strings.Repeat("[", 1000) + strings.Repeat("]", 1000)} {
		if got, err := (flow.Redaction{}).JSON([]byte(broken)); err == nil {
			t.Errorf("%.20q was read as %.20q", broken, got)
		}
	}
}
