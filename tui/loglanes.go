package tui

import (
	"fmt"

	"layersim/flow"
	"layersim/flow/journal"
	"layersim/tui/pane"
)

// What the log says of an event in its lane's column, where there is little
// room; the line below the log and the opened entry say all.

// column returns the column of a lane: timers are the app's own.
func column(l journal.Lane) int {
	switch l {
	case journal.LaneLink, journal.LanePage:
		return pane.ColumnLink
	case journal.LaneServer:
		return pane.ColumnServer
	case journal.LaneWebhook:
		return pane.ColumnWebhook
	default:
		return pane.ColumnYou
	}
}

// inBrief returns the one thing about an event, besides its name, that is worth
// the room.
func inBrief(event flow.Event) string {
	switch e := event.(type) {
	case flow.OnEvent:
		if e.Metadata.ViewName != "" {
			return e.Metadata.ViewName
		}
		return e.Metadata.ErrorCode
	case flow.OnExit:
		return e.Failure.Code
	case flow.OpenRequested:
		return "in the " + string(e.Surface)
	case flow.LinkActed:
		if e.Action.Kind == flow.LinkShare {
			return counted(len(e.Action.Accounts), "account")
		}
	case flow.AppDid:
		return e.Because
	case flow.UserAccountFetched:
		return counted(len(e.Account.Items), "Item")
	case flow.AccountsFetched:
		return e.Institution
	case flow.WebhookReceived:
		switch {
		case e.Unchecked:
			return "not checked"
		case !e.Verified:
			return "unverified"
		case e.Delivery > 1:
			return "again"
		}
		return e.Status
	case flow.PageTrouble:
		return e.Reason
	case flow.BrowserFailed:
		return e.Reason
	}
	return ""
}

func counted(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}
