package main

import (
	"slices"
	"strconv"
	"strings"

	"layersim/flow/plaidsim"
)

// faultPlaces are what LAYERSIM_FAIL can break, in the order of a walk.
var faultPlaces = []string{
	"/session/token/create", "/link/session", "/link/session/submit", "/link/session/open", "/link/session/continue", "/link/session/code",
	"/link/session/share", "/link/session/exit", "/user_account/session/get", "/accounts/get",
}

// parseFaults reads LAYERSIM_FAIL: what the simulated Plaid is to do wrong, so
// that failures can be tried and shown. It is a list of PLACE=HOW, or
// PLACE=HOW*N for N calls instead of one.
func parseFaults(text string) ([]plaidsim.Fault, error) {
	var faults []plaidsim.Fault
	for _, part := range strings.FieldsFunc(text, func(r rune) bool { return r == ',' || r == ' ' }) {
		place, how, _ := strings.Cut(part, "=")
		how, count, counted := strings.Cut(how, "*")
		fault := plaidsim.Fault{On: place, Calls: 1}
		if !slices.Contains(faultPlaces, place) {
			return nil, usagef("LAYERSIM_FAIL: %q is no place that can fail; write one of %s", place, strings.Join(faultPlaces, ", "))
		}
		if counted {
			n, err := strconv.Atoi(count)
			if err != nil || n < 1 {
				return nil, usagef("LAYERSIM_FAIL: in %q the number of calls must be 1 or more, as in %s=500*3", part, place)
			}
			fault.Calls = n
		}
		switch how {
		case "400", "429", "500", "503":
			fault.Status, _ = strconv.Atoi(how)
		case "none":
			fault.NoAnswer = true
		case "garbage":
			fault.Garbage = true
		case "drop":
			fault.Drop = true
		case "truncate":
			fault.Truncate = true
		case "swallow":
			fault.Swallow = true
		default:
			return nil, usagef("LAYERSIM_FAIL: %q does not say how; write %s=400, 429, 500, 503, none, garbage, drop, truncate or swallow", part, place)
		}
		faults = append(faults, fault)
	}
	return faults, nil
}
