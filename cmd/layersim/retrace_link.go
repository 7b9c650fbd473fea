package main

import (
	"slices"

	"layersim/flow"
	"layersim/flow/drift"
)

// What the user of a retraced walk does in Link.

// inLink answers the pane that Link shows, as the live user did.
func (d *retracer) inLink(at flow.At) flow.Event {
	shown := d.state.Link.Pane
	if shown.View == "" { // nothing to answer, as when open() failed
		return nil
	}
	if shown.View == d.acted.View && shown.View != flow.ViewVerifyPhone {
		d.stuck++ // the answer did not lead on
	} else {
		d.stuck = 0
		d.visits[shown.View]++
	}
	d.acted = shown
	ahead := d.ahead(shown.View)
	here := inView(ahead, shown.View)
	if d.stuck > 1+count(here, flow.EventError)+count(here, flow.EventSearchInstitution) {
		return d.leave(at)
	}
	action, goesOn := d.answer(shown, ahead)
	if !goesOn && !d.liveShared() {
		return d.leave(at)
	}
	return flow.LinkActed{At: at, Action: action}
}

// leave ends Link as the live walk did, or stops where that simply stopped.
func (d *retracer) leave(at flow.At) flow.Event {
	switch {
	case len(d.live.Ends) == 0:
		return nil
	case d.live.ExitCalled:
		return flow.ExitRequested{At: at}
	case d.left:
		return nil
	}
	d.left = true
	return flow.LinkActed{At: at, Action: flow.LinkAction{Kind: flow.LinkClose}}
}

func (d *retracer) liveShared() bool {
	return slices.ContainsFunc(d.live.Ends, func(e drift.End) bool { return e.Success })
}

// ahead returns what happened in the live walk after it came to a view as often
// as this one has, but for what ends Link. A view that is named twice running is
// one visit.
func (d *retracer) ahead(view string) []drift.Event {
	visits, last := d.visits[view], ""
	for i, e := range d.live.Events {
		if e.Name != flow.EventTransitionView {
			continue
		}
		if e.View == view && last != view {
			if visits--; visits == 0 {
				return slices.DeleteFunc(slices.Clone(d.live.Events[i+1:]), func(e drift.Event) bool { return e.Name == flow.EventExit })
			}
		}
		last = e.View
	}
	return nil
}

// inView is what of the events ahead happened before another view.
func inView(ahead []drift.Event, view string) []drift.Event {
	for i, e := range ahead {
		if e.Name == flow.EventTransitionView && e.View != view {
			return ahead[:i]
		}
	}
	return ahead
}

func count(events []drift.Event, name string) int {
	n := 0
	for _, e := range events {
		if e.Name == name {
			n++
		}
	}
	return n
}

// has reports whether an event of that name is among those ahead, before the
// next view if near.
func has(ahead []drift.Event, name string) bool {
	return slices.ContainsFunc(ahead, func(e drift.Event) bool { return e.Name == name })
}

// nextView is the view that came next, "" for none.
func nextView(ahead []drift.Event, view string) string {
	for _, e := range ahead {
		if e.Name == flow.EventTransitionView && e.View != view {
			return e.View
		}
	}
	return ""
}

// answer is what the user does in a pane; goesOn is false where the live user
// left.
func (d *retracer) answer(p flow.Pane, ahead []drift.Event) (action flow.LinkAction, goesOn bool) {
	next := nextView(ahead, p.View)
	if p.View != flow.ViewSelectInstitution && wentBack(p.View, next) && d.stuck >= count(inView(ahead, p.View), flow.EventError) {
		return flow.LinkAction{Kind: flow.LinkBack}, true
	}
	switch p.View {
	case flow.ViewConsent:
		return flow.LinkAction{Kind: flow.LinkContinue}, slices.ContainsFunc(d.live.Events, beyondConsent)
	case flow.ViewVerifyPhone:
		return d.proves(p)
	case flow.ViewReview:
		if next == flow.ViewSelectInstitution {
			return flow.LinkAction{Kind: flow.LinkAddBank, Accounts: selected(p)}, true
		}
		return d.shares(p), d.liveShared()
	case flow.ViewSelectInstitution:
		return d.bank(p, ahead), has(ahead, flow.EventSelectInstitution) || next != ""
	case flow.ViewCredential:
		password := "pass_good"
		if next == flow.ViewMFA {
			password = "mfa_device"
		}
		password, goesOn = d.tries(password, "wrong", ahead, flow.EventSubmitCredentials)
		return flow.LinkAction{Kind: flow.LinkCredentials, Values: paneValues(map[string]string{"username": "user_good", "password": password})}, goesOn
	case flow.ViewMFA:
		code, goesOn := d.tries("1234", "0000", ahead, flow.EventSubmitMFA)
		return flow.LinkAction{Kind: flow.LinkMFA, Values: paneValues(map[string]string{"code": code})}, goesOn
	case flow.ViewSelectAccount:
		return flow.LinkAction{Kind: flow.LinkAccounts, Accounts: all(p)}, next != ""
	case flow.ViewExit, flow.ViewError:
		return flow.LinkAction{Kind: flow.LinkClose}, true
	}
	return flow.LinkAction{Kind: flow.LinkContinue}, next != ""
}

// wentBack reports whether a view is left for one that comes before it.
func wentBack(view, next string) bool {
	switch view {
	case flow.ViewCredential, flow.ViewOAuth, flow.ViewSelectAccount:
		return next == flow.ViewSelectInstitution
	case flow.ViewMFA:
		return next == flow.ViewSelectInstitution || next == flow.ViewCredential
	}
	return false
}

// tries answers wrongly as often as the live user did, then rightly if that user
// did; goesOn is false where the user left.
func (d *retracer) tries(right, wrong string, ahead []drift.Event, submit string) (answer string, goesOn bool) {
	here := inView(ahead, d.acted.View)
	mistaken := count(here, flow.EventError)
	if d.stuck < mistaken {
		return wrong, true
	}
	return right, count(here, submit) > mistaken || nextView(ahead, d.acted.View) != ""
}

// beyondConsent reports whether an event says that the user had agreed, whatever
// else of it Plaid did not send, or calls by another name.
func beyondConsent(e drift.Event) bool {
	switch e.Name {
	case flow.EventSubmitOTP, flow.EventVerifyPhone, flow.EventHandoff, flow.EventError:
		return true
	}
	return e.View == flow.ViewVerifyPhone || e.View == flow.ViewReview
}

// proves types as many wrong codes as the live user, and then the right one if
// that user did.
func (d *retracer) proves(p flow.Pane) (flow.LinkAction, bool) {
	wrong, reviewed := 0, d.liveShared()
	for _, e := range d.live.Events {
		if e.Name == flow.EventVerifyPhone || e.View == flow.ViewReview {
			reviewed = true
			break
		}
		if e.Name == flow.EventError { // whatever its code: there is nothing else to get wrong before
			wrong++
		}
	}
	switch {
	case p.Auto != "":
		return flow.LinkAction{Kind: p.Auto}, reviewed
	case d.wrong < wrong:
		d.wrong++
		return flow.LinkAction{Kind: flow.LinkCode, Code: flow.NewOneTimeCode("000000")}, true
	}
	code := "123456" // Plaid docs: Layer, testing in Sandbox
	if d.persona.Code != "" {
		code = d.persona.Code
	}
	return flow.LinkAction{Kind: flow.LinkCode, Code: flow.NewOneTimeCode(code)}, reviewed
}

// shares shares accounts of as many banks as the live user, and changes the
// same fields.
func (d *retracer) shares(p flow.Pane) flow.LinkAction {
	action := flow.LinkAction{Kind: flow.LinkShare, Accounts: []string{}}
	banks, known := d.live.Items()
	if known && banks == 0 && d.live.Shared() {
		known = false // the session lacks what was shared
	}
	if !known {
		action.Accounts = selected(p)
	}
	for i, b := range p.Banks {
		for _, a := range b.Accounts {
			if i < banks {
				action.Accounts = append(action.Accounts, a.ID)
			}
		}
	}
	values := map[string]string{}
	for _, f := range p.Fields {
		if changed, ok := changes[f.Key]; ok && d.live.Edited(changed.of) {
			values[f.Key] = changed.to
		}
	}
	action.Values = paneValues(values)
	return action
}

// changes are edits of a field that Plaid takes, by the field of the pane and
// the one of the edit history.
var changes = map[string]struct{ of, to string }{
	"name.first_name": {"name", "Changed"},
	"address.street":  {"address", "2 Changed Street"},
	"email":           {"email", "changed@example.com"},
	"date_of_birth":   {"date_of_birth", "1975-01-19"},
	"ssn":             {"ssn", "987654329"},
}

// bank chooses the live user's bank, or one that is signed in to in the same
// way.
func (d *retracer) bank(p flow.Pane, ahead []drift.Event) flow.LinkAction {
	if d.stuck < count(inView(ahead, p.View), flow.EventSearchInstitution) {
		return flow.LinkAction{Kind: flow.LinkSearch, Values: paneValues(map[string]string{"query": "bank"})}
	}
	next := nextView(ahead, p.View)
	if next == flow.ViewReview {
		return flow.LinkAction{Kind: flow.LinkBack}
	}
	wanted := "password"
	if next == flow.ViewOAuth {
		wanted = "signs in on its own site"
	}
	for _, e := range ahead {
		id, _ := e.Metadata["institution_id"].(string)
		if slices.ContainsFunc(p.Options, func(o flow.PaneOption) bool { return o.ID == id && id != "" }) {
			return flow.LinkAction{Kind: flow.LinkInstitution, Choice: id}
		}
	}
	choice := ""
	for _, o := range p.Options {
		if choice == "" && o.Detail == wanted {
			choice = o.ID
		}
	}
	return flow.LinkAction{Kind: flow.LinkInstitution, Choice: choice}
}

func paneValues(values map[string]string) map[string]flow.SSN {
	out := map[string]flow.SSN{}
	for key, value := range values {
		out[key] = flow.NewPaneValue(value)
	}
	return out
}

// selected are the accounts that a pane proposes.
func selected(p flow.Pane) []string {
	ids := []string{}
	for _, b := range p.Banks {
		for _, a := range b.Accounts {
			if a.Selected {
				ids = append(ids, a.ID)
			}
		}
	}
	return ids
}

func all(p flow.Pane) []string {
	ids := []string{}
	for _, b := range p.Banks {
		for _, a := range b.Accounts {
			ids = append(ids, a.ID)
		}
	}
	return ids
}
