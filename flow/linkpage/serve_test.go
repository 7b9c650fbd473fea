package linkpage_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"layersim/flow"
	"layersim/flow/linkpage"
)

func TestOnlyTheBrowserThatWasGivenTheURLGetsIn(t *testing.T) {
	_, address, _ := presented(t)
	u, _ := url.Parse(address)
	other := strings.Replace(address, u.Path, "/AAAAAAAAAAAAAAAAAAAAAAAA/", 1)
	tests := []struct {
		name, method, url, host, origin string
		want                            int
	}{
		{"the page", "GET", address, "", "", 200},
		{"by name", "GET", address, "localhost:" + u.Port(), "", 200},
		{"a file of the page", "GET", address + "page.js", "", "", 200},
		{"a rebound name", "GET", address, "evil.example:" + u.Port(), "", 403},
		{"a rebound name without a port", "GET", address, "evil.example", "", 403},
		{"another port", "GET", address, "127.0.0.1:1", "", 403},
		{"another site's fetch", "GET", address, "", "http://evil.example", 403},
		{"another site's bridge", "GET", address + "bridge", "", "http://evil.example", 403},
		{"a bridge without an origin", "GET", address + "bridge", "", "", 403},
		{"a bridge of another local server", "GET", address + "bridge", "", "http://127.0.0.1:1", 403},
		{"the root", "GET", "http://" + u.Host + "/", "", "", 404},
		{"the path without its slash", "GET", strings.TrimSuffix(address, "/"), "", "", 404},
		{"a guessed path", "GET", other, "", "", 404},
		{"a guessed path's bridge", "GET", other + "bridge", "", "http://" + u.Host, 404},
		{"no such file", "GET", address + "page.html", "", "", 404},
		{"out of the folder", "GET", address + "../serve.go", "", "", 404},
		{"a post", "POST", address, "", "", 405},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			r, err := http.NewRequest(test.method, test.url, nil)
			if err != nil {
				t.Fatal(err)
			}
			r.Host = test.host
			if test.origin != "" {
				r.Header.Set("Origin", test.origin)
			}
			response, err := http.DefaultTransport.RoundTrip(r)
			if err != nil {
				t.Fatal(err)
			}
			body, _ := io.ReadAll(response.Body)
			_ = response.Body.Close()
			if response.StatusCode != test.want {
				t.Errorf("status %d, want %d", response.StatusCode, test.want)
			}
			if test.want != 200 && bytes.Contains(body, []byte("Sample app")) {
				t.Error("a refusal shows the page")
			}
		})
	}
}

func TestPageCarriesAStrictPolicyAndNoSecret(t *testing.T) {
	_, address, _ := presented(t)
	response, err := http.Get(address)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	body, _ := io.ReadAll(response.Body)
	u, _ := url.Parse(address)
	want := map[string]string{
		"Content-Security-Policy": "default-src 'none'; script-src 'self' http://127.0.0.1:9; frame-src http://127.0.0.1:9; style-src 'self'; img-src 'self'; " +
			"connect-src 'self' ws://" + u.Host + "; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
		"X-Content-Type-Options": "nosniff",
		"Cache-Control":          "no-store",
		"Referrer-Policy":        "no-referrer",
	}
	for name, value := range want {
		if got := response.Header.Get(name); got != value {
			t.Errorf("%s: %s\nwant %s", name, got, value)
		}
	}
	if !bytes.Contains(body, []byte("This is a simulation")) {
		t.Error("the page does not say that it is simulated")
	}
	for _, secret := range []string{testHandover.LinkToken.Reveal(), strings.Trim(u.Path, "/")} {
		if bytes.Contains(body, []byte(secret)) {
			t.Errorf("the page's text has %q in it", secret)
		}
	}
}

func TestPresentSaysWhatIsWrong(t *testing.T) {
	taken, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = taken.Close() }()
	script := func(s string, err error) func(context.Context) (string, error) {
		return func(context.Context) (string, error) { return s, err }
	}
	tests := []struct {
		name    string
		options linkpage.Options
		want    string
	}{
		{"port taken", linkpage.Options{ScriptURL: script(testScript, nil), Addr: taken.Addr().String()}, "The local page can't listen on " + taken.Addr().String() + ": address already in use."},
		{"all interfaces", linkpage.Options{ScriptURL: script(testScript, nil), Addr: ":0"}, `The local page listens on 127.0.0.1 only, not on ":0".`},
		{"another machine", linkpage.Options{ScriptURL: script(testScript, nil), Addr: "192.0.2.1:80"}, `The local page listens on 127.0.0.1 only, not on "192.0.2.1:80".`},
		{"no script", linkpage.Options{ScriptURL: script("", errors.New("no simulator"))}, "The Link script has no address: no simulator"},
		{"odd script", linkpage.Options{ScriptURL: script("javascript:alert(1)", nil)}, `The Link script has no usable address: "javascript:alert(1)".`},
		{"script that widens the policy", linkpage.Options{ScriptURL: script("http://a;script-src */x.js", nil)}, `The Link script has no usable address: "http://a;script-src */x.js".`},
		{"no randomness", linkpage.Options{ScriptURL: script(testScript, nil), Token: strings.NewReader("short")}, "No random path for the local page: unexpected EOF"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			p := linkpage.New(test.options)
			defer func() { _ = p.Close() }()
			_, err := p.Present(context.Background(), handlerID, testHandover)
			var failure flow.Failure
			if !errors.As(err, &failure) {
				t.Fatalf("%v", err)
			}
			if failure.Message != test.want || failure.Code != flow.CodeClient || failure.Hint == "" {
				t.Errorf("%+v\nwant %s", failure, test.want)
			}
		})
	}
}
