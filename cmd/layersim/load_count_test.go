//go:build linux

package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// hookCount is the app's receiver of webhooks: it counts them by session.
type hookCount struct {
	t       *testing.T
	url     string
	checked int

	mu  sync.Mutex
	got map[string][]string
	all int
}

func newHookCount(t *testing.T) *hookCount {
	h := &hookCount{t: t, got: map[string][]string{}}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var body struct {
			Code string `json:"webhook_code"`
			ID   string `json:"link_session_id"`
		}
		if err := json.NewDecoder(r.Body).Decode(&body); err != nil {
			t.Error(err)
		}
		h.mu.Lock()
		defer h.mu.Unlock()
		h.got[body.ID] = append(h.got[body.ID], body.Code)
		h.all++
	}))
	t.Cleanup(server.Close)
	h.url = server.URL
	return h
}

func (h *hookCount) total() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.all
}

// of are the webhooks of a session, in the order in which they came.
func (h *hookCount) of(id string) string {
	h.mu.Lock()
	defer h.mu.Unlock()
	return strings.Join(h.got[id], " ")
}

// await waits until so many have come altogether.
func (h *hookCount) await(n int) {
	h.t.Helper()
	deadline := time.Now().Add(patience)
	for h.total() < n {
		if time.Now().After(deadline) {
			h.t.Fatalf("%d webhooks came; %d were expected", h.total(), n)
		}
		time.Sleep(5 * time.Millisecond)
	}
}

// journalCount follows the journal from its beginning, as a test of somebody's
// app would, and counts what it says of each session.
type journalCount struct {
	t *testing.T

	mu       sync.Mutex
	last     uint64
	happened map[string][]string // callbacks, by session
	told     map[string][]string // those that the app has confirmed
	hooks    map[string][]string // webhooks that were taken
}

func followJournal(t *testing.T, url string) *journalCount {
	j := &journalCount{t: t, happened: map[string][]string{}, told: map[string][]string{}, hooks: map[string][]string{}}
	answer, err := http.Get(url + "/sim/journal?follow=true")
	if err != nil {
		t.Fatal(err)
	}
	var done sync.WaitGroup
	done.Go(func() { j.read(answer.Body) })
	t.Cleanup(func() {
		_ = answer.Body.Close()
		done.Wait()
	})
	return j
}

func (j *journalCount) read(body io.Reader) {
	lines := bufio.NewScanner(body)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var r struct {
			Seq      uint64
			Kind     string
			Session  string `json:"link_session_id"`
			Callback struct{ Type, Name string }
			Webhook  struct {
				Code  string `json:"webhook_code"`
				State string
			}
			Forgotten int
		}
		if err := json.Unmarshal(lines.Bytes(), &r); err != nil {
			j.t.Errorf("journal: %v: %s", err, lines.Bytes())
			return
		}
		j.mu.Lock()
		if r.Seq != j.last+1 || r.Forgotten != 0 {
			j.t.Errorf("record %d comes after %d: %.200s", r.Seq, j.last, lines.Bytes())
		}
		j.last = r.Seq
		switch name := r.Callback.Type + r.Callback.Name; {
		case r.Kind == "callback":
			j.happened[r.Session] = append(j.happened[r.Session], name)
		case r.Kind == "delivered":
			j.told[r.Session] = append(j.told[r.Session], name)
		case r.Kind == "webhook" && r.Webhook.State == "accepted":
			j.hooks[r.Session] = append(j.hooks[r.Session], r.Webhook.Code)
		}
		j.mu.Unlock()
	}
}

// check holds the journal against what the users were told and received.
func (j *journalCount) check(users []*loadUser) {
	j.t.Helper()
	deadline := time.Now().Add(patience)
	for _, u := range users {
		var want []string
		for _, name := range u.told {
			name, _, _ = strings.Cut(name, ":")
			if name != "success" && name != "exit" {
				name = "event" + name
			}
			want = append(want, name)
		}
		for {
			j.mu.Lock()
			happened, told, hooks := slices.Clone(j.happened[u.id]), slices.Clone(j.told[u.id]), slices.Clone(j.hooks[u.id])
			j.mu.Unlock()
			if slices.Equal(happened, want) && slices.Equal(told, want) && slices.Equal(hooks, u.way.hooks) {
				break
			}
			if time.Now().After(deadline) {
				j.t.Fatalf("%s was told\n%v; the journal has\n%v,\n%v confirmed, webhooks %v", u.name, want, happened, told, hooks)
			}
			time.Sleep(5 * time.Millisecond)
		}
	}
}

// latencies are how long requests took, by phase and kind.
type latencies struct {
	mu    sync.Mutex
	order []string
	took  map[string][]time.Duration
}

func newLatencies() *latencies { return &latencies{took: map[string][]time.Duration{}} }

func (l *latencies) add(phase, kind string, took time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	key := phase + " | " + kind
	if l.took[key] == nil {
		l.order = append(l.order, key)
	}
	l.took[key] = append(l.took[key], took)
}

// table is Markdown.
func (l *latencies) table() string {
	var b strings.Builder
	b.WriteString("| phase | call | requests | p50 | p99 | max |\n| --- | --- | --- | --- | --- | --- |\n")
	ms := func(d time.Duration) string {
		if d >= 100*time.Millisecond {
			return fmt.Sprintf("%.0f ms", d.Seconds()*1000)
		}
		return fmt.Sprintf("%.1f ms", d.Seconds()*1000)
	}
	for _, key := range l.order {
		all := l.took[key]
		slices.Sort(all)
		fmt.Fprintf(&b, "| %s | %d | %s | %s | %s |\n", key, len(all), ms(all[len(all)/2]), ms(all[len(all)*99/100]), ms(all[len(all)-1]))
	}
	return b.String()
}
