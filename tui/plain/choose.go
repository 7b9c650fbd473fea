package plain

import (
	"slices"
	"strings"

	"layersim/fixtures"
	"layersim/flow"
	"layersim/flow/sdk"
	"layersim/tui/pane"
)

// What the walk is made with: personas, templates, SDKs, and mistakes on
// purpose. Each word alone lists what there is; with a name or a number, it is
// taken.

// choice finds an entry of a list by its name or number, or says that there is
// none.
func (l *loop) choice(word, arg string, names []string) (int, bool) {
	if i, ok := number(arg, len(names)); ok {
		return i - 1, true
	}
	i := slices.IndexFunc(names, func(n string) bool { return strings.EqualFold(n, arg) })
	if i < 0 {
		l.say("There is no %s %s. %s alone lists them; take one by its name or by a number from 1 to %d.", word, l.quoted(arg), word, len(names))
	}
	return i, i >= 0
}

func (l *loop) persona(arg string) {
	all := l.opts.Catalog.Personas
	names := make([]string, len(all))
	for i, p := range all {
		names[i] = p.Name
		if arg == "" {
			phone, shows := inGroups(p.Phone.Reveal()), p.Shows
			if l.privacy.on {
				phone, shows = hidden, flow.RedactStrictly(shows)
			}
			l.say("Persona %d, %s, phone number %s: %s", i+1, p.Name, phone, sentence(shows))
		}
	}
	if arg == "" {
		return
	}
	if i, ok := l.choice("persona", arg, names); ok {
		l.takePersona(all[i], "")
	}
}

// takePersona takes a persona into the walk. Where a phone number was submitted
// already, or another template is asked for, a new attempt begins.
func (l *loop) takePersona(p fixtures.Persona, templateID string) {
	l.propose(p)
	switch l.state.Phase {
	case flow.PhaseToken, flow.PhaseHandler, flow.PhasePhone:
		if templateID == "" {
			l.say("Persona %s is in the walk: the phone number is proposed.", p.Name)
			return
		}
	}
	l.startOver(templateID, flow.Client{})
}

func (l *loop) template(arg string) {
	all := l.opts.Catalog.Templates
	names := make([]string, len(all))
	for i, t := range all {
		names[i] = t.Name
		if arg != "" {
			continue
		}
		use := ""
		if t.ID == l.state.Config.TemplateID {
			use = ", in use"
		}
		l.say("Template %d, %s%s, accounts %s: %s", i+1, t.Name, use, t.Accounts, sentence(t.Shows))
	}
	if arg == "" {
		return
	}
	if i, ok := l.choice("template", arg, names); ok {
		l.startOver(all[i].ID, flow.Client{})
	}
}

// sdk lists the SDKs and what differs with the one in use, or starts over with
// another: "sdk ios 6.3.0".
func (l *loop) sdk(arg string) {
	platform, version, _ := strings.Cut(strings.ToLower(arg), " ")
	if platform == "" {
		l.listSDKs()
		return
	}
	for _, u := range sdk.Unsupported() {
		if platform == u.ID {
			l.say("No Layer with %s. %s %s", u.Name, u.Why, u.Instead)
			return
		}
	}
	client, err := sdk.Client(platform, strings.TrimSpace(version))
	switch {
	case err != nil:
		l.say("%s Write sdk with a platform and a version, such as sdk ios 6.3.0.", sentence(err.Error()))
	case client == l.state.Config.Client:
		l.say("%s is in use already.", client.Label())
	default:
		l.startOver("", client)
	}
}

func (l *loop) listSDKs() {
	for _, p := range sdk.Platforms() {
		var versions []string
		for _, c := range p.Choices() {
			words := c.Version
			if c.Why != "" {
				words += ", " + c.Why
			}
			versions = append(versions, words)
		}
		use := ""
		if p.ID == l.state.Config.Client.Platform {
			use = ", in use as " + l.state.Config.Client.Label()
		}
		l.say("SDK %s, %s%s: versions %s.", p.ID, p.Name, use, strings.Join(versions, "; "))
	}
	for _, d := range sdk.Differences(l.state.Config.Client) {
		l.say("%s: %s", d.Topic, d.Text)
	}
}

// ---- Mistakes -------------------------------------------------------------

// wrong lists the mistakes that can be made now, or makes one.
func (l *loop) wrong(arg string) {
	all := flow.Wrongs()
	words := l.state.Config.Client.Words()
	ids := make([]string, len(all))
	later := 0
	for i, w := range all {
		ids[i] = string(w.ID)
		if arg != "" {
			continue
		}
		if l.obstacle(w) != "" {
			later++
			continue
		}
		l.say("Mistake %d, %s: %s", i+1, w.ID, pane.EventsInWords(w.Does, words))
	}
	if arg == "" {
		l.say("Not now: %s, at other steps.", counted(later, "mistake"))
		return
	}
	i, ok := l.choice("wrong", arg, ids)
	if !ok {
		return
	}
	w := all[i]
	if why := l.obstacle(w); why != "" {
		l.say("Not now: %s: %s", w.ID, sentence(why))
		return
	}
	l.say("On purpose: %s", pane.EventsInWords(w.Does, words))
	l.say("What to watch for: %s", pane.EventsInWords(w.Watch, words))
	l.say("What would be right: %s", pane.EventsInWords(w.Right, words))
	l.take(l.doWrong(w.ID))
}

// obstacle says why a mistake cannot be made now, "" if it can.
func (l *loop) obstacle(w flow.Wrong) string {
	switch {
	case w.SimulatedOnly && l.opts.Live:
		return "with the simulated Plaid only"
	case w.ID == flow.WrongAutofillNeedsAccounts && l.needyTemplate() == nil:
		return "there is no template whose accounts are required"
	case w.ID == flow.WrongSDKTooOld && sdk.BeforeLayer(l.state.Config.Client.Platform).Platform == "":
		return "every version of this SDK knows Layer"
	}
	if w.Phases != nil && !slices.Contains(w.Phases, l.state.Phase) {
		names := make([]string, len(w.Phases))
		for i, p := range w.Phases {
			names[i] = pane.PhaseName(p)
		}
		return "it can be made at " + strings.Join(names, ", ")
	}
	return w.Obstacle(l.state)
}

// doWrong is the event of a mistake, with what it takes from the operator.
func (l *loop) doWrong(id flow.WrongID) flow.DoWrong {
	e := flow.DoWrong{At: l.at(), Wrong: id}
	switch id {
	case flow.WrongSubmitBeforeLoad, flow.WrongTokenExpiredUsed, flow.WrongForeignNumber, flow.WrongBirthFirst, flow.WrongBothFields:
		if phone, err := flow.ParsePhoneNumber(l.phone); err == nil && id != flow.WrongBirthFirst {
			e.Phone = phone
		}
		if birth, err := flow.ParseDateOfBirth(l.birth, l.opts.Now()); err == nil && (id == flow.WrongBirthFirst || id == flow.WrongBothFields) {
			e.DateOfBirth = birth
		}
		e.Surface = l.opts.Surface
	case flow.WrongOpenBeforeReady, flow.WrongOpenTwice:
		e.Surface = l.opts.Surface
	case flow.WrongAutofillNeedsAccounts:
		e.TemplateID = l.needyTemplate().ID
	case flow.WrongSDKTooOld:
		e.Client = sdk.BeforeLayer(l.state.Config.Client.Platform)
	}
	return e
}

// needyTemplate is a template under which Extended Autofill finds nobody who has
// no bank.
func (l *loop) needyTemplate() *fixtures.Template {
	i := slices.IndexFunc(l.opts.Catalog.Templates, func(t fixtures.Template) bool { return t.Accounts == fixtures.AccountsRequired })
	if i < 0 {
		return nil
	}
	return &l.opts.Catalog.Templates[i]
}
