package flow

import "testing"

// To mask what was masked changes nothing, and what only looks a little like a
// mask is no mask.
func TestAMaskIsMaskedOnce(t *testing.T) {
	for key, plain := range map[string]string{
		"phone_number": "+14155550011", "link_token": "link-sandbox-0123456789abcdef", "public_token": "a-b", "ssn": "123456789",
		"date_of_birth": "1975-01-18", "client_id": "0123456789abcdef", "code": "123456", "secret": "hush",
	} {
		once, _ := redactMember(key, plain)
		if twice, private := redactMember(key, once); twice != once || !private || once == plain {
			t.Errorf("%s: %q, then %q", key, once, twice)
		}
	}
	for key, plain := range map[string]string{"secret": "•hush-hush", "ssn": "••••123456789", "phone_number": "+1•4155550011", "access_token": "access-sandbox-••••0123456789"} {
		if masked, _ := redactMember(key, plain); masked == plain {
			t.Errorf("%s %q is shown", key, plain)
		}
	}
}

// What looks like the mask of something else shows what this key must hide.
func TestAMaskUnderAnotherKeyIsNoMask(t *testing.T) {
	const token, ssn, birth, nothing = "link-sandbox-••••cdef", "•••-••-••••", "••••-••-••", "••••"
	for _, row := range []struct{ body, want string }{
		{`{"ssn_last_4":"••••6789"}`, `{"ssn_last_4":"` + nothing + `"}`},
		{`{"ssn":"••••6789"}`, `{"ssn":"` + ssn + `"}`},
		{`{"account_number":"••••1234"}`, `{"account_number":"` + nothing + `"}`},
		{`{"date_of_birth":"••••1975"}`, `{"date_of_birth":"` + birth + `"}`},
		{`{"password":"correct-horse-••••tail"}`, `{"password":"` + nothing + `"}`},
		{`{"secret":"hunter-topsecretword-••••abcd"}`, `{"secret":"` + nothing + `"}`},
		{`{"tin":{"0taxID1975":"••••link"}}`, `{"tin":{"0taxID1975":"` + nothing + `"}}`},
		{`{"ssn":"` + token + `"}`, `{"ssn":"` + ssn + `"}`},
		{`{"ssn":"+1•••45"}`, `{"ssn":"` + ssn + `"}`},
		{`{"code":"••••1975"}`, `{"code":"` + nothing + `"}`},
		{`{"secret":"••••abcd (number)"}`, `{"secret":"` + nothing + `"}`},
		{`{"phone_number":"+1•4155550011"}`, `{"phone_number":"+1` + "•••••••••" + `11"}`},
		{`{"link_token":"` + token + `"}`, `{"link_token":"` + token + `"}`},
		{`{"ssn_last_4":"` + nothing + HiddenNumber + `"}`, `{"ssn_last_4":"` + nothing + HiddenNumber + `"}`},
		{`{"token":"` + nothing + `"}`, `{"token":"` + nothing + `"}`},
		{`{"webhook":"` + nothing + `"}`, `{"webhook":"` + nothing + `"}`},
	} {
		if got, err := (Redaction{}).JSON([]byte(row.body)); err != nil || got != row.want {
			t.Errorf("%s is shown as %s, want %s (%v)", row.body, got, row.want, err)
		}
	}
}
