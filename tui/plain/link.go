package plain

import (
	"slices"
	"strings"

	"layersim/flow"
	"layersim/flow/journal"
)

// Link, answered line by line: what its user has typed and chosen in the pane
// that is shown. The pane itself is in the State.

type linkForm struct {
	handler flow.HandlerID
	view    string
	values  map[string]string
	chosen  map[string]bool
}

const codeLength = 6

// follow brings what was typed in line with what has happened.
func (l *loop) follow(before flow.State, e journal.Entry) {
	if before.Phase != l.state.Phase || before.Attempt != l.state.Attempt {
		l.asking, l.look.topic = nil, ""
		if l.state.Phase == flow.PhaseFallback {
			l.offerForm()
		}
	}
	shown, ok := e.Event.(flow.PaneShown)
	if !ok || e.Verdict == flow.Refused || !linkIsDrawn(l.state) {
		if !linkIsDrawn(l.state) && linkIsDrawn(before) {
			l.asking = nil
		}
		return
	}
	l.asking = nil
	f := &l.link
	if f.handler != shown.HandlerID || f.view != shown.Pane.View {
		*f = linkForm{handler: shown.HandlerID, view: shown.Pane.View, values: map[string]string{}, chosen: map[string]bool{}}
	}
	if asksFields(shown.Pane) {
		l.asking = l.askLinkFields(shown.Pane)
	}
}

// asksFields reports whether a pane is a form of a few fields that are typed one
// after another, as that of a bank is.
func asksFields(p flow.Pane) bool {
	return p.View != flow.ViewReview && len(p.Options) == 0 && p.View != flow.ViewSelectInstitution && len(p.Fields) > 0
}

func (l *loop) askLinkFields(p flow.Pane) *asking {
	a := &asking{}
	for _, f := range p.Fields {
		a.fields = append(a.fields, question{key: f.Key, label: label(f), private: f.Private})
	}
	a.private = a.fields[0].private
	a.keep = func(key, value string) string {
		l.link.values[key] = value
		return ""
	}
	a.done = func() { l.act(l.entered(p.Verb)) }
	a.also = []string{"/close", "/help"}
	if slices.ContainsFunc(p.Others, func(b flow.PaneButton) bool { return b.Verb == flow.LinkBack }) {
		a.also = append([]string{"/back"}, a.also...)
	}
	return a
}

// act does in Link what its user did in the pane.
func (l *loop) act(a flow.LinkAction) { l.take(flow.LinkActed{At: l.at(), Action: a}) }

// value is a value of the pane as it stands.
func (l *loop) value(f flow.PaneField) string {
	if v, edited := l.link.values[f.Key]; edited {
		return v
	}
	return f.Value.Reveal()
}

// entered is what the user sends off: all values as they stand and the accounts
// chosen, in the order of the pane.
func (l *loop) entered(kind flow.LinkActionKind) flow.LinkAction {
	p := l.state.Link.Pane
	a := flow.LinkAction{Kind: kind, Values: map[string]flow.SSN{}}
	for _, f := range p.Fields {
		a.Values[f.Key] = flow.NewPaneValue(l.value(f))
	}
	for _, b := range p.Banks {
		for _, acc := range b.Accounts {
			if l.isChosen(acc) {
				a.Accounts = append(a.Accounts, acc.ID)
			}
		}
	}
	return a
}

func (l *loop) isChosen(a flow.PaneAccount) bool {
	if is, said := l.link.chosen[a.ID]; said {
		return is
	}
	return a.Selected
}

// goesOn lets Link go on where its pane waits for nobody, unless something
// stands in the way.
func (l *loop) goesOn() {
	_, busy := flow.PendingCall[flow.DriveLink](l.state)
	if auto := l.state.Link.Pane.Auto; linkIsDrawn(l.state) && auto != "" && !busy && l.state.Failure.IsZero() {
		l.act(flow.LinkAction{Kind: auto})
	}
}

// linkPrimary is what Enter does while Link is open.
func (l *loop) linkPrimary() primary {
	act := func(does string, a func() flow.LinkAction) primary { return primary{does, func() { l.act(a()) }} }
	plain := func(kind flow.LinkActionKind) func() flow.LinkAction {
		return func() flow.LinkAction { return flow.LinkAction{Kind: kind} }
	}
	s := &l.state
	if !linkIsDrawn(*s) {
		page := s.Link.Page
		if s.Link.Surface == flow.InBrowser && (page.Trouble != "" || !page.Connected && page.Tab > 0) {
			return primary{"opens the page again", func() { l.show(flow.InBrowser) }}
		}
		return primary{"waits", l.wait}
	}
	p := s.Link.Pane
	if _, busy := flow.PendingCall[flow.DriveLink](*s); busy {
		return primary{"waits", l.wait}
	}
	switch {
	case p.Auto != "":
		return act("goes on", plain(p.Auto))
	case p.View == flow.ViewConsent:
		return act("continues", plain(flow.LinkContinue))
	case p.View == flow.ViewVerifyPhone:
		return primary{}
	case p.View == flow.ViewReview:
		return act("shares", func() flow.LinkAction { return l.entered(flow.LinkShare) })
	case p.View == flow.ViewSelectInstitution:
		return primary{}
	case p.Verb != "":
		return act("presses "+p.Button, func() flow.LinkAction { return l.entered(p.Verb) })
	}
	return act("closes Link", plain(flow.LinkClose))
}

// linkPrompt says what the pane asks for.
func (l *loop) linkPrompt() (label string, accepts []string) {
	switch p := l.state.Link.Pane; p.View {
	case flow.ViewVerifyPhone:
		if p.Auto != "" {
			return "In Link", nil
		}
		accepts = append(accepts, "6 digits")
		if known, ok := l.opts.Catalog.PersonaByPhone(l.state.Phone); ok {
			accepts = append(accepts, "the phone received "+known.Code)
		}
		return "Code", append(accepts, "close")
	case flow.ViewReview:
		for _, name := range []string{"edit", "accounts", "add bank", "close"} {
			if commandNamed(name).when(l) {
				if name == "edit" {
					name = editWords
				}
				accepts = append(accepts, name)
			}
		}
		return "Review", accepts
	case flow.ViewSelectInstitution:
		if len(p.Options) == 0 {
			return "Bank", []string{"another name to search for", "back", "close"}
		}
		return "Bank", []string{"its number in the list", "or a name to search for", "back", "close"}
	case flow.ViewSelectAccount:
		return "Accounts", []string{"all, none or numbers", "back", "close"}
	default:
		for _, b := range p.Others {
			accepts = append(accepts, strings.ToLower(b.Label))
		}
		return "In Link", append(accepts, "close")
	}
}

// isLinkAnswer reports whether a line is what the pane asks for.
func (l *loop) isLinkAnswer(line string) bool {
	switch p := l.state.Link.Pane; p.View {
	case flow.ViewVerifyPhone:
		return p.Auto == "" && line[0] >= '0' && line[0] <= '9'
	case flow.ViewSelectInstitution:
		_, _, command := commandIn(line)
		return !command
	case flow.ViewSelectAccount:
		return line[0] >= '0' && line[0] <= '9' || line == "all" || line == "none"
	}
	return false
}

func (l *loop) linkAnswer(line string) {
	switch l.state.Link.Pane.View {
	case flow.ViewVerifyPhone:
		l.sendCode(line)
	case flow.ViewSelectInstitution:
		if i, ok := number(line, len(l.state.Link.Pane.Options)); ok {
			l.act(flow.LinkAction{Kind: flow.LinkInstitution, Choice: l.state.Link.Pane.Options[i-1].ID})
			return
		}
		l.search(line)
	case flow.ViewSelectAccount:
		l.chooseAccounts(line)
	}
}

// sendCode sends a code once it has all its digits.
func (l *loop) sendCode(typed string) {
	digits := strings.Map(func(r rune) rune {
		if strings.ContainsRune(" -.", r) {
			return -1
		}
		return r
	}, typed)
	if len(digits) != codeLength || strings.Trim(digits, "0123456789") != "" {
		l.say("A code has 6 digits and nothing else. Nothing was sent, and no try is lost.")
		return
	}
	l.act(flow.LinkAction{Kind: flow.LinkCode, Code: flow.NewOneTimeCode(digits)})
}

func (l *loop) search(text string) {
	a := flow.LinkAction{Kind: flow.LinkSearch, Values: map[string]flow.SSN{}}
	for _, f := range l.state.Link.Pane.Fields {
		a.Values[f.Key] = flow.NewPaneValue(text)
	}
	l.act(a)
}

// chooseAccounts chooses all accounts of the pane, none, or those with these
// numbers and no others.
func (l *loop) chooseAccounts(arg string) {
	p := l.state.Link.Pane
	var all []string
	for _, b := range p.Banks {
		for _, a := range b.Accounts {
			all = append(all, a.ID)
		}
	}
	var wanted []string
	switch strings.ToLower(arg) {
	case "":
		l.tell.accounts(p, l.link.chosen)
		return
	case "all":
		wanted = all
	case "none":
	default:
		for _, word := range strings.FieldsFunc(arg, func(r rune) bool { return r == ' ' || r == ',' }) {
			i, ok := number(word, len(all))
			if !ok {
				l.say("%s is no account of this list: write all, none or numbers from 1 to %d, such as accounts 1, 2. Nothing was changed.", l.quoted(word), len(all))
				return
			}
			wanted = append(wanted, all[i-1])
		}
	}
	for _, id := range all {
		l.link.chosen[id] = slices.Contains(wanted, id)
	}
	l.say("Accounts chosen: %d of %d.", len(slices.Compact(slices.Sorted(slices.Values(wanted)))), len(all))
}

// editWords is how a value is edited in one line, for a prompt.
const editWords = "edit NUMBER=VALUE"

// edit changes a value of the review or of the app's own form: it is asked for,
// or comes with the command.
func (l *loop) edit(arg string) {
	name, value, given := strings.Cut(arg, "=")
	if l.state.Phase == flow.PhaseFallback {
		l.editForm(strings.TrimSpace(name), strings.TrimSpace(value), given)
		return
	}
	p := l.state.Link.Pane
	names := make([]string, len(p.Fields))
	for i, f := range p.Fields {
		names[i] = f.Label
	}
	i, ok := l.fieldNamed(name, names, func(i int) string { return p.Fields[i].Key })
	if !ok {
		return
	}
	f := p.Fields[i]
	keep := func(key, value string) string {
		if value != "" {
			if wrong := l.wrongValue(key, value); wrong != "" {
				return wrong
			}
			l.link.values[key] = emptied(value)
			l.say("%s: %s Edited, and not shared yet.", f.Label, sentence(l.tell.fieldValue(f, l.value(f))))
		}
		return ""
	}
	if given {
		if wrong := keep(f.Key, strings.TrimSpace(value)); wrong != "" {
			l.say("%s Nothing was changed.", wrong)
		}
		return
	}
	l.asking = &asking{
		fields:  []question{{key: f.Key, label: f.Label, private: f.Private, says: "now " + l.tell.fieldValue(f, l.value(f)) + "; Enter keeps it, a minus sign empties it"}},
		private: f.Private, keep: keep, done: func() {},
	}
}

// wrongValue says what is wrong with a value that Link would refuse whatever else
// is shared, "" if nothing is.
func (l *loop) wrongValue(key, value string) string {
	if key != signUpBirth || value == "-" {
		return ""
	}
	_, err := flow.ParseDateOfBirth(value, l.opts.Now())
	return errorText(err)
}

// emptied is a value as it was typed; a minus sign alone is an empty one.
func emptied(value string) string {
	if value == "-" {
		return ""
	}
	return value
}

// fieldNamed finds a field by its number, its label or its key.
func (l *loop) fieldNamed(name string, labels []string, key func(int) string) (int, bool) {
	name = strings.TrimSpace(name)
	if i, ok := number(name, len(labels)); ok {
		return i - 1, true
	}
	for i, text := range labels {
		if strings.EqualFold(text, name) || strings.EqualFold(key(i), name) {
			return i, true
		}
	}
	l.say("There is no field %s. The fields are: %s. Write edit with a name or a number, such as edit 1.", l.quoted(name), strings.Join(labels, ", "))
	return 0, false
}

// readAgain says the step once more, and Link's pane as it stands.
func (l *loop) readAgain(string) {
	if !linkIsDrawn(l.state) {
		text := l.tell.stageText(l.state)
		l.say("Again: %s", sentence(text.Title))
		l.say("%s", text.Body)
		if text.Notice != "" {
			l.tell.note(text.Notice)
		}
		l.tell.url = "" // it is said once more
		l.tell.address(text.URL)
		if l.state.Phase == flow.PhaseFallback {
			l.readForm()
		}
		return
	}
	p := l.state.Link.Pane
	l.say("Simulated Link shows: %s", sentence(p.Title))
	l.say("%s", p.Text)
	if p.Notice != "" {
		l.say("Link says: %s", sentence(p.Notice))
	}
	if p.View == flow.ViewReview {
		l.tell.fields(p, l.link.values)
	}
	for i, o := range p.Options {
		l.say("Bank %d: %s, %s", i+1, o.Name, sentence(o.Detail))
	}
	l.tell.accounts(p, l.link.chosen)
}
