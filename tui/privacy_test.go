package tui

import (
	"fmt"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"layersim/flow"
	"layersim/flow/journal"
)

// somebody is a person as no text of ours has one.
const somebody = "Zerelda Quimbyworth"

// everyPersonalState is everyStateWith somebody in it, whose data is also on the
// wire, in metadata and in every field that can be typed in.
func everyPersonalState(t testing.TB) map[string]*Model {
	states := everyStateOf(t, usual, somebody)
	body := `{"identity":{"name":{"first_name":"Zerelda","last_name":"Quimbyworth"},"address":{"street":"77 Quimbyworth Lane","city":"Zerelda","postal_code":"Zerelda-1"},"phone_number":"+14155550011","email":"zerelda@example.com","date_of_birth":"` + bornOn + `","ssn":"123456789"},"items":[{"item_id":"Zerelda-item","access_token":"access-sandbox-Zerelda-Quimbyworth"}],"accounts":[{"mask":"7781","balances":{"available":7781.55,"current":7781.55},"account_id":"QuimbyworthAccountId","name":"Zerelda Checking","owners":[{"names":["Zerelda Q"],"emails":[{"data":"zerelda@example.com"}],"addresses":[{"data":{"street":"77 Quimbyworth Lane"}}]}]}],"username":"zereldaq","client_user_id":"Zerelda"}`
	body, err := flow.Redaction{Indent: true}.JSON([]byte(body)) // as it comes to us
	if err != nil {
		t.Fatal(err)
	}
	const chosen = `{"institution":{"name":"First Platypus Bank","institution_id":"ins_109508"},"accounts":[{"id":"QuimbyworthLinkId","name":"Zerelda's Checking","mask":"7781","type":"depository"}],"link_session_id":"s1","public_token":"••••"}`
	const address = "https://sandbox.plaid.com/x?email=zereldaq@example.com"
	for _, m := range states {
		m.take(flow.ExchangeRecorded{At: at, Exchange: flow.Exchange{Method: "GET", URL: address, Error: "Get " + address + ": EOF"}})
		m.take(flow.LinkActed{At: at, Action: flow.LinkAction{Kind: flow.LinkShare, Accounts: []string{"QuimbyworthLinkId"}, Values: map[string]flow.SSN{"name.first_name": flow.NewPaneValue("Zerelda")}}})
		m.take(flow.OnSuccess{At: at, HandlerID: 99, PublicToken: flow.NewPublicToken("profile-sandbox-1"), Metadata: flow.Metadata{Raw: chosen}})
		m.take(flow.ExchangeRecorded{At: at, Exchange: flow.Exchange{
			Method: "POST", URL: "https://sandbox.plaid.com/user_account/session/get", Status: 200, RequestBody: `{"client_user_id":"Zerelda"}`, ResponseBody: body,
		}})
		m.take(flow.OnEvent{At: at, HandlerID: 1, Name: "SOMETHING", Metadata: flow.Metadata{Timestamp: noon, Raw: body}})
		m.phone.set("415-555-0011")
		m.birth.set(bornOn)
		for i := range m.signUp.rows {
			if m.signUp.rows[i].value == "" {
				m.signUp.rows[i].value = somebody
			}
		}
		m.signUp.load()
		m.opts.Config.ClientUserID = "Zerelda"
	}
	return states
}

// everyLook shows a state in every way there is: each tab, each pane with the
// focus, each overlay, at several sizes.
func everyLook(m *Model, sizes [][2]int, look func(name string, m *Model, v tea.View)) {
	show := func(name string, c Model, size [2]int) {
		next, _ := c.Update(tea.WindowSizeMsg{Width: size[0], Height: size[1]})
		n := next.(Model)
		look(fmt.Sprintf("%s, %d×%d", name, size[0], size[1]), &n, n.View())
	}
	for _, size := range sizes {
		for tab := range tabCount {
			for _, focus := range panesOf(m.hasResults()) {
				c := *m
				c.inspector.tab, c.focus = tab, focus
				show(fmt.Sprintf("%s tab, %s", aspectOf(tab).title, focus.title()), c, size)
			}
		}
		for _, over := range overlayPlaces() {
			c := *m
			switch {
			case over == inPalette:
				c.openPalette()
			case over == inEntry && c.moment() == 0:
				continue // there is none to open
			case over == inEntry:
				c.log.entry = entryView{index: c.moment() - 1}
			}
			c.overlay = over
			show(fmt.Sprintf("overlay %d", over), c, size)
		}
	}
}

// sizesToRead are the sizes at which people read the screen.
var sizesToRead = [][2]int{{80, 24}, {120, 36}, {200, 50}}

// With the switch on nothing personal is on the screen, in its title or in what
// is copied, whatever is looked at.
func TestPrivateShowsNothingPersonal(t *testing.T) {
	oneAtATime(t)
	// Also cut off, or broken at the end of a line.
	personal := []string{"Zer", "zer", "Quimb", "imbyw", "77 Q", "4155550011", "555-0011", "5550011", bornOn, "1968", "11/23", "123456789", "123-45", "7781", "7,781"}
	for name, m := range everyPersonalState(t) {
		m.setPrivate(true)
		m.take(flow.ExchangeRecorded{At: at, Exchange: flow.Exchange{Method: "POST", URL: "https://sandbox.plaid.com/accounts/get", Status: 200, ResponseBody: `{"email":"zerelda@example.com"}`}})
		everyLook(m, sizesToRead, func(how string, m *Model, v tea.View) {
			t.Helper()
			if m.overlay == onScreen && !strings.Contains(text(v), "private") {
				t.Fatalf("%s, %s: it is not said that private is on:\n%s", name, how, text(v))
			}
			for _, copied := range []bool{false, true} {
				cmd := m.copyHere(copied)
				text := m.board.text
				if cmd != nil {
					text += fmt.Sprint(cmd())
				}
				for _, p := range personal {
					if strings.Contains(text, p) {
						t.Fatalf("%s, %s: copied %q:\n%s", name, how, p, text)
					}
				}
			}
			m.reveal()
			for _, v := range []tea.View{v, m.View()} {
				text := ansi.Strip(v.Content)
				for _, p := range personal {
					if strings.Contains(text, p) || strings.Contains(v.WindowTitle, p) {
						t.Fatalf("%s, %s: %q is shown:\n%s", name, how, p, text)
					}
				}
			}
		})
	}
}

func text(v tea.View) string { return ansi.Strip(v.Content) }

// secretsOf are the values that are masked whether private is on or not.
var secretsOf = []string{"123456789", "123-45-6789", bornOn, "access-sandbox-Zerelda", "access-sandbox-2", "profile-sandbox-1", "link-sandbox-c46b"}

// Without the switch, no SSN, date of birth or token is there unless it was
// asked for, and never two.
func TestSecretsAreMaskedEverywhere(t *testing.T) {
	oneAtATime(t)
	for name, m := range everyPersonalState(t) {
		m.birth.set("") // what is typed is seen while it is typed
		everyLook(m, sizesToRead, func(how string, m *Model, v tea.View) {
			t.Helper()
			for _, s := range secretsOf {
				if strings.Contains(text(v), s) {
					t.Fatalf("%s, %s: %q is shown:\n%s", name, how, s, text(v))
				}
			}
			m.copyHere(false)
			for _, s := range secretsOf {
				if strings.Contains(m.board.text, s) {
					t.Fatalf("%s, %s: %q is copied:\n%s", name, how, s, m.board.text)
				}
			}
		})
	}
}

// A value is shown alone, and is masked again as soon as its reader looks
// elsewhere.
func TestRevealedUntilOneLooksAway(t *testing.T) {
	onboarded := everyPersonalState(t)["onboarded"]
	onboarded.inspector.tab = tabCode
	for _, leave := range []string{"tab", "shift+tab", "]", "1", "?", ":", "p", "alt+left", "down", "v", "P"} {
		var next tea.Model = *onboarded
		press := func(k string) string {
			next, _ = next.Update(keyPress(k))
			return text(next.View())
		}
		next, _ = next.Update(tea.WindowSizeMsg{Width: 120, Height: 36})
		for range 20 {
			if canReveal(ptr(next)) {
				break
			}
			press("down")
		}
		shown := 0
		screen := press("v")
		for _, s := range secretsOf {
			if strings.Contains(screen, s) {
				shown++
			}
		}
		if shown != 1 {
			t.Fatalf("%d private values are shown:\n%s", shown, screen)
		}
		press(leave)
		if m := ptr(next); m.revealed != "" {
			t.Errorf("after %s %q is still revealed", leave, m.revealed)
		}
	}
}

func ptr(m tea.Model) *Model {
	model := m.(Model)
	return &model
}

// With the switch on, one goes through the whole walk, is told what is wrong
// with what is typed, and sees everything again when it is off.
func TestPrivateWalk(t *testing.T) {
	inBubble(t, setting{persona: "leslie-knope"}, func(w *world) {
		w.press("P")
		w.sees("Private: names, addresses")
		w.press("enter", "enter")
		w.seesNot("4155550015")
		w.sees(`submit({ phone_number: "+1••••••••15" })`)
		w.press("backspace")
		w.sees("…")
		w.typeText("5")
		w.press("enter")
		w.stands(flow.PhaseReady)
		w.press("enter", "enter")
		w.sees("The phone received 123456.")
		w.typeText("123456")
		w.shows(flow.ViewReview)
		w.seesNot("Leslie", "Knope", "Pawnee", "46001", "knope.com", " edited")
		for !strings.Contains(w.screen(), "› Share ‹") {
			w.press("down")
		}
		w.press("enter")
		w.stands(flow.PhaseOnboarded)
		w.seesNot("Leslie", "Knope", "Pawnee", "46001", "knope.com", "2,811", "0015", "mNTSQ")
		w.sees("••••••", "private")
		w.press("end", "v")
		w.sees("Private is on, so nothing is shown unmasked")
		w.press("P")
		w.sees("Leslie", "Knope", "Pawnee", "leslie@knope.com", "2,811")
		if a := w.model().walk().Account; a.Identity.FirstName != "Leslie" {
			t.Errorf("the walk itself has %q", a.Identity.FirstName)
		}
	})
}

// The switch hides what came before it and shows it again, in every tab.
func TestPrivateComesAndGoes(t *testing.T) {
	for name, m := range everyPersonalState(t) {
		before := m.sized(200, 50).Content
		m.setPrivate(true)
		m.setPrivate(false)
		if after := m.sized(200, 50).Content; after != before {
			t.Errorf("%s: the screen is not as it was", name)
		}
	}
}

// In private, too, each entry of a whole walk can be opened and copied, and says
// what it carries.
func TestEveryEntryOfAPrivateWalkIsWhole(t *testing.T) {
	oneAtATime(t)
	inBubble(t, setting{width: 120, height: 36}, func(w *world) {
		w.press("tab", "P", "shift+tab")
		w.sees("private")
		w.onboard()
		m := *w.model()
		accounts := 0
		for i := range m.journal.Len() {
			e := m.journal.At(i)
			if _, err := journal.Whole(e); err != nil {
				t.Errorf("%s: %v", journal.Name(e.Event), err)
			}
			m.log.cursor, m.board, m.notice = i, clipboard{}, ""
			if m.copyHere(false); m.board.text == "" || !strings.HasPrefix(m.notice, "✓ Copied") {
				t.Errorf("%s is not copied: %q", journal.Name(e.Event), m.notice)
			}
			if _, ok := e.Event.(flow.AccountsFetched); ok {
				accounts++
				if !strings.Contains(m.board.text, `"current": "••••"`) {
					t.Errorf("a balance is no mask:\n%s", m.board.text)
				}
				m.openEntry()
				m.layOutEntry()
				if screen := text(m.View()); !strings.Contains(screen, "What it carries") {
					t.Errorf("what it carries is not shown:\n%s", screen)
				}
				m.overlay = onScreen
			}
		}
		if accounts == 0 {
			t.Error("no accounts came")
		}
	})
}

// What is kept of each moment has nothing personal in it, so that nothing can
// show it that does not draw the whole screen.
func TestPrivateJournalHasNothingPersonal(t *testing.T) {
	for name, m := range everyPersonalState(t) {
		m.setPrivate(true)
		m.take(flow.LinkActed{At: at, Action: flow.LinkAction{Kind: flow.LinkShare, Accounts: []string{"QuimbyworthLinkId"}}})
		for i := range m.journal.Len() {
			whole, err := journal.Whole(m.journal.At(i))
			if err != nil {
				t.Fatal(err)
			}
			for _, p := range []string{"Zerelda", "zerelda", "Quimbyworth", "7781"} {
				if strings.Contains(string(whole), p) {
					t.Errorf("%s, entry %d: %q is in %s", name, i, p, whole)
				}
			}
			for _, e := range m.journal.At(i).Effects {
				if strings.Contains(fmt.Sprintf("%+v", e), "Quimbyworth") {
					t.Errorf("%s, entry %d: %+v", name, i, e)
				}
			}
		}
	}
}

// Values are found whole wherever they stand, and nothing else is.
func TestHideWords(t *testing.T) {
	m := still(t, flow.InTerminal)
	m.take(flow.UserAccountFetched{At: at, Account: flow.UserAccount{Identity: flow.Identity{
		FirstName: "Leslie", LastName: "Knope", Email: "leslie@knope.com", Address: flow.Address{Street: "1 Short Lane", City: "Pawnee"},
	}}})
	m.take(flow.StartOverRequested{At: at})
	m.setPrivate(true)
	for text, want := range map[string]string{
		"Leslie Knope":                        "•••••• •••••",
		"\x1b[1mLes\x1b[7mlie\x1b[m Knope":    "\x1b[1m••••••\x1b[7m\x1b[m •••••",
		"mail leslie@knope.com, 1 Short Lane": "mail ••••••••••••••••, ••••••••••••",
		"a Short Lane":                        "a Short Lane",
		"Leslies":                             "Leslies",
		"\x1b]8;;http://x/Leslie\x07Leslie\x1b]8;;\x07": "\x1b]8;;http://x/Leslie\x07••••••\x1b]8;;\x07",
	} {
		if got := m.hideWords(text); got != want {
			t.Errorf("%q became %q, want %q", text, got, want)
		}
	}
	if ansi.Strip(m.hideWords("\x1b[1mLes\x1b[7mlie")) != "••••••" {
		t.Error("cells have moved")
	}
}

// The switch works over what is laid over the walk, and takes away what was
// made before it.
func TestPrivateOverAnOverlay(t *testing.T) {
	for _, over := range overlayPlaces() {
		m := longWalk(t, 60)
		m.log.entry = entryView{index: 20}
		m.copy("something", "Leslie")
		if over == inPalette {
			m.openPalette()
		}
		m.overlay = over
		key := "P"
		if m.typing() {
			key = "alt+p"
		}
		next, _ := m.Update(keyPress(key))
		n := ptr(next)
		if !n.private.on {
			t.Errorf("overlay %d: %s does nothing", over, key)
		}
		if over == inCopied && n.overlay == inCopied || n.board.text != "" {
			t.Errorf("overlay %d: what was copied is still there", over)
		}
	}
}

// A finding made before the switch names no value after it.
func TestPrivateFindings(t *testing.T) {
	m := longWalk(t, 60)
	m.take(flow.AppDid{At: at, Deed: flow.DeedTrustedPhone, Because: "onSuccess"})
	n := len(m.lint.linter.Findings())
	before := m.lint.linter
	m.setPrivate(true)
	if m.lint.linter == before || len(m.lint.linter.Findings()) != n {
		t.Errorf("%d findings, %d of them again", n, len(m.lint.linter.Findings()))
	}
}
