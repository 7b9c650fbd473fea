package main

import (
	"fmt"
	"strings"
)

// text words a comparison for people: one block for each difference.
func (r compared) text() string {
	var b strings.Builder
	with := "the same walk against the simulator"
	if r.Simulated != "" {
		with = r.Simulated
	}
	if r.Template != "" {
		with += ", template " + r.Template
	}
	b.WriteString(folded(fmt.Sprintf("%s compared with %s.", r.Live, with), "", ""))
	if len(r.Elsewhere) > 0 {
		b.WriteString(folded("It was not recorded at Plaid's own address: "+strings.Join(r.Elsewhere, ", ")+".", "", ""))
	}
	for _, n := range r.Notes {
		b.WriteString(folded(n, "· ", "  "))
	}
	attempt := 0
	for i, d := range r.Differences {
		b.WriteString("\n")
		if r.Compared.Attempts > 1 && d.Attempt != attempt {
			attempt = d.Attempt
			fmt.Fprintf(&b, "Attempt %d\n\n", attempt)
		}
		fmt.Fprintf(&b, "%d. %s · %s\n", i+1, d.Step, d.Topic)
		b.WriteString(folded(d.Where, "   ", "   "))
		if d.As != "" {
			b.WriteString(folded("if the phone number is that of "+d.As, "   ", "   "))
		}
		b.WriteString(folded(d.Live, "   live       ", "              "))
		b.WriteString(folded(d.Sim, "   simulator  ", "              "))
		if d.Settles != "" {
			b.WriteString(folded(d.Settles, "   this settles: ", "                 "))
		}
	}
	if r.Compared.Attempts == 0 {
		b.WriteString("\nNothing was compared.\n")
		return b.String()
	}
	fmt.Fprintf(&b, "\n%s. %s, %s and %s were compared.\n", found(len(r.Differences)),
		counted(r.Compared.Events, "event", "events"), counted(r.Compared.Calls, "call", "calls"), counted(r.Compared.Webhooks, "webhook", "webhooks"))
	return b.String()
}

func found(n int) string {
	if n == 0 {
		return "No difference"
	}
	return counted(n, "difference", "differences")
}
