package plaidsim

import (
	"fmt"
	"maps"
	"slices"
	"testing"

	"layersim/fixtures"
	"layersim/flow"
)

// changedTemplates are the built-in default template and every one that differs
// from it in one or two requirements, each with an id of its own.
func changedTemplates(t testing.TB) []fixtures.Template {
	base, _ := catalog(t).Template("default")
	changes := []func(*fixtures.Template){func(*fixtures.Template) {}}
	for _, f := range fixtures.Fields() {
		for _, r := range []fixtures.Requirement{fixtures.Required, fixtures.Optional, fixtures.Skip} {
			changes = append(changes, func(t *fixtures.Template) { t.Fields[f] = r })
		}
	}
	for _, r := range []fixtures.Rule{fixtures.AccountsRequired, fixtures.AccountsOptional, fixtures.AccountsSkip} {
		changes = append(changes, func(t *fixtures.Template) { t.Accounts = r })
	}
	var all []fixtures.Template
	for i, one := range changes {
		for j, two := range changes[:i+1] {
			changed := base
			changed.Fields = maps.Clone(base.Fields)
			changed.Name = fmt.Sprintf("changed-%d-%d", i, j)
			changed.ID = fmt.Sprintf("template_changed%dx%d", i, j)
			one(&changed)
			two(&changed)
			if !slices.ContainsFunc(all, func(t fixtures.Template) bool {
				return maps.Equal(t.Fields, changed.Fields) && t.Accounts == changed.Accounts
			}) {
				all = append(all, changed)
			}
		}
	}
	return all
}

// What is foretold is what Link, asked with the same template, answers: events,
// reasons and Items, for every persona and one that lives elsewhere.
func TestWhatIfIsWhatLinkAnswers(t *testing.T) {
	oneAtATime(t)
	c := catalog(t)
	abroad, _ := c.Persona("no-ssn")
	abroad.Name, abroad.Phone = "abroad", flow.NewPhoneNumber("+447700900123")
	c.Personas = append(c.Personas, abroad)
	templates := changedTemplates(t)
	c.Templates = append(c.Templates, templates...)
	s := newSim(t, func(cfg *Config) { cfg.Catalog = c })
	outcomes := map[string]int{}
	for _, template := range c.Templates {
		for _, p := range c.Personas {
			foretold := WhatIf(template, p)
			got := asked(t, s, template, p)
			if foretold != got {
				t.Errorf("%s, %v, accounts %s: foretold %+v, Link answers %+v", p.Name, template.Fields, template.Accounts, foretold, got)
			}
			outcomes[fmt.Sprint(got.Phone.Eligible, got.Birth.Eligible)]++
			outcomes[fmt.Sprint("items ", got.MinItems, got.MaxItems)]++
		}
	}
	for _, each := range []string{"true false", "false true", "false false", "items 0 0", "items 0 2", "items 1 2", "items 0 1", "items 1 1"} {
		if outcomes[each] == 0 {
			t.Errorf("no persona and template with the outcome %q: %v", each, outcomes)
		}
	}
}

// asked goes to the simulator as an app and its user would, and returns what
// came of it.
func asked(t testing.TB, s *Sim, template fixtures.Template, p fixtures.Persona) (got Prospect) {
	t.Helper()
	answer := func(l *link, event string) Verdict {
		t.Helper()
		same(t, l.names()[len(l.names())-1:], []string{event})
		return Verdict{event == flow.EventLayerReady, text(l.last, "why")}
	}
	eligible := func() (*link, bool) {
		l := newLink(t, s, template.ID)
		if l.submit(p.Phone.Reveal())["state"] == "eligible" {
			got.Phone = answer(l, flow.EventLayerReady)
			return l, true
		}
		got.Phone = answer(l, flow.EventLayerNotAvailable)
		birthday := "1975-01-18"
		if p.Autofill != nil {
			birthday = p.Autofill.DateOfBirth
		}
		if l.do("submit", object{"date_of_birth": birthday})["state"] == "eligible" {
			got.Birth = answer(l, flow.EventLayerReady)
			return l, true
		}
		got.Birth = answer(l, flow.EventLayerAutofillUnavailable)
		return l, false
	}
	// With every account, and with as few as Link lets through.
	for _, everything := range []bool{true, false} {
		l, ok := eligible()
		if !ok {
			return got
		}
		l.do("open", nil)
		review := l.prove(p.Code)
		accounts := []string{}
		banks, _ := at(review, "pane", "banks").([]any)
		for _, b := range banks {
			for _, a := range at(b, "accounts").([]any) {
				accounts = append(accounts, text(a, "id"))
			}
		}
		if everything {
			l.do("share", object{"accounts": accounts})
			got.MaxItems = items(t, s, l)
			continue
		}
		for n := 0; n <= len(accounts); n++ {
			if l.do("share", object{"accounts": accounts[:n]})["state"] == "done" {
				break
			}
		}
		got.MinItems = items(t, s, l)
	}
	return got
}

func items(t testing.TB, s *Sim, l *link) int {
	t.Helper()
	return len(at(sessionGet(t, s, l.publicToken()), "items").([]any))
}
