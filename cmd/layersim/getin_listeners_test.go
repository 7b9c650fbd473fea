//go:build linux

package main

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"go/parser"
	gotoken "go/token"
	"io"
	"io/fs"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"layersim/flow"
	"layersim/flow/detour"
	"layersim/flow/linkpage"
	"layersim/flow/loopback"
	"layersim/flow/plaidsim"
	"layersim/flow/webhook"
)

// listeners are all that this program listens with over HTTP: how to start it on
// a listener, and what the first path of it is. The simulator is the same in a
// walk, in serve and in exec.
var listeners = map[string]func(t *testing.T, l net.Listener) (path string){
	"simulator": func(t *testing.T, l net.Listener) string {
		sim := plaidsim.New(plaidsim.Config{Catalog: clientsCatalog(t), Now: time.Now, Seed: 1})
		server := loopback.NewServer(sim.Loopback())
		go func() { _ = server.Serve(loopback.Limit(l, maxConnections)) }()
		t.Cleanup(func() { _ = server.Close(); sim.Close() })
		return "/healthz"
	},
	"page": func(t *testing.T, l net.Listener) string {
		page := linkpage.New(linkpage.Options{
			ScriptURL: func(context.Context) (string, error) { return "http://127.0.0.1:9" + linkScriptPath, nil },
			Emit:      func(flow.Event) {}, Now: time.Now, Simulated: true,
			Listen: func(context.Context, string, string) (net.Listener, error) { return l, nil },
		})
		address, err := page.Present(t.Context(), 1, flow.Handover{LinkToken: flow.NewLinkToken("link-sandbox-1")})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = page.Close() })
		u, _ := url.Parse(address)
		return u.Path
	},
	"webhooks": func(t *testing.T, l net.Listener) string {
		keys := func(context.Context, string) (flow.WebhookKey, error) { return flow.WebhookKey{}, errors.New("none") }
		server := webhook.Serve(l, "/webhook", &webhook.Receiver{Verifier: &webhook.Verifier{Keys: keys, Now: time.Now}, Emit: func(flow.Event) {}})
		t.Cleanup(func() { _ = server.Close() })
		return "/webhook"
	},
}

// memory is a listener whose connections are made in memory, so that patience
// can be tested in a bubble.
type memory struct {
	conns chan net.Conn
	done  chan struct{}
	once  sync.Once
}

func (m *memory) Accept() (net.Conn, error) {
	select {
	case c := <-m.conns:
		return c, nil
	case <-m.done:
		return nil, net.ErrClosed
	}
}

func (m *memory) Close() error { m.once.Do(func() { close(m.done) }); return nil }

func (m *memory) Addr() net.Addr { return &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 8137} }

// Whoever dawdles is cut off by every listener, in the time that its patience
// allows.
func TestNobodyWhoDawdlesIsBorne(t *testing.T) {
	const host = "Host: 127.0.0.1:8137\r\n"
	for name, start := range listeners {
		for _, attack := range []struct {
			what, said string
			drip       string // said again and again
			read       bool
			within     time.Duration
		}{
			{"silent", "", "", true, loopback.HeaderPatience},
			{"slow headers", "GET PATH HTTP/1.1\r\n" + host, "X-A: b\r\n", true, loopback.HeaderPatience},
			{"slow request line", "GET ", "/", true, loopback.HeaderPatience},
			{"slow body", "POST PATH HTTP/1.1\r\n" + host + "Content-Type: application/json\r\nContent-Length: 1000000\r\n\r\n", "{", true, loopback.BodyPatience},
			{"slow chunks", "POST PATH HTTP/1.1\r\n" + host + "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n", "1\r\n{\r\n", true, loopback.BodyPatience},
			{"idle after an answer", "GET PATH HTTP/1.1\r\n" + host + "\r\n", "", true, loopback.IdlePatience},
			{"no reader", "GET PATH HTTP/1.1\r\n" + host + "\r\n", "", false, loopback.AnswerPatience},
		} {
			t.Run(name+"/"+attack.what, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					l := &memory{conns: make(chan net.Conn), done: make(chan struct{})}
					path := start(t, l)
					began := time.Now()
					ours, theirs := net.Pipe()
					l.conns <- theirs
					cut := make(chan struct{})
					if attack.read {
						go func() { _, _ = io.Copy(io.Discard, ours); close(cut) }()
					}
					say := func() error {
						_, err := io.WriteString(ours, strings.ReplaceAll(attack.said, "PATH", path))
						for err == nil && attack.drip != "" {
							time.Sleep(time.Second) // of the bubble
							_, err = io.WriteString(ours, attack.drip)
						}
						return err
					}
					said := make(chan error, 1)
					go func() { said <- say() }()
					if !attack.read {
						time.Sleep(attack.within + time.Second)
						if _, err := io.ReadAll(ours); err != nil {
							t.Errorf("what is left of the answer: %v", err)
						}
					} else {
						<-cut
					}
					if took := time.Since(began); took > attack.within+2*time.Second {
						t.Errorf("borne for %s, and %s are meant", took, attack.within)
					}
					_ = ours.Close()
					if err := <-said; err != nil {
						t.Log("the client:", err)
					}
				})
			})
		}
	}
}

// gzipped is a content as gzip packs it.
func gzipped(t *testing.T, content []byte) string {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, err := w.Write(content)
	if err := errors.Join(err, w.Close()); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// Requests that are no proper HTTP, or more than a server bears, are refused by
// every listener, which answers the next one as before.
func TestNoListenerTakesWhatIsNoProperRequest(t *testing.T) {
	for name, start := range withProxies(listeners) {
		t.Run(name, func(t *testing.T) {
			l, err := loopback.Listen(t.Context(), "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			path := start(t, l)
			at, path, _ := strings.Cut(path, " ")
			if path == "" {
				at, path = l.Addr().String(), at
			}
			bomb := gzipped(t, make([]byte, 10<<20))
			post := "POST " + path + " HTTP/1.1\r\nHost: " + at + "\r\nConnection: close\r\nContent-Type: application/json\r\n"
			for attack, said := range map[string]string{
				"two lengths":              post + "Content-Length: 1\r\nContent-Length: 2\r\n\r\n{}",
				"a list of lengths":        post + "Content-Length: 1, 2\r\n\r\n{}",
				"a negative length":        post + "Content-Length: -1\r\n\r\n{}",
				"a signed length":          post + "Content-Length: +2\r\n\r\n{}",
				"a length beyond int64":    post + "Content-Length: 99999999999999999999\r\n\r\n{}",
				"an unknown coding":        post + "Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n",
				"two codings":              post + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
				"a coding, hidden":         post + "Transfer-Encoding: \x0bchunked\r\n\r\n0\r\n\r\n",
				"a name with a space":      post + "Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
				"a first line that folds":  strings.Replace(post, "Host:", " Host:", 1) + "\r\n",
				"NUL in a header":          post + "X-A: a\x00b\r\n\r\n",
				"two hosts":                post + "Host: evil.example\r\n\r\n",
				"no host":                  "GET " + path + " HTTP/1.1\r\nConnection: close\r\n\r\n",
				"a host with a space":      "GET " + path + " HTTP/1.1\r\nHost: a b\r\nConnection: close\r\n\r\n",
				"a method with a space":    "G ET " + path + " HTTP/1.1\r\nHost: " + at + "\r\n\r\n",
				"another protocol":         "GET " + path + " HTTP/9.9\r\nHost: " + at + "\r\n\r\n",
				"HTTP/2 without TLS":       "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
				"a megabyte of headers":    post + "X-A: " + strings.Repeat("a", 1<<20) + "\r\n\r\n",
				"a thousand small headers": post + strings.Repeat("X-A: 0123456789012345678901234567890123456789\r\n", 1000) + "\r\n",
				"a megabyte of path":       "GET /" + strings.Repeat("a", 1<<20) + " HTTP/1.1\r\nHost: " + at + "\r\n\r\n",
				"NUL in the path":          "GET /\x00 HTTP/1.1\r\nHost: " + at + "\r\n\r\n",
				"dots":                     "GET /../../../../etc/passwd HTTP/1.1\r\nHost: " + at + "\r\nConnection: close\r\n\r\n",
				"escaped dots":             "GET " + path + "/%2e%2e/%2e%2e%2f..%5c..%00 HTTP/1.1\r\nHost: " + at + "\r\nConnection: close\r\n\r\n",
				"a broken escape":          "GET /%zz HTTP/1.1\r\nHost: " + at + "\r\n\r\n",
				"an upgrade from afar":     "GET " + path + "bridge HTTP/1.1\r\nHost: " + at + "\r\nOrigin: https://evil.example\r\nConnection: Upgrade, close\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n",
				"an upgrade without words": "GET " + path + "bridge HTTP/1.1\r\nHost: " + at + "\r\nConnection: Upgrade, close\r\nUpgrade: websocket\r\n\r\n",
				"gzip":                     strings.Replace(post, path, "/session/token/create", 1) + "Content-Encoding: gzip\r\nContent-Length: 2\r\n\r\n\x1f\x8b",
				"a gzip bomb":              strings.Replace(post, path, "/session/token/create", 1) + "Content-Encoding: gzip\r\nContent-Length: " + strconv.Itoa(len(bomb)) + "\r\n\r\n" + bomb,
				"endless chunks":           strings.Replace(post, path, "/session/token/create", 1) + "Transfer-Encoding: chunked\r\n\r\n" + strings.Repeat("10000\r\n"+strings.Repeat(" ", 1<<16)+"\r\n", 40),
				"a chunk that lies":        strings.Replace(post, path, "/session/token/create", 1) + "Transfer-Encoding: chunked\r\n\r\n2\r\n{}x\r\n0\r\n\r\n",
				"a depth":                  strings.Replace(post, path, "/session/token/create", 1) + "Content-Length: 100000\r\n\r\n" + strings.Repeat("[", 100_000),
				"not UTF-8":                strings.Replace(post, path, "/\xff\xfe", 1) + "Content-Length: 0\r\n\r\n",
				"another site's form":      strings.Replace(post, path, "/sim/reset", 1) + "Origin: https://evil.example\r\nContent-Length: 0\r\n\r\n",
				"an absolute target":       strings.Replace(post, " "+path, " http://evil.example"+path, 1) + "Content-Length: 2\r\n\r\n{}",
			} {
				answer := talk(t, at, said)
				status, _, _ := strings.Cut(answer, "\r\n")
				if !regexp.MustCompile(`^HTTP/1\.1 [45]\d\d `).MatchString(status) {
					t.Errorf("%s: %.200q", attack, answer)
				}
				if strings.Contains(answer, "root:") || strings.Count(answer, "HTTP/1.1 ") != 1 || len(answer) > 4000 {
					t.Errorf("%s: %.300q", attack, answer)
				}
			}
			if answer := talk(t, at, "GET "+path+" HTTP/1.1\r\nHost: "+at+"\r\nConnection: close\r\n\r\n"); !strings.HasPrefix(answer, "HTTP/1.1 ") {
				t.Errorf("afterwards: %.200q", answer)
			}
		})
	}
}

// withProxies adds the proxies of exec, which listen by themselves: they return
// their address, too.
func withProxies(all map[string]func(*testing.T, net.Listener) string) map[string]func(*testing.T, net.Listener) string {
	more := map[string]func(*testing.T, net.Listener) string{}
	for name, start := range all {
		more[name] = start
	}
	for name, variable := range map[string]string{"proxy": "HTTPS_PROXY", "proxy without a password": "JAVA_TOOL_OPTIONS"} {
		more[name] = func(t *testing.T, _ net.Listener) string {
			way, err := detour.Start(t.Context(), detour.Config{Simulator: http.NotFoundHandler(), Java: true, Upstream: func(*url.URL) (*url.URL, error) { return nil, errors.New("nothing is dialled") }})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = way.Close() })
			for _, v := range way.Variables() {
				if v.Name != variable {
					continue
				}
				if u, err := url.Parse(v.Value); err == nil && u.Host != "" {
					return u.Host + " /"
				}
				if found := regexp.MustCompile(`proxyPort=(\d+)`).FindStringSubmatch(v.Value); found != nil {
					return "127.0.0.1:" + found[1] + " /"
				}
			}
			t.Fatalf("no proxy in %s", variable)
			return ""
		}
	}
	return more
}

// Every server is made where the limits are, and every listener is one that the
// tests here attack. Whoever adds one adds it here, and to the attacks.
func TestNobodyListensUnattacked(t *testing.T) {
	allowed := map[string][]string{
		`http\.Server\{|http\.ListenAndServe|http\.Serve\(`: {"flow/loopback/server.go"},
		`net\.ListenConfig|net\.Listen\w*\(`: {
			"cmd/layersim/present_place.go", // the notes' socket, in a folder of this user's alone
			"cmd/layersim/serve_others.go",  // the simulator
			"flow/linkpage/page.go",         // the page
			"flow/loopback/listen.go",
		},
		`loopback\.Listen\(`: {
			"cmd/layersim/app.go", "cmd/layersim/serve_others.go", // the simulator
			"cmd/layersim/webhook.go", // webhooks
			"flow/detour/detour.go",   // the proxies
		},
	}
	found := map[string][]string{}
	for _, top := range []string{"cmd", "flow", "tui", "fixtures"} {
		err := filepath.WalkDir(filepath.Join("..", "..", top), func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") || strings.Contains(path, "testdata") {
				return err
			}
			text, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			file, err := parser.ParseFile(gotoken.NewFileSet(), path, text, parser.ParseComments)
			if err != nil {
				return err
			}
			code := string(text)
			for _, group := range file.Comments {
				code = strings.ReplaceAll(code, string(text[group.Pos()-file.FileStart:group.End()-file.FileStart]), "")
			}
			for pattern := range allowed {
				if regexp.MustCompile(pattern).MatchString(code) {
					found[pattern] = append(found[pattern], filepath.ToSlash(strings.TrimPrefix(path, filepath.Join("..", "..")+string(filepath.Separator))))
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	for pattern, files := range allowed {
		slices.Sort(found[pattern])
		if !slices.Equal(found[pattern], files) {
			t.Errorf("%s is in %v, and the attacks know of %v", pattern, found[pattern], files)
		}
	}
}
