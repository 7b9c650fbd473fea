package scenario

import (
	"slices"
	"strings"
	"time"

	"layersim/fixtures/document"
)

// faultMembers are the fields of a fault, with the names of POST /sim/faults.
var faultMembers = func() []member[Fault] {
	line := text[string](document.Line)
	errorWord := text[string](document.Rule{Expected: `a name such as "API_ERROR"`, Filled: true, Check: func(s string) string {
		if !isErrorCode(s) {
			return "is not the name of an error"
		}
		return ""
	}})
	return []member[Fault]{
		of("on", oneOf[string]("a place where a fault can be", faultPlaces()), func(f *Fault) *string { return &f.On }),
		of("nth", number(1, 1000), func(f *Fault) *int { return &f.Nth }),
		of("calls", number(-1, 1000), func(f *Fault) *int { return &f.Calls }),
		of("latency", duration, func(f *Fault) *time.Duration { return &f.Latency }),
		of("delay", duration, func(f *Fault) *time.Duration { return &f.Delay }),
		of("no_answer", yes, func(f *Fault) *bool { return &f.NoAnswer }),
		of("drop", yes, func(f *Fault) *bool { return &f.Drop }),
		of("garbage", yes, func(f *Fault) *bool { return &f.Garbage }),
		of("truncate", yes, func(f *Fault) *bool { return &f.Truncate }),
		of("swallow", yes, func(f *Fault) *bool { return &f.Swallow }),
		of("lose", yes, func(f *Fault) *bool { return &f.Lose }),
		of("duplicate", yes, func(f *Fault) *bool { return &f.Duplicate }),
		of("hold", yes, func(f *Fault) *bool { return &f.Hold }),
		of("status", status, func(f *Fault) *int { return &f.Status }),
		of("error_type", errorWord, func(f *Fault) *string { return &f.ErrorType }),
		of("error_code", errorWord, func(f *Fault) *string { return &f.ErrorCode }),
		of("error_message", line, func(f *Fault) *string { return &f.ErrorMessage }),
		of("display_message", line, func(f *Fault) *string { return &f.DisplayMessage }),
	}
}()

var fault = codec[Fault]{
	read: (*reader).fault,
	write: func(f Fault) (value, bool) {
		v := value{group: []pair{}}
		for _, m := range faultMembers {
			if of, some := m.write(f); some {
				v.group = append(v.group, pair{m.name, of})
			}
		}
		return v, true
	},
}

const faultExample = "expected one such as {on: /session/token/create, status: 500} or {on: LAYER_READY, lose: true}"

func (r *reader) fault(node document.Node, path string) Fault {
	var f Fault
	if _, ok := document.Entries(node, path); !ok {
		r.Fault(document.SpotOf(node, path), "is %s; %s", document.Describe(node), faultExample)
		return f
	}
	var names []string
	for _, m := range faultMembers {
		names = append(names, m.name)
	}
	before := len(*r.Mistakes)
	o := r.Object(node, path, names...)
	for _, m := range faultMembers {
		if field := o.Get(m.name); field != nil {
			m.read(r, field, document.JoinPath(path, m.name), &f)
		}
	}
	if len(*r.Mistakes) > before {
		return f // what fits together depends on what they are
	}
	if problem := f.problem(); problem != "" {
		r.Fault(o.At, "%s", problem)
	}
	return f
}

// problem says what does not fit together, "" if all does; the simulated Plaid
// refuses the same.
func (f Fault) problem() string {
	onCallback := strings.HasPrefix(f.On, "on") || slices.Contains(events, f.On)
	ways, kept := 0, 0
	for _, way := range []bool{f.NoAnswer, f.Drop, f.Garbage, f.Truncate, f.Swallow} {
		ways += map[bool]int{true: 1}[way]
	}
	for _, way := range []bool{f.Lose, f.Duplicate, f.Hold, f.Delay > 0} {
		kept += map[bool]int{true: 1}[way]
	}
	isError := f.Status != 0 || f.ErrorCode != "" || f.ErrorType != ""
	switch {
	case onCallback && kept != 1:
		return "is a fault on an event; expected one of lose, duplicate, hold and delay"
	case onCallback && (ways > 0 || isError || f.Latency > 0):
		return "is a fault on an event, which can only be lost, come twice, be held or be delayed; expected nothing else"
	case !onCallback && kept > 0:
		return "is a fault on a call; expected lose, duplicate, hold and delay on an event only, such as on: LAYER_READY"
	case ways > 1 || ways == 1 && isError && !f.Garbage:
		return "does several things at once; expected one of status, no_answer, drop, garbage, truncate and swallow"
	case !onCallback && ways == 0 && !isError && f.Latency == 0:
		return "does not say what goes wrong; expected status, latency, no_answer, drop, garbage, truncate or swallow"
	case f.Swallow && !strings.HasPrefix(f.On, linkSession+"/"):
		return "swallows a call; expected that on a verb of a Link session, such as " + linkSession + "/submit"
	case f.Status != 0 && (f.Status < 400 && !f.Garbage || f.Status < 200):
		return "has a status that is no error; expected one from 400 to 599, with garbage from 200"
	}
	return ""
}
