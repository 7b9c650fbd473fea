package detour

import (
	"bytes"
	"crypto/x509"
	"encoding/pem"
	"io/fs"
	"net"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"software.sslmate.com/src/go-pkcs12"
)

// someAuthority is a file with an authority of the operator's.
func someAuthority(t *testing.T) (string, *x509.Certificate) {
	t.Helper()
	server := httptest.NewTLSServer(nil)
	defer server.Close()
	path := filepath.Join(t.TempDir(), "theirs.pem")
	if err := os.WriteFile(path, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw}), 0o600); err != nil {
		t.Fatal(err)
	}
	return path, server.Certificate()
}

// holds reports whether a file of authorities has a certificate.
func holds(t *testing.T, path string, cert *x509.Certificate) bool {
	t.Helper()
	rest, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for {
		var block *pem.Block
		if block, rest = pem.Decode(rest); block == nil {
			return false
		}
		if bytes.Equal(block.Bytes, cert.Raw) {
			return true
		}
	}
}

func TestWhatTheOperatorSetIsKept(t *testing.T) {
	path, theirs := someAuthority(t)
	names := []string{"NODE_EXTRA_CA_CERTS", "SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"}
	environ := []string{"HOME=/home/me", "NODE_OPTIONS=--max-old-space-size=100", "PYTHONPATH=/mine", "JAVA_TOOL_OPTIONS=-Dsecret=1", "NO_PROXY=.plaid.com", "HTTPS_PROXY=http://me:hidden@proxy:1"}
	for _, name := range names {
		environ = append(environ, name+"="+path)
	}
	d := startDetour(t, Config{Environ: environ, Java: true})
	for _, name := range names {
		if file := d.value(name); !holds(t, file, theirs) || !holds(t, file, d.identity.authority) {
			t.Errorf("%s=%s does not hold both authorities", name, file)
		}
	}
	for name, kept := range map[string]string{"NODE_OPTIONS": "--max-old-space-size=100 ", "JAVA_TOOL_OPTIONS": "-Dsecret=1 ", "PYTHONPATH": filepath.Join(d.dir, "python") + ":/mine"} {
		if !strings.HasPrefix(d.value(name), kept) {
			t.Errorf("%s=%s has lost what was in it", name, d.value(name))
		}
	}
	if got := d.value("NO_PROXY"); strings.Contains(got, "plaid") || !strings.Contains(got, "127.0.0.1") {
		t.Errorf("NO_PROXY=%s", got)
	}
	if !slices.Contains(d.Environ(), "HOME=/home/me") {
		t.Error("the rest of the environment is gone")
	}
	for _, name := range append(names, "HTTPS_PROXY", "NODE_OPTIONS") {
		if n := len(slices.DeleteFunc(slices.Clone(d.Environ()), func(v string) bool { return !strings.HasPrefix(v, name+"=") })); n != 1 {
			t.Errorf("%s is set %d times", name, n)
		}
	}

	store, err := os.ReadFile(filepath.Join(d.dir, "truststore.p12"))
	if err != nil {
		t.Fatal(err)
	}
	certs, err := pkcs12.DecodeTrustStore(store, trustStorePassword)
	if err != nil || !slices.ContainsFunc(certs, theirs.Equal) || !slices.ContainsFunc(certs, d.identity.authority.Equal) {
		t.Errorf("the trust store holds %d certificates (%v), not both authorities", len(certs), err)
	}
}

// The operator's proxy for plain HTTP stays, and so must its exceptions; but an
// exception for Plaid's hosts would lead an app past the simulator.
func TestTheOperatorsExceptionsAreKept(t *testing.T) {
	for theirs, kept := range map[string]string{
		"":                                   "",
		"intranet.example,10.0.0.0/8":        ",intranet.example,10.0.0.0/8",
		"a.example, .b.example:8080 ::1":     ",a.example,.b.example:8080,::1",
		"plaid.com,.plaid.com,*.plaid.com,a": ",a",
		"a,*":                                ",a",
		"Sandbox.Plaid.com.,cdn.plaid.com:443,sandbox.plaid.com:443,.com,com,*:443": "",
		"notplaid.com,my.sandbox.plaid.com,plaid.com.example":                       ",notplaid.com,my.sandbox.plaid.com,plaid.com.example",
	} {
		for _, name := range []string{"NO_PROXY", "no_proxy"} {
			d := startDetour(t, Config{Environ: []string{name + "=" + theirs, "HTTP_PROXY=http://proxy:1"}})
			for _, set := range []string{"NO_PROXY", "no_proxy"} {
				if got := d.value(set); got != local+kept {
					t.Errorf("with %s=%s, %s=%s; want %s", name, theirs, set, got, local+kept)
				}
			}
			if !slices.Contains(d.Environ(), "HTTP_PROXY=http://proxy:1") {
				t.Error("HTTP_PROXY is gone")
			}
		}
	}
}

// Without a file of the operator's, what the system trusts is still trusted.
func TestTheSystemsAuthoritiesAreKept(t *testing.T) {
	system, err := systemBundle()
	if err != nil {
		t.Skip(err)
	}
	d := startDetour(t, Config{})
	for _, name := range []string{"SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"} {
		file := d.value(name)
		bundle, err := os.ReadFile(file)
		if err != nil || !bytes.HasPrefix(bundle, system) || !holds(t, file, d.identity.authority) {
			t.Errorf("%s=%s is not the system's authorities and ours (%v)", name, file, err)
		}
	}
	if file := d.value("NODE_EXTRA_CA_CERTS"); !holds(t, file, d.identity.authority) {
		t.Errorf("NODE_EXTRA_CA_CERTS=%s does not hold ours", file)
	}
}

func TestAnAuthorityFileThatIsNotThere(t *testing.T) {
	_, err := Start(t.Context(), Config{Environ: []string{"CURL_CA_BUNDLE=/nowhere.pem"}, Upstream: direct})
	if err == nil || !strings.Contains(err.Error(), "CURL_CA_BUNDLE") || !strings.Contains(err.Error(), "/nowhere.pem") {
		t.Errorf("Start says %v", err)
	}
}

func TestFilesArePrivateAndGoAway(t *testing.T) {
	d := startDetour(t, Config{Java: true})
	files := 0
	err := filepath.WalkDir(d.dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := entry.Info()
		if err != nil {
			return err
		}
		if info.Mode().Perm()&0o077 != 0 {
			t.Errorf("others may touch %s: %v", path, info.Mode())
		}
		if entry.IsDir() {
			return nil
		}
		files++
		content, err := os.ReadFile(path)
		if bytes.Contains(content, []byte("PRIVATE KEY")) {
			t.Errorf("%s holds a key", path)
		}
		if u, _ := url.Parse(d.value("HTTPS_PROXY")); strings.Contains(string(content), must(u.User.Password())) {
			t.Errorf("%s holds the proxy's password", path)
		}
		return err
	})
	if err != nil || files < 5 {
		t.Fatalf("%d files (%v)", files, err)
	}
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(d.dir); !os.IsNotExist(err) {
		t.Errorf("the folder is still there (%v)", err)
	}
}

func must(s string, _ bool) string { return s }

func TestShownKeepsSecrets(t *testing.T) {
	d := startDetour(t, Config{Environ: []string{"NODE_OPTIONS=--title=hidden"}})
	u, err := url.Parse(d.value("HTTPS_PROXY"))
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range d.Variables() {
		if strings.Contains(v.Shown(), must(u.User.Password())) || strings.Contains(v.Shown(), "hidden") {
			t.Errorf("%s is shown as %s", v.Name, v.Shown())
		}
	}
}

func TestEverythingListensOnLoopback(t *testing.T) {
	d := startDetour(t, Config{Java: true})
	u, err := url.Parse(d.value("HTTPS_PROXY"))
	if err != nil {
		t.Fatal(err)
	}
	for _, address := range []string{u.Host, d.plaid.String()} {
		if host, _, err := net.SplitHostPort(address); err != nil || !net.ParseIP(host).IsLoopback() {
			t.Errorf("%s is not this machine only (%v)", address, err)
		}
	}
}
