package plain_test

import (
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"layersim/flow"
	"layersim/flow/journal"
	"layersim/flow/plaidsim"
	"layersim/tui/pane"
)

// eligible are the lines that lead through the whole walk.
var eligible = []string{"", "", "", "", "", "123456", ""}

// walks are whole walks, one for each branch. Each line is as it is typed.
var walks = []struct {
	name string
	setting
	lines []string
	ends  flow.Phase
	says  []string
}{
	{name: "eligible", lines: eligible, ends: flow.PhaseOnboarded, says: []string{"Step: The user is onboarded.", "SSN: hidden.", "Everyday Checking, ends in 0000"}},
	{name: "events as documented", setting: setting{delivery: plaidsim.Documented}, lines: eligible, ends: flow.PhaseOnboarded},
	{name: "date of birth", lines: []string{"", "", "515-555-0016", "1975-01-18", "", "", "123456", ""}, setting: setting{template: "ssn-required"}, ends: flow.PhaseOnboarded, says: []string{"Link: LAYER_NOT_AVAILABLE", "You: date of birth entered"}},
	{
		name: "fallback and sign up", setting: setting{template: "ssn-required"}, ends: flow.PhaseFallback,
		lines: []string{"", "", "515-555-0016", "1990-12-31", "", "Ada", "Example", "", "", "", "", "ada", "ada@example.com", "", "", ""},
		says:  []string{"Link: LAYER_AUTOFILL_NOT_AVAILABLE", "An email address looks like name@example.com.", "You: sign-up form sent.", "Now: The user signed up without Layer."},
	},
	{name: "declined", setting: setting{template: "ssn-required"}, lines: []string{"", "", "515-555-0016", "decline"}, ends: flow.PhaseFallback, says: []string{"You: own form instead."}},
	{name: "wrong codes", lines: []string{"", "", "", "", "", "000000", "000000", "000000"}, ends: flow.PhaseExited, says: []string{"Tries left: 2.", "Tries left: 1.", "PROFILE_AUTHENTICATION_FAILED"}},
	{name: "close", lines: []string{"", "", "", "", "close"}, ends: flow.PhaseExited, says: []string{"Link: onExit", "Step: Link was closed.", "Webhook: SESSION_FINISHED"}},
	{name: "exit", lines: []string{"", "", "", "", "exit"}, ends: flow.PhaseExited, says: []string{"You: exit Link.", "Step: Your app closed Link."}},
	{
		name: "failure and retry", setting: setting{fault: &plaidsim.Fault{On: "/session/token/create", Status: 500, Calls: 1}}, lines: append([]string{"", ""}, eligible[1:]...), ends: flow.PhaseOnboarded,
		says: []string{"Server: POST /session/token/create 500; API_ERROR / INTERNAL_SERVER_ERROR; request_id", "Step: /session/token/create failed.", "Plaid had an error of its own. Try again, and keep the request_id.", "Read more: https://plaid.com/docs/", "You: try again."},
	},
	{
		name: "accounts fail", setting: setting{fault: &plaidsim.Fault{On: "/accounts/get", Status: 500, Calls: 1}}, lines: append(eligible[:7:7], "retry"), ends: flow.PhaseOnboarded,
		says: []string{"/accounts/get failed: INTERNAL_SERVER_ERROR", "Account of Item 1: Everyday Checking"},
	},
	{
		name: "add a bank", ends: flow.PhaseOnboarded,
		lines: []string{"", "", "", "", "", "123456", "add bank", "no such bank", "search tartan", "back", "add bank", "2", "user_good", "wrong", "user_good", "pass_good", "1234", "all", "", "", "accounts 1", "edit first name", "Anna", "edit email = anna@example.com", ""},
		says:  []string{"You: pressed add bank.", "Simulated Link shows: Find your bank.", "You: pressed search."},
	},
	{
		name: "edits of a date", ends: flow.PhaseOnboarded,
		lines: []string{"", "", "", "", "", "123456", "edit date_of_birth = 02/30/1990", "edit date of birth", "30 February", "1990-02-30", "1990-02-28", ""},
		says: []string{
			"Review (Enter shares; edit NUMBER=VALUE; accounts; add bank; close): edit date_of_birth = hidden\nFebruary 1990 has no day 30. Nothing was changed.",
			"A date has only digits and - or /, for example 1975-01-18 or 01/18/1975.", "Date of birth (now hidden; Enter keeps it, a minus sign empties it): hidden\nFebruary 1990 has no day 30.",
			"Date of birth: hidden. Edited, and not shared yet.", "Step: The user is onboarded.",
		},
	},
	{
		name: "a bank that is linked already", ends: flow.PhaseExited,
		lines: []string{"", "", "", "", "", "123456", "add bank", "tartan", "nowhere", "close"},
		says:  []string{"Link says: Tartan Bank is linked already: its accounts are in the review.", "No bank has such a name."},
	},
	{name: "mistakes", lines: []string{"", "", "wrong open-before-ready"}, ends: flow.PhaseExited, says: []string{"On purpose: The app opens Link without waiting", "Finding, a mistake, open-before-ready:"}},
	{name: "webhooks wrongly checked", lines: append(eligible[:7:7], "wrong webhook-one-key"), ends: flow.PhaseOnboarded, says: []string{"Webhook checked twice, ", "What came of the mistake:"}},
	{name: "another SDK", lines: []string{"", "", "sdk ios 6.0.3", "", "", "", "", ""}, ends: flow.PhaseFallback, says: []string{"You: start over; sdk iOS 6.0.3.", "Clock: still no answer", "Step: Your app's own form."}},
	{name: "another template", lines: append([]string{"template accounts-skip"}, eligible...), ends: flow.PhaseOnboarded, says: []string{"Items: none."}},
	{name: "a persona with a silent network", setting: setting{persona: "silent"}, lines: []string{"", "", "", "", "", ""}, ends: flow.PhaseOnboarded, says: []string{"Link goes on by itself.", "You: phone proven silently."}},
	{name: "another country", lines: []string{"", "", "+44 20 7946 0958", "decline"}, ends: flow.PhaseFallback},
	{name: "over again", lines: append(append(eligible[:7:7], "over"), eligible...), ends: flow.PhaseOnboarded},
}

func TestWholeWalks(t *testing.T) {
	for _, tc := range walks {
		t.Run(tc.name, func(t *testing.T) {
			w := walk(t, tc.setting, tc.lines...)
			w.stands(tc.ends)
			w.says(tc.says...)
			w.isText()
			w.saysTheJournal()
			w.says("End of the input.")
		})
	}
}

// isText fails the test if anything in the output is no text: a control
// character, or a sign that is drawn or that a screen reader spells.
func (w told) isText() {
	w.t.Helper()
	if !utf8.ValidString(w.out) {
		w.t.Fatal("the output is no UTF-8")
	}
	for number, line := range strings.Split(w.out, "\n") {
		for _, r := range line {
			if r >= ' ' && r <= '~' || r == '\u200c' || r == '\u200d' || unicode.In(r, unicode.L, unicode.M, unicode.Nd) && !drawn(r) {
				continue
			}
			w.t.Fatalf("line %d has %U %q: %s", number+1, r, r, line)
		}
	}
}

// drawn reports whether a character is one that draws: box drawing, blocks,
// Braille, arrows, bullets, dots.
func drawn(r rune) bool {
	return r >= 0x2500 && r <= 0x25ff || r >= 0x2800 && r <= 0x28ff || r >= 0x2190 && r <= 0x21ff || r >= 0x2700 && r <= 0x27bf || r == '•' || r == '·' || r == '…'
}

// laneWords are how a line of an entry begins.
var laneWords = map[journal.Lane]string{
	journal.LaneYou: "You: ", journal.LaneLink: "Link: ", journal.LaneServer: "Server: ", journal.LaneWebhook: "Webhook: ",
	journal.LaneApp: "App: ", journal.LanePage: "Page: ", journal.LaneClock: "Clock: ",
}

// isReturn reports whether an entry is the return of a call whose effect is said
// by other entries.
func isReturn(e journal.Entry) bool {
	switch e.Event.(type) {
	case flow.HandlerSubmitted, flow.HandlerOpened, flow.LinkDriven, flow.HandlerExited:
		return e.Verdict != flow.Refused && slices.Contains([]string{"The call returned.", "submit() returned.", "open() returned.", "exit() returned."}, e.Why)
	}
	return false
}

// saysTheJournal reads the output beside the journal: every change is said once
// and in order, with what matters of it, and every step is said once, behind the
// entry that it began with. What entries mean is said by the step that they
// begin, if they begin one; what Link shows, by Link's pane.
func (w told) saysTheJournal() {
	w.t.Helper()
	lines := strings.Split(w.out, "\n")
	for i, line := range lines { // what the operator asked to see again is no news
		if strings.HasPrefix(line, "Entry ") {
			lines[i] = ""
		}
	}
	at := 0
	isEntry := func(line string) bool {
		for _, lane := range laneWords {
			if strings.HasPrefix(line, lane) {
				return true
			}
		}
		return false
	}
	isPane := func(line string) bool {
		return strings.HasPrefix(line, "Simulated Link shows: ") || strings.HasPrefix(line, "Link says: ")
	}
	// steps counts the steps that are said before the next entry, and goes there.
	steps := func() (titles []string) {
		for ; at < len(lines) && !isEntry(lines[at]) && !isPane(lines[at]); at++ {
			if title, ok := strings.CutPrefix(lines[at], "Step: "); ok {
				titles = append(titles, title)
			}
		}
		return titles
	}
	if n := len(steps()); n != 1 {
		w.t.Fatalf("%d steps are said before anything has happened", n)
	}
	state := w.Journal.StateAt(-1)
	said := map[string]bool{}
	var errors []string
	for _, e := range w.Journal.Entries() {
		if e.Lane == journal.LaneYou {
			errors = nil
		}
		next := journal.Fold(state, e)
		begins := next.Phase != state.Phase || next.Attempt != state.Attempt
		if isReturn(e) && !begins {
			state = next
			continue
		}
		if at >= len(lines) {
			w.t.Fatalf("entry %d, %s, is not said:\n%s", e.Seq, journal.Name(e.Event), w.out)
		}
		line := lines[at]
		if shown, ok := e.Event.(flow.PaneShown); ok && e.Verdict != flow.Refused {
			if title := "Simulated Link shows: " + strings.TrimSuffix(inWords(shown.Pane.Title), "."); !strings.HasPrefix(line, title) && !strings.HasPrefix(line, "Link says: "+strings.TrimSuffix(inWords(shown.Pane.Notice), ".")) {
				w.t.Fatalf("entry %d should be said as %q; there is\n%s", e.Seq, title, line)
			}
			if at++; at < len(lines) && strings.HasPrefix(lines[at], shown.Pane.Text) {
				at++
			}
			if at < len(lines) && strings.HasPrefix(lines[at], "Link says: ") {
				at++ // of the same pane
			}
			steps()
			state = next
			continue
		}
		if begins := laneWords[e.Lane] + inWords(journal.Name(e.Event)); !strings.HasPrefix(line, begins) {
			w.t.Fatalf("entry %d should be said as %q; there is\n%s", e.Seq, begins, line)
		}
		for _, p := range journal.Pairs(e.Event) {
			id := p.Key == "link_session_id" || p.Key == "request_id" || p.Key == "link_token" || p.Key == "public_token"
			again := id && said[p.Key+p.Value]
			said[p.Key+p.Value] = true
			switch {
			case p.Key == "error_message" && slices.Contains(errors, p.Value):
				if strings.Contains(line, p.Value) {
					w.t.Fatalf("entry %d says the error once more: %s", e.Seq, line)
				}
			case p.Key == "surface":
			case p.Key == "took" || p.Key == "notice" || p.Key == "":
			case again:
				if strings.Contains(line, p.Key+" "+inWords(p.Value)) {
					w.t.Fatalf("entry %d says %s once more: %s", e.Seq, p.Key, line)
				}
			case !strings.Contains(line, p.Key+" "+inWords(p.Value)):
				w.t.Fatalf("entry %d does not say %s %s: %s", e.Seq, p.Key, p.Value, line)
			}
			if p.Key == "error_message" {
				errors = append(errors, p.Value)
			}
		}
		if means := strings.TrimSuffix(inWords(e.Why), "."); state.Config.Client.Platform == "web" && saysWhy(e, begins, state.Link.Surface) != strings.Contains(line, means) {
			w.t.Fatalf("entry %d means %q, and this is said: %s", e.Seq, e.Why, line)
		}
		if refused := strings.Contains(line, " Refused: "); refused != (e.Verdict == flow.Refused) {
			w.t.Fatalf("entry %d was %s: %s", e.Seq, e.Verdict, line)
		}
		at++
		from := at
		titles := steps()
		state = next
		switch {
		case !begins && len(titles) > 0:
			w.t.Fatalf("entry %d begins no step, and %q is said", e.Seq, titles)
		case begins && (len(titles) != 1 || strings.TrimSuffix(titles[0], ".") != strings.TrimSuffix(pane.StageFor(state, e.At).Title, ".")):
			w.t.Fatalf("entry %d begins the step %q, and %q is said", e.Seq, pane.StageFor(state, e.At).Title, titles)
		case begins:
			w.saysStep(lines[from:at], pane.StageFor(state, e.At), errors)
		}
	}
	if at < len(lines)-1 && isEntry(lines[at]) {
		w.t.Fatalf("the journal is over, and this is said: %s", lines[at])
	}
}

// saysWhy reports whether the line of an entry has to say what it means.
func saysWhy(e journal.Entry, begins bool, surface flow.Surface) bool {
	_, wrong := e.Event.(flow.DoWrong)
	if e.Verdict == flow.Refused || wrong {
		return true
	}
	switch event := e.Event.(type) {
	case flow.ExchangeRecorded, flow.OnLoad:
		return false
	case flow.LinkActed:
		return !begins && !strings.HasPrefix(e.Why, "The user answers Link's pane")
	case flow.OnEvent:
		if surface == flow.InTerminal && (event.Name == flow.EventTransitionView || event.Name == flow.EventSubmitOTP) {
			return false
		}
	}
	return !begins
}

// saysStep fails the test unless the lines behind an entry have the paragraph of
// its step once.
func (w told) saysStep(lines []string, stage pane.StageText, errors []string) {
	w.t.Helper()
	for _, message := range errors { // it was said
		stage.Notice = strings.ReplaceAll(stage.Notice, ": "+message, "")
	}
	for _, text := range []string{stage.Body, stage.Notice} {
		n := 0
		for _, line := range lines {
			if text != "" && strings.Contains(line, strings.TrimSpace(inWords(text))) {
				n++
			}
		}
		if text != "" && n != 1 {
			w.t.Fatalf("the step %q says this %d times: %s\n%s", stage.Title, n, text, strings.Join(lines, "\n"))
		}
	}
}

// inWords says the masks that these walks have as plain mode does.
func inWords(text string) string {
	for _, m := range []struct{ mask, words string }{
		{"••••••", "hidden"}, {"••••-••-••", "hidden"},
	} {
		if text == m.mask {
			return m.words
		}
	}
	if before, end, ok := strings.Cut(text, "••••"); ok {
		end = strings.TrimLeft(end, "•")
		before = strings.TrimSuffix(before, "-")
		if strings.HasPrefix(before, "+") {
			before = ""
		}
		words := strings.TrimSpace(before + " hidden")
		if end != "" {
			words += ", ends in " + end
		}
		return words
	}
	return strings.NewReplacer("…", "...", "✓", "yes", "✗", "no").Replace(text)
}
