package journal

import (
	"strings"

	"layersim/flow"
)

// RequestID returns the request_id that event carries, "" for none.
func RequestID(event flow.Event) string {
	switch e := event.(type) {
	case flow.OnEvent:
		return e.Metadata.RequestID
	case flow.OnSuccess:
		return e.Metadata.RequestID
	case flow.OnExit:
		return or(e.Metadata.RequestID, e.Failure.RequestID)
	case flow.SessionTokenCreated:
		return e.RequestID
	case flow.UserAccountFetched:
		return e.Account.RequestID
	case flow.CallFailed:
		return e.Failure.RequestID
	case flow.ExchangeRecorded:
		return e.Exchange.RequestID
	}
	return ""
}

// SessionID returns the link_session_id that event carries, "" for none.
func SessionID(event flow.Event) string {
	switch e := event.(type) {
	case flow.OnEvent:
		return e.Metadata.LinkSessionID
	case flow.OnSuccess:
		return e.Metadata.LinkSessionID
	case flow.OnExit:
		return e.Metadata.LinkSessionID
	case flow.WebhookReceived:
		return e.LinkSessionID
	}
	return ""
}

// IsError reports whether event says that something failed: a call, Link, the
// page, a webhook that proves nothing.
func IsError(event flow.Event) bool {
	switch e := event.(type) {
	case flow.OnEvent:
		return e.Name == flow.EventError || e.Metadata.ErrorCode != ""
	case flow.OnExit:
		return !e.Failure.IsZero()
	case flow.CallFailed, flow.BrowserFailed, flow.PageTrouble:
		return true
	case flow.WebhookReceived:
		return !e.Verified
	case flow.ExchangeRecorded:
		return e.Exchange.Status == 0 || e.Exchange.Status >= 400
	}
	return false
}

// Asks says what an effect does, in the words of the client's SDK or of the API:
// "handler.open()", "POST /session/token/create".
func Asks(effect flow.Effect, client flow.Client) string {
	words := client.Words()
	switch e := effect.(type) {
	case flow.CreateSessionToken:
		return "POST /session/token/create"
	case flow.CreateHandler:
		return words.Create
	case flow.SubmitHandler:
		var with []string
		if !e.Phone.IsZero() {
			with = append(with, words.Phone)
		}
		if !e.DateOfBirth.IsZero() {
			with = append(with, words.Birth)
		}
		return words.Submit + " with " + strings.Join(with, " and ")
	case flow.OpenHandler:
		return words.Open
	case flow.PresentLink:
		return "Link shown in the " + clean(string(e.Surface))
	case flow.DriveLink:
		return "Link is told"
	case flow.ExitHandler:
		return words.Object + ".exit({force: true})"
	case flow.GetUserAccountSession:
		return "POST /user_account/session/get"
	case flow.GetAccounts:
		return "POST /accounts/get"
	case flow.DestroyHandler:
		return words.Destroy
	case flow.StartTimer:
		return "a timer until " + e.Until.UTC().Format("15:04:05") + " UTC"
	}
	return Kind(effect)
}
