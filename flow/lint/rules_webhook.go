package lint

import (
	"strings"
	"time"

	"layersim/flow"
)

func webhookRules() []Rule {
	return []Rule{
		{
			ID: "webhook-unverified", Title: "Webhooks are verified before they are believed", Fault: "A webhook was believed unverified", Severity: Wrong, Seen: Everywhere,
			Why:    "Anybody who finds the address of your receiver can send it a LAYER_AUTHENTICATION_PASSED. Only the signature in Plaid-Verification says that Plaid sent it.",
			Fix:    "Read the kid of the JWT in Plaid-Verification, get its key from /webhook_verification_key/get, check alg ES256 and the signature, iat (five minutes), and the SHA-256 of the body. Answer anything else with an error.",
			Source: docsVerify, check: webhookUnverified,
		},
		{
			ID: "webhook-replayed", Title: "Old webhooks and expired keys are refused", Fault: "An old webhook or an expired key was accepted", Severity: Wrong, Seen: Everywhere,
			Why:    "A signature stays right for ever. Without a look at iat, a webhook that was once overheard can be sent again; without a look at expired_at, a key that Plaid has given up still counts.",
			Fix:    "Refuse an iat that is more than five minutes old, and a key whose expired_at is not null.",
			Source: docsVerify, check: webhookReplayed,
		},
		{
			ID: "webhook-reencoded", Title: "The hash is taken of the raw body", Fault: "The hash was taken of a body written anew", Severity: Wrong, Seen: Everywhere,
			Why:    "request_body_sha256 is the hash of the very bytes that Plaid sent, which have two spaces for each level. A body that was parsed and written again has other bytes: real webhooks are refused, or a changed one passes.",
			Fix:    "Keep the raw bytes of the request (express.raw, request.get_data(), io.ReadAll) and hash those; parse them afterwards.",
			Source: docsVerify, check: webhookReencoded,
		},
		{
			ID: "webhook-der", Title: "The signature is read as JWS writes it", Fault: "The signature was read as DER", Severity: Wrong, Seen: Everywhere,
			Why:    "ES256 in a JWT is two numbers of 32 bytes, one after the other. Most crypto libraries want ASN.1 (DER) instead; a verifier that takes DER does not check what Plaid sends.",
			Fix:    "Use a JWT library, or turn the 64 bytes R‖S into the form your library wants; refuse any other length.",
			Source: "RFC 7518, section 3.4; " + docsVerify, check: webhookDER,
		},
		{
			ID: "webhook-one-key", Title: "The key is the one that the kid names", Fault: "A key other than the kid's was used", Severity: Wrong, Seen: Everywhere,
			Why:    "Plaid changes its keys. A receiver that keeps the first key it was given, whatever kid a webhook names, as Plaid's own Node sample does, refuses every webhook from that day on.",
			Fix:    "Cache keys by kid, and ask /webhook_verification_key/get for a kid that you do not know. Try it here: POST /sim/webhooks/keys/rotate.",
			Source: docsVerify, check: webhookOneKey,
		},
	}
}

// keyWithin is how long after a webhook its key is asked for at the latest: a
// receiver may answer 200 first and verify after it.
const keyWithin = time.Minute

// How the simulator spoils webhooks.
const (
	forgedReserialised = "reserialised"
	forgedDER          = "der"
	forgedOld          = "old_iat"
	forgedExpired      = "expired_key"
)

// forgeries says what was wrong with a forged webhook.
var forgeries = map[string]string{
	"wrong_key": "signed by somebody else", "unknown_kid": "signed with a key that Plaid does not know", "changed_body": "changed after it was signed",
	"hs256": "signed with HS256, an HMAC over the public key", "alg_none": "not signed at all (alg none)", "no_header": "without Plaid-Verification",
	forgedReserialised: "written with other whitespace than was signed", forgedDER: "with its signature in DER", forgedOld: "signed ten minutes before",
	forgedExpired: "signed by a key that has expired",
}

// believed words that a forged webhook was taken.
func believed(w WebhookAnswered) verdict {
	return broken("A forged %s, %s, was answered with 200.", w.Code, orElse(forgeries[w.Forged], "spoilt as "+w.Forged))
}

// anyKey reports whether the receiver has asked for a key at all: if not, it
// verifies nothing.
func (s *scene) anyKey() bool { return len(s.asked.order) > 0 }

// ofForgery is the check of a rule that is broken by taking certain forgeries.
func (s *scene) ofForgery(kinds ...string) verdict {
	w, answered := s.o.What.(WebhookAnswered)
	if !answered || w.Status == 0 {
		return verdict{}
	}
	for _, kind := range kinds {
		switch {
		case w.Forged != kind:
		case w.Status != ok:
			return kept()
		case s.anyKey():
			return believed(w)
		}
	}
	return verdict{}
}

func webhookUnverified(s *scene) verdict {
	if w, did := s.o.What.(Did); did && ofWebhook(w) {
		return webhookDeed(w, "webhook-unverified")
	}
	w, answered := s.o.What.(WebhookAnswered)
	switch {
	case !answered || w.Status == 0:
		return verdict{}
	case w.Forged != "" && w.Status != ok:
		return kept()
	case w.Forged == "" && w.Status == ok && !s.anyKey():
		l, o := s.Linter, s.o
		l.await("webhook-unverified", o, o.At.Add(keyWithin), func(ended bool) verdict {
			if len(l.asked.order) > 0 {
				return verdict{}
			}
			when := "within " + span(keyWithin)
			if ended {
				when = "before the record ended"
			}
			return broken("%s was answered with 200, and no key to verify it with was asked for %s.", w.Code, when)
		})
	case w.Forged != "" && w.Status == ok:
		switch w.Forged {
		case forgedReserialised, forgedDER, forgedOld, forgedExpired:
			if s.anyKey() {
				return verdict{} // it verifies, and overlooks one thing
			}
		}
		return believed(w)
	}
	return verdict{}
}

func webhookReplayed(s *scene) verdict {
	if w, did := s.o.What.(Did); did && ofWebhook(w) {
		return webhookDeed(w, "webhook-replayed")
	}
	return s.ofForgery(forgedOld, forgedExpired)
}

func webhookReencoded(s *scene) verdict {
	if w, did := s.o.What.(Did); did && ofWebhook(w) {
		return webhookDeed(w, "webhook-reencoded")
	}
	if w, answered := s.o.What.(WebhookAnswered); answered && w.Forged == "" && s.asked.has(w.Kid) {
		switch w.Status {
		case 400, 401, 403:
			return broken("A real %s was refused with %d although its key had been asked for. A body that is parsed and written again before it is hashed does that.", w.Code, w.Status)
		case ok:
			return kept()
		}
	}
	return s.ofForgery(forgedReserialised)
}

func webhookDER(s *scene) verdict {
	if w, did := s.o.What.(Did); did && ofWebhook(w) {
		return webhookDeed(w, "webhook-der")
	}
	return s.ofForgery(forgedDER)
}

func webhookOneKey(s *scene) verdict {
	switch w := s.o.What.(type) {
	case Did:
		if ofWebhook(w) {
			return webhookDeed(w, "webhook-one-key")
		}
	case WebhookAnswered:
		if w.Forged != "" || w.Status == 0 || !s.anyKey() {
			return verdict{}
		}
		if s.asked.has(w.Kid) {
			if len(s.asked.order) > 1 {
				return kept()
			}
			return verdict{}
		}
		l := s.Linter
		l.await("webhook-one-key", s.o, s.o.At.Add(keyWithin), func(bool) verdict {
			if l.asked.has(w.Kid) {
				return kept()
			}
			return broken("%s was signed with key %s and answered with %d, but only another key was ever asked for.", w.Code, w.Kid, w.Status)
		})
	}
	return verdict{}
}

// checkedBy says which rule a way to check a webhook breaks, by words in it.
var checkedBy = []struct{ word, rule string }{
	{"re-encod", "webhook-reencoded"}, {"reencod", "webhook-reencoded"}, {"JSON", "webhook-reencoded"},
	{"DER", "webhook-der"}, {"ASN.1", "webhook-der"},
	{"cached", "webhook-one-key"}, {"one key", "webhook-one-key"},
	{"iat", "webhook-replayed"}, {"expired", "webhook-replayed"}, {"replay", "webhook-replayed"},
}

// ofWebhook reports whether an app says that it checked a webhook.
func ofWebhook(w Did) bool {
	return w.Deed == flow.DeedBelievedWebhook || w.Deed == flow.DeedRefusedWebhook
}

// webhookDeed looks at how the app itself says that it checked a webhook.
func webhookDeed(w Did, rule string) verdict {
	if w.Because == "verified" {
		return kept()
	}
	broke := "webhook-unverified"
	for _, by := range checkedBy {
		if strings.Contains(w.Because, by.word) {
			broke = by.rule
			break
		}
	}
	if broke != rule {
		return verdict{}
	}
	if w.Deed == flow.DeedRefusedWebhook {
		return broken("A genuine webhook was lost: the app refused it%s.", because(w))
	}
	return broken("The app acted on a webhook%s.", because(w))
}
