package plaidsim

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"slices"
	"strings"
	"sync"
)

// maxBody is the most a request may carry.
const maxBody = 1 << 20

var buffers = sync.Pool{New: func() any { return new(bytes.Buffer) }}

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
			return invalidRequest("INVALID_BODY", "body could not be parsed as JSON: the Content-Type must be application/json")
		}
	}
	b := buffers.Get().(*bytes.Buffer)
	b.Reset()
	defer func() {
		if b.Cap() <= 64<<10 {
			buffers.Put(b)
		}
	}()
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

// decode reads a body into a request. fields names what the endpoint knows,
// "user.client_user_id" for what is nested; it is looked at only to name what
// is unknown. Without fields anything unknown is passed over.
func decode(body []byte, into any, fields ...string) *plaidError {
	d := json.NewDecoder(bytes.NewReader(body))
	if len(fields) > 0 {
		d.DisallowUnknownFields()
	}
	err := d.Decode(into)
	if err == nil {
		if _, err := d.Token(); err != io.EOF {
			return invalidBody()
		}
		if !isObject(body) { // null decodes into anything
			return invalidBody()
		}
		return nil
	}
	var mistyped *json.UnmarshalTypeError
	switch {
	case !json.Valid(body):
		return invalidBody()
	case errors.As(err, &mistyped):
		if mistyped.Field == "" {
			return invalidBody()
		}
		field := strings.TrimPrefix(mistyped.Field, "credentials.") // encoding/json names embedded structs
		return invalidField(field + " must be " + article(mistyped.Type.Kind().String()))
	}
	if unknown := unknownIn(body, "", fields); len(unknown) > 0 {
		return unknownFields(unknown...)
	}
	return invalidBody()
}

func invalidBody() *plaidError {
	return invalidRequest("INVALID_BODY", "body could not be parsed as JSON")
}

func isObject(body []byte) bool {
	body = bytes.TrimLeft(body, " \t\r\n")
	return len(body) > 0 && body[0] == '{'
}

// article says what a Go kind is called in JSON.
func article(kind string) string {
	switch kind {
	case "string":
		return "a string"
	case "slice":
		return "an array"
	case "struct", "map":
		return "an object"
	case "bool":
		return "a boolean"
	}
	return "a number"
}

// unknownIn lists the keys of an object that are not known, in order.
func unknownIn(body []byte, prefix string, known []string) []string {
	var object map[string]json.RawMessage
	if json.Unmarshal(body, &object) != nil {
		return nil
	}
	var unknown []string
	for key, value := range object {
		name := prefix + key
		switch {
		case slices.ContainsFunc(known, func(k string) bool { return strings.HasPrefix(k, name+".") }):
			unknown = append(unknown, unknownIn(value, name+".", known)...)
		case !slices.Contains(known, name):
			unknown = append(unknown, clip(name))
		}
	}
	slices.Sort(unknown)
	return unknown
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

// request is the body of an API call.
type request interface {
	get() *credentials
	// missing lists the required fields that are not there.
	missing() []string
}

// admit decodes an API call into a request and checks who makes it.
func (s *Sim) admit(c *call, into request, fields ...string) *plaidError {
	if e := decode(c.body, into, append(fields, "client_id", "secret")...); e != nil {
		return e
	}
	who := into.get()
	who.fill(c.r.Header)
	c.client = who.ClientID
	var missing []string
	if who.ClientID == "" {
		missing = append(missing, "client_id")
	}
	if who.Secret == "" {
		missing = append(missing, "secret")
	}
	if missing = append(missing, into.missing()...); len(missing) > 0 {
		return missingFields(missing...)
	}
	if s.cfg.Credentials != nil && !s.cfg.Credentials(who.ClientID, who.Secret) {
		return invalidInput("INVALID_API_KEYS", "invalid client_id or secret provided")
	}
	return nil
}
