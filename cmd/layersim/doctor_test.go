package main

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"layersim/fixtures"
	"layersim/flow/plaidsim"
)

// examination is what one run of the doctor came to.
type examination struct {
	t    *testing.T
	text string
	code int
	err  error
}

// examine runs the doctor in an empty folder. No answer of it may tell a key.
func examine(t *testing.T, environ []string, changes ...func(*doctor)) examination {
	t.Helper()
	var out bytes.Buffer
	d := doctor{
		settings: settings{env: "sandbox", environ: environ}, out: &out, now: time.Now, patience: 10 * time.Second,
		browser: noBrowser{"this is a test"}, terminal: terminalFacts{width: 120, height: 36, colors: "all colours"},
		report: &report{out: &out},
	}
	for _, change := range changes {
		change(&d)
	}
	err := d.run(t.Context())
	x := examination{t: t, text: out.String(), err: err}
	if err != nil {
		x.code = codeOf(err)
	}
	mustHide(t, x.text)
	return x
}

// says fails the test unless the report has a line with these parts, and ends
// with this exit code.
func (x examination) says(code int, lines ...[]string) {
	x.t.Helper()
	if x.code != code {
		x.t.Errorf("exit code %d (%v), want %d", x.code, x.err, code)
	}
	for _, parts := range lines {
		if !slices.ContainsFunc(strings.Split(x.text, "\n"), func(line string) bool {
			for _, part := range parts {
				if !strings.Contains(line, part) {
					return false
				}
			}
			return true
		}) {
			x.t.Errorf("no line with %q", parts)
		}
	}
	if x.t.Failed() {
		x.t.Log(x.text)
	}
}

// simulated serves a simulator as a Plaid elsewhere and returns it.
func simulated(t *testing.T, serve func(http.Handler) *httptest.Server, cfg plaidsim.Config) *httptest.Server {
	t.Helper()
	cfg.Catalog, cfg.Now, cfg.Seed = builtInCatalog(t), time.Now, 7
	sim := plaidsim.New(cfg)
	t.Cleanup(sim.Close)
	server := serve(sim.Loopback())
	t.Cleanup(server.Close)
	return server
}

func builtInCatalog(t *testing.T) *fixtures.Catalog {
	t.Helper()
	catalog, err := fixtures.Load("")
	if err != nil {
		t.Fatal(err)
	}
	return catalog
}

// ours accepts the keys of this test and no others.
func ours(id, secret string) bool { return id == someClientID && secret == someSecret }

func TestDoctorOfAHealthyWalk(t *testing.T) {
	t.Chdir(t.TempDir())
	for name, serve := range map[string]func(http.Handler) *httptest.Server{"HTTP": httptest.NewServer, "TLS": httptest.NewTLSServer} {
		t.Run(name, func(t *testing.T) {
			server := simulated(t, serve, plaidsim.Config{Credentials: ours})
			environ := goodEnviron("LAYERSIM_PLAID_URL=" + server.URL)
			if name == "TLS" {
				environ = append(environ, "LAYERSIM_CA_FILE="+authorityFile(t, server))
			}
			x := examine(t, environ)
			x.says(exitDone,
				[]string{"✓ ok", "environment", "sandbox (--env)"},
				[]string{"✓ ok", "PLAID_CLIENT_ID", "••••5544, 24 characters (environment)"},
				[]string{"✓ ok", "PLAID_SECRET", "set, 30 characters (environment)"},
				[]string{"✓ ok", "LAYER_TEMPLATE_ID", someTemplate},
				[]string{"! look", "LAYERSIM_PLAID_URL", server.URL},
				[]string{"✓ ok", "connection", "accepts connections"},
				[]string{"✓ ok", "API", "refuses a call without keys", "request_id"},
				[]string{"✓ ok", "clock", "agrees with Plaid's"},
				[]string{"✓ ok", "Link script", "is JavaScript"},
				[]string{"✓ ok", "Layer", "link-sandbox-••••", "240 minutes", "costs nothing", "billed per onSuccess only"},
				[]string{"! look", "browser", "this is a test"},
				[]string{"✓ ok", "terminal", "120 columns and 36 lines, all colours"},
			)
			if name == "TLS" {
				x.says(exitDone, []string{"✓ ok", "TLS", "certificate of 127.0.0.1 by"}, []string{"✓ ok", "LAYERSIM_CA_FILE"})
			}
		})
	}
}

// Keys that are there are checked without --env as well.
func TestDoctorFindsKeysWithoutTheFlag(t *testing.T) {
	t.Chdir(t.TempDir())
	server := simulated(t, httptest.NewServer, plaidsim.Config{Credentials: ours})
	if err := os.WriteFile(dotenvName, []byte("PLAID_CLIENT_ID="+someClientID+"\nPLAID_SANDBOX_SECRET="+someSecret+"\nLAYER_TEMPLATE_ID="+someTemplate+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	examine(t, []string{"LAYERSIM_PLAID_URL=" + server.URL}, func(d *doctor) { d.settings.env = "" }).says(exitDone,
		[]string{"✓ ok", "environment", "simulated unless --env sandbox is given"},
		[]string{"! look", "PLAID_SECRET", "set, 30 characters (PLAID_SANDBOX_SECRET in .env line 2)"},
		[]string{"→", "is used as PLAID_SECRET, which is the right name"},
		[]string{"✓ ok", "Layer", "link-sandbox-••••"})
}

func TestDoctorWithoutAnything(t *testing.T) {
	t.Chdir(t.TempDir())
	x := examine(t, nil, func(d *doctor) { d.settings.env = ""; d.transport = notCalled(t) })
	x.says(exitDone,
		[]string{"✓ ok", "environment", "simulated"},
		[]string{"- skipped", "keys", "none is needed"},
		[]string{"→", "PLAID_CLIENT_ID, PLAID_SECRET and LAYER_TEMPLATE_ID", ".env", "layersim doctor --env sandbox"})
}

// What an app's own .env asks for does not trouble the simulated walk.
func TestDoctorLeavesAnAppsDotenvAlone(t *testing.T) {
	t.Chdir(t.TempDir())
	for name, content := range map[string]string{"Production": "PLAID_ENV=production\n", "broken": "what is this\n"} {
		t.Run(name, func(t *testing.T) {
			if err := os.WriteFile(dotenvName, []byte(content), 0o600); err != nil {
				t.Fatal(err)
			}
			examine(t, nil, func(d *doctor) { d.settings.env = "" }).says(exitDone, []string{"✓ ok", "environment", "simulated"})
		})
	}
}

func TestDoctorOfSettingsThatCannotBeUsed(t *testing.T) {
	for name, tc := range map[string]struct {
		environ []string
		file    string
		code    int
		line    []string
	}{
		"production":         {goodEnviron("PLAID_ENV=production"), "", exitUsage, []string{"✗ failed", "environment", "PLAID_ENV in the environment asks for Production. It is refused"}},
		"production in .env": {goodEnviron(), "PLAID_ENV=production", exitUsage, []string{"✗ failed", "environment", "PLAID_ENV in .env line 1 asks for Production"}},
		"broken .env":        {goodEnviron(), "A=1\nPLAID_SECRET=\"" + someSecret, exitUsage, []string{"✗ failed", ".env", "line 2 of .env"}},
		"other machine":      {goodEnviron("LAYERSIM_PLAID_URL=http://plaid.example.com"), "", exitUsage, []string{"✗ failed", "elsewhere", "leads to another machine"}},
		"CA file":            {goodEnviron("LAYERSIM_CA_FILE=/nowhere"), "", exitUsage, []string{"✗ failed", "elsewhere", "LAYERSIM_CA_FILE cannot be read"}},
		"simulated only":     {goodEnviron("LAYERSIM_STRICT=true"), "", exitUsage, []string{"✗ failed", "simulated only", "LAYERSIM_STRICT is for the simulated walk"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Chdir(t.TempDir())
			if err := os.WriteFile(dotenvName, []byte(tc.file), 0o600); err != nil {
				t.Fatal(err)
			}
			examine(t, tc.environ, func(d *doctor) { d.transport = notCalled(t) }).says(tc.code, tc.line, []string{"- skipped", "Nothing was sent anywhere"})
		})
	}
}

func TestDoctorOfWebhooks(t *testing.T) {
	t.Chdir(t.TempDir())
	server := simulated(t, httptest.NewServer, plaidsim.Config{Credentials: ours})
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = taken.Close() })
	for name, tc := range map[string]struct {
		webhooks webhookSettings
		code     int
		line     []string
	}{
		"none":        {webhookSettings{}, exitDone, []string{"✓ ok", "Layer"}},
		"free":        {webhookSettings{listen: "127.0.0.1:0"}, exitDone, []string{"✓ ok", "webhooks", "127.0.0.1:0, which is free"}},
		"with a URL":  {webhookSettings{listen: "127.0.0.1:0", url: "https://abc.example.com/hook"}, exitDone, []string{"✓ ok", "webhooks", "not seen from here"}},
		"taken":       {webhookSettings{listen: taken.Addr().String()}, exitUsage, []string{"✗ failed", "webhooks", "cannot receive webhooks on"}},
		"from afar":   {webhookSettings{listen: "0.0.0.0:0"}, exitUsage, []string{"✗ failed", "webhooks", "this machine only"}},
		"to nowhere":  {webhookSettings{listen: "127.0.0.1:0", url: "here"}, exitUsage, []string{"✗ failed", "webhooks", "not a URL"}},
		"from nobody": {webhookSettings{url: "https://abc.example.com/hook"}, exitUsage, []string{"✗ failed", "webhooks", "receives nothing"}},
	} {
		t.Run(name, func(t *testing.T) {
			examine(t, goodEnviron("LAYERSIM_PLAID_URL="+server.URL), func(d *doctor) { d.settings.webhooks = tc.webhooks }).says(tc.code, tc.line)
		})
	}
}

// A Plaid on this machine may take any keys, so nothing is said of their form.
func TestKeysForAPlaidOfOnesOwn(t *testing.T) {
	t.Chdir(t.TempDir())
	server := simulated(t, httptest.NewServer, plaidsim.Config{})
	environ := []string{"PLAID_CLIENT_ID=any", "PLAID_SECRET=any", "LAYER_TEMPLATE_ID=any", "LAYERSIM_PLAID_URL=" + server.URL}
	x := examine(t, environ)
	x.says(exitDone, []string{"✓ ok", "PLAID_SECRET", "set, 3 characters"}, []string{"✓ ok", "Layer"})
	p, err := settings{env: "sandbox", link: "browser", platform: "web", environ: environ}.check()
	if err != nil || len(p.remote.remarks) > 0 {
		t.Errorf("%v, %v", err, p.remote.remarks)
	}
}

// Keys that are missing or cannot be keys are never sent; the network is looked
// at all the same.
func TestDoctorOfKeysThatCannotBeUsed(t *testing.T) {
	t.Chdir(t.TempDir())
	server := simulated(t, httptest.NewServer, plaidsim.Config{Credentials: ours})
	for name, tc := range map[string]struct {
		environ []string
		line    []string
	}{
		"none":         {nil, []string{"✗ failed", "PLAID_SECRET", "It is not set."}},
		"empty":        {goodEnviron("PLAID_SECRET="), []string{"✗ failed", "PLAID_SECRET", "It is not set.", "is empty, which counts as not set"}},
		"sample":       {goodEnviron("LAYER_TEMPLATE_ID=your_template_id"), []string{"✗ failed", "LAYER_TEMPLATE_ID", "words of a sample file"}},
		"the same":     {goodEnviron("PLAID_CLIENT_ID=" + someSecret), []string{"✗ failed", "keys", "are the same"}},
		"Production's": {goodEnviron("PLAID_PRODUCTION_SECRET=" + someSecret), []string{"✗ failed", "keys", "the one of Production"}},
	} {
		t.Run(name, func(t *testing.T) {
			examine(t, append(tc.environ, "LAYERSIM_PLAID_URL="+server.URL)).says(exitAccess, tc.line,
				[]string{"✓ ok", "API"}, []string{"- skipped", "Layer", "a key is missing or wrong"})
		})
	}
}

func TestDoctorOfAnAccountThatMayNot(t *testing.T) {
	t.Chdir(t.TempDir())
	for name, tc := range map[string]struct {
		config  plaidsim.Config
		environ []string
		lines   [][]string
	}{
		"keys":     {plaidsim.Config{Credentials: func(string, string) bool { return false }}, nil, [][]string{{"✗ failed", "Layer", "Plaid says: HTTP 400 INVALID_INPUT / INVALID_API_KEYS", "request_id"}, {"Plaid does not know this client_id with this secret"}, {"→", "Keys in the Plaid Dashboard"}}},
		"template": {plaidsim.Config{Strict: true}, []string{"LAYER_TEMPLATE_ID=template_nobodys"}, [][]string{{"✗ failed", "Layer", "HTTP 400 INVALID_REQUEST", "template_id"}, {"→", "LAYER_TEMPLATE_ID is the id of a template that is in the Dashboard"}}},
		"Layer":    {plaidsim.Config{NotEnabled: []string{"/session/token/create"}}, nil, [][]string{{"✗ failed", "Layer", "UNAUTHORIZED_ROUTE_ACCESS"}, {"→", "Layer itself must be enabled for the account"}}},
	} {
		t.Run(name, func(t *testing.T) {
			server := simulated(t, httptest.NewServer, tc.config)
			examine(t, goodEnviron(append(tc.environ, "LAYERSIM_PLAID_URL="+server.URL)...)).says(exitAccess, tc.lines...)
		})
	}
}

func TestDoctorAsJSON(t *testing.T) {
	t.Chdir(t.TempDir())
	server := simulated(t, httptest.NewServer, plaidsim.Config{Credentials: func(string, string) bool { return false }})
	x := examine(t, goodEnviron("LAYERSIM_PLAID_URL="+server.URL), func(d *doctor) { d.report.asJSON = true })
	var got struct {
		OK       bool `json:"ok"`
		Live     bool `json:"live"`
		ExitCode int  `json:"exit_code"`
		Findings []finding
	}
	if err := json.Unmarshal([]byte(x.text), &got); err != nil {
		t.Fatalf("%v: %s", err, x.text)
	}
	if got.OK || !got.Live || got.ExitCode != exitAccess || x.code != exitAccess || len(got.Findings) < 8 {
		t.Errorf("got %+v", got)
	}
	for _, f := range got.Findings {
		if f.Section == "" || f.Name == "" || f.Says == "" || f.Verdict == "" {
			t.Errorf("incomplete: %+v", f)
		}
		if f.Verdict == failed && f.Remedy == "" {
			t.Errorf("a failure without a remedy: %+v", f)
		}
	}
}

func TestDoctorIsInterrupted(t *testing.T) {
	t.Chdir(t.TempDir())
	asked := make(chan struct{})
	silent := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.ReadAll(r.Body) // only then the server notices that the client is gone
		close(asked)
		<-r.Context().Done()
	}))
	t.Cleanup(silent.Close)
	var out bytes.Buffer
	d := doctor{
		settings: settings{env: "sandbox", environ: goodEnviron("LAYERSIM_PLAID_URL=" + silent.URL)}, out: &out, now: time.Now,
		patience: time.Hour, browser: noBrowser{"this is a test"}, report: &report{out: &out, width: 100},
	}
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		<-asked
		cancel()
	}()
	if err := d.run(ctx); codeOf(err) != exitInterrupted || !strings.Contains(out.String(), "Interrupted: the rest was not checked.") {
		t.Errorf("%v: %s", err, out.String())
	}
}

// notCalled is a network that nobody may use.
func notCalled(t *testing.T) http.RoundTripper {
	return roundTrip(func(r *http.Request) (*http.Response, error) {
		t.Errorf("%s was asked", r.URL)
		return nil, context.Canceled
	})
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }
