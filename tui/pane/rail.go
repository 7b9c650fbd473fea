package pane

import (
	"fmt"
	"slices"
	"strings"

	"layersim/flow"
	"layersim/tui/theme"
)

// step is one station of the rail.
type step struct {
	phase       flow.Phase
	name, short string
}

var steps = []step{
	{flow.PhaseToken, "Token", "Token"},
	{flow.PhaseHandler, "Handler", "Handler"},
	{flow.PhasePhone, "Phone number", "Phone"},
	{flow.PhaseEligibility, "Eligibility", "Eligible?"},
	{flow.PhaseDateOfBirth, "Date of birth", "Birth date"},
	{flow.PhaseAutofill, "Autofill", "Autofill"},
	{flow.PhaseReady, "Ready", "Ready"},
	{flow.PhaseLink, "Link", "Link"},
	{flow.PhaseSession, "Session", "Session"},
	{flow.PhaseOnboarded, "Onboarded", "Onboarded"},
}

// railOf returns the steps of this walk, the index of the one it stands at,
// and the word for an end that is off the rail. The two steps of Extended
// Autofill are there only when the walk took them.
func railOf(s flow.State) (list []step, here int, end string) {
	at := s.Phase
	autofill := s.SubmittedDOB
	switch s.Phase {
	case flow.PhaseDateOfBirth, flow.PhaseAutofill:
		autofill = true
	case flow.PhaseFallback:
		at, end = whereFellBack(s), "Own form"
	case flow.PhaseExited:
		at, end = whereExited(s), "Left Link"
	case flow.PhaseFailed:
		at, end = s.FailedIn, "Failed"
	default: // on the rail
	}
	autofill = autofill || at == flow.PhaseDateOfBirth || at == flow.PhaseAutofill
	for _, st := range steps {
		if !autofill && (st.phase == flow.PhaseDateOfBirth || st.phase == flow.PhaseAutofill) {
			continue
		}
		list = append(list, st)
	}
	here = max(slices.IndexFunc(list, func(st step) bool { return st.phase == at }), 0)
	if s.Phase == flow.PhaseFallback || s.Phase == flow.PhaseExited {
		list = list[:here+1] // what would have followed will not
	}
	return list, here, end
}

// whereFellBack returns the phase in which the walk turned to the app's own
// form.
func whereFellBack(s flow.State) flow.Phase {
	switch {
	case !s.PublicToken.IsZero(): // the server rejected what it read
		return flow.PhaseSession
	case s.SubmittedDOB:
		return flow.PhaseAutofill
	case s.Silent:
		return flow.PhaseEligibility
	case s.Config.Client.Autofill:
		return flow.PhaseDateOfBirth
	}
	return flow.PhaseEligibility
}

func whereExited(s flow.State) flow.Phase {
	switch {
	case s.Opened:
		return flow.PhaseLink
	case !s.HandlerLoaded:
		return flow.PhaseHandler
	}
	return flow.PhasePhone
}

// Rail draws the steps of the walk: ✓ done, ! done with a no for an answer,
// ● here, ○ to come, ✗ where it broke off, and the end in its own word. Where
// the steps do not fit on a line, it draws a bar and says the step in words. A
// second line, if the frame has one, stays empty.
func Rail(f Frame, s flow.State) string {
	list, here, end := railOf(s)
	lines := make([]string, 0, 1)
	if line, ok := longRail(f, s, list, here, end); ok {
		lines = append(lines, line)
	} else {
		lines = append(lines, shortRail(f, s, list, here, end))
	}
	return fill(lines, f.Width, f.Height)
}

// signOf returns the sign and style of step i.
func signOf(st theme.Styles, s flow.State, list []step, i, here int) (string, theme.Style, theme.Style) {
	switch {
	case list[i].phase == flow.PhaseEligibility && i < here && i+1 < len(list) && list[i+1].phase == flow.PhaseDateOfBirth:
		return "!", st.Warn, st.Text // done, and the answer was no
	case i < here || s.Phase == flow.PhaseOnboarded:
		return "✓", st.Good, st.Text
	case i > here:
		return "○", st.Dim, st.Dim
	case s.Phase == flow.PhaseFallback, s.Phase == flow.PhaseExited, s.Phase == flow.PhaseFailed:
		return "✗", st.Bad, st.Strong
	}
	return "●", st.Accent, st.Accent
}

// longRail draws every step, as far apart as there is room; ok says whether
// there was.
func longRail(f Frame, s flow.State, list []step, here int, end string) (line string, ok bool) {
	const narrowest, widest = 3, 7
	names := func(short bool) []string {
		out := make([]string, len(list))
		for i, st := range list {
			out[i] = st.name
			if short {
				out[i] = st.short
			}
		}
		return out
	}
	tail := ""
	if end != "" {
		tail = "→ " + end
	}
	attempt := ""
	if s.Attempt > 1 {
		attempt = fmt.Sprintf("attempt %d", s.Attempt)
	}
	for _, short := range []bool{false, true} {
		labels := names(short)
		need := 0
		for _, l := range labels {
			need += 2 + width(l)
		}
		gaps := len(labels) - 1
		if tail != "" {
			need += width(tail)
			gaps++
		}
		if attempt != "" {
			need += 2 + len(attempt)
		}
		gap := widest
		if gaps > 0 {
			gap = min((f.Width-need)/gaps, widest)
		}
		if gap >= narrowest {
			return drawRail(f, s, list, labels, here, gap, tail, attempt), true
		}
	}
	return "", false
}

func drawRail(f Frame, s flow.State, list []step, labels []string, here, gap int, tail, attempt string) string {
	st := f.Styles
	r := newRow(f.Width)
	joint := func() {
		r.gap(1).put(st.Border, strings.Repeat("─", gap-2)).gap(1)
	}
	for i, label := range labels {
		if i > 0 {
			joint()
		}
		sign, signStyle, textStyle := signOf(st, s, list, i, here)
		r.put(signStyle, sign).gap(1).put(textStyle, label)
	}
	if tail != "" {
		joint()
		r.put(endStyle(st, s), tail)
	}
	if attempt != "" {
		r.gap(f.Width-r.used-len(attempt)).put(st.Dim, attempt)
	}
	return r.String()
}

func endStyle(st theme.Styles, s flow.State) theme.Style {
	if s.Phase == flow.PhaseFailed {
		return st.Bad
	}
	return st.Warn
}

// shortRail says where the walk is: "✓─✓─●─○─○─○─○─○  Step 3 of 8 · Phone number".
func shortRail(f Frame, s flow.State, list []step, here int, end string) string {
	st := f.Styles
	r := newRow(f.Width)
	total := len(list)
	if s.Phase == flow.PhaseFallback || s.Phase == flow.PhaseExited {
		total = 0 // the walk is over, so "of 8" would promise more
	}
	if f.Width >= 50 {
		for i := range list {
			if i > 0 {
				r.put(st.Border, "─")
			}
			sign, style, _ := signOf(st, s, list, i, here)
			r.put(style, sign)
		}
		r.gap(2)
	}
	name := list[here].name
	switch {
	case s.Phase == flow.PhaseExited && s.Opened: // where it was left is in the word
		r.put(endStyle(st, s), end)
	case end != "":
		r.put(endStyle(st, s), end).put(st.Dim, " · at "+name)
	case total > 0 && s.Phase == flow.PhaseOnboarded:
		r.put(st.Good, "✓ "+name)
	default:
		if f.Width < 50 {
			r.put(st.Accent, "● ")
		}
		r.put(st.Dim, fmt.Sprintf("Step %d of %d · ", here+1, total)).put(st.Accent, name)
	}
	if attempt := fmt.Sprintf("attempt %d", s.Attempt); s.Attempt > 1 && f.Width-r.used > len(attempt)+2 {
		r.gap(f.Width-r.used-len(attempt)).put(st.Dim, attempt)
	}
	return r.String()
}
