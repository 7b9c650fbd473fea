package plaidsim

import (
	"slices"
	"time"

	"layersim/fixtures"
	"layersim/flow"
)

// edit is one change of one top-level field: a new street and a new city
// shared together are one edit of the address.
type edit struct {
	field fixtures.Field
	at    time.Time
}

// history is the edits of one person. Beyond maxEdits the oldest are only
// counted, so that a simulator that runs for days stays small.
type history struct {
	edits   []edit
	earlier map[fixtures.Field]int
}

const maxEdits = 1000

func (h *history) add(fields []fixtures.Field, at time.Time) {
	for _, f := range fields {
		h.edits = append(h.edits, edit{f, at})
	}
	for len(h.edits) > maxEdits {
		if h.earlier == nil {
			h.earlier = map[fixtures.Field]int{}
		}
		h.earlier[h.edits[0].field]++
		h.edits = h.edits[1:]
	}
}

// take undoes an add.
func (h *history) take(fields []fixtures.Field, at time.Time) {
	for _, f := range fields {
		if i := slices.Index(h.edits, edit{f, at}); i >= 0 {
			h.edits = slices.Delete(h.edits, i, i+1)
		}
	}
}

// windows of edits_1d, edits_30d and edits_365d.
const (
	day   = 24 * time.Hour
	month = 30 * day
	year  = 365 * day
)

// counts counts the edits of each field in windows back from now. Windows are
// cumulative, as in Plaid's samples; an edit exactly one window old still
// counts (UNCONFIRMED). The fields in current were edited in the session that
// is asked about.
func (h *history) counts(current []fixtures.Field, now time.Time) flow.EditHistory {
	byField := map[fixtures.Field]*flow.EditCounts{}
	var result flow.EditHistory
	byField[fixtures.FieldName] = &result.Name
	byField[fixtures.FieldAddress] = &result.Address
	byField[fixtures.FieldEmail] = &result.Email
	byField[fixtures.FieldDateOfBirth] = &result.DateOfBirth
	byField[fixtures.FieldSSN] = &result.SSN

	for _, f := range current {
		byField[f].Current++
	}
	if h == nil {
		return result
	}
	for f, n := range h.earlier {
		byField[f].AllTime += n
	}
	for _, e := range h.edits {
		c, age := byField[e.field], now.Sub(e.at)
		c.AllTime++
		if age < 0 {
			continue // the clock was set back since; no window reaches there
		}
		if age <= year {
			c.Year++
		}
		if age <= month {
			c.Month++
		}
		if age <= day {
			c.Day++
		}
	}
	return result
}
