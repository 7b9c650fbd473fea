package main

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"layersim/flow"
	"layersim/flow/engine"
	"layersim/flow/journal"
	"layersim/flow/linkterm"
	"layersim/flow/plaidapi"
	"layersim/flow/plaidsim"
	"layersim/flow/webhook"
)

// distant is a Plaid behind a socket and whatever stands before it, and an app
// that walks there. Time moves on with each thing that is done.
type distant struct {
	*retracer
	t   *testing.T
	sim *plaidsim.Sim
}

// tamper changes the answers of a distant Plaid on their way.
type tamper func(path string, status int, body map[string]any)

func newDistant(t *testing.T, template string, delivery plaidsim.Delivery, change tamper) *distant {
	t.Helper()
	var passed atomic.Int64
	began := time.Date(2026, 4, 1, 12, 0, 0, 0, time.UTC)
	now := func() time.Time { return began.Add(time.Duration(passed.Load())) }
	p := planOf(t, settings{link: "terminal", template: template})
	p.remote = &remote{} // the walk is a live one
	p.webhooks = &webhookPlan{}
	ctx, cancel := context.WithCancel(t.Context())
	a := &app{plan: p, ctx: ctx, now: now, events: make(chan flow.Event, 256)}
	inbox := &webhook.Receiver{Emit: a.emit}
	d := &distant{t: t, sim: plaidsim.New(plaidsim.Config{
		Catalog: p.catalog, Now: now, Seed: 99, Delivery: delivery, Webhook: plaidsim.InboxURL, Inbox: inbox,
	})}
	handler := d.sim.Loopback()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		answer := httptest.NewRecorder()
		handler.ServeHTTP(answer, r)
		content := answer.Body.Bytes()
		var body map[string]any
		if change != nil && json.Unmarshal(content, &body) == nil {
			change(r.URL.Path, answer.Code, body)
			content, _ = json.Marshal(body)
		}
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(answer.Code)
		_, _ = w.Write(content)
	}))
	api := plaidapi.New(plaidapi.Options{BaseURL: server.URL, ClientID: "client", Secret: "secret", Now: now, Record: a.exchanged})
	inbox.Verifier = &webhook.Verifier{Keys: api.GetWebhookKey, Now: now}
	a.engine = engine.New(engine.Ports{
		Server: api, Link: linkterm.New(linkterm.Options{BaseURL: server.URL, Emit: a.emit, Now: now}), Now: now, Emit: a.emit,
	})
	d.retracer = &retracer{
		app: a, wait: func() { passed.Add(int64(pause)) }, settle: d.sim.SettleWebhooks, state: flow.New(p.config),
	}
	d.journal = journal.New(d.state)
	t.Cleanup(func() {
		cancel()
		_ = a.engine.Close()
		d.sim.Close()
		server.Close()
	})
	return d
}

// do carries out what an operator and a user do, one after the other.
func (d *distant) do(events ...func(at flow.At) flow.Event) {
	d.t.Helper()
	for _, e := range events {
		d.wait()
		d.take(e(flow.At(d.app.now())))
		if err := d.settle(d.t.Context()); err != nil {
			d.t.Fatal(err)
		}
		d.drain()
	}
}

// file writes the walk as --record does.
func (d *distant) file() string {
	d.t.Helper()
	path := filepath.Join(d.t.TempDir(), "live.jsonl")
	r, err := openRecording(path, recordingHeader(d.app.plan, d.app.now()), d.app.plan.testNumber)
	if err != nil {
		d.t.Fatal(err)
	}
	for _, e := range d.journal.Entries() {
		if err := r.Record(e); err != nil {
			d.t.Fatal(err)
		}
	}
	if err := r.Close(); err != nil {
		d.t.Fatal(err)
	}
	return path
}

type doing = func(at flow.At) flow.Event

func token(at flow.At) flow.Event    { return flow.LinkTokenRequested{At: at} }
func handler(at flow.At) flow.Event  { return flow.HandlerRequested{At: at} }
func opens(at flow.At) flow.Event    { return flow.OpenRequested{At: at, Surface: flow.InTerminal} }
func declines(at flow.At) flow.Event { return flow.AutofillDeclined{At: at} }
func exits(at flow.At) flow.Event    { return flow.ExitRequested{At: at} }
func again(at flow.At) flow.Event    { return flow.StartOverRequested{At: at} }

func phone(e164 string) doing {
	return func(at flow.At) flow.Event {
		return flow.PhoneNumberEntered{At: at, Phone: flow.NewPhoneNumber(e164)}
	}
}

func birth(date string) doing {
	return func(at flow.At) flow.Event {
		return flow.DateOfBirthEntered{At: at, DateOfBirth: flow.NewDateOfBirth(date)}
	}
}

func acts(a flow.LinkAction) doing {
	return func(at flow.At) flow.Event { return flow.LinkActed{At: at, Action: a} }
}

func presses(kind flow.LinkActionKind) doing { return acts(flow.LinkAction{Kind: kind}) }

func code(c string) doing {
	return acts(flow.LinkAction{Kind: flow.LinkCode, Code: flow.NewOneTimeCode(c)})
}

func types(kind flow.LinkActionKind, values map[string]string) doing {
	return acts(flow.LinkAction{Kind: kind, Values: paneValues(values)})
}

// share shares the first accounts of so many banks, and these changes.
func (d *distant) share(banks int, values map[string]string) doing {
	return func(at flow.At) flow.Event {
		a := flow.LinkAction{Kind: flow.LinkShare, Values: paneValues(values), Accounts: []string{}}
		for _, b := range d.state.Link.Pane.Banks[:banks] {
			a.Accounts = append(a.Accounts, b.Accounts[0].ID)
		}
		return flow.LinkActed{At: at, Action: a}
	}
}

// compareFile runs the command.
func compareFile(t *testing.T, args ...string) (code int, out, talk string) {
	t.Helper()
	return runFiles(t, append([]string{"compare"}, args...)...)
}

func runFiles(t *testing.T, args ...string) (code int, out, talk string) {
	t.Helper()
	dir := t.TempDir()
	open := func(name string) *os.File {
		f, err := os.Create(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		return f
	}
	stdout, stderr := open("out"), open("err")
	code = run(t.Context(), args, stdio{os.Stdin, stdout, stderr}, []string{"TERM=dumb"})
	read := func(f *os.File) string {
		_, _ = f.Seek(0, io.SeekStart)
		content, _ := io.ReadAll(f)
		_ = f.Close()
		return string(content)
	}
	return code, read(stdout), read(stderr)
}

// found runs the command and returns what it found.
func foundIn(t *testing.T, file string, args ...string) compared {
	t.Helper()
	code, out, talk := compareFile(t, append([]string{file, "--json"}, args...)...)
	var r compared
	if err := json.Unmarshal([]byte(out), &r); err != nil || talk != "" {
		t.Fatalf("exit code %d, %v, stderr %q:\n%s", code, err, talk, out)
	}
	if want := map[bool]int{true: 0, false: 3}[len(r.Differences) == 0]; code != want {
		t.Errorf("exit code %d, want %d", code, want)
	}
	return r
}

// The live walks of this test are against the simulator itself, so it must find
// itself right, whatever was done.
func TestNoDriftFromItself(t *testing.T) {
	const two, leslie, noSSN, newcomer, silent = "+14155550011", "+14155550015", "+15155550016", "+14155550000", "+14155550160"
	toReview := []doing{token, handler, phone(two), opens, presses(flow.LinkContinue), code("123456")}
	tests := []struct {
		name, template, persona string
		walk                    func(d *distant) []doing
	}{
		{"shared", "default", "two-banks", func(d *distant) []doing { return append(toReview, d.share(1, nil)) }},
		{"no account", "accounts-optional", "two-banks", func(d *distant) []doing { return append(toReview, d.share(0, nil)) }},
		{"two banks", "accounts-required", "two-banks", func(d *distant) []doing { return append(toReview, d.share(2, nil)) }},
		{"edited", "default", "two-banks", func(d *distant) []doing {
			return append(toReview, d.share(1, map[string]string{"name.first_name": "Max", "ssn": "987654325"}))
		}},
		{"of several", "default", "leslie-knope", func(d *distant) []doing {
			return []doing{token, handler, phone(leslie), opens, presses(flow.LinkContinue), code("123456"), d.share(1, nil)}
		}},
		{"the other of several", "default", "no-date-of-birth", func(d *distant) []doing {
			return []doing{token, handler, phone("+15155550015"), birth("1975-01-18"), opens, presses(flow.LinkContinue), code("123456"), d.share(1, nil)}
		}},
		{"a wrong code", "default", "two-banks", func(d *distant) []doing {
			return []doing{token, handler, phone(two), opens, presses(flow.LinkContinue), code("111111"), code("123456"), d.share(1, nil)}
		}},
		{"three wrong codes", "default", "two-banks", func(*distant) []doing {
			return []doing{token, handler, phone(two), opens, presses(flow.LinkContinue), code("111111"), code("111111"), code("111111")}
		}},
		{"left in consent", "default", "two-banks", func(*distant) []doing { return []doing{token, handler, phone(two), opens, presses(flow.LinkClose)} }},
		{"left at the code", "default", "two-banks", func(*distant) []doing {
			return []doing{token, handler, phone(two), opens, presses(flow.LinkContinue), code("111111"), presses(flow.LinkClose)}
		}},
		{"left in review", "default", "two-banks", func(*distant) []doing { return append(toReview, presses(flow.LinkClose)) }},
		{"exit by the app", "default", "two-banks", func(*distant) []doing {
			return []doing{token, handler, phone(two), opens, presses(flow.LinkContinue), exits}
		}},
		{"silent", "default", "silent", func(d *distant) []doing {
			return []doing{token, handler, phone(silent), opens, presses(flow.LinkContinue), presses(flow.LinkVerified), d.share(1, nil)}
		}},
		{"date of birth", "default", "no-ssn", func(d *distant) []doing {
			return []doing{token, handler, phone(noSSN), birth("1975-01-18"), opens, presses(flow.LinkContinue), code("123456"), d.share(1, nil)}
		}},
		{"wrong date of birth", "default", "no-ssn", func(*distant) []doing { return []doing{token, handler, phone(noSSN), birth("1975-01-19")} }},
		{"declined", "default", "no-ssn", func(*distant) []doing { return []doing{token, handler, phone(noSSN), declines} }},
		{"newcomer", "accounts-required", "newcomer", func(*distant) []doing { return []doing{token, handler, phone(newcomer), birth("1975-01-18")} }},
		{"unknown", "default", "", func(*distant) []doing { return []doing{token, handler, phone("+12025550177"), birth("1975-01-18")} }},
		{"not American", "default", "", func(*distant) []doing { return []doing{token, handler, phone("+442079460958"), declines} }},
		{"only a token", "default", "", func(*distant) []doing { return []doing{token} }},
		{"stopped in Link", "default", "two-banks", func(*distant) []doing { return []doing{token, handler, phone(two), opens} }},
		{"another bank", "default", "two-banks", func(d *distant) []doing {
			return append(toReview, presses(flow.LinkAddBank), types(flow.LinkSearch, map[string]string{"query": "bank"}), d.choose("password"),
				types(flow.LinkCredentials, map[string]string{"username": "user_good", "password": "pass_good"}), d.connect, presses(flow.LinkContinue), d.share(3, nil))
		}},
		{"a bank of its own site", "default", "two-banks", func(d *distant) []doing {
			return append(toReview, presses(flow.LinkAddBank), d.choose("signs in on its own site"), presses(flow.LinkContinue), d.connect, presses(flow.LinkContinue), d.share(1, nil))
		}},
		{"twice", "default", "no-ssn two-banks", func(*distant) []doing {
			return []doing{token, handler, phone(noSSN), birth("1975-01-19"), again, token, handler, phone(two), opens, presses(flow.LinkClose)}
		}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			d := newDistant(t, test.template, plaidsim.Documented, nil)
			d.do(test.walk(d)...)
			r := foundIn(t, d.file())
			if len(r.Differences) > 0 || r.Compared.Calls == 0 {
				t.Errorf("%d calls compared\n%s", r.Compared.Calls, r.text())
			}
			if got := strings.Join(r.Personas, " "); got != test.persona {
				t.Errorf("it was done again as %q, want %q", got, test.persona)
			}
		})
	}
}

func (d *distant) choose(detail string) doing {
	return func(at flow.At) flow.Event {
		for _, o := range d.state.Link.Pane.Options {
			if o.Detail == detail {
				return flow.LinkActed{At: at, Action: flow.LinkAction{Kind: flow.LinkInstitution, Choice: o.ID}}
			}
		}
		d.t.Fatalf("no bank %q in %+v", detail, d.state.Link.Pane)
		return nil
	}
}

func (d *distant) connect(at flow.At) flow.Event {
	return flow.LinkActed{At: at, Action: flow.LinkAction{Kind: flow.LinkAccounts, Accounts: all(d.state.Link.Pane)}}
}
