package tui

import (
	"fmt"
	"strings"

	tea "charm.land/bubbletea/v2"

	"layersim/fixtures"
	"layersim/tui/pane"
)

// The inspector's What-if tab: for the template in use, what Layer answers each
// persona and why, and what it would answer if the template asked for something
// else. Nothing of the walk changes before a persona is taken into it.

// Prospect is what Layer would answer a persona under a template.
type Prospect struct {
	Phone Answer // to the phone number
	// Birth is the answer to the date of birth, nil when nobody asks for one
	// because the phone number was enough.
	Birth *Answer
	// MinItems and MaxItems are how many Items the user can share of the banks
	// that Plaid holds.
	MinItems, MaxItems int
}

// Answer says whether LAYER_READY comes, and why or why not.
type Answer struct {
	Ready bool
	Why   string
}

func (p Prospect) eligible() bool { return p.Phone.Ready || p.Birth != nil && p.Birth.Ready }

// same reports whether two prospects look alike to an app.
func (p Prospect) same(o Prospect) bool {
	return p.Phone.Ready == o.Phone.Ready && (p.Birth == nil) == (o.Birth == nil) && p.eligible() == o.eligible() &&
		p.MinItems == o.MinItems && p.MaxItems == o.MaxItems
}

// whatIfView is what is asked on the tab.
type whatIfView struct {
	asked  requirements
	cursor int
	drawn  whatIfKey
	view   pane.WhatIf
	// personas are those of the rows.
	personas []fixtures.Persona
}

// requirements are what can be changed of a template, as a value that can be
// compared.
type requirements struct {
	templateID string // of the template they were made from
	fields     [whatIfFields]fixtures.Requirement
	accounts   fixtures.Rule
}

const whatIfFields = 5 // as many as fixtures.Fields

type whatIfKey struct {
	asked   requirements
	cursor  int
	persona string
	client  string
}

func requirementsOf(t fixtures.Template) requirements {
	r := requirements{templateID: t.ID, accounts: t.Accounts}
	for i, f := range fixtures.Fields() {
		r.fields[i] = t.Fields[f]
	}
	return r
}

// applied returns the template with these requirements.
func (r requirements) applied(t fixtures.Template) fixtures.Template {
	t.Fields, t.Accounts = map[fixtures.Field]fixtures.Requirement{}, r.accounts
	for i, f := range fixtures.Fields() {
		t.Fields[f] = r.fields[i]
	}
	return t
}

// whatIfTemplate returns the template of the walk, false if nobody here knows
// what it requires.
func (m *Model) whatIfTemplate() (fixtures.Template, bool) {
	if m.opts.Live || m.opts.WhatIf == nil {
		return fixtures.Template{}, false
	}
	return m.opts.Catalog.Template(m.state.Config.TemplateID)
}

// asked returns what is asked for now. Changes belong to one template: with
// another the tab begins anew.
func (m *Model) asked(t fixtures.Template) requirements {
	if v := &m.inspector.whatIf; v.asked.templateID == t.ID {
		return v.asked
	}
	return requirementsOf(t)
}

// layOutWhatIf asks again when anything that is asked has changed.
func (m *Model) layOutWhatIf(pane.Frame) {
	t, ok := m.whatIfTemplate()
	if !ok {
		return
	}
	v := &m.inspector.whatIf
	key := whatIfKey{asked: m.asked(t), cursor: v.cursor, client: m.state.Config.Client.Label()}
	if p, ok := m.persona(); ok {
		key.persona = p.Name
	}
	if v.personas != nil && v.drawn == key {
		return
	}
	v.drawn, v.asked = key, key.asked
	v.personas = m.opts.Catalog.Personas
	changed := key.asked.applied(t)
	v.view = pane.WhatIf{Heading: m.whatIfHeading(t), Needs: v.asked.needs(t), Changed: v.asked != requirementsOf(t), Cursor: v.cursor}
	for _, p := range v.personas {
		now, before := m.opts.WhatIf(changed, p), m.opts.WhatIf(t, p)
		row := pane.WhatIfRow{Persona: p.Name, Phone: shown(&now.Phone), Birth: shown(now.Birth), Items: itemsWord(now), Changed: !now.same(before), Here: p.Name == key.persona}
		v.view.Rows = append(v.view.Rows, row)
		if len(v.view.Rows) == v.cursor-len(v.view.Needs) {
			v.view.Notes = m.notesOn(p, now, before)
		}
	}
	if v.cursor <= len(v.view.Needs) {
		v.view.Notes = m.notesOnNeed(v.cursor)
	}
}

func shown(a *Answer) pane.WhatIfAnswer {
	if a == nil {
		return pane.WhatIfAnswer{}
	}
	why := strings.TrimPrefix(strings.TrimSuffix(a.Why, "; persona has none"), "template ") // the note below has all of it
	return pane.WhatIfAnswer{Asked: true, Ready: a.Ready, Why: why}
}

func itemsWord(p Prospect) string {
	switch {
	case !p.eligible():
		return "·"
	case p.MinItems == p.MaxItems:
		return fmt.Sprint(p.MaxItems)
	}
	return fmt.Sprintf("%d–%d", p.MinItems, p.MaxItems)
}

// needs are the requirements as the tab lists them, the phone number not among
// them: it is always asked for.
func (r requirements) needs(t fixtures.Template) []pane.WhatIfNeed {
	own := requirementsOf(t)
	var needs []pane.WhatIfNeed
	for i, f := range fixtures.Fields() {
		needs = append(needs, pane.WhatIfNeed{Name: fieldName(f), Now: requirementWord(r.fields[i]), Changed: r.fields[i] != own.fields[i]})
	}
	return append(needs, pane.WhatIfNeed{Name: "accounts", Now: requirementWord(fixtures.Requirement(r.accounts)), Changed: r.accounts != own.accounts})
}

func fieldName(f fixtures.Field) string {
	if f == fixtures.FieldSSN {
		return "SSN"
	}
	return strings.ReplaceAll(string(f), "_", " ")
}

func requirementWord(r fixtures.Requirement) string {
	if r == fixtures.Skip {
		return "off"
	}
	return string(r)
}

// whatIfHeading says which template it is, what is changed, and whether there is
// a template that asks for just that.
func (m *Model) whatIfHeading(t fixtures.Template) string {
	asked := m.inspector.whatIf.asked
	if asked == requirementsOf(t) {
		return "Template " + t.Name + ", as it is"
	}
	if same, ok := m.templateAsking(asked); ok {
		return "Changed: it asks for what template " + same.Name + " does"
	}
	return "Template " + t.Name + ", changed"
}

// templateAsking finds a template of the catalog that requires just this.
func (m *Model) templateAsking(r requirements) (fixtures.Template, bool) {
	for _, t := range m.opts.Catalog.Templates {
		own := requirementsOf(t)
		own.templateID = r.templateID
		if own == r {
			return t, true
		}
	}
	return fixtures.Template{}, false
}

// notesOn explains one persona.
func (m *Model) notesOn(p fixtures.Persona, now, before Prospect) []pane.WhatIfNote {
	notes := []pane.WhatIfNote{answerNote("By phone", now.Phone)}
	if now.Birth != nil {
		if c := m.state.Config.Client; !c.Autofill {
			notes = append(notes, pane.WhatIfNote{Kind: pane.Warn, Text: c.Label() + " reads no date of birth, so the second answer never comes."})
		}
		notes = append(notes, answerNote("By date of birth", *now.Birth))
	}
	if now.eligible() {
		notes = append(notes, pane.WhatIfNote{Kind: pane.Info, Text: itemsNote(now)})
	}
	if !now.same(before) {
		was := "not eligible"
		switch {
		case before.Phone.Ready:
			was = "ready by phone"
		case before.eligible():
			was = "ready by date of birth"
		}
		if before.eligible() {
			was += ", Items " + itemsWord(before)
		}
		notes = append(notes, pane.WhatIfNote{Kind: pane.Warn, Text: "Before the change: " + was + "."})
	}
	return append(notes, pane.WhatIfNote{Kind: pane.Info, Text: m.keyOr(actToggle, "Space") + " takes " + p.Name + " into the walk."})
}

func answerNote(what string, a Answer) pane.WhatIfNote {
	if a.Ready {
		return pane.WhatIfNote{Kind: pane.Good, Text: what + " LAYER_READY: " + sentence(a.Why)}
	}
	return pane.WhatIfNote{Kind: pane.Bad, Text: what + " not eligible: " + sentence(a.Why)}
}

func itemsNote(p Prospect) string {
	switch {
	case p.MaxItems == 0:
		return "Items: none. There is no bank to share."
	case p.MinItems == 0:
		return fmt.Sprintf("Items: none to %d, as the user likes; a bank added in Link comes on top.", p.MaxItems)
	}
	return fmt.Sprintf("Items: at least one, up to %d; a bank added in Link comes on top.", p.MaxItems)
}

// notesOnNeed explains what a requirement does.
func (m *Model) notesOnNeed(i int) []pane.WhatIfNote {
	key := m.keyOr(actToggle, "Space")
	note := key + " changes it: required, optional, off. What is required decides; what is optional is shared if it is there."
	switch i {
	case whatIfFields:
		note = key + " changes it: required, optional, off. Required accounts shut out whoever has no bank; off brings no Items."
	case whatIfFields + 1:
		note = key + " takes every change back."
	}
	notes := []pane.WhatIfNote{{Kind: pane.Info, Text: note}}
	if m.inspector.whatIf.view.Changed {
		notes = append(notes, pane.WhatIfNote{Kind: pane.Info, Text: "Rows marked * get another answer than from the template itself."})
	}
	return notes
}

func (m *Model) keyOr(a action, otherwise string) string {
	if k := m.keyFor(a); k != "" {
		return k
	}
	return otherwise
}

func (m *Model) drawWhatIf(f pane.Frame) string {
	if _, ok := m.whatIfTemplate(); !ok {
		return pane.Text(f, pane.Paragraph(m.styles.Text, m.whyNoWhatIf(), f.Width), 0)
	}
	return pane.DrawWhatIf(f, m.inspector.whatIf.view)
}

// whyNoWhatIf says why nothing can be foretold.
func (m *Model) whyNoWhatIf() string {
	if m.opts.Live {
		return "This walk is live: Plaid keeps the reason to itself: LAYER_NOT_AVAILABLE says that somebody is not eligible, never why, and what a template requires is known to its Dashboard only. " +
			"Your server can ask beforehand whether a phone number is eligible, with /network/status/get, and gets yes or no. Run layersim without --env sandbox to see who would be eligible, and why."
	}
	return "The template of this walk is not among those that are known here, so nobody can say whom it would let in."
}

func (m *Model) scrollWhatIf(a action, _ pane.Frame) {
	v := &m.inspector.whatIf
	v.cursor = moved(a, v.cursor, v.view.Stops(), 5)
}

// toggleWhatIf changes the requirement under the cursor, or takes the persona
// there into the walk.
func (m *Model) toggleWhatIf() tea.Cmd {
	t, ok := m.whatIfTemplate()
	if !ok {
		return nil
	}
	v := &m.inspector.whatIf
	v.asked = m.asked(t)
	switch at := v.cursor; {
	case at < whatIfFields:
		v.asked.fields[at] = nextRequirement(v.asked.fields[at])
	case at == whatIfFields:
		v.asked.accounts = fixtures.Rule(nextRequirement(fixtures.Requirement(v.asked.accounts)))
	case at == whatIfFields+1:
		v.asked = requirementsOf(t)
	case at-whatIfFields-2 < len(v.personas):
		return m.walkAs(t, v.personas[at-whatIfFields-2])
	}
	return nil
}

func nextRequirement(r fixtures.Requirement) fixtures.Requirement {
	switch r {
	case fixtures.Required:
		return fixtures.Optional
	case fixtures.Optional:
		return fixtures.Skip
	default:
		return fixtures.Required
	}
}

// walkAs lets the walk go on with a persona, and with the template that
// asks for what was changed if there is one.
func (m *Model) walkAs(t fixtures.Template, p fixtures.Persona) tea.Cmd {
	if m.refusesToAct() {
		return nil
	}
	if m.travel.on {
		m.notice = "! This is the past. Come back to now to take a persona into the walk."
		return nil
	}
	m.propose(p)
	asked := m.asked(t)
	if asked != requirementsOf(t) {
		if same, ok := m.templateAsking(asked); ok {
			m.notice = "✓ The walk starts over with template " + same.Name + " and " + p.Name + "."
			return m.startOver(same.ID)
		}
	}
	m.notice = "✓ " + p.Name + " is in the walk, with template " + t.Name + " as it is."
	if m.phoneIsOut() {
		return m.startOver("")
	}
	return nil
}
