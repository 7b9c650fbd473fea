package plaidsim

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"layersim/flow"
)

// Fault makes the simulator misbehave, for calls of one kind or for events of
// one name.
type Fault struct {
	// On says which calls: a path such as "/session/token/create", a verb of a
	// Link session such as "/link/session/submit", or the name of the effect
	// that makes the call, such as "CreateSessionToken". Empty is any call of
	// the API or of a Link session. Or it says which callbacks: the name of an
	// event such as "LAYER_READY", or "onEvent", "onSuccess", "onExit".
	On string
	// Nth is the first call, of those that fit, that it spoils; 0 is the next.
	Nth int
	// Calls is how many calls it spoils; 0 is one, or all if there is a Rate;
	// negative is all from now on.
	Calls int
	// Rate, above 0 and below 1, spoils that share of the calls, drawn from the
	// seed. 0 is every call.
	Rate float64

	// Latency is waited before anything else, in real time. A fault that is
	// nothing but Latency lets the call through afterwards.
	Latency time.Duration
	// NoAnswer lets the call hang until its caller gives up.
	NoAnswer bool
	// Drop closes the connection without an answer. Nothing was done.
	Drop bool
	// Garbage answers something that is not Plaid's: HTML, as a proxy would,
	// with Status or 200.
	Garbage bool
	// Truncate does what was asked, sends half of the answer and closes the
	// connection.
	Truncate bool
	// Swallow answers a Link session's verb as if nothing had been asked: no
	// event follows. Live Link has been seen to do so with a submit that comes
	// straight after create.
	Swallow bool

	// For callbacks, instead of all that: Lose never tells the app, Duplicate
	// tells it twice, Delay tells it so much later on the simulator's clock,
	// Hold tells it once the fault is healed.
	Lose, Duplicate, Hold bool
	Delay                 time.Duration

	// Otherwise it is an error of Plaid's. What is left out is filled in from
	// the status: 429, 500, 503, and INVALID_REQUEST for any other.
	Status                       int
	ErrorType, ErrorCode         string
	ErrorMessage, DisplayMessage string
}

// armed is a Fault that waits for its calls.
type armed struct {
	Fault
	id      int // 1 for the first that was ever armed
	seen    int // calls that fit so far
	left    int // calls to spoil yet; negative is all
	applied int
}

// effectCalls are the calls behind the effects of package flow.
var effectCalls = map[string][]string{
	"CreateSessionToken":    {pathTokenCreate},
	"GetUserAccountSession": {pathSessionGet},
	"GetAccounts":           {pathAccountsGet},
	"CreateHandler":         {pathLinkSession},
	"SubmitHandler":         {pathLinkSession + "/submit"},
	"OpenHandler":           {pathLinkSession + "/open"},
	"DriveLink": {pathLinkSession + "/continue", pathLinkSession + "/code", pathLinkSession + "/share", pathLinkSession + "/close", pathLinkSession + "/verified", pathLinkSession + "/add_bank",
		pathLinkSession + "/search", pathLinkSession + "/institution", pathLinkSession + "/credentials", pathLinkSession + "/mfa", pathLinkSession + "/accounts", pathLinkSession + "/back"},
	"ExitHandler": {pathLinkSession + "/exit"},
}

// Fail arms a fault and returns its id. Of several that fit a call, the one
// armed first acts.
func (s *Sim) Fail(f Fault) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.arm(f).id
}

// arm is Fail for those who hold the lock.
func (s *Sim) arm(f Fault) *armed {
	s.armedSoFar++
	a := &armed{Fault: f, id: s.armedSoFar, left: f.Calls}
	if a.left == 0 {
		a.left = 1
		if f.Rate > 0 {
			a.left = -1
		}
	}
	s.faults = append(s.faults, a)
	s.faulty.Store(true)
	s.remark("fault " + strconv.Itoa(a.id) + " is armed: " + a.String())
	return a
}

// Heal takes back every fault. Callbacks that were held back are let go.
func (s *Sim) Heal() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.faults) > 0 {
		s.remark("every fault is healed")
	}
	s.faults = nil
	s.faulty.Store(false)
}

// HealOne takes back the fault with this id, and reports whether there was one.
func (s *Sim) HealOne(id int) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	i := slices.IndexFunc(s.faults, func(a *armed) bool { return a.id == id })
	if i < 0 {
		return false
	}
	s.faults = slices.Delete(s.faults, i, i+1)
	s.faulty.Store(s.anyArmed())
	s.remark("fault " + strconv.Itoa(id) + " is healed")
	return true
}

// Idle returns the faults that are armed and have not acted, in the order in
// which they were armed.
func (s *Sim) Idle() []Fault {
	s.mu.Lock()
	defer s.mu.Unlock()
	var idle []Fault
	for _, a := range s.faults {
		if a.applied == 0 {
			idle = append(idle, a.Fault)
		}
	}
	return idle
}

// String says what the fault does, in a few words.
func (f Fault) String() string {
	var does []string
	add := func(is bool, what string) {
		if is {
			does = append(does, what)
		}
	}
	add(f.Latency > 0, "latency "+f.Latency.String())
	add(f.NoAnswer, "no answer")
	add(f.Drop, "drop")
	add(f.Garbage, "garbage")
	add(f.Truncate, "truncated answer")
	add(f.Swallow, "swallow")
	add(f.Lose, "lose")
	add(f.Duplicate, "duplicate")
	add(f.Hold, "hold")
	add(f.Delay > 0, "delay "+f.Delay.String())
	if len(does) == 0 || f.Status != 0 {
		e := f.plaidError()
		does = append(does, strconv.Itoa(e.status)+" "+flow.CleanLine(e.Code, 80))
	}
	on := flow.CleanLine(f.On, 80)
	if on == "" {
		on = "any call"
	}
	return on + ": " + strings.Join(does, ", ")
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

// takeFault finds the fault that acts now, among those that fit, and uses it
// up; the caller holds the lock.
func (s *Sim) takeFault(fits func(Fault) bool) (*armed, bool) {
	for _, a := range s.faults {
		if a.left == 0 || !fits(a.Fault) {
			continue
		}
		a.seen++
		if a.seen < a.Nth || a.Rate > 0 && s.chance(a) >= a.Rate {
			continue
		}
		a.applied++
		if a.left--; a.left == 0 { // it stays in the list, and what it holds back is held until it is healed
			s.faulty.Store(s.anyArmed())
		}
		return a, true
	}
	return nil, false
}

// anyArmed says whether any fault has work to do yet.
func (s *Sim) anyArmed() bool {
	return slices.ContainsFunc(s.faults, func(a *armed) bool { return a.left != 0 })
}

// chance is a number from 0 to 1 that belongs to the fault and the call,
// whatever else happens meanwhile.
func (s *Sim) chance(a *armed) float64 {
	var about uuid
	copy(about[:], "fault")
	return float64(s.ids.about(about, uint64(a.id)<<32|uint64(a.seen)).src.Uint64()>>11) / (1 << 53) //nolint:gosec // both count up from 1
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
