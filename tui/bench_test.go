package tui

import (
	"fmt"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"layersim/flow"
)

// longWalk returns a walk of at least n entries as a long session has them:
// attempt after attempt, each with its calls, events, panes and a webhook.
func longWalk(t testing.TB, n int) *Model {
	t.Helper()
	m := still(t, flow.InTerminal)
	next, _ := m.Update(tea.WindowSizeMsg{Width: 200, Height: 50})
	*m = next.(Model)
	now, id := noon, 0
	stamp := func() flow.At {
		now = now.Add(137 * time.Millisecond)
		return flow.At(now)
	}
	name := func(kind string) string {
		id++
		return fmt.Sprintf("%s-%08x-d6fa-40cc-8cae-%012x", kind, id*7919, id)
	}
	call := func(path, request, response string) {
		at := stamp()
		m.take(flow.ExchangeRecorded{At: at, Exchange: flow.Exchange{
			Method: "POST", URL: "https://sandbox.plaid.com" + path, Status: 200, RequestBody: request, ResponseBody: response,
			RequestHeaders:  []flow.Header{{Name: "Content-Type", Value: "application/json"}, {Name: "Plaid-Version", Value: "2020-09-14"}, {Name: "Plaid-Client-Id", Value: "••••"}},
			ResponseHeaders: []flow.Header{{Name: "Content-Type", Value: "application/json"}, {Name: "Date", Value: "Sat, 07 Mar 2026 12:00:00 GMT"}},
			Started:         at.When(), Duration: 41 * time.Millisecond, RequestID: name("req"),
		}})
	}
	asked := func() flow.CallID { return m.state.Pending[len(m.state.Pending)-1].CallID() }
	for attempt := 0; m.journal.Len() < n; attempt++ {
		if attempt > n {
			t.Fatal("the walk does not go on")
		}
		if m.journal.Len() > 0 {
			m.take(flow.StartOverRequested{At: stamp()})
		}
		session := name("session")
		event := func(event, view string) {
			at := stamp()
			m.take(flow.OnEvent{At: at, HandlerID: m.state.HandlerID, Name: event, Metadata: flow.Metadata{
				ViewName: view, LinkSessionID: session, RequestID: name("req"), Timestamp: at.When(),
				Raw: fmt.Sprintf(`{"view_name":%q,"link_session_id":%q,"request_id":"aBcD","timestamp":"2026-03-07T12:00:00Z","account_number_mask":null,"brand_name":null,"error_code":null,"error_message":null,"error_type":null,"exit_status":null,"institution_id":"ins_109508","institution_name":"First Platypus Bank","institution_search_query":null,"is_update_mode":null,"match_reason":null,"mfa_type":null,"routing_number":null,"selection":null}`, view, session),
			}})
		}
		m.take(flow.LinkTokenRequested{At: stamp()})
		token := name("link-sandbox")
		call("/session/token/create", `{"client_id":"••••","secret":"••••","template_id":"template_4uinBNe4B2x9","user":{"client_user_id":"user-1"}}`, fmt.Sprintf(`{"link":{"link_token":"link-sandbox-••••%s","expiration":"2026-03-07T16:00:00Z"},"request_id":"r"}`, token[len(token)-4:]))
		m.take(flow.SessionTokenCreated{At: stamp(), Call: asked(), LinkToken: flow.NewLinkToken(token), Expiration: now.Add(4 * time.Hour)})
		m.take(flow.HandlerRequested{At: stamp()})
		m.take(flow.HandlerCreated{At: stamp(), Call: asked()})
		m.take(flow.OnLoad{At: stamp(), HandlerID: m.state.HandlerID})
		m.take(flow.PhoneNumberEntered{At: stamp(), Phone: flow.NewPhoneNumber("+14155550011")})
		m.take(flow.HandlerSubmitted{At: stamp(), Call: asked()})
		event(flow.EventLayerReady, "")
		m.take(flow.OpenRequested{At: stamp(), Surface: flow.InTerminal})
		event(flow.EventOpen, "")
		for _, view := range []string{flow.ViewConsent, flow.ViewVerifyPhone, flow.ViewReview} {
			event(flow.EventTransitionView, view)
			m.take(flow.PaneShown{At: stamp(), HandlerID: m.state.HandlerID, Pane: somePane(view, "Text of a pane", "Leslie")})
			m.take(flow.LinkActed{At: stamp(), Action: flow.LinkAction{Kind: flow.LinkContinue}})
			if len(m.state.Pending) > 0 {
				m.take(flow.LinkDriven{At: stamp(), Call: asked()})
			}
		}
		event(flow.EventHandoff, "")
		m.take(flow.WebhookReceived{At: stamp(), Type: "LAYER", Code: flow.WebhookLayerAuthenticationPassed, LinkSessionID: session, Verified: true})
		m.take(flow.OnSuccess{At: stamp(), HandlerID: m.state.HandlerID, PublicToken: flow.NewPublicToken(name("profile-sandbox")), Metadata: flow.Metadata{LinkSessionID: session}})
		call("/user_account/session/get", `{"client_id":"••••","secret":"••••","public_token":"profile-sandbox-••••"}`, sessionBody)
		fetch, _ := flow.PendingCall[flow.GetUserAccountSession](m.state)
		m.take(flow.UserAccountFetched{At: stamp(), Call: fetch.CallID(), Account: someAccount("Leslie")})
		for range 2 {
			accounts, _ := flow.PendingCall[flow.GetAccounts](m.state)
			call("/accounts/get", `{"access_token":"access-sandbox-••••"}`, accountsBody)
			m.take(flow.AccountsFetched{At: stamp(), Call: accounts.CallID(), Institution: "First Platypus Bank", Accounts: []flow.Account{{AccountID: "a", Name: "Checking", Mask: "0000"}}})
		}
	}
	return m
}

const (
	sessionBody = `{"identity":{"name":{"first_name":"Leslie","last_name":"Knope"},"address":{"street":"123 Main St.","street2":"","city":"Pawnee","region":"Indiana","postal_code":"46001","country":"US"},"phone_number":"+1••••••••11","email":"leslie@knope.com","date_of_birth":"••••-••-••","ssn":"•••-••-••••","ssn_last_4":"••••"},"identity_edit_history":{"name":{"edits_current":0,"edits_1d":0,"edits_30d":1,"edits_365d":1,"edits_all_time":1},"address":{"edits_current":1,"edits_1d":1,"edits_30d":2,"edits_365d":2,"edits_all_time":2},"email":{"edits_current":0,"edits_1d":0,"edits_30d":0,"edits_365d":0,"edits_all_time":0},"date_of_birth":{"edits_current":0,"edits_1d":0,"edits_30d":0,"edits_365d":0,"edits_all_time":0},"official_document":{"ssn":{"edits_current":0,"edits_1d":0,"edits_30d":0,"edits_365d":0,"edits_all_time":0}}},"items":[{"item_id":"Ed6bjNrDLJfGvZWwnkQlfxwoNz54B5C97ejBr","access_token":"access-sandbox-••••19f0"}],"request_id":"m8MDnv9okwxFNBV"}`

	accountsBody = `{"accounts":[{"account_id":"BxBXxLj1m4HMXBm9WZZmCWVbPjX16EHwv99vp","balances":{"available":100,"current":110,"iso_currency_code":"USD","limit":null,"unofficial_currency_code":null},"mask":"0000","name":"Plaid Checking","official_name":"Plaid Gold Standard 0% Interest Checking","subtype":"checking","type":"depository"},{"account_id":"3gE5gnRzNyfXpBK5wEEKcymJ5albGVUqg77gr","balances":{"available":200,"current":210,"iso_currency_code":"USD","limit":null,"unofficial_currency_code":null},"mask":"1111","name":"Plaid Saving","official_name":"Plaid Silver Standard 0.1% Interest Saving","subtype":"savings","type":"depository"}],"item":{"item_id":"eVBnVMp7zdTJLkRNr33Rs6zr7KNJqBFL9DrE6","institution_id":"ins_109508"},"request_id":"bkVE1BHWMAZ9Rnr"}`
)

// Opening a tab of a session with 5,000 entries, at 200×50: the key and the
// screen, with nothing laid out before. The budget is 16 ms.
func BenchmarkOpenTab(b *testing.B) {
	m := longWalk(b, 5000)
	for _, phase := range []string{"onboarded", "link"} {
		if phase == "link" {
			for i := 0; m.state.Phase != flow.PhaseLink && i < 100; i++ {
				m.step(-1)
			}
		}
		for t := range tabCount {
			b.Run(phase+"/"+aspectOf(t).title, func(b *testing.B) {
				from := *m
				from.inspector.tab, from.focus = (t+1)%tabCount, paneLog
				key := keyPress(tabKeys()[t])
				b.ReportAllocs()
				for b.Loop() {
					next, _ := from.Update(key)
					_ = next.View()
				}
			})
		}
	}
}

// Moving in a tab of the same session: a key and the screen. The budget is 1 ms.
func BenchmarkMoveInTab(b *testing.B) {
	m := longWalk(b, 5000)
	keys := []tea.KeyPressMsg{keyPress("up"), keyPress("down")}
	move := func(b *testing.B, from Model) {
		next, _ := from.Update(tea.WindowSizeMsg{Width: 200, Height: 50})
		b.ReportAllocs()
		for i := 0; b.Loop(); i++ {
			next, _ = next.Update(keys[i%2])
			_ = next.View()
		}
	}
	for t := range tabCount {
		b.Run(aspectOf(t).title, func(b *testing.B) {
			from := *m
			from.inspector.tab, from.focus = t, paneInspector
			move(b, from)
		})
	}
	b.Run("Log", func(b *testing.B) {
		from := *m
		from.focus = paneLog
		move(b, from)
	})
	b.Run("Log, private", func(b *testing.B) {
		from := *m
		from.setPrivate(true)
		from.focus = paneLog
		move(b, from)
	})
}

// A letter typed in the palette of the same session.
func BenchmarkPalette(b *testing.B) {
	m := longWalk(b, 5000)
	var next tea.Model = *m
	b.Run("open", func(b *testing.B) {
		for b.Loop() {
			open, _ := next.Update(keyPress(":"))
			_ = open.View()
		}
	})
	b.Run("letter", func(b *testing.B) {
		next, _ := next.Update(keyPress(":"))
		keys := []tea.KeyPressMsg{keyPress("e"), keyPress("backspace")}
		for i := 0; b.Loop(); i++ {
			next, _ = next.Update(keys[i%2])
			_ = next.View()
		}
	})
}

// The switch, with 5,000 entries to hide.
func BenchmarkPrivate(b *testing.B) {
	m := longWalk(b, 5000)
	for b.Loop() {
		m.setPrivate(true)
		m.setPrivate(false)
	}
}

// longTab is a walk with a tab open and in focus, drawn once.
func longTab(m *Model, tab tabID) tea.Model {
	from := *m
	from.inspector.tab, from.focus = tab, paneInspector
	next, _ := from.Update(tea.WindowSizeMsg{Width: 200, Height: 50})
	_ = next.View()
	return next
}

// withNews is the walk after one more event, drawn.
func withNews(next tea.Model) tea.Model {
	m := next.(Model)
	next, _ = m.Update(arrived{[]flow.Event{flow.OnEvent{
		At: flow.At(noon.Add(24 * time.Hour)), HandlerID: m.state.HandlerID, Name: "SOMETHING", Metadata: flow.Metadata{LinkSessionID: usual},
	}}})
	_ = next.View()
	return next
}

// A frame costs the same however long the walk is, whatever tab is open, and so
// does one with an event that is new. The budget is 1 ms.
func BenchmarkViewOfTab(b *testing.B) {
	for _, n := range []int{500, 5000, 50_000} {
		m := longWalk(b, n)
		for t := range tabCount {
			next := longTab(m, t)
			b.Run(fmt.Sprintf("%s/%d entries", aspectOf(t).title, n), func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					_ = next.View()
				}
			})
			b.Run(fmt.Sprintf("%s/%d entries and one more", aspectOf(t).title, n), func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					next = withNews(next)
				}
			})
		}
	}
}

// The same without a clock: what a frame allocates does not grow with the walk.
func TestAFrameCostsTheSameHoweverLongTheWalkIs(t *testing.T) {
	if raceDetector {
		t.Skip("what is allocated under the race detector is another thing")
	}
	short, long := longWalk(t, 200), longWalk(t, 2000)
	for tab := range tabCount {
		count := func(m *Model) (still, news float64) {
			next := longTab(m, tab)
			still = testing.AllocsPerRun(5, func() { _ = next.View() })
			return still, testing.AllocsPerRun(20, func() { next = withNews(next) })
		}
		still, news := count(short)
		if later, laterNews := count(long); later > still*1.2+20 || laterNews > news*1.2+20 {
			t.Errorf("%s: a frame makes %.0f allocations after 200 entries and %.0f after 2,000; one with news %.0f and %.0f",
				aspectOf(tab).title, still, later, news, laterNews)
		}
	}
}
