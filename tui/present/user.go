package present

import (
	"maps"
	"slices"
	"strings"

	"layersim/flow"
	"layersim/tui/pane"
)

// drawUser draws what the user sees: the pane of Link, or the app's own screen;
// above it what the user has just done.
func (m *Model) drawUser(f pane.Frame, sc *scene) string {
	t := newSheet(f)
	var did []string
	for _, d := range sc.deeds {
		if words := userDid(d); words != "" && !slices.Contains(did, words) {
			did = append(did, words)
		}
	}
	if len(did) > 0 {
		t.mark("›", f.Styles.Accent, f.Styles.Strong, "The user "+strings.Join(did, ", then "))
		t.gap()
	}
	if len(t.lines) > f.Height/2 {
		t.lines = nil // what the user sees comes first
	}
	below := f
	below.Height -= len(t.lines)
	if sc.state.Phase == flow.PhaseLink && sc.state.Link.Pane.View != "" {
		p := sc.state.Link.Pane
		if !m.open {
			p = hiddenPane(p)
		}
		if linesOf(p) > below.Height {
			p, sc = inFewLines(p, sc)
		}
		return joined(append(t.lines, pane.LinkPane(below, p, m.linkForm(p, sc))))
	}
	return joined(append(t.lines, m.drawOwn(below, sc)))
}

func joined(parts []string) string { return strings.Join(parts, "\n") }

// linesOf is about how many lines a pane of Link takes, with its title, a line of
// text and its buttons.
func linesOf(p flow.Pane) int {
	n := 3 + len(p.Fields)
	for _, b := range p.Banks {
		n += 1 + len(b.Accounts)
	}
	if len(p.Fields) > 0 && len(p.Banks) > 0 {
		n += 2 // a blank line, and what the template says of accounts
	}
	return n
}

// inFewLines returns a pane and a scene in which a name and an address are one
// line each, so that the accounts below them can be seen.
func inFewLines(p flow.Pane, sc *scene) (flow.Pane, *scene) {
	short := *sc
	short.form.values = maps.Clone(sc.form.values)
	var fields []flow.PaneField
	for _, x := range p.Fields {
		group, _, grouped := strings.Cut(x.Key, ".")
		label, between := map[string]string{"name": "Name", "address": "Address"}[group], map[string]string{"name": " ", "address": ", "}[group]
		value, edited := sc.form.values[x.Key]
		if !edited {
			value = x.Value.Reveal()
		}
		last := len(fields) - 1
		if !grouped || label == "" || last < 0 || fields[last].Label != label {
			if grouped && label != "" {
				x.Label = label
			}
			fields = append(fields, x)
			continue
		}
		into := &fields[last]
		before, was := short.form.values[into.Key]
		if !was {
			before = into.Value.Reveal()
		}
		if edited || was {
			short.form.values[into.Key] = inOne(before, value, between)
		}
		into.Value = flow.NewPaneValue(inOne(into.Value.Reveal(), x.Value.Reveal(), between))
		into.Required, into.Notice = into.Required || x.Required, or(into.Notice, x.Notice)
	}
	p.Fields = fields
	return p, &short
}

// inOne puts two values into one, unless one of them is empty.
func inOne(a, b, between string) string {
	if a == "" || b == "" {
		return a + b
	}
	return a + between + b
}

// linkForm is the pane as its user left it, the cursor on what comes next.
func (m *Model) linkForm(p flow.Pane, sc *scene) pane.LinkForm {
	form := pane.LinkForm{Values: map[string]string{}, Before: map[string]string{}}
	stops := pane.LinkStops(p)
	if p.View != flow.ViewReview { // of which the beginning is to be seen
		form.Cursor = max(slices.IndexFunc(stops, func(s pane.LinkStop) bool { return s.Kind == pane.StopButton || s.Kind == pane.StopCode }), 0)
	}
	for _, x := range p.Fields {
		before := x.Value.Reveal()
		form.Before[x.Key] = before
		v, entered := sc.form.values[x.Key]
		if !entered {
			continue
		}
		if !m.open {
			v = pane.MaskedText(v)
			form.Before[x.Key] = "" // two masks may be alike, and it was edited all the same
		}
		form.Values[x.Key] = v
		form.Cursor = slices.IndexFunc(stops, func(s pane.LinkStop) bool { return s.Kind == pane.StopField && s.Key == x.Key })
	}
	if c := sc.form.chosen; c != nil {
		form.Selected = map[string]bool{}
		for _, b := range sc.state.Link.Pane.Banks {
			for _, a := range b.Accounts {
				form.Selected[a.ID] = c.All || slices.ContainsFunc(c.Names, func(name string) bool { return isNamed(name, a, b) })
			}
		}
	}
	return form
}

// isNamed reports whether a scenario means an account, as the player does.
func isNamed(name string, a flow.PaneAccount, b flow.PaneBank) bool {
	return name == a.ID || name == a.Mask || strings.EqualFold(name, a.Name) || strings.EqualFold(name, b.Name) || name == b.ID
}

// hiddenPane returns a pane without what is personal in it.
func hiddenPane(p flow.Pane) flow.Pane {
	p.Fields, p.Banks = slices.Clone(p.Fields), slices.Clone(p.Banks)
	for i := range p.Fields {
		x := &p.Fields[i]
		x.Value = flow.NewPaneValue(pane.MaskedText(x.Value.Reveal()))
	}
	for i := range p.Banks {
		b := &p.Banks[i]
		b.Accounts = slices.Clone(b.Accounts)
		for k := range b.Accounts {
			a := &b.Accounts[k]
			a.Name, a.Mask = pane.MaskedText(a.Name), pane.MaskedText(a.Mask)
		}
	}
	return p
}

// own is a screen of the app itself.
type own struct {
	title  string
	text   string
	fields []ownField
	button string
}

type ownField struct{ label, value string }

// drawOwn draws the app's own screen.
func (m *Model) drawOwn(f pane.Frame, sc *scene) string {
	o := m.ownScreen(sc)
	t := newSheet(f)
	const tag = "the app"
	t.add(pane.Fit(f.Styles.Title.Render(pane.Fit(o.title, max(f.Width-len(tag)-2, 0)))+"  "+f.Styles.Dim.Render(tag), f.Width))
	t.gap()
	if o.text != "" {
		t.say(f.Styles.Text, o.text)
		t.gap()
	}
	label := 0
	for _, x := range o.fields {
		label = max(label, pane.Width(x.label))
	}
	label = min(label, f.Width/2)
	for _, x := range o.fields {
		room := min(max(f.Width-label-4, 1), 30)
		t.add(pane.Fit("  "+f.Styles.Dim.Render(pane.Fit(x.label, label))+"  "+f.Styles.Field.Render(pane.Fit(or(x.value, "(empty)"), room)), f.Width))
	}
	if o.button != "" {
		t.gap()
		t.add(pane.Fit("  "+f.Styles.Button.Render("[ "+o.button+" ]"), f.Width))
	}
	return t.draw(f)
}

// ownScreen is what an app would show in a phase of the walk.
func (m *Model) ownScreen(sc *scene) own {
	s := sc.state
	phone := ownField{"Phone", s.Phone.String()}
	phase := s.Phase
	switch {
	case phase == flow.PhaseDateOfBirth && m.asksNext(sc): // whether to ask for it is the question
		phase = flow.PhaseEligibility
	case phase == flow.PhaseOnboarded && sc.later:
		phase = flow.PhaseSession
	}
	switch phase {
	case flow.PhaseToken, flow.PhaseHandler:
		return own{title: "Welcome", text: "Open an account in a minute.", button: "Get started"}
	case flow.PhasePhone:
		phone.value = "" // that of an attempt before is only proposed
		return own{title: "Your phone number", fields: []ownField{phone}, button: "Continue"}
	case flow.PhaseEligibility:
		return own{title: "Your phone number", text: "One moment…", fields: []ownField{phone}}
	case flow.PhaseDateOfBirth:
		return own{title: "Your date of birth", fields: []ownField{phone, {"Born", ""}}, button: "Continue"}
	case flow.PhaseAutofill:
		return own{title: "Your date of birth", text: "One moment…", fields: []ownField{phone, {"Born", s.DateOfBirth.String()}}}
	case flow.PhaseReady:
		return own{title: "One moment…", text: "Link is about to open.", fields: []ownField{phone}}
	case flow.PhaseLink:
		return own{title: "One moment…", text: "Link is loading."}
	case flow.PhaseSession:
		return own{title: "One moment…", text: "Your information is on its way."}
	case flow.PhaseOnboarded:
		return own{title: "Welcome!", text: "Please check what is filled in.", fields: m.filledIn(s), button: "Looks right"}
	case flow.PhaseFallback:
		if s.SignedUp {
			return own{title: "Thank you", text: "Your account is open."}
		}
		return own{title: "Tell us about yourself", fields: []ownField{phone, {"Name", ""}, {"Address", ""}, {"Born", ""}}, button: "Sign up"}
	case flow.PhaseExited:
		return own{title: "No problem", text: "You can go on without Plaid.", button: "Fill in the form"}
	case flow.PhaseFailed:
		return own{title: "That did not work", text: "Please try again in a moment.", button: "Try again"}
	}
	return own{title: "The app"}
}

// filledIn is the app's form with what Plaid answered.
func (m *Model) filledIn(s flow.State) []ownField {
	id := s.Account.Identity
	fields := []ownField{{"Phone", id.PhoneNumber.String()}}
	for _, x := range []ownField{
		{"Name", strings.TrimSpace(id.FirstName + " " + id.LastName)},
		{"Address", strings.Trim(id.Address.Street+", "+id.Address.City, ", ")},
	} {
		if x.value != "" {
			fields = append(fields, ownField{x.label, m.hidden(x.value)})
		}
	}
	if !id.DateOfBirth.IsZero() {
		fields = append(fields, ownField{"Born", id.DateOfBirth.String()})
	}
	if !id.SSN.IsZero() {
		fields = append(fields, ownField{"SSN", id.SSN.String()})
	}
	return append(fields, ownField{"Banks", counted(len(s.Account.Items), "linked", "linked")})
}

// hidden masks a personal text while privacy is on.
func (m *Model) hidden(text string) string {
	if m.open {
		return pane.Clean(text)
	}
	return pane.MaskedText(pane.Clean(text))
}
