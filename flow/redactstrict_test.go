package flow_test

import (
	"strings"
	"testing"

	"layersim/flow"
)

func TestRedactStrictly(t *testing.T) {
	for name, private := range map[string]string{
		"nine digits":          "ssn 123456789.",
		"after letters":        "SSN123456789",
		"after an underscore":  "x_123456789",
		"before letters":       "123456789x",
		"hyphens":              "123-45-6789",
		"en dashes":            "123–45–6789",
		"a minus":              "123−45−6789",
		"doubled blanks":       "123  45  6789",
		"blanks and dashes":    "123 - 45 - 6789",
		"no-break blanks":      "123\u00a045\u00a06789",
		"invisible":            "123\u200b45\u200b6789",
		"points":               "123.45.6789",
		"slashes":              "123/45/6789",
		"full-width":           "１２３４５６７８９",
		"full-width, dashes":   "１２３－４５－６７８９",
		"Arabic":               "١٢٣٤٥٦٧٨٩",
		"an employer's":        "12-3456789",
		"a phone number":       "call 4155550011",
		"a phone number, wide": "(415) 555-0011",
		"E.164":                "+14155550011",
		"E.164 in a word":      "tel+14155550011x",
		"a date":               "born 1975-01-18",
		"a date, slashes":      "01/18/1975",
		"a short date":         "1/18/75",
		"a date, points":       "18.1.1975",
		"a compact date":       "dob 19750118",
		"a compact date, US":   "01181975",
		"a date in words":      "January 18th, 1975",
		"a date in words, UK":  "18 Jan 1975",
		"a date, full-width":   "１９７５-０１-１８",
		"a time long ago":      "1975-01-18T00:00:00Z",
	} {
		got := flow.RedactStrictly(private)
		for _, left := range []string{"123", "45", "6789", "１２", "４５", "١٢", "415", "0011", "1975", "75", "１９７５", "0118"} {
			if strings.Contains(got, left) && !strings.HasPrefix(got, "1••••") {
				t.Errorf("%s: %q is shown as %q", name, private, got)
				break
			}
		}
		if again := flow.RedactStrictly(got); again != got {
			t.Errorf("%s: %q becomes %q", name, got, again)
		}
	}
	for _, public := range []string{
		"", "aB3dE6gH9jK2mN5", "m8MDnv9okwxFNBV", "ins_109508", "template_4uinBNe4B2x9", "template_123456789",
		"3fa85f64-5717-4562-b3fc-2c963f66afa6", "00000000-1111-2222-3333-444444444444",
		"8cfb8beb89b774ee43b090625f0d61d0814322b43bff984eaf123456789e386e",
		"link-sandbox-••••1234 of profile-sandbox-••••5678 with ••••0000",
		"2026-03-07T12:00:00Z", "2026-03-07T12:00:00.123456789+01:00", "2026-03-01 12:00 UTC", "1970-01-01 00:00 UTC",
		"dial tcp 192.168.100.200:44300: refused", "127.0.0.1:41234->127.0.0.1:34567", "HTTP 429, wait 3600 seconds", "0000", "1234567.8", "edits_365d",
	} {
		if got := flow.RedactStrictly(public); got != public {
			t.Errorf("%q is shown as %q", public, got)
		}
	}
	// What stands around it stays.
	if got := flow.RedactStrictly("é 123–45–6789 ü 1975-01-18 ö"); got != "é •••• ü ••••-••-•• ö" {
		t.Errorf("got %q", got)
	}
}

// Four digits are a count of edits no more: they may be the last ones of a number.
func TestCountsOfEditsAreSmall(t *testing.T) {
	got, err := flow.Redaction{}.JSON([]byte(`{"ssn":{"edits_current":6789,"edits_1d":3},"edits_x":"6789"}`))
	if want := `{"ssn":{"edits_current":"•••• (number)","edits_1d":3},"edits_x":"••••"}`; err != nil || got != want {
		t.Errorf("got %s, %v; want %s", got, err, want)
	}
}

func TestKeysOfAuthorities(t *testing.T) {
	got, err := flow.Redaction{}.JSON([]byte(`{"ssn_number":"x","taxID":"x","social":"x","dob":"x","businessName":"x","taxi":"x","status":"x"}`))
	if want := `{"ssn_number":"••••","taxID":"••••","social":"••••","dob":"••••","businessName":"x","taxi":"x","status":"x"}`; err != nil || got != want {
		t.Errorf("got %s, %v; want %s", got, err, want)
	}
}
