package plaidsim

import (
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"layersim/flow"
)

// faultJSON is a Fault as the control API reads and shows it. Durations are
// written as 2s or 1m30s.
type faultJSON struct {
	ID             int     `json:"id,omitempty"`
	On             string  `json:"on"`
	Nth            int     `json:"nth,omitempty"`
	Calls          int     `json:"calls,omitempty"`
	Rate           float64 `json:"rate,omitempty"`
	Latency        string  `json:"latency,omitempty"`
	NoAnswer       bool    `json:"no_answer,omitempty"`
	Drop           bool    `json:"drop,omitempty"`
	Garbage        bool    `json:"garbage,omitempty"`
	Truncate       bool    `json:"truncate,omitempty"`
	Swallow        bool    `json:"swallow,omitempty"`
	Lose           bool    `json:"lose,omitempty"`
	Duplicate      bool    `json:"duplicate,omitempty"`
	Hold           bool    `json:"hold,omitempty"`
	Delay          string  `json:"delay,omitempty"`
	Status         int     `json:"status,omitempty"`
	ErrorType      string  `json:"error_type,omitempty"`
	ErrorCode      string  `json:"error_code,omitempty"`
	ErrorMessage   string  `json:"error_message,omitempty"`
	DisplayMessage string  `json:"display_message,omitempty"`
	Applied        *int    `json:"applied,omitempty"` // how often it has acted
	Left           *int    `json:"left,omitempty"`    // how often it will yet; -1 is always
}

func shown(a *armed) faultJSON {
	duration := func(d time.Duration) string {
		if d == 0 {
			return ""
		}
		return d.String()
	}
	applied, left := a.applied, max(a.left, -1)
	return faultJSON{
		a.id, a.On, a.Nth, a.Calls, a.Rate, duration(a.Latency), a.NoAnswer, a.Drop, a.Garbage, a.Truncate, a.Swallow,
		a.Lose, a.Duplicate, a.Hold, duration(a.Delay), a.Status, flow.RedactStrictly(a.ErrorType), flow.RedactStrictly(a.ErrorCode), flow.RedactStrictly(a.ErrorMessage), flow.RedactStrictly(a.DisplayMessage), &applied, &left,
	}
}

const faultExample = `{"on":"/session/token/create","status":500,"calls":2} or {"on":"LAYER_READY","lose":true}`

// fault reads what is to be armed.
func (q faultJSON) fault() (Fault, *plaidError) {
	f := Fault{
		On: q.On, Nth: q.Nth, Calls: q.Calls, Rate: q.Rate, NoAnswer: q.NoAnswer, Drop: q.Drop, Garbage: q.Garbage, Truncate: q.Truncate,
		Swallow: q.Swallow, Lose: q.Lose, Duplicate: q.Duplicate, Hold: q.Hold, Status: q.Status,
		ErrorType: q.ErrorType, ErrorCode: q.ErrorCode, ErrorMessage: q.ErrorMessage, DisplayMessage: q.DisplayMessage,
	}
	for _, d := range []struct {
		name, text string
		into       *time.Duration
	}{{"latency", q.Latency, &f.Latency}, {"delay", q.Delay, &f.Delay}} {
		if d.text == "" {
			continue
		}
		v, err := time.ParseDuration(d.text)
		if err != nil || v <= 0 {
			return f, invalidField(d.name + " must be a duration such as 500ms or 2s, not " + clip(d.text))
		}
		*d.into = v
	}
	return f, f.check()
}

// Check says what does not fit together, nil if all does.
func (f Fault) Check() error {
	if e := f.check(); e != nil {
		return errors.New(e.Message)
	}
	return nil
}

// check says what does not fit together.
func (f Fault) check() *plaidError {
	ways, kept := 0, 0
	for _, way := range []bool{f.NoAnswer, f.Drop, f.Garbage, f.Truncate, f.Swallow} {
		if way {
			ways++
		}
	}
	for _, way := range []bool{f.Lose, f.Duplicate, f.Hold, f.Delay > 0} {
		if way {
			kept++
		}
	}
	isError := f.Status != 0 || f.ErrorCode != "" || f.ErrorType != ""
	switch {
	case f.onCallback() && !strings.HasPrefix(f.On, "on") && !slices.Contains(eventNames, f.On):
		return invalidField("Link has no event " + clip(f.On) + " here; there are " + strings.Join(eventNames, ", "))
	case !f.onCallback() && !f.knowsPlace():
		return invalidField("on " + clip(f.On) + " names nothing that can fail; write one of " + strings.Join(faultPlaces(), ", ") +
			", or the name of an event such as LAYER_READY, or onEvent, onSuccess, onExit")
	case f.onCallback() && kept != 1:
		return invalidField("a fault on " + clip(f.On) + " needs one of lose, duplicate, hold, delay; for example {\"on\":\"LAYER_READY\",\"lose\":true}")
	case f.onCallback() && (ways > 0 || isError || f.Latency > 0):
		return invalidField("a fault on " + clip(f.On) + " can only lose, duplicate, hold or delay it; the rest is for calls")
	case !f.onCallback() && kept > 0:
		return invalidField("lose, duplicate, hold and delay are for events; set on to the name of one, such as LAYER_READY")
	case ways > 1 || ways == 1 && isError && !f.Garbage:
		return invalidField("choose one of status, no_answer, drop, garbage, truncate and swallow")
	case !f.onCallback() && ways == 0 && !isError && f.Latency == 0:
		return missingFields("what goes wrong: status, latency, no_answer, drop, garbage, truncate or swallow, as in " + faultExample)
	case f.Swallow && !strings.HasPrefix(f.On, pathLinkSession+"/"):
		return invalidField("swallow is for a verb of a Link session, such as " + pathLinkSession + "/submit")
	case f.Status != 0 && (f.Status < 400 && !f.Garbage || f.Status < 200 || f.Status > 599):
		return invalidField("status must be from 400 to 599, with garbage from 200")
	case f.Rate < 0 || f.Rate >= 1:
		return invalidField("rate must be above 0 and below 1; leave it out for every call")
	case f.Nth < 0:
		return invalidField("nth must be 1 or more")
	}
	return nil
}

func (f Fault) knowsPlace() bool {
	if f.On == "" || f.On == pathLinkSession || endpoints[f.On] != nil || effectCalls[f.On] != nil {
		return true
	}
	verb, ok := strings.CutPrefix(f.On, pathLinkSession+"/")
	return ok && verbs[verb]
}

// faultPlaces are the paths that can fail.
func faultPlaces() []string {
	places := append(sortedKeys(endpoints), pathLinkSession)
	for _, verb := range sortedKeys(verbs) {
		places = append(places, pathLinkSession+"/"+verb)
	}
	return places
}

// controlFaults answers GET /sim/faults.
func (s *Sim) controlFaults(_ http.ResponseWriter, _ *http.Request) (any, *plaidError) {
	s.mu.Lock()
	defer s.mu.Unlock()
	list := make([]faultJSON, 0, len(s.faults))
	for _, a := range s.faults {
		list = append(list, shown(a))
	}
	return map[string]any{"faults": list}, nil
}

// maxFaults may be armed at once. Those that have done their work stay in the
// list, so that a test can see that they acted, until room is needed.
const maxFaults = 1000

// controlFail answers POST /sim/faults with the fault that is now armed.
func (s *Sim) controlFail(w http.ResponseWriter, r *http.Request) (any, *plaidError) {
	var q faultJSON
	if e := controlBody(w, r, &q, faultExample); e != nil {
		return nil, e
	}
	if q.ID != 0 || q.Applied != nil || q.Left != nil {
		return nil, invalidField("id, applied and left are ours to say; leave them out")
	}
	f, e := q.fault()
	if e != nil {
		return nil, e
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.faults) >= maxFaults {
		s.faults = slices.DeleteFunc(s.faults, func(a *armed) bool { return a.left == 0 && !a.Hold })
	}
	if len(s.faults) >= maxFaults {
		return nil, invalidField(strconv.Itoa(maxFaults) + " faults are armed already; DELETE /sim/faults heals them")
	}
	return shown(s.arm(f)), nil
}

// controlHeal answers DELETE /sim/faults.
func (s *Sim) controlHeal(w http.ResponseWriter, r *http.Request) (any, *plaidError) {
	s.Heal()
	return s.controlFaults(w, r)
}

// controlHealOne answers DELETE /sim/faults/{id}.
func (s *Sim) controlHealOne(w http.ResponseWriter, r *http.Request) (any, *plaidError) {
	id, err := strconv.Atoi(idIn(r))
	if err != nil || !s.HealOne(id) {
		return nil, notFound("no fault " + clip(idIn(r)) + " is armed; GET /sim/faults lists those that are")
	}
	return s.controlFaults(w, r)
}
