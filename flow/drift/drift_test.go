package drift_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"layersim/flow"
	"layersim/flow/drift"
	"layersim/flow/journal"
)

// told is an event of a recording: what happened, when, and when it was told,
// in milliseconds.
type told struct {
	name         string
	happened, at int
	metadata     string
}

// walk is a recording of events and an onExit at the end.
func walk(t testing.TB, end int, events ...told) []drift.Walk {
	t.Helper()
	began := time.Date(2026, 4, 1, 12, 0, 0, 0, time.UTC)
	at := func(ms int) string { return began.Add(time.Duration(ms) * time.Millisecond).Format(time.RFC3339Nano) }
	lines := []string{`{"layersim_recording":1,"started":"2026-04-01T12:00:00Z","mode":"live"}`}
	exit := func() {
		lines = append(lines, fmt.Sprintf(`{"seq":%d,"at":%q,"lane":"Link","kind":"OnExit","event":{"metadata":{}}}`, len(lines), at(end)))
	}
	over := false
	for _, e := range events {
		if e.at > end && !over {
			exit()
			over = true
		}
		if e.metadata == "" {
			e.metadata = "{}"
		}
		lines = append(lines, fmt.Sprintf(`{"seq":%d,"at":%q,"happened_at":%q,"lane":"Link","kind":"OnEvent","verdict":"noted","event":{"event_name":%q,"metadata":%s}}`,
			len(lines), at(e.at), at(e.happened), e.name, e.metadata))
	}
	if !over {
		exit()
	}
	return walks(t, strings.Join(lines, "\n"))
}

func walks(t testing.TB, content string) []drift.Walk {
	t.Helper()
	r, err := journal.ReadRecording(strings.NewReader(content), "test")
	if err != nil {
		t.Fatal(err)
	}
	return drift.Walks(r)
}

func inWords(r drift.Report) string {
	var lines []string
	for _, d := range r.Differences {
		lines = append(lines, fmt.Sprintf("%s: %s: live %s, simulator %s", d.Topic, d.Where, d.Live, d.Sim))
	}
	return strings.Join(lines, "\n")
}

func TestEventsAreComparedByWhenTheyHappened(t *testing.T) {
	plain := func(names ...string) []told {
		var out []told
		for i, n := range names {
			out = append(out, told{name: n, happened: 1000 * i, at: 1000 * i})
		}
		return out
	}
	at := func(events []told, when ...int) []told {
		for i := range events {
			events[i].happened = when[i]
		}
		return events
	}
	tests := []struct {
		name      string
		live, sim []told
		want      string
	}{
		{"the same", plain("A", "B"), plain("A", "B"), ""},
		{"delivered in another order", at(plain("B", "A", "C"), 20, 10, 30), at(plain("A", "B", "C"), 10, 20, 30), ""},
		{"at the same moment", at(plain("B", "A", "C"), 10, 10, 20), at(plain("A", "B", "C"), 10, 11, 20), ""},
		{"three at the same moment", at(plain("C", "A", "B"), 10, 10, 10), at(plain("A", "B", "C"), 10, 11, 12), ""},
		{"moved", plain("B", "C", "A"), plain("A", "B", "C"), "order: A: live happened after C, simulator happens first"},
		{"swapped", plain("A", "C", "B"), plain("A", "B", "C"), "order: C: live happened after A, simulator happens after B"},
		{"one more", plain("A", "X", "B"), plain("A", "B"), "event: X: live sent it after A, simulator does not send it"},
		{"one less", plain("B"), plain("A", "B"), "event: A: live did not send it, simulator sends it first"},
		{"renamed", plain("A", "X", "C"), plain("A", "B", "C"), "event: the event after A: live X, simulator B"},
		{"twice", plain("A", "A"), plain("A"), "event: A: live sent it after A, simulator does not send it"},
		{"none", nil, plain("A"), "event: A: live did not send it, simulator sends it first"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			live := append([]told{{name: "OPEN"}}, test.live...)
			sim := append([]told{{name: "OPEN"}}, test.sim...)
			for _, side := range [][]told{live, sim} {
				for i := range side[1:] {
					side[i+1].happened += 100
				}
			}
			got := inWords(drift.Compare(walk(t, 9000, live...), walk(t, 9000, sim...), drift.Options{AllAtOnce: true}))
			want := strings.ReplaceAll(strings.ReplaceAll(test.want, "sent it first", "sent it after OPEN"), "happens first", "happens after OPEN")
			if want = strings.ReplaceAll(want, "sends it first", "sends it after OPEN"); got != want {
				t.Errorf("got\n%s\nwant\n%s", got, want)
			}
		})
	}
}

// Plaid's clock may be hours off; what counts is how late an event is compared
// with those that came at once.
func TestWhenTheAppWasTold(t *testing.T) {
	const hour = 3_600_000
	sim := walk(t, 10_000, told{"OPEN", 0, 0, ""}, told{"A", 2000, 9990, ""}, told{"B", 9900, 9990, ""})
	tests := []struct {
		name string
		live []drift.Walk
		want string
	}{
		{"held", walk(t, 8000, told{"OPEN", 0, 20, ""}, told{"A", 1000, 7990, ""}, told{"B", 7800, 7990, ""}), ""},
		{"held, the clock is ahead", walk(t, 8000, told{"OPEN", hour, 20, ""}, told{"A", hour + 1000, 7990, ""}, told{"B", hour + 7800, 7990, ""}), ""},
		{"at once, the clock is behind", walk(t, 8000+hour, told{"OPEN", 0, hour + 20, ""}, told{"A", 1000, hour + 1030, ""}, told{"B", 7800, hour + 7990, ""}),
			"delivery: A: live told at once, simulator held until the end"},
		{"after the end", walk(t, 8000, told{"OPEN", 0, 20, ""}, told{"A", 1000, 8010, ""}, told{"B", 7800, 8010, ""}),
			"delivery: A: live told after the end, simulator held until the end"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := inWords(drift.Compare(test.live, sim, drift.Options{})); got != test.want {
				t.Errorf("got  %s\nwant %s", got, test.want)
			}
		})
	}
}

func TestShapes(t *testing.T) {
	tests := []struct{ live, sim, want string }{
		{`{"a":1}`, `{"a":2}`, ``},
		{`{"a":"x"}`, `{"a":null}`, `a: live text, simulator null`},
		{`{"a":"•••• (number)"}`, `{"a":3}`, ``},
		{`{"a":"•••• (true or false)"}`, `{"a":true}`, ``},
		{`{"a":"•••• (true or false)"}`, `{"a":"x"}`, `a: live true or false, simulator text`},
		{`{"a":{"b":{"c":1}}}`, `{"a":{}}`, `a.b: live object, simulator absent`},
		{`{"a":[]}`, `{"a":[{"b":1}]}`, ``},
		{`{"a":[{"b":1},{"b":null}]}`, `{"a":[{"b":1}]}`, `a[].b: live number or null, simulator number`},
		{`{"a":[{"b":1},{}]}`, `{"a":[{"b":1}]}`, `a[].b: live number or absent, simulator number`},
		{`{"a":[1,"x"]}`, `{"a":[1]}`, `a[]: live text or number, simulator number`},
		{`{"a":true}`, `{"a":[[{"b":1}]]}`, `a: live true or false, simulator array`},
		{`{"a":[[{"b":1}]]}`, `{"a":[[{"b":"x"}]]}`, `a[][].b: live number, simulator text`},
	}
	for _, test := range tests {
		got := inWords(drift.Compare(walk(t, 10, told{"X", 0, 0, test.live}), walk(t, 10, told{"X", 0, 0, test.sim}), drift.Options{}))
		want := test.want
		if want != "" {
			want = "metadata: metadata." + strings.Replace(want, ":", " of X:", 1)
		}
		if got != want {
			t.Errorf("%s, %s: got %s, want %s", test.live, test.sim, got, want)
		}
	}
}

// A webhook belongs to the attempt whose link_token it names, however late it
// comes; one that was delivered twice counts once.
func TestWebhooksBelongToTheirAttempt(t *testing.T) {
	var b strings.Builder
	b.WriteString(`{"layersim_recording":1,"started":"2026-04-01T12:00:00Z","mode":"live"}` + "\n")
	for i, e := range []string{
		`"kind":"ExchangeRecorded","event":{"request":{"url":"https://x/session/token/create"},"response":{"status":200,"body":{}}}`,
		`"kind":"SessionTokenCreated","event":{"link_token":"link-sandbox-••••aaaa"}`,
		`"kind":"StartOverRequested","verdict":"advanced","event":{}`,
		`"kind":"ExchangeRecorded","event":{"request":{"url":"https://x/session/token/create"},"response":{"status":200,"body":{}}}`,
		`"kind":"SessionTokenCreated","event":{"link_token":"link-sandbox-••••bbbb"}`,
		`"kind":"WebhookReceived","event":{"webhook_code":"SESSION_FINISHED","verified":true,"link_token":"link-sandbox-••••aaaa"}`,
		`"kind":"WebhookReceived","event":{"webhook_code":"SESSION_FINISHED","verified":true,"delivery":2,"link_token":"link-sandbox-••••aaaa"}`,
		`"kind":"WebhookReceived","event":{"webhook_code":"SESSION_FINISHED","verified":false,"link_token":"link-sandbox-••••bbbb"}`,
	} {
		fmt.Fprintf(&b, `{"seq":%d,"at":"2026-04-01T12:00:00Z",%s}`+"\n", i+1, e)
	}
	w := walks(t, b.String())
	if len(w) != 2 || len(w[0].Webhooks) != 1 || len(w[1].Webhooks) != 0 || w[0].Unverified != 0 || w[1].Unverified != 1 {
		t.Errorf("%+v", w)
	}
}

// FuzzCompare: a recording does not differ from itself, and whatever it holds,
// nothing in a report is obeyed by a terminal.
func FuzzCompare(f *testing.F) {
	header := `{"layersim_recording":1,"started":"2026-04-01T12:00:00Z","mode":"live"}` + "\n"
	event := `{"seq":1,"at":"2026-04-01T12:00:00Z","happened_at":"2026-04-01T12:00:00Z","lane":"Link","kind":"OnEvent","event":{"event_name":"A\u001b[31m","metadata":{"view_name":"\u202e","x":[{"y":1},null]}}}`
	call := `{"seq":1,"at":"2026-04-01T12:00:00Z","kind":"ExchangeRecorded","event":{"request":{"url":"\u0007"},"response":{"status":400,"body":{"error_code":"\u001b"}}}}`
	f.Add(event, call)
	f.Add(call, event)
	f.Add(`{"seq":1,"at":"2026-04-01T12:00:00Z","kind":"OnExit","event":{"error":{"error_code":"\u009b"},"metadata":[]}}`, event)
	f.Add(`{"seq":1,"at":"2026-04-01T12:00:00Z","kind":"WebhookReceived","event":{"verified":true,"webhook_code":"\n","body":{"\u0000":1}}}`, "")
	f.Fuzz(func(t *testing.T, a, b string) {
		one, _ := journal.ReadRecording(strings.NewReader(header+a), "a")
		other, _ := journal.ReadRecording(strings.NewReader(header+b), "b")
		if same := drift.Compare(drift.Walks(one), drift.Walks(one), drift.Options{}); len(same.Differences) > 0 {
			t.Fatalf("differs from itself: %s", inWords(same))
		}
		r := drift.Compare(drift.Walks(one), drift.Walks(other), drift.Options{})
		for _, d := range r.Differences {
			for _, s := range []string{d.Where, d.Live, d.Sim, strings.Join(r.Notes, "")} {
				if flow.CleanLine(s, 0) != s {
					t.Fatalf("%q", s)
				}
			}
		}
		if _, err := json.Marshal(r); err != nil {
			t.Fatal(err)
		}
	})
}
