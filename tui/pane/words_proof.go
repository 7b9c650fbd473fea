package pane

import (
	"net/url"

	"layersim/flow"
)

// The words about how the phone was proven. There are three answers, from the
// best to none: a verified LAYER_AUTHENTICATION_PASSED, the phone_number that
// /user_account/session/get returns, and onSuccess, which anybody can call in a
// client and which therefore proves nothing (Plaid's Layer guide).

// proofFact says it in a few words, "" while there is nothing to say.
func proofFact(s flow.State) string {
	switch {
	case s.PhoneProof == flow.ProofWebhook:
		return "a verified webhook, the best"
	case s.PhoneProof == flow.ProofSession:
		return "session/get, second best"
	case !s.PublicToken.IsZero():
		return "none, onSuccess is no proof"
	}
	return ""
}

// webhooksFact says where a live walk's webhooks go, "" in a simulated one,
// which receives its own. What may be secret in the URL is left out.
func webhooksFact(s flow.State) string {
	switch {
	case !s.Config.InPage:
		return ""
	case s.Config.NoWebhooks:
		return "none are received (--webhook-listen)"
	case s.Config.Webhook == "":
		return "to the template's URL, if that leads here"
	}
	u, err := url.Parse(s.Config.Webhook)
	if err != nil {
		return "to a URL of yours"
	}
	return "to " + u.Scheme + "://" + u.Host + u.Path
}

// proofInLink says, while the user is in Link, that the best proof will not come
// here; "" if it may.
func proofInLink(s flow.State) string {
	if !s.Config.NoWebhooks || s.PhoneProof != "" {
		return ""
	}
	return "This walk receives no webhooks, so LAYER_AUTHENTICATION_PASSED cannot say when the phone is proven. " +
		"The phone_number in the session will, if the user gets that far: the second best proof."
}

// proofInSession says, while the server reads the session, what proves the phone.
func proofInSession(s flow.State) string {
	switch {
	case s.PhoneProof == flow.ProofWebhook:
		return " The phone is proven already, by LAYER_AUTHENTICATION_PASSED: a second one-time code of your own is not needed."
	case s.Config.NoWebhooks:
		return " No webhooks are received here, so the phone_number in this answer is the proof of the phone: " +
			"second best, since it misses whoever proved the phone and then left."
	}
	return ""
}

// proofInEnd says, once the user is onboarded, what is proven.
func proofInEnd(s flow.State) string {
	const rest = "; the user could edit the rest, so verify it before you rely on it. "
	switch s.PhoneProof {
	case flow.ProofWebhook:
		return "Only the phone is proven, by webhook, so send no code of your own" + rest
	case flow.ProofSession:
		return "Only the phone is proven, by this answer, second best after the webhook" + rest
	}
	return "The phone is not proven: no webhook came, the answer holds no phone_number, and onSuccess alone can be forged. "
}

// ProofOfAnother is for the identity of somebody else's app: the phone is proven,
// and by what that app knows it is not seen.
const ProofOfAnother flow.PhoneProof = "another app's"

// whatIsProven begins a sentence about the identity: how the phone was proven,
// and that the rest …
func whatIsProven(proof flow.PhoneProof) string {
	switch proof {
	case flow.ProofWebhook:
		return "Only the phone is verified, by webhook, the best proof. The rest"
	case flow.ProofSession:
		return "Only the phone is verified, by session/get, the second best proof. The rest"
	case ProofOfAnother:
		return "Only the phone is verified. The rest"
	}
	return "None of this is verified: it"
}

// proofInExit says what is known of the phone of a user who left Link.
func proofInExit(s flow.State) (kind Kind, notice string) {
	switch {
	case s.PhoneProof == flow.ProofWebhook:
		return Good, "The phone was proven before Link was closed (LAYER_AUTHENTICATION_PASSED): your app may count on it."
	case !s.Opened || !s.Config.InPage:
		return Info, ""
	case s.Config.NoWebhooks:
		return Info, "Whether the phone was proven before Link was closed is not known: only LAYER_AUTHENTICATION_PASSED says it, and this walk receives no webhooks (--webhook-listen)."
	}
	return Info, "No LAYER_AUTHENTICATION_PASSED has come, so count the phone as not proven. Should it still come, it is shown."
}
