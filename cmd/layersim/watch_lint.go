package main

import (
	"encoding/json"
	"time"

	"layersim/flow/lint"
	"layersim/flow/plaidsim"
)

// appLinter looks for mistakes in what an app does with the simulator, as
// 'layersim lint' would in its journal.
type appLinter struct {
	recording *lint.Recording
	linter    *lint.Linter
}

func newAppLinter() *appLinter {
	return &appLinter{lint.NewRecording(), lint.New(lint.InRecording)}
}

// take looks at new records and returns the mistakes that they make certain.
// What was forgotten before them may have said anything: nothing is expected of
// what was known before.
func (a *appLinter) take(records []plaidsim.Record, forgotten uint64, now time.Time) []lint.Finding {
	var found []lint.Finding
	if forgotten > 0 {
		a.linter = a.linter.Anew(true)
	}
	for i := range records {
		r := &records[i]
		if r.Reset && r.Session == "" {
			found = nil
			a.linter.Add(lint.Observation{Seq: r.Seq, At: r.At, What: lint.Reset{}})
			a.linter = a.linter.Anew(false)
			continue
		}
		line, err := json.Marshal(r)
		if err != nil {
			continue
		}
		observations, err := a.recording.Read(line)
		if err != nil {
			continue
		}
		for _, o := range observations {
			found = append(found, a.linter.Add(o)...)
		}
	}
	return append(found, a.linter.Until(now)...)
}

// overdue reports whether it is time to look at what has not followed.
func (a *appLinter) overdue(now time.Time) bool { return a.linter.Overdue(now) }

// letGo is how many sessions were too many to be remembered.
func (a *appLinter) letGo() int { return a.recording.LetGo() }

// checks says how every rule stands.
func (a *appLinter) checks() []lint.Check { return a.linter.Checks(^uint64(0)) }
