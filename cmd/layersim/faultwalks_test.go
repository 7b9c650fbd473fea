package main

import (
	"slices"

	"layersim/flow"
	"layersim/flow/scenario"
	"layersim/flow/sdk"
)

// faultWalk is a walk that faults are put into. act does what this walk is about,
// where it stands now, and reports whether it did; all else is Enter.
type faultWalk struct {
	name    string
	persona string
	act     func(d *desk, s flow.State) bool
}

// faultWalks together reach every phase, every effect, and every mistake that can
// be made.
func faultWalks() []faultWalk {
	walks := []faultWalk{
		{"by phone", "two-banks", nil},
		{"by date of birth", "newcomer", nil},
		{"own form", "banks-only", nil},
		{"no code", "silent", nil},
		{"exit()", "two-banks", inLinkOnce("ctrl+x")},
		{"closed by the user", "two-banks", inLinkOnce("ctrl+g")},
		{"shown again", "two-banks", showAgain},
		{"another bank", "two-banks", addBank},
		{"out of the bank search", "two-banks", leaveBanks},
	}
	for _, w := range flow.Wrongs() {
		walks = append(walks, faultWalk{"mistake " + string(w.ID), personaFor(w.ID), mistake(w)})
	}
	return walks
}

// inLinkOnce presses a key as soon as Link is on the screen.
func inLinkOnce(k string) func(*desk, flow.State) bool {
	return func(d *desk, s flow.State) bool {
		if s.Phase != flow.PhaseLink || s.Link.Pane.View != flow.ViewVerifyPhone || d.once[k] {
			return false
		}
		d.once[k] = true
		d.press(k)
		return true
	}
}

// showAgain moves the open session to where it is already.
func showAgain(d *desk, s flow.State) bool {
	if s.Phase != flow.PhaseLink || s.Link.Pane.View != flow.ViewVerifyPhone || d.once["again"] {
		return false
	}
	d.once["again"] = true
	d.feed(flow.SurfaceChosen{At: d.at(), Surface: flow.InTerminal})
	return true
}

// addBank adds a bank in review, through every pane that this takes.
func addBank(d *desk, s flow.State) bool {
	p := s.Link.Pane
	if s.Phase != flow.PhaseLink {
		return false
	}
	act := func(a flow.LinkAction) bool {
		d.feed(flow.LinkActed{At: d.at(), Action: a})
		return true
	}
	values := map[string]flow.SSN{}
	for _, f := range p.Fields {
		values[f.Key] = f.Value
	}
	switch {
	case p.View == flow.ViewReview && !d.once["bank"]:
		d.once["bank"] = true
		return act(flow.LinkAction{Kind: flow.LinkAddBank, Values: values})
	case p.View == flow.ViewSelectInstitution && !d.once["search"]:
		d.once["search"] = true
		return act(flow.LinkAction{Kind: flow.LinkSearch, Values: map[string]flow.SSN{p.Fields[0].Key: flow.NewPaneValue("Lantern")}})
	case p.View == flow.ViewSelectInstitution && len(p.Options) > 0:
		return act(flow.LinkAction{Kind: flow.LinkInstitution, Choice: p.Options[0].ID})
	case p.View == flow.ViewCredential:
		for i, f := range p.Fields {
			values[f.Key] = flow.NewPaneValue([]string{"user_good", "pass_good"}[i%2])
		}
		return act(flow.LinkAction{Kind: flow.LinkCredentials, Values: values})
	case p.View == flow.ViewMFA:
		for _, f := range p.Fields {
			values[f.Key] = flow.NewPaneValue("1234")
		}
		return act(flow.LinkAction{Kind: flow.LinkMFA, Values: values})
	case p.View == flow.ViewSelectAccount:
		var all []string
		for _, b := range p.Banks {
			for _, a := range b.Accounts {
				all = append(all, a.ID)
			}
		}
		return act(flow.LinkAction{Kind: flow.LinkAccounts, Accounts: all})
	}
	return false
}

func leaveBanks(d *desk, s flow.State) bool {
	if s.Phase == flow.PhaseLink && s.Link.Pane.View == flow.ViewSelectInstitution {
		d.feed(flow.LinkActed{At: d.at(), Action: flow.LinkAction{Kind: flow.LinkBack}})
		return true
	}
	return addBank(d, s)
}

// personaFor is somebody with whom a mistake shows.
func personaFor(w flow.WrongID) string {
	switch w {
	case flow.WrongNoItemsAsFailure, flow.WrongAutofillNeedsAccounts, flow.WrongSubmitsCounted:
		return "newcomer"
	case flow.WrongHandlerNotDestroyed:
		return "banks-only"
	}
	return "two-banks"
}

// mistake makes a mistake as soon as the walk stands where it can be made.
func mistake(w flow.Wrong) func(*desk, flow.State) bool {
	return func(d *desk, s flow.State) bool {
		if d.once[string(w.ID)] || !slices.Contains(w.Phases, s.Phase) {
			return false
		}
		e := flow.DoWrong{At: d.at(), Wrong: w.ID, Surface: flow.InTerminal, Phone: d.persona.Phone, DateOfBirth: flow.NewDateOfBirth("1975-01-18")}
		switch w.ID {
		case flow.WrongSDKTooOld:
			e.Client = sdk.BeforeLayer("web")
		case flow.WrongAutofillNeedsAccounts:
			e.TemplateID = s.Config.TemplateID
		}
		if flow.Step(s, e).Verdict == flow.Refused {
			return false
		}
		d.once[string(w.ID)] = true
		d.feed(e)
		return true
	}
}

func (w faultWalk) scenario() scenario.Scenario {
	return scenario.Scenario{Name: w.name, Persona: w.persona, Seed: 7}
}
