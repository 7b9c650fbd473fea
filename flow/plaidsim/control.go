package plaidsim

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// pathControl is where tests of other people's apps drive the simulator. Plaid
// has nothing of the kind. The README documents it with curl.
const pathControl = "/sim/"

// control is one control call; what it returns is sent as JSON, nil if it has
// answered by itself.
type control func(s *Sim, w http.ResponseWriter, r *http.Request) (any, *plaidError)

// controls are the control calls by path and method; {id} is a link_session_id,
// or the number of a fault or a webhook.
var controls = map[string]map[string]control{
	"/sim/faults":                {http.MethodGet: (*Sim).controlFaults, http.MethodPost: (*Sim).controlFail, http.MethodDelete: (*Sim).controlHeal},
	"/sim/faults/{id}":           {http.MethodDelete: (*Sim).controlHealOne},
	"/sim/reset":                 {http.MethodPost: (*Sim).controlReset},
	"/sim/sessions/{id}/reset":   {http.MethodPost: (*Sim).controlResetSession},
	"/sim/webhooks":              {http.MethodGet: (*Sim).controlWebhooks, http.MethodPost: (*Sim).controlMisdeliver, http.MethodDelete: (*Sim).controlDisarm},
	"/sim/webhooks/settle":       {http.MethodPost: (*Sim).controlSettle},
	"/sim/webhooks/{id}/resend":  {http.MethodPost: (*Sim).controlResend},
	"/sim/keys":                  {http.MethodGet: (*Sim).controlKeys},
	"/sim/keys/rotate":           {http.MethodPost: (*Sim).controlRotate},
	"/sim/clock":                 {http.MethodGet: (*Sim).controlClock, http.MethodPost: (*Sim).controlSetClock},
	"/sim/journal":               {http.MethodGet: (*Sim).controlJournal},
	"/sim/sessions":              {http.MethodGet: (*Sim).controlSessions},
	"/sim/sessions/{id}":         {http.MethodGet: (*Sim).controlSession},
	"/sim/sessions/{id}/journal": {http.MethodGet: (*Sim).controlSessionJournal},
}

// serveControl answers what is under /sim/. It is never spoiled by a fault, is
// not in the journal itself, and draws no id that an app's call would have had:
// to look on changes nothing.
func (s *Sim) serveControl(w http.ResponseWriter, r *http.Request) {
	route := controlRoute(r.URL.Path)
	methods := controls[route]
	call := methods[r.Method]
	if call == nil && r.Method == http.MethodHead {
		call = methods[http.MethodGet]
	}
	var answer any
	var e *plaidError
	switch {
	case methods == nil:
		e = notFound("no control call " + clip(r.URL.Path) + "; there are " + strings.Join(sortedKeys(controls), ", "))
	case call == nil:
		e = notFound(route + " takes " + strings.Join(sortedKeys(methods), " or ") + ", not " + clip(r.Method))
	default:
		answer, e = call(s, w, r)
	}
	switch {
	case e != nil:
		s.refuseControl(w, e)
	case answer != nil:
		s.answer(w, http.StatusOK, append(encode(answer), '\n')) // a newline, for terminals
	}
}

// controlRoute puts {id} in place of the id in a path.
func controlRoute(path string) string {
	if controls[path] != nil {
		return path
	}
	for _, under := range []string{"/sim/sessions/", "/sim/faults/", "/sim/webhooks/"} {
		if rest, ok := strings.CutPrefix(path, under); ok && rest != "" {
			_, verb, deeper := strings.Cut(rest, "/")
			if deeper {
				return under + "{id}/" + verb
			}
			return under + "{id}"
		}
	}
	return path
}

// idIn is the id in a path that controlRoute has recognised.
func idIn(r *http.Request) string {
	parts := strings.Split(r.URL.Path, "/")
	return parts[3] // "", sim, sessions, id
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// refuseControl is refuse without drawing from the ids of the simulation.
func (s *Sim) refuseControl(w http.ResponseWriter, e *plaidError) {
	e.sign(s.strayID(strayControl))
	s.answer(w, e.status, append(encode(e), '\n'))
}

// controlBody reads a JSON object whose fields are known. Any Content-Type will
// do, so that curl -d needs no header: web pages are kept out by their Origin.
func controlBody(w http.ResponseWriter, r *http.Request, into any, example string) *plaidError {
	hint := "; " + r.URL.Path + " takes for example " + example
	if e := plainBody(r); e != nil {
		return e
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if err != nil {
		var big *http.MaxBytesError
		if errors.As(err, &big) {
			e := invalidRequest("INVALID_BODY", "body is larger than 1 MiB")
			e.closeSocket = true
			return e
		}
		return invalidRequest("INVALID_BODY", "body could not be read")
	}
	for _, check := range []func([]byte) *plaidError{soundBody, once} {
		if e := check(body); e != nil {
			e.Message += hint
			return e
		}
	}
	d := json.NewDecoder(bytes.NewReader(body))
	d.DisallowUnknownFields()
	err = d.Decode(into)
	var mistyped *json.UnmarshalTypeError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &mistyped):
		return invalidField(wrongType(mistyped) + hint)
	default: // json: unknown field "x"
		return invalidRequest("UNKNOWN_FIELDS", clip(strings.TrimPrefix(err.Error(), "json: "))+hint)
	}
}

// query reads the parameters behind the question mark, and refuses those that
// are not known.
func query(r *http.Request, known ...string) (url.Values, *plaidError) {
	values, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return nil, invalidField("the query could not be read; write it as ?" + known[0] + "=…")
	}
	for _, name := range sortedKeys(values) {
		if !slices.Contains(known, name) {
			return nil, invalidRequest("UNKNOWN_FIELDS", "the query has "+clip(name)+"; "+clip(r.URL.Path)+" knows "+strings.Join(known, ", "))
		}
	}
	return values, nil
}

// number reads a parameter that is a whole number; 0 if it is not there.
func number(values url.Values, name string) (uint64, *plaidError) {
	text := values.Get(name)
	if text == "" {
		return 0, nil
	}
	n, err := strconv.ParseUint(text, 10, 63)
	if err != nil {
		return 0, invalidField(name + " must be a whole number such as 17, not " + clip(text))
	}
	return n, nil
}
