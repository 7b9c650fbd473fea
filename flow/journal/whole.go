package journal

import (
	"fmt"
	"strings"
	"time"

	"layersim/flow"
)

// Whole returns everything about an entry as one JSON object on one line:
//
//	seq           1 for the first entry
//	at            when the event reached the app (RFC 3339, UTC)
//	happened_at   when it happened, if that is told: Link may hold events back
//	lane          who acts: one of Lanes
//	kind          which event of package flow it is, such as "OnEvent"
//	name          as people see it, see Name
//	verdict       advanced, noted or refused
//	why           the reason, in one sentence
//	phase_before  where the walk stood
//	phase         where it stands after the event
//	event         what the event carries, see content
//
// What is empty is left out. Private values are masked as everywhere in a
// journal, and no character is in it that a terminal would obey. The same entry
// always gives the same bytes.
func Whole(e Entry, more ...Addition) ([]byte, error) {
	var o object
	o.number("seq", e.Seq)
	o.time("at", e.At)
	if at := Happened(e.Event); plausible(at) {
		o.time("happened_at", at)
	}
	o.text("lane", string(e.Lane))
	o.text("kind", Kind(e.Event))
	o.text("name", Name(e.Event))
	o.text("verdict", e.Verdict.String())
	o.text("why", e.Why)
	o.text("phase_before", string(e.Before))
	o.text("phase", string(e.Phase))
	for _, add := range more {
		add(&o)
	}
	o.nested("event", func(o *object) { content(o, e.Event) })
	return flow.HarmlessJSON(o.bytes()), o.err
}

// Addition is what somebody else knows about an entry, for Whole.
type Addition func(o *object)

// TestNumber adds whose phone number the event carries: test_number, the name of
// a persona in the fixtures. Plaid documents those numbers, so they are no secret.
func TestNumber(persona string) Addition {
	return func(o *object) { o.text("test_number", persona) }
}

// Content returns what an event carries besides its time, as Whole has it under
// "event"; "{}" when it carries nothing.
func Content(event flow.Event) ([]byte, error) {
	var o object
	content(&o, event)
	return flow.HarmlessJSON(o.bytes()), o.err
}

// Kind names the type of an event or an effect, such as "OnEvent".
func Kind(of any) string { return strings.TrimPrefix(fmt.Sprintf("%T", of), "flow.") }

// Happened returns when an event happened, if it tells that; that can be long
// before it reached the app.
func Happened(event flow.Event) time.Time {
	switch e := event.(type) {
	case flow.OnEvent:
		return e.Metadata.Timestamp
	case flow.OnSuccess:
		return e.Metadata.Timestamp
	case flow.OnExit:
		return e.Metadata.Timestamp
	}
	return time.Time{}
}

// content writes what an event carries besides its time. The names are Plaid's
// where Plaid has one; handler and call are this walk's own numbers.
func content(o *object, event flow.Event) {
	switch e := event.(type) {
	case flow.PhoneNumberEntered:
		o.text("phone_number", e.Phone.String())
	case flow.DateOfBirthEntered:
		o.text("date_of_birth", e.DateOfBirth.String())
	case flow.OpenRequested:
		o.text("surface", string(e.Surface))
	case flow.SurfaceChosen:
		o.text("surface", string(e.Surface))
	case flow.LinkActed:
		action(o, e.Action)
	case flow.StartOverRequested:
		o.text("template_id", e.TemplateID)
		client(o, e.Client)
	case flow.DoWrong:
		o.text("mistake", string(e.Wrong))
		o.text("surface", string(e.Surface))
		o.text("phone_number", e.Phone.String())
		o.text("date_of_birth", e.DateOfBirth.String())
		o.text("template_id", e.TemplateID)
		client(o, e.Client)
	case flow.AppDid:
		o.text("deed", string(e.Deed))
		o.text("because", e.Because)
	case flow.OnLoad:
		o.number("handler", int(e.HandlerID))
		o.yes("again", e.Again)
	case flow.OnEvent:
		o.number("handler", int(e.HandlerID))
		o.text("event_name", e.Name)
		o.yes("again", e.Again)
		metadata(o, e.Metadata)
	case flow.OnSuccess:
		o.number("handler", int(e.HandlerID))
		o.text("public_token", e.PublicToken.String())
		o.yes("made_up", flow.IsForged(e.PublicToken))
		metadata(o, e.Metadata)
	case flow.OnExit:
		o.number("handler", int(e.HandlerID))
		failure(o, e.Failure)
		metadata(o, e.Metadata)
	case flow.SessionTokenCreated:
		o.number("call", int(e.Call))
		o.text("link_token", e.LinkToken.String())
		o.time("expiration", e.Expiration)
		o.text("request_id", e.RequestID)
	case flow.HandlerCreated:
		o.number("call", int(e.Call))
	case flow.HandlerSubmitted:
		o.number("call", int(e.Call))
	case flow.HandlerOpened:
		o.number("call", int(e.Call))
	case flow.LinkDriven:
		o.number("call", int(e.Call))
	case flow.HandlerExited:
		o.number("call", int(e.Call))
	case flow.UserAccountFetched:
		o.number("call", int(e.Call))
		userAccount(o, e.Account)
	case flow.AccountsFetched:
		o.number("call", int(e.Call))
		o.text("institution", e.Institution)
		accounts(o, e.Accounts)
		deviations(o, e.Deviations)
	case flow.PublicTokenExchanged:
		o.number("call", int(e.Call))
	case flow.TimePassed:
		o.number("call", int(e.Call))
	case flow.WebhooksTried:
		o.number("call", int(e.Call))
		o.list("webhooks", len(e.Trials), func(o *object, i int) {
			o.text("which", e.Trials[i].What)
			o.text("checked_rightly", verdictOn(e.Trials[i].Right))
			o.text("checked_wrongly", verdictOn(e.Trials[i].Wrong))
		})
	case flow.CallFailed:
		o.number("call", int(e.Call))
		failure(o, e.Failure)
	case flow.PaneShown:
		o.number("handler", int(e.HandlerID))
		linkPane(o, e.Pane)
	case flow.PageServed:
		o.text("url", hideURL(e.URL))
	case flow.BrowserFailed:
		o.text("reason", e.Reason)
	case flow.PageConnected:
		o.number("tab", e.Tab)
	case flow.PageLost:
		o.number("tab", e.Tab)
	case flow.PageTrouble:
		o.text("reason", e.Reason)
	case flow.WebhookReceived:
		o.text("webhook_type", e.Type)
		o.text("webhook_code", e.Code)
		o.text("link_session_id", e.LinkSessionID)
		o.text("link_token", e.LinkToken.String())
		o.text("status", e.Status)
		o.value("verified", e.Verified)
		o.text("reason", e.Reason)
		if e.Unchecked {
			o.value("unchecked", true)
		}
		o.number("delivery", e.Delivery)
		o.body("body", e.Raw)
	case flow.TimerFired:
		o.text("timer", string(e.Timer.Kind))
		o.number("call", int(e.Timer.Call))
	case flow.ExchangeRecorded:
		exchange(o, e.Exchange)
	}
}

// client writes which SDK an app goes on with; what follows from platform and
// version is known to package flow/sdk.
func client(o *object, c flow.Client) {
	if c.Platform == "" && c.Version == "" {
		return
	}
	o.nested("client", func(o *object) {
		o.text("platform", c.Platform)
		o.text("version", c.Version)
	})
}

func action(o *object, a flow.LinkAction) {
	o.text("action", string(a.Kind))
	o.text("code", a.Code.String())
	if len(a.Values) > 0 {
		o.value("values", a.Values) // by key, sorted; the type masks them
	}
	if len(a.Accounts) > 0 {
		o.value("account_ids", a.Accounts)
	}
	o.text("choice", a.Choice)
}

// metadata writes the whole object as it came, and beside it what only a
// simulated Plaid tells. What was read out of it is written where it does not
// say the same; when it happened is beside the event.
func metadata(o *object, m flow.Metadata) {
	o.text("eligibility", m.Verdict)
	if strings.TrimSpace(m.Raw) != "" {
		o.body("metadata", m.Raw)
		if !sameRead(m, readMetadata(m.Raw)) {
			m.Timestamp = time.Time{}
			metadataRead(o, "as_read", m)
		}
		return
	}
	if m.Timestamp.IsZero() && m == (flow.Metadata{Verdict: m.Verdict}) {
		return
	}
	metadataRead(o, "metadata", m)
}

func metadataRead(o *object, key string, m flow.Metadata) {
	o.nested(key, func(o *object) {
		o.text("view_name", m.ViewName)
		o.text("error_type", m.ErrorType)
		o.text("error_code", m.ErrorCode)
		o.text("error_message", m.ErrorMessage)
		o.text("exit_status", m.ExitStatus)
		o.text("link_session_id", m.LinkSessionID)
		o.text("request_id", m.RequestID)
		o.time("timestamp", m.Timestamp)
	})
}

// failure writes an error in the words of Plaid's error body, and what we know
// besides.
func failure(o *object, f flow.Failure) {
	if f.IsZero() {
		return
	}
	o.nested("error", func(o *object) {
		o.number("status", f.Status)
		o.text("error_type", f.Type)
		o.text("error_code", f.Code)
		o.text("error_message", f.Message)
		o.text("display_message", f.DisplayMessage)
		o.text("request_id", f.RequestID)
		o.text("error_code_reason", f.Reason)
		o.text("suggested_action", f.SuggestedAction)
		o.text("documentation_url", f.Documentation)
		o.text("causes", f.Causes)
		if f.Retryable {
			o.value("retryable", true)
		}
		if f.RetryAfter > 0 {
			o.value("retry_after_seconds", f.RetryAfter.Seconds())
		}
		o.text("hint", f.Hint)
	})
}

// noAnswer is said where no answer came and nobody knows why.
const noAnswer = "no answer came"

// exchange writes an HTTP request and its answer; both were masked when they
// were recorded.
func exchange(o *object, x flow.Exchange) {
	o.time("started", x.Started)
	if us := x.Duration.Microseconds(); us > 0 {
		o.value("duration_ms", float64(us)/1000)
	}
	o.text("request_id", x.RequestID)
	o.nested("request", func(o *object) {
		o.text("method", x.Method)
		o.text("url", x.URL)
		headers(o, x.RequestHeaders)
		o.body("body", x.RequestBody)
	})
	if x.Status == 0 {
		o.text("no_answer", or(x.Error, noAnswer))
		o.text("no_answer_code", x.ErrorCode)
	}
	if x.Status == 0 && len(x.ResponseHeaders) == 0 && x.ResponseBody == "" {
		return
	}
	o.nested("response", func(o *object) {
		o.number("status", x.Status)
		headers(o, x.ResponseHeaders)
		o.body("body", x.ResponseBody)
		if x.Status != 0 {
			o.text("error", x.Error)
			o.text("error_is", x.ErrorCode)
		}
	})
}

// headers writes a header as a list: names may come twice, and their order is
// that of the wire.
func headers(o *object, list []flow.Header) {
	o.list("headers", len(list), func(o *object, i int) {
		o.text("name", list[i].Name)
		o.value("value", flow.RedactText(list[i].Value))
	})
}
