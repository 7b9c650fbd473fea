package plaidsim

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"math/rand/v2"
	"strings"
)

const alphanumerics = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"

// ids makes every id, token and shuffle from one seed. ChaCha8 rather than a
// faster generator, because the tokens that are handed out must not let anyone
// compute the keys of Link sessions that are not.
type ids struct {
	seed [32]byte
	src  *rand.ChaCha8
}

func newIDs(seed uint64) *ids {
	var key [32]byte
	copy(key[:], "layersim")
	binary.LittleEndian.PutUint64(key[8:], seed)
	return &ids{key, rand.NewChaCha8(key)}
}

// about returns the ids that belong to the nth thing that happens to u, whatever
// else happens meanwhile.
func (g *ids) about(u uuid, n uint64) *ids {
	key := sha256.Sum256(binary.LittleEndian.AppendUint64(append(g.seed[:], u[:]...), n))
	return &ids{key, rand.NewChaCha8(key)}
}

// uuid is a random (version 4) UUID.
type uuid [16]byte

func (g *ids) uuid() uuid {
	var u uuid
	_, _ = g.src.Read(u[:]) // never fails
	u[6] = u[6]&0x0f | 0x40
	u[8] = u[8]&0x3f | 0x80
	return u
}

// appendTo appends the UUID in its usual spelling.
func (u uuid) appendTo(b []byte) []byte {
	b = hex.AppendEncode(b, u[:4])
	for _, part := range [][]byte{u[4:6], u[6:8], u[8:10], u[10:]} {
		b = append(b, '-')
		b = hex.AppendEncode(b, part)
	}
	return b
}

func (u uuid) String() string { return string(u.appendTo(make([]byte, 0, 36))) }

// parseUUID reads the usual spelling, lower case only: Plaid's identifiers are
// case-sensitive (Plaid OpenAPI: UserAccountItem).
func parseUUID(s string) (u uuid, ok bool) {
	if len(s) != 36 || s[8] != '-' || s[13] != '-' || s[18] != '-' || s[23] != '-' {
		return u, false
	}
	if strings.ToLower(s) != s {
		return u, false
	}
	rest := u[:]
	for _, part := range []string{s[:8], s[9:13], s[14:18], s[19:23], s[24:]} {
		n, err := hex.Decode(rest, []byte(part))
		if err != nil {
			return u, false
		}
		rest = rest[n:]
	}
	return u, true
}

// text returns n alphanumerics.
func (g *ids) text(n int) string {
	var raw [64]byte
	out := make([]byte, 0, n)
	for len(out) < n {
		_, _ = g.src.Read(raw[:])
		for _, c := range raw {
			// 248 is the largest multiple of 62 in a byte: no letter is favoured.
			if c < 248 && len(out) < n {
				out = append(out, alphanumerics[c%62])
			}
		}
	}
	return string(out)
}

// requestID looks like those in Plaid's samples, 15 alphanumerics.
func (g *ids) requestID() string { return g.text(15) }

// objectID is an item_id or account_id, 37 alphanumerics as in Plaid's samples.
func (g *ids) objectID() string { return g.text(37) }

// shuffle orders n things anew.
func (g *ids) shuffle(n int, swap func(i, j int)) {
	rand.New(g.src).Shuffle(n, swap) //nolint:gosec // g.src is ChaCha8, and its output must repeat with the seed
}
