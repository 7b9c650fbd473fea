package main

import (
	"bytes"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"layersim/flow"
	"layersim/flow/journal"
	"layersim/flow/plaidsim"
	"layersim/flow/scenario"
)

// inABrowser is a recording of the same walk as it is made when Link is finished
// in a browser: without a word of what the user saw and did there.
func inABrowser(r journal.Recording) journal.Recording {
	var left []journal.Recorded
	var gone []int // calls that were not made then
	call := regexp.MustCompile(`"call":(\d+)`)
	numberOf := func(e journal.Recorded) int {
		number := 0
		if m := call.FindSubmatch(e.Event); m != nil {
			number, _ = strconv.Atoi(string(m[1]))
		}
		return number
	}
	for _, e := range r.Entries {
		if e.Kind == "LinkDriven" {
			gone = append(gone, numberOf(e))
		}
	}
	for _, e := range r.Entries {
		switch e.Kind {
		case "PaneShown", "LinkActed", "LinkDriven":
			continue
		}
		number := numberOf(e)
		before := 0
		for _, g := range gone {
			if g < number {
				before++
			}
		}
		e.Event = call.ReplaceAll(e.Event, []byte(`"call":`+strconv.Itoa(number-before)))
		e.Event = bytes.ReplaceAll(e.Event, []byte(`"surface":"terminal"`), []byte(`"surface":"browser"`))
		e.Seq = len(left) + 1
		left = append(left, e)
	}
	r.Entries = left
	return r
}

// A walk against Plaid itself becomes a scenario in front of the simulated one, as
// far as it goes; whether the recording has what the user did in Link or not.
func TestLiveRecordingsBecomeScenarios(t *testing.T) {
	toCode := []doing{token, handler, phone("+14155550011"), opens, presses(flow.LinkContinue)}
	toReview := slices.Concat(toCode, []doing{code("123456")})
	signsIn := func(password string) doing {
		return types(flow.LinkCredentials, map[string]string{"username": "user_good", "password": password})
	}
	for _, test := range []struct {
		name string
		walk func(d *distant) []doing
		want []string // steps, in this order
	}{
		{"shared", func(d *distant) []doing { return slices.Concat(toReview, []doing{d.share(1, nil)}) },
			[]string{"open", "continue", "code", "share", "expect event: onSuccess", "expect phase: onboarded"}},
		{"two banks, a new street", func(d *distant) []doing {
			return slices.Concat(toReview, []doing{d.share(2, map[string]string{"address.street": "2 New Street"})})
		}, []string{"code", "edit field: [address.street]", "choose accounts: ", "share", "expect edits: {address: {current: 1}}"}},
		{"wrong codes", func(*distant) []doing {
			return slices.Concat(toCode, []doing{code("111111"), code("222222"), code("333333")})
		},
			[]string{"code: wrong", "code: wrong", "code: wrong", "expect event: {name: onExit, error_code: PROFILE_AUTHENTICATION_FAILED}", "expect phase: exited"}},
		{"closed", func(*distant) []doing { return slices.Concat(toCode, []doing{presses(flow.LinkClose)}) },
			[]string{"continue", "close", "expect event: onExit", "expect phase: exited"}},
		{"the app exits", func(*distant) []doing { return slices.Concat(toCode, []doing{exits}) },
			[]string{"continue", "exit", "expect event: onExit"}},
		{"a date of birth", func(d *distant) []doing {
			return []doing{token, handler, phone("+15155550015"), birth("1975-01-18"), opens, presses(flow.LinkContinue), code("123456"), d.share(1, nil)}
		}, []string{"submit phone", "expect event: LAYER_NOT_AVAILABLE", "submit date of birth", "expect event: LAYER_READY", "share", "expect phase: onboarded"}},
		{"a wrong date of birth", func(*distant) []doing {
			return []doing{token, handler, phone("+15155550015"), birth("1980-01-01"), again, token, handler, phone("+15155550015"), declines}
		}, []string{"submit date of birth: wrong", "expect event: LAYER_AUTOFILL_NOT_AVAILABLE", "start over", "decline", "expect phase: fallback"}},
		{"a bank added", func(d *distant) []doing {
			return slices.Concat(toReview, []doing{presses(flow.LinkAddBank), d.choose("password"), signsIn("wrong"), signsIn("pass_good"), d.connect, presses(flow.LinkContinue), d.share(1, nil)})
		}, []string{"add bank", "institution: ", "sign in: ", "sign in: ", "continue", "continue", "share", "expect phase: onboarded"}},
	} {
		for _, browser := range []bool{false, true} {
			name := test.name + map[bool]string{true: ", in a browser"}[browser]
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				d := newDistant(t, "default", plaidsim.Documented, nil)
				d.do(test.walk(d)...)
				file, err := os.ReadFile(d.file())
				if err != nil {
					t.Fatal(err)
				}
				r, err := journal.ReadRecording(bytes.NewReader(file), "live.jsonl")
				if err != nil {
					t.Fatal(err)
				}
				if browser {
					r = inABrowser(r)
				}
				catalog := d.app.plan.catalog
				made, left, err := scenario.FromRecording(r, catalog)
				if err != nil {
					t.Fatal(err)
				}
				made = fitted(t, made, catalog)
				if !strings.Contains(strings.Join(left, " "), "ran against Plaid itself") {
					t.Errorf("it is not said that this was live: %q", left)
				}
				steps := made.Steps
				for _, want := range test.want {
					for len(steps) > 0 && !strings.HasPrefix(steps[0].String(), want) {
						steps = steps[1:]
					}
					if len(steps) == 0 {
						t.Fatalf("no step %q in its place:\n%s", want, made.YAML())
					}
					steps = steps[1:]
				}
			})
		}
	}
}
