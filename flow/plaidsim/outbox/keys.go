package outbox

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"sync"
	"time"
)

// PublicKey is a key as /webhook_verification_key/get gives it out
// (Plaid OpenAPI: JWKPublicKey).
type PublicKey struct {
	Alg       string `json:"alg"`
	Crv       string `json:"crv"`
	Kid       string `json:"kid"`
	Kty       string `json:"kty"`
	Use       string `json:"use"`
	X         string `json:"x"`
	Y         string `json:"y"`
	CreatedAt int64  `json:"created_at"` // Unix time
	ExpiredAt *int64 `json:"expired_at"` // null while it is in use
}

// key signs webhooks.
type key struct {
	private *ecdsa.PrivateKey
	public  PublicKey
	asked   uint64 // times that it was given out
}

// ring is the keys of one simulator, oldest first. All of them stay available,
// since a webhook that was signed just before a rotation may still be under way.
type ring struct {
	seed [32]byte
	mu   sync.Mutex
	made int // rotations so far
	keys []key
}

// maxKeys is how many keys are remembered; the oldest go first.
const maxKeys = 100

func newRing(seed [32]byte, now time.Time) *ring {
	r := &ring{seed: seed}
	r.reset(now)
	return r
}

// reset goes back to the first key.
func (r *ring) reset(now time.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.made, r.keys = 0, []key{r.make("key", 0, now)}
}

// make derives the nth key of a purpose from the seed.
func (r *ring) make(purpose string, n int, now time.Time) key {
	derive := func(what string, try uint64) [32]byte {
		b := append(r.seed[:], purpose+"/"+what...)
		b = binary.BigEndian.AppendUint64(b, uint64(n)) //nolint:gosec // a count is never negative
		return sha256.Sum256(binary.BigEndian.AppendUint64(b, try))
	}
	k := key{}
	for try := uint64(0); k.private == nil; try++ {
		secret := derive("private", try)
		// Next to every 32 bytes are a key; the next try is for those that are not.
		if private, err := ecdsa.ParseRawPrivateKey(elliptic.P256(), secret[:]); err == nil {
			k.private = private
		}
	}
	point, err := k.private.PublicKey.Bytes() // 4, X, Y
	if err != nil {
		panic(err) // it is a point of P-256
	}
	id := derive("kid", 0)
	id[6], id[8] = id[6]&0x0f|0x40, id[8]&0x3f|0x80
	k.public = PublicKey{
		Alg: "ES256", Crv: "P-256", Kty: "EC", Use: "sig",
		Kid: fmt.Sprintf("%x-%x-%x-%x-%x", id[:4], id[4:6], id[6:8], id[8:10], id[10:16]),
		X:   base64.RawURLEncoding.EncodeToString(point[1:33]), Y: base64.RawURLEncoding.EncodeToString(point[33:]),
		CreatedAt: now.Unix(),
	}
	return k
}

// current is the key that signs now.
func (r *ring) current() key {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.keys[len(r.keys)-1]
}

// rotate lets the current key expire and makes another.
func (r *ring) rotate(now time.Time) (expired, current PublicKey) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.rotateLocked(now)
}

// rotateLocked is rotate for those who hold the lock.
func (r *ring) rotateLocked(now time.Time) (expired, current PublicKey) {
	old := &r.keys[len(r.keys)-1]
	at := now.Unix()
	old.public.ExpiredAt = &at
	expired = old.public
	r.made++
	r.keys = append(r.keys, r.make("key", r.made, now))
	if len(r.keys) > maxKeys {
		r.keys = r.keys[1:]
	}
	return expired, r.keys[len(r.keys)-1].public
}

// ask gives out the key with this kid, and says how often it has been now.
func (r *ring) ask(kid string) (PublicKey, uint64, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for i := range r.keys {
		if k := &r.keys[i]; k.public.Kid == kid {
			k.asked++
			return k.public, k.asked, true
		}
	}
	return PublicKey{}, 0, false
}

// all lists the keys, oldest first.
func (r *ring) all() []PublicKey {
	r.mu.Lock()
	defer r.mu.Unlock()
	keys := make([]PublicKey, 0, len(r.keys))
	for _, k := range r.keys {
		keys = append(keys, k.public)
	}
	return keys
}

// retired is a key that has expired: the latest such, or, where there never was
// one, after a rotation now.
func (r *ring) retired(now time.Time) key {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.keys) == 1 {
		r.rotateLocked(now)
	}
	return r.keys[len(r.keys)-2]
}

// stranger is a key that Plaid never had.
func (r *ring) stranger() key { return r.make("stranger", 0, time.Unix(0, 0)) }
