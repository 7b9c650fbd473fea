package journal

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strings"
	"time"

	"layersim/flow"
	"layersim/flow/sdk"
)

// Decode returns the event that an entry of a recording is about: the inverse of
// Content. Private values come back as their masks (see flow.Masked.IsRecorded),
// so that Content of the event gives the same bytes again. The error is a
// *RecordingError.
func Decode(r Recorded) (flow.Event, error) {
	d := decoder{at: flow.At(r.At), happened: r.Happened}
	if err := json.Unmarshal(r.Event, &d.carried); err != nil {
		problem := lineProblem(err, r.Event)
		var mistyped *json.UnmarshalTypeError
		if problem.Field = ""; errors.As(err, &mistyped) && mistyped.Field != "" {
			problem.Field = "." + mistyped.Field
		}
		problem.Line, problem.Field, problem.torn = r.Line, "event"+problem.Field, false
		return nil, problem
	}
	e := d.event(r.Kind)
	switch {
	case d.problem != nil:
		d.problem.Line = r.Line
		return nil, d.problem
	case e == nil:
		return nil, &RecordingError{Line: r.Line, Field: "kind", Problem: quotedWord(r.Kind) + " is no event that this layersim knows. Read the recording with the layersim that wrote it, or a newer one"}
	}
	return e, nil
}

// carried is everything that an event can carry, by the names that content writes.
// Each name means the same in every event.
type carried struct {
	Handler int  `json:"handler"`
	Call    int  `json:"call"`
	Tab     int  `json:"tab"`
	Again   bool `json:"again"`

	Phone       string     `json:"phone_number"`
	Birth       string     `json:"date_of_birth"`
	Surface     string     `json:"surface"`
	TemplateID  string     `json:"template_id"`
	Client      toldClient `json:"client"`
	Mistake     string     `json:"mistake"`
	Deed        string     `json:"deed"`
	Because     string     `json:"because"`
	LinkToken   string     `json:"link_token"`
	PublicToken string     `json:"public_token"`
	MadeUp      bool       `json:"made_up"`
	Expiration  string     `json:"expiration"`
	RequestID   string     `json:"request_id"`
	URL         string     `json:"url"`
	Reason      string     `json:"reason"`
	Timer       string     `json:"timer"`

	Action   string            `json:"action"`
	Code     string            `json:"code"`
	Values   map[string]string `json:"values"`
	Accounts []string          `json:"account_ids"`
	Choice   string            `json:"choice"`

	EventName    string          `json:"event_name"`
	Eligibility  string          `json:"eligibility"`
	Metadata     json.RawMessage `json:"metadata"`
	MetadataText string          `json:"metadata_text"`
	AsRead       *toldMetadata   `json:"as_read"`
	Error        toldFailure     `json:"error"`

	Pane toldPane `json:"pane"`
	toldAccount
	Institution string        `json:"institution"`
	Fetched     []toldMoney   `json:"accounts"`
	Trials      []toldTrial   `json:"webhooks"`
	Request     toldRequest   `json:"request"`
	Response    *toldResponse `json:"response"`
	Started     string        `json:"started"`
	DurationMS  float64       `json:"duration_ms"`
	NoAnswer    string        `json:"no_answer"`
	NoAnswerIs  string        `json:"no_answer_code"`

	WebhookType   string `json:"webhook_type"`
	WebhookCode   string `json:"webhook_code"`
	LinkSessionID string `json:"link_session_id"`
	Status        string `json:"status"`
	Verified      bool   `json:"verified"`
	Unchecked     bool   `json:"unchecked"`
	Delivery      int    `json:"delivery"`
	toldBody
}

type toldClient struct {
	Platform string `json:"platform"`
	Version  string `json:"version"`
}

type toldTrial struct {
	Which   string `json:"which"`
	Rightly string `json:"checked_rightly"`
	Wrongly string `json:"checked_wrongly"`
}

// toldBody is what body wrote under "body".
type toldBody struct {
	Body     json.RawMessage `json:"body"`
	BodyText string          `json:"body_text"`
}

func (b toldBody) text() string { return string(b.Body) + b.BodyText }

// decoder makes an event of what is told, and keeps the first thing that cannot
// be.
type decoder struct {
	carried
	at       flow.At
	happened time.Time
	problem  *RecordingError
}

func (d *decoder) wrong(field, format string, args ...any) {
	if d.problem == nil {
		d.problem = &RecordingError{Field: "event." + field, Problem: fmt.Sprintf(format, args...)}
	}
}

// mask reads back a private value as its mask. What is no mask of that kind was
// never written by layersim: it is refused, and so it is never shown. Of tokens
// and phone numbers the mask depends on what Plaid sent; read masks them again.
func mask[T fmt.Stringer](d *decoder, field, text string, read func(string) T) T {
	value := read(text)
	free := false
	switch any(value).(type) {
	case flow.LinkToken, flow.PublicToken, flow.AccessToken, flow.PhoneNumber:
		free = strings.Contains(text, "•")
	}
	if !free && value.String() != text {
		d.wrong(field, "this is not masked, and a recording has every private value masked")
		value = read("")
	}
	return value
}

func (d *decoder) time(field, text string) time.Time {
	if text == "" {
		return time.Time{}
	}
	t, err := time.Parse(time.RFC3339, text)
	if err != nil {
		d.wrong(field, "%s is no time such as 2026-04-01T12:00:00Z", quotedWord(text))
	}
	return t.UTC()
}

// duration turns a number of units into a duration.
func (d *decoder) duration(field string, n float64, unit time.Duration) time.Duration {
	of := math.Round(n * float64(unit))
	if math.IsNaN(of) || of < 0 || of > math.MaxInt64/2 {
		d.wrong(field, "%g is no length of time", n)
		return 0
	}
	return time.Duration(of)
}

func (d *decoder) client(field string, c toldClient) flow.Client {
	if c == (toldClient{}) {
		return flow.Client{}
	}
	client, err := sdk.Client(c.Platform, c.Version)
	if err != nil {
		d.wrong(field, "%s", flow.CleanLine(maskedProblem(err.Error()), 300))
	}
	client.Platform, client.Version = c.Platform, c.Version
	return client
}

func (d *decoder) call() flow.CallID       { return flow.CallID(d.Call) }
func (d *decoder) handler() flow.HandlerID { return flow.HandlerID(d.Handler) }
func (d *decoder) phone() flow.PhoneNumber {
	return mask(d, "phone_number", d.Phone, flow.RecordedPhoneNumber)
}
func (d *decoder) birth() flow.DateOfBirth {
	return mask(d, "date_of_birth", d.Birth, flow.RecordedDateOfBirth)
}
func (d *decoder) linkToken() flow.LinkToken {
	return mask(d, "link_token", d.LinkToken, flow.RecordedLinkToken)
}

// event makes the event of this kind, nil if there is no such kind.
func (d *decoder) event(kind string) flow.Event {
	at := d.at
	switch kind {
	case "LinkTokenRequested":
		return flow.LinkTokenRequested{At: at}
	case "HandlerRequested":
		return flow.HandlerRequested{At: at}
	case "PhoneNumberEntered":
		return flow.PhoneNumberEntered{At: at, Phone: d.phone()}
	case "DateOfBirthEntered":
		return flow.DateOfBirthEntered{At: at, DateOfBirth: d.birth()}
	case "AutofillDeclined":
		return flow.AutofillDeclined{At: at}
	case "OpenRequested":
		return flow.OpenRequested{At: at, Surface: flow.Surface(d.Surface)}
	case "SurfaceChosen":
		return flow.SurfaceChosen{At: at, Surface: flow.Surface(d.Surface)}
	case "LinkActed":
		return flow.LinkActed{At: at, Action: d.action()}
	case "ExitRequested":
		return flow.ExitRequested{At: at}
	case "RetryRequested":
		return flow.RetryRequested{At: at}
	case "StartOverRequested":
		return flow.StartOverRequested{At: at, TemplateID: d.TemplateID, Client: d.client("client", d.Client)}
	case "SignUpSubmitted":
		return flow.SignUpSubmitted{At: at}
	case "DoWrong":
		return flow.DoWrong{
			At: at, Wrong: flow.WrongID(d.Mistake), Surface: flow.Surface(d.Surface), Phone: d.phone(), DateOfBirth: d.birth(),
			TemplateID: d.TemplateID, Client: d.client("client", d.Client),
		}
	case "AppDid":
		return flow.AppDid{At: at, Deed: flow.Deed(d.Deed), Because: strictly(d.Because)}
	case "OnLoad":
		return flow.OnLoad{At: at, HandlerID: d.handler(), Again: d.Again}
	case "OnEvent":
		return flow.OnEvent{At: at, HandlerID: d.handler(), Name: d.EventName, Again: d.Again, Metadata: d.metadata()}
	case "OnSuccess":
		return flow.OnSuccess{At: at, HandlerID: d.handler(), PublicToken: d.publicToken(), Metadata: d.metadata()}
	case "OnExit":
		return flow.OnExit{At: at, HandlerID: d.handler(), Failure: d.failure("error", d.Error), Metadata: d.metadata()}
	case "PaneShown":
		return flow.PaneShown{At: at, HandlerID: d.handler(), Pane: d.pane()}
	case "PageServed":
		return flow.PageServed{At: at, URL: hiddenURL(d.URL)}
	case "BrowserStarted":
		return flow.BrowserStarted{At: at}
	case "BrowserFailed":
		return flow.BrowserFailed{At: at, Reason: strictly(d.Reason)}
	case "PageConnected":
		return flow.PageConnected{At: at, Tab: d.Tab}
	case "PageLost":
		return flow.PageLost{At: at, Tab: d.Tab}
	case "PageTrouble":
		return flow.PageTrouble{At: at, Reason: strictly(d.Reason)}
	case "WebhookReceived":
		return flow.WebhookReceived{
			At: at, Type: d.WebhookType, Code: d.WebhookCode, LinkSessionID: d.LinkSessionID, LinkToken: d.linkToken(), Status: d.Status,
			Verified: d.Verified, Reason: strictly(d.Reason), Unchecked: d.Unchecked, Delivery: d.Delivery, Raw: bodyAgain(d.text()),
		}
	case "TimerFired":
		return flow.TimerFired{At: at, Timer: flow.TimerID{Kind: flow.TimerKind(d.Timer), Call: d.call()}}
	case "ExchangeRecorded":
		return flow.ExchangeRecorded{At: at, Exchange: d.exchange()}
	}
	return d.answer(kind)
}

// answer makes the answer to a call, nil if there is no such kind.
func (d *decoder) answer(kind string) flow.Event {
	at, call := d.at, d.call()
	switch kind {
	case "SessionTokenCreated":
		return flow.SessionTokenCreated{At: at, Call: call, LinkToken: d.linkToken(), Expiration: d.time("expiration", d.Expiration), RequestID: d.RequestID}
	case "HandlerCreated":
		return flow.HandlerCreated{At: at, Call: call}
	case "HandlerSubmitted":
		return flow.HandlerSubmitted{At: at, Call: call}
	case "HandlerOpened":
		return flow.HandlerOpened{At: at, Call: call}
	case "LinkDriven":
		return flow.LinkDriven{At: at, Call: call}
	case "HandlerExited":
		return flow.HandlerExited{At: at, Call: call}
	case "UserAccountFetched":
		return flow.UserAccountFetched{At: at, Call: call, Account: d.userAccount()}
	case "AccountsFetched":
		return flow.AccountsFetched{At: at, Call: call, Institution: d.Institution, Accounts: d.accounts("accounts", d.Fetched), Deviations: d.deviations("", d.toldDeviations)}
	case "PublicTokenExchanged":
		return flow.PublicTokenExchanged{At: at, Call: call}
	case "TimePassed":
		return flow.TimePassed{At: at, Call: call}
	case "WebhooksTried":
		return flow.WebhooksTried{At: at, Call: call, Trials: d.trials()}
	case "CallFailed":
		return flow.CallFailed{At: at, Call: call, Failure: d.failure("error", d.Error)}
	}
	return nil
}

func (d *decoder) publicToken() flow.PublicToken {
	if d.MadeUp {
		return flow.NewPublicToken(flow.ForgedPublicToken)
	}
	return mask(d, "public_token", d.PublicToken, flow.RecordedPublicToken)
}

func (d *decoder) action() flow.LinkAction {
	a := flow.LinkAction{
		Kind: flow.LinkActionKind(d.Action), Code: mask(d, "code", d.Code, flow.RecordedOneTimeCode),
		Accounts: d.Accounts, Choice: d.Choice,
	}
	for key, value := range d.Values {
		if a.Values == nil {
			a.Values = map[string]flow.SSN{}
		}
		a.Values[key] = mask(d, "values", value, flow.RecordedSSN)
	}
	return a
}

func (d *decoder) trials() []flow.WebhookTrial {
	var list []flow.WebhookTrial
	for _, t := range d.Trials {
		trial := flow.WebhookTrial{What: t.Which}
		for _, of := range []struct {
			field, text string
			to          *string
		}{{"checked_rightly", t.Rightly, &trial.Right}, {"checked_wrongly", t.Wrongly, &trial.Wrong}} {
			why, refused := strings.CutPrefix(of.text, verdictOn(" ")[:len(verdictOn(" "))-1])
			if !refused && of.text != verdictOn("") {
				d.wrong("webhooks."+of.field, "%s says neither that the webhook was believed nor why it was refused", quotedWord(of.text))
			}
			if refused {
				*of.to = why
			}
		}
		list = append(list, trial)
	}
	return list
}
