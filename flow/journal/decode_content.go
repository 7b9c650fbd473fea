package journal

import (
	"encoding/json"
	"math"
	"strings"
	"time"

	"layersim/flow"
)

// The larger things that an event can carry, read back.

// ---- Callbacks --------------------------------------------------------------

type toldMetadata struct {
	ViewName      string `json:"view_name"`
	ErrorType     string `json:"error_type"`
	ErrorCode     string `json:"error_code"`
	ErrorMessage  string `json:"error_message"`
	ExitStatus    string `json:"exit_status"`
	LinkSessionID string `json:"link_session_id"`
	RequestID     string `json:"request_id"`
}

func (d *decoder) metadata() flow.Metadata {
	raw := bodyAgain(string(d.Metadata) + d.MetadataText)
	m := readMetadata(raw)
	if t := d.AsRead; t != nil {
		m = flow.Metadata{
			ViewName: t.ViewName, ErrorType: t.ErrorType, ErrorCode: t.ErrorCode, ErrorMessage: t.ErrorMessage,
			ExitStatus: t.ExitStatus, LinkSessionID: t.LinkSessionID, RequestID: t.RequestID,
		}
	}
	m.Timestamp, m.Verdict, m.Raw = d.happened, d.Eligibility, raw
	return m
}

// readMetadata picks out of a metadata object what a callback's reader picks.
func readMetadata(raw string) flow.Metadata {
	var object map[string]any
	if json.Unmarshal([]byte(raw), &object) != nil {
		return flow.Metadata{}
	}
	text := func(key string) string {
		s, _ := object[key].(string)
		return flow.RedactText(flow.CleanLine(s, 0))
	}
	return flow.Metadata{
		ViewName: text("view_name"), ErrorType: text("error_type"), ErrorCode: text("error_code"), ErrorMessage: text("error_message"),
		ExitStatus: or(text("exit_status"), text("status")), LinkSessionID: text("link_session_id"), RequestID: text("request_id"),
	}
}

// sameRead reports whether two readings of a metadata object are the same, but
// for when it happened.
func sameRead(a, b flow.Metadata) bool {
	for _, m := range []*flow.Metadata{&a, &b} {
		m.Timestamp, m.Verdict, m.Raw = time.Time{}, "", ""
		m.ViewName, m.ErrorType, m.ErrorCode = flow.RedactText(m.ViewName), flow.RedactText(m.ErrorType), flow.RedactText(m.ErrorCode)
		m.ErrorMessage, m.ExitStatus = flow.RedactText(m.ErrorMessage), flow.RedactText(m.ExitStatus)
		m.LinkSessionID, m.RequestID = flow.RedactText(m.LinkSessionID), flow.RedactText(m.RequestID)
	}
	return a == b
}

type toldFailure struct {
	Status        int     `json:"status"`
	Type          string  `json:"error_type"`
	Code          string  `json:"error_code"`
	Message       string  `json:"error_message"`
	Display       string  `json:"display_message"`
	RequestID     string  `json:"request_id"`
	Reason        string  `json:"error_code_reason"`
	Suggested     string  `json:"suggested_action"`
	Documentation string  `json:"documentation_url"`
	Causes        string  `json:"causes"`
	Retryable     bool    `json:"retryable"`
	RetryAfter    float64 `json:"retry_after_seconds"`
	Hint          string  `json:"hint"`
}

func (d *decoder) failure(field string, t toldFailure) flow.Failure {
	return flow.Failure{
		Type: t.Type, Code: t.Code, Message: strictly(t.Message), DisplayMessage: strictly(t.Display), RequestID: t.RequestID, Status: t.Status,
		Reason: strictly(t.Reason), SuggestedAction: strictly(t.Suggested), Documentation: t.Documentation, Causes: strictly(t.Causes),
		Retryable: t.Retryable, RetryAfter: d.duration(field+".retry_after_seconds", t.RetryAfter, time.Second), Hint: strictly(t.Hint),
	}
}

// ---- Calls ------------------------------------------------------------------

type toldHeader struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

type toldRequest struct {
	Method  string       `json:"method"`
	URL     string       `json:"url"`
	Headers []toldHeader `json:"headers"`
	toldBody
}

type toldResponse struct {
	Status  int          `json:"status"`
	Headers []toldHeader `json:"headers"`
	Error   string       `json:"error"`
	ErrorIs string       `json:"error_is"`
	toldBody
}

func (d *decoder) exchange() flow.Exchange {
	x := flow.Exchange{
		Method: d.Request.Method, URL: addressAgain(d.Request.URL), RequestHeaders: headersOf(d.Request.Headers), RequestBody: bodyAgain(d.Request.text()),
		Started: d.time("started", d.Started), Duration: d.duration("duration_ms", d.DurationMS, time.Millisecond).Round(time.Microsecond),
		RequestID: d.RequestID, ErrorCode: d.NoAnswerIs,
	}
	if d.NoAnswer != noAnswer {
		x.Error = strictly(d.NoAnswer)
	}
	if r := d.Response; r != nil {
		x.Status, x.ResponseHeaders, x.ResponseBody = r.Status, headersOf(r.Headers), bodyAgain(r.text())
		if x.Status != 0 {
			x.Error, x.ErrorCode = strictly(r.Error), r.ErrorIs
		}
	}
	return x
}

func headersOf(list []toldHeader) []flow.Header {
	var headers []flow.Header
	for _, h := range list {
		headers = append(headers, headerAgain(flow.Header(h)))
	}
	return headers
}

// ---- What Plaid answered -----------------------------------------------------

type toldAccount struct {
	Identity json.RawMessage           `json:"identity"`
	History  map[string]map[string]int `json:"identity_edit_history"`
	Items    []toldItem                `json:"items"`
	Blank    []toldBlank               `json:"holds_nothing"`
	toldDeviations
}

type toldIdentity struct {
	FirstName string `json:"first_name"`
	LastName  string `json:"last_name"`
	Address   struct {
		Street     string `json:"street"`
		Street2    string `json:"street2"`
		City       string `json:"city"`
		Region     string `json:"region"`
		PostalCode string `json:"postal_code"`
		Country    string `json:"country"`
	} `json:"address"`
	Phone     string `json:"phone_number"`
	Email     string `json:"email"`
	Birth     string `json:"date_of_birth"`
	SSN       string `json:"ssn"`
	SSNLast4  string `json:"ssn_last_4"`
	SSNLast4G string `json:"ssn_last4"`
}

type toldItem struct {
	ItemID      string      `json:"item_id"`
	AccessToken string      `json:"access_token"`
	Institution string      `json:"institution"`
	AccountsAre string      `json:"accounts_are"`
	Error       toldFailure `json:"error"`
	Accounts    []toldMoney `json:"accounts"`
	toldDeviations
}

// toldMoney is one account of an Item.
type toldMoney struct {
	AccountID  string      `json:"account_id"`
	Name       string      `json:"name"`
	Official   string      `json:"official_name"`
	Mask       string      `json:"mask"`
	Type       string      `json:"type"`
	Subtype    string      `json:"subtype"`
	Available  any         `json:"available"`
	Current    any         `json:"current"`
	Limit      any         `json:"limit"`
	Currency   string      `json:"iso_currency_code"`
	Unofficial string      `json:"unofficial_currency_code"`
	Blank      []toldBlank `json:"holds_nothing"`
}

type toldBlank struct {
	Path string `json:"path"`
	As   string `json:"as"`
}

type toldDeviations struct {
	List []struct {
		Path   string `json:"path"`
		Came   string `json:"came"`
		Wanted string `json:"wanted"`
		Value  string `json:"value"`
	} `json:"not_as_contracted"`
	More    int  `json:"not_as_contracted_more"`
	Refused bool `json:"sdk_refused"`
}

func (d *decoder) userAccount() flow.UserAccount {
	a := flow.UserAccount{RequestID: d.RequestID, HasHistory: d.History != nil, Blank: blankOf(d.Blank), Deviations: d.deviations("", d.toldDeviations)}
	if d.Identity != nil && string(d.Identity) != "null" {
		a.HasIdentity, a.Identity = true, d.identity()
	}
	if a.HasHistory {
		a.History = historyOf(d.History)
	}
	for _, t := range d.Items {
		item := flow.Item{
			ItemID: t.ItemID, AccessToken: mask(d, "items.access_token", t.AccessToken, flow.RecordedAccessToken), Institution: t.Institution,
			Failure: d.failure("items.error", t.Error), Accounts: d.accounts("items.accounts", t.Accounts), Deviations: d.deviations("items.", t.toldDeviations),
		}
		for status, word := range accountsAre {
			if word == t.AccountsAre {
				item.Status = status
			}
		}
		a.Items = append(a.Items, item)
	}
	return a
}

func (d *decoder) identity() flow.Identity {
	var t toldIdentity
	if err := json.Unmarshal(d.Identity, &t); err != nil {
		d.wrong("identity", "this is no identity: %s", flow.CleanLine(maskedProblem(err.Error()), 200))
	}
	return flow.Identity{
		FirstName: t.FirstName, LastName: t.LastName, Address: flow.Address(t.Address), Email: t.Email,
		PhoneNumber: mask(d, "identity.phone_number", t.Phone, flow.RecordedPhoneNumber),
		DateOfBirth: mask(d, "identity.date_of_birth", t.Birth, flow.RecordedDateOfBirth),
		SSN:         mask(d, "identity.ssn", t.SSN, flow.RecordedSSN),
		SSNLast4:    mask(d, "identity.ssn_last_4", t.SSNLast4, flow.RecordedForeignValue).Reveal(),

		SSNLast4Guide: mask(d, "identity.ssn_last4", t.SSNLast4G, flow.RecordedForeignValue).Reveal(),
	}
}

func historyOf(rows map[string]map[string]int) flow.EditHistory {
	counts := func(row string) flow.EditCounts {
		var c flow.EditCounts
		for i, to := range []*int{&c.Current, &c.Day, &c.Month, &c.Year, &c.AllTime} {
			n, given := rows[row][editWindows[i]]
			*to, c.Missing[i] = n, !given
		}
		return c
	}
	return flow.EditHistory{
		Name: counts("name"), Address: counts("address"), Email: counts("email"),
		DateOfBirth: counts("date_of_birth"), SSN: counts("official_document.ssn"),
	}
}

func (d *decoder) accounts(field string, list []toldMoney) []flow.Account {
	var accounts []flow.Account
	for _, t := range list {
		accounts = append(accounts, flow.Account{
			AccountID: t.AccountID, Name: t.Name, OfficialName: t.Official, Mask: t.Mask, Type: t.Type, Subtype: t.Subtype,
			Available: d.amount(field+".available", t.Available), Current: d.amount(field+".current", t.Current), Limit: d.amount(field+".limit", t.Limit),
			Currency: t.Currency, Unofficial: t.Unofficial, Blank: blankOf(t.Blank),
		})
	}
	return accounts
}

// amount reads an amount of money; one that was kept private is no number.
func (d *decoder) amount(field string, told any) *float64 {
	switch told := told.(type) {
	case nil:
		return nil
	case float64:
		return &told
	case string:
		if strings.Contains(told, "•") {
			private := math.NaN()
			return &private
		}
	}
	d.wrong(field, "this is no amount of money")
	return nil
}

func blankOf(list []toldBlank) []flow.Blank {
	var blank []flow.Blank
	for _, t := range list {
		blank = append(blank, flow.Blank{Path: t.Path, How: flow.BlankAs(t.As)})
	}
	return blank
}

func (d *decoder) deviations(field string, t toldDeviations) flow.Deviations {
	all := flow.Deviations{More: t.More, Refused: t.Refused}
	for _, x := range t.List {
		all.List = append(all.List, flow.Deviation{
			Path: x.Path, Came: flow.ValueKind(x.Came), Wanted: flow.ValueKind(x.Wanted),
			Value: mask(d, field+"not_as_contracted.value", x.Value, flow.RecordedForeignValue),
		})
	}
	return all
}

// ---- What Link showed ----------------------------------------------------------

type toldPane struct {
	View   string `json:"view"`
	Title  string `json:"title"`
	Text   string `json:"text"`
	Notice string `json:"notice"`
	Button string `json:"button"`
	Does   string `json:"does"`
	Others []struct {
		Does  string `json:"does"`
		Label string `json:"label"`
	} `json:"others"`
	Options []struct {
		ID     string `json:"id"`
		Name   string `json:"name"`
		Detail string `json:"detail"`
	} `json:"options"`
	ByItself     string `json:"by_itself"`
	AttemptsLeft int    `json:"attempts_left"`
	Fields       []struct {
		Key      string `json:"key"`
		Label    string `json:"label"`
		Value    string `json:"value"`
		Private  bool   `json:"private"`
		Required bool   `json:"required"`
		Notice   string `json:"notice"`
	} `json:"fields"`
	Banks []struct {
		ID       string `json:"id"`
		Name     string `json:"name"`
		Accounts []struct {
			ID       string `json:"id"`
			Name     string `json:"name"`
			Mask     string `json:"mask"`
			Type     string `json:"type"`
			Subtype  string `json:"subtype"`
			Selected bool   `json:"selected"`
		} `json:"accounts"`
	} `json:"banks"`
	AccountsRule string `json:"accounts_rule"`
}

func (d *decoder) pane() flow.Pane {
	t := d.Pane
	p := flow.Pane{
		View: t.View, Title: t.Title, Text: t.Text, Notice: t.Notice, Button: t.Button, Verb: flow.LinkActionKind(t.Does),
		Auto: flow.LinkActionKind(t.ByItself), AttemptsLeft: t.AttemptsLeft, AccountsRule: t.AccountsRule,
	}
	for _, o := range t.Others {
		p.Others = append(p.Others, flow.PaneButton{Verb: flow.LinkActionKind(o.Does), Label: o.Label})
	}
	for _, o := range t.Options {
		p.Options = append(p.Options, flow.PaneOption{ID: o.ID, Name: o.Name, Detail: o.Detail})
	}
	for _, f := range t.Fields {
		p.Fields = append(p.Fields, flow.PaneField{
			Key: f.Key, Label: f.Label, Value: mask(d, "pane.fields.value", f.Value, flow.RecordedSSN),
			Private: f.Private, Required: f.Required, Notice: f.Notice,
		})
	}
	for _, b := range t.Banks {
		bank := flow.PaneBank{ID: b.ID, Name: b.Name}
		for _, a := range b.Accounts {
			bank.Accounts = append(bank.Accounts, flow.PaneAccount(a))
		}
		p.Banks = append(p.Banks, bank)
	}
	return p
}
