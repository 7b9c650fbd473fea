package flow

// AppDid is something the app did by itself, outside of Link and of Plaid's
// API: it let somebody in, sent a code of its own, read a webhook. It changes
// nothing here. It is in the journal because most mistakes of an integration
// are of this kind, and nobody could see them otherwise.
type AppDid struct {
	At
	Deed Deed
	// Because is what the app went by: an event's name, "onSuccess", "webhook",
	// or a few words.
	Because string
}

// Deed names what an app did.
type Deed string

// What an app can do by itself.
const (
	DeedTrustedPhone    Deed = "trusted-phone"    // took the phone number for proven; Because says by what
	DeedTrustedIdentity Deed = "trusted-identity" // took the identity for verified
	DeedSentOwnCode     Deed = "sent-own-code"    // sent a one-time code of its own to the phone
	DeedActedOnEvent    Deed = "acted-on-event"   // went on because of the event that Because names
	DeedIgnoredEvent    Deed = "ignored-event"    // has no code for the event that Because names
	DeedBelievedWebhook Deed = "believed-webhook" // acted on a webhook; Because says how it was checked
	DeedRefusedWebhook  Deed = "refused-webhook"  // lost a genuine webhook; Because says how it was checked
	DeedReadFirstItem   Deed = "read-first-item"  // took items[0] and nothing else
	DeedRejectedNoItems Deed = "rejected-no-items"
	DeedCountedSubmits  Deed = "counted-submits" // counted submits, not users, for its conversion
)

// How the app says that it checked a webhook, in Because of
// DeedBelievedWebhook.
const (
	CheckedRightly   = "verified"
	CheckedNothing   = "not verified at all"
	CheckedReencoded = "verified over a re-encoded body"
	CheckedOneKey    = "verified with one cached key"
	CheckedDER       = "verified as a DER signature"
	CheckedNoAge     = "verified without a look at iat and expired_at"
)

// Sentence says a deed in words.
func (d AppDid) Sentence() string {
	because := ""
	if d.Because != "" {
		because = " (" + d.Because + ")"
	}
	switch d.Deed {
	case DeedTrustedPhone:
		return "The app took the phone number for proven" + because + "."
	case DeedTrustedIdentity:
		return "The app took the identity for verified" + because + "."
	case DeedSentOwnCode:
		return "The app sent a code of its own to the phone" + because + "."
	case DeedActedOnEvent:
		return "The app went on because of an event" + because + "."
	case DeedIgnoredEvent:
		return "The app has no code for this event" + because + " and waits."
	case DeedBelievedWebhook:
		return "The app acted on a webhook" + because + "."
	case DeedRefusedWebhook:
		return "The app refused a genuine webhook, which is lost" + because + "."
	case DeedReadFirstItem:
		return "The app read items[0] and nothing else" + because + "."
	case DeedRejectedNoItems:
		return "The app took an empty list of Items for a failure" + because + "."
	case DeedCountedSubmits:
		return "The app counted submits for its conversion" + because + "."
	}
	return "The app did something of its own: " + string(d.Deed) + because + "."
}
