package flow

import (
	"fmt"
	"strings"
)

// Mistakes on purpose with Link open, and with what it hands over.

func (st *stepper) openEarly(e DoWrong) {
	st.openLink(e.Surface)
	st.why = "open() is called, and LAYER_READY has not come."
}

func (st *stepper) openTwice(e DoWrong) {
	if st.old.Phase == PhaseReady {
		st.openLink(e.Surface)
		st.next.Mistake.Armed = true
		st.why = "open() is called; nothing in the app remembers it."
		return
	}
	st.openAgain()
}

func (st *stepper) openAgain() {
	st.next.Mistake.Armed = false
	st.wrongly(func(c Call) Question {
		return OpenHandler{Call: c, HandlerID: st.next.HandlerID, Surface: st.next.Link.Surface, Again: true}
	})
	st.note("open() is called a second time on the same handler.")
}

func (st *stepper) actOnInformation(DoWrong) {
	st.arm("The app is written to let the user in when SUBMIT_OTP or VERIFY_PHONE comes.")
}

// ForgedPublicToken is the public_token of an onSuccess that Link never
// called.
const ForgedPublicToken = "profile-sandbox-00000000-0000-4000-8000-000000000000"

// IsForged reports whether a public_token is ForgedPublicToken.
func IsForged(t PublicToken) bool { return t == NewPublicToken(ForgedPublicToken) }

func (st *stepper) forgeSuccess(DoWrong) {
	st.order(ForgeOnSuccess{HandlerID: st.next.HandlerID, PublicToken: NewPublicToken(ForgedPublicToken)})
	st.arm("Somebody calls the client's onSuccess with a public_token of their own making: a client can be told anything.")
}

// forged takes the onSuccess that was made up.
func (st *stepper) forged(e OnSuccess) bool {
	inLink := st.old.Phase == PhaseLink || st.old.Phase == PhaseFailed && st.old.FailedIn == PhaseLink && st.old.HandlerAlive
	if !inLink || !IsForged(e.PublicToken) {
		return false
	}
	if st.next.Mistake.Wrong != WrongOnSuccessTrusted {
		st.refuse("An onSuccess that was made up came when the walk had left that mistake behind.")
		return true
	}
	st.order(DoDeed{Deed: DeedTrustedPhone, Because: "onSuccess"})
	st.next.Mistake.Armed = false
	st.wrongly(func(c Call) Question { return GetUserAccountSession{Call: c, PublicToken: e.PublicToken} })
	st.note("onSuccess, the client says, and the app lets the user in. The server asks Plaid about that public_token.")
	return true
}

func (st *stepper) sendOwnCode(DoWrong) {
	because := "the phone was proven inside Link"
	switch st.old.PhoneProof {
	case ProofWebhook:
		because = "after " + WebhookLayerAuthenticationPassed
	case ProofSession:
		because = "after " + string(ProofSession) + " returned the phone number"
	}
	st.order(DoDeed{Deed: DeedSentOwnCode, Because: because})
	st.note("The app sends a one-time code of its own.")
	st.cameOf("A second code is on its way to %s, though %s. It proves nothing new.", st.old.Phone.String(), strings.TrimPrefix(because, "after "))
	if st.old.PhoneProof != "" {
		st.next.Mistake.Outcome = fmt.Sprintf("A second code is on its way to %s, which %s has proven already.", st.old.Phone.String(), st.old.PhoneProof)
	}
}

func (st *stepper) exchange(DoWrong) {
	if st.old.Phase == PhaseLink {
		st.arm("The server is written to exchange the public_token when onSuccess brings one.")
		return
	}
	st.exchangeToken()
	st.note("The server calls /item/public_token/exchange with Layer's token.")
}

func (st *stepper) exchangeToken() {
	st.next.Mistake.Armed = false
	st.wrongly(func(c Call) Question { return ExchangePublicToken{Call: c, PublicToken: st.next.PublicToken} })
}

func (st *stepper) neverRead(DoWrong) {
	st.arm("The app is written to be happy with onSuccess; nobody calls /user_account/session/get.")
}

// misread deals with an onSuccess after which the server does not do what it
// should.
func (st *stepper) misread(e OnSuccess) bool {
	m := &st.next.Mistake
	if !m.Armed || e.PublicToken.IsZero() || st.old.Phase != PhaseLink {
		return false
	}
	switch m.Wrong {
	case WrongPublicTokenExchanged:
		st.keepSuccess(e)
		st.exchangeToken()
		st.move(PhaseSession, "onSuccess gave a public_token, and the server exchanges it, as for any other product of Plaid's.")
		return true
	case WrongSessionNeverRead:
		st.keepSuccess(e)
		st.move(PhaseSession, "onSuccess gave a public_token. The app says thank you, and its server asks nothing.")
		st.cameOf("The user has shared, and the app knows nothing of it: no identity, no Items. Nobody asks with the public_token.")
		return true
	}
	return false
}
