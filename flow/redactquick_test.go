package flow

import (
	"bytes"
	"encoding/json"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// What is found out quickly is what the patterns say.
func TestNothingIsOverlookedQuickly(t *testing.T) {
	oneAtATime(t)
	parts := []string{
		"link-sandbox-1", "-SANDBOX-", "-production-", "-ſandbox-x", "-development-", "+14155550011", "+1", "123-45-6789", "-", "_", "--", ".", "/", " ", ",", "(", "1", "12", "1975",
		"19750118", "01/18/75", "5jan1975", "Jan", "dec", "5 ", "e", "a", "Z", "ssn", "SSN", "taxID", "tax", "Id", "client", "Secret", "api_key", "dob", "birth", "Passport", "é", "٣", "•", "\"",
		"123456789", "98765432", "request", "template_4uinBNe4B2x9", "2026-04-01T12:00:00Z", "https://u:p@h/", "\u212a", "soCial", "i", "tin", "\\",
	}
	random := rand.New(rand.NewPCG(1, 2))
	found := map[string]int{}
	for range 50_000 {
		var b strings.Builder
		for range 1 + random.IntN(6) {
			b.WriteString(parts[random.IntN(len(parts))])
		}
		s := b.String()
		for name, p := range map[string]struct {
			may   bool
			match bool
		}{
			"token": {mayHoldToken(s), tokenText.MatchString(s)}, "ssn": {mayHoldSSN(s), ssnText.MatchString(s)},
			"number":   {mayHoldNumber(s), isHidden(s)},
			"strictly": {newPlainForm(s).found(), isHidden(s)},
			"personal": {!isPlain(s) || mayBePersonal(s), hasPersonalWord(s)},
		} {
			if p.match && !p.may {
				t.Fatalf("%s: %q is overlooked", name, s)
			}
			if p.match {
				found[name]++
			} else if !p.may {
				found["no "+name]++
			}
		}
	}
	for _, name := range []string{"token", "ssn", "number", "personal"} {
		if found[name] < 100 || found["no "+name] < 100 {
			t.Errorf("%s: %d with, %d found to be without", name, found[name], found["no "+name])
		}
	}
}

// What isTimeOrUUID finds is left alone by the patterns too, all of it.
func TestTimesAndUUIDsAreLeftAlone(t *testing.T) {
	oneAtATime(t)
	random := rand.New(rand.NewPCG(5, 6))
	const letters = "0123456789abcfABFTZ:.-•٣ "
	found, not := 0, 0
	for range 100_000 {
		s := []rune([]string{"2026-04-01T12:00:00Z", "2031-12-31T23:59:59.123Z", "3fa85f64-5717-4562-b3fc-2c963f66afa6", "19750118-4155-5500-1112-345678919283"}[random.IntN(4)])
		for range random.IntN(4) {
			s[random.IntN(len(s))] = []rune(letters)[random.IntN(len([]rune(letters)))]
		}
		if !isTimeOrUUID(string(s)) {
			not++
			continue
		}
		found++
		f := newPlainForm(string(s))
		f.skip(notPersonal, nil)
		if left := strings.Trim(string(f.ascii), string(other)); left != "" {
			t.Fatalf("%q: %q is looked at", string(s), left)
		}
	}
	if found < 10_000 || not < 10_000 {
		t.Errorf("%d found, %d not", found, not)
	}
}

// found reports whether RedactStrictly would look any further.
func (f *plainForm) found() bool {
	h := f.has()
	return h.slash || h.digits >= leastInDate || h.month
}

// isHidden reports whether the patterns of RedactStrictly hide anything.
func isHidden(s string) bool {
	f := newPlainForm(s)
	for _, date := range dateTexts {
		f.hide(date, "", nil)
	}
	f.hide(digitRun, "", isCompactDate)
	f.hide(nineDigits, "", nil)
	return len(f.masks) > 0
}

func hasPersonalWord(key string) bool {
	words := strings.FieldsFunc(strings.ToLower(camel.ReplaceAllString(key, "${1}_$2")), func(r rune) bool { return r < 'a' || r > 'z' })
	return slices.ContainsFunc(words, func(word string) bool { return looksPersonal(word) })
}

// The tokens of a valid text are those that a decoder finds.
func TestTokensAreTheDecoders(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	pick := func(list ...string) string { return list[random.IntN(len(list))] }
	var value func(depth int) string
	space := func() string { return pick("", "", " ", "\n\t", "\r") }
	text := func() string {
		return `"` + pick("", "a", "key", `\"`, `\\`, `\u00e9`, `\ud83d\ude00`, `\ud800`, "é", "\xff", `\/`, "1,2:3", `{}[]`, "\u2028", "\x7f") + pick("", "b", `\n`) + `"`
	}
	value = func(depth int) string {
		kind := random.IntN(9)
		if depth == 0 {
			kind = random.IntN(6)
		}
		switch kind {
		case 0, 1:
			return text()
		case 2:
			return pick("0", "-1", "12.50", "1e+5", "-0.0E-3", "123456789012345678901234567890")
		case 3, 4, 5:
			return pick("true", "false", "null")
		}
		open, shut, list := "{", "}", []string{}
		if kind == 8 {
			open, shut = "[", "]"
		}
		for range random.IntN(4) {
			member := value(depth - 1)
			if open == "{" {
				member = text() + space() + ":" + space() + member
			}
			list = append(list, space()+member+space())
		}
		return open + space() + strings.Join(list, ",") + shut
	}
	for range 20_000 {
		content := []byte(space() + value(4) + space())
		if !json.Valid(content) {
			t.Fatalf("%q is meant to be valid", content)
		}
		decoder := json.NewDecoder(bytes.NewReader(content))
		decoder.UseNumber()
		quick := tokensOf(content)
		for {
			want, wantErr := decoder.Token()
			got, err := quick.Token()
			if got != want || (err == nil) != (wantErr == nil) {
				t.Fatalf("%q: token %v (%v), want %v (%v)", content, got, err, want, wantErr)
			}
			if wantErr != nil {
				break
			}
			if quick.More() != decoder.More() {
				t.Fatalf("%q: more is %t after %v", content, quick.More(), got)
			}
		}
	}
}
