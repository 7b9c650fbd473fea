package plaidsim

import (
	"bytes"
	"encoding/json"
	"errors"
	"mime"
	"net/http"
	"slices"
	"strings"
	"sync"
)

// maxBody is the most a request may carry.
const maxBody = 1 << 20

var buffers = sync.Pool{New: func() any { return new(bytes.Buffer) }}

// giveBack returns a buffer to buffers, unless it is large.
func giveBack(b *bytes.Buffer) {
	if b.Cap() <= 64<<10 {
		buffers.Put(b)
	}
}

// readBody checks method and content type and hands the body to use, which
// must not keep it.
func readBody(w http.ResponseWriter, r *http.Request, use func([]byte) *plaidError) *plaidError {
	if r.Method != http.MethodPost {
		// UNCONFIRMED: what Plaid answers to another method.
		return notFound("use POST for " + clip(r.URL.Path) + ", not " + clip(r.Method))
	}
	switch kind := r.Header.Get("Content-Type"); kind {
	case "application/json": // by far the most
	case "":
		return invalidRequest("INVALID_HEADERS", "the Content-Type header is missing: it must be application/json")
	default:
		// The documentation lists another type as a cause of INVALID_BODY.
		if m, _, err := mime.ParseMediaType(kind); err != nil || m != "application/json" {
			return invalidBody("the Content-Type must be application/json")
		}
	}
	if e := plainBody(r); e != nil {
		return e
	}
	b := buffers.Get().(*bytes.Buffer)
	b.Reset()
	defer giveBack(b)
	if _, err := b.ReadFrom(http.MaxBytesReader(w, r.Body, maxBody)); err != nil {
		var big *http.MaxBytesError
		if errors.As(err, &big) {
			e := invalidRequest("INVALID_BODY", "body is larger than 1 MiB")
			e.closeSocket = true
			return e
		}
		return invalidRequest("INVALID_BODY", "body could not be read")
	}
	return use(b.Bytes())
}

// decode reads a body that our own programs send; what they do not know of each
// other is passed over. API calls are read by readStrictly.
func decode(body []byte, into any) *plaidError {
	if e := soundBody(body); e != nil {
		return e
	}
	if e := once(body); e != nil {
		return e
	}
	err := json.Unmarshal(body, into)
	var mistyped *json.UnmarshalTypeError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &mistyped) && mistyped.Field != "":
		return invalidField(wrongType(mistyped))
	}
	return invalidBody("a value does not belong there")
}

func invalidBody(why string) *plaidError {
	return invalidRequest("INVALID_BODY", "body could not be parsed as JSON: "+why)
}

func isObject(body []byte) bool {
	body = bytes.TrimLeft(body, " \t\r\n")
	return len(body) > 0 && body[0] == '{'
}

const (
	aString  = "a string"
	aBoolean = "a boolean"
	aNumber  = "a number"
)

// article says what a Go kind is called in JSON.
func article(kind string) string {
	switch kind {
	case "string":
		return aString
	case "slice":
		return "an array"
	case "struct", "map":
		return "an object"
	case "bool":
		return aBoolean
	}
	return aNumber
}

// credentials are sent in the body or in headers (Plaid docs: API).
// UNCONFIRMED: which count when both are there and differ; here the body's.
type credentials struct {
	ClientID string `json:"client_id"`
	Secret   string `json:"secret"`
}

func (c *credentials) get() *credentials { return c }

// fill takes what the body left out from the headers.
func (c *credentials) fill(h http.Header) {
	if c.ClientID == "" {
		c.ClientID = h.Get("Plaid-Client-Id")
	}
	if c.Secret == "" {
		c.Secret = h.Get("Plaid-Secret")
	}
}

// request is the body of an API call. Its tags say what it may hold; one that
// has a method missing lists what else must be there.
type request interface {
	get() *credentials
}

// admit decodes an API call into a request and checks who makes it.
func (s *Sim) admit(c *call, into request) *plaidError {
	read, e := readStrictly(c.body, into)
	who := into.get()
	who.fill(c.r.Header)
	c.client = who.ClientID
	if e != nil {
		return e
	}
	if len(who.ClientID) > longestText {
		return invalidInput("INVALID_API_KEYS", "invalid client_id or secret provided")
	}
	var missing []string
	if who.ClientID == "" {
		missing = append(missing, "client_id")
	}
	if who.Secret == "" {
		missing = append(missing, "secret")
	}
	missing = append(missing, read.missing...)
	if more, ok := into.(interface{ missing() []string }); ok {
		missing = append(missing, more.missing()...)
	}
	if len(missing) > 0 {
		return missingFields(missing...)
	}
	if s.cfg.Credentials != nil && !s.cfg.Credentials(who.ClientID, who.Secret) {
		return invalidInput("INVALID_API_KEYS", "invalid client_id or secret provided")
	}
	if slices.Contains(s.cfg.NotEnabled, c.r.URL.Path) {
		return invalidInput("UNAUTHORIZED_ROUTE_ACCESS", "you are not authorized to access this route in this api environment.")
	}
	if len(read.passed) > 0 {
		c.notice("passed over, for the contract allows other names here: " + strings.Join(read.passed, ", "))
	}
	return nil
}
