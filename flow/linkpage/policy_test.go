package linkpage_test

import (
	"context"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"layersim/flow"
	"layersim/flow/linkpage"
)

// ask fetches something of the page.
func ask(t *testing.T, address string) (header http.Header, body string) {
	t.Helper()
	response, err := http.Get(address)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response.Header, string(text)
}

// What Plaid's docs ask for, and no more.
func TestThePolicyForTheRealLink(t *testing.T) {
	const (
		cdn  = "https://cdn.plaid.com"
		link = cdn + "/link/v2/stable/link-initialize.js"
		rest = "object-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
	)
	tests := []struct {
		name, script, api, want string
	}{
		{
			"Plaid", link, "https://sandbox.plaid.com",
			"default-src " + cdn + "; script-src 'self' 'nonce-N' " + link + "; frame-src " + cdn + "; style-src 'self' 'nonce-N'; style-src-attr 'unsafe-inline'; " +
				"img-src 'self' " + cdn + "; connect-src 'self' ws://HOST https://sandbox.plaid.com; " + rest,
		},
		{
			"elsewhere", "http://127.0.0.1:9/link/v2/stable/link-initialize.js", "http://127.0.0.1:8/",
			"default-src http://127.0.0.1:9; script-src 'self' 'nonce-N' http://127.0.0.1:9/link/v2/stable/link-initialize.js; frame-src http://127.0.0.1:9; style-src 'self' 'nonce-N'; " +
				"style-src-attr 'unsafe-inline'; img-src 'self' http://127.0.0.1:9; connect-src 'self' ws://HOST http://127.0.0.1:8; " + rest,
		},
		{
			"an address that would widen it", "https://a.example/x;script-src */y.js?z", "https://b.example;*",
			"default-src https://a.example; script-src 'self' 'nonce-N' https://a.example; frame-src https://a.example; style-src 'self' 'nonce-N'; " +
				"style-src-attr 'unsafe-inline'; img-src 'self' https://a.example; connect-src 'self' ws://HOST; " + rest,
		},
	}
	nonce := regexp.MustCompile(`'nonce-([A-Z2-7]{26})'`)
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			p := linkpage.New(linkpage.Options{
				ScriptURL: func(context.Context) (string, error) { return test.script, nil },
				Emit:      func(flow.Event) {}, Now: time.Now, Connect: test.api,
				Elsewhere: "LAYERSIM_PLAID_URL=<b>http://127.0.0.1:8</b>",
			})
			defer func() { _ = p.Close() }()
			address, _, err := p.Handlers().Serve(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			u, _ := url.Parse(address)
			header, body := ask(t, address)
			policy := header.Get("Content-Security-Policy")
			found := nonce.FindStringSubmatch(policy)
			if found == nil || !strings.Contains(body, ` nonce="`+found[1]+`"`) {
				t.Fatalf("no nonce that the page has: %s\n%s", policy, body)
			}
			if got := strings.ReplaceAll(strings.ReplaceAll(policy, found[1], "N"), u.Host, "HOST"); got != test.want {
				t.Errorf("got  %s\nwant %s", got, test.want)
			}
			if again, _ := ask(t, address); strings.Contains(again.Get("Content-Security-Policy"), found[1]) {
				t.Error("a nonce is used twice")
			}
			if file, _ := ask(t, address+"page.js"); strings.Contains(file.Get("Content-Security-Policy"), "nonce") {
				t.Error("a file has a nonce")
			}
			// A bank's own sign-in must find its way back.
			if got := header.Get("Cross-Origin-Opener-Policy"); got != "same-origin-allow-popups" {
				t.Error(got)
			}
			if !strings.Contains(body, ">Sandbox<") || strings.Contains(body, "imulat") {
				t.Errorf("the page does not say that it is the Sandbox:\n%s", body)
			}
			if !strings.Contains(body, "This is not Plaid: LAYERSIM_PLAID_URL=&lt;b&gt;http://127.0.0.1:8") {
				t.Errorf("the page does not say where it leads:\n%s", body)
			}
		})
	}
}
