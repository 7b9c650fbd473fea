package scenario

import (
	"slices"
	"strconv"
	"strings"

	"layersim/flow"
	"layersim/flow/journal"
	"layersim/flow/lint"
)

// What was seen, as expectations.

// expect writes what a stretch of the walk showed: errors, callbacks that decide
// something, webhooks, the pane and the phase.
func (m *maker) expect(from, to int) {
	if from >= to {
		return
	}
	var pane *flow.Pane
	for i := from; i < to; i++ {
		switch e := m.entries[i].Event.(type) {
		case flow.CallFailed:
			m.expectFailure(e)
		case flow.OnEvent:
			if isOutcome(e.Name) && !e.Again && m.entries[i].Verdict != flow.Refused {
				m.add(ExpectEvent{Name: e.Name})
			}
		case flow.OnSuccess:
			m.add(ExpectEvent{Name: "onSuccess"})
			pane = nil
		case flow.OnExit:
			d := ExpectEvent{Name: "onExit", Status: e.Metadata.ExitStatus}
			if isErrorCode(e.Failure.Code) {
				d.ErrorCode = e.Failure.Code
			}
			if !isStatus(d.Status) || m.live {
				d.Status = ""
			}
			m.add(d)
			pane = nil
		case flow.WebhookReceived:
			m.expectWebhook(e)
		case flow.PaneShown:
			pane = &e.Pane
		}
	}
	m.expectOutcome(to)
	if pane != nil && m.journal.StateAt(to-1).Phase == flow.PhaseLink && slices.Contains(views, pane.View) && pane.Auto == "" {
		d := ExpectPane{View: pane.View, Notice: part(pane.Notice)}
		for _, f := range pane.Fields {
			if d.Notice == "" {
				d.Notice = part(f.Notice)
			}
		}
		m.add(d)
	}
	if phase := m.entries[to-1].Phase; phase != m.phase && !m.browsing(to) {
		m.add(ExpectPhase{Phase: phase})
		m.phase = phase
	}
}

// browsing reports whether Link stands open in a browser where entry to was not
// made yet: what its user does there is written with open().
func (m *maker) browsing(to int) bool {
	s := m.journal.StateAt(to - 1)
	return s.Phase == flow.PhaseLink && s.Link.Surface == flow.InBrowser
}

func isStatus(s string) bool { return s != "" && strings.Trim(s, "abcdefghijklmnopqrstuvwxyz_") == "" }

func (m *maker) expectFailure(e flow.CallFailed) {
	f := e.Failure
	d := ExpectError{Status: f.Status, On: callPath(m.questions[e.Call])}
	if isErrorCode(f.Code) {
		d.Code = f.Code
	}
	if isErrorCode(f.Type) {
		d.Type = f.Type
	}
	if !strings.HasPrefix(d.On, "/") {
		d.On = ""
	}
	if d.Status < 100 || d.Status > 599 {
		d.Status = 0
	}
	if d != (ExpectError{}) {
		m.add(d)
	}
}

func (m *maker) expectWebhook(w flow.WebhookReceived) {
	if !slices.Contains(webhookCodes, w.Code) {
		m.leave("A webhook %s came, which the simulated Plaid does not send.", flow.CleanLine(w.Code, 60))
		return
	}
	d := ExpectWebhook{Code: w.Code, Verified: strconv.FormatBool(w.Verified)}
	if w.Status == "SUCCESS" || w.Status == "EXITED" {
		d.Status = w.Status
	}
	if !w.Verified {
		d.Reason = part(w.Reason)
	}
	m.add(d)
}

// expectOutcome says what has come of a mistake.
func (m *maker) expectOutcome(to int) {
	outcome := m.journal.StateAt(to - 1).Mistake.Outcome
	if outcome == m.outcome {
		return
	}
	m.outcome = outcome
	if says := part(outcome); len(says) > 3 && !m.live {
		m.add(ExpectOutcome{Says: says})
	}
}

// endOfAttempt says what there was up to entry to, when the walk is left or over.
func (m *maker) endOfAttempt(to int) {
	m.expectEvents(to)
	if to == 0 {
		return
	}
	s := m.journal.StateAt(to - 1)
	if s.Account.RequestID == "" && !s.Account.HasIdentity {
		return
	}
	m.expectResult(s.Account)
	m.expectEdits(s.Account)
}

// expectEvents lists what Link told since it was listed last.
func (m *maker) expectEvents(to int) {
	all := (&Player{journal: m.journal}).callbacks()
	var names []string
	seq := 0
	if to > 0 {
		seq = m.entries[to-1].Seq
	}
	for _, c := range all {
		if c.seq <= m.events || c.seq > seq || c.name == "onLoad" || c.name == "onSuccess" || c.name == "onExit" {
			continue
		}
		if !slices.Contains(events, c.name) {
			m.leave("The event %s is none of the simulated Link's.", flow.CleanLine(c.name, 60))
			continue
		}
		name := c.String()
		if eventRule.Check(name) != "" {
			name = c.name
		}
		names = append(names, name)
	}
	m.events = seq
	switch {
	case len(names) == 0:
	case m.live:
		m.leave("The order of all events is the real Link's and was not taken over.")
	default:
		m.add(ExpectEvents{Names: names})
	}
}

// expectResult says what the session has, but for private values, which are only
// present.
func (m *maker) expectResult(a flow.UserAccount) {
	values, masks := resultOf(a)
	seen := map[string]string{}
	for path, v := range values {
		switch {
		case masks[path] != "" || strings.Contains(v, "•"):
			v = present
		case v == "" && (strings.HasPrefix(path, "identity.") && strings.Count(path, ".") == 1):
			v = absent
		case v == "":
			continue
		case strings.HasPrefix(path, "items.") && path != "items":
			continue // that there are as many says enough
		case m.live && path != "items" && path != "identity":
			v = present
		case len(v) > 400 || strings.ContainsFunc(v, func(r rune) bool { return visible(r) != r }):
			v = present
		}
		seen[path] = v
	}
	if m.live {
		delete(seen, "items")
		delete(seen, "identity.ssn_last_4")
	}
	m.add(ExpectResult{Values: seen})
}

// expectEdits says what Plaid counts, of the fields that were ever edited.
func (m *maker) expectEdits(a flow.UserAccount) {
	if !a.HasHistory {
		return
	}
	seen := map[string]map[string]int{}
	for _, row := range a.History.Rows() {
		counted := map[string]int{}
		some := false
		for i, n := range row.Counts.Windows() {
			if row.Counts.Missing[i] || m.live && i > 0 {
				continue
			}
			counted[editWindows[i]] = n
			some = some || n > 0
		}
		if some {
			seen[row.Field] = counted
		}
	}
	if m.live {
		m.leave("How often the user edited before is the real user's; only the edits of this session are expected.")
	}
	if len(seen) > 0 {
		m.add(ExpectEdits{Counts: seen})
	}
}

// end says what there was of the last attempt, and what the linter finds.
func (m *maker) end() {
	m.endOfAttempt(len(m.entries))
	m.add(ExpectFindings{Rules: findingsOf(m.journal)})
}

// findingsOf is what the linter finds in a walk that is over.
func findingsOf(j *journal.Journal) []string {
	reader, linter := lint.NewWalk(j.StateAt(-1)), lint.New(lint.InWalk)
	for _, e := range j.Entries() {
		for _, o := range reader.Read(e) {
			linter.Add(o)
		}
	}
	linter.Finish()
	rules := []string{}
	for _, f := range linter.Findings() {
		rules = append(rules, f.Rule)
	}
	return sortedSet(rules)
}
