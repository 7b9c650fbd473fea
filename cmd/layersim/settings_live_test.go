package main

import (
	"context"
	"crypto/tls"
	"encoding/pem"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"layersim/flow"

	"github.com/spf13/pflag"
)

// codeOf is the exit code that an error asks for.
func codeOf(err error) int {
	var known failure
	if errors.As(err, &known) {
		return known.code
	}
	return exitUnexpected
}

func liveSettings(more ...string) settings {
	return settings{env: "sandbox", link: "browser", platform: "web", environ: goodEnviron(more...)}
}

func TestAPlanAgainstTheSandbox(t *testing.T) {
	t.Chdir(t.TempDir())
	p, err := liveSettings().check()
	if err != nil {
		t.Fatal(err)
	}
	r := p.remote
	if r == nil || r.clientID != someClientID || r.secret != someSecret || r.baseURL != "https://sandbox.plaid.com" ||
		r.scriptURL != "https://cdn.plaid.com/link/v2/stable/link-initialize.js" || len(r.elsewhere)+len(r.remarks) > 0 {
		t.Fatalf("remote: %v, script %s, elsewhere %v", r, r.scriptURL, r.elsewhere)
	}
	if !p.config.InPage || p.config.TemplateID != someTemplate || p.surface != flow.InBrowser {
		t.Errorf("config: %+v", p.config)
	}
	mustHide(t, fmt.Sprintf("%v %+v %#v", r, *r, *r))
}

func TestTheUserIsNewAndNobody(t *testing.T) {
	first, second := newClientUserID(), newClientUserID()
	if first == second || !regexp.MustCompile(`^layersim-[a-z2-7]{16}$`).MatchString(first) {
		t.Errorf("%s, %s", first, second)
	}
}

func TestTheTemplateOfAFlag(t *testing.T) {
	t.Chdir(t.TempDir())
	s := liveSettings()
	s.template = "template_Mine1"
	p, err := s.check()
	if err != nil || p.config.TemplateID != "template_Mine1" {
		t.Errorf("%v, %+v", err, p.config)
	}
}

// Only --env or LAYERSIM_ENV makes the walk live.
func TestNothingElseMakesTheWalkLive(t *testing.T) {
	t.Chdir(t.TempDir())
	if err := os.WriteFile(dotenvName, []byte("PLAID_ENV=sandbox\nLAYERSIM_ENV=sandbox\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	s := settings{link: "browser", platform: "web", environ: goodEnviron("PLAID_ENV=sandbox", "LAYERSIM_PLAID_URL=http://127.0.0.1:1")}
	p, err := s.check()
	if err != nil || p.remote != nil || p.config.InPage {
		t.Errorf("%v, %v", err, p.remote)
	}
}

func TestSettingsThatLeadElsewhere(t *testing.T) {
	for name, tc := range map[string]struct {
		environ           []string
		base, script      string
		elsewhere, refuse string
	}{
		"nothing": {nil, sandboxURL, linkScriptURL, "", ""},
		"address": {[]string{"LAYERSIM_PLAID_URL=http://127.0.0.1:8137/"}, "http://127.0.0.1:8137", "http://127.0.0.1:8137/link/v2/stable/link-initialize.js", "LAYERSIM_PLAID_URL=http://127.0.0.1:8137", ""},
		"both":    {[]string{"LAYERSIM_PLAID_URL=https://[::1]:8137", "LAYERSIM_LINK_SCRIPT=http://LocalHost:1/x.js"}, "https://[::1]:8137", "http://localhost:1/x.js", "LAYERSIM_PLAID_URL=https://[::1]:8137 LAYERSIM_LINK_SCRIPT=http://localhost:1/x.js", ""},
		"script":  {[]string{"LAYERSIM_LINK_SCRIPT=http://127.9.9.9/x.js"}, sandboxURL, "http://127.9.9.9/x.js", "LAYERSIM_LINK_SCRIPT=http://127.9.9.9/x.js", ""},

		"query": {[]string{"LAYERSIM_LINK_SCRIPT=http://127.0.0.1/x.js?key=" + someSecret + "#y"}, sandboxURL, "http://127.0.0.1/x.js?key=" + someSecret + "#y", "LAYERSIM_LINK_SCRIPT=http://127.0.0.1/x.js?…", ""},

		"query of other":  {[]string{"LAYERSIM_LINK_SCRIPT=https://cdn.example.com/x.js?key=" + someSecret}, "", "", "", "LAYERSIM_LINK_SCRIPT=https://cdn.example.com/x.js?… leads to another machine"},
		"query of API":    {[]string{"LAYERSIM_PLAID_URL=http://127.0.0.1:8137/?key=" + someSecret}, "", "", "", "without a path"},
		"other machine":   {[]string{"LAYERSIM_PLAID_URL=https://plaid.example.com"}, "", "", "", "leads to another machine"},
		"disguised":       {[]string{"LAYERSIM_PLAID_URL=http://127.0.0.1.example.com"}, "", "", "", "leads to another machine"},
		"as a number":     {[]string{"LAYERSIM_PLAID_URL=http://2130706433:80"}, "", "", "", "leads to another machine"},
		"everywhere":      {[]string{"LAYERSIM_PLAID_URL=http://0.0.0.0:80"}, "", "", "", "leads to another machine"},
		"script of other": {[]string{"LAYERSIM_LINK_SCRIPT=https://cdn.example.com/x.js"}, "", "", "", "LAYERSIM_LINK_SCRIPT=https://cdn.example.com/x.js leads to another machine"},
		"path":            {[]string{"LAYERSIM_PLAID_URL=http://127.0.0.1:8137/v2"}, "", "", "", "without a path"},
		"empty port":      {[]string{"LAYERSIM_PLAID_URL=http://127.0.0.1:"}, "", "", "", "LAYERSIM_PLAID_URL names no port"},
		"no scheme":       {[]string{"LAYERSIM_PLAID_URL=127.0.0.1:8137"}, "", "", "", "LAYERSIM_PLAID_URL"},
		"other scheme":    {[]string{"LAYERSIM_PLAID_URL=file:///etc/passwd"}, "", "", "", "must begin with http:// or https://"},
		"no address":      {[]string{"LAYERSIM_PLAID_URL=http://127.0.0.1:x y"}, "", "", "", "is not an address"},
		"password":        {[]string{"LAYERSIM_PLAID_URL=http://me:" + someSecret + "@127.0.0.1"}, "", "", "", "no user name and no password"},
		"password, bad":   {[]string{"LAYERSIM_PLAID_URL=http://me:" + someSecret + "@127.0.0.1:x"}, "", "", "", "is not an address"},
		"no file":         {[]string{"LAYERSIM_CA_FILE=/nowhere/ca.pem"}, "", "", "", "LAYERSIM_CA_FILE cannot be read"},
		"no certificate":  {[]string{"LAYERSIM_CA_FILE=settings_live_test.go"}, "", "", "", "holds no certificate"},
	} {
		t.Run(name, func(t *testing.T) {
			p, err := findPlace(tc.environ)
			if tc.refuse != "" {
				if err == nil || !strings.Contains(err.Error(), tc.refuse) || codeOf(err) != exitUsage {
					t.Fatalf("got %v", err)
				}
				mustHide(t, err.Error())
				return
			}
			if err != nil || p.baseURL != tc.base || p.scriptURL != tc.script || strings.Join(p.elsewhere, " ") != tc.elsewhere {
				t.Errorf("%v: %s, %s, %v", err, p.baseURL, p.scriptURL, p.elsewhere)
			}
		})
	}
}

func TestAnAuthorityOfOnesOwn(t *testing.T) {
	server := httptest.NewTLSServer(http.NotFoundHandler())
	t.Cleanup(server.Close)
	get := func(environ ...string) error {
		p, err := findPlace(append(environ, "LAYERSIM_PLAID_URL="+server.URL))
		if err != nil {
			t.Fatal(err)
		}
		request, _ := http.NewRequestWithContext(context.Background(), http.MethodGet, server.URL, http.NoBody)
		response, err := p.transport.RoundTrip(request)
		if err == nil {
			_ = response.Body.Close()
		}
		return err
	}
	var unverified *tls.CertificateVerificationError
	if err := get(); !errors.As(err, &unverified) {
		t.Errorf("without the file: %v", err)
	}
	if err := get("LAYERSIM_CA_FILE=" + authorityFile(t, server)); err != nil {
		t.Errorf("with the file: %v", err)
	}
	if p, _ := findPlace([]string{"LAYERSIM_CA_FILE=" + authorityFile(t, server)}); len(p.elsewhere) != 1 || p.transport.TLSClientConfig.MinVersion < tls.VersionTLS12 {
		t.Errorf("elsewhere %v", p.elsewhere)
	}
}

// authorityFile writes the certificate of a server, which is its own authority.
func authorityFile(t *testing.T, server *httptest.Server) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "ca.pem")
	content := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw})
	if err := os.WriteFile(file, content, 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// Live, what only the simulator understands is refused by the name under which
// it was given.
func TestWhatOnlyTheSimulatorUnderstands(t *testing.T) {
	t.Chdir(t.TempDir())
	for name, tc := range map[string]struct {
		flags   []string
		environ string
		says    string
	}{
		"seed":               {[]string{"--seed=7"}, "", "--seed is for the simulated walk"},
		"seed by variable":   {nil, "LAYERSIM_SEED=7", "LAYERSIM_SEED is for the simulated walk"},
		"strict":             {[]string{"--strict"}, "", "--strict is for the simulated walk"},
		"fixtures":           {[]string{"--fixtures=" + t.TempDir()}, "", "--fixtures is for the simulated walk"},
		"link":               {[]string{"--link=terminal"}, "", "--link terminal is for the simulated walk"},
		"link by variable":   {nil, "LAYERSIM_LINK=terminal", "LAYERSIM_LINK=terminal is for the simulated walk"},
		"platform":           {[]string{"--platform=ios"}, "", "--platform ios is for the simulated walk"},
		"version":            {[]string{"--platform=react", "--sdk-version=4.1.1"}, "", "--sdk-version is for the simulated walk"},
		"faults":             {nil, "LAYERSIM_FAIL=/accounts/get=500", "LAYERSIM_FAIL is for the simulated walk"},
		"simulated template": {[]string{"--template=default"}, "", "--template: live, a template is named by its id"},
		"all of these may stay": {[]string{"--persona=leslie-knope", "--platform=react", "--link=browser", "--strict=false", "--no-browser",
			"--private", "--mouse=off", "--template=template_Mine1"}, "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			s := settings{environ: goodEnviron("LAYERSIM_ENV=sandbox", tc.environ)}
			flags := rootFlags(&s)
			if err := flags.Parse(tc.flags); err != nil {
				t.Fatal(err)
			}
			if err := s.fillFromEnvironment(flags); err != nil {
				t.Fatal(err)
			}
			_, err := s.check()
			switch {
			case tc.says == "" && err != nil:
				t.Errorf("refused: %v", err)
			case tc.says != "" && (err == nil || !strings.Contains(err.Error(), tc.says) || codeOf(err) != exitUsage):
				t.Errorf("got %v", err)
			}
		})
	}
}

// rootFlags are those flags of the walk that a plan depends on.
func rootFlags(s *settings) *pflag.FlagSet {
	f := pflag.NewFlagSet("layersim", pflag.ContinueOnError)
	f.StringVar(&s.env, "env", "", "")
	f.StringVar(&s.link, "link", "browser", "")
	f.StringVar(&s.persona, "persona", "", "")
	f.StringVar(&s.template, "template", "", "")
	f.StringVar(&s.platform, "platform", "web", "")
	f.StringVar(&s.sdkVersion, "sdk-version", "", "")
	f.StringVar(&s.fixtures, "fixtures", "", "")
	f.Uint64Var(&s.seed, "seed", 0, "")
	f.BoolVar(&s.strict, "strict", false, "")
	f.BoolVar(&s.noBrowser, "no-browser", false, "")
	f.StringVar(&s.mouse, "mouse", "on", "")
	f.BoolVar(&s.private, "private", false, "")
	return f
}
