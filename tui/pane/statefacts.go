package pane

import (
	"fmt"
	"strings"
	"time"

	"layersim/flow"
)

// fact is one thing that the State holds, in plain words.
type fact struct{ label, text string }

// stateFacts says what the State holds. Private values print masked.
func stateFacts(s flow.State, now time.Time) []fact {
	facts := []fact{
		{"attempt", fmt.Sprintf("%d, template %s", s.Attempt, or(Clean(s.Config.TemplateID), "none"))},
		{"SDK", Clean(s.Config.Client.Label()) + knows(s.Config.Client)},
		{"link_token", tokenFact(s, now)},
		{"handler", handlerFact(s)},
		{"phone", phoneFact(s)},
	}
	if !s.DateOfBirth.IsZero() || s.SubmittedDOB {
		text := Clean(s.DateOfBirth.String())
		if s.SubmittedDOB {
			text += ", submitted"
		}
		facts = append(facts, fact{"birth date", text})
	}
	if proof := proofFact(s); proof != "" {
		facts = append(facts, fact{"its proof", proof})
	}
	facts = append(facts, fact{"waits for", waitsFor(s)})
	if link := linkFact(s); s.Opened && (!s.Config.InPage || link != string(flow.InBrowser)) { // it can be nowhere else
		facts = append(facts, fact{"Link", link})
	}
	if preload := s.Preload.Brief(); preload != "" {
		facts = append(facts, fact{"preloading", preload})
	}
	if s.Config.InPage {
		facts = append(facts, fact{"page", pageFact(s.Link.Page)})
	}
	if !s.PublicToken.IsZero() {
		facts = append(facts, fact{"public_token", Clean(s.PublicToken.String())})
	}
	if s.Phase == flow.PhaseOnboarded {
		facts = append(facts, fact{"Items", fmt.Sprint(len(s.Account.Items))})
	}
	if !s.Failure.IsZero() {
		facts = append(facts, fact{"failure", Clean(s.Failure.Code) + " at " + PhaseName(s.FailedIn)})
	}
	return facts
}

func or(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}

func knows(c flow.Client) string {
	switch {
	case !c.Layer:
		return ", too old for Layer"
	case !c.Autofill:
		return ", too old for Extended Autofill"
	}
	return ""
}

func tokenFact(s flow.State, now time.Time) string {
	if s.LinkToken.IsZero() {
		return "none yet"
	}
	text := Clean(s.LinkToken.String())
	if s.Expiration.IsZero() {
		return text
	}
	if left := s.Expiration.Sub(now); left > 0 {
		return text + ", expires in " + span(left)
	}
	return text + ", expired " + span(now.Sub(s.Expiration)) + " ago"
}

// span says how long something is, in the two largest units that matter.
func span(d time.Duration) string {
	switch h, m := int(d.Hours()), int(d.Minutes())%60; {
	case h >= 48:
		return fmt.Sprintf("%d days", h/24)
	case h > 0:
		return fmt.Sprintf("%dh%02dm", h, m)
	case m > 0:
		return fmt.Sprintf("%dm", m)
	}
	return fmt.Sprintf("%ds", int(d.Seconds()))
}

func handlerFact(s flow.State) string {
	if s.HandlerID == 0 {
		return "none yet"
	}
	words := []string{fmt.Sprintf("%d", s.HandlerID)}
	if s.HandlerLoaded {
		words = append(words, "loaded")
	}
	if s.Opened {
		words = append(words, "opened")
	}
	_, coming := flow.PendingCall[flow.CreateHandler](s)
	switch {
	case s.HandlerAlive:
		words = append(words, "alive")
	case coming:
		words = append(words, "being created")
	default:
		words = append(words, "destroyed")
	}
	return strings.Join(words, ", ")
}

func phoneFact(s flow.State) string {
	if s.Phone.IsZero() {
		return "not entered"
	}
	if s.PhoneProof == "" {
		return Clean(s.Phone.String()) + ", not proven"
	}
	return Clean(s.Phone.String()) + ", proven"
}

func linkFact(s flow.State) string {
	words := []string{or(Clean(string(s.Link.Surface)), "browser")}
	if s.Link.View != "" {
		words = append(words, Clean(s.Link.View))
	}
	if n := s.Link.WrongCodes; n > 0 {
		words = append(words, fmt.Sprintf("%d of 3 codes wrong", n))
	}
	if s.Link.Handoff {
		words = append(words, "done")
	}
	return strings.Join(words, ", ")
}

func pageFact(p flow.PageState) string {
	switch {
	case p.Trouble != "":
		return "in trouble: " + Clean(p.Trouble)
	case p.Connected:
		return fmt.Sprintf("open, tab %d", p.Tab)
	case p.Tab > 0:
		return "closed"
	case p.URL != "":
		return "not opened yet"
	}
	return "not served yet"
}

// waitsFor says which calls have not been answered.
func waitsFor(s flow.State) string {
	var calls []string
	for _, q := range s.Pending {
		calls = append(calls, or(flow.EffectName(q), "Link"))
	}
	switch {
	case len(calls) > 0:
		return strings.Join(calls, ", ")
	case s.Silent:
		return "a LAYER_* event, for too long"
	}
	return "no call"
}

func factLine(r *row, f Frame, x fact) string {
	label := 13
	if f.Width < 30 {
		label = 8
	}
	return r.col(f.Styles.Dim, x.label, label).put(f.Styles.Text, x.text).String()
}
