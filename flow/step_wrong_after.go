package flow

import (
	"fmt"
	"slices"
	"strings"
)

// Mistakes on purpose after Link: with the session, its Items and its webhooks, and
// with the attempt that follows.

func (st *stepper) trustIdentity(DoWrong) {
	st.order(DoDeed{Deed: DeedTrustedIdentity, Because: string(ProofSession)})
	st.note("The app files the identity as verified.")
	var edited []string
	for _, row := range st.old.Account.History.Rows() {
		if row.Counts.Current > 0 {
			edited = append(edited, row.Label)
		}
	}
	if len(edited) == 0 {
		st.cameOf("This user changed nothing, so nobody notices. The next one types another name into Link, and the app files that.")
		return
	}
	st.cameOf("The user changed this in Link a moment ago: %s. The app files it as verified.", strings.Join(edited, ", "))
}

func (st *stepper) firstItem(DoWrong) {
	st.order(DoDeed{Deed: DeedReadFirstItem, Because: countOf(len(st.old.Account.Items), "Item") + " came"})
	st.note("The server reads items[0].")
	switch items := st.old.Account.Items; len(items) {
	case 0:
		st.cameOf("There is no items[0]: the server fails with an index out of range, for a user who did everything right.")
	case 1:
		st.cameOf("One Item came, so it works today. The next user shares two banks, or none.")
	default:
		var lost []string
		for _, it := range items[1:] {
			name := it.Institution
			if name == "" {
				name = MaskID(it.ItemID)
			}
			lost = append(lost, fmt.Sprintf("%s (%s)", name, countOf(len(it.Accounts), "account")))
		}
		st.cameOf("Lost: %s. The user shared them, and the app will never know.", strings.Join(lost, ", "))
	}
}

func (st *stepper) rejectNoItems(DoWrong) {
	st.order(DoDeed{Deed: DeedRejectedNoItems, Because: string(ProofSession)})
	st.end(PhaseFallback, "The server took an empty list of Items for a failure and sent the user to the app's own form.")
	st.cameOf("Plaid has onboarded this user and bills for it; the app asks for everything once more.")
}

func (st *stepper) reuseToken(e DoWrong) {
	token, expiration, m := st.old.LinkToken, st.old.Expiration, st.next.Mistake
	st.startOver(StartOverRequested{At: e.At})
	st.next.LinkToken, st.next.Expiration, st.next.Mistake = token, expiration, m
	st.createHandler(PhoneNumber{})
	st.move(PhaseHandler, "Another handler is created with the link_token of the session that is over.")
	st.next.Mistake.Armed = true
}

func (st *stepper) countSubmits(DoWrong) {
	t := st.old.Tally
	st.order(DoDeed{Deed: DeedCountedSubmits, Because: fmt.Sprintf("%s, %s", countOf(t.Submits, "submit"), countOf(t.Users, "user"))})
	st.note("The app counts its submits.")
	st.cameOf("By submits: %d of %d, %s. By users: %d of %d, %s.",
		t.Successes, t.Submits, percent(t.Successes, t.Submits), t.Successes, t.Users, percent(t.Successes, t.Users))
}

func (st *stepper) autofillWithoutAccounts(e DoWrong) {
	if e.TemplateID == "" {
		st.refuse("There is no template whose accounts are required.")
		return
	}
	st.startOverWrong(e, func(c *Config) { c.TemplateID = e.TemplateID })
	st.next.Phone, st.next.DateOfBirth = NewPhoneNumber(proposedPhone), NewDateOfBirth(proposedBirth)
	st.arm("A new attempt begins, with a template that requires financial accounts. Submit the phone number and the date of birth that are proposed.")
}

func (st *stepper) oldSDK(e DoWrong) {
	if e.Client.Layer || e.Client.Platform == "" {
		st.refuse("There is no version of this SDK from before Layer.")
		return
	}
	st.startOverWrong(e, func(c *Config) { c.Client = e.Client })
	st.arm("A new attempt begins with %s, which does not know Layer.", e.Client.Label())
}

// startOverWrong begins an attempt with something wrong in the configuration,
// which the next one puts right again.
func (st *stepper) startOverWrong(e DoWrong, spoil func(*Config)) {
	m := st.next.Mistake
	st.startOver(StartOverRequested{At: e.At})
	usual := st.next.Config
	spoil(&st.next.Config)
	st.next.usual, st.next.Mistake = &usual, m
}

// howChecked says of each mistake with webhooks how the server checks them.
var howChecked = map[WrongID]string{
	WrongWebhookUnverified: CheckedNothing,
	WrongWebhookReencoded:  CheckedReencoded,
	WrongWebhookOneKey:     CheckedOneKey,
	WrongWebhookDER:        CheckedDER,
}

func (st *stepper) tryWebhooks(e DoWrong) {
	st.wrongly(func(c Call) Question {
		return TryWebhooks{Call: c, Wrong: e.Wrong, LinkSessionID: st.old.LinkSessionID, LinkToken: st.old.LinkToken}
	})
	if st.old.Config.InPage {
		st.note("Webhooks are forged in this program, as anybody could who knows the address of the receiver. Each is checked twice: rightly, with what Plaid says of its key, and with the mistake.")
		return
	}
	st.note("Plaid sends webhooks of this session once more, to a receiver in this program that checks each twice: rightly, and with the mistake.")
}

func (st *stepper) webhooksTried(e WebhooksTried) {
	st.answered(e.Call)
	m := &st.next.Mistake
	if !m.madeWrongly(e.Call) {
		st.note("The webhooks were tried; nobody looks at them any more.")
		return
	}
	m.Trials = slices.Clone(e.Trials)
	var fooled, lost []string
	for _, t := range e.Trials {
		switch {
		case t.Right != "" && t.Wrong == "":
			fooled = append(fooled, t.What)
		case t.Right == "" && t.Wrong != "":
			lost = append(lost, fmt.Sprintf("%s (%s)", t.What, t.Wrong))
		}
	}
	var said []string
	if len(fooled) > 0 {
		said = append(said, "It believes "+strings.Join(fooled, " and ")+", which the right check refuses.")
	}
	if len(lost) > 0 {
		said = append(said, "It refuses "+strings.Join(lost, " and ")+", which the right check believes.")
	}
	if len(said) == 0 {
		said = append(said, "This time both checks agree.")
	}
	switch { // what is lost weighs most: it is seen every day
	case len(lost) > 0:
		st.order(DoDeed{Deed: DeedRefusedWebhook, Because: howChecked[m.Wrong]})
	case len(fooled) > 0:
		st.order(DoDeed{Deed: DeedBelievedWebhook, Because: howChecked[m.Wrong]})
	}
	st.cameOf("%s", strings.Join(said, " "))
	st.note("%s were checked twice. %s", capital(countOf(len(e.Trials), "webhook")), m.Outcome)
}

func percent(n, of int) string {
	if of == 0 {
		return "0 %"
	}
	return fmt.Sprintf("%d %%", (100*n+of/2)/of)
}
