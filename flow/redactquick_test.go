package flow

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// What is found out quickly is what the patterns say.
func TestNothingIsOverlookedQuickly(t *testing.T) {
	parts := []string{
		"link-sandbox-1", "-SANDBOX-", "-production-", "-ſandbox-x", "-development-", "+14155550011", "+1", "123-45-6789", "-", "_", "--", ".", "/", " ", ",", "(", "1", "12", "1975",
		"19750118", "01/18/75", "5jan1975", "Jan", "dec", "5 ", "e", "a", "Z", "ssn", "SSN", "taxID", "tax", "Id", "client", "Secret", "api_key", "dob", "birth", "Passport", "é", "٣", "•", "\"",
		"123456789", "98765432", "request", "template_4uinBNe4B2x9", "2026-04-01T12:00:00Z", "https://u:p@h/", "\u212a", "soCial", "i", "tin", "\\",
	}
	random := rand.New(rand.NewPCG(1, 2)) //nolint:gosec // texts for a test
	found := map[string]int{}
	for range 200_000 {
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
