package detour

import (
	"crypto/x509"
	"embed"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log"
	"net"
	"os"
	"path/filepath"

	"software.sslmate.com/src/go-pkcs12"
)

//go:embed inject
var injected embed.FS

var quiet = log.New(io.Discard, "", 0)

// maxBundle is how large a file of authorities may be, in bytes.
const maxBundle = 16 << 20

// makeFolder makes a folder that only this user can look into.
func makeFolder() (string, error) { return os.MkdirTemp("", "layersim-exec-") }

func removeFolder(dir string) error {
	if dir == "" {
		return nil
	}
	return os.RemoveAll(dir)
}

// write puts a file into the folder and returns its path.
func (s setting) write(name string, content []byte) (string, error) {
	path := filepath.Join(s.dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return "", err
	}
	return path, os.WriteFile(path, content, 0o600)
}

// writeInjected writes the scripts for Node and Python and what they read.
func (s setting) writeInjected() error {
	port := func(a net.Addr) int { return a.(*net.TCPAddr).Port } //nolint:forcetypeassert // we listen on TCP
	settings, err := json.Marshal(map[string]any{"hosts": taken, "port": port(s.plaid), "proxyPort": port(s.proxy)})
	if err != nil {
		return err
	}
	if _, err := s.write("detour.json", settings); err != nil {
		return err
	}
	if _, err := s.write("ca.pem", s.identity.authorityPEM()); err != nil {
		return err
	}
	scripts, err := fs.Sub(injected, "inject")
	if err != nil {
		return err
	}
	return fs.WalkDir(scripts, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		script, err := fs.ReadFile(scripts, name)
		if err != nil {
			return err
		}
		_, err = s.write(filepath.FromSlash(name), script)
		return err
	})
}

// systemBundles are where systems keep the authorities they trust, in one file
// (the places that Go's crypto/x509 looks at).
var systemBundles = []string{
	"/etc/ssl/certs/ca-certificates.crt",                // Debian, Ubuntu, Arch
	"/etc/pki/tls/certs/ca-bundle.crt",                  // Fedora, RHEL 6
	"/etc/ssl/ca-bundle.pem",                            // OpenSUSE
	"/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem", // RHEL 7 and later
	"/etc/ssl/cert.pem",                                 // Alpine, macOS, BSD
}

// errNoBundle says that the system keeps its authorities elsewhere.
var errNoBundle = errors.New("this system has no file of trusted authorities that we know of; name one in SSL_CERT_FILE")

// systemBundle returns the system's authorities as PEM.
func systemBundle() ([]byte, error) {
	for _, path := range systemBundles {
		if bundle, err := readBundle(path); err == nil {
			return bundle, nil
		}
	}
	return nil, errNoBundle
}

func readBundle(path string) ([]byte, error) {
	f, err := os.Open(path) //nolint:gosec // the operator's own settings name it
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }()
	bundle, err := io.ReadAll(io.LimitReader(f, maxBundle+1))
	if err == nil && len(bundle) > maxBundle {
		err = fmt.Errorf("%s is larger than %d bytes", path, maxBundle)
	}
	return bundle, err
}

// trustStorePassword protects nothing: it is the one every JVM's own trust
// store has, and the store holds certificates only.
const trustStorePassword = "changeit"

// writeTrustStore writes the authorities of a bundle as a JVM reads them.
func (s setting) writeTrustStore(bundle []byte) (string, error) {
	var certs []*x509.Certificate
	for block, rest := pem.Decode(bundle); block != nil; block, rest = pem.Decode(rest) {
		if cert, err := x509.ParseCertificate(block.Bytes); err == nil {
			certs = append(certs, cert) // what Go cannot read, a JVM seldom needs
		}
	}
	store, err := pkcs12.Modern.EncodeTrustStore(certs, trustStorePassword)
	if err != nil {
		return "", err
	}
	return s.write("truststore.p12", store)
}
