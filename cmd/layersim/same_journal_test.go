package main

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"io"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/ansi"

	"layersim/fixtures"
	"layersim/flow"
	"layersim/flow/journal"
	"layersim/flow/scenario"
	"layersim/tui/pane"
)

// hands do a scenario by keys, on the whole program without a terminal, in a
// bubble of fake time: they are the operator, and the user of Link.
type hands struct {
	t       testing.TB
	app     *app
	program *tea.Program
	persona fixtures.Persona

	mu      sync.Mutex
	entries []journal.Entry
	state   flow.State
	screen  string
}

// byKeys walks a scenario through the terminal interface and returns the
// journal of it. It fails the test where a deed has no key.
func byKeys(t *testing.T, sc scenario.Scenario, catalog *fixtures.Catalog) (entries []journal.Entry) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		p, started, err := stagePlan(sc, catalog)
		if err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Until(started)) // a bubble begins in the year 2000
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		h := &hands{t: t, state: flow.New(p.config)}
		h.persona, _ = catalog.Persona(p.persona)
		a, err := newApp(ctx, p, surroundings{now: time.Now, browser: noBrowser{"this is a test"}, record: h.record})
		if err != nil {
			t.Fatal(err)
		}
		h.app = a
		for _, f := range sc.Faults {
			if err := (staged{a}).Fail(f); err != nil {
				t.Fatal(err)
			}
		}
		h.program = tea.NewProgram(seen{a.model(false, false), h}, tea.WithContext(ctx), tea.WithInput(nil), tea.WithOutput(io.Discard),
			tea.WithoutSignalHandler(), tea.WithFPS(1), tea.WithWindowSize(120, 36), tea.WithColorProfile(colorprofile.Ascii), tea.WithEnvironment([]string{"TERM=xterm-256color"}))
		over := make(chan error, 1)
		go func() {
			_, err := h.program.Run()
			over <- err
		}()
		synctest.Wait()
		for i, step := range sc.Steps {
			if i+1 < len(sc.Steps) {
				if _, refused := sc.Steps[i+1].Do.(scenario.ExpectRefused); refused {
					continue // the screen has no key for what would be refused
				}
			}
			h.do(step.Do)
		}
		h.program.Quit()
		if err := <-over; err != nil {
			t.Errorf("the program ended with %v", err)
		}
		cancel()
		if err := a.Close(); err != nil {
			t.Errorf("closing: %v", err)
		}
		synctest.Wait()
		entries = h.entries
	})
	return entries
}

type seen struct {
	tea.Model
	hands *hands
}

func (s seen) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	next, cmd := s.Model.Update(msg)
	return seen{next, s.hands}, cmd
}

func (s seen) View() tea.View {
	v := s.Model.View()
	s.hands.mu.Lock()
	s.hands.screen = ansi.Strip(v.Content)
	s.hands.mu.Unlock()
	return v
}

func (h *hands) record(e journal.Entry) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.entries = append(h.entries, e)
	h.state = flow.Step(h.state, e.Event).Next
	return nil
}

func (h *hands) now() flow.State {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.state
}

// press presses keys, and waits until nothing moves any more and what is under
// way has arrived.
func (h *hands) press(keys ...string) {
	for _, k := range keys {
		h.send(key(k))
	}
	h.rest(60 * time.Millisecond)
}

// rest waits until nothing moves any more and so much time has passed: webhooks
// are under way for a twentieth of a second.
func (h *hands) rest(d time.Duration) {
	synctest.Wait()
	time.Sleep(d)
	synctest.Wait()
}

// either presses a key, or its chord where letters are typed.
func (h *hands) either(plain, chord string) {
	if h.typing() {
		plain = chord
	}
	h.press(plain)
}

func (h *hands) typing() bool {
	s := h.now()
	p := s.Link.Pane
	return s.Phase == flow.PhasePhone || s.Phase == flow.PhaseDateOfBirth || s.Phase == flow.PhaseFallback && !s.SignedUp ||
		s.Phase == flow.PhaseLink && (p.View == flow.ViewVerifyPhone && p.Auto == "" || len(p.Fields) > 0)
}

func (h *hands) send(k tea.KeyPressMsg) {
	h.program.Send(k)
	synctest.Wait()
}

func (h *hands) typed(text string) {
	for _, c := range text {
		h.send(tea.KeyPressMsg{Code: c, Text: string(c)})
	}
}

// into types into a field that may have something in it already.
func (h *hands) into(text string) {
	h.press("end", "ctrl+u")
	h.typed(text)
}

func (h *hands) do(deed scenario.Deed) {
	h.t.Helper()
	ctx := context.Background()
	switch d := deed.(type) {
	case scenario.CreateToken, scenario.CreateHandler, scenario.Open:
		h.press("enter")
	case scenario.SubmitPhone:
		number := cmp.Or(d.Number, h.persona.Phone)
		h.into(number.Reveal())
		h.press("enter")
	case scenario.SubmitDateOfBirth:
		date := d.Date.Reveal()
		if date == "" {
			date = "1975-01-18"
			if a := h.persona.Autofill; a != nil {
				date = a.DateOfBirth
			}
		}
		h.into(date)
		h.press("enter")
	case scenario.Decline:
		h.either("f", "ctrl+f")
	case scenario.Exit:
		h.either("x", "ctrl+x")
	case scenario.Retry:
		h.either("r", "ctrl+r")
	case scenario.StartOver:
		h.either("n", "ctrl+n")
	case scenario.SignUp:
		for i, value := range []string{"Ann", "Example", "", "", "", "", "ann@example.com", "+14155550011", "1975-01-18"} {
			if i > 0 {
				h.press("down")
			}
			if value != "" {
				h.into(value)
			}
		}
		h.press("enter")
	case scenario.DoWrong:
		h.wrong(d.Wrong)
	case scenario.Continue, scenario.Share:
		h.to(func(s pane.LinkStop) bool { return s.Kind == pane.StopButton })
		h.rest(400 * time.Millisecond) // or it would be taken for a habit
		h.press("enter")
	case scenario.EnterCode:
		if h.now().Failure.IsZero() {
			h.typed(cmp.Or(d.Code.Reveal(), h.persona.Code))
		} else {
			h.press("enter") // what was typed is still there
		}
	case scenario.EditField:
		h.fill(d.Values)
	case scenario.SignIn:
		h.fill(d.Values)
		h.press("enter")
	case scenario.Search:
		h.to(func(s pane.LinkStop) bool { return s.Kind == pane.StopField })
		h.into(d.Query)
		h.press("enter")
	case scenario.ChooseInstitution:
		h.to(func(s pane.LinkStop) bool {
			return s.Kind == pane.StopOption && (s.Label == d.Institution || s.Key == d.Institution)
		})
		h.press("enter")
	case scenario.ChooseAccounts:
		h.choose(d)
	case scenario.AddBank:
		h.to(func(s pane.LinkStop) bool { return s.Kind == pane.StopOther && s.Key == string(flow.LinkAddBank) })
		h.press("enter")
	case scenario.Back:
		h.to(func(s pane.LinkStop) bool { return s.Kind == pane.StopOther && s.Key == string(flow.LinkBack) })
		h.press("enter")
	case scenario.Close:
		h.either("c", "ctrl+g")
	case scenario.Wait:
		time.Sleep(d.For)
		synctest.Wait()
	case scenario.Call:
		r, err := http.NewRequestWithContext(ctx, cmp.Or(d.Method, http.MethodPost), d.Path, strings.NewReader(h.filledIn(d.Body)))
		if err != nil {
			h.t.Fatal(err)
		}
		for _, header := range d.Headers {
			r.Header.Add(header.Name, header.Value)
		}
		h.must((staged{h.app}).Call(ctx, r))
	case scenario.AdvanceClock:
		h.app.sim.Advance(d.By)
	case scenario.ArmFault:
		h.must((staged{h.app}).Fail(d.Fault))
	case scenario.Heal:
		h.app.sim.Heal()
	case scenario.SendWebhook:
		h.must((staged{h.app}).SendWebhook(ctx, d.Code))
	case scenario.RotateWebhookKey:
		h.app.sim.RotateWebhookKey()
	case scenario.MisdeliverWebhook:
		h.must((staged{h.app}).MisdeliverWebhook(d.How, d.Code))
	}
	h.rest(60 * time.Millisecond)
	for range 3 {
		switch s := h.now(); {
		case s.Phase == flow.PhaseLink && s.Link.Pane.Auto != "" && s.Failure.IsZero(): // it goes on by itself
			h.rest(2 * time.Second)
		case s.Waiting(): // for an answer that may not come
			h.rest(31 * time.Second)
		}
	}
}

func (h *hands) must(err error) {
	h.t.Helper()
	if err != nil {
		h.t.Fatal(err)
	}
}

func (h *hands) filledIn(body string) string {
	s, access := h.now(), ""
	if len(s.Account.Items) > 0 {
		access = s.Account.Items[0].AccessToken.Reveal()
	}
	return strings.NewReplacer("${link_token}", s.LinkToken.Reveal(), "${public_token}", s.PublicToken.Reveal(), "${access_token}", access, "${link_session_id}", s.LinkSessionID).Replace(body)
}

// wrong makes a mistake from the menu: what can be done now comes first there.
func (h *hands) wrong(id flow.WrongID) {
	h.t.Helper()
	s := h.now()
	all := flow.Wrongs()
	order := make([]flow.Wrong, 0, len(all))
	for _, possible := range []bool{true, false} {
		for _, w := range all {
			if (w.Obstacle(s) == "") == possible {
				order = append(order, w)
			}
		}
	}
	at := slices.IndexFunc(order, func(w flow.Wrong) bool { return w.ID == id })
	if h.typing() {
		h.send(tea.KeyPressMsg{Code: 'w', Mod: tea.ModAlt})
	} else {
		h.send(key("w"))
	}
	for range len(all) {
		h.send(key("up"))
	}
	for range at {
		h.send(key("down"))
	}
	h.press("enter")
	if h.now().Mistake.Wrong != id {
		h.send(key("esc")) // it was refused, as the scenario may expect
	}
}

// to moves the cursor in Link's pane.
func (h *hands) to(is func(pane.LinkStop) bool) {
	h.t.Helper()
	stops := pane.LinkStops(h.now().Link.Pane)
	at := slices.IndexFunc(stops, is)
	if at < 0 {
		h.t.Fatalf("nothing of that kind in the pane:\n%s", h.screen)
	}
	for range len(stops) {
		h.send(key("up"))
	}
	for range at {
		h.send(key("down"))
	}
}

func (h *hands) fill(values map[string]flow.SSN) {
	h.t.Helper()
	for _, name := range slices.Sorted(maps.Keys(values)) {
		h.to(func(s pane.LinkStop) bool { return s.Kind == pane.StopField && s.Key == name })
		h.into(values[name].Reveal())
	}
}

func (h *hands) choose(d scenario.ChooseAccounts) {
	h.t.Helper()
	for _, b := range h.now().Link.Pane.Banks {
		for _, a := range b.Accounts {
			named := slices.ContainsFunc(d.Names, func(n string) bool {
				return n == a.ID || n == a.Mask || strings.EqualFold(n, a.Name) || strings.EqualFold(n, b.Name) || n == b.ID
			})
			if a.Selected != (named || d.All) {
				h.to(func(s pane.LinkStop) bool { return s.Kind == pane.StopAccount && s.Key == a.ID })
				h.send(key("space"))
			}
		}
	}
}

// What two journals may differ in:
//
//   - times, spans and what is counted from them: a person takes longer;
//   - what the operator wants and the core refuses: the screen has no key for that;
//   - the order of calls that the core asks for at the same time, one
//     /accounts/get for each Item, and with it which request_id each gets: the
//     screen makes them at once, the player one after the other;
//   - when a call of Link that led to a callback is over: the app does what the
//     callback asks for meanwhile.
//
// Everything else is the same, entry by entry.
var (
	timesIn = regexp.MustCompile(`\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z`)
	spansIn = regexp.MustCompile(`"(duration_ms|created_at|expired_at|retry_after_seconds)": ?[\d.]+|\\"(created_at|expired_at)\\": ?\d+`)
	idsIn   = regexp.MustCompile(`(\\?"request_id\\?": ?\\?")[0-9A-Za-z]{15}`)
	aheadIn = regexp.MustCompile(`(That is )[0-9hms]+( before)`)
)

func normalised(t testing.TB, entries []journal.Entry) []string {
	t.Helper()
	entries = slices.DeleteFunc(slices.Clone(entries), func(e journal.Entry) bool {
		_, driven := e.Event.(flow.LinkDriven)
		return driven || e.Verdict == flow.Refused && e.Lane == journal.LaneYou
	})
	lines := make([]string, len(entries))
	atOnce := make([]int, len(entries)) // the CallID of calls that are made at the same time
	for i, e := range entries {
		whole, err := journal.Whole(e)
		if err != nil {
			t.Fatal(err)
		}
		line := string(whole)
		line = line[strings.Index(line, `"lane"`):] // seq, at and happened_at
		line = timesIn.ReplaceAllString(line, "TIME")
		line = spansIn.ReplaceAllString(line, `"SPAN"`)
		line = aheadIn.ReplaceAllString(line, "${1}SPAN${2}")
		if x, ok := e.Event.(flow.ExchangeRecorded); ok && strings.HasSuffix(x.Exchange.URL, "/accounts/get") {
			line, atOnce[i] = idsIn.ReplaceAllString(line, "${1}ID"), 1
		}
		if _, ok := e.Event.(flow.AccountsFetched); ok {
			atOnce[i] = 1
		}
		lines[i] = line
	}
	for from := 0; from < len(lines); from++ {
		to := from
		for to < len(lines) && atOnce[to] > 0 {
			to++
		}
		if to > from {
			slices.Sort(lines[from:to])
			from = to
		}
	}
	return lines
}

// The same scenario through the terminal interface gives the same journal.
func TestTheTerminalGivesTheSameJournal(t *testing.T) {
	catalog := builtin(t)
	all, err := scenario.Shipped(catalog)
	if err != nil {
		t.Fatal(err)
	}
	for i, sc := range all {
		if raceDetector && i%20 != 0 {
			continue // each is the whole program: a few find what is to be found
		}
		t.Run(sc.Name, func(t *testing.T) {
			if slices.ContainsFunc(sc.Steps, func(s scenario.Step) bool {
				over, is := s.Do.(scenario.StartOver)
				return is && over != (scenario.StartOver{})
			}) {
				t.Skip("another template or SDK is chosen in menus, which have tests of their own")
			}
			result, _ := mustPass(t, sc)
			byHand := normalised(t, byKeys(t, sc, catalog))
			alone := normalised(t, result.Journal.Entries())
			for i := range max(len(byHand), len(alone)) {
				var a, b string
				if i < len(byHand) {
					a = byHand[i]
				}
				if i < len(alone) {
					b = alone[i]
				}
				if a != b {
					t.Fatalf("entry %d\nby keys %s\nalone   %s\nafter\n%s", i+1, a, b, outline(byHand, i))
				}
			}
		})
	}
}

// outline names the entries before one.
func outline(lines []string, at int) string {
	var b bytes.Buffer
	for i := max(0, at-6); i < min(at, len(lines)); i++ {
		fmt.Fprintf(&b, "  %d %.120s\n", i+1, lines[i])
	}
	return b.String()
}
