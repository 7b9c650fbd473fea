package journal

import (
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"

	"layersim/flow"
)

// longest is how many characters of one foreign text a line shows.
const longest = 160

// Name returns a short readable name of event: SDK callbacks by the name Plaid
// gives them, API calls as "POST /session/token/create 200", what the operator
// wanted in words. It holds no private value and no control character.
func Name(event flow.Event) string {
	switch e := event.(type) {
	case flow.LinkTokenRequested:
		return "ask for a link_token"
	case flow.HandlerRequested:
		return "create the handler"
	case flow.PhoneNumberEntered:
		return "phone number entered"
	case flow.DateOfBirthEntered:
		return "date of birth entered"
	case flow.AutofillDeclined:
		return "own form instead"
	case flow.OpenRequested:
		return "open Link"
	case flow.SurfaceChosen:
		return "go on in the " + clean(string(e.Surface))
	case flow.LinkActed:
		if e.Action.Kind == flow.LinkVerified {
			return "phone proven silently"
		}
		if e.Action.Kind == flow.LinkCode {
			return "typed the code"
		}
		return "pressed " + clean(strings.ReplaceAll(string(e.Action.Kind), "_", " "))
	case flow.ExitRequested:
		return "exit Link"
	case flow.RetryRequested:
		return "try again"
	case flow.StartOverRequested:
		return "start over"
	case flow.SignUpSubmitted:
		return "sign-up form sent"
	case flow.DoWrong:
		return "do it wrong: " + clean(string(e.Wrong))
	case flow.PublicTokenExchanged:
		return "public_token exchanged"
	case flow.WebhooksTried:
		return "webhooks tried"
	case flow.TimePassed:
		return "Plaid's clock moved on"
	case flow.AppDid:
		return clean(strings.ReplaceAll(string(e.Deed), "-", " "))
	case flow.OnLoad:
		return "onLoad"
	case flow.OnEvent:
		return or(clean(e.Name), "onEvent")
	case flow.OnSuccess:
		return "onSuccess"
	case flow.OnExit:
		return "onExit"
	case flow.SessionTokenCreated:
		return "link_token received"
	case flow.HandlerCreated:
		return "create() returned"
	case flow.HandlerSubmitted:
		return "submit() returned"
	case flow.HandlerOpened:
		return "open() returned"
	case flow.LinkDriven:
		return "Link has the answer"
	case flow.HandlerExited:
		return "exit() returned"
	case flow.UserAccountFetched:
		return "session received"
	case flow.AccountsFetched:
		return "accounts received"
	case flow.CallFailed:
		return "failed " + or(clean(e.Failure.Code), flow.CodeClient)
	case flow.PaneShown:
		return "pane " + clean(e.Pane.View)
	case flow.PageServed:
		return "page served"
	case flow.BrowserStarted:
		return "browser started"
	case flow.BrowserFailed:
		return "no browser"
	case flow.PageConnected:
		return fmt.Sprintf("tab %d connected", e.Tab)
	case flow.PageLost:
		return fmt.Sprintf("tab %d lost", e.Tab)
	case flow.PageTrouble:
		return "trouble on the page"
	case flow.WebhookReceived:
		return or(clean(e.Code), "webhook")
	case flow.TimerFired:
		if e.Timer.Kind == flow.TimerLinkToken {
			return "link_token expired"
		}
		return "still no answer"
	case flow.ExchangeRecorded:
		return exchangeName(e.Exchange)
	}
	return Kind(event)
}

// Detail returns what matters about event besides its name, in one line of
// key=value pairs, masked and without control characters; "" when there is
// nothing to add.
func Detail(event flow.Event) string {
	pairs := Pairs(event)
	words := make([]string, len(pairs))
	for i, p := range pairs {
		value := p.Value
		switch {
		case p.Key == "":
			words[i] = "[" + value + "]"
			continue
		case strings.ContainsAny(value, " \""):
			value = strconv.Quote(value)
		}
		words[i] = p.Key + "=" + value
	}
	return strings.Join(words, " ")
}

// Pair is one thing that matters about an event. The key is Plaid's name for it
// where there is one, "" for a value that speaks for itself.
type Pair struct{ Key, Value string }

// Pairs is Detail in its parts: masked, and without control characters.
func Pairs(event flow.Event) []Pair {
	var d detail
	switch e := event.(type) {
	case flow.PhoneNumberEntered:
		d.add("phone_number", e.Phone.String())
	case flow.DateOfBirthEntered:
		d.add("date_of_birth", e.DateOfBirth.String())
	case flow.OpenRequested:
		d.add("surface", string(e.Surface))
	case flow.LinkActed:
		d.add("code", e.Action.Code.String())
		if e.Action.Kind == flow.LinkShare {
			d.count("accounts", len(e.Action.Accounts))
		}
	case flow.StartOverRequested:
		d.add("template_id", e.TemplateID)
		d.add("sdk", e.Client.Label())
	case flow.DoWrong:
		d.add("phone_number", e.Phone.String())
		d.add("date_of_birth", e.DateOfBirth.String())
		d.add("template_id", e.TemplateID)
	case flow.AppDid:
		d.add("because", e.Because)
	case flow.WebhooksTried:
		for _, t := range e.Trials {
			d = append(d, Pair{Value: trialWords(t)})
		}
	case flow.OnEvent:
		d.metadata(e.Metadata)
	case flow.OnSuccess:
		d.add("public_token", e.PublicToken.String())
		d.metadata(e.Metadata)
	case flow.OnExit:
		d.failure(e.Failure)
		d.add("status", e.Metadata.ExitStatus)
		d.add("link_session_id", e.Metadata.LinkSessionID)
		d.add("request_id", e.Metadata.RequestID)
	case flow.SessionTokenCreated:
		d.add("link_token", e.LinkToken.String())
		if !e.Expiration.IsZero() {
			d.add("expiration", e.Expiration.UTC().Format(time.RFC3339))
		}
		d.add("request_id", e.RequestID)
	case flow.UserAccountFetched:
		d.account(e.Account)
	case flow.AccountsFetched:
		d.add("institution", e.Institution)
		d.count("accounts", len(e.Accounts))
		d.deviations(e.Deviations)
	case flow.CallFailed:
		d.failure(e.Failure)
	case flow.PaneShown:
		d.add("notice", e.Pane.Notice)
	case flow.PageServed:
		d.add("url", hideURL(e.URL))
	case flow.BrowserFailed:
		d.add("reason", e.Reason)
	case flow.PageTrouble:
		d.add("reason", e.Reason)
	case flow.WebhookReceived:
		d.webhook(e)
	case flow.TimerFired:
		d.count("call", int(e.Timer.Call))
	case flow.ExchangeRecorded:
		d.exchange(e.Exchange)
	}
	return d
}

// trialWords says what became of a webhook that was checked twice, in a few
// words.
func trialWords(t flow.WebhookTrial) string {
	mark := func(refused string) string {
		if refused == "" {
			return "✓"
		}
		return "✗"
	}
	return clean(t.What) + ": right " + mark(t.Right) + ", this app " + mark(t.Wrong)
}

func verdictOn(refused string) string {
	if refused == "" {
		return "believed"
	}
	return "refused, " + refused
}

// detail collects the pairs of one event.
type detail []Pair

func (d *detail) add(key, value string) {
	if value = clean(value); value != "" {
		*d = append(*d, Pair{key, value})
	}
}

func (d *detail) count(key string, n int) { d.add(key, strconv.Itoa(n)) }

func (d *detail) metadata(m flow.Metadata) {
	d.add("view_name", m.ViewName)
	d.add("error_type", m.ErrorType)
	d.add("error_code", m.ErrorCode)
	d.add("error_message", m.ErrorMessage)
	d.add("exit_status", m.ExitStatus)
	d.add("link_session_id", m.LinkSessionID)
	d.add("request_id", m.RequestID)
}

func (d *detail) failure(f flow.Failure) {
	if f.IsZero() {
		return
	}
	if f.Status != 0 {
		d.count("status", f.Status)
	}
	d.add("error_type", f.Type)
	d.add("error_code", f.Code)
	d.add("error_message", f.Message)
	d.add("request_id", f.RequestID)
}

func (d *detail) account(a flow.UserAccount) {
	if !a.HasIdentity {
		d.add("identity", "null")
	}
	if !a.HasHistory {
		d.add("identity_edit_history", "null")
	}
	d.count("items", len(a.Items))
	d.deviations(a.Deviations)
	d.add("request_id", a.RequestID)
}

// deviations names the fields that the contract does not have, and counts the
// values that are not as it says.
func (d *detail) deviations(all flow.Deviations) {
	var paths []string
	for _, x := range all.List {
		if x.New() {
			paths = append(paths, x.Path)
		}
	}
	d.add("new", strings.Join(paths, ","))
	if n := len(all.List) - len(paths); n > 0 {
		d.count("not_as_contracted", n)
	}
}

func (d *detail) webhook(w flow.WebhookReceived) {
	d.add("webhook_type", w.Type)
	d.add("status", w.Status)
	verified := "yes"
	if !w.Verified {
		verified = "no"
	}
	if w.Unchecked {
		verified = "unknown"
	}
	d.add("verified", verified)
	if w.Delivery > 1 {
		d.count("delivery", w.Delivery)
	}
	d.add("reason", w.Reason)
	d.add("link_session_id", w.LinkSessionID)
	d.add("link_token", w.LinkToken.String())
}

func (d *detail) exchange(x flow.Exchange) {
	if x.Duration > 0 {
		d.add("took", strings.ReplaceAll(flow.Took(x.Duration), " ", ""))
	}
	d.add("request_id", x.RequestID)
	d.add("error", x.Error)
}

func exchangeName(x flow.Exchange) string {
	path := x.URL
	if u, err := url.Parse(x.URL); err == nil && u.Path != "" {
		path = u.Path
	}
	status := "no answer"
	if x.Status != 0 {
		status = strconv.Itoa(x.Status)
	}
	return clean(x.Method + " " + path + " " + status)
}

// hideURL keeps of the page's URL where it is, not its secret path.
func hideURL(raw string) string {
	u, err := url.Parse(raw)
	if err != nil || u.Host == "" || u.Scheme == "" {
		return "••••"
	}
	return u.Scheme + "://" + u.Host + "/••••"
}

// clean makes foreign text fit for one line of the log.
func clean(s string) string { return strings.TrimSpace(flow.CleanLine(s, longest)) }

func or(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}
