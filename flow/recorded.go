package flow

import "unique"

// A recording has private values masked. Read back, a value is its own mask: it
// prints as it did, so that what is recorded of it again is the same, and nobody
// can get more out of it. Two of them are equal when their masks are.

// IsRecorded reports whether the value was read from a recording, so that there
// is nothing behind its mask.
func (m Masked[K]) IsRecorded() bool { return m.recorded }

// recorded masks what it is given once more: of a mask that is the mask itself,
// and of anything else it keeps what the kind shows of every value.
func recorded[K masker](mask string) Masked[K] {
	if mask == "" {
		return Masked[K]{}
	}
	var k K
	mask = k.mask(mask)
	return Masked[K]{plain: unique.Make(mask), recorded: true}
}

// RecordedLinkToken is a link_token of which only the mask is known.
func RecordedLinkToken(mask string) LinkToken { return recorded[linkTokenKind](mask) }

// RecordedPublicToken is a public_token of which only the mask is known.
func RecordedPublicToken(mask string) PublicToken { return recorded[publicTokenKind](mask) }

// RecordedAccessToken is an access_token of which only the mask is known.
func RecordedAccessToken(mask string) AccessToken { return recorded[accessTokenKind](mask) }

// RecordedPhoneNumber is a phone number of which only the mask is known.
func RecordedPhoneNumber(mask string) PhoneNumber { return recorded[phoneKind](mask) }

// RecordedDateOfBirth is a date of birth of which only the mask is known.
func RecordedDateOfBirth(mask string) DateOfBirth { return recorded[birthKind](mask) }

// RecordedSSN is a social security number, or the value of a PaneField, of which
// only the mask is known.
func RecordedSSN(mask string) SSN { return recorded[ssnKind](mask) }

// RecordedOneTimeCode is a one-time code of which only the mask is known.
func RecordedOneTimeCode(mask string) OneTimeCode { return recorded[codeKind](mask) }

// RecordedForeignValue is a ForeignValue of which only the mask is known.
func RecordedForeignValue(mask string) ForeignValue { return recorded[foreignKind](mask) }
