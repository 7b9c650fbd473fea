package detour

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/pem"
	"math/big"
	"net"
	"time"
)

// life is how long certificates are good: longer than anybody leaves an app
// running, and short for one that is found later.
const life = 7 * 24 * time.Hour

// identity is what the TLS server shows, and what is needed to trust it.
type identity struct {
	server    tls.Certificate
	authority *x509.Certificate
	// pin is the SHA-256 of the server's public key in base64, as Chromium's
	// --ignore-certificate-errors-spki-list wants it.
	pin string
}

// newIdentity makes an authority, signs one certificate for every host that is
// taken, and forgets the authority's key.
func newIdentity(now time.Time) (identity, error) {
	authority, key, err := newAuthority(now)
	if err != nil {
		return identity{}, err
	}
	server, err := issue(authority, key, now, taken)
	if err != nil {
		return identity{}, err
	}
	sum := sha256.Sum256(server.Leaf.RawSubjectPublicKeyInfo)
	return identity{server: server, authority: authority, pin: base64.StdEncoding.EncodeToString(sum[:])}, nil
}

// authorityPEM is the authority's certificate as SDKs read it from a file.
func (i identity) authorityPEM() []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: i.authority.Raw})
}

// newAuthority makes an authority that is believed for the hosts that are
// taken and for nothing else: no other name, no address, no authority below it.
func newAuthority(now time.Time) (*x509.Certificate, *ecdsa.PrivateKey, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, nil, err
	}
	_, every4, _ := net.ParseCIDR("0.0.0.0/0")
	_, every6, _ := net.ParseCIDR("::/0")
	template := &x509.Certificate{
		SerialNumber:                serial(),
		Subject:                     pkix.Name{CommonName: "layersim, for one run", Organization: []string{"layersim"}},
		NotBefore:                   now.Add(-time.Hour), // clocks of containers differ a little
		NotAfter:                    now.Add(life),
		IsCA:                        true,
		BasicConstraintsValid:       true,
		MaxPathLenZero:              true,
		KeyUsage:                    x509.KeyUsageCertSign,
		ExtKeyUsage:                 []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
		PermittedDNSDomainsCritical: true,
		PermittedDNSDomains:         taken,
		ExcludedIPRanges:            []*net.IPNet{every4, every6},
	}
	raw, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		return nil, nil, err
	}
	authority, err := x509.ParseCertificate(raw)
	return authority, key, err
}

// issue signs a server's certificate for these names.
func issue(authority *x509.Certificate, signer *ecdsa.PrivateKey, now time.Time, names []string) (tls.Certificate, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return tls.Certificate{}, err
	}
	template := &x509.Certificate{
		SerialNumber:          serial(),
		Subject:               pkix.Name{CommonName: names[0], Organization: []string{"layersim"}},
		DNSNames:              names,
		NotBefore:             now.Add(-time.Hour),
		NotAfter:              now.Add(life),
		BasicConstraintsValid: true,
		KeyUsage:              x509.KeyUsageDigitalSignature,
		ExtKeyUsage:           []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	raw, err := x509.CreateCertificate(rand.Reader, template, authority, key.Public(), signer)
	if err != nil {
		return tls.Certificate{}, err
	}
	leaf, err := x509.ParseCertificate(raw)
	return tls.Certificate{Certificate: [][]byte{raw, authority.Raw}, PrivateKey: key, Leaf: leaf}, err
}

// serial is a certificate's number, of 16 random bytes.
func serial() *big.Int {
	b := make([]byte, 16)
	_, _ = rand.Read(b) // never fails (crypto/rand)
	b[0] &= 0x7f
	return new(big.Int).SetBytes(b)
}
