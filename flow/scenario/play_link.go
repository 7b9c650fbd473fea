package scenario

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"layersim/flow"
)

// What the user of Link does, in the pane that is shown.

// form is what the user has entered in a pane and not sent yet.
type form struct {
	handler flow.HandlerID
	pane    flow.Pane
	values  map[string]flow.SSN
	chosen  map[string]bool
}

// show takes in a pane. What was entered stays when the same pane comes again,
// say with a notice.
func (f *form) show(e flow.PaneShown) {
	same := f.handler == e.HandlerID && f.pane.View == e.Pane.View && slices.EqualFunc(f.pane.Fields, e.Pane.Fields,
		func(a, b flow.PaneField) bool { return a.Key == b.Key })
	f.handler, f.pane = e.HandlerID, e.Pane
	if same {
		return
	}
	f.values, f.chosen = map[string]flow.SSN{}, map[string]bool{}
	for _, b := range e.Pane.Banks {
		for _, a := range b.Accounts {
			f.chosen[a.ID] = a.Selected
		}
	}
}

// sent is what goes off with a button: all values as they stand, and the accounts
// that are chosen.
func (f *form) sent(kind flow.LinkActionKind) flow.LinkAction {
	a := flow.LinkAction{Kind: kind, Values: map[string]flow.SSN{}}
	for _, field := range f.pane.Fields {
		a.Values[field.Key] = field.Value
		if v, entered := f.values[field.Key]; entered {
			a.Values[field.Key] = v
		}
	}
	for _, b := range f.pane.Banks {
		for _, account := range b.Accounts {
			if f.chosen[account.ID] {
				a.Accounts = append(a.Accounts, account.ID)
			}
		}
	}
	return a
}

// pane returns what Link shows; shown is false if it shows nothing.
func (p *Player) pane() (pane flow.Pane, shown bool) {
	s := &p.state
	return s.Link.Pane, s.Phase == flow.PhaseLink && s.Link.Surface == flow.InTerminal && s.Link.Pane.View != "" && p.form.handler == s.HandlerID
}

// inLink does what a user does in Link.
func (p *Player) inLink(deed Deed) (refused string) {
	pane, shown := p.pane()
	if !shown {
		return "Link shows no pane; the walk stands at " + string(p.state.Phase)
	}
	noPlace := func(what string) string { return fmt.Sprintf("the pane %s has no %s", pane.View, what) }
	press := func(kind flow.LinkActionKind, what string) string {
		if pane.Verb != kind && !slices.ContainsFunc(pane.Others, func(b flow.PaneButton) bool { return b.Verb == kind }) {
			return noPlace(what)
		}
		return p.acts(p.form.sent(kind))
	}
	switch d := deed.(type) {
	case Continue:
		return p.pressPrimary(pane)
	case EnterCode:
		if pane.View != flow.ViewVerifyPhone {
			return noPlace("field for a one-time code")
		}
		if pane.Auto != "" {
			return noPlace("field for a one-time code: it goes on by itself")
		}
		if d.Code.IsZero() {
			d.Code = flow.NewOneTimeCode(p.persona.Code)
		}
		return p.acts(flow.LinkAction{Kind: flow.LinkCode, Code: d.Code})
	case EditField:
		return p.enter(pane, d.Values)
	case ChooseAccounts:
		return p.choose(pane, d)
	case Share:
		if pane.View != flow.ViewReview {
			return noPlace("button Share")
		}
		return p.acts(p.form.sent(flow.LinkShare))
	case AddBank:
		return press(flow.LinkAddBank, "button to add a bank")
	case Search:
		if pane.Verb != flow.LinkSearch || len(pane.Fields) == 0 {
			return noPlace("search for a bank")
		}
		p.form.values[pane.Fields[0].Key] = flow.NewPaneValue(d.Query)
		return p.acts(p.form.sent(flow.LinkSearch))
	case ChooseInstitution:
		for _, o := range pane.Options {
			if o.ID == d.Institution || strings.EqualFold(o.Name, d.Institution) {
				return p.acts(flow.LinkAction{Kind: flow.LinkInstitution, Choice: o.ID})
			}
		}
		return noPlace(fmt.Sprintf("bank %q to choose", d.Institution))
	case SignIn:
		if pane.Verb != flow.LinkCredentials && pane.Verb != flow.LinkMFA {
			return noPlace("form of a bank")
		}
		if refused := p.enter(pane, d.Values); refused != "" {
			return refused
		}
		return p.acts(p.form.sent(pane.Verb))
	case Back:
		return press(flow.LinkBack, "button Back")
	case Close:
		return p.acts(flow.LinkAction{Kind: flow.LinkClose})
	}
	return fmt.Sprintf("there is no deed %T", deed)
}

// pressPrimary presses the one primary button.
func (p *Player) pressPrimary(pane flow.Pane) (refused string) {
	switch {
	case pane.Auto != "":
		return p.acts(flow.LinkAction{Kind: pane.Auto})
	case pane.View == flow.ViewConsent:
		return p.acts(flow.LinkAction{Kind: flow.LinkContinue})
	case pane.View == flow.ViewReview:
		return p.acts(p.form.sent(flow.LinkShare))
	case pane.Verb != "":
		return p.acts(p.form.sent(pane.Verb))
	}
	return fmt.Sprintf("the pane %s has no button but Close", pane.View)
}

// corrections is what Link wants corrected in the fields that were sent with a
// step, which began at that length of the journal; "" if it took them.
func (p *Player) corrections(from int) string {
	sent := false
	for _, e := range p.journal.Entries()[from:] {
		switch e := e.Event.(type) {
		case flow.LinkActed:
			sent = true
		case flow.PaneShown:
			if said := fieldNotices(e.Pane); sent && said != "" {
				if pane, shown := p.pane(); shown && fieldNotices(pane) == said {
					return "Link did not take it: " + strings.TrimSpace(pane.Notice+" "+said)
				}
			}
		}
	}
	return ""
}

// fieldNotices is what a pane says at its fields.
func fieldNotices(pane flow.Pane) string {
	var notices []string
	for _, f := range pane.Fields {
		if f.Notice != "" {
			notices = append(notices, f.Key+": "+f.Notice)
		}
	}
	return strings.Join(notices, " ")
}

// awaitsNotice reports whether one of the expectations that follow is about what
// Link wants corrected.
func (p *Player) awaitsNotice() bool {
	for _, s := range p.steps[p.next:] {
		if pane, ok := s.Do.(ExpectPane); ok && pane.Notice != "" {
			return true
		}
		if !isExpectation(s.Do) {
			break
		}
	}
	return false
}

func (p *Player) acts(a flow.LinkAction) (refused string) {
	return p.want(flow.LinkActed{At: p.at(), Action: a})
}

// enter types into fields; nothing is sent.
func (p *Player) enter(pane flow.Pane, values map[string]flow.SSN) (refused string) {
	for _, key := range slices.Sorted(maps.Keys(values)) {
		if !slices.ContainsFunc(pane.Fields, func(f flow.PaneField) bool { return f.Key == key }) {
			return fmt.Sprintf("the pane %s has no field %s; it has %s", pane.View, key, fieldKeys(pane))
		}
	}
	maps.Copy(p.form.values, values)
	return ""
}

func fieldKeys(pane flow.Pane) string {
	keys := make([]string, len(pane.Fields))
	for i, f := range pane.Fields {
		keys[i] = f.Key
	}
	if len(keys) == 0 {
		return "none"
	}
	return strings.Join(keys, ", ")
}

// choose ticks accounts; nothing is sent.
func (p *Player) choose(pane flow.Pane, d ChooseAccounts) (refused string) {
	if len(pane.Banks) == 0 {
		return fmt.Sprintf("the pane %s has no accounts to choose from", pane.View)
	}
	chosen, found := map[string]bool{}, map[string]bool{}
	for _, b := range pane.Banks {
		for _, a := range b.Accounts {
			for _, name := range d.Names {
				if name == a.ID || name == a.Mask || strings.EqualFold(name, a.Name) || strings.EqualFold(name, b.Name) || name == b.ID {
					chosen[a.ID], found[name] = true, true
				}
			}
			chosen[a.ID] = chosen[a.ID] || d.All
		}
	}
	for _, name := range d.Names {
		if !found[name] {
			return fmt.Sprintf("there is no account %q in the pane %s", name, pane.View)
		}
	}
	p.form.chosen = chosen
	return ""
}
