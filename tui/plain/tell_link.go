package plain

import (
	"fmt"
	"strings"

	"layersim/flow"
	"layersim/tui/pane"
)

// Link's panes, read out.

// linkIsDrawn reports whether Link's pane is told here.
func linkIsDrawn(s flow.State) bool {
	return s.Phase == flow.PhaseLink && s.Link.Surface == flow.InTerminal && s.Link.Pane.View != ""
}

// pane reads a pane out; of one that is shown again only what is new in it.
func (t *teller) pane(e flow.PaneShown) {
	p := e.Pane
	again := t.handler == e.HandlerID && t.shown.View == p.View && len(t.shown.Fields) == len(p.Fields) && accountsIn(t.shown) == accountsIn(p) && p.Notice != ""
	t.shown, t.handler = p, e.HandlerID
	if !again {
		t.say("Simulated Link shows: %s", sentence(p.Title))
		t.say("%s", p.Text)
	}
	said := ""
	if p.Notice != "" {
		said = "Link says: " + sentence(p.Notice)
	}
	if p.View == flow.ViewVerifyPhone && p.AttemptsLeft > 0 {
		said += fmt.Sprintf(" Tries left: %d.", p.AttemptsLeft)
	}
	t.say("%s", said)
	if again {
		for _, f := range p.Fields {
			if f.Notice != "" {
				t.say("%s: %s", f.Label, sentence(f.Notice))
			}
		}
		return
	}
	t.unread = true
	if p.View != flow.ViewReview { // the rest of it is short
		t.readPane()
	}
}

// readPane reads out the values that Link shows, unless that was done.
func (t *teller) readPane() {
	if !t.unread {
		return
	}
	t.unread = false
	p := t.shown
	if p.View == flow.ViewReview {
		t.fields(p, nil)
	}
	for i, o := range p.Options {
		t.say("Bank %d: %s, %s", i+1, o.Name, sentence(o.Detail))
	}
	t.accounts(p, nil)
	if p.Auto != "" {
		t.say("Link goes on by itself.")
	}
}

func accountsIn(p flow.Pane) int {
	n := 0
	for _, b := range p.Banks {
		n += len(b.Accounts)
	}
	return n
}

// fields reads out the values of a pane, with those that were edited.
func (t *teller) fields(p flow.Pane, edited map[string]string) {
	for i, f := range p.Fields {
		value, changed := edited[f.Key]
		if !changed {
			value = f.Value.Reveal()
		}
		t.say("Field %d, %s: %s%s", i+1, label(f), sentence(t.fieldValue(f, value)), editedWord(changed))
		if f.Notice != "" {
			t.say("%s: %s", f.Label, sentence(f.Notice))
		}
	}
}

func label(f flow.PaneField) string {
	if f.Required {
		return f.Label + ", needed"
	}
	return f.Label
}

func editedWord(changed bool) string {
	if changed {
		return " Edited."
	}
	return ""
}

// fieldValue is a value as it may be said.
func (t *teller) fieldValue(f flow.PaneField, value string) string {
	switch {
	case value == "":
		return "empty"
	case f.Private || t.privacy.on:
		return hidden
	}
	return value
}

// accounts reads out the accounts of a pane, with what was chosen.
func (t *teller) accounts(p flow.Pane, chosen map[string]bool) {
	n := 0
	for _, b := range p.Banks {
		for _, a := range b.Accounts {
			n++
			t.say("Account %d at %s: %s.", n, b.Name, strings.Join(t.accountWords(a, chosen), ", "))
		}
	}
	if n > 0 {
		t.say("%s", pane.AccountsRule(p))
	}
}

func (t *teller) accountWords(a flow.PaneAccount, chosen map[string]bool) []string {
	is, known := chosen[a.ID]
	if !known {
		is = a.Selected
	}
	words := []string{a.Name}
	if t.privacy.on {
		words = []string{hidden}
	} else if a.Mask != "" {
		words = append(words, "ends in "+pane.AccountEnd(a.Mask))
	}
	if a.Subtype != "" {
		words = append(words, a.Subtype)
	}
	if is {
		return append(words, "chosen")
	}
	return append(words, "not chosen")
}

func counted(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}
