package journal

import "layersim/flow"

// Lane says where an event came from, in a word fit to be shown.
type Lane string

// The lanes.
const (
	LaneYou     Lane = "you"     // what the operator wanted
	LaneLink    Lane = "Link"    // the SDK: what its methods returned and what it called back
	LaneServer  Lane = "server"  // our server's calls to Plaid
	LaneWebhook Lane = "webhook" // what Plaid sent to our server
	LaneApp     Lane = "app"     // what the app did by itself
	LanePage    Lane = "page"    // the local page and its browser
	LaneClock   Lane = "clock"   // timers
)

// Lanes lists every lane, in the order in which a sequence diagram would.
func Lanes() []Lane {
	return []Lane{LaneYou, LaneApp, LanePage, LaneLink, LaneServer, LaneWebhook, LaneClock}
}

// LaneOf returns where event came from. A CallFailed does not tell by itself
// and counts as the server's; Entry.Lane knows better.
func LaneOf(event flow.Event) Lane {
	switch event.(type) {
	case flow.OnLoad, flow.OnEvent, flow.OnSuccess, flow.OnExit, flow.PaneShown,
		flow.HandlerCreated, flow.HandlerSubmitted, flow.HandlerOpened, flow.LinkDriven, flow.HandlerExited:
		return LaneLink
	case flow.SessionTokenCreated, flow.UserAccountFetched, flow.AccountsFetched, flow.PublicTokenExchanged, flow.CallFailed, flow.ExchangeRecorded:
		return LaneServer
	case flow.WebhookReceived, flow.WebhooksTried:
		return LaneWebhook
	case flow.AppDid:
		return LaneApp
	case flow.PageServed, flow.BrowserStarted, flow.BrowserFailed, flow.PageConnected, flow.PageLost, flow.PageTrouble:
		return LanePage
	case flow.TimerFired, flow.TimePassed:
		return LaneClock
	}
	return LaneYou
}

// laneAfter is LaneOf for an event that arrives in state before.
func laneAfter(before flow.State, event flow.Event) Lane {
	failed, ok := event.(flow.CallFailed)
	if !ok {
		return LaneOf(event)
	}
	for _, question := range before.Pending {
		if question.CallID() != failed.Call {
			continue
		}
		switch question.(type) {
		case flow.CreateSessionToken, flow.GetUserAccountSession, flow.GetAccounts, flow.ExchangePublicToken:
			return LaneServer
		case flow.TryWebhooks:
			return LaneWebhook
		}
		return LaneLink
	}
	return LaneServer
}
