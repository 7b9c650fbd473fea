package main

import (
	"os"
	"strings"
	"testing"

	"layersim/flow"
	"layersim/flow/journal"
	"layersim/flow/plaidsim"
)

// What people do in Link besides the straight way is done again as well.
func TestNoDriftFromOrdinaryWalks(t *testing.T) {
	toReview := []doing{token, handler, phone("+14155550011"), opens, presses(flow.LinkContinue), code("123456")}
	toBanks := append(toReview[:len(toReview):len(toReview)], presses(flow.LinkAddBank))
	signsIn := func(password string) doing {
		return types(flow.LinkCredentials, map[string]string{"username": "user_good", "password": password})
	}
	searches := func(query string) doing { return types(flow.LinkSearch, map[string]string{"query": query}) }
	mfa := func(code string) doing { return types(flow.LinkMFA, map[string]string{"code": code}) }
	tests := []struct {
		name string
		then func(d *distant) []doing // after the list of banks
	}{
		{"a wrong password", func(d *distant) []doing {
			return []doing{d.choose("password"), signsIn("wrong"), signsIn("pass_good"), d.connect, presses(flow.LinkContinue), d.share(1, nil)}
		}},
		{"only wrong passwords", func(d *distant) []doing {
			return []doing{d.choose("password"), signsIn("wrong"), signsIn("wrong"), presses(flow.LinkClose)}
		}},
		{"a wrong password, then back", func(d *distant) []doing {
			return []doing{d.choose("password"), signsIn("wrong"), presses(flow.LinkBack), presses(flow.LinkBack), d.share(1, nil)}
		}},
		{"a wrong code of the bank", func(d *distant) []doing {
			return []doing{d.choose("password"), signsIn("mfa_device"), mfa("9"), mfa("8"), mfa("1234"), d.connect, presses(flow.LinkContinue), d.share(3, nil)}
		}},
		{"back from the code of the bank", func(d *distant) []doing {
			return []doing{d.choose("password"), signsIn("mfa_device"), presses(flow.LinkBack), d.choose("password"), signsIn("pass_good"), d.connect, presses(flow.LinkContinue), d.share(1, nil)}
		}},
		{"back from the password", func(d *distant) []doing {
			return []doing{d.choose("password"), presses(flow.LinkBack), presses(flow.LinkBack), d.share(1, nil)}
		}},
		{"back from the bank's own site", func(d *distant) []doing {
			return []doing{d.choose("signs in on its own site"), presses(flow.LinkBack), d.choose("password"), signsIn("pass_good"), d.connect, presses(flow.LinkContinue), d.share(1, nil)}
		}},
		{"back from the accounts", func(d *distant) []doing {
			return []doing{d.choose("password"), signsIn("pass_good"), presses(flow.LinkBack), presses(flow.LinkBack), d.share(1, nil)}
		}},
		{"two searches", func(d *distant) []doing {
			return []doing{searches("zzzz"), searches("bank"), d.choose("password"), signsIn("pass_good"), d.connect, presses(flow.LinkContinue), d.share(1, nil)}
		}},
		{"a search, then back", func(d *distant) []doing {
			return []doing{searches("bank"), presses(flow.LinkBack), d.share(1, nil)}
		}},
		{"the last account of the second bank", func(d *distant) []doing {
			return []doing{presses(flow.LinkBack), func(at flow.At) flow.Event {
				accounts := d.state.Link.Pane.Banks[1].Accounts
				return flow.LinkActed{At: at, Action: flow.LinkAction{Kind: flow.LinkShare, Accounts: []string{accounts[len(accounts)-1].ID}}}
			}}
		}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			d := newDistant(t, "default", plaidsim.Documented, nil)
			d.do(append(toBanks[:len(toBanks):len(toBanks)], test.then(d)...)...)
			if r := foundIn(t, d.file()); len(r.Differences) > 0 || r.Compared.Calls == 0 || d.state.Phase != flow.PhaseOnboarded && d.state.Phase != flow.PhaseExited {
				t.Errorf("%s, %d calls compared\n%s", d.state.Phase, r.Compared.Calls, r.text())
			}
		})
	}
}

// What cannot be done again is not compared, and that is said.
func TestWhatCannotBeDoneAgainIsNotCompared(t *testing.T) {
	wrong := func(id flow.WrongID) doing {
		return func(at flow.At) flow.Event {
			return flow.DoWrong{At: at, Wrong: id, Surface: flow.InTerminal, Phone: flow.NewPhoneNumber("+14155550011"), DateOfBirth: flow.NewDateOfBirth("1975-01-18")}
		}
	}
	reloads := func(at flow.At) flow.Event { return flow.OnLoad{At: at, HandlerID: 1, Again: true} }
	first := []doing{token, handler, phone("+14155550011")}
	tests := []struct {
		name, note string // "" if it is compared
		walk       func(d *distant) []doing
	}{
		{"both fields", "(both-fields)", func(d *distant) []doing {
			return []doing{token, handler, wrong(flow.WrongBothFields), opens, presses(flow.LinkContinue), code("123456"), d.share(1, nil)}
		}},
		{"open too early", "(open-before-ready)", func(*distant) []doing { return []doing{token, handler, wrong(flow.WrongOpenBeforeReady)} }},
		{"a foreign number", "(foreign-number)", func(*distant) []doing { return []doing{token, handler, wrong(flow.WrongForeignNumber)} }},
		{"exchanged", "(public-token-exchanged)", func(d *distant) []doing {
			return append(first, opens, presses(flow.LinkContinue), code("123456"), d.share(1, nil), wrong(flow.WrongPublicTokenExchanged))
		}},
		{"a reload in Link", "the page was loaded again while Link was open", func(d *distant) []doing {
			return append(first, opens, presses(flow.LinkContinue), reloads, code("123456"), d.share(1, nil))
		}},
		{"a reload before", "", func(*distant) []doing { return append(first, reloads, opens, presses(flow.LinkClose)) }},
		{"a reload at the end", "", func(*distant) []doing { return append(first, opens, presses(flow.LinkClose), reloads) }},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			d := newDistant(t, "default", plaidsim.Documented, nil)
			d.do(append(test.walk(d), again, token)...)
			r := foundIn(t, d.file())
			said := strings.Contains(strings.Join(r.Notes, "\n"), "Attempt 1 is not compared: ") && strings.Contains(strings.Join(r.Notes, "\n"), test.note)
			if want := map[bool]int{true: 1, false: 2}[test.note != ""]; len(r.Differences) > 0 || r.Compared.Attempts != want || said != (test.note != "") {
				t.Errorf("%d attempts compared\n%s", r.Compared.Attempts, r.text())
			}
		})
	}
}

// Two personas have numbers that look alike when they are masked, and Layer
// answers them otherwise: the wrong one must not hide a difference.
func TestWhoseNumberItWas(t *testing.T) {
	d := newDistant(t, "default", plaidsim.Documented, onEvents(func(name string, event, _ map[string]any) {
		if name == "LAYER_READY" {
			event["name"] = "LAYER_NOT_AVAILABLE"
		}
	}))
	d.do(token, handler, phone("+14155550015"), declines)
	const drifts = "phone number | event | the first event | LAYER_NOT_AVAILABLE | LAYER_READY"
	finds(t, foundIn(t, d.file()), drifts)

	// An older recording does not tell.
	silent := func(header func(*journal.Header)) string {
		path := d.file()
		content, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		h := recordingHeader(d.app.plan, d.app.now())
		header(&h)
		first, err := h.Line()
		if err != nil {
			t.Fatal(err)
		}
		_, rest, _ := strings.Cut(strings.ReplaceAll(string(content), `"test_number":"leslie-knope",`, ""), "\n")
		if err := os.WriteFile(path, append(append(first, '\n'), rest...), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	finds(t, foundIn(t, silent(func(h *journal.Header) { h.Persona = "leslie-knope" })), drifts)
	r := foundIn(t, silent(func(*journal.Header) {}))
	finds(t, r, drifts)
	if len(r.Differences) == 1 && r.Differences[0].As != "leslie-knope" || !strings.Contains(r.text(), "if the phone number is that of leslie-knope") {
		t.Error(r.text())
	}
	finds(t, foundIn(t, silent(func(h *journal.Header) { h.TestNumbers = true })), "") // nobody's
}

// What the page says of the end is planted in the recording: no answer of ours
// brings it.
func TestPlantedEnds(t *testing.T) {
	tests := []struct{ name, old, new, want string }{
		{"no metadata", `"metadata":{"institution":null,`, `"metadata":null,"x":{"institution":null,`,
			"end of Link | metadata | metadata (the whole object) of onExit | null | object"},
		{"no display_message", `"display_message":`, `"x":`,
			"end of Link | error | error.display_message of onExit | absent | text; end of Link | error | error.x of onExit | text | absent"},
		{"display_message is a number", `"display_message":"`, `"display_message":7,"error_message":"`, "end of Link | error | error.display_message of onExit | number | text"},
		{"another sentence", `"error_message":"`, `"error_message":"Otherwise: `, ""},
	}
	d := newDistant(t, "default", plaidsim.Documented, nil)
	d.do(token, handler, phone("+14155550011"), opens, presses(flow.LinkContinue), code("1"), code("2"), code("3"))
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			path := d.file()
			lines := linesOf(t, path)
			for i, l := range lines {
				if strings.Contains(l, `"kind":"OnExit"`) {
					lines[i] = strings.Replace(l, test.old, test.new, 1)
					if lines[i] == l {
						t.Fatalf("%s is not in %s", test.old, l)
					}
				}
			}
			if err := os.WriteFile(path, []byte(strings.Join(lines, "\n")+"\n"), 0o600); err != nil {
				t.Fatal(err)
			}
			finds(t, foundIn(t, path), test.want)
		})
	}
}
