package plain

import (
	"encoding/json"
	"strconv"
	"strings"

	"layersim/fixtures"
	"layersim/flow"
	"layersim/flow/lint"
	"layersim/tui/pane"
)

// What can be looked at: state, log, wire, code, guide, findings. Nothing of the
// walk changes.

// looked is what was chosen while looking.
type looked struct {
	asked          fixtures.Template // by what if
	topic          string
	server, client string // languages
}

func (l *loop) stateFacts(string) {
	for _, f := range pane.StateFacts(l.state, l.opts.Now()) {
		l.say("State, %s: %s", f.Label, sentence(f.Value))
	}
	for _, p := range flow.Outlook(l.state, l.opts.Now()) {
		if p.Verdict == flow.Advanced && !p.Wrong {
			l.say("Would lead on: %s, to the step %s.", p.Event, pane.PhaseName(p.To))
		}
	}
}

// log says the last entries with their times: when they came, and when they had
// happened if that was before.
func (l *loop) log(arg string) {
	n := 10
	if arg != "" {
		i, err := strconv.Atoi(arg)
		if err != nil || i < 1 {
			l.say("log takes a number of entries, such as log 20.")
			return
		}
		n = i
	}
	all := l.journal.Entries()
	if len(all) == 0 {
		l.say("The log is empty.")
	}
	const clock = "15:04:05.000"
	for _, e := range all[max(len(all)-n, 0):] {
		at := e.At.Format(clock)
		if x, ok := e.Event.(flow.OnEvent); ok && !x.Metadata.Timestamp.IsZero() && x.Metadata.Timestamp.Before(e.At) {
			at += ", happened at " + x.Metadata.Timestamp.In(e.At.Location()).Format(clock)
		}
		l.say("Entry %d, at %s: %s", e.Seq, at, entryLine(e, l.state.Config.Client, func(string, string) bool { return true }))
	}
}

// exchanges are the calls of your server, oldest first.
func (l *loop) exchanges() []flow.Exchange {
	var all []flow.Exchange
	for _, e := range l.journal.Entries() {
		if x, ok := e.Event.(flow.ExchangeRecorded); ok {
			all = append(all, x.Exchange)
		}
	}
	return all
}

func hasCalls(l *loop) bool { return len(l.exchanges()) > 0 }

func (l *loop) wire(arg string) {
	all := l.exchanges()
	i := len(all)
	if arg != "" {
		var ok bool
		if i, ok = number(arg, len(all)); !ok {
			l.say("There is no call %s: they have the numbers 1 to %d, the last one is the newest.", l.quoted(arg), len(all))
			return
		}
	}
	x := all[i-1]
	l.say("Call %d of %d: %s %s", i, len(all), x.Method, x.URL)
	if l.privacy.on {
		l.say("Headers and bodies are %s: private is on.", hidden)
	} else {
		l.part("Request", x.RequestHeaders, x.RequestBody)
	}
	if x.Status == 0 {
		l.say("No answer: %s", x.Error)
	} else {
		l.say("Answer: HTTP %d.", x.Status)
	}
	if took := flow.Took(x.Duration); took != "" {
		l.say("Took: %s.", took)
	}
	if !l.privacy.on {
		l.part("Answer", x.ResponseHeaders, x.ResponseBody)
	}
	if t, failed := fixtures.ErrorOf(x); failed {
		l.say("What this means, %s: %s", t.Name(), t.Means)
		l.say("Likely cause: %s", t.Cause)
		l.say("Remedy: %s", t.RemedyWith(l.opts.Elsewhere))
		l.say("Try again: %s", t.Retry.Sentence())
		l.say("Read more: %s", t.URL)
		if x.RequestID != "" {
			l.say("request_id %s, give this to Plaid's support.", x.RequestID)
		}
	}
}

// part says headers and a body.
func (l *loop) part(of string, headers []flow.Header, body string) {
	for _, h := range headers {
		l.say("%s header: %s: %s", of, h.Name, h.Value)
	}
	if strings.TrimSpace(body) == "" {
		return
	}
	l.say("%s body:", of)
	l.lines(indented(body))
}

// indented lays JSON out line by line; another text stays as it is.
func indented(body string) string {
	var value any
	decoder := json.NewDecoder(strings.NewReader(body))
	decoder.UseNumber()
	if decoder.Decode(&value) != nil || decoder.More() || len(body) > 1<<20 {
		return body
	}
	var out strings.Builder
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	if encoder.Encode(value) != nil {
		return body
	}
	return out.String()
}

// lines says a text line by line, with its indents.
func (l *loop) lines(text string) {
	l.out.endPrompt()
	for line := range strings.SplitSeq(strings.TrimRight(text, "\n"), "\n") {
		line = strings.ReplaceAll(strings.TrimRight(line, "\r"), "\t", "    ")
		l.out.line(strings.TrimRight(spoken(l.privacy.hide(line)), " "))
	}
}

// code says the app's code of this step: of the server and of the client, each
// in the language that was named last.
func (l *loop) code(arg string) {
	if arg != "" && !l.chooseLanguage(arg) {
		return
	}
	all := fixtures.CodeAt(l.state.Phase, l.language(fixtures.Server), l.language(fixtures.Client))
	if len(all) == 0 {
		l.say("There is no code for this step.")
		return
	}
	s := all[0]
	l.say("Your %s, %s: %s", s.Source.Side, s.Source.Name, sentence(s.Title))
	for _, note := range s.Notes {
		l.say("%s", note)
	}
	l.lines(fixtures.Fill(s.Code, func(name string) string { return fixtures.CodeValue(l.state, name) }))
	l.say("End of the code. Other languages: %s.", strings.Join(l.languages(), ", "))
}

// sources lists the languages to choose from on one side.
func (l *loop) sources(side fixtures.Side) []fixtures.CodeSource {
	return fixtures.SourcesOf(side, l.state.Config.Client)
}

func (l *loop) languages() []string {
	var names []string
	for _, side := range []fixtures.Side{fixtures.Server, fixtures.Client} {
		for _, s := range l.sources(side) {
			names = append(names, s.Language)
		}
	}
	return names
}

func (l *loop) chooseLanguage(name string) bool {
	for _, side := range []fixtures.Side{fixtures.Server, fixtures.Client} {
		for _, s := range l.sources(side) {
			if !strings.EqualFold(s.Language, name) {
				continue
			}
			if side == fixtures.Server {
				l.look.server = s.Language
			} else {
				l.look.client = s.Language
			}
			return true
		}
	}
	l.say("There is no language %s. There are %s.", l.quoted(name), strings.Join(l.languages(), ", "))
	return false
}

// language returns the source of the chosen language of a side, else the first.
func (l *loop) language(side fixtures.Side) string {
	chosen := l.look.server
	if side == fixtures.Client {
		chosen = l.look.client
	}
	return fixtures.ChosenSource(l.sources(side), chosen)
}

// guide says what the guide has on this step, or on a topic.
func (l *loop) guide(arg string) {
	names := fixtures.TopicNames()
	ids := make([]string, len(names))
	for i, n := range names {
		ids[i] = n.ID
	}
	if arg != "" {
		if i, ok := l.choice("guide", arg, ids); ok {
			l.topic(ids[i])
		}
		return
	}
	g, ok := l.opts.Catalog.GuideFor(l.state.Phase)
	if !ok {
		l.say("The guide has nothing on this step.")
		return
	}
	l.say("Guide: %s", sentence(g.Title))
	for _, part := range []struct{ head, text string }{{"What happens", g.Happens}, {"Why", g.Why}, {"What your app must do", g.YourApp}, {"What goes wrong", g.GoesWrong}} {
		l.say("%s: %s", part.head, part.text)
	}
	l.doubts(g.Disagree, g.Unconfirmed, g.URL)
	l.say("Topics: %s.", strings.Join(ids, ", "))
}

func (l *loop) topic(id string) {
	t, ok := l.opts.Catalog.Topic(id)
	if !ok {
		l.say("The guide has nothing on %s.", id)
		return
	}
	l.say("Guide: %s", sentence(t.Title))
	l.say("%s", t.Intro)
	for _, part := range t.Parts {
		l.say("%s", sentence(part.Title))
		l.say("%s", part.Text)
		for _, e := range part.Entries {
			l.say("%s: %s %s", e.Name, e.Says, e.Do)
		}
	}
	l.doubts(t.Disagree, t.Unconfirmed, t.URL)
}

func (l *loop) doubts(disagree, unconfirmed []string, url string) {
	for _, d := range disagree {
		l.say("Sources disagree: %s", d)
	}
	for _, u := range unconfirmed {
		l.say("Unconfirmed: %s", u)
	}
	l.say("Read more: %s", url)
}

// findings says every mistake that the linter has found, in full.
func (l *loop) findings(string) {
	all := l.tell.linter.Findings()
	if len(all) == 0 {
		l.say("No findings: no mistake of this walk is known.")
	}
	for i, f := range all {
		kind := "mistake"
		if f.Severity == lint.Risky {
			kind = "risk"
		}
		l.say("Finding %d of %d, a %s, %s: %s", i+1, len(all), kind, f.Rule, sentence(f.Title))
		l.say("What happened: %s", f.What)
		l.say("Why it matters: %s", f.Why)
		l.say("What to do: %s", f.Fix)
		l.say("Source: %s", f.Source)
	}
	kept := 0
	for _, c := range l.tell.linter.Checks(uint64(l.journal.Len())) { //nolint:gosec // a length
		if c.Standing == lint.Kept {
			kept++
		}
	}
	l.say("Rules kept: %d.", kept)
}
