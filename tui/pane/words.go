package pane

import (
	"strconv"
	"strings"
	"time"

	"layersim/flow"
)

// StageFor says what happens now and why, for every phase and what can happen
// in it: one plain paragraph that speaks of your server, your client and the
// user, in Plaid's words. Clock times are those of now's zone.
func StageFor(s flow.State, now time.Time) StageText {
	t := stageFor(s, now)
	pageNotice(s, &t)
	return t
}

func stageFor(s flow.State, now time.Time) StageText {
	switch s.Phase {
	case flow.PhaseToken:
		return tokenText(s)
	case flow.PhaseHandler:
		return handlerText(s, now)
	case flow.PhasePhone:
		return phoneText(s)
	case flow.PhaseEligibility:
		return eligibilityText(s)
	case flow.PhaseDateOfBirth:
		return birthText(s)
	case flow.PhaseAutofill:
		return autofillText(s)
	case flow.PhaseReady:
		return readyText(s)
	case flow.PhaseLink:
		return inWords(linkText(s), s.Config.Client.Words())
	case flow.PhaseSession:
		return sessionText(s)
	case flow.PhaseOnboarded:
		return withWait(onboardedText(s), s, now)
	case flow.PhaseFallback:
		return fallbackText(s)
	case flow.PhaseExited:
		return inWords(exitedText(s), s.Config.Client.Words())
	case flow.PhaseFailed:
		return inWords(failedText(s, now), s.Config.Client.Words())
	}
	return StageText{
		Title: "Nowhere", Body: "The walk is in no known phase. Start over.",
		Notice: "Phase " + strconv.Quote(string(s.Phase)), NoticeKind: Bad,
	}
}

// inWords says a text, written in Link Web's words, in those of another SDK.
func inWords(t StageText, n flow.Names) StageText {
	r := strings.NewReplacer("Plaid.create()", n.Create, "handler.submit()", n.Submit, "handler.open()", n.Open, "submit()", n.Submit, "open()", n.Open,
		"onSuccess", n.Success, "onExit", n.Exit, "the handler", "the "+n.Object, "a new handler", "a new "+n.Object, "no handler", "no "+n.Object)
	t.Title, t.Body = r.Replace(t.Title), r.Replace(t.Body)
	return t
}

// EventsInWords says a text, written with Link Web's events and callbacks, with
// those of another SDK.
func EventsInWords(text string, n flow.Names) string {
	load := n.Load
	if load == "" || load == "none" {
		load = "onLoad"
	}
	return strings.NewReplacer(flow.EventLayerAutofillUnavailable, n.AutofillNotAvailable, flow.EventLayerNotAvailable, n.NotAvailable, flow.EventLayerReady, n.Ready,
		"onSuccess", n.Success, "onExit", n.Exit, "onEvent", n.Events, "onLoad", load).Replace(text)
}

// facts drops the facts that are not known.
func facts(all ...Fact) []Fact {
	var known []Fact
	for _, x := range all {
		if x.Value != "" {
			known = append(known, x)
		}
	}
	return known
}
