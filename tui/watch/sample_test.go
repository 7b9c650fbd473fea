package watch

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"layersim/flow"
)

var noon = time.Date(2026, 3, 7, 12, 0, 0, 0, time.UTC)

// teller makes the entries that a simulator would tell, a second apart.
type teller struct {
	seq   uint64
	at    time.Time
	batch Batch
	text  func(string) string // what comes from outside passes through it
}

func newTeller() *teller { return &teller{at: noon, text: func(s string) string { return s }} }

func (t *teller) add(e Entry) *teller {
	t.seq++
	t.at = t.at.Add(time.Second)
	e.Seq, e.At = t.seq, t.at
	if e.Verdict == flow.Refused && e.Why == "" {
		e.Verdict = flow.Noted
	}
	if e.Callback != nil && e.Callback.Happened.IsZero() {
		e.Callback.Happened = t.at
	}
	if e.Exchange == nil {
		e.Whole = func() string {
			text, err := json.Marshal(map[string]any{"seq": e.Seq, "at": e.At, "name": e.Name, "detail": e.Detail})
			if err != nil {
				return err.Error()
			}
			return string(text)
		}
	}
	t.batch.Entries = append(t.batch.Entries, e)
	return t
}

// call tells of a call of the API.
func (t *teller) call(thread int, session, path string, status int, request, response string) *teller {
	x := flow.Exchange{
		Method: "POST", URL: t.text(path), RequestBody: request, Status: status, ResponseBody: response,
		RequestHeaders: []flow.Header{{Name: "Plaid-Client-Id", Value: t.text("••••")}}, Duration: 3 * time.Millisecond, RequestID: "R1",
	}
	verdict := flow.Advanced
	if status >= 400 {
		verdict = flow.Refused
	}
	return t.add(Entry{
		Thread: thread, Session: session, Side: SideServer, Name: t.text(fmt.Sprint(path, " ", status)), Path: path, Status: status,
		Verdict: verdict, Exchange: func() flow.Exchange { return x }, Why: "The app's server called Plaid.",
	})
}

func (t *teller) token(thread int, user string) *teller {
	body, err := json.Marshal(map[string]any{"user": map[string]string{"client_user_id": t.text(user)}})
	if err != nil {
		panic(err)
	}
	return t.call(thread, "", "/session/token/create", 200, string(body), `{"link":{"link_token":"link-sandbox-••••5feb"}}`)
}

// act tells of a verb, after which the session stands at state.
func (t *teller) act(thread int, session, verb, state string) *teller {
	side := SideClient
	if verb == "continue" || verb == "share" || verb == "close" || verb == "code" {
		side = SideUser
	}
	return t.add(Entry{Thread: thread, Session: session, Side: side, Name: t.text(verb), Verb: verb, State: state, Verdict: flow.Advanced})
}

func (t *teller) refused(thread int, session, verb, why string) *teller {
	return t.add(Entry{Thread: thread, Session: session, Side: SideClient, Name: verb, Verb: verb, Verdict: flow.Refused, Why: t.text(why)})
}

func (t *teller) event(thread int, session, name, detail string) *teller {
	return t.add(Entry{Thread: thread, Session: session, Side: SideLink, Name: t.text(name), Detail: t.text(detail), Callback: &Callback{Type: "event", Name: name}})
}

func (t *teller) end(thread int, session, kind, code string) *teller {
	return t.add(Entry{Thread: thread, Session: session, Side: SideLink, Name: "on" + kind, Callback: &Callback{Type: kind, Error: code}})
}

// delivered tells that the app got everything that was told of a session, in
// the order told.
func (t *teller) delivered(session string) *teller {
	for _, e := range t.batch.Entries {
		if e.Session == session && e.Callback != nil && !e.Delivered {
			c := *e.Callback
			t.add(Entry{Thread: e.Thread, Session: session, Callback: &c, Delivered: true})
		}
	}
	return t
}

func (t *teller) about(a About) *teller {
	a.ClientUserID, a.Persona, a.Template, a.Why = t.text(a.ClientUserID), t.text(a.Persona), t.text(a.Template), t.text(a.Why)
	t.batch.About = append(t.batch.About, a)
	return t
}

func (t *teller) account() flow.UserAccount {
	available, current := 2811.3, 2900.0
	return flow.UserAccount{
		HasIdentity: true, HasHistory: true,
		Identity: flow.Identity{
			PhoneNumber: flow.NewPhoneNumber("+14155550015"), FirstName: t.text("Leslie"), LastName: "Knope", Email: t.text("leslie@knope.com"),
			DateOfBirth: flow.NewDateOfBirth("1975-01-18"), SSN: flow.NewSSN("987654321"), SSNLast4: "4321",
			Address: flow.Address{Street: t.text("123 Main St."), City: "Pawnee", Region: "Indiana", PostalCode: "46001", Country: "US"},
		},
		Items: []flow.Item{{
			ItemID: t.text("item1"), AccessToken: flow.NewAccessToken("access-sandbox-0a1b2c3d-1111-2222-3333-44445555480e"), Institution: t.text("First Platypus Bank"),
			Status: flow.AccountsKnown, Accounts: []flow.Account{{AccountID: "a1", Name: t.text("Parks Checking"), Mask: "0015", Subtype: "checking", Available: &available, Current: &current, Currency: "USD"}},
		}},
	}
}

const (
	phone = "+14155550011"
	whole = "s-whole" // the session that goes to its end
)

// sessions tells of a lane in every state there is.
func (t *teller) sessions() *teller {
	t.token(1, "user-whole").act(1, whole, "create", "created").act(1, whole, "submit", "eligible").event(1, whole, flow.EventLayerReady, "").
		act(1, whole, "open", "consent").event(1, whole, flow.EventOpen, "").event(1, whole, "TRANSITION_VIEW", "CONSENT").
		act(1, whole, "share", "done").end(1, whole, "success", "").delivered(whole).
		call(1, whole, "/user_account/session/get", 200, `{"public_token":"profile-sandbox-••••992d"}`, `{"identity":{"ssn":"•••-••-••••"}}`).
		about(About{Session: whole, Thread: 1, ClientUserID: "user-whole", Template: "default", Persona: "leslie-knope", State: "done", Phone: flow.NewPhoneNumber("+14155550015"), Account: t.account()})
	t.token(2, "user-strict").token(3, "user-strict").act(2, "s-created", "create", "created")
	for i, state := range []string{"eligible", "need_dob", "ineligible", "consent", "verify_phone", "review", "exited", "unheard_of"} {
		thread, session := 4+i, "s-"+state
		t.token(thread, "user-"+state).act(thread, session, "create", "created").act(thread, session, "submit", state)
		switch state {
		case "eligible":
			t.event(thread, session, flow.EventLayerReady, "")
		case "need_dob":
			t.event(thread, session, flow.EventLayerNotAvailable, "").delivered(session)
		case "ineligible":
			t.event(thread, session, flow.EventLayerAutofillUnavailable, "")
		case "consent", "verify_phone", "review":
			t.event(thread, session, flow.EventLayerReady, "").event(thread, session, flow.EventOpen, "").event(thread, session, "TRANSITION_VIEW", "CONSENT").
				refused(thread, session, "open", "open came twice: Link is open already")
		case "exited":
			t.event(thread, session, "EXIT", "").end(thread, session, "exit", "PROFILE_AUTHENTICATION_FAILED")
		}
		t.about(About{Session: session, Thread: thread, ClientUserID: "user-" + state, Template: "default", Persona: "two-banks", State: state, Phone: flow.NewPhoneNumber(phone), Why: "template requires ssn; persona has none"})
	}
	t.call(0, "", "/transactions/sync", 404, `{}`, `{"error_type":"INVALID_REQUEST","error_code":"NOT_FOUND","error_message":"`+"not simulated"+`"}`)
	return t.add(Entry{Side: SidePlaid, Name: t.text("webhook"), Detail: t.text(`webhook={"type":"LAYER"}`)})
}

// fresh returns a model of a size to which nothing has been told.
func fresh(w, h int) *Model {
	m := New(Options{Address: "http://127.0.0.1:8137", Now: func() time.Time { return noon.Add(5 * time.Minute) }})
	return m.sized(w, h)
}

func (m *Model) send(msg tea.Msg) *Model {
	next, _ := m.Update(msg)
	model := next.(Model)
	return &model
}

func (m *Model) sized(w, h int) *Model { return m.send(tea.WindowSizeMsg{Width: w, Height: h}) }

// with returns the model after it was told something.
func (m *Model) with(t *teller) *Model {
	b := t.batch
	t.batch = Batch{}
	return m.send(b)
}

var named = map[string]rune{
	"enter": tea.KeyEnter, "tab": tea.KeyTab, "esc": tea.KeyEscape, "backspace": tea.KeyBackspace, "up": tea.KeyUp, "down": tea.KeyDown,
	"left": tea.KeyLeft, "right": tea.KeyRight, "end": tea.KeyEnd, "home": tea.KeyHome, "pgdown": tea.KeyPgDown, "pgup": tea.KeyPgUp,
}

// press presses keys by name, or types them.
func (m *Model) press(keys ...string) *Model {
	for _, k := range keys {
		msg := tea.KeyPressMsg{Code: []rune(k)[0], Text: k}
		if code, ok := named[k]; ok {
			msg = tea.KeyPressMsg{Code: code}
		}
		m = m.send(msg)
	}
	return m
}

// lookAt selects the lane with this session and a tab.
func (m *Model) lookAt(t testing.TB, session string, tab string) *Model {
	t.Helper()
	m = m.press("home")
	for range len(m.lanes.all) {
		if m.sel.session == session {
			return m.press(tab)
		}
		m = m.press("j")
	}
	t.Fatalf("no lane has the session %q", session)
	return nil
}

func (m *Model) text() string { return plain(m.View().Content) }

func (m *Model) mustShow(t testing.TB, words ...string) {
	t.Helper()
	text := strings.Join(strings.Fields(strings.Map(func(r rune) rune {
		if strings.ContainsRune("│┃─━╭╮╰╯┏┓┗┛", r) {
			return ' '
		}
		return r
	}, m.text())), " ")
	for _, w := range words {
		if !strings.Contains(text, w) {
			t.Errorf("no %q on the screen:\n%s", w, m.text())
		}
	}
}

func (m *Model) mustNotShow(t testing.TB, words ...string) {
	t.Helper()
	for _, w := range words {
		if strings.Contains(m.text(), w) {
			t.Errorf("%q is on the screen:\n%s", w, m.text())
		}
	}
}
