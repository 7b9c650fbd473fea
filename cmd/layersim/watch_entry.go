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
		Seq: r.Seq, At: r.At, Thread: r.Thread, Session: r.Session, Reset: r.Reset, Side: watch.SidePlaid, Verdict: flow.Noted,
		Whole: func() string { return wholeRecord(r) },
	}
	switch {
	case r.Call != nil:
		callEntry(&e, r.Call)
	case r.Act != nil:
		actEntry(&e, r.Act)
	case r.Callback != nil:
		callbackEntry(&e, r)
	case r.Webhook != nil:
		webhookEntry(&e, r.Webhook)
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
	e.Name = flow.CleanLine(flow.RedactStrictly(e.Path), 60) + " " + status
	e.Why = calls[e.Path]
	switch {
	case e.Status == 0 || e.Status >= 400:
		e.Verdict, e.Why = flow.Refused, "" // the answer says it
	case e.Why != "":
		e.Verdict = flow.Advanced
	}
}

func actEntry(e *watch.Entry, a *plaidsim.Act) {
	e.Side, e.Verb, e.State, e.Verdict = watch.SideClient, a.Verb, a.State, flow.Advanced
	e.Name = flow.CleanLine(a.Verb, 30)
	if w, ok := verbs[a.Verb]; ok {
		e.Side, e.Name, e.Why = w.side, w.name, w.why
	}
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

func callbackEntry(e *watch.Entry, r plaidsim.Record) {
	c := r.Callback
	e.Side = watch.SideLink
	e.Callback = &watch.Callback{Type: c.Type, Name: c.Name, Happened: c.Happened, Error: c.Error, Fault: c.Fault}
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
	if metadata := c.Metadata(); len(metadata) == 0 || json.Unmarshal(metadata, &m) != nil {
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
