package flow

import (
	"bytes"
	"encoding/json"
	"io"
	"strings"
)

// tokens gives JSON token by token, as json.Decoder does.
type tokens interface {
	Token() (json.Token, error)
	More() bool
}

// tokensOf returns the tokens of a JSON text. Of one that is wrong somewhere a
// decoder says where; of one that is not, they are found with less effort, for a
// decoder scans each name of a member twice and makes an error of it.
func tokensOf(content []byte) tokens {
	if json.Valid(content) {
		return &validTokens{rest: string(content)} // once: its parts are no copies
	}
	decoder := json.NewDecoder(bytes.NewReader(content))
	decoder.UseNumber() // a number keeps the digits it came with
	return decoder
}

// validTokens are those of a text that is known to be valid.
type validTokens struct{ rest string }

// skip goes to the next token.
func (t *validTokens) skip() {
	for len(t.rest) > 0 {
		switch t.rest[0] {
		case ' ', '\t', '\r', '\n', ',', ':':
			t.rest = t.rest[1:]
		default:
			return
		}
	}
}

// More reports whether the object or the array that is read has another element.
func (t *validTokens) More() bool {
	t.skip()
	return len(t.rest) > 0 && t.rest[0] != '}' && t.rest[0] != ']'
}

// Token returns the next token, numbers as json.Number.
func (t *validTokens) Token() (json.Token, error) {
	t.skip()
	if len(t.rest) == 0 {
		return nil, io.EOF
	}
	switch c := t.rest[0]; c {
	case '{', '}', '[', ']':
		t.rest = t.rest[1:]
		return json.Delim(c), nil
	case '"':
		return t.text()
	case 't':
		t.take(len("true"))
		return true, nil
	case 'f':
		t.take(len("false"))
		return false, nil
	case 'n':
		t.take(len("null"))
		return nil, nil
	}
	n := strings.IndexAny(t.rest, " \t\r\n,:]}")
	if n < 0 {
		n = len(t.rest)
	}
	return json.Number(t.take(n)), nil
}

func (t *validTokens) take(n int) string {
	taken := t.rest[:n]
	t.rest = t.rest[n:]
	return taken
}

// text reads a string. What is escaped, or not ASCII, is left to the decoder.
func (t *validTokens) text() (json.Token, error) {
	plain := true
	n := 1
	for ; t.rest[n] != '"'; n++ {
		if t.rest[n] == '\\' {
			n++
			plain = false
		}
		plain = plain && t.rest[n] < 0x80
	}
	whole := t.rest[:n+1]
	t.rest = t.rest[n+1:]
	if plain {
		return whole[1:n], nil
	}
	var s string
	err := json.Unmarshal([]byte(whole), &s)
	return s, err
}
