package export

import (
	"fmt"
	"strings"
	"time"

	"layersim/flow"
	"layersim/flow/journal"
)

// Markdown returns the walk as a transcript that a colleague can read: what it
// was, the diagram, what happened step by step, the calls of the API, the
// webhooks and the result. Tables are GitHub's; there is no HTML in it.
func Markdown(w Walk) []byte {
	d := transcript{Walk: w, end: w.End()}
	d.header()
	d.diagram()
	d.steps()
	d.callbacks()
	d.calls()
	d.webhooks()
	d.result()
	d.mistakes()
	return []byte(strings.TrimRight(d.b.String(), "\n") + "\n")
}

// transcript is a document under way.
type transcript struct {
	Walk
	end flow.State
	b   strings.Builder
}

func (d *transcript) line(format string, args ...any) { fmt.Fprintf(&d.b, format+"\n", args...) }

// paragraph writes a paragraph, a heading or a block.
func (d *transcript) paragraph(format string, args ...any) { d.line(format+"\n", args...) }

func (d *transcript) header() {
	h := d.Recording.Header
	d.paragraph("# A walk through Plaid Layer: %s", strings.ReplaceAll(string(d.end.Phase), "-", " "))
	from, to := h.Started, h.Started
	if n := len(d.Recording.Entries); n > 0 {
		from, to = d.Recording.Entries[0].At, d.Recording.Entries[n-1].At
	}
	row := func(what, is string) {
		if is != "" {
			d.line("- **%s:** %s", what, is)
		}
	}
	when := h.Started.UTC().Format("2006-01-02 15:04:05 UTC")
	if lasted := to.Sub(from).Round(time.Second); lasted > 0 {
		when += ", for " + lasted.String()
	}
	row("When", when)
	row("Plaid", d.plaid())
	template := code(h.TemplateID)
	if h.Template != "" {
		template = code(h.Template) + " (" + template + ")"
	}
	row("Template", template)
	row("Platform", strings.TrimSpace(code(h.Platform)+" "+code(h.SDKVersion)))
	row("Persona", code(h.Persona))
	if d.end.Phase.IsEnd() {
		row("It ended", strings.TrimSpace(fmt.Sprintf("in the phase %s. %s", d.end.Phase, prose(d.end.EndReason))))
	} else {
		row("It stops", fmt.Sprintf("in the phase %s, before an end.", d.end.Phase))
	}
	row("Recorded by", fmt.Sprintf("layersim %s, %s", code(orUnknown(h.Program)), counted(len(d.Recording.Entries), "entry", "entries")))
	d.line("")
	if s := remarks(d.Walk); s != "" {
		d.paragraph("> **Note:** %s", s)
	}
	d.paragraph("Times are in UTC. Secrets, tokens, phone numbers, dates of birth and social security numbers were masked when this was recorded.")
}

// plaid says against which Plaid the walk ran.
func (d *transcript) plaid() string {
	h := d.Recording.Header
	if h.Mode == journal.ModeSimulated {
		s := "simulated inside layersim"
		if h.Seed != "" {
			s += ", seed " + code(h.Seed)
		}
		if h.Delivery != "" {
			s += ", events delivered " + code(h.Delivery)
		}
		return s
	}
	if len(h.Elsewhere) == 0 {
		return "live, Plaid's Sandbox"
	}
	var settings []string
	for _, s := range h.Elsewhere {
		settings = append(settings, code(s))
	}
	return "live, but led elsewhere by " + strings.Join(settings, ", ")
}

func (d *transcript) diagram() {
	d.paragraph("## Sequence")
	d.paragraph("%s", fenced("mermaid", journal.Mermaid(d.arrows())))
}

// steps tells what happened, a heading for each thing that somebody did and
// below it what followed.
func (d *transcript) steps() {
	d.paragraph("## Step by step")
	if len(d.Entries) == 0 {
		d.paragraph("Nothing has happened yet.")
		return
	}
	attempts, arrows, edits := d.attempts(), d.arrows(), d.sharedEdits()
	call, step, open := 0, 0, false // open: a list was begun
	heading := "###"
	if attempts[len(attempts)-1] > 1 {
		heading = "####"
	}
	for i, e := range d.Entries {
		var drawn []journal.Arrow
		for len(arrows) > 0 && arrows[0].Seq <= e.Seq {
			drawn, arrows = append(drawn, arrows[0]), arrows[1:]
		}
		if heading == "####" && (i == 0 || attempts[i] != attempts[i-1]) {
			d.closeList(&open)
			d.paragraph("### Attempt %d", attempts[i])
		}
		if e.Lane == journal.LaneYou {
			step++
			d.closeList(&open)
			d.paragraph("%s %d. %s", heading, step, prose(capital(journal.Name(e.Event))))
		}
		if _, ok := e.Event.(flow.ExchangeRecorded); ok {
			call++
		}
		if d.entry(e, drawn, call) {
			open = true
		}
		if fields := edits[i]; fields != "" {
			d.line("- %s **User** had edited in Link, as the edit history of the session says: %s", clock(e.At), prose(fields))
			open = true
		}
	}
	d.closeList(&open)
}

// sharedEdits names, by the entry in which they were shared, the fields that the user
// had edited: the values are masked, and the session says which they were.
func (d *transcript) sharedEdits() map[int]string {
	edits := map[int]string{}
	shared := -1
	for i, e := range d.Entries {
		switch event := e.Event.(type) {
		case flow.LinkActed:
			if event.Action.Kind == flow.LinkShare && e.Verdict != flow.Refused {
				shared = i
			}
		case flow.OnSuccess: // in a page nobody sees the user share
			if shared < 0 && e.Verdict != flow.Refused {
				shared = i
			}
		case flow.StartOverRequested:
			if e.Verdict != flow.Refused {
				shared = -1
			}
		case flow.UserAccountFetched:
			var fields []string
			for _, row := range event.Account.History.Rows() {
				if row.Counts.Current > 0 {
					fields = append(fields, row.Label)
				}
			}
			if shared >= 0 && e.Verdict != flow.Refused && len(fields) > 0 {
				edits[shared] = strings.Join(fields, ", ")
			}
		}
	}
	return edits
}

func (d *transcript) closeList(open *bool) {
	if *open {
		d.line("")
	}
	*open = false
}

// entry tells of one entry, and reports whether there was something to tell.
func (d *transcript) entry(e journal.Entry, drawn []journal.Arrow, call int) bool {
	if len(drawn) == 0 && e.Lane != journal.LaneYou {
		return false
	}
	if _, ok := e.Event.(flow.ExchangeRecorded); ok && len(drawn) == 2 {
		d.line("- %s %s %s, answered: %s ([call %d](#call-%d))", clock(drawn[0].At), who(drawn[0]), code(drawn[0].Label), code(drawn[1].Label), call, call)
		return true
	}
	why := prose(e.Why)
	if e.Verdict == flow.Refused {
		why = "**Refused:** " + why
	}
	for i, a := range drawn {
		text := who(a) + " " + code(a.Label)
		if i == 0 && why != "" {
			text += " – " + why
		}
		if i == 0 {
			text = joined(text, late(e))
		}
		d.line("- %s %s", clock(a.At), text)
	}
	if len(drawn) == 0 {
		d.line("- %s %s", clock(e.At), joined("**"+laneWords(e.Lane)+"**", why))
	}
	if failed(e.Event) {
		if detail := journal.Detail(e.Event); detail != "" {
			d.line("  - %s", code(detail))
		}
	}
	return true
}

// who says who speaks to whom.
func who(a journal.Arrow) string {
	switch a.Kind {
	case journal.ArrowNote, journal.ArrowAttempt:
		return "**" + a.From.Name() + ":**"
	case journal.ArrowAnswer:
		return "**" + a.From.Name() + "** answers **" + a.To.Name() + ":**"
	}
	return "**" + a.From.Name() + "** → **" + a.To.Name() + ":**"
}

func laneWords(l journal.Lane) string {
	if l == journal.LaneYou {
		return "User"
	}
	return capital(string(l))
}

// late says when an event happened that came later.
func late(e journal.Entry) string {
	happened := journal.Happened(e.Event)
	waited := e.At.Sub(happened)
	if happened.IsZero() || waited < time.Second {
		return ""
	}
	return fmt.Sprintf("*It happened at %s and was delivered %s later.*", happened.UTC().Format("15:04:05.000"), waited.Round(100*time.Millisecond))
}

func failed(event flow.Event) bool {
	switch event.(type) {
	case flow.CallFailed, flow.OnExit:
		return true
	}
	return false
}

// callbacks is a table of what Link told the app, and when.
func (d *transcript) callbacks() {
	var rows [][]string
	for _, e := range d.Entries {
		var m flow.Metadata
		switch event := e.Event.(type) {
		case flow.OnEvent:
			m = event.Metadata
		case flow.OnSuccess:
			m = event.Metadata
		case flow.OnExit:
			m = event.Metadata
			if m.ErrorCode == "" {
				m.ErrorCode = event.Failure.Code
			}
		default:
			continue
		}
		happened, waited := "–", "–"
		if !m.Timestamp.IsZero() {
			happened, waited = clock(m.Timestamp), "at once"
			// Two clocks differ by a little; nothing is delivered before it happened.
			if early := m.Timestamp.Sub(e.At); early > 0 && early < time.Second {
				happened = clock(e.At)
			}
			if late := e.At.Sub(m.Timestamp); late >= time.Second {
				waited = late.Round(100 * time.Millisecond).String()
			}
		}
		rows = append(rows, []string{cell(journal.Name(e.Event)), cell(m.ViewName), cell(m.ErrorCode), happened, clock(e.At), waited})
	}
	if len(rows) == 0 {
		return
	}
	d.paragraph("## What Link told the app")
	d.paragraph("Link may hold events back: an event happens when the user does something, and reaches the app when it is delivered.")
	table(&d.b, []string{"Event", "View", "Error", "Happened", "Delivered", "Held back"}, rows)
}

func clock(t time.Time) string { return "`" + t.UTC().Format("15:04:05.000") + "`" }

func joined(parts ...string) string {
	var all []string
	for _, p := range parts {
		if p != "" {
			all = append(all, p)
		}
	}
	return strings.Join(all, " ")
}

func capital(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}

func counted(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}
