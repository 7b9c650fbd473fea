package main

import (
	"errors"
	"net"
	"strings"
	"testing"
	"time"
)

func TestWebhookSettings(t *testing.T) {
	plaid := func() *remote { return &remote{baseURL: sandboxURL} }
	local := func() *remote { return &remote{baseURL: "http://127.0.0.1:8137"} }
	const listen = "127.0.0.1:8138"
	for _, tc := range []struct {
		name, listen, url string
		to                *remote
		want              webhookPlan
		refused           string
		remark            string
	}{
		{name: "with a tunnel", listen: listen, url: "https://a-tunnel.example/hooks/layer?k=1", to: plaid(), want: webhookPlan{listen: listen, url: "https://a-tunnel.example/hooks/layer?k=1", path: "/hooks/layer"}},
		{name: "without a path", listen: listen, url: "https://a-tunnel.example", to: plaid(), want: webhookPlan{listen: listen, url: "https://a-tunnel.example", path: "/"}},
		{name: "the template's URL", listen: listen, to: plaid(), want: webhookPlan{listen: listen}, remark: "Plaid cannot reach 127.0.0.1:8138"},
		{name: "a Plaid on this machine", listen: "[::1]:0", to: local(), want: webhookPlan{listen: "[::1]:0", path: "/webhook", local: true}},
		{name: "through this machine", listen: listen, url: "http://localhost:9/x", to: local(), want: webhookPlan{listen: listen, url: "http://localhost:9/x", path: "/x", local: true}},
		{name: "localhost", listen: "localhost:8138", url: "https://a-tunnel.example/", to: plaid(), want: webhookPlan{listen: "localhost:8138", url: "https://a-tunnel.example/", path: "/"}},

		{name: "simulated", listen: listen, refused: "the simulated one receives its webhooks inside the program"},
		{name: "simulated, the URL", url: "https://a-tunnel.example/", refused: "--webhook-url is for the live walk"},
		{name: "the URL alone", url: "https://a-tunnel.example/", to: plaid(), refused: "add --webhook-listen 127.0.0.1:PORT"},
		{name: "open to all", listen: ":8138", to: plaid(), refused: "on this machine only"},
		{name: "open to the network", listen: "192.168.1.2:8138", to: plaid(), refused: "on this machine only"},
		{name: "a name", listen: "localhost.example:8138", to: plaid(), refused: "on this machine only"},
		{name: "no port", listen: "127.0.0.1", to: plaid(), refused: "write it as 127.0.0.1:8138"},
		{name: "http", listen: listen, url: "http://a-tunnel.example/", to: plaid(), refused: "must be https"},
		{name: "http, local Plaid", listen: listen, url: "http://a-tunnel.example/", to: local(), refused: "must be https"},
		{name: "this machine", listen: listen, url: "https://localhost/", to: plaid(), refused: "which Plaid cannot reach"},
		{name: "this machine, by number", listen: listen, url: "https://[::ffff:127.0.0.1]/", to: plaid(), refused: "which Plaid cannot reach"},
		{name: "credentials", listen: listen, url: "https://me:hush@a-tunnel.example/", to: plaid(), refused: "leave them out"},
		{name: "a fragment", listen: listen, url: "https://a-tunnel.example/#x", to: plaid(), refused: "a fragment"},
		{name: "an empty fragment", listen: listen, url: "https://a-tunnel.example/#", to: plaid(), refused: "a fragment"},
		{name: "another scheme", listen: listen, url: "ftp://a-tunnel.example/", to: plaid(), refused: "must begin with https://"},
		{name: "no URL", listen: listen, url: "a-tunnel.example", to: plaid(), refused: "not a URL"},
		{name: "a line break", listen: listen, url: "https://a-tunnel.example/\n", to: plaid(), refused: "not a URL"},
		{name: "endless", listen: listen, url: "https://a-tunnel.example/" + strings.Repeat("x", 2000), to: plaid(), refused: "longer than 2000"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			p, err := webhookSettings{listen: tc.listen, url: tc.url}.check(tc.to)
			if tc.refused != "" {
				var f failure
				if !errors.As(err, &f) || f.code != exitUsage || !strings.Contains(err.Error(), tc.refused) {
					t.Errorf("%v, want exit code 2 and %q", err, tc.refused)
				}
				if err != nil && strings.Contains(err.Error(), "hush") {
					t.Errorf("the password is shown: %v", err)
				}
				return
			}
			if err != nil || *p != tc.want {
				t.Errorf("%+v, %v", p, err)
			}
			if remarks := strings.Join(tc.to.remarks, "\n"); !strings.Contains(remarks, tc.remark) || tc.remark == "" && remarks != "" {
				t.Errorf("remarked %q", remarks)
			}
		})
	}
	if p, err := (webhookSettings{}).check(plaid()); p != nil || err != nil {
		t.Errorf("nothing set: %+v, %v", p, err)
	}
}

// A port that somebody has is said, with what to do.
func TestWebhooksOnATakenPort(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = taken.Close() }()
	_, err = openWebhookInbox(t.Context(), webhookPlan{listen: taken.Addr().String()}, nil, time.Now, nil)
	var f failure
	if !errors.As(err, &f) || f.code != exitUsage || !strings.Contains(err.Error(), "choose another with --webhook-listen") {
		t.Errorf("%v", err)
	}
}
