package flow

import (
	"slices"
	"strconv"
	"time"
)

// What comes after Link: what the server reads of the session, and the four ends.

func (st *stepper) inSession(e Event) {
	switch e := e.(type) {
	case UserAccountFetched:
		st.answered(e.Call)
		st.fetched(e.Account)
	default:
		st.afterLink(e)
	}
}

func (st *stepper) fetched(u UserAccount) {
	st.next.Account = u.clone()
	if u.HasIdentity && !u.Identity.PhoneNumber.IsZero() && st.next.PhoneProof == "" {
		st.next.PhoneProof = ProofSession
	}
	for i := range st.next.Account.Items {
		item := &st.next.Account.Items[i]
		if item.AccessToken.IsZero() {
			item.Status = AccountsUnasked
			continue
		}
		item.Status = AccountsAsked
		st.ask(func(c Call) Question {
			return GetAccounts{Call: c, ItemID: item.ItemID, AccessToken: item.AccessToken}
		})
	}
	st.destroyHandler()
	items := "no Items: no account was shared or asked for, which is a success all the same"
	if n := len(u.Items); n == 1 {
		items = "one Item"
	} else if n > 1 {
		items = sprintItems(n)
	}
	more := ""
	if n := u.Deviations.New(); n == 1 {
		more = " One field is new: the contract we know does not have it."
	} else if n > 1 {
		more = " " + strconv.Itoa(n) + " fields are new: the contract we know does not have them."
	}
	if !u.HasIdentity {
		st.end(PhaseOnboarded, "Plaid gave no identity and %s. The app asks for the identity itself.%s", items, more)
		return
	}
	st.end(PhaseOnboarded, "Plaid gave the identity and %s. The user could edit the identity, so all but the phone is unverified.%s", items, more)
}

func (st *stepper) inOnboarded(e Event) {
	switch e := e.(type) {
	case AccountsFetched:
		q, _ := st.answered(e.Call)
		if i := st.itemOf(q); i >= 0 {
			item := &st.next.Account.Items[i]
			item.Status, item.Institution, item.Accounts = AccountsKnown, e.Institution, slices.Clone(e.Accounts)
			item.Deviations, item.Failure = e.Deviations, Failure{}
		}
		st.note("The Item's access_token works: here are its accounts.")
	case RetryRequested:
		st.retryAccounts()
	default:
		st.afterLink(e)
	}
}

func (st *stepper) itemOf(q Question) int {
	asked, ok := q.(GetAccounts)
	if !ok {
		return -1
	}
	// By both: an answer may hold an id twice, or none.
	return slices.IndexFunc(st.next.Account.Items, func(it Item) bool { return it.ItemID == asked.ItemID && it.AccessToken == asked.AccessToken })
}

func (st *stepper) accountsFailed(q GetAccounts, f Failure) {
	if i := st.itemOf(q); i >= 0 {
		st.next.Account.Items[i].Status = AccountsFailed
		st.next.Account.Items[i].Failure = f
	}
	st.note("/accounts/get failed for one Item (%s). The user is onboarded; the accounts can be asked for again.", f.Code)
}

func (st *stepper) retryAccounts() {
	tried := 0
	for i := range st.next.Account.Items {
		item := &st.next.Account.Items[i]
		if item.Status != AccountsFailed {
			continue
		}
		item.Status = AccountsAsked
		st.ask(func(c Call) Question {
			return GetAccounts{Call: c, ItemID: item.ItemID, AccessToken: item.AccessToken}
		})
		tried++
	}
	if tried == 0 {
		st.refuse("Nothing failed here, so there is nothing to try again.")
		return
	}
	st.next.RetryFrom = time.Time{}
	st.note("The accounts are asked for again.%s", st.tooEarly())
}

func (st *stepper) inFallback(e Event) {
	if _, ok := e.(SignUpSubmitted); ok {
		if st.old.SignedUp {
			st.refuse("The form was sent already.")
			return
		}
		st.next.SignedUp = true
		if !st.old.PublicToken.IsZero() {
			st.note("The app has its user, by its own form, and Layer is billed all the same.")
			return
		}
		st.note("The app has its user, by its own form. Layer filled in nothing, and nothing is billed.")
		return
	}
	st.afterLink(e)
}

func (st *stepper) inExited(e Event) { st.afterLink(e) }

func (st *stepper) inFailed(e Event) {
	switch e := e.(type) {
	case RetryRequested:
		q := st.old.FailedCall
		if q == nil {
			st.refuse("There is no call to make again. Start over.")
			return
		}
		st.resume()
		st.retry(q)
		switch q.(type) {
		case SubmitHandler:
			st.awaitAnswer(st.next.LastCall)
		case CreateHandler:
			st.next.Link.Page.Trouble = "" // the page tries again
		}
		st.note("%s is called again.%s", callName(q), st.tooEarly())
	case SurfaceChosen:
		if st.old.FailedIn != PhaseLink || !st.old.HandlerAlive {
			st.afterLink(e)
			return
		}
		st.resume()
		st.present(e.Surface)
	case OnLoad:
		if st.loadedDespiteFailure() {
			return
		}
		st.afterLink(e)
	case OnEvent, OnSuccess, OnExit:
		st.despiteFailure(e)
	default:
		st.afterLink(e)
	}
}

// despiteFailure lets a callback decide although a call failed: only the answer
// may have been lost, while Link went on.
func (st *stepper) despiteFailure(e Event) {
	failedIn := st.old.FailedIn
	if !st.old.HandlerAlive {
		st.afterLink(e)
		return
	}
	st.resume()
	switch failedIn {
	case PhaseEligibility:
		st.inEligibility(e)
	case PhaseAutofill:
		st.inAutofill(e)
	case PhaseLink:
		st.inLink(e)
	default:
		st.afterLink(e)
	}
	// An event that decided nothing leaves the failure to be dealt with.
	if st.next.Phase == failedIn {
		st.next.Phase, st.next.Failure = PhaseFailed, st.old.Failure
		st.next.FailedIn, st.next.FailedCall = failedIn, st.old.FailedCall
		st.next.EndReason, st.next.RetryFrom = st.old.EndReason, st.old.RetryFrom
	}
}

// resume goes back to where the failure happened.
func (st *stepper) resume() {
	st.next.Phase = st.old.FailedIn
	st.next.Failure, st.next.FailedIn, st.next.FailedCall = Failure{}, "", nil
	st.next.EndReason, st.next.RetryFrom = "", time.Time{}
}

// afterLink handles what may still arrive when Link is over.
func (st *stepper) afterLink(e Event) {
	switch e := e.(type) {
	case OnEvent:
		st.sdkEvent(e)
	case OnSuccess:
		st.refuse("onSuccess came again or too late; a public_token is used once.")
	case OnExit:
		st.refuse("onExit came after the session had ended; it changes nothing.")
	case TimerFired:
		st.timer(e)
	default:
		st.outOfPlace(e)
	}
}

func sprintItems(n int) string {
	if n < 10 {
		return []string{"", "", "two", "three", "four", "five", "six", "seven", "eight", "nine"}[n] + " Items"
	}
	return "many Items"
}
