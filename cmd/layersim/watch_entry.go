package main

import (
	"cmp"
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"layersim/flow"
	"layersim/flow/plaidsim"
	"layersim/tui/watch"
)

// entryOf puts a record of the simulator's journal into the words of the
// screen.
func entryOf(r plaidsim.Record) watch.Entry {
	e := watch.Entry{
		Seq: r.Seq, At: r.At, Thread: r.Thread, Session: r.Session, Side: watch.SidePlaid, Verdict: flow.Noted,
		Whole: func() string { return wholeRecord(r) },
	}
	switch {
	case r.Call != nil:
		callEntry(&e, r.Call)
	case r.Act != nil:
		actEntry(&e, r.Act)
	case r.Callback != nil:
		callbackEntry(&e, r)
	default:
		otherEntry(&e, r)
	}
	return e
}

func callEntry(e *watch.Entry, c *plaidsim.Call) {
	e.Side, e.Path, e.Status, e.Exchange = watch.SideServer, c.Path(), c.Status(), c.Exchange
	status := "no answer"
	if e.Status != 0 {
		status = strconv.Itoa(e.Status)
	}
	e.Name = flow.CleanLine(flow.RedactText(e.Path), 60) + " " + status
	e.Why = callWhy(e.Path)
	switch {
	case e.Status == 0 || e.Status >= 400:
		e.Verdict, e.Why = flow.Refused, "" // the answer says it
	case e.Why != "":
		e.Verdict = flow.Advanced
	}
}

// callWhy says what a call is for.
func callWhy(path string) string {
	switch path {
	case "/session/token/create":
		return "The app's server asked for a link_token; it lives four hours and is good for one handler."
	case "/user_account/session/get":
		return "The app's server sent the public_token and got the identity, its edit history and the Items."
	case "/accounts/get":
		return "The app's server read the accounts and balances of an Item."
	}
	return ""
}

// userVerbs are what somebody does inside Link; the app calls all others.
var userVerbs = []string{"continue", "code", "share", "close"}

func actEntry(e *watch.Entry, a *plaidsim.Act) {
	e.Side, e.Verb, e.State, e.Verdict = watch.SideClient, a.Verb, a.State, flow.Advanced
	if slices.Contains(userVerbs, a.Verb) {
		e.Side = watch.SideUser
	}
	e.Name, e.Why = actWords(a.Verb)
	var parts []string
	add := func(label, value string) {
		if value != "" {
			parts = append(parts, label+"="+value)
		}
	}
	add("phone_number", a.Phone.String())
	add("date_of_birth", a.DateOfBirth.String())
	add("edited", strings.Join(a.Edited, ","))
	if a.Accounts > 0 {
		add("accounts", strconv.Itoa(a.Accounts))
	}
	for _, key := range sortedKeys(a.Detail) {
		add(key, a.Detail[key])
	}
	e.Detail = strings.Join(parts, "  ")
	if a.Why != "" {
		e.Why = "The verdict's reason, which only the simulator tells: " + a.Why + "."
	}
	if a.Refused != "" {
		e.Verdict, e.Why = flow.Refused, a.Refused
	}
}

// actWords names a verb and says what it means.
func actWords(verb string) (name, why string) {
	switch verb {
	case "create":
		return "Plaid.create", "The app's page made a handler with its link_token, and Link a session for it. Nothing is shown yet."
	case "resume":
		return "Link goes on in another page", "Another page took the Link session over, where the last one stopped."
	case "submit":
		return "handler.submit", "The app submitted what it knows of its user, for Plaid to look whether Layer can be offered."
	case "open":
		return "handler.open", "The app opened Link: from here on the user sees it."
	case "exit":
		return "handler.exit", "The app closed Link by itself."
	case "continue":
		return "pressed Continue", "The user agreed; Plaid sends the code that proves the phone."
	case "code":
		return "typed a code", "The user typed a one-time code; the right one proves the phone."
	case "share":
		return "pressed Share", "The user shared the identity and the accounts chosen."
	case "close":
		return "pressed Close", "The user left Link."
	}
	return flow.CleanLine(verb, 30), ""
}

func callbackEntry(e *watch.Entry, r plaidsim.Record) {
	c := r.Callback
	e.Side = watch.SideLink
	e.Callback = &watch.Callback{Type: c.Type, Name: c.Name, Happened: c.Happened, Error: c.Error}
	e.Delivered = r.Kind == plaidsim.KindDelivered
	switch c.Type {
	case "event":
		e.Name = c.Name
		if strings.HasPrefix(c.Name, "LAYER_") {
			e.Verdict = flow.Advanced
		}
	case "success":
		e.Name, e.Verdict = "onSuccess", flow.Advanced
	case "exit":
		e.Name, e.Verdict = "onExit", flow.Advanced
	default:
		e.Name = flow.CleanLine(c.Type, 30)
	}
	e.Detail = callbackDetail(c)
}

// callbackDetail picks from the metadata what tells one event from another.
func callbackDetail(c *plaidsim.Callback) string {
	var m struct {
		View string `json:"view_name"`
		Code string `json:"error_code"`
	}
	if len(c.Metadata) == 0 || json.Unmarshal(c.Metadata, &m) != nil {
		return c.Error
	}
	return cmp.Or(m.View, m.Code, c.Error)
}

// otherEntry is for what the simulator itself did, and for kinds of record that
// this screen does not know: their own part of the JSON says it.
func otherEntry(e *watch.Entry, r plaidsim.Record) {
	e.Name = flow.CleanLine(string(r.Kind), 30)
	if r.Note != "" {
		e.Detail, e.Why = r.Note, r.Note
		return
	}
	var whole map[string]json.RawMessage
	if json.Unmarshal([]byte(wholeRecord(r)), &whole) != nil {
		return
	}
	for _, known := range []string{"seq", "at", "kind", "thread", "link_session_id"} {
		delete(whole, known)
	}
	var parts []string
	for _, key := range sortedKeys(whole) {
		parts = append(parts, key+"="+string(whole[key]))
	}
	e.Detail = flow.CleanLine(strings.Join(parts, "  "), 300)
}

func wholeRecord(r plaidsim.Record) string {
	text, err := json.Marshal(r)
	if err != nil {
		return "the record cannot be written: " + err.Error()
	}
	return string(text)
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for key := range m {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys
}

func aboutOf(v plaidsim.View) watch.About {
	return watch.About{
		Session: v.LinkSessionID, Thread: v.Thread, ClientUserID: v.ClientUserID, Template: v.Template, Persona: v.Persona,
		State: v.State, Why: v.Why, Phone: v.Phone, Created: v.Created, Account: v.Shared,
	}
}
