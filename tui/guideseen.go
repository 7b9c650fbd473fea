package tui

import (
	"fmt"
	"strings"
	"time"

	"layersim/fixtures"
	"layersim/flow"
)

// What the Guide says about this session, up to the moment that is looked at.

// sighting is when something came in this session.
type sighting struct {
	times    int
	last     time.Time
	happened time.Time // before it came, if it was held back
	verb     string
}

// heldBack is from when on it is worth saying that something came later than it
// happened.
const heldBack = 100 * time.Millisecond

func (s sighting) sentence() string {
	const clock = "15:04:05.000"
	text := s.verb + " at " + s.last.Format(clock)
	if s.times > 1 {
		text = fmt.Sprintf("%s %d times, last at %s", s.verb, s.times, s.last.Format(clock))
	}
	if !s.happened.IsZero() && s.last.Sub(s.happened) >= heldBack {
		text += ", happened at " + s.happened.Format(clock)
	}
	return text
}

// seenNames lists the events, callbacks, webhooks and error codes that came, and
// the mistakes that the linter found, by their names.
func (m *Model) seenNames() map[string]sighting {
	seen := map[string]sighting{}
	saw := func(name, verb string, at, happened time.Time) {
		if name == "" {
			return
		}
		s := seen[name]
		s.times, s.last, s.happened, s.verb = s.times+1, at, happened, verb
		seen[name] = s
	}
	var never time.Time
	for _, f := range m.lint.linter.Findings() {
		if int(f.Known) <= m.moment() { //nolint:gosec // the number of an entry
			saw(f.Rule, "found", f.At, never)
		}
	}
	for i := range m.moment() {
		e := m.journal.At(i)
		switch event := e.Event.(type) {
		case flow.OnLoad:
			saw("onLoad", "came", e.At, never)
		case flow.OnEvent:
			saw(event.Name, "came", e.At, event.Metadata.Timestamp)
			if event.Name == flow.EventTransitionView {
				saw(event.Metadata.ViewName+" pane", "shown", e.At, event.Metadata.Timestamp)
			}
			if event.Name == flow.EventError {
				saw(event.Metadata.ErrorCode, "came", e.At, event.Metadata.Timestamp)
			}
		case flow.OnSuccess:
			saw("onSuccess", "came", e.At, never)
		case flow.OnExit:
			saw("onExit", "came", e.At, never)
			saw(event.Failure.Code, "came", e.At, never)
		case flow.CallFailed:
			saw(event.Failure.Code, "came", e.At, never)
		case flow.WebhookReceived:
			saw(event.Code, "came", e.At, never)
		}
	}
	return seen
}

// seenInPhase is what is worth knowing of this session beside the phase's text.
func (m *Model) seenInPhase() []string {
	s := &m.state
	switch s.Phase {
	case flow.PhaseDateOfBirth, flow.PhaseFallback, flow.PhaseReady:
		if s.Verdict != "" {
			return []string{"Why, which the real Plaid never says: " + sentence(s.Verdict)}
		}
	case flow.PhaseOnboarded:
		return m.seenInResult()
	case flow.PhaseExited:
		if s.EndReason != "" {
			return []string{s.EndReason}
		}
	case flow.PhaseFailed:
		if s.Failure.Code != "" {
			return []string{s.Failure.Code + ": the topic Errors says what to do."}
		}
	default:
	}
	return nil
}

// seenOfTopic is the same beside a topic's text.
func (m *Model) seenOfTopic(topic string) []string {
	s := &m.state
	switch topic {
	case "webhooks":
		return m.seenWebhooks()
	case "result":
		if s.Phase == flow.PhaseOnboarded {
			return m.seenInResult()
		}
		return []string{"The session has not been read yet."}
	case "sandbox":
		if p, ok := m.opts.Catalog.PersonaByPhone(s.Phone); ok {
			if m.opts.Live {
				return []string{"This phone is one of Plaid's test numbers. " + sentence(p.Shows)}
			}
			return []string{"This phone is the persona " + p.Name + ". " + sentence(p.Shows)}
		}
	case "platforms":
		return seenOfClient(s.Config.Client)
	case "tokens":
		return m.seenTokens()
	}
	return nil
}

func (m *Model) seenWebhooks() []string {
	verified, again, refused, unchecked := 0, 0, 0, 0
	for i := range m.moment() {
		if w, ok := m.journal.At(i).Event.(flow.WebhookReceived); ok {
			switch {
			case w.Delivery > 1:
				again++
			case w.Verified:
				verified++
			case w.Unchecked:
				unchecked++
			default:
				refused++
			}
		}
	}
	if verified+again+refused+unchecked == 0 {
		if m.state.Config.NoWebhooks {
			return []string{"This walk receives no webhooks (--webhook-listen). The phone counts as proven once the session returns its number."}
		}
		return []string{"No webhook has reached this walk so far."}
	}
	said := []string{fmt.Sprintf("Received and verified: %d.", verified)}
	if again > 0 {
		said = append(said, fmt.Sprintf("Delivered again, without effect: %d.", again))
	}
	if refused > 0 {
		said = append(said, fmt.Sprintf("Not verified, and so not believed: %d; the log says why.", refused))
	}
	if unchecked > 0 {
		said = append(said, fmt.Sprintf("Could not be checked, so Plaid sends them again: %d; the log says why.", unchecked))
	}
	return said
}

func seenOfClient(c flow.Client) []string {
	switch {
	case c.Label() == "":
		return nil
	case !c.Layer:
		return []string{c.Label() + ": too old for Layer, which needs " + c.MinLayer + ". No LAYER_ event will come."}
	case !c.Autofill:
		return []string{c.Label() + ": knows Layer, but not Extended Autofill, which needs " + c.MinAutofill + "."}
	}
	return []string{c.Label() + ": knows Layer and Extended Autofill."}
}

func (m *Model) seenTokens() []string {
	s := &m.state
	var notes []string
	if token := s.LinkToken.String(); token != "" {
		note := "link_token " + token
		if !s.Expiration.IsZero() {
			note += ", good until " + s.Expiration.Format("15:04:05")
		}
		notes = append(notes, note+".")
	}
	if token := s.PublicToken.String(); token != "" {
		notes = append(notes, "public_token "+token+".")
	}
	if n := len(s.Account.Items); s.Phase == flow.PhaseOnboarded {
		notes = append(notes, fmt.Sprintf("%s: one access_token for each Item, %d here.", "items", n))
	}
	return notes
}

// seenInResult says what the session's data has, what it lacks and why.
func (m *Model) seenInResult() []string {
	a := &m.state.Account
	if !a.HasIdentity {
		return append([]string{strings.TrimSuffix("identity"+isBlankHere(a, "identity"), ": ") + "."}, m.seenItems()...)
	}
	var notes []string
	for _, v := range []struct {
		name  string
		field fixtures.Field
		has   bool
	}{
		{"name", fixtures.FieldName, a.Identity.FirstName+a.Identity.LastName != ""},
		{"address", fixtures.FieldAddress, !a.Identity.Address.IsZero()},
		{"email", fixtures.FieldEmail, a.Identity.Email != ""},
		{"date_of_birth", fixtures.FieldDateOfBirth, a.Identity.DateOfBirth.Reveal() != ""},
		{"ssn", fixtures.FieldSSN, a.Identity.SSN.Reveal() != ""},
	} {
		if !v.has {
			notes = append(notes, v.name+isBlankHere(a, "identity."+v.name)+m.whyNull(v.field))
		}
	}
	if len(notes) == 0 {
		notes = []string{"Every field of the identity is there. In Production expect email to be null."}
	}
	if edited := m.editedHere(); edited != "" {
		notes = append(notes, "Edited in this session: "+edited+".")
	}
	return append(notes, m.seenItems()...)
}

// isBlankHere says how a field of the session holds nothing.
func isBlankHere(a *flow.UserAccount, path string) string {
	if len(a.Blank) > 0 && flow.HowBlank(a.Blank, path) == "" {
		return " is not in the answer: "
	}
	return " is null here: "
}

// whyNull says why a field of the identity is null.
func (m *Model) whyNull(f fixtures.Field) string {
	t, known := m.opts.Catalog.Template(m.state.Config.TemplateID)
	switch {
	case m.opts.Live && f == fixtures.FieldEmail:
		return "Plaid currently returns none."
	case m.opts.Live || !known:
		return "not asked for, not held or left out."
	case t.Fields[f] == fixtures.Skip:
		return "the template does not ask for it."
	case f == fixtures.FieldSSN && t.MaskSSN:
		return "the template masks it; ssn_last_4 is there."
	}
	return "it is optional in the template, Plaid had none and the user left it empty."
}

func (m *Model) editedHere() string {
	var names []string
	for _, row := range m.state.Account.History.Rows() {
		if row.Counts.Current > 0 {
			names = append(names, row.Field)
		}
	}
	return strings.Join(names, ", ")
}

// seenItems says how many Items there are, and why if there is none.
func (m *Model) seenItems() []string {
	switch n := len(m.state.Account.Items); n {
	case 0:
	case 1:
		return []string{"items has one Item here."}
	default:
		return []string{fmt.Sprintf("items has %d Items here, one for each bank.", n)}
	}
	why := "the user shared no account, or Plaid knew of none."
	if t, ok := m.opts.Catalog.Template(m.state.Config.TemplateID); ok && !m.opts.Live {
		switch {
		case t.Accounts == fixtures.AccountsSkip:
			why = "the template takes no accounts."
		case m.state.SubmittedDOB:
			why = "Extended Autofill found no bank, or the user shared none."
		default:
			why = "the template leaves accounts to the user, who shared none."
		}
	}
	return []string{"items is empty here, which is no failure: " + why}
}

// sentence ends a text with a full stop.
func sentence(text string) string { return strings.TrimRight(text, ".") + "." }
