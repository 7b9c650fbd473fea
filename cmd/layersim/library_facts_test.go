package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"layersim/fixtures"
	"layersim/flow"
	"layersim/flow/journal"
	"layersim/flow/lint"
	"layersim/flow/scenario"
)

// facts collects what really happened when a scenario was libraryRun, one line for
// each thing that can be asked for. Nothing is taken from what a file says of
// itself.
type facts struct {
	catalog *fixtures.Catalog
	seen    map[string]bool

	state    flow.State
	acted    time.Time // when the app or the user did something last
	arrived  map[flow.HandlerID][]flow.OnEvent
	finished map[string]bool // sessions of which SESSION_FINISHED came
	before   *flow.EditHistory
	webhooks map[string][]time.Time // when they came and were not checked
	keys     map[string]bool        // kids whose key was given out
	rejected int                    // all of them
	heard    map[string]bool        // sessions of which any webhook came
	done     []string               // sessions that came to onSuccess
}

// factsOf plays no role in a scenario: it reads the journal that was made.
func factsOf(catalog *fixtures.Catalog, sc scenario.Scenario, j *journal.Journal) map[string]bool {
	f := &facts{
		catalog: catalog, seen: map[string]bool{}, state: j.StateAt(-1),
		arrived: map[flow.HandlerID][]flow.OnEvent{}, finished: map[string]bool{}, heard: map[string]bool{}, webhooks: map[string][]time.Time{}, keys: map[string]bool{},
	}
	walk, linter := lint.NewWalk(f.state), lint.New(lint.InWalk)
	for _, e := range j.Entries() {
		f.entry(e)
		for _, o := range walk.Read(e) {
			linter.Add(o)
		}
	}
	linter.Finish()
	for _, id := range f.done {
		if !f.heard[id] && f.rejected > 0 {
			f.saw("no webhook of a session, after %d were rejected", f.rejected)
		}
	}
	for _, found := range linter.Findings() {
		f.saw("finding %s", found.Rule)
	}
	submitted := false
	for _, s := range sc.Steps {
		switch d := s.Do.(type) {
		case scenario.SubmitPhone, scenario.DoWrong:
			submitted = true
		case scenario.ExpectEvent: // of what must not happen the expectation is the only trace
			if d.Missing && strings.HasPrefix(d.Name, "LAYER_") && !submitted {
				f.saw("no LAYER_* event unasked")
			}
		}
		f.saw("word %q", scenario.WordOf(s.Do))
		if m, ok := s.Do.(scenario.MisdeliverWebhook); ok {
			f.saw("misdelivered %s", m.How)
		}
	}
	return f.seen
}

func (f *facts) saw(format string, args ...any) { f.seen[fmt.Sprintf(format, args...)] = true }

func (f *facts) entry(e journal.Entry) {
	before := f.state
	t := flow.Step(before, e.Event)
	f.state = t.Next
	if t.Next.Phase != before.Phase {
		f.saw("from %s to %s", before.Phase, t.Next.Phase)
	}
	if t.Next.Silent && !before.Silent {
		f.saw("silence in %s", t.Next.Phase)
	}
	if m := t.Next.Mistake; m.Outcome != "" {
		f.saw("came of %s", m.Wrong)
	}
	if t.Verdict == flow.Refused {
		f.saw("refused in %s: %T", before.Phase, e.Event)
	}
	switch event := e.Event.(type) {
	case flow.OnEvent:
		f.event(event)
		if _, known := f.catalog.PersonaByPhone(before.Phone); known && event.Name == flow.EventLayerNotAvailable {
			f.saw("a test number is not eligible")
		}
	case flow.OnLoad:
		f.saw("onLoad")
	case flow.OnSuccess:
		f.saw("onSuccess")
		f.done = append(f.done, t.Next.LinkSessionID)
		f.over(event.HandlerID)
	case flow.OnExit:
		f.exit(event, before)
	case flow.CallFailed:
		if i := slices.IndexFunc(before.Pending, func(q flow.Question) bool { return q.CallID() == event.Call }); i >= 0 {
			f.saw("failed %T %s", before.Pending[i], event.Failure.Code)
		}
	case flow.ExchangeRecorded:
		f.exchange(event.Exchange)
	case flow.WebhookReceived:
		f.webhook(event, t)
	case flow.SessionTokenCreated:
		f.saw("a link_token lives %s", event.Expiration.Sub(event.When()).Round(time.Minute))
	case flow.UserAccountFetched:
		f.session(event.Account)
	case flow.StartOverRequested:
		f.saw("start over in %s", before.Phase)
	case flow.DoWrong:
		if t.Verdict != flow.Refused {
			f.saw("mistake %s", event.Wrong)
		}
	case flow.LinkActed:
		f.saw("%s in %s", event.Action.Kind, before.Link.Pane.View)
	case flow.PaneShown:
		f.saw("pane %s", event.Pane.View)
	}
	switch e.Event.(type) {
	case flow.LinkActed, flow.OpenRequested, flow.PhoneNumberEntered, flow.DateOfBirthEntered, flow.ExitRequested, flow.DoWrong, flow.RetryRequested:
		f.acted = e.Event.When()
	}
	for _, effect := range t.Effects {
		f.effect(effect)
	}
}

func (f *facts) effect(effect flow.Effect) {
	switch q := effect.(type) {
	case flow.CreateSessionToken:
		if template, ok := f.catalog.Template(q.TemplateID); ok {
			f.saw("template %s", template.Name)
		}
		c := f.state.Config.Client
		f.saw("platform %s %s", c.Platform, c.Version)
	case flow.SubmitHandler:
		if q.Phone.IsZero() {
			f.saw("submit(date_of_birth)")
			return
		}
		f.saw("submit(phone_number)")
		switch persona, known := f.catalog.PersonaByPhone(q.Phone); {
		case !flow.IsNorthAmerican(q.Phone):
			f.saw("a number that is not +1")
		case known:
			f.saw("persona %s", persona.Name)
		default:
			f.saw("a number that nobody has")
		}
	case flow.DestroyHandler:
		f.saw("destroy() in %s", f.state.Phase)
	}
}

// eventNamed is an event with what sets it apart.
func eventNamed(e flow.OnEvent) string {
	switch m := e.Metadata; {
	case m.ViewName != "":
		return e.Name + ":" + m.ViewName
	case m.ErrorCode != "":
		return e.Name + ":" + m.ErrorCode
	}
	return e.Name
}

func (f *facts) event(e flow.OnEvent) {
	f.saw("event %s", eventNamed(e))
	when := "at once"
	if f.acted.Sub(e.Metadata.Timestamp) > 50*time.Millisecond {
		when = "late"
	}
	f.saw("event %s %s", e.Name, when)
	if slices.ContainsFunc(f.arrived[e.HandlerID], func(other flow.OnEvent) bool {
		return eventNamed(other) == eventNamed(e) && other.Metadata.Timestamp.Equal(e.Metadata.Timestamp)
	}) {
		f.saw("event %s twice", e.Name)
	}
	f.arrived[e.HandlerID] = append(f.arrived[e.HandlerID], e)
}

// over says in which order the events of a session happened.
func (f *facts) over(id flow.HandlerID) {
	all := f.arrived[id]
	byTime := func(a, b flow.OnEvent) int { return a.Metadata.Timestamp.Compare(b.Metadata.Timestamp) }
	if !slices.IsSortedFunc(all, byTime) {
		f.saw("events came in another order than they happened")
	}
	all = slices.Clone(all)
	slices.SortStableFunc(all, byTime)
	var names []string
	for _, e := range all {
		names = append(names, eventNamed(e))
	}
	f.saw("sequence %s", strings.Join(names, ", "))
}

func (f *facts) exit(e flow.OnExit, before flow.State) {
	f.saw("onExit %s", e.Failure.Code)
	f.saw("onExit %s in %s", e.Failure.Code, before.Phase)
	f.saw("onExit with the status %q", e.Metadata.ExitStatus)
	f.saw("left in %s", before.Link.Pane.View)
	if before.ExitCalled {
		f.saw("onExit after exit()")
	}
	if e.Failure.DisplayMessage != "" {
		f.saw("onExit %s with a display_message", e.Failure.Code)
	}
	f.over(e.HandlerID)
}

func (f *facts) exchange(x flow.Exchange) {
	path := x.URL
	if u, err := url.Parse(x.URL); err == nil {
		path = u.Path
	}
	var answer, sent map[string]any
	_ = json.Unmarshal([]byte(x.ResponseBody), &answer) // what is no JSON says nothing
	_ = json.Unmarshal([]byte(x.RequestBody), &sent)
	code, _ := answer["error_code"].(string)
	kind, _ := answer["error_type"].(string)
	switch {
	case x.Status == 0 || x.Error != "":
		f.saw("call %s, no whole answer: %s", path, x.ErrorCode)
	case code != "":
		f.saw("call %s, %d %s / %s", path, x.Status, kind, code)
		f.saw("error %s / %s with HTTP %d", kind, code, x.Status)
	default:
		f.saw("call %s, %d", path, x.Status)
	}
	if kid, ok := sent["key_id"].(string); ok && x.Status == http.StatusOK {
		f.keys[kid] = true
		f.saw("%d keys of webhooks were asked for", len(f.keys))
	}
	if id, ok := answer["request_id"].(string); ok && len(id) == 15 {
		f.saw("call %s, with a request_id", path)
	}
	f.members("sent "+path, "", sent)
	f.members("got "+path, "", answer)
}

// members says what an object has; what a list has is that of its elements.
func (f *facts) members(of, prefix string, object map[string]any) {
	for key, value := range object {
		state := ""
		if value == nil {
			state = " null"
		}
		f.saw("%s %s%s%s", of, prefix, key, state)
		switch inner := value.(type) {
		case map[string]any:
			f.members(of, prefix+key+".", inner)
		case []any:
			for _, element := range inner {
				if o, ok := element.(map[string]any); ok {
					f.members(of, prefix+key+"[].", o)
				}
			}
		}
	}
}

func (f *facts) webhook(e flow.WebhookReceived, t flow.Transition) {
	var body map[string]any
	_ = json.Unmarshal([]byte(e.Raw), &body) // what is no JSON says nothing
	f.heard[e.LinkSessionID] = true
	switch {
	case e.Unchecked:
		f.rejected++
		f.saw("webhook %s, not checked", e.Code)
		came := append(f.webhooks[e.Code+e.LinkSessionID], e.When())
		f.webhooks[e.Code+e.LinkSessionID] = came
		var waits []string
		for i := range came[1:] {
			waits = append(waits, came[i+1].Sub(came[i]).Round(time.Second).String())
		}
		f.saw("webhook %s, not checked again after %s", e.Code, strings.Join(waits, ", "))
		return
	case !e.Verified:
		f.saw("webhook %s, not believed: %s", e.Code, e.Reason)
		return
	}
	f.saw("webhook %s %s, verified", e.Code, e.Status)
	f.members("webhook "+e.Code+" "+e.Status, "", body)
	if len(f.webhooks[e.Code+e.LinkSessionID]) > 0 {
		f.saw("webhook %s, verified after it was not checked", e.Code)
	}
	if e.Delivery > 1 {
		f.saw("webhook %s, again", e.Code)
	}
	if strings.Contains(t.Why, "does not belong to this Link session") {
		f.saw("webhook %s, of another session", e.Code)
	}
	if e.Code == flow.WebhookSessionFinished {
		f.finished[e.LinkSessionID] = true
	} else if f.finished[e.LinkSessionID] {
		f.saw("webhook %s, after SESSION_FINISHED", e.Code)
	}
}

func (f *facts) session(u flow.UserAccount) {
	f.saw("a session with %d Items", len(u.Items))
	id := u.Identity
	for _, field := range []struct {
		name string
		none bool
	}{
		{"name", id.FirstName == ""}, {"address", id.Address.IsZero()}, {"email", id.Email == ""}, {"date_of_birth", id.DateOfBirth.IsZero()},
		{"ssn", id.SSN.IsZero()}, {"ssn_last_4", id.SSNLast4 == ""}, {"phone_number", id.PhoneNumber.IsZero()},
	} {
		if field.none {
			f.saw("a session without %s", field.name)
			continue
		}
		f.saw("a session with %s", field.name)
	}
	for i, row := range u.History.Rows() {
		c := row.Counts
		if c.Current > 0 {
			f.saw("%s edited in this session", row.Field)
		}
		if f.before == nil {
			continue
		}
		was := f.before.Rows()[i].Counts
		for _, window := range []struct {
			name     string
			was, now int
		}{{"a session", was.Current, c.Current}, {"1d", was.Day, c.Day}, {"30d", was.Month, c.Month}, {"365d", was.Year, c.Year}} {
			if window.now < window.was {
				f.saw("an edit leaves the window of %s", window.name)
			}
		}
	}
	f.before = &u.History
}
