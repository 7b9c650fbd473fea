package plain

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"layersim/fixtures"
	"layersim/flow"
	"layersim/flow/journal"
	"layersim/flow/lint"
	"layersim/tui/pane"
)

// teller says what has happened: each entry of the journal once, and after it
// what it changed.
type teller struct {
	print   func(line string)
	catalog *fixtures.Catalog
	privacy *privacy
	now     func() time.Time

	// What was said last of the stage: each of them is said when it changes.
	title, notice, url, outcome string

	// ids are those that were said: a long id is worth its time once, where it
	// first appears. The log has them all.
	ids map[string]bool

	// errors are the error messages that were said since the operator did
	// something: one failure is told by several entries.
	errors []string

	shown   flow.Pane // what Link showed last
	handler flow.HandlerID
	// unread says that the values of shown are still to be read out: what Plaid
	// says of the same moment comes first, as it would be lost behind them.
	unread bool

	reader *lint.Walk
	linter *lint.Linter
}

func newTeller(initial flow.State, catalog *fixtures.Catalog, p *privacy, now func() time.Time, line func(string)) *teller {
	return &teller{ids: map[string]bool{}, print: line, catalog: catalog, privacy: p, now: now, reader: lint.NewWalk(initial), linter: lint.New(lint.InWalk)}
}

// say writes one line of parts that belong together.
func (t *teller) say(format string, args ...any) {
	line := spoken(t.privacy.hide(fmt.Sprintf(format, args...)))
	if line = strings.TrimSpace(line); line != "" {
		t.print(line)
	}
}

// tell says an entry, and what is different after it.
func (t *teller) tell(before flow.State, e journal.Entry, after flow.State) {
	t.privacy.learn(e.Event)
	if !besidesThePane(e) {
		t.readPane()
	}
	if e.Lane == journal.LaneYou {
		t.errors = nil
	}
	begins := beginsStep(before, after)
	pane, shows := e.Event.(flow.PaneShown)
	switch {
	case isReturn(e) && !begins:
	case shows && e.Verdict != flow.Refused:
		t.pane(pane)
	default:
		if begins && saidByStep(e) || saidBefore(e, after) {
			e.Why = ""
		}
		t.entry(e, before.Config.Client)
	}
	switch event := e.Event.(type) {
	case flow.WebhooksTried:
		for _, trial := range event.Trials {
			t.say("Webhook checked twice, %s: rightly checked, it is %s; as this app checks, it is %s.", trial.What, verdictOn(trial.Right), verdictOn(trial.Wrong))
		}
	case flow.PageLost:
		t.url = "" // it is to be opened again
	}
	t.items(before, after)
	t.mistake(after)
	t.stage(before, after)
	t.findings(e)
}

// lanes says who did it.
var lanes = map[journal.Lane]string{
	journal.LaneYou: "You", journal.LaneLink: "Link", journal.LaneServer: "Server", journal.LaneWebhook: "Webhook",
	journal.LaneApp: "App", journal.LanePage: "Page", journal.LaneClock: "Clock",
}

// entry says what came, with what matters of it, and what it meant.
func (t *teller) entry(e journal.Entry, client flow.Client) {
	t.say("%s", entryLine(e, client, t.isNews))
}

// isNews reports whether a value is worth saying, and takes it for said.
func (t *teller) isNews(key, value string) bool {
	switch key {
	case "link_session_id", "request_id", "link_token", "public_token":
	case "surface": // the prompt said where
		return false
	case "error_message":
		if slices.Contains(t.errors, value) {
			return false
		}
		t.errors = append(t.errors, value)
		return true
	default:
		return true
	}
	said := t.ids[key+value]
	t.ids[key+value] = true
	return !said
}

// entryLine is an entry in one line, with those of its values that are news.
func entryLine(e journal.Entry, client flow.Client, news func(key, value string) bool) string {
	parts := []string{journal.Name(e.Event)}
	if word := journal.Spelled(e.Event, client); word != "" && word != parts[0] {
		if !strings.HasPrefix(word, "this SDK ") {
			word = "in code " + word
		}
		parts = append(parts, word)
	}
	for _, p := range journal.Pairs(e.Event) {
		switch {
		case p.Key == "": // said apart
		case p.Key == "took": // a pipe says the same twice
		case p.Key == "notice": // Link says it
		case news(p.Key, p.Value):
			parts = append(parts, p.Key+" "+p.Value)
		}
	}
	why := inSDKsWords(e.Why, client)
	if x, ok := e.Event.(flow.ExchangeRecorded); ok {
		why = ""
		if failed, ok := fixtures.ErrorOf(x.Exchange); ok {
			parts = append(parts[:1:1], append([]string{failed.Name()}, parts[1:]...)...)
		}
		if asksForKey(x) {
			why = "Your server asks for the key with which Plaid signs the webhook."
		}
	}
	line := sentence(strings.Join(parts, "; "))
	switch {
	case e.Verdict == flow.Refused:
		line += " Refused: " + why
	case why != "" && why != line: // "open() returned." says nothing twice
		line += " " + why
	}
	return lanes[e.Lane] + ": " + line
}

func verdictOn(refused string) string {
	if refused == "" {
		return "believed"
	}
	return "refused, " + refused
}

// stage says the step that has begun, or what is new in it.
func (t *teller) stage(before, after flow.State) {
	text := t.stageText(after)
	begins := beginsStep(before, after)
	drawn := linkIsDrawn(after)
	switch {
	case begins:
		t.begin(after, text)
		return
	case text.Title != t.title && saysAnew(after):
		t.say("Now: %s", sentence(text.Title))
		t.say("%s", text.Body)
	}
	t.title = text.Title
	if text.Notice != t.notice && text.Notice != "" && (!drawn || !after.Failure.IsZero()) && (after.Phase != flow.PhaseOnboarded || text.NoticeKind != pane.Info) {
		t.note(text.Notice)
	}
	t.notice = text.Notice
	t.address(text.URL)
}

func (t *teller) stageText(s flow.State) pane.StageText { return pane.StageFor(s, t.now()) }

// saysAnew reports whether the paragraph of a phase changes to something that
// no entry says.
func saysAnew(s flow.State) bool {
	switch s.Phase {
	case flow.PhaseLink: // else its panes are read out
		return s.Link.Surface == flow.InBrowser
	case flow.PhaseEligibility, flow.PhaseAutofill, flow.PhaseFallback, flow.PhaseSession:
		return true
	}
	return false
}

// begin says a step: its title, the one paragraph, what is to note and what is
// known.
func (t *teller) begin(s flow.State, text pane.StageText) {
	t.print("")
	t.say("Step: %s", sentence(text.Title))
	t.say("%s", text.Body)
	if text.Notice != "" {
		t.note(text.Notice)
	}
	for _, f := range text.Facts {
		if f.Label == "display_message" && slices.Contains(t.errors, f.Value) {
			continue
		}
		if f.Label != "preloading" && t.isNews(f.Label, f.Value) { // the state says how long that took
			t.say("%s: %s", f.Label, f.Value)
		}
	}
	t.documentation(s)
	t.title, t.notice = text.Title, text.Notice
	t.address(text.URL)
	if s.Phase == flow.PhaseOnboarded {
		t.result(s)
	}
}

// note says a notice. On the screen the address stands below it.
func (t *teller) note(notice string) {
	t.say("Note: %s", strings.ReplaceAll(t.withoutErrors(notice), "the address below", "the address"))
}

// documentation says where more is to be read about a failure.
func (t *teller) documentation(s flow.State) {
	f := s.Failure
	if f.Type == "" || s.Phase != flow.PhaseFailed && s.Phase != flow.PhaseExited {
		return
	}
	t.say("Read more: %s", fixtures.ErrorFor(f.Type, f.Code).URL)
	if f.Documentation != "" {
		t.say("Plaid's link: %s", f.Documentation)
	}
}

// address says where the page of Link is, when it is to be opened.
func (t *teller) address(url string) {
	if url == "" || url == t.url {
		return
	}
	t.say("Address to open in a browser on this machine: %s", url)
	t.url = url
}

// mistake says what has come of a mistake that was made on purpose.
func (t *teller) mistake(s flow.State) {
	if o := s.Mistake.Outcome; o != t.outcome && o != "" {
		t.say("What came of the mistake: %s", sentence(t.withoutErrors(o)))
	}
	t.outcome = s.Mistake.Outcome
}

// findings says what the linter has found with an entry.
func (t *teller) findings(e journal.Entry) {
	for _, o := range t.reader.Read(e) {
		for _, f := range t.linter.Add(o) {
			kind := "mistake"
			if f.Severity == lint.Risky {
				kind = "risk"
			}
			t.say("Finding, a %s, %s: %s", kind, f.Rule, f.What)
		}
	}
}
