package flow

import (
	"fmt"
	"slices"
	"strings"
)

// What the walk does when the app makes a mistake on purpose: the calls that
// such an app would make. What follows is left to Link and Plaid.

// doWrong commits a mistake, if it can be committed now.
func (st *stepper) doWrong(e DoWrong) {
	w, ok := e.Wrong.Wrong()
	if !ok {
		st.refuse("There is no mistake named %q to commit.", CleanLine(string(e.Wrong), 40))
		return
	}
	if why := w.Obstacle(st.old); why != "" {
		st.refuse("%s cannot be done wrong now: %s.", capital(w.Title), why)
		return
	}
	st.next.Mistake = Mistake{Wrong: w.ID, since: e.At}
	w.commit(st, e)
}

// arm lets the mistake wait for its moment.
func (st *stepper) arm(format string, args ...any) {
	st.next.Mistake.Armed = true
	st.note(format, args...)
}

// wrongly makes a call of the mistake's: its answer is part of what comes of
// the mistake and leads the walk nowhere.
func (st *stepper) wrongly(question func(Call) Question) {
	call := st.ask(question)
	st.next.Mistake.calls = append(st.next.Mistake.calls, call)
	st.next.strayCalls = append(st.next.strayCalls, call)
}

// cameOfCall says what has come of a mistake's call, unless the walk has left
// that mistake behind.
func (st *stepper) cameOfCall(id CallID, format string, args ...any) {
	if st.old.Mistake.madeWrongly(id) {
		st.cameOf(format, args...)
	}
}

// cameOf says what has come of the mistake.
func (st *stepper) cameOf(format string, args ...any) {
	st.next.Mistake.Outcome = fmt.Sprintf(format, args...)
	st.next.Mistake.Armed = false
}

func countOf(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

func capital(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}

// madeWrongly reports whether a call was made by the mistake.
func (m Mistake) madeWrongly(id CallID) bool { return slices.Contains(m.calls, id) }
