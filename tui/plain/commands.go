package plain

import (
	"slices"
	"strconv"
	"strings"

	"layersim/flow"
)

// The words that can be typed. A line is, in this order: a command, if it begins
// with "/"; the answer to what is asked for; nothing, which does the primary
// thing; a command by its name.

// command is one line of the table that dispatch and help are made from.
type command struct {
	names []string // the first one is shown
	args  string   // what may follow, for people
	help  string
	when  func(*loop) bool // whether it applies now
	why   string           // what has to be so for it to apply
	do    func(l *loop, arg string)
}

func always(*loop) bool { return true }

var table []command

// It is set here because help leads to it.
func init() { table = commands() }

func commands() []command {
	drawn := func(l *loop) bool { return linkIsDrawn(l.state) }
	return []command{
		{names: []string{"share"}, help: "share what the review shows", when: inView(flow.ViewReview), why: "in Link's review", do: func(l *loop, _ string) { l.act(l.entered(flow.LinkShare)) }},
		{names: []string{"edit"}, args: "FIELD, or FIELD = VALUE", help: "change a value, by its number or name", when: canEdit, why: "in Link's review and in the app's own form", do: (*loop).edit},
		{names: []string{"accounts"}, args: "all, none or numbers", help: "choose accounts", when: hasAccounts, why: "where Link offers accounts", do: (*loop).chooseAccounts},
		{names: []string{"add bank", "add a bank"}, help: "add another bank in Link", when: hasButton(flow.LinkAddBank), why: "in Link's review, if the template collects accounts", do: func(l *loop, _ string) { l.act(l.entered(flow.LinkAddBank)) }},
		{names: []string{"search"}, args: "TEXT", help: "look for a bank by its name", when: inView(flow.ViewSelectInstitution), why: "where Link asks for a bank", do: (*loop).search},
		{names: []string{"back"}, help: "back to the pane before", when: hasButton(flow.LinkBack), why: "where Link has a button Back", do: func(l *loop, _ string) { l.act(flow.LinkAction{Kind: flow.LinkBack}) }},
		{names: []string{"read", "again"}, help: "hear the step or Link's pane again", when: always, do: (*loop).readAgain},
		{names: []string{"close"}, help: "press Close in Link", when: drawn, why: "while Link is shown here", do: func(l *loop, _ string) { l.act(flow.LinkAction{Kind: flow.LinkClose}) }},
		{names: []string{"exit"}, help: "call exit(), as the app", when: canExit, why: "while Link is open", do: func(l *loop, _ string) { l.take(flow.ExitRequested{At: l.at()}) }},
		{names: []string{"browser"}, help: "show Link in the browser", when: canBrowser, why: "while Link is open, or ready to be", do: func(l *loop, _ string) { l.show(flow.InBrowser) }},
		{names: []string{"terminal", "here"}, help: "show Link here", when: canTerminal, why: "while a simulated Link is open in the browser, or ready to be", do: func(l *loop, _ string) { l.show(flow.InTerminal) }},
		{names: []string{"retry", "resend", "try again"}, help: "make the call that failed or went unanswered again", when: canRetry, why: "after a failure, or when no answer came", do: func(l *loop, _ string) { l.take(flow.RetryRequested{At: l.at()}) }},
		{names: []string{"decline", "own form"}, help: "use the app's own form instead", when: canDecline, why: "when a date of birth is asked for, or no answer came", do: func(l *loop, _ string) { l.take(flow.AutofillDeclined{At: l.at()}) }},
		{names: []string{"wait"}, help: "wait for what comes next", when: (*loop).canWait, why: "when something is on its way", do: func(l *loop, _ string) { l.wait() }},
		{names: []string{"over", "start over"}, help: "start over with a new token", when: canStartOver, why: "once the walk has begun", do: func(l *loop, _ string) { l.startOver("", flow.Client{}) }},
		{names: []string{"persona", "personas"}, args: "NAME or number", help: "list the users, or take one into the walk", when: hasPersonas, why: "with fixtures", do: (*loop).persona},
		{names: []string{"template", "templates"}, args: "NAME or number", help: "list the templates, or start over with one", when: hasTemplates, why: "with the simulated Plaid", do: (*loop).template},
		{names: []string{"sdk"}, args: "PLATFORM and VERSION", help: "list the Link SDKs, or start over with one", when: always, do: (*loop).sdk},
		{names: []string{"wrong", "mistake"}, args: "NAME or number", help: "list the mistakes, or make one on purpose", when: always, do: (*loop).wrong},
		{names: []string{"what if", "whatif"}, args: "FIELD required, optional or off; reset", help: "what Layer would answer each persona", when: always, do: (*loop).whatIf},
		{names: []string{"result"}, help: "hear the identity, its edit history and the Items again", when: isOnboarded, why: "once the user is onboarded", do: func(l *loop, _ string) { l.tell.result(l.state) }},
		{names: []string{"reveal"}, args: "VALUE", help: "say one value that is hidden", when: canReveal, why: "where a value is hidden", do: (*loop).reveal},
		{names: []string{"private"}, args: "on or off", help: "hide everything personal, or say it again", when: always, do: (*loop).private},
		{names: []string{"findings", "lint"}, help: "what the linter has found in this walk", when: always, do: (*loop).findings},
		{names: []string{"guide"}, args: "TOPIC", help: "what the guide says of this step, or of a topic", when: always, do: (*loop).guide},
		{names: []string{"wire"}, args: "NUMBER", help: "the last call to Plaid's API in full, or that one", when: hasCalls, why: "once your server has called Plaid", do: (*loop).wire},
		{names: []string{"code"}, args: "LANGUAGE", help: "the app's code at this step", when: always, do: (*loop).code},
		{names: []string{"state"}, help: "where the walk stands", when: always, do: (*loop).stateFacts},
		{names: []string{"log"}, args: "how many", help: "the last entries of the log, with their times", when: always, do: (*loop).log},
		{names: []string{"help"}, help: "what can be done now", when: always, do: (*loop).help},
		{names: []string{"quit"}, help: "end layersim", when: always, do: func(l *loop, _ string) { l.over = true }},
	}
}

// Word is one word that can be typed, for people.
type Word struct {
	Word, Args string // Args is what may follow
	Does       string
}

// Words lists all words that can be typed; help says which of them apply now.
func Words() []Word {
	words := make([]Word, len(table))
	for i, c := range table {
		words[i] = Word{c.names[0], c.args, c.help}
	}
	return words
}

func commandNamed(name string) command {
	i := slices.IndexFunc(table, func(c command) bool { return slices.Contains(c.names, name) })
	return table[i]
}

// commandIn finds the command that a line begins with; the longest name wins.
func commandIn(line string) (cmd command, arg string, found bool) {
	words := strings.Join(strings.Fields(line), " ")
	longest := 0
	for _, c := range table {
		for _, name := range c.names {
			if len(name) <= longest || len(words) < len(name) || !strings.EqualFold(words[:len(name)], name) {
				continue
			}
			if rest := words[len(name):]; rest == "" || rest[0] == ' ' {
				cmd, arg, found, longest = c, strings.TrimSpace(rest), true, len(name)
			}
		}
	}
	return cmd, arg, found
}

// typed carries out a line.
func (l *loop) typed(line string) {
	l.tell.readPane()
	line = strings.TrimSpace(flow.CleanLine(strings.TrimRight(line, "\r\n"), 0))
	asCommand, slash := strings.CutPrefix(line, "/")
	switch {
	case slash:
		l.out.answered(l.echoCommand(line))
		l.command(asCommand)
	case l.asking != nil:
		l.out.answered(l.echo(line, l.asking.private))
		l.asking.take(l, line)
	case line == "":
		l.out.answered("")
		l.enter()
	case l.isAnswer(line):
		l.out.answered(l.echo(line, l.answerIsPrivate()))
		l.answer(line)
	default:
		l.out.answered(l.echoCommand(line))
		l.command(line)
	}
}

// echo is an answer as it may be said.
func (l *loop) echo(line string, private bool) string {
	switch {
	case line == "":
		return ""
	case private || l.privacy.on:
		return hidden
	}
	if _, err := flow.ParsePhoneNumber(line); err == nil {
		return spoken(line)
	}
	return spoken(mistyped(line))
}

// mistyped is what was typed without what may be a secret in the wrong field:
// what looks private, and long words with digits, as keys and passwords are. What
// is said may go to a pipe, and from there to a file.
func mistyped(text string) string {
	text = flow.RedactStrictly(text)
	words := strings.Split(text, " ")
	for i, word := range words {
		if len(word) >= shortestKey && !strings.ContainsAny(word, "@•") && strings.ContainsAny(word, "0123456789") {
			words[i] = hidden
		}
	}
	return strings.Join(words, " ")
}

// shortestKey is how long a word is that may be a key; those of Plaid have 24
// characters and more.
const shortestKey = 16

// echoCommand is a command as it may be said: what is typed in the wrong place
// may be anything, and the value behind edit too.
func (l *loop) echoCommand(line string) string {
	cmd, arg, found := commandIn(strings.TrimPrefix(line, "/"))
	field, _, given := strings.Cut(arg, "=")
	switch {
	case found && cmd.names[0] == "edit" && given:
		line = "edit " + strings.TrimSpace(field) + " = " + hidden
	case found && l.privacy.on:
		line = cmd.names[0]
	case l.privacy.on:
		line = hidden
	}
	return spoken(mistyped(line))
}

// quoted is something that was typed and means nothing, as it may be said.
func (l *loop) quoted(text string) string {
	if l.privacy.on {
		return "that"
	}
	return strconv.Quote(flow.CleanLine(mistyped(flow.CleanLine(text, 400)), 40))
}

// enter does the one primary thing.
func (l *loop) enter() {
	if p := l.primary(); p.do != nil {
		p.do()
		return
	}
	switch {
	case l.state.Phase == flow.PhaseOnboarded:
		l.say("The walk is done, and Enter changes nothing. over starts over, quit ends, help lists the rest.")
	case linkIsDrawn(l.state) && l.state.Link.Pane.View == flow.ViewVerifyPhone:
		l.say("Type the code, 6 digits.")
	case l.state.Phase == flow.PhasePhone:
		l.say("Type a phone number. persona lists those that Plaid documents for tests.")
	case l.state.Phase == flow.PhaseDateOfBirth:
		l.say("Type a date of birth, as 1975-01-18 or 01/18/1975.")
	case inView(flow.ViewSelectInstitution)(l):
		l.say("Type a bank's number in the list, a name to search for, or back.")
	case inView(flow.ViewSelectAccount)(l):
		l.say("Type all, none or numbers.")
	default:
		l.say("There is nothing to do but wait.")
	}
}

// isAnswer reports whether a line is what the step asks for, rather than a
// command.
func (l *loop) isAnswer(line string) bool {
	switch {
	case l.state.Phase == flow.PhasePhone:
		return strings.ContainsRune("+(0123456789", rune(line[0]))
	case l.state.Phase == flow.PhaseDateOfBirth:
		return line[0] >= '0' && line[0] <= '9'
	case linkIsDrawn(l.state):
		return l.isLinkAnswer(line)
	}
	return false
}

func (l *loop) answerIsPrivate() bool { return l.state.Phase == flow.PhaseDateOfBirth }

func (l *loop) answer(line string) {
	switch l.state.Phase {
	case flow.PhasePhone:
		l.submitPhone(line)
	case flow.PhaseDateOfBirth:
		l.submitBirth(line)
	default:
		l.linkAnswer(line)
	}
}

// command carries out a command, or says what is wrong with it.
func (l *loop) command(line string) {
	cmd, arg, found := commandIn(line)
	switch {
	case found && cmd.args == "" && arg != "":
		l.say("%s takes nothing behind it, and %s is there. Nothing was done.", cmd.names[0], l.quoted(arg))
	case found && !cmd.when(l):
		l.say("Not now: %s is for %s. help lists what can be done now.", cmd.names[0], cmd.why)
	case found:
		cmd.do(l, arg)
	case l.state.Phase == flow.PhasePhone:
		_, err := flow.ParsePhoneNumber(line)
		l.say("Neither a phone number nor a command. %s help lists the commands.", errorText(err))
	case l.state.Phase == flow.PhaseDateOfBirth:
		_, err := flow.ParseDateOfBirth(line, l.opts.Now())
		l.say("Neither a date nor a command. %s help lists the commands.", errorText(err))
	case looksPrivate(line):
		l.say("That looks like a date of birth or another private number; this step takes none.")
	default:
		l.say("There is no command %s. help lists what can be done now; an empty line does what the prompt says of Enter.", l.quoted(line))
	}
}

// looksPrivate reports whether a line is a value, typed where none is asked for.
func looksPrivate(line string) bool {
	return strings.Trim(line, "0123456789-/. ") == "" && strings.ContainsAny(line, "0123456789")
}

func errorText(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

// help lists what can be done now.
func (l *loop) help(string) {
	if p := l.primary(); p.does != "" {
		l.say("Enter %s.", p.does)
	}
	for _, c := range table {
		if !c.when(l) {
			continue
		}
		name := c.names[0]
		if c.args != "" {
			name += " (" + c.args + ")"
		}
		l.say("%s: %s.", name, c.help)
	}
	l.say("Where a value is asked for, such as a name, a command begins with a slash: /help, /quit.")
}
