package main

import (
	"strconv"
	"strings"

	"layersim/flow"
	"layersim/flow/plaidsim"
	"layersim/flow/plaidsim/outbox"
	"layersim/tui/watch"
)

// webhookEntry puts one step of a webhook into words: that it was fired, an
// attempt and what came of it, or why there is none.
func webhookEntry(e *watch.Entry, w *plaidsim.Webhook) {
	e.Side, e.Name = watch.SideHook, w.Code
	var parts []string
	if w.Kind != "" {
		parts = append(parts, string(w.Kind))
	}
	if w.Attempt > 0 {
		parts = append(parts, "attempt "+strconv.Itoa(w.Attempt))
	}
	switch {
	case w.Error != "":
		parts = append(parts, w.Error)
	case w.Status != 0:
		parts = append(parts, strconv.Itoa(w.Status))
	}
	e.Detail = strings.Join(append(parts, w.Target), "  ")
	e.Verdict, e.Why = webhookWords(w)
	switch {
	case w.State == outbox.Accepted && w.Forged:
		e.Note = "believed"
	case e.Verdict == flow.Refused && w.Attempt > 0:
		e.Note = "not taken"
	case e.Verdict == flow.Refused:
		e.Note = "not sent"
	}
}

func webhookWords(w *plaidsim.Webhook) (flow.Verdict, string) {
	switch w.State {
	case outbox.Accepted:
		if w.Forged {
			return flow.Refused, "This one was forged on purpose, and the app's server believed it. A server that verifies as Plaid documents it refuses it."
		}
		return flow.Advanced, webhookMeans(w.Code)
	case outbox.Rejected:
		return flow.Advanced, "This one was forged on purpose, and the app's server refused it, as it should."
	case outbox.Waiting:
		switch {
		case w.Attempt > 0:
			return flow.Refused, "Only 200 within ten seconds counts. It is sent again at " + w.Next.UTC().Format("15:04:05") + " on the simulator's clock."
		case !w.Next.IsZero():
			return flow.Noted, "It waits until " + w.Next.UTC().Format("15:04:05") + " on the simulator's clock."
		}
		return flow.Noted, webhookMeans(w.Code)
	case outbox.GivenUp:
		return flow.Refused, "The app's server did not take it for 24 hours; it is not sent again."
	case outbox.Refused:
		return flow.Refused, "It is not sent: " + w.Error + "."
	case outbox.Suspended:
		return flow.Refused, "It is not sent: the app's server rejected nearly every webhook of the last 24 hours."
	case outbox.Dropped:
		return flow.Refused, "It is not sent: too many webhooks were waiting."
	}
	return flow.Noted, webhookMeans(w.Code)
}

// webhookMeans says what the app's server learns from a webhook, once it has
// verified it.
func webhookMeans(code string) string {
	switch code {
	case flow.WebhookLayerAuthenticationPassed:
		return "The phone is proven to be the user's, even if the user leaves now. A second one-time code of the app's own is not needed."
	case flow.WebhookSessionFinished:
		return "The Link session is over. With SUCCESS it brings the public_token, should onSuccess never reach the app's server."
	}
	return ""
}
