package pane

import (
	"strconv"
	"strings"
	"time"

	"layersim/flow"
)

// The words about what failed: what happened and where, in Plaid's words and in
// ours, and what to do next.

func failedText(s flow.State, now time.Time) StageText {
	f := s.Failure
	t := StageText{
		Title: callName(s.FailedCall) + " failed", NoticeKind: Bad, Notice: failureNotice(f), NoticeFirst: true,
		Facts: FailureFacts(f),
	}
	if s.FailedCall == nil {
		t.Title = "The link_token has expired"
	}
	if _, ok := s.FailedCall.(flow.CreateSessionToken); ok && f.Type != "" {
		t.Facts = append(t.Facts, facts(Fact{"template_id", s.Config.TemplateID})...)
	}
	t.Body = failedBody(s)
	if wrong := aboutTemplate(s); wrong != "" {
		t.Body = wrong + " " + t.Body
		return withWait(t, s, now)
	}
	switch {
	case f.Hint != "":
		t.Body += " " + f.Hint
	case f.Retryable:
		t.Body += " The same call may well succeed if it is made again."
	}
	if more := aboutAccess(s); more != "" {
		t.Body += " " + more
	}
	return withWait(t, s, now)
}

// withWait adds from when on the other side wants to be asked again.
func withWait(t StageText, s flow.State, now time.Time) StageText {
	if s.RetryFrom.IsZero() {
		return t
	}
	from := s.RetryFrom.In(now.Location()).Format("15:04:05")
	if now.Before(s.RetryFrom) {
		t.Notice += " The answer asks to wait until " + from + " (Retry-After). You may try earlier: it may well be refused again, and may count against the limit."
	} else {
		t.Notice += " The answer asked to wait until " + from + ", which is over."
	}
	t.Notice = strings.TrimSpace(t.Notice)
	return t
}

// failedBody says what the failure leaves the walk with.
func failedBody(s flow.State) string {
	kept := ""
	if !s.Phone.IsZero() {
		kept = " What was entered is kept and proposed again."
	}
	if s.FailedCall == nil {
		if s.Config.InPage {
			kept = " What was entered is kept, and the page stays where it is."
		}
		if s.Opened {
			return "Link was not on the user's screen when the token expired, and the page needs it to show Link, so your client destroyed the handler." + kept
		}
		return "Link was not opened in time, so your client destroyed the handler." + kept
	}
	spent := s.Failure.Code == "INVALID_LINK_TOKEN" || s.Failure.Code == "INVALID_PUBLIC_TOKEN"
	switch s.FailedCall.(type) {
	case flow.CreateSessionToken:
		return "Your server has no link_token, so Layer cannot begin." + or(kept, " Nothing is lost.")
	case flow.CreateHandler:
		if spent {
			return "Your client has a link_token that is of no use any more, and no handler. Start over for a new one." + kept
		}
		if s.Config.InPage {
			return "Your client has a link_token and no handler: the page could not create it. Nothing that was entered is lost."
		}
		return "Your client has a link_token and no handler: the Link SDK could not be started." + kept
	case flow.SubmitHandler:
		return "Your client could not hand the value to Link, so no LAYER_* event will come for it. The value is kept."
	case flow.OpenHandler, flow.PresentLink:
		return "Link could not be shown to the user. The session may still be there."
	case flow.GetUserAccountSession:
		if spent {
			return "The user has finished Link, but the public_token is of no use any more, so your server cannot learn what was shared. The user must go through Link again, with a new link_token." + kept
		}
		return "The user has finished Link and your server holds the public_token, but not the identity yet. Keep the token: the user need not do it again."
	}
	return "The walk goes on from here when the call is made again."
}

// aboutTemplate says what to do when Plaid's own words are about the template of
// a live walk. Which code it gives to a template it does not know is UNCONFIRMED,
// so its message is what is gone by.
func aboutTemplate(s flow.State) string {
	f := s.Failure
	_, asked := s.FailedCall.(flow.CreateSessionToken)
	message := strings.ToLower(f.Message)
	if !asked || !s.Config.InPage || f.Status < 400 || f.Status >= 500 || f.Type != "INVALID_REQUEST" && f.Type != "INVALID_INPUT" || !strings.Contains(message, "template") {
		return ""
	}
	for _, unknown := range []string{"found", "exist", "unknown", "invalid", "not know"} {
		if strings.Contains(message, unknown) {
			return "Plaid does not know " + s.Config.TemplateID + ": compare LAYER_TEMPLATE_ID with the Dashboard." + restartForTemplate
		}
	}
	return "Plaid does not take " + s.Config.TemplateID + ": see its message, and the template in the Dashboard." + restartForTemplate
}

const restartForTemplate = " layersim reads LAYER_TEMPLATE_ID when it starts: if it is wrong, correct it and start layersim again."

// aboutAccess says what nobody has confirmed about who may use Layer, and where
// this program has its keys from, when a call was refused for such a reason.
func aboutAccess(s flow.State) string {
	f := s.Failure
	switch f.Code {
	case "INVALID_API_KEYS", "UNAUTHORIZED_ENVIRONMENT":
		if s.Config.InPage {
			return "layersim reads the keys when it starts: correct them and start it again. layersim doctor says where each value came from."
		}
		return ""
	case "MISSING_FIELDS", "UNKNOWN_FIELDS", "INVALID_BODY", "INVALID_HEADERS":
		return ""
	}
	_, asked := s.FailedCall.(flow.CreateSessionToken)
	if !asked || f.Type == "" || f.Status < 400 || f.Status >= 500 || f.Status == 429 {
		return ""
	}
	for _, field := range []string{"client_user_id", "redirect_uri", "android_package_name", "webhook"} { // Plaid OpenAPI: SessionTokenCreateRequest
		if f.Type == "INVALID_REQUEST" && strings.Contains(f.Message, field) {
			return "" // Plaid says itself what it is about
		}
	}
	if f.Code == "UNAUTHORIZED_ROUTE_ACCESS" {
		return "UNCONFIRMED: which code Plaid gives to an account without Layer. When it is enabled, the call can be made again."
	}
	more := "UNCONFIRMED: which code Plaid gives to an account without Layer, and to a template that is unknown, not published or of another account or environment. " +
		"See both in the Dashboard; a call that was refused can be made again when they are right."
	if s.Config.InPage {
		more += restartForTemplate
	}
	return more
}

// failureNotice says a failure in Plaid's own words, with the request_id that
// Plaid's support asks for.
func failureNotice(f flow.Failure) string {
	text := f.Code
	if f.Type != "" {
		text = f.Type + " / " + f.Code
	}
	if f.Message != "" {
		text += ": " + strings.TrimSuffix(f.Message, ".")
	}
	text += "."
	if f.RequestID != "" {
		text += " request_id " + f.RequestID + "."
	}
	return text
}

// FailureFacts are the rest of an error besides what is said of it at once, each under the name that Plaid gives it.
func FailureFacts(f flow.Failure) []Fact {
	status := ""
	if f.Status != 0 {
		status = strconv.Itoa(f.Status)
	}
	return facts(Fact{"HTTP status", status}, Fact{"suggested_action", f.SuggestedAction},
		Fact{"error_code_reason", f.Reason}, Fact{"causes", f.Causes}, Fact{"display_message", f.DisplayMessage})
}
