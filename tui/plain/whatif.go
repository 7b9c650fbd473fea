package plain

import (
	"fmt"
	"maps"
	"strings"

	"layersim/fixtures"
	"layersim/flow"
)

// What if: what Layer would answer each persona under the template in use, and
// under one that asks for something else. Nothing of the walk changes.

// whatIf says the answers. "what if ssn optional" changes what is asked for,
// "what if reset" takes every change back.
func (l *loop) whatIf(arg string) {
	template, ok := l.opts.Catalog.Template(l.state.Config.TemplateID)
	switch {
	case l.opts.Live:
		l.say("This walk is live: Plaid keeps the reason to itself, and what a template requires is known to its Dashboard only. Without --env sandbox, layersim says who would be eligible, and why.")
		return
	case l.opts.WhatIf == nil || !ok:
		l.say("The template of this walk is not among those that are known here, so nobody can say whom it would let in.")
		return
	}
	if l.look.asked.ID != template.ID {
		l.look.asked = template
	}
	if arg != "" && !l.ask(template, strings.Fields(strings.ToLower(arg))) {
		return
	}
	asked := l.look.asked
	l.say("Template %s: %s.", template.Name, needs(asked, template))
	for i, p := range l.opts.Catalog.Personas {
		now, before := l.opts.WhatIf(asked, p), l.opts.WhatIf(template, p)
		l.say("Persona %d, %s: %s", i+1, p.Name, l.prospect(now, before))
	}
	l.say("what if ssn optional changes what is asked for, what if reset takes changes back, persona takes one into the walk.")
}

// ask changes what is asked for; false if the words mean nothing.
func (l *loop) ask(own fixtures.Template, words []string) bool {
	if len(words) == 1 && words[0] == "reset" {
		l.look.asked = own
		return true
	}
	if len(words) >= 2 {
		need, known := map[string]fixtures.Requirement{"required": fixtures.Required, "optional": fixtures.Optional, "off": fixtures.Skip}[words[len(words)-1]]
		name := strings.Join(words[:len(words)-1], "_")
		t := l.look.asked
		t.Fields = maps.Clone(t.Fields)
		if _, is := t.Fields[fixtures.Field(name)]; is && known {
			t.Fields[fixtures.Field(name)] = need
			l.look.asked = t
			return true
		}
		if name == "accounts" && known {
			t.Accounts = fixtures.Rule(need)
			l.look.asked = t
			return true
		}
	}
	l.say("Write what if, a field and required, optional or off, such as what if date of birth required. The fields are name, address, email, date of birth, ssn and accounts.")
	return false
}

// needs says what a template asks for, and what of it is changed.
func needs(t, own fixtures.Template) string {
	var parts []string
	add := func(name string, need, was fixtures.Requirement) {
		words := name + " " + string(need)
		if need == fixtures.Skip {
			words = name + " off"
		}
		if need != was {
			words += ", changed"
		}
		parts = append(parts, words)
	}
	for _, f := range fixtures.Fields() {
		add(strings.ReplaceAll(string(f), "_", " "), t.Fields[f], own.Fields[f])
	}
	add("accounts", fixtures.Requirement(t.Accounts), fixtures.Requirement(own.Accounts))
	return strings.Join(parts, "; ")
}

func (l *loop) prospect(now, before Prospect) string {
	text := "by phone number " + answerWords(now.Phone)
	if now.Birth != nil {
		text += " By date of birth " + answerWords(*now.Birth)
		if c := l.state.Config.Client; !c.Autofill {
			text += " " + c.Label() + " reads no date of birth, so this answer never comes."
		}
	}
	switch {
	case !now.eligible():
	case now.MaxItems == 0:
		text += " No Items."
	case now.MinItems == now.MaxItems:
		text += " " + counted(now.MaxItems, "Item") + "."
	default:
		text += fmt.Sprintf(" %d to %d Items.", now.MinItems, now.MaxItems)
	}
	if now.eligible() != before.eligible() || now.Phone.Ready != before.Phone.Ready {
		text += " This is another answer than before the change."
	}
	return text
}

func (p Prospect) eligible() bool { return p.Phone.Ready || p.Birth != nil && p.Birth.Ready }

func answerWords(a Answer) string {
	if a.Ready {
		return flow.EventLayerReady + ": " + sentence(a.Why)
	}
	return "not eligible: " + sentence(a.Why)
}
