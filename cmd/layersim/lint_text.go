package main

import (
	"fmt"
	"strings"

	"layersim/flow/lint"
)

// lintText words what was found for people, session by session.
func lintText(r linted) string {
	var b strings.Builder
	if r.Forgotten > 0 {
		fmt.Fprintf(&b, "The journal had forgotten %s before it was read; what they said is not known here.\n\n", counted(int(r.Forgotten), "record", "records")) //nolint:gosec // for people
	}
	if r.LetGo > 0 {
		fmt.Fprintf(&b, "There are so many sessions that %s had to be let go of, those that ended first; what still came of one is not known to be of it.\n\n", counted(r.LetGo, "one", "of them"))
	}
	if r.Torn {
		b.WriteString("The last line breaks off and was left out.\n\n")
	}
	if len(r.Findings) == 0 {
		fmt.Fprintf(&b, "No mistake found in %s.\n", counted(r.Sessions, "session", "sessions"))
		b.WriteString(checked(r))
		return b.String()
	}
	type group struct {
		title    string
		findings []lint.Finding
	}
	var groups []*group
	byTitle := map[string]*group{}
	for _, f := range r.Findings {
		title := groupOf(f)
		g := byTitle[title]
		if g == nil {
			g = &group{title: title}
			byTitle[title] = g
			groups = append(groups, g)
		}
		g.findings = append(g.findings, f)
	}
	for _, g := range groups {
		b.WriteString(g.title + "\n")
		for _, f := range g.findings {
			fmt.Fprintf(&b, "\n  %s %s  (%s)\n", map[lint.Severity]string{lint.Wrong: "✗", lint.Risky: "!"}[f.Severity], f.Rule, f.Title)
			part(&b, "what", fmt.Sprintf("%s (record %d, %s)", f.What, f.Seq, f.At.UTC().Format("15:04:05.000")))
			part(&b, "why", f.Why)
			part(&b, "fix", f.Fix)
			part(&b, "source", f.Source)
		}
		b.WriteString("\n")
	}
	fmt.Fprintf(&b, "%s found in %s.\n", counted(len(r.Findings), "mistake", "mistakes"), counted(r.Sessions, "session", "sessions"))
	b.WriteString(checked(r))
	return b.String()
}

func groupOf(f lint.Finding) string {
	var title string
	switch {
	case f.Handler != "":
		title = "Link session " + f.Handler
	case f.Token != 0:
		title = "Before a Link session"
	default:
		title = "Calls of no Link session"
	}
	if f.Token != 0 {
		title += fmt.Sprintf(" (link_token %d)", f.Token)
	}
	if f.Run > 0 {
		title += fmt.Sprintf(", after reset or restart %d", f.Run)
	}
	return title
}

// checked says which rules were put to the test.
func checked(r linted) string {
	by := map[string][]string{}
	for _, rule := range r.Rules {
		by[rule.Standing] = append(by[rule.Standing], rule.Rule)
	}
	var b strings.Builder
	for _, line := range []struct{ standing, words string }{
		{"kept", "Kept"}, {"untested", "Did not arise"}, {"unseen", "Not to be seen from outside"},
	} {
		if len(by[line.standing]) > 0 {
			b.WriteString(folded(line.words+": "+strings.Join(by[line.standing], ", ")+".", "", "  "))
		}
	}
	return b.String()
}

// part writes one part of a finding, folded under its name.
func part(b *strings.Builder, name, text string) {
	const indent = "           "
	b.WriteString(folded(text, fmt.Sprintf("    %-7s", name), indent))
}

// textWidth is how wide the text for people is.
const textWidth = 100

// folded breaks a text into lines.
func folded(text, first, others string) string {
	var b strings.Builder
	b.WriteString(first)
	at := len([]rune(first))
	for i, word := range strings.Fields(text) {
		n := len([]rune(word))
		switch {
		case i == 0:
		case at+1+n > textWidth:
			b.WriteString("\n" + others)
			at = len([]rune(others))
		default:
			b.WriteString(" ")
			at++
		}
		b.WriteString(word)
		at += n
	}
	return b.String() + "\n"
}
