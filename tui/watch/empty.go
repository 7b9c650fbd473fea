package watch

import (
	"strings"

	"layersim/tui/pane"
	"layersim/tui/theme"
)

// drawEmpty says to somebody who has just started it what to do.
func (m *Model) drawEmpty() string {
	s := m.styles
	box := m.frame(m.layout.body, true)
	f := pane.Inner(box)
	w := min(f.Width, 96)
	url := pane.Clean(m.opts.Address)
	var lines []string
	if m.opts.Recording != "" {
		return pane.Box(box, "", pane.Text(f, pane.Paragraph(s.Strong, "No app had called when this recording ended.", f.Width), 0))
	}
	say := func(style theme.Style, text string) {
		for _, l := range pane.Paragraph(style, text, w) {
			lines = append(lines, pane.Fit(l, f.Width))
		}
	}
	point := func(label, value string) {
		const column = 20
		text := "  " + s.Dim.Render(label) + strings.Repeat(" ", column-len(label)) + s.Code.Render(value)
		if pane.Width(text) > f.Width {
			lines = append(lines, pane.Fit("  "+s.Dim.Render(label), f.Width))
			text = "    " + s.Code.Render(value)
		}
		lines = append(lines, pane.Fit(text, f.Width))
	}
	blank := func() {
		if f.Height >= 18 {
			lines = append(lines, pane.Fit("", f.Width))
		}
	}
	say(s.Strong, "No app has called yet.")
	say(s.Text, "A simulated Plaid answers here. Point your app at it, and each Link session appears on this screen in a lane of its own, with every call and every event.")
	blank()
	say(s.Title, "Your server")
	point("Plaid SDK, base URL", url)
	point("client_id, secret", "any; they are not checked")
	blank()
	say(s.Title, "Your page")
	point("Link script", url+"/link/v2/stable/link-initialize.js")
	point("phone, code", "415-555-0011, 123456")
	blank()
	say(s.Title, "To see something now, from another terminal")
	for _, l := range []string{
		"curl " + url + "/session/token/create \\",
		"  -H 'Content-Type: application/json' \\",
		`  -d '{"client_id":"a","secret":"b","template_id":"default",`,
		`       "user":{"client_user_id":"me"}}'`,
	} {
		lines = append(lines, pane.Fit("  "+s.Code.Render(l), f.Width))
	}
	return pane.Box(box, "Waiting for an app", pane.Text(f, lines, 0))
}
