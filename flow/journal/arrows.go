package journal

import (
	"strconv"
	"strings"

	"layersim/flow"
)

// Which arrows an event and the effects that follow from it are.

func itoa(n int) string { return strconv.Itoa(n) }

// undrawn reports whether an event has no arrow: it is of this program and no
// app has it.
func undrawn(event flow.Event) bool {
	switch event.(type) {
	case flow.PageServed, flow.BrowserStarted, flow.PageConnected, flow.LinkDriven:
		return true
	}
	return false
}

// event draws what happened.
func (d *drawing) event(event flow.Event) {
	refused := d.entry.Verdict == flow.Refused
	if undrawn(event) && !refused {
		return
	}
	switch e := event.(type) {
	case flow.LinkTokenRequested, flow.HandlerRequested, flow.OpenRequested, flow.ExitRequested:
		if refused { // else the call that follows says it
			d.call(LifeUser, LifeClient, Name(e))
		}
	case flow.PhoneNumberEntered:
		d.call(LifeUser, LifeClient, "phone number "+clean(e.Phone.String()))
		if c := d.before.Config.Client; !refused && !c.Layer { // it reaches nobody, so Link is not asked
			d.add(ArrowCall, LifeClient, LifeLink, ArrowFailed, calling(c.Words().Submit, c.Words().Phone)+", "+clean(c.Label())+" is too old")
		}
	case flow.DateOfBirthEntered:
		d.call(LifeUser, LifeClient, "date of birth "+clean(e.DateOfBirth.String()))
	case flow.AutofillDeclined, flow.SurfaceChosen, flow.RetryRequested, flow.StartOverRequested, flow.SignUpSubmitted:
		d.call(LifeUser, LifeClient, Name(e))
	case flow.LinkActed:
		d.acted(e)
	case flow.AppDid:
		d.note(whoDid(e.Deed), strings.TrimSuffix(clean(e.Sentence()), "."))
	case flow.TimerFired:
		d.note(LifeClient, Name(e))
	case flow.ExchangeRecorded:
		d.exchange(e.Exchange)
	case flow.WebhookReceived:
		d.webhook(e)
	case flow.WebhooksTried:
		for _, t := range e.Trials {
			d.add(ArrowCall, LifePlaid, LifeWebhook, ArrowPlain, trialWords(t))
		}
	case flow.CallFailed:
		d.failed(e)
	default:
		d.called(event)
	}
}

// called draws callbacks of the SDK and what calls returned.
func (d *drawing) called(event flow.Event) {
	words := d.before.Config.Client.Words()
	switch e := event.(type) {
	case flow.OnLoad:
		if words.Load == "none" { // this SDK says nothing of it
			d.note(LifeLink, "has preloaded")
			return
		}
		d.call(LifeLink, LifeClient, clean(words.Load))
	case flow.OnEvent:
		d.onEvent(e)
	case flow.OnSuccess:
		d.call(LifeLink, LifeClient, calling(words.Success, "public_token"))
	case flow.OnExit:
		d.call(LifeLink, LifeClient, strings.TrimSuffix(calling(words.Exit, e.Failure.Code), "()"))
	case flow.PaneShown:
		label := "shows " + or(clean(e.Pane.View), "a pane")
		if e.Pane.Notice != "" {
			label += ": " + clean(e.Pane.Notice)
		}
		d.call(LifeLink, LifeUser, label)
	case flow.SessionTokenCreated:
		d.answer(LifeServer, "link_token")
	case flow.UserAccountFetched:
		d.answer(LifeServer, accountLabel(e.Account))
	case flow.AccountsFetched:
		d.answer(LifeServer, accountsLabel(len(e.Accounts)))
	case flow.HandlerCreated, flow.HandlerSubmitted, flow.HandlerOpened, flow.HandlerExited, flow.LinkDriven:
		d.answer(LifeLink, Name(e))
	default: // the local page, and events that are newer than this file
		label := Name(event)
		if more := Detail(event); more != "" {
			label += " " + more
		}
		d.note(lifeOf(d.entry.Lane), label)
	}
}

// lifeOf returns whose lifeline says what happened in a lane.
func lifeOf(l Lane) Lifeline {
	switch l {
	case LaneLink:
		return LifeLink
	case LaneServer:
		return LifeServer
	case LaneWebhook:
		return LifeWebhook
	}
	return LifeClient
}

func (d *drawing) onEvent(e flow.OnEvent) {
	label := Name(e)
	for _, more := range []string{e.Metadata.ViewName, e.Metadata.ErrorCode, e.Metadata.ExitStatus} {
		if more != "" {
			label += " " + clean(more)
		}
	}
	a := d.call(LifeLink, LifeClient, label)
	if happened := e.Metadata.Timestamp; !happened.IsZero() && e.When().Sub(happened) >= lateAfter {
		a.Happened = happened
	}
}

func (d *drawing) acted(e flow.LinkActed) {
	label := Name(e)
	if e.Action.Kind == flow.LinkCode {
		label = "one-time code " + clean(e.Action.Code.String())
	}
	d.call(LifeUser, LifeLink, label)
}

// whoDid says whose code a deed is part of.
func whoDid(deed flow.Deed) Lifeline {
	switch deed {
	case flow.DeedBelievedWebhook, flow.DeedRefusedWebhook:
		return LifeWebhook
	case flow.DeedActedOnEvent, flow.DeedIgnoredEvent:
		return LifeClient
	}
	return LifeServer
}

func accountsLabel(n int) string {
	if n == 1 {
		return "1 account"
	}
	return itoa(n) + " accounts"
}

func accountLabel(a flow.UserAccount) string {
	identity := "identity"
	if !a.HasIdentity {
		identity = "no identity"
	}
	items := itoa(len(a.Items)) + " Items"
	if len(a.Items) == 1 {
		items = "1 Item"
	}
	return identity + ", " + items
}

// exchange draws a request and its answer; they are one entry.
func (d *drawing) exchange(x flow.Exchange) {
	name := exchangeName(x)
	cut := strings.LastIndexByte(name, ' ')
	if x.Status == 0 {
		cut = len(name) - len(" no answer")
	}
	request := d.add(ArrowCall, LifeServer, LifePlaid, ArrowPlain, name[:max(cut, 0)])
	if !x.Started.IsZero() {
		request.At = x.Started
	}
	label, mark := itoa(x.Status), ArrowPlain
	if x.Status == 0 {
		label = "no answer"
	}
	if x.Status == 0 || x.Status >= 400 {
		mark = ArrowFailed
	}
	if took := flow.Took(x.Duration); took != "" {
		label += " after " + took
	}
	d.add(ArrowAnswer, LifePlaid, LifeServer, mark, label)
}

func (d *drawing) webhook(e flow.WebhookReceived) {
	label := Name(e)
	if e.Status != "" {
		label += " " + clean(e.Status)
	}
	mark := ArrowPlain
	switch {
	case e.Unchecked:
		mark, label = ArrowFailed, label+", could not be checked"
	case !e.Verified:
		mark, label = ArrowFailed, label+", not verified"
	case e.Delivery > 1:
		label += ", again"
	}
	d.add(ArrowCall, LifePlaid, LifeWebhook, mark, label)
}

// failed draws a CallFailed where the call that failed went.
func (d *drawing) failed(e flow.CallFailed) {
	mark := ArrowFailed
	if d.entry.Verdict == flow.Refused {
		mark = ArrowRefused
	}
	from := LifeServer
	if d.entry.Lane == LaneLink {
		from = LifeLink
	}
	d.add(ArrowAnswer, from, LifeClient, mark, Name(e))
}

// effects draws what the app calls because of the event.
func (d *drawing) effects(effects []flow.Effect) {
	words := d.before.Config.Client.Words() // a new attempt may have another SDK
	for _, effect := range effects {
		var label string
		to := LifeLink
		switch e := effect.(type) {
		case flow.CreateSessionToken:
			to, label = LifeServer, "wants a link_token"
		case flow.CreateHandler:
			d.add(ArrowCall, LifeClient, LifeLink, ArrowPlain, calling(words.Create, "link_token"))
			if e.Early.IsZero() {
				continue
			}
			mark := ArrowFailed // the simulated Link drops it
			if d.before.Config.InPage {
				mark = ArrowPlain
			}
			d.add(ArrowCall, LifeClient, LifeLink, mark, calling(words.Submit, words.Phone)+", before onLoad")
			continue
		case flow.SubmitHandler:
			label = calling(words.Submit, strings.Join(submitted(e, words), ", "))
		case flow.OpenHandler:
			label = calling(words.Open, "")
		case flow.ExitHandler:
			label = "exit({force: true})"
		case flow.DestroyHandler:
			label = calling(words.Destroy, "")
		case flow.GetUserAccountSession:
			to, label = LifeServer, "public_token"
		default: // the exchange that follows says it, or it is of this program only
			continue
		}
		d.add(ArrowCall, LifeClient, to, ArrowPlain, label)
	}
}

// calling writes a call as a label: "handler.submit()" with what it is given is
// "submit(phone_number)". What is no call stays as it is.
func calling(name, given string) string {
	name, _, _ = strings.Cut(clean(name), " (") // "onSuccess (LinkSuccess)"
	if strings.Contains(name, " ") {
		return name // "letting go of the session"
	}
	name = strings.TrimSuffix(name, "()")
	return name[strings.LastIndexByte(name, '.')+1:] + "(" + clean(given) + ")"
}

// submitted names the fields that a submit carries.
func submitted(e flow.SubmitHandler, words flow.Names) []string {
	var fields []string
	if !e.Phone.IsZero() {
		fields = append(fields, words.Phone)
	}
	if !e.DateOfBirth.IsZero() {
		fields = append(fields, words.Birth)
	}
	return fields
}
