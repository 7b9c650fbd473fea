package main

import (
	"errors"
	"net"
	"net/netip"
	"net/url"
	"strings"
	"testing"
	"time"
	"unicode"

	"layersim/flow"
	"layersim/flow/loopback"
	"layersim/flow/plaidsim/outbox"

	"github.com/joho/godotenv"
)

// What .env says is never quoted in an error, and where there is no $ it is read
// as everybody else's reader of such files does.
func FuzzDotenv(f *testing.F) {
	for _, s := range []string{
		"PLAID_CLIENT_ID=abc\nPLAID_SECRET='s3cret'\n", "export A=\"b\\nc\" # d\n", "A=abc$1def\nB=${A}\nC=\\$A\n", "\xef\xbb\xbfA: b\r\nB=c\r\n", "A='unclosed\nB=c", "A=$B\nB=$A\n", "=x", "A=\ufdd0",
		"A=b\x00", "PLAID_ENV = production", "A=\"b\\\"c\"", "A=`x`", "ſ=1",
		"A=\"\nB=x\n\"C=$A# d\nexport\tD:\"$\\A\\$C\"\rE='$D'\n# F=\"\nG=${D}$(A) # $D\n",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, content string) {
		const marker = "markerKqzWvxJhb"
		read, err := parseDotenv([]byte(content))
		if _, broken := parseDotenv([]byte(content + "\nPLAID_SECRET='" + marker)); broken != nil && strings.Contains(broken.Error(), marker) {
			t.Fatalf("%q is quoted: %v", content, broken)
		}
		if err != nil {
			var used failure
			if says := err.Error(); !errors.As(err, &used) || used.code != exitUsage || flow.CleanLine(says, 0) != says || len(says) > 200 {
				t.Fatalf("%q: %v %q", content, used, says)
			}
			return
		}
		if others, err := godotenv.Unmarshal(strings.TrimPrefix(content, "\ufeff")); err == nil && !strings.Contains(content, "$") {
			for name, value := range others {
				if read.values[name] != value {
					t.Fatalf("%q: %s is %q, and %q for others", content, name, read.values[name], value)
				}
			}
		}
		if len(content) < 1000 {
			plain := strings.TrimPrefix(content, "\ufeff")
			guessed := sizesOf([]byte(plain))
			made, _ := godotenv.Unmarshal(plain)
			for name, value := range made {
				if name != "" && len(value) > guessed[name] {
					t.Fatalf("%q: %s has %d bytes, and %d were expected", content, name, len(value), guessed[name])
				}
			}
		}
		for name, line := range read.lines {
			if line < 1 || line > strings.Count(content, "\n")+1 || name == "" {
				t.Fatalf("%q: %q in line %d", content, name, line)
			}
		}
	})
}

// Whatever stands behind a flag: what is taken is what the flag's help says, on
// this machine, https, a day that there is; what is refused is said in one line.
func FuzzFlagValues(f *testing.F) {
	for _, s := range []string{
		"127.0.0.1:8137", "[::1]:0", "localhost:x", "0.0.0.0:1", ":8138", "[::ffff:127.0.0.1]:1", "127.1:80", "localhost.:1", "https://tunnel.example/webhook", "http://127.0.0.1:9/w?a=b", "https://user:pw@x/", "https://x/#", "https://[::1]/",
		"ftp://x", "https://", "http://[::ffff:7f00:1]/", "http://0x7f.1/", "http://localhost%00.example/", "2026-04-01T12:00:00Z", "2026-02-30T12:00:00Z", "0000-01-01T00:00:00Z", "/accounts/get=500", "LAYER_READY=lose", "x=y,z", "10s", "\x1b[2J", "https://plaid.example\\@127.0.0.1/",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		says := func(err error) {
			t.Helper()
			if s := err.Error(); flow.CleanLine(s, 0) != s || len([]rune(plainly(s))) > longestSaidLine+50 {
				t.Fatalf("%q: %q", text, s)
			}
		}
		if err := loopback.CheckListen(text); err != nil {
			says(err)
		} else if host, _, err := net.SplitHostPort(text); err != nil || !leadsHere(host) {
			t.Fatalf("webhooks are received on %q", text)
		}
		if u, err := checkWebhookURL(text, false); err != nil {
			says(err)
			if len(text) > 40 && strings.Contains(err.Error(), text) {
				t.Fatalf("%q is quoted: %v", text, err)
			}
		} else if again, err := url.Parse(text); err != nil || again.Scheme != "https" || u.User != nil || u.Fragment != "" || u.Hostname() == "" || loopback.Host(u.Hostname()) {
			t.Fatalf("Plaid would be told %q", text)
		}
		if err := outbox.CheckTarget(text, false); err != nil {
			says(err)
		} else if u, err := url.Parse(text); err != nil || !leadsHere(u.Hostname()) {
			t.Fatalf("webhooks would leave this machine for %q", text)
		}
		if start, err := startOfClock(text); err != nil {
			says(err)
		} else if !start.IsZero() && start.Format(time.RFC3339Nano) == "" {
			t.Fatalf("%q: %v", text, start)
		}
		if faults, err := parseFaults(text); err != nil {
			says(err)
		} else {
			for _, fault := range faults {
				if err := fault.Check(); err != nil {
					t.Fatalf("%q: %v", text, err)
				}
			}
		}
	})
}

// Wherever serve is to listen, and whatever names this machine is to have: unless
// others are meant to come in nobody else can, and a name is no more than a name.
func FuzzAddresses(f *testing.F) {
	for _, s := range []string{
		"127.0.0.1:0", "[::1]:0", "[::1%lo]:0", "localhost:0", "LOCALHOST.:0", "app.localhost:0", "0.0.0.0:0", ":0", "[::]:0", "[::ffff:0.0.0.0]:0", "[::ffff:127.0.0.1]:0", "127.1:0", "2130706433:0", "localhost:http", "localhost:65536", "127.0.0.1:-1", "\x1b[2J:0",
		"layersim", "host.docker.internal.", "my-box.local:8137", "u@x", "x%2f", "xn--bcher-kva", "BÜCHER", "*",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		refused := func(err error, flag string) {
			t.Helper()
			if says := plainly(err.Error()); codeOf(err) != exitUsage || flow.CleanLine(says, 0) != says || len(says) > 2000 || !strings.Contains(says, flag) {
				t.Fatalf("%q: %q", text, says)
			}
		}
		if l, err := (serveSettings{addr: text}).listenForOthers(t.Context()); err != nil {
			refused(err, "--addr")
		} else {
			host, _, err := net.SplitHostPort(l.Addr().String())
			if ip, parsed := netip.ParseAddr(host); err != nil || parsed != nil || !ip.IsLoopback() || l.Close() != nil {
				t.Fatalf("%q is reached at %s", text, l.Addr())
			}
		}
		names, err := hostNames([]string{text})
		if err != nil {
			refused(err, "--host")
			return
		}
		again, err := hostNames(names)
		if _, noIP := netip.ParseAddr(names[0]); err != nil || again[0] != names[0] || noIP == nil || strings.ContainsFunc(names[0], func(r rune) bool { return unicode.IsSpace(r) || unicode.IsUpper(r) || strings.ContainsRune(":/@[]", r) }) {
			t.Fatalf("%q is taken as the name %q, %v", text, names[0], err)
		}
	})
}

// leadsHere reports whether a host is this machine in the plain spellings.
func leadsHere(host string) bool {
	host = strings.ToLower(strings.TrimSuffix(host, "."))
	ip, err := netip.ParseAddr(host)
	return host == "localhost" || strings.HasSuffix(host, ".localhost") || err == nil && ip.Unmap().IsLoopback()
}
