package plain

import (
	"strconv"
	"strings"

	"layersim/fixtures"
	"layersim/flow"
)

// What is asked for in each step, and the one thing that Enter does.

// primary is the one primary thing of a step: what Enter does, and how.
type primary struct {
	does string // "asks for a link_token", "" when Enter does nothing
	do   func()
}

// event makes a primary thing of what the operator wants.
func (l *loop) event(does string, e func(flow.At) flow.Event) primary {
	return primary{does, func() { l.take(e(l.at())) }}
}

func (l *loop) primary() primary {
	s := &l.state
	retry := func(at flow.At) flow.Event { return flow.RetryRequested{At: at} }
	switch s.Phase {
	case flow.PhaseToken:
		if !s.Waiting() {
			return l.event("asks for a link_token", func(at flow.At) flow.Event { return flow.LinkTokenRequested{At: at} })
		}
	case flow.PhaseHandler:
		if !s.Waiting() && !s.HandlerAlive {
			return l.event("creates the "+s.Config.Client.Words().Object, func(at flow.At) flow.Event { return flow.HandlerRequested{At: at} })
		}
	case flow.PhasePhone:
		if phone := l.proposedPhone(); phone != "" {
			return primary{"for " + l.phoneWords(phone), func() { l.submitPhone(phone) }}
		}
		return primary{}
	case flow.PhaseEligibility, flow.PhaseAutofill:
		switch {
		case s.Silent && !s.Config.Client.Layer:
			return l.event("uses the app's own form", func(at flow.At) flow.Event { return flow.AutofillDeclined{At: at} })
		case s.Silent:
			return l.event("submits again", retry)
		}
	case flow.PhaseDateOfBirth:
		if birth := l.proposedBirth(); birth != "" {
			return primary{"for " + l.personal(birth), func() { l.submitBirth(birth) }}
		}
		return primary{}
	case flow.PhaseReady:
		where := "in the browser"
		if l.opts.Surface == flow.InTerminal {
			where = "here"
		}
		return primary{"opens Link " + where, func() { l.show(l.opts.Surface) }}
	case flow.PhaseLink:
		if s.LinkIsGone() {
			return l.again()
		}
		return l.linkPrimary()
	case flow.PhaseSession:
		if s.Unread() {
			return l.event("reads the session after all", retry)
		}
	case flow.PhaseFallback:
		return l.formPrimary()
	case flow.PhaseExited:
		return l.again()
	case flow.PhaseFailed:
		return l.failedPrimary()
	case flow.PhaseOnboarded:
		return primary{} // a line too many must not clear the results away
	}
	if l.canWait() {
		return primary{"waits", l.wait}
	}
	return primary{}
}

func (l *loop) again() primary {
	return primary{"starts over with a new token", func() { l.startOver("", flow.Client{}) }}
}

func (l *loop) failedPrimary() primary {
	if l.needsOtherKeys() {
		return primary{"leaves layersim, to start it with other keys", func() { l.over = true }}
	}
	if l.state.FailedCall != nil && l.retryHelps() {
		return l.event("tries again", func(at flow.At) flow.Event { return flow.RetryRequested{At: at} })
	}
	return l.again()
}

// retryHelps reports whether making the failed call again is the next sensible
// move: not when only a new token helps.
func (l *loop) retryHelps() bool {
	f := l.state.Failure
	t, known := fixtures.Meaning(f)
	return !known || f.Retryable || t.Retry != fixtures.RetryWithToken
}

// needsOtherKeys reports whether Plaid does not take the keys of this live walk,
// which are read when layersim starts.
func (l *loop) needsOtherKeys() bool {
	_, asked := l.state.FailedCall.(flow.CreateSessionToken)
	return l.opts.Live && l.state.Phase == flow.PhaseFailed && asked &&
		(l.state.Failure.Code == "INVALID_API_KEYS" || l.state.Failure.Code == "UNAUTHORIZED_ENVIRONMENT")
}

// canWait reports whether something is on its way that no line brings.
func (l *loop) canWait() bool {
	s := &l.state
	switch s.Phase {
	case flow.PhaseLink:
		return s.Link.Surface == flow.InBrowser || s.Waiting()
	case flow.PhaseEligibility, flow.PhaseAutofill:
		return !s.Silent
	}
	return s.Waiting()
}

// inPage reports whether the user is in Link in the browser, of which many events
// tell: who waits, waits for the end of it.
func (l *loop) inPage() bool {
	return l.state.Phase == flow.PhaseLink && l.state.Link.Surface == flow.InBrowser
}

func (l *loop) wait() {
	if l.opts.Typed {
		l.say("What comes is said as it comes.")
	}
	l.waits = true
}

// prompt says what is asked for, with what is accepted.
func (l *loop) prompt() string {
	var label string
	var accepts []string
	p := l.primary()
	switch {
	case l.asking != nil:
		label, accepts = l.asking.ask()
	case l.state.Phase == flow.PhasePhone:
		label = "Phone number"
	case l.state.Phase == flow.PhaseDateOfBirth:
		label, accepts = "Date of birth", []string{"as 1975-01-18 or 01/18/1975"}
	case linkIsDrawn(l.state):
		label, accepts = l.linkPrompt()
	case l.state.Phase == flow.PhaseOnboarded:
		label, accepts = "Done", []string{"over starts over", "result says it again", "quit ends"}
	case p.does == "waits":
		label = "Waiting"
	case p.does == "":
		label, accepts = "Waiting", []string{"state says for what"}
	default:
		label = "Next"
	}
	if p.does != "" && l.asking == nil {
		accepts = append([]string{"Enter " + p.does}, accepts...)
	}
	if !linkIsDrawn(l.state) && l.asking == nil {
		accepts = append(accepts, l.choices()...)
	}
	if len(accepts) == 0 {
		return spoken(l.privacy.hide(label)) + ":"
	}
	return spoken(l.privacy.hide(label+" ("+strings.Join(accepts, "; "))) + "):"
}

// choices names what else this step offers, besides what is always there.
func (l *loop) choices() []string {
	var list []string
	for _, c := range []struct{ name, says string }{
		{"retry", "retry"}, {"edit", editWords}, {"decline", "decline for the app's own form"}, {"browser", "browser opens the page again"}, {"terminal", "terminal finishes here"},
	} {
		if cmd := commandNamed(c.name); cmd.when(l) && !l.primaryIs(c.name) {
			list = append(list, c.says)
		}
	}
	return list
}

// primaryIs reports whether Enter does already what a command does.
func (l *loop) primaryIs(name string) bool {
	does := l.primary().does
	switch name {
	case "retry":
		return strings.Contains(does, "again") || strings.Contains(does, "after all")
	case "decline":
		return strings.Contains(does, "own form")
	case "browser":
		return strings.Contains(does, "page") || does == "waits" && l.state.Link.Page.Connected || l.state.Phase == flow.PhaseReady
	case "terminal":
		return strings.Contains(does, "here") || l.state.Phase == flow.PhaseReady
	}
	return false
}

// What the Sandbox is asked about when nothing else was named.
const (
	examplePhone = "+14155550011"
	exampleBirth = "1975-01-18"
)

// proposedPhone is the number that Enter submits, "" for none: a real Plaid is
// asked about nobody whom the operator did not name.
func (l *loop) proposedPhone() string {
	if l.phone == "" && !l.opts.Live {
		return examplePhone
	}
	return l.phone
}

func (l *loop) proposedBirth() string {
	switch {
	case l.birth != "":
		return l.birth
	case l.opts.Live:
		return ""
	}
	if p, ok := l.opts.Catalog.PersonaByPhone(l.state.Phone); ok && p.Autofill != nil {
		return p.Autofill.DateOfBirth
	}
	return exampleBirth
}

// personal is a value of a person's, as it may be said in a prompt.
func (l *loop) personal(value string) string {
	if l.privacy.on {
		return "the one proposed, " + hidden
	}
	return value
}

// phoneWords says a number, and whose it is.
func (l *loop) phoneWords(number string) string {
	words := l.personal(inGroups(number))
	phone, err := flow.ParsePhoneNumber(number)
	if err != nil {
		return words
	}
	if p, ok := l.opts.Catalog.PersonaByPhone(phone); ok {
		words += ", persona " + p.Name
	}
	return words
}

func (l *loop) submitPhone(typed string) {
	phone, err := flow.ParsePhoneNumber(typed)
	if err != nil {
		l.say("Not a phone number: %s", sentence(err.Error()))
		return
	}
	l.phone = phone.Reveal()
	l.take(flow.PhoneNumberEntered{At: l.at(), Phone: phone})
}

func (l *loop) submitBirth(typed string) {
	birth, err := flow.ParseDateOfBirth(typed, l.opts.Now())
	if err != nil {
		l.say("Not a date of birth: %s", sentence(err.Error()))
		return
	}
	l.birth = birth.Reveal()
	l.take(flow.DateOfBirthEntered{At: l.at(), DateOfBirth: birth})
}

// show opens Link on a surface, or moves the open session there.
func (l *loop) show(surface flow.Surface) {
	if l.state.Phase == flow.PhaseReady {
		l.take(flow.OpenRequested{At: l.at(), Surface: surface})
		return
	}
	l.take(flow.SurfaceChosen{At: l.at(), Surface: surface})
}

func (l *loop) startOver(templateID string, client flow.Client) {
	l.take(flow.StartOverRequested{At: l.at(), TemplateID: templateID, Client: client})
}

// propose fills in what a persona would type.
func (l *loop) propose(p fixtures.Persona) {
	l.phone, l.birth = p.Phone.Reveal(), ""
	if p.Autofill != nil {
		l.birth = p.Autofill.DateOfBirth
	}
	l.privacy.phone(p.Phone)
}

// greet says what this is and how to go on.
func (l *loop) greet() {
	what := "All of Plaid is simulated."
	if l.opts.Live {
		what = "Live: this walk runs against Plaid's real Sandbox."
		if len(l.opts.Elsewhere) > 0 {
			what = "Live, with settings of this machine: " + strings.Join(l.opts.Elsewhere, ", ") + "."
		}
	}
	l.say("layersim, a walk through Plaid Layer in plain text. %s Each line is one answer; an empty line does what the prompt says of Enter. help lists what can be done.", what)
	l.tell.begin(l.state, l.tell.stageText(l.state))
}

// number reads a number of a list, from 1 to n.
func number(text string, n int) (int, bool) {
	i, err := strconv.Atoi(strings.TrimSpace(text))
	return i, err == nil && i >= 1 && i <= n
}
