package lint

import (
	"slices"
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

// unmistakable are the forgeries that every receiver refuses that looks at the
// signature.
var unmistakable = []string{"wrong_key", "unknown_kid", "changed_body", "hs256", "alg_none", "no_header"}

// believed words that a forged webhook was taken.
func believed(w WebhookAnswered) verdict {
	return broken("A forged %s, %s, was answered with 200.", w.Code, orElse(forgeries[w.Forged], "spoilt as "+w.Forged))
}

// refusal reports whether a status says that the sender was not believed. Any
// other may have other reasons: a wrong path, a receiver that is down.
func refusal(status int) bool { return status == 400 || status == 401 || status == 403 }

// anyKey reports whether the receiver has asked for a key, or may have: if not,
// it verifies nothing.
func (s *scene) anyKey() bool { return s.partial || len(s.asked.order) > 0 }

// refuses reports whether the receiver refuses these forgeries, and takes what is
// genuine: one that refuses everything verifies nothing.
func (s *scene) refuses(w WebhookAnswered, kinds ...string) bool {
	accepted := s.accepted || w.Forged == "" && w.Status == ok
	return accepted && slices.ContainsFunc(kinds, func(kind string) bool {
		return slices.Contains(s.refused, kind) || w.Forged == kind && refusal(w.Status)
	})
}

// ofForgery is the check of a rule that is broken by taking certain forgeries.
func (s *scene) ofForgery(kinds ...string) verdict {
	w, answered := s.o.What.(WebhookAnswered)
	switch {
	case !answered:
	case slices.Contains(kinds, w.Forged) && w.Status == ok && s.anyKey():
		return believed(w)
	case s.refuses(w, kinds...):
		return kept()
	}
	return verdict{}
}

// overlooked are forgeries that a receiver may take although it verifies
// webhooks: it overlooks one thing, of which another rule speaks.
var overlooked = []string{forgedReserialised, forgedDER, forgedOld, forgedExpired}

func webhookUnverified(s *scene) verdict {
	if w, did := s.o.What.(Did); did && ofWebhook(w) {
		return webhookDeed(w, "webhook-unverified")
	}
	w, answered := s.o.What.(WebhookAnswered)
	switch {
	case !answered:
	case w.Forged != "" && w.Status == ok:
		if slices.Contains(overlooked, w.Forged) && s.anyKey() {
			return verdict{}
		}
		return believed(w)
	case s.refuses(w, unmistakable...):
		return kept()
	case w.Forged == "" && w.Status == ok && !s.anyKey():
		l, o := s.Linter, s.o
		l.await("webhook-unverified", o, o.At.Add(keyWithin), func(ended bool) verdict {
			if l.partial || len(l.asked.order) > 0 {
				return verdict{}
			}
			when := "within " + span(keyWithin)
			if ended {
				when = "before the record ended, " + span(l.last.At.Sub(o.At)) + " later"
			}
			return risky("%s was answered with 200, and no key to verify it with was asked for %s. Only a receiver that has kept the key from before the simulator was started may do so; send a forged webhook to be sure (misdelivery wrong_key).", w.Code, when)
		})
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
	if w, answered := s.o.What.(WebhookAnswered); answered && w.Forged == "" && !w.Odd && refusal(w.Status) && s.asked.has(w.Kid) {
		return risky("A real %s was refused with %d, after its key had been asked for. Possible causes: the body was parsed and written again before it was hashed; the signature was taken for DER; the clock of the receiver is wrong; something else in the request is refused.", w.Code, w.Status)
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
		if w.Forged != "" || w.Status != ok && !refusal(w.Status) || s.partial || len(s.asked.order) == 0 {
			return verdict{}
		}
		l := s.Linter
		if s.asked.has(w.Kid) {
			if len(s.asked.order) > 1 && w.Status == ok {
				return kept()
			}
			return verdict{}
		}
		l.await("webhook-one-key", s.o, s.o.At.Add(keyWithin), func(bool) verdict {
			switch {
			case l.asked.has(w.Kid) && w.Status == ok:
				return kept()
			case l.asked.has(w.Kid) || l.partial:
				return verdict{}
			}
			return broken("%s was signed with key %s and answered with %d, but only another key was ever asked for.", w.Code, w.Kid, w.Status)
		})
	}
	return verdict{}
}

// checkedBy says which rule a way to check a webhook breaks.
var checkedBy = map[string]string{
	flow.CheckedNothing: "webhook-unverified", flow.CheckedReencoded: "webhook-reencoded", flow.CheckedDER: "webhook-der", flow.CheckedOneKey: "webhook-one-key",
	flow.CheckedNoAge: "webhook-replayed",
}

// ofWebhook reports whether an app says that it checked a webhook.
func ofWebhook(w Did) bool {
	return w.Deed == flow.DeedBelievedWebhook || w.Deed == flow.DeedRefusedWebhook
}

// webhookDeed looks at how the app itself says that it checked a webhook.
func webhookDeed(w Did, rule string) verdict {
	switch {
	case w.Because == flow.CheckedRightly:
		return kept()
	case orElse(checkedBy[w.Because], "webhook-unverified") != rule:
		return verdict{}
	}
	if w.Deed == flow.DeedRefusedWebhook {
		return broken("A genuine webhook was lost: the app refused it%s.", because(w))
	}
	return broken("The app acted on a webhook%s.", because(w))
}
