package flow_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"layersim/flow"
)

// movesTerminal reports whether a terminal would do more with r than show it.
func movesTerminal(r rune) bool {
	return unicode.IsControl(r) || unicode.In(r, unicode.Bidi_Control, unicode.Zl, unicode.Zp)
}

// Whatever it is given, CleanLine returns one harmless line of the length that
// was asked for, which it would leave alone itself; what was harmless already it
// does not touch.
func FuzzCleanLine(f *testing.F) {
	for _, s := range []string{"plain", "a\x1b[31mb\x07\u009b2Jc\x7f", "\u202e\u2066\u200b\ufeff\u00ad", "می\u200cخواهم", "\xff\xfe", "界界界", "\u2028\u2029\r\n\t"} {
		f.Add(s, 0)
		f.Add(s, 2)
	}
	f.Fuzz(func(t *testing.T, s string, longest int) {
		got := flow.CleanLine(s, longest)
		if strings.ContainsFunc(got, movesTerminal) || !utf8.ValidString(got) {
			t.Fatalf("%q became %q", s, got)
		}
		if n := utf8.RuneCountInString(got); longest > 0 && (n > longest+1 || n == longest+1 && !strings.HasSuffix(got, "…")) {
			t.Fatalf("%q became %q, %d characters, want %d", s, got, n, longest)
		}
		if again := flow.CleanLine(got, 0); again != got {
			t.Fatalf("%q became %q and then %q", s, got, again)
		}
		if utf8.ValidString(s) && !strings.ContainsFunc(s, func(r rune) bool { return !flow.IsHarmless(r) }) && flow.CleanLine(s, 0) != s {
			t.Fatalf("%q became %q without need", s, flow.CleanLine(s, 0))
		}
	})
}

// What is private is hidden whatever stands before and behind it, and masking
// twice masks no more.
func FuzzRedactText(f *testing.F) {
	for _, s := range []string{"", "call", "%22", "_", "é", "2026-04-01T12:00:00Z", "x-sandbox-", "template_1", "12.34.56.78", "••••", "1/2", "٣", "3fa85f64-5717-4562-b3fc-2c963f66afa6", "Jan 5, "} {
		f.Add(s, "")
		f.Add(s+",", ";"+s)
	}
	const token = "access-sandbox-5f3c1b2a-90de-4c7b-8a61-d2f04e97c315"
	f.Fuzz(func(t *testing.T, before, after string) {
		apart := func(secret string) string { return before + " " + secret + " " + after }
		hides := func(how string, mask func(string) string, text, secret string) {
			t.Helper()
			if strings.Contains(before, secret) || strings.Contains(after, secret) {
				return
			}
			got := mask(text)
			if strings.Contains(got, secret) {
				t.Errorf("%s: %q became %q", how, text, got)
			}
			if again := mask(got); strings.Contains(again, secret) || again != got && mask(again) != again {
				t.Errorf("%s: %q became %q, then %q, then %q", how, text, got, again, mask(again))
			}
		}
		for how, mask := range map[string]func(string) string{"text": flow.RedactText, "strictly": flow.RedactStrictly} {
			hides(how, mask, before+token+" "+after, token)
			for _, secret := range []string{"+14155550199", "987-65-4321"} {
				hides(how, mask, apart(secret), secret)
			}
		}
		for _, secret := range []string{"987654321", "987 65 4321", "4155550199", "01/18/1975", "January 18, 1975", "19750118"} {
			hides("strictly", flow.RedactStrictly, apart(secret), secret)
		}
	})
}

// Whatever the content, what is shown of JSON cannot move a terminal and is JSON
// of the same shape; nothing of a private value is in it, however deep.
func FuzzRedaction(f *testing.F) {
	f.Add([]byte(private))
	f.Add([]byte("{\"\u001b\":\"\u202e\x7f\"}"))
	for _, s := range []string{`{"webhook":"https://u:p@h/?a=b","client_id":"abcdefghijklmnop"}`, `{"edits_1d":2,"edits_x":"y"}`, `[[{"a":[1e3,null,true]}]]`, `{"ssn":"•••-••-••••"}`, `{"a":1}{}`, `{"a":1,}`, `"\ud800"`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, content []byte) {
		got, err := flow.Redaction{}.JSON(content)
		if strings.ContainsFunc(got, movesTerminal) {
			t.Fatalf("%q from %q", got, content)
		}
		if err != nil {
			if json.Valid(content) && !deep(content) {
				t.Fatalf("%q is JSON: %v", content, err)
			}
			return
		}
		was, is := decoded(content), decoded([]byte(got))
		if was == nil || is == nil || shape(*was) != shape(*is) {
			t.Fatalf("%q became %q", content, got)
		}
		if again, err := (flow.Redaction{}).JSON([]byte(got)); err != nil || again != got {
			t.Fatalf("%q became %q and then %q, %v", content, got, again, err)
		}
		var markers []string
		inside := marked(*was, &markers)
		for _, key := range []string{"ssn", "dateOfBirth", "client_secret", "account_number"} {
			whole, _ := json.Marshal(map[string]any{"a": []any{map[string]any{key: inside}}})
			shown, _ := flow.Redaction{}.JSON(whole)
			if i := slices.IndexFunc(markers, func(m string) bool { return strings.Contains(shown, m) }); i >= 0 {
				t.Fatalf("%s of %q shows %s: %s", key, content, markers[i], shown)
			}
		}
	})
}

func deep(content []byte) bool {
	return strings.Count(string(content), "[")+strings.Count(string(content), "{") >= 60
}

// decoded is content as Go values, nil if it is no JSON. Numbers stay as they are
// written: 1E700 is one, and none that Go can hold.
func decoded(content []byte) *any {
	var v any
	decoder := json.NewDecoder(bytes.NewReader(content))
	decoder.UseNumber()
	if !json.Valid(content) || decoder.Decode(&v) != nil {
		return nil
	}
	return &v
}

// shape is a value without its texts and numbers: what is masked keeps it.
func shape(v any) string {
	switch v := v.(type) {
	case map[string]any:
		inner := make([]string, 0, len(v))
		for _, member := range v {
			inner = append(inner, shape(member))
		}
		slices.Sort(inner)
		return "{" + strings.Join(inner, ",") + "}"
	case []any:
		inner := make([]string, len(v))
		for i := range v {
			inner[i] = shape(v[i])
		}
		return "[" + strings.Join(inner, ",") + "]"
	case nil:
		return "null"
	}
	return "x"
}

// marked puts a marker in place of every text and number.
func marked(v any, markers *[]string) any {
	switch v := v.(type) {
	case map[string]any:
		for key, member := range v {
			v[key] = marked(member, markers)
		}
		return v
	case []any:
		for i := range v {
			v[i] = marked(v[i], markers)
		}
		return v
	case nil, bool:
		return v
	}
	*markers = append(*markers, fmt.Sprintf("marker%04dKqzWvxJhb", len(*markers)))
	return (*markers)[len(*markers)-1]
}
