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
