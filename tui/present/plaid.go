package present

import (
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"layersim/flow"
	"layersim/flow/scenario"
	"layersim/tui/pane"
	"layersim/tui/theme"
)

// item is one thing that came from Plaid.
type item struct {
	name string
	kind pane.Kind
	text string
	why  string // of the simulator, which knows
	late bool   // it happened earlier, and was held
}

// drawPlaid draws what Plaid does: what came, in its order, and why.
func (m *Model) drawPlaid(f pane.Frame, sc *scene) string {
	t := newSheet(f)
	s := f.Styles
	head := m.headline(sc)
	var held []string
	for _, x := range items(sc) {
		if x.late {
			held = append(held, x.name)
			continue
		}
		sign, style := signOf(x.kind, f)
		name := s.Text
		if x.name == head.name || x.text == head.name {
			name = s.Strong
		}
		t.mark(sign, style, name, strings.TrimSpace(x.name+"  "+x.text))
		if x.why != "" {
			t.gap()
			t.say(s.Dim, "Why: "+strings.ReplaceAll(x.why, "persona has none", "this user has none"))
			t.gap()
		}
	}
	if len(held) > 0 {
		t.gap()
		t.say(s.Dim, "Held by Link until now: "+strings.Join(compact(held), ", "))
	}
	if sc.mistake {
		t.gap()
		t.say(s.Dim, "This is how the simulated Link tells it. What the real one does here is not documented (UNCONFIRMED).")
	}
	m.plaidLooks(t, f, sc)
	if len(t.lines) == 0 {
		t.say(s.Dim, plaidWaits(sc))
	}
	for _, e := range sc.failures {
		t.gap()
		t.mark("!", s.Warn, s.Text, failureWords(e))
	}
	return t.draw(f)
}

func signOf(k pane.Kind, f pane.Frame) (string, theme.Style) {
	switch k {
	case pane.Good:
		return "✓", f.Styles.Good
	case pane.Warn:
		return "!", f.Styles.Warn
	case pane.Bad:
		return "✗", f.Styles.Bad
	}
	return "→", f.Styles.Accent
}

// compact counts what comes more than once.
func compact(names []string) []string {
	var out []string
	for i, name := range names {
		if slices.Index(names, name) < i {
			continue
		}
		n := 0
		for _, other := range names {
			if other == name {
				n++
			}
		}
		if n > 1 {
			name += " ×" + strconv.Itoa(n)
		}
		out = append(out, name)
	}
	return out
}

// items lists what came in a scene, in its order.
func items(sc *scene) []item {
	var list []item
	view := ""
	for _, e := range sc.entries {
		if _, timer := e.Event.(flow.TimerFired); timer && e.Verdict == flow.Refused {
			continue
		}
		h, _ := came(e.Event)
		x := item{name: h.name, kind: h.kind}
		switch e := e.Event.(type) {
		case flow.SessionTokenCreated:
			x.text = e.LinkToken.String()
			if life := e.Expiration.Sub(e.When()); life > 0 {
				x.text += ", good for " + lifeWords(life)
			}
		case flow.OnLoad:
			x.text = ""
		case flow.OnEvent:
			x.why = pane.Clean(e.Metadata.Verdict)
			if x.why != "" && byBirth(sc) {
				x.why = "Plaid was asked with the date of birth as well. " + x.why
			}
			x.late = isHeld(e)
			if x.name = pane.Clean(e.Name); e.Metadata.ViewName+e.Metadata.ErrorCode != "" {
				x.text = pane.Clean(strings.TrimSpace(e.Metadata.ViewName + " " + e.Metadata.ErrorCode))
			}
		case flow.OnSuccess:
			x.text = e.PublicToken.String()
		case flow.OnExit:
			if x.name != "onExit" {
				x.name, x.text = "onExit", x.name
			}
		case flow.CallFailed:
			x.text = pane.Clean(e.Failure.Message)
		case flow.UserAccountFetched:
			x.text = "and " + counted(len(e.Account.Items), "Item", "Items")
		case flow.PaneShown:
			if e.Pane.View == view {
				continue
			}
			view = e.Pane.View
			x.name, x.text = "Link", "shows "+pane.Clean(e.Pane.View)
			if e.Pane.Notice != "" {
				x.kind, x.text = pane.Bad, x.text+": "+pane.Clean(e.Pane.Notice)
			}
		case flow.WebhookReceived:
			x.text = "webhook"
			if e.Status != "" {
				x.text += ", " + pane.Clean(e.Status)
			}
			if e.Delivery > 1 {
				x.text += ", once more"
			}
		case flow.WebhooksTried:
			for _, trial := range e.Trials {
				t := item{name: pane.Clean(trial.What), kind: pane.Good, text: "believed"}
				if trial.Wrong != "" {
					t.text = "refused: " + pane.Clean(trial.Wrong)
				}
				if (trial.Wrong == "") != (trial.Right == "") {
					t.kind = pane.Bad
				}
				list = append(list, t)
			}
			continue
		case flow.ExchangeRecorded:
			if !isByHand(sc, e.Exchange) {
				continue
			}
			x.name, x.kind = ofExchange(e.Exchange).name, ofExchange(e.Exchange).kind
		case flow.TimerFired:
			if x.name == "" {
				continue
			}
		default:
			continue
		}
		list = append(list, x)
	}
	return list
}

// isHeld reports whether an event reached the app only after it had happened:
// all but OPEN and LAYER_* may be held until onSuccess or onExit (Plaid docs:
// Link Web, onEvent).
func isHeld(e flow.OnEvent) bool {
	return !e.Metadata.Timestamp.IsZero() && e.When().Sub(e.Metadata.Timestamp) >= 50*time.Millisecond
}

func lifeWords(d time.Duration) string {
	if h := d.Round(time.Hour); h >= time.Hour {
		return counted(int(h/time.Hour), "hour", "hours")
	}
	return counted(int(d.Round(time.Minute)/time.Minute), "minute", "minutes")
}

// plaidLooks adds what Plaid's answer holds, in steps that only look.
func (m *Model) plaidLooks(t *sheet, f pane.Frame, sc *scene) {
	for _, d := range sc.deeds {
		switch d := d.(type) {
		case scenario.ExpectAnswer:
			for _, path := range slices.Sorted(maps.Keys(d.Values)) {
				t.code(pane.Clean(path) + ": " + m.answerWords(path, d.Values[path]))
			}
		case scenario.ExpectResult:
			t.gap()
			m.identity(t, sc.state.Account)
		case scenario.ExpectEdits:
			t.gap()
			frame := f
			frame.Height = max(f.Height-len(t.lines), 0)
			for line := range strings.SplitSeq(pane.History(frame, sc.state.Account), "\n") {
				t.add(line)
			}
			return
		}
	}
}

// answerWords says a value of an answer as it may be shown: words of Plaid's, not
// those of a person.
func (m *Model) answerWords(path, value string) string {
	for _, own := range []string{"status", "eligible", "_code", "_type", "items", "accounts", "alg", "crv", "kty", "use"} {
		if strings.HasSuffix(path, own) {
			return pane.Clean(value)
		}
	}
	return m.resultWords(path, value)
}

// identity lists what an answer holds and what it does not.
func (m *Model) identity(t *sheet, u flow.UserAccount) {
	id := u.Identity
	for _, x := range []struct {
		name string
		has  bool
	}{
		{"phone_number", !id.PhoneNumber.IsZero()}, {"name", id.FirstName+id.LastName != ""}, {"address", !id.Address.IsZero()},
		{"email", id.Email != ""}, {"date_of_birth", !id.DateOfBirth.IsZero()}, {"ssn", !id.SSN.IsZero()},
	} {
		switch {
		case !x.has:
			t.mark("·", t.styles.Dim, t.styles.Dim, x.name+", not there")
		case x.name == "email": // Plaid docs: Layer, identity
			t.mark("✓", t.styles.Good, t.styles.Text, "email; Plaid documents that it is currently not returned")
		case x.name == "phone_number":
			t.mark("✓", t.styles.Good, t.styles.Strong, x.name+", proven")
		default:
			t.mark("✓", t.styles.Good, t.styles.Text, x.name)
		}
	}
	t.mark("✓", t.styles.Good, t.styles.Text, "items: "+strconv.Itoa(len(u.Items)))
}

// plaidWaits says why nothing comes from Plaid.
func plaidWaits(sc *scene) string {
	switch {
	case sc.state.Phase == flow.PhaseLink:
		return "Nothing reaches the app. Link keeps its events for the end."
	case len(sc.record) == 0:
		return "Nothing yet."
	}
	return "Nothing in this beat."
}
