package main

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"layersim/flow/linkpage/pagetest"
	"layersim/flow/lint"

	"github.com/google/go-cmp/cmp"
)

// mistakesMeant are the branches in which an app does what a rule forbids, by
// a part of the client_user_id. A mistake that is found anywhere else is a
// false alarm: the apps are built as Plaid's own are.
var mistakesMeant = map[string]string{
	"/no_number_of_North_America":                    "foreign-number",
	"/Extended_Autofill_where_accounts_are_required": "autofill-needs-accounts",
	"/react-plaid-link/":                             "session-never-read", // these apps have no server
	"user-":                                          "first-item-only",    // the quickstart shows one bank
}

// lintRecords looks at all that a simulator has seen, and returns the mistakes
// by client_user_id.
func (n *neighbourhood) lintRecords(t *testing.T) map[string][]lint.Finding {
	t.Helper()
	records, forgotten := n.sim.Records(0, 1<<20)
	if forgotten > 0 {
		t.Errorf("the journal has forgotten %d records", forgotten)
	}
	users := map[int]string{}
	found := map[string][]lint.Finding{}
	recording, linter := lint.NewRecording(), lint.New(lint.InRecording)
	for i := range records {
		line, err := json.Marshal(&records[i])
		if err != nil {
			t.Fatal(err)
		}
		observations, err := recording.Read(line)
		if err != nil {
			t.Fatalf("%v in %s", err, line)
		}
		for _, o := range observations {
			if call, ok := o.What.(lint.Called); ok && call.User != "" {
				users[o.Token] = call.User
			}
			for _, f := range linter.Add(o) {
				found[users[f.Token]] = append(found[users[f.Token]], f)
			}
		}
	}
	return found
}

// checkMistakes fails for every mistake that is found in apps that make none.
func (n *neighbourhood) checkMistakes(t *testing.T) {
	t.Helper()
	for user, findings := range n.lintRecords(t) {
		good := strings.HasPrefix(user, "user-") || strings.HasPrefix(user, "TestClientsInChromium/react-plaid-link/")
		var meant []string
		for branch, rule := range mistakesMeant {
			if strings.Contains(user, branch) {
				meant = append(meant, rule)
			}
		}
		for _, f := range findings {
			if good && !slices.Contains(meant, f.Rule) {
				t.Errorf("%s: %s: %s", user, f.Rule, f.What)
			}
		}
	}
}

// What an app's page does wrong is found, by what the script tells of the page.
func testMistakes(t *testing.T, n *neighbourhood) {
	const script = `<script src="LINK"></script>`
	for _, c := range []struct {
		name, head string
		walk       string // statements of the app
		last       string // what it is told last
		found      []string
	}{
		{
			"script-twice", script, `window.handler = start(TOKEN)`, "load",
			[]string{"script-twice"},
		},
		{
			// What a script adds to the page by itself is no mistake of the app's.
			"added twice", "", `for (let n = 0; n < 2; n++) document.head.append(Object.assign(document.createElement("script"), { src: "LINK?" + n }));
				setTimeout(() => { window.handler = start(TOKEN); }, 300)`, "load",
			nil,
		},
		{
			"late-create", script, `document.body.append(document.createElement("input"));
				document.querySelector("input").dispatchEvent(new Event("input", { bubbles: true }));
				setTimeout(() => { window.handler = start(TOKEN, { onLoad: () => handler.submit({ phone_number: "415-555-0011" }) }); }, 50)`, "LAYER_READY",
			[]string{"late-create", "script-twice"},
		},
		{
			"in time", "", `document.head.append(Object.assign(document.createElement("script"), { src: "LINK", onload() {
				window.handler = start(TOKEN, { onLoad() {
					window.dispatchEvent(new Event("input"));
					setTimeout(() => handler.submit({ phone_number: "415-555-0011" }), 50);
				} });
			} }))`, "LAYER_READY",
			nil,
		},
		{
			"handler-not-destroyed", "", `document.head.append(Object.assign(document.createElement("script"), { src: "LINK", onload() {
				start(TOKEN, { onLoad() { start(TOKEN); } });
			} }))`, "load",
			[]string{"handler-not-destroyed"},
		},
		{
			"destroyed", "", `document.head.append(Object.assign(document.createElement("script"), { src: "LINK", onload() {
				const first = start(TOKEN, { onLoad() { first.destroy(); start(TOKEN); } });
			} }))`, "load",
			nil,
		},
		{
			"told to exit", "", `document.head.append(Object.assign(document.createElement("script"), { src: "LINK", onload() {
				const first = start(TOKEN, { onLoad() { first.exit({ force: true }); start(TOKEN); } });
			} }))`, "load",
			nil,
		},
		{
			// A tap or a key is no input into a field.
			"touched, not typed", "", `window.dispatchEvent(new Event("pointerdown")); window.dispatchEvent(new Event("keydown"));
				document.head.append(Object.assign(document.createElement("script"), { src: "LINK", onload() {
				setTimeout(() => { window.handler = start(TOKEN, { onLoad: () => handler.submit({ phone_number: "415-555-0011" }) }); }, 50);
			} }))`, "LAYER_READY",
			nil,
		},
		{
			"submit-before-load", "", `document.head.append(Object.assign(document.createElement("script"), { src: "LINK", onload() {
				start(TOKEN).submit({ phone_number: "415-555-0011" });
			} }))`, "load",
			[]string{"submit-before-load"},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			token := n.token(t, templateDefault)
			head := c.head
			if head != "" {
				head += head // the app's own, twice
			}
			tab := n.tab(t, n.plain+n.plainApp(t, n.url+scriptPath, head, `<script src="APP"></script>`))
			do(t, tab, strings.NewReplacer("TOKEN", pagetest.Quote(token), "LINK", n.url+scriptPath).Replace(c.walk))
			told(t, tab, c.last)
			var found []string
			for late := time.After(pagetest.Patience); ; { // an early submit is told of after onLoad
				found = nil
				for _, f := range n.lintRecords(t)[t.Name()] {
					if !slices.Contains(found, f.Rule) {
						found = append(found, f.Rule)
					}
				}
				slices.Sort(found)
				if slices.Equal(found, c.found) || len(found) > len(c.found) {
					break
				}
				select {
				case <-n.sim.Changed(n.newest()):
					continue
				case <-late:
				}
				break
			}
			if diff := cmp.Diff(c.found, found); diff != "" {
				t.Errorf("found:\n%s", diff)
			}
		})
	}
}

// newest is the seq of the newest record.
func (n *neighbourhood) newest() uint64 {
	records, forgotten := n.sim.Records(0, 1<<20)
	return forgotten + uint64(len(records))
}
