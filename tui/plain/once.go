package plain

import (
	"strings"

	"layersim/flow"
	"layersim/flow/journal"
	"layersim/tui/pane"
)

// What is the same change, told by several entries, and so is said once.

func beginsStep(before, after flow.State) bool {
	return after.Phase != before.Phase || after.Attempt != before.Attempt
}

// isReturn reports whether an entry says nothing but that a call, whose effect
// was said, has returned. The log has it.
func isReturn(e journal.Entry) bool {
	switch e.Event.(type) {
	case flow.HandlerSubmitted, flow.HandlerOpened, flow.LinkDriven, flow.HandlerExited:
		return e.Verdict != flow.Refused && (e.Why == "The call returned." || e.Why == journal.Name(e.Event)+".")
	}
	return false
}

// saidByStep reports whether the paragraph of the step that an entry begins says
// what the entry means.
func saidByStep(e journal.Entry) bool {
	_, wrong := e.Event.(flow.DoWrong) // what is wrong is in no paragraph
	return !wrong && e.Verdict != flow.Refused
}

// saidBefore reports whether what an entry means is said by the pane that Link
// shows here, or by the entry itself.
func saidBefore(e journal.Entry, after flow.State) bool {
	if e.Verdict == flow.Refused {
		return false
	}
	switch event := e.Event.(type) {
	case flow.OnLoad: // the next step begins with it
		return true
	case flow.LinkActed:
		return strings.HasPrefix(e.Why, "The user answers Link's pane")
	case flow.OnEvent:
		here := after.Phase == flow.PhaseLink && after.Link.Surface == flow.InTerminal
		return here && (event.Name == flow.EventTransitionView || event.Name == flow.EventSubmitOTP)
	}
	return false
}

// besidesThePane reports whether an entry is of the moment in which Link shows a
// pane.
func besidesThePane(e journal.Entry) bool {
	switch event := e.Event.(type) {
	case flow.WebhookReceived:
		return true
	case flow.ExchangeRecorded:
		return asksForKey(event)
	}
	return isReturn(e)
}

func asksForKey(e flow.ExchangeRecorded) bool {
	return strings.HasSuffix(e.Exchange.URL, "/webhook_verification_key/get")
}

// withoutErrors leaves the error messages out of a text that were said already;
// the name of the error stays.
func (t *teller) withoutErrors(text string) string {
	for _, message := range t.errors {
		text = strings.ReplaceAll(text, ": "+message, "")
	}
	return text
}

// inSDKsWords says a text, written in Link Web's words, in those of the SDK in
// use.
func inSDKsWords(text string, c flow.Client) string {
	n := c.Words()
	if n.Object == "handler" && n.Create == "Plaid.create()" {
		return text
	}
	text = strings.NewReplacer("create()", n.Create, "submit()", n.Submit, "open()", n.Open, "the handler", "the "+n.Object, "its handler", "its "+n.Object,
		"same handler", "same "+n.Object, "a handler", "a "+n.Object).Replace(text)
	return pane.EventsInWords(text, n)
}
