package plaidsim

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"layersim/flow/plaidsim/outbox"
)

func TestWebhooksInTheJournalHoldNoSecret(t *testing.T) {
	app := listen(t)
	s := webhookSim(t, strings.Replace(app.url, "http://", "http://user:PASSWORD@", 1)+"?key=QUERY")
	l := newLink(t, s, "default")
	l.review(fullPhone)
	l.do("share", nil)
	settle(t, s)
	records, _ := s.Records(0, 1000)
	var lines []string
	for _, r := range records {
		if r.Kind != KindWebhook {
			continue
		}
		line, err := json.Marshal(r)
		if err != nil {
			t.Fatal(err)
		}
		lines = append(lines, string(line)+r.Webhook.Body())
	}
	all := strings.Join(lines, "\n")
	for _, secret := range []string{l.publicToken(), "PASSWORD", "QUERY"} {
		if strings.Contains(all, secret) {
			t.Errorf("%s in %s", secret, all)
		}
	}
	for _, want := range []string{`"webhook_code":"LAYER_AUTHENTICATION_PASSED"`, `"status":"SUCCESS"`, `"link_token":"link-sandbox-••••`, `"kid":"` + s.WebhookKeys()[0].Kid} {
		if !strings.Contains(all, want) {
			t.Errorf("no %s in %s", want, all)
		}
	}
}

// One seed, one order of requests: the same keys, signatures and journal.
func TestWebhooksRepeatByteForByte(t *testing.T) {
	run := func() string {
		app := &receiver{}
		s := webhookSim(t, "http://localhost:1/hook", func(c *Config) { c.WebhookTransport = carried{app} })
		for _, kind := range append(outbox.Kinds(), "") {
			if kind != "" {
				misdeliver(t, s, outbox.Misdelivery{Kind: kind})
			}
			l := newLink(t, s, "default")
			l.review(fullPhone)
			settle(t, s)
			l.do("share", nil)
			settle(t, s)
			s.Advance(5 * time.Minute)
			settle(t, s)
		}
		s.RotateWebhookKey()
		var b bytes.Buffer
		records, _ := s.Records(0, 10_000)
		for _, r := range records {
			line, err := json.Marshal(r)
			if err != nil {
				t.Fatal(err)
			}
			b.Write(append(line, '\n'))
		}
		for _, g := range app.all() {
			fmt.Fprintf(&b, "%s\n%s\n", g.header.Get("Plaid-Verification"), g.body)
		}
		return b.String()
	}
	if a, b := run(), run(); a != b {
		t.Error("two runs differ")
	}
}

// Many at once: each session hears of itself only, and in order.
func TestWebhooksOfManySessions(t *testing.T) {
	app := listen(t)
	s := webhookSim(t, app.url)
	const sessions = 200
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range sessions / 8 {
				l := newLink(t, s, "default")
				l.review(fullPhone)
				l.do("share", nil)
			}
		})
	}
	wg.Wait()
	settle(t, s)
	heard := map[string][]string{}
	for _, g := range app.all() {
		id := text(g.o, "link_session_id")
		heard[id] = append(heard[id], text(g.o, "webhook_code"))
	}
	if len(heard) != sessions {
		t.Errorf("%d sessions", len(heard))
	}
	for id, codes := range heard {
		if !slices.Equal(codes, []string{passed, finished}) {
			t.Errorf("%s: %v", id, codes)
		}
	}
}
