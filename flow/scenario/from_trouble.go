package scenario

import (
	"reflect"
	"slices"
	"strings"
	"time"

	"layersim/flow"
)

// What went wrong, as faults and as time that passed at Plaid only.

// tokenLife is how long a link_token lives (Plaid OpenAPI:
// SessionTokenCreateResponse).
const tokenLife = 4 * time.Hour

// clocks moves the clock of Plaid as far ahead as the entries of a chunk show it
// to be: what is stamped there says so, and a token that has expired.
func (m *maker) clocks(c chunk) {
	if m.live {
		return
	}
	if wrong, ok := m.entries[c.from].Event.(flow.DoWrong); ok && wrong.Wrong == flow.WrongTokenExpiredUsed {
		m.offset = -1 // it moves the clock itself; how far is seen next
		return
	}
	ahead, seen := m.ahead(c.from, c.to)
	if !seen && m.expired(c) {
		if ahead, seen = m.ahead(c.from, len(m.entries)); !seen || ahead <= m.offset {
			ahead, seen = m.offset+tokenLife+time.Hour, true
		}
	}
	switch {
	case !seen:
	case m.offset < 0:
		m.offset = ahead
	case ahead-m.offset > time.Second:
		m.add(AdvanceClock{By: min((ahead - m.offset).Round(time.Second), longest)})
		m.offset = ahead
	}
}

// ahead is how far Plaid's clock is ahead of the app's, by the first entry that
// tells.
func (m *maker) ahead(from, to int) (ahead time.Duration, seen bool) {
	for _, e := range m.entries[from:to] {
		switch event := e.Event.(type) {
		case flow.SessionTokenCreated:
			if !event.Expiration.IsZero() {
				return event.Expiration.Sub(e.At) - tokenLife, true
			}
		case flow.OnEvent:
			if event.Name == flow.EventOpen || isOutcome(event.Name) {
				if d := event.Metadata.Timestamp.Sub(e.At); !event.Metadata.Timestamp.IsZero() && d > -time.Second {
					return d, true
				}
			}
		}
	}
	return 0, false
}

// expired reports whether something failed in a chunk because its token was too
// old.
func (m *maker) expired(c chunk) bool {
	for _, e := range m.entries[c.from:c.to] {
		var f flow.Failure
		switch event := e.Event.(type) {
		case flow.CallFailed:
			f = event.Failure
		case flow.OnExit:
			f = event.Failure
		}
		if f.Code == "INVALID_LINK_TOKEN" {
			return !m.oldByItself(c) && m.journal.StateAt(c.to-1).Mistake.Wrong == ""
		}
	}
	return false
}

// oldByItself reports whether the time that passed for everybody made the token
// too old.
func (m *maker) oldByItself(c chunk) bool {
	for i := c.from; i >= 0; i-- {
		if t, ok := m.entries[i].Event.(flow.SessionTokenCreated); ok {
			return !m.entries[c.to-1].At.Add(max(m.offset, 0)).Before(t.Expiration)
		}
	}
	return false
}

func isOutcome(name string) bool {
	return name == flow.EventLayerReady || name == flow.EventLayerNotAvailable || name == flow.EventLayerAutofillUnavailable
}

// itself reports whether a simulated Plaid answers so without any fault.
func (m *maker) itself(failed flow.CallFailed) bool {
	switch failed.Failure.Code {
	case "INVALID_LINK_TOKEN":
		return true
	case "INVALID_PUBLIC_TOKEN", "INVALID_ACCESS_TOKEN":
		return true
	case flow.CodeNoCallback: // no call failed: see lostEnd
		return true
	}
	return false
}

// strict notes that the simulated Plaid was strict, where only that explains a
// failure: a token that was used is refused.
func (m *maker) strict(c chunk, failed flow.CallFailed) bool {
	wrong, ok := m.entries[c.from].Event.(flow.DoWrong)
	return ok && wrong.Wrong == flow.WrongTokenReused && failed.Failure.Code == "INVALID_LINK_TOKEN"
}

// arm arms a fault, together with the one before if it is the same once more.
func (m *maker) arm(f Fault) {
	if n := len(m.sc.Steps); n > 0 && f.Nth == 0 {
		if last, ok := m.sc.Steps[n-1].Do.(ArmFault); ok {
			same := last.Fault
			same.Calls = 0
			if same == f && last.Fault.Calls >= 0 {
				last.Fault.Calls = max(last.Fault.Calls, 1) + 1
				m.sc.Steps[n-1].Do = last
				return
			}
		}
	}
	m.add(ArmFault{Fault: f})
}

// faults arms what made calls fail in a chunk, and events get lost, late or
// doubled.
func (m *maker) faults(c chunk) {
	if m.live {
		return // the real Plaid's troubles are its own; what came of them is expected
	}
	asked, armed := map[string]int{}, map[string]int{}
	arm := func(on string, f flow.Failure) {
		fault := faultOf(f)
		fault.On = on
		if n := asked[on] - armed[on]; n > 1 { // those that are armed take their calls
			fault.Nth = n
		}
		if fault.problem() != "" {
			m.notCarried("Why "+on+" failed", c)
			return
		}
		armed[on]++
		m.arm(fault)
	}
	for i := c.from; i < c.to; i++ {
		failed, ok := m.entries[i].Event.(flow.CallFailed)
		switch e := m.entries[i].Event.(type) {
		case flow.SessionTokenCreated, flow.UserAccountFetched, flow.AccountsFetched, flow.HandlerCreated, flow.HandlerSubmitted, flow.HandlerOpened, flow.LinkDriven, flow.HandlerExited:
			asked[callPath(m.questions[callOf(e)])]++
		}
		if x, is := m.entries[i].Event.(flow.ExchangeRecorded); is && pathIn(x.Exchange) == webhookKey && !m.isDeed(i) {
			asked[webhookKey]++
			if f, bad := failureOf(x.Exchange); bad && f.Code != "INVALID_WEBHOOK_VERIFICATION_KEY_ID" {
				arm(webhookKey, f)
			}
		}
		if !ok {
			continue
		}
		on := callPath(m.questions[failed.Call])
		asked[on]++
		if m.strict(c, failed) {
			m.sc.Strict = true
		}
		if m.itself(failed) || !strings.HasPrefix(on, "/") {
			continue
		}
		arm(on, failed.Failure)
	}
	m.swallowed(c)
	m.lostOutcome(c)
	m.doubled(c)
	m.lostEnd(c)
	m.lostViews(c)
}

const webhookKey = "/webhook_verification_key/get"

// callOf is the call that an answer answers.
func callOf(e flow.Event) flow.CallID {
	switch e := e.(type) {
	case flow.SessionTokenCreated:
		return e.Call
	case flow.UserAccountFetched:
		return e.Call
	case flow.AccountsFetched:
		return e.Call
	case flow.HandlerCreated:
		return e.Call
	case flow.HandlerSubmitted:
		return e.Call
	case flow.HandlerOpened:
		return e.Call
	case flow.LinkDriven:
		return e.Call
	case flow.HandlerExited:
		return e.Call
	case flow.CallFailed:
		return e.Call
	}
	return 0
}

// faultOf is a fault that fails a call in the same way.
func faultOf(f flow.Failure) Fault {
	switch f.Code {
	case flow.CodeTimeout:
		return Fault{NoAnswer: true}
	case flow.CodeNoConnection:
		return Fault{Drop: true}
	case flow.CodeCut:
		return Fault{Truncate: true}
	case flow.CodeWebPage, flow.CodeNotPlaid, flow.CodeServer, flow.CodeTooMany, flow.CodeProxy:
		return Fault{Garbage: true, Status: f.Status}
	case flow.CodeClient:
		if f.Retryable { // only an open() of which nothing became
			return Fault{Swallow: true}
		}
	case "INTERNAL_SERVER_ERROR":
		if f.Status == 500 {
			return Fault{Status: 500}
		}
	}
	out := Fault{Status: f.Status, ErrorType: f.Type, ErrorCode: f.Code, ErrorMessage: f.Message, DisplayMessage: f.DisplayMessage}
	if !isErrorCode(f.Code) || !isErrorCode(f.Type) {
		out.ErrorType, out.ErrorCode, out.ErrorMessage, out.DisplayMessage = "", "", "", ""
	}
	return out
}

// swallowed lets a verb of Link come to nothing after which the very same pane
// was shown, and nothing was said.
func (m *maker) swallowed(c chunk) {
	acted, ok := m.entries[c.from].Event.(flow.LinkActed)
	before := m.paneOf[c.from]
	if _, opens := m.entries[c.from].Event.(flow.OpenRequested); opens && m.nothingAfter(c) {
		m.arm(Fault{On: linkSession + "/open", Swallow: true})
	}
	if !ok || m.entries[c.from].Verdict == flow.Refused || before.View == "" || before.Notice != "" || acted.Action.Kind == flow.LinkSearch {
		return
	}
	same := false
	for _, e := range m.entries[c.from+1 : c.to] {
		switch e := e.Event.(type) {
		case flow.PaneShown:
			same = reflect.DeepEqual(e.Pane, before)
			if !same {
				return
			}
		case flow.LinkDriven, flow.TimerFired:
		default:
			return
		}
	}
	if same {
		m.arm(Fault{On: linkSession + "/" + string(acted.Action.Kind), Swallow: true})
	}
}

// nothingAfter reports whether Link took open() and was never heard of again.
func (m *maker) nothingAfter(c chunk) bool {
	taken := false
	for _, e := range m.attemptFrom(c.from) {
		switch e.Event.(type) {
		case flow.HandlerOpened:
			taken = true
		case flow.OnEvent, flow.OnSuccess, flow.OnExit, flow.PaneShown, flow.CallFailed:
			return false
		}
	}
	return taken
}

// lostOutcome loses the event that never came of a submit.
func (m *maker) lostOutcome(c chunk) {
	switch m.entries[c.from].Event.(type) {
	case flow.PhoneNumberEntered, flow.DateOfBirthEntered, flow.RetryRequested:
	default:
		return
	}
	client := m.journal.StateAt(c.from).Config.Client
	submitted := false
	for _, e := range m.entries[c.from:c.to] {
		switch e := e.Event.(type) {
		case flow.HandlerSubmitted:
			submitted = true
		case flow.OnEvent:
			if isOutcome(e.Name) {
				return
			}
		case flow.OnExit, flow.CallFailed:
			return
		}
	}
	if !submitted || !client.Layer || m.journal.StateAt(c.to-1).Mistake.Wrong != "" {
		return
	}
	for i := c.to; i < len(m.entries); i++ {
		switch e := m.entries[i].Event.(type) {
		case flow.StartOverRequested:
			m.arm(Fault{On: "onEvent", Lose: true})
			return
		case flow.OnEvent:
			if isOutcome(e.Name) && !e.Metadata.Timestamp.IsZero() && e.Metadata.Timestamp.Add(-max(m.offset, 0)).Before(m.entries[c.waited-1].At.Add(time.Second)) {
				m.arm(Fault{On: e.Name, Hold: true})
				m.held = i
				return
			}
		}
	}
	m.arm(Fault{On: "onEvent", Lose: true})
}

// lostEnd loses the onSuccess or onExit that never came, although Plaid says that
// the session is over.
func (m *maker) lostEnd(c chunk) {
	acted, ok := m.entries[c.from].Event.(flow.LinkActed)
	_, exits := m.entries[c.from].Event.(flow.ExitRequested)
	if !ok && !exits || m.entries[c.from].Verdict == flow.Refused {
		return
	}
	for _, e := range m.entries[c.from:c.to] {
		switch e := e.Event.(type) {
		case flow.OnSuccess, flow.OnExit, flow.PaneShown:
			return
		case flow.CallFailed:
			if e.Failure.Code != flow.CodeNoCallback {
				return
			}
		}
	}
	switch acted.Action.Kind {
	case flow.LinkShare:
		m.arm(Fault{On: "onSuccess", Lose: true})
	case flow.LinkClose, "":
		m.arm(Fault{On: "onExit", Lose: true})
	}
}

// lostViews loses the TRANSITION_VIEW of panes that were shown, when a walk has
// come to its end without it. They are lost where the attempt begins.
func (m *maker) lostViews(c chunk) {
	if _, opens := m.entries[c.from].Event.(flow.OpenRequested); !opens {
		return
	}
	told, last := map[string]int{}, ""
	over := false
	var lost []int
	shown := 0
	rest := m.attemptFrom(c.from)
	for _, e := range rest {
		switch e := e.Event.(type) {
		case flow.OnEvent:
			if e.Name == flow.EventTransitionView {
				told[e.Metadata.ViewName]++
			}
		case flow.OnSuccess, flow.OnExit:
			over = true
		}
	}
	for _, e := range rest {
		p, ok := e.Event.(flow.PaneShown)
		if !ok || p.Pane.View == last || p.Pane.View == flow.ViewError || p.Pane.View == flow.ViewExit {
			continue
		}
		last = p.Pane.View
		shown++
		if told[last]--; told[last] < 0 {
			lost = append(lost, shown)
		}
	}
	if !over || m.sc.Delivery != defaultDelivery && len(lost) == 0 {
		return
	}
	if len(lost) > 1 && len(lost) == shown {
		m.add(ArmFault{Fault: Fault{On: flow.EventTransitionView, Lose: true, Calls: shown}})
		return
	}
	for k, n := range lost {
		f := Fault{On: flow.EventTransitionView, Lose: true}
		if n-k > 1 {
			f.Nth = n - k
		}
		m.add(ArmFault{Fault: f})
	}
}

// doubled tells events twice that were told twice.
func (m *maker) doubled(c chunk) {
	type key struct {
		name, view string
		at         time.Time
	}
	seen, count := map[key]bool{}, map[string]int{}
	for _, e := range m.entries[c.from:c.to] {
		event, ok := e.Event.(flow.OnEvent)
		if !ok || event.Again || event.Metadata.Timestamp.IsZero() {
			continue
		}
		k := key{event.Name, event.Metadata.ViewName, event.Metadata.Timestamp}
		if !seen[k] {
			seen[k] = true
			count[event.Name]++
			continue
		}
		f := Fault{On: event.Name, Duplicate: true}
		if n := count[event.Name]; n > 1 {
			f.Nth = n
		}
		m.add(ArmFault{Fault: f})
	}
}

// misdeliveries spoils the webhooks that were not believed, and those that came
// twice at once.
func (m *maker) misdeliveries(c chunk) {
	if m.live {
		return
	}
	for i := c.from; i < c.to; i++ {
		w, ok := m.entries[i].Event.(flow.WebhookReceived)
		if !ok {
			continue
		}
		d := MisdeliverWebhook{Code: w.Code}
		switch {
		case !w.Verified && !w.Unchecked:
			for _, known := range spoiltBy {
				if strings.Contains(w.Reason, known.reason) {
					d.How = known.how
				}
			}
			if d.How == "" {
				m.notCarried("A webhook that was not believed", c)
				continue
			}
		case w.Verified && w.Delivery == 2 && i < c.waited && !m.isDeed(i):
			d.How = "duplicate"
		case w.Verified && w.Delivery == 1 && i >= c.waited && !m.unchecked(i):
			d.How = "delayed"
		case w.Verified && w.Delivery == 1 && w.Code == flow.WebhookSessionFinished && m.overtakes(i, c.waited):
			d = MisdeliverWebhook{Code: flow.WebhookLayerAuthenticationPassed, How: "reordered"}
		default:
			continue
		}
		if d.How == "delayed" || d.How == "reordered" { // it was sent before
			m.sc.Steps = slices.Insert(m.sc.Steps, min(m.attempt, len(m.sc.Steps)), Step{Do: d})
			continue
		}
		m.add(d)
	}
}

// unchecked reports whether the webhook of entry i came before, and its key could
// not be had.
func (m *maker) unchecked(i int) bool {
	code := m.entries[i].Event.(flow.WebhookReceived).Code
	for _, e := range m.entries[:i] {
		if w, ok := e.Event.(flow.WebhookReceived); ok && w.Code == code && w.Unchecked {
			return true
		}
	}
	return false
}

// overtakes reports whether the webhook of entry i came before the one that was
// sent first.
func (m *maker) overtakes(i, to int) bool {
	for _, e := range m.entries[i+1 : max(to, i+1)] {
		if w, ok := e.Event.(flow.WebhookReceived); ok && w.Code == flow.WebhookLayerAuthenticationPassed && w.Verified && w.Delivery == 1 {
			return true
		}
	}
	return false
}

// spoiltBy says what makes a webhook unbelievable, by a part of the reason.
var spoiltBy = []struct{ reason, how string }{
	{"signature does not fit", "wrong_key"}, {"no key with its kid", "unknown_kid"}, {"key has expired", "expired_key"},
	{"more than five minutes ago", "old_iat"}, {"body is not the one", "changed_body"}, {"algorithm is not", "hs256"}, {"there is no Plaid-Verification", "no_header"},
}
