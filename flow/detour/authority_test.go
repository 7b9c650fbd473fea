package detour

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"net"
	"testing"
	"time"
)

func TestTheServerIsTrustedForPlaidsHosts(t *testing.T) {
	now := time.Now()
	id, err := newIdentity(now)
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AddCert(id.authority)
	for _, host := range []string{"sandbox.plaid.com", "cdn.plaid.com", "production.plaid.com", "development.plaid.com"} {
		if _, err := id.server.Leaf.Verify(x509.VerifyOptions{Roots: roots, DNSName: host, CurrentTime: now}); err != nil {
			t.Errorf("%s: %v", host, err)
		}
	}
	if _, err := id.server.Leaf.Verify(x509.VerifyOptions{Roots: roots, CurrentTime: now.Add(8 * 24 * time.Hour)}); err == nil {
		t.Error("the certificate is still good after eight days")
	}
}

// Whoever got hold of the authority's key could not stand for anybody else
// with it.
func TestTheAuthorityVouchesForNobodyElse(t *testing.T) {
	now := time.Now()
	authority, key, err := newAuthority(now)
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AddCert(authority)
	for _, names := range [][]string{
		{"example.com"}, {"plaid.com"}, {"dashboard.plaid.com"}, {"*.plaid.com"}, {"sandbox.plaid.com.example.com"}, {"localhost"},
		{"sandbox.plaid.com", "example.com"},
	} {
		cert, err := issue(authority, key, now, names)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := cert.Leaf.Verify(x509.VerifyOptions{Roots: roots, CurrentTime: now}); err == nil {
			t.Errorf("a certificate for %v is believed", names)
		}
	}

	address := template(now)
	address.IPAddresses = []net.IP{net.IPv4(127, 0, 0, 1), net.IPv6loopback}
	if _, err := signed(t, address, authority, key).Verify(x509.VerifyOptions{Roots: roots, CurrentTime: now}); err == nil {
		t.Error("a certificate for an address is believed")
	}

	below := template(now)
	below.IsCA, below.KeyUsage = true, x509.KeyUsageCertSign
	childKey, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := x509.CreateCertificate(rand.Reader, below, authority, childKey.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	child, err := x509.ParseCertificate(raw)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := issue(child, childKey, now, []string{"sandbox.plaid.com"})
	if err != nil {
		t.Fatal(err)
	}
	between := x509.NewCertPool()
	between.AddCert(child)
	if _, err := cert.Leaf.Verify(x509.VerifyOptions{Roots: roots, Intermediates: between, CurrentTime: now}); err == nil {
		t.Error("an authority below ours is believed")
	}
}

func template(now time.Time) *x509.Certificate {
	return &x509.Certificate{
		SerialNumber: serial(), Subject: pkix.Name{CommonName: "somebody"}, NotBefore: now.Add(-time.Minute), NotAfter: now.Add(time.Hour),
		BasicConstraintsValid: true, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
}

func signed(t *testing.T, template, authority *x509.Certificate, key *ecdsa.PrivateKey) *x509.Certificate {
	t.Helper()
	raw, err := x509.CreateCertificate(rand.Reader, template, authority, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := x509.ParseCertificate(raw)
	if err != nil {
		t.Fatal(err)
	}
	return cert
}
