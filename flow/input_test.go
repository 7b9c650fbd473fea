package flow_test

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"regexp"
	"strings"
	"testing"
	"time"

	"layersim/flow"
)

func TestParsePhoneNumber(t *testing.T) {
	for typed, want := range map[string]string{
		"415-555-0011":      "+14155550011",
		"(415) 555-0011":    "+14155550011",
		"415.555.0011":      "+14155550011",
		" 4155550011 ":      "+14155550011",
		"14155550011":       "+14155550011",
		"1-415-555-0011":    "+14155550011",
		"+14155550011":      "+14155550011",
		"+1 (415) 555 0011": "+14155550011",
		"515-555-0019":      "+15155550019",
		"415-555-0000":      "+14155550000",
		"+44 20 7946 0958":  "+442079460958",
		"+49 30 901820":     "+4930901820",
		"+49 (0)30 901820":  "+4930901820",
		"+33 6 12 34 56 78": "+33612345678",
	} {
		got, err := flow.ParsePhoneNumber(typed)
		if err != nil || got.Reveal() != want {
			t.Errorf("%q: %q, %v; want %s", typed, got.Reveal(), err, want)
		}
	}
	for typed, want := range map[string]string{
		"":                      "415-555-0011",
		"+":                     "415-555-0011",
		"415":                   "7 more digits",
		"415-555-001":           "One more digit",
		"1415":                  "7 more digits",
		"1415555001":            "One more digit",
		"1":                     "10 more digits",
		"+1 055 555 0011":       "area code",
		"415-555-00112":         "Too many digits for a US number",
		"115-555-0011":          "area code",
		"call me":               "only digits",
		"+999 123 4567":         "No country",
		"+44 20":                "not complete",
		"+49000000":             "too many zeros",
		"+1 415 555":            "4 more digits",
		"+1 415 555 00112":      "Too many",
		"12345678901234567":     "15 at the most",
		"+44 20 7946 0958 9999": "Too many",
		"415-555-0011\x1b[31m":  "only digits",
		"٤١٥٥٥٥٠٠١١":            "only digits",
	} {
		got, err := flow.ParsePhoneNumber(typed)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %q, %v; want an error with %q", typed, got.Reveal(), err, want)
		}
	}
}

func FuzzParsePhoneNumber(f *testing.F) {
	for _, seed := range []string{"415-555-0011", "+44 20 7946 0958", "1415", "+", "\x00", "+1+1", "(415) 555.0011", "+1\u00a0415/555 0011", "+800 1234 5678", "+39 06 698", "14155550011"} {
		f.Add(seed)
	}
	e164 := regexp.MustCompile(`^\+[1-9]\d{5,14}$`)
	f.Fuzz(func(t *testing.T, typed string) {
		p, err := flow.ParsePhoneNumber(typed)
		if err != nil {
			requireSentence(t, err, typed)
			return
		}
		if !e164.MatchString(p.Reveal()) {
			t.Errorf("%q gave %q, which is not E.164", typed, p.Reveal())
		}
		again, err := flow.ParsePhoneNumber(p.Reveal())
		if err != nil || again != p {
			t.Errorf("%q gave %q, which reads as %q, %v", typed, p.Reveal(), again.Reveal(), err)
		}
		if mask := p.String(); len(p.Reveal()) > 6 && strings.Contains(mask, p.Reveal()[2:len(p.Reveal())-2]) || flow.IsNorthAmerican(p) != strings.HasPrefix(p.Reveal(), "+1") {
			t.Errorf("%q is shown as %q", p.Reveal(), mask)
		}
	})
}

// requireSentence checks what is said to a person who typed something wrong: one
// plain line of bounded length, which a long text that was typed is no part of.
func requireSentence(t *testing.T, err error, typed string) {
	t.Helper()
	says := err.Error()
	if says == "" || len(says) > 200 || flow.CleanLine(says, 0) != says || len(typed) > 10 && strings.Contains(says, typed) && !strings.Contains("1975-01-18 or 01/18/1975, 415-555-0011, +1 or +44", typed) {
		t.Errorf("%q: %q", typed, says)
	}
}

func TestParseDateOfBirth(t *testing.T) {
	today := time.Date(2026, 3, 7, 9, 0, 0, 0, time.UTC)
	for typed, want := range map[string]string{
		"1975-01-18":    "1975-01-18",
		"1975/1/18":     "1975-01-18",
		"01/18/1975":    "1975-01-18",
		"1/18/1975":     "1975-01-18",
		"01-18-1975":    "1975-01-18",
		"2000-02-29":    "2000-02-29",
		" 1975-01-18\n": "1975-01-18",
		"2026-03-07":    "2026-03-07",
	} {
		got, err := flow.ParseDateOfBirth(typed, today)
		if err != nil || got.Reveal() != want {
			t.Errorf("%q: %q, %v; want %s", typed, got.Reveal(), err, want)
		}
	}
	for typed, want := range map[string]string{
		"":           "1975-01-18",
		"1975":       "1975-01-18",
		"18/01/1975": "no month 18",
		"1975-13-01": "no month 13",
		"1975-02-30": "no day 30",
		"1900-02-29": "no day 29",
		"1975-01-00": "no day 0",
		"2026-03-08": "future",
		"1850-01-01": "130 years",
		"yesterday":  "only digits",
	} {
		got, err := flow.ParseDateOfBirth(typed, today)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %q, %v; want an error with %q", typed, got.Reveal(), err, want)
		}
	}
}

func FuzzParseDateOfBirth(f *testing.F) {
	for _, seed := range []string{"1975-01-18", "01/18/1975", "9999-99-99", "-", "2000-02-29", " 1.8.1975 ", "1896-03-07", "2026/3/8"} {
		f.Add(seed)
	}
	today := time.Date(2026, 3, 7, 0, 0, 0, 0, time.UTC)
	f.Fuzz(func(t *testing.T, typed string) {
		d, err := flow.ParseDateOfBirth(typed, today)
		if err != nil {
			requireSentence(t, err, typed)
			return
		}
		date, err := time.Parse(time.DateOnly, d.Reveal())
		if err != nil || date.After(today) || date.Before(today.AddDate(-130, 0, 0)) {
			t.Errorf("%q gave %q: %v", typed, d.Reveal(), err)
		}
		if d.String() != "••••-••-••" {
			t.Errorf("%q is shown as %q", d.Reveal(), d)
		}
		for _, form := range []string{time.DateOnly, "01/02/2006", "1.2.2006"} {
			if again, err := flow.ParseDateOfBirth(date.Format(form), today); err != nil || again != d {
				t.Errorf("%q gave %q, and %q gives %q, %v", typed, d.Reveal(), date.Format(form), again.Reveal(), err)
			}
		}
	})
}

// A private value must not come out of any way of printing it.
func TestMaskedValuesPrintMasked(t *testing.T) {
	secrets := map[string]any{
		"a1b2c3d4": flow.NewLinkToken("link-sandbox-af1a0311-a1b2c3d4-xxxx"),
		"b2c3d4e5": flow.NewPublicToken("profile-sandbox-b2c3d4e5-yyyy"),
		"c3d4e5f6": flow.NewAccessToken("access-sandbox-c3d4e5f6-zzzz"),
		"5550011":  flow.NewPhoneNumber("+14155550011"),
		"1975":     flow.NewDateOfBirth("1975-01-18"),
		"98765":    flow.NewSSN("987654321"),
		"123456":   flow.NewOneTimeCode("123456"),
		"d4e5f6":   flow.NewLinkKey("d4e5f6"),
	}
	for plain, v := range secrets {
		encoded, err := json.Marshal(map[string]any{"v": v})
		if err != nil {
			t.Fatal(err)
		}
		var logged strings.Builder
		slog.New(slog.NewJSONHandler(&logged, nil)).Info("x", "v", v)
		out := fmt.Sprintf("%v %+v %#v %s %q %x %d", v, v, v, v, v, v, v) + fmt.Sprintf("%v %+v %#v", struct{ V any }{v}, []any{v}, &v) +
			string(encoded) + logged.String()
		if strings.Contains(out, plain) || strings.Contains(out, fmt.Sprintf("%x", plain)) {
			t.Errorf("%T leaks: %s", v, out)
		}
		if !strings.Contains(out, "•") {
			t.Errorf("%T prints nothing in its place: %s", v, out)
		}
	}
	// fmt calls no method on an unexported field.
	hidden := struct{ token flow.LinkToken }{flow.NewLinkToken("link-sandbox-af1a0311-a1b2c3d4-xxxx")}
	if out := fmt.Sprintf("%v %+v %#v %s", hidden, hidden, &hidden, []any{hidden}); strings.Contains(out, "a1b2c3d4") {
		t.Errorf("a token in an unexported field leaks: %s", out)
	}
	if got := flow.NewPublicToken("profile-sandbox-b0e2c4ee-a763-4df5-bfe9-46a46bce992d").String(); got != "profile-sandbox-••••992d" {
		t.Errorf("a public_token prints as %q; want its kind and last four characters", got)
	}
	if got := (flow.SSN{}).String(); got != "" {
		t.Errorf("no SSN prints as %q", got)
	}
}
