package plaidsim

import (
	"net/http"
	"strings"
)

// Fault makes the simulator misbehave for the next few calls of one kind.
type Fault struct {
	// On says which calls: a path such as "/session/token/create", a verb of a
	// Link session such as "/link/session/submit", or the name of the effect
	// that makes the call, such as "CreateSessionToken". Empty is any call of
	// the API or of a Link session.
	On string
	// Calls is how many calls it spoils; 0 is one, negative is all from now on.
	Calls int

	// NoAnswer lets the call hang until its caller gives up.
	NoAnswer bool
	// Garbage answers something that is not Plaid's: HTML, as a proxy would,
	// with Status or 200.
	Garbage bool
	// Swallow answers a Link session's verb as if nothing had been asked: no
	// event follows. Live Link has been seen to do so with a submit that comes
	// straight after create.
	Swallow bool

	// Otherwise it is an error of Plaid's. What is left out is filled in from
	// the status: 429, 500, 503, and INVALID_REQUEST for any other.
	Status                       int
	ErrorType, ErrorCode         string
	ErrorMessage, DisplayMessage string
}

// effectCalls are the calls behind the effects of package flow.
var effectCalls = map[string][]string{
	"CreateSessionToken":    {pathTokenCreate},
	"GetUserAccountSession": {pathSessionGet},
	"GetAccounts":           {pathAccountsGet},
	"CreateHandler":         {pathLinkSession},
	"SubmitHandler":         {pathLinkSession + "/submit"},
	"OpenHandler":           {pathLinkSession + "/open"},
	"DriveLink":             {pathLinkSession + "/continue", pathLinkSession + "/code", pathLinkSession + "/share", pathLinkSession + "/close"},
	"ExitHandler":           {pathLinkSession + "/exit"},
}

// Fail arms a fault. Of several that fit a call, the one armed first acts.
func (s *Sim) Fail(f Fault) {
	if f.Calls == 0 {
		f.Calls = 1
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = append(s.faults, f)
	s.faulty.Store(true)
}

// Heal takes back every fault.
func (s *Sim) Heal() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = nil
	s.faulty.Store(false)
}

// routeOf is the path without the key of a Link session; "" for what is
// neither API nor Link session.
func routeOf(path string) string {
	if path == pathLinkSession || endpoints[path] != nil {
		return path
	}
	if rest, ok := strings.CutPrefix(path, pathLinkSession+"/"); ok {
		_, verb, _ := strings.Cut(rest, "/")
		return pathLinkSession + "/" + verb
	}
	return ""
}

func (f Fault) fits(route string) bool {
	if f.On == "" || f.On == route {
		return true
	}
	for _, r := range effectCalls[f.On] {
		if r == route {
			return true
		}
	}
	return false
}

// takeFault finds the fault for a call and uses it up.
func (s *Sim) takeFault(route string) (Fault, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i, f := range s.faults {
		if !f.fits(route) {
			continue
		}
		if s.faults[i].Calls--; s.faults[i].Calls == 0 {
			s.faults = append(s.faults[:i:i], s.faults[i+1:]...)
			s.faulty.Store(len(s.faults) > 0)
		}
		return f, true
	}
	return Fault{}, false
}

// fail reports whether a fault answered the request.
func (s *Sim) fail(w http.ResponseWriter, r *http.Request) bool {
	route := routeOf(r.URL.Path)
	if route == "" {
		return false
	}
	f, ok := s.takeFault(route)
	switch {
	case !ok:
		return false
	case f.NoAnswer:
		<-r.Context().Done()
	case f.Garbage:
		w.Header().Set("Content-Type", "text/html")
		w.WriteHeader(max(f.Status, http.StatusOK))
		_, _ = w.Write([]byte("<html><body><h1>Bad Gateway</h1></body></html>"))
	case f.Swallow && strings.HasPrefix(route, pathLinkSession+"/"):
		s.swallow(w, r)
	default:
		s.refuse(w, f.plaidError())
	}
	return true
}

// swallow answers with the session as it is.
func (s *Sim) swallow(w http.ResponseWriter, r *http.Request) {
	key, _, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, pathLinkSession+"/"), "/")
	s.mu.Lock()
	l := s.sessions[key]
	var body []byte
	if l != nil {
		body = encode(l.answer(s.cfg.Catalog))
	}
	s.mu.Unlock()
	if l == nil {
		s.refuse(w, notFound("no such Link session; it may have been forgotten"))
		return
	}
	s.answer(w, http.StatusOK, body)
}

// usualErrors are Plaid's errors by their status (Plaid docs: Errors).
var usualErrors = map[int]plaidError{
	http.StatusTooManyRequests:     {Type: "RATE_LIMIT_EXCEEDED", Code: "RATE_LIMIT", Message: "rate limit exceeded, please try again later"},
	http.StatusInternalServerError: {Type: "API_ERROR", Code: "INTERNAL_SERVER_ERROR", Message: "an unexpected error occurred"},
	http.StatusServiceUnavailable:  {Type: "API_ERROR", Code: "PLANNED_MAINTENANCE", Message: "the Plaid API is temporarily unavailable due to planned maintenance"},
}

func (f Fault) plaidError() *plaidError {
	e, ok := usualErrors[f.Status]
	if !ok {
		e = plaidError{Type: "INVALID_REQUEST", Code: "INVALID_FIELD", Message: "a fault was armed for this call"}
	}
	e.status = f.Status
	if e.status == 0 {
		e.status = http.StatusBadRequest
	}
	for _, set := range []struct {
		field *string
		to    string
	}{{&e.Type, f.ErrorType}, {&e.Code, f.ErrorCode}, {&e.Message, f.ErrorMessage}} {
		if set.to != "" {
			*set.field = set.to
		}
	}
	e.Display = opt(f.DisplayMessage)
	return &e
}
