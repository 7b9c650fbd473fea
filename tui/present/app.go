package present

import (
	"maps"
	"slices"
	"strings"

	"layersim/flow"
	"layersim/flow/scenario"
	"layersim/tui/pane"
)

// drawApp draws what the app does: the calls of its page and of its server, as
// short as they can be.
func (m *Model) drawApp(f pane.Frame, sc *scene) string {
	t := newSheet(f)
	who := ""
	by := func(name string) {
		if who != name {
			t.gap()
			t.say(f.Styles.Dim, name)
			who = name
		}
	}
	const few = 2 // calls that are shown with what they carry
	calls := 0
	for _, e := range sc.entries {
		for _, effect := range e.Effects {
			if serverCode(effect) != nil || clientCode(sc.state.Config.Client, effect) != nil {
				calls++
			}
		}
	}
	page := "its page"
	if !isWeb(sc.state.Config.Client) {
		page = "its app, " + sc.state.Config.Client.Label()
	}
	for _, e := range sc.entries {
		for _, effect := range e.Effects {
			code, name := serverCode(effect), "its server"
			if code == nil {
				code, name = clientCode(sc.state.Config.Client, effect), page
			}
			if code == nil {
				continue
			}
			by(name)
			if calls > few && len(code) > 1 {
				code = []string{shortCode(code[0])}
			}
			t.code(code...)
		}
		switch e := e.Event.(type) {
		case flow.ExchangeRecorded:
			if isByHand(sc, e.Exchange) {
				by("its server")
				t.code(or(e.Exchange.Method, "POST") + " " + pathOf(e.Exchange.URL))
			}
		case flow.AppDid:
			by("itself")
			t.say(f.Styles.Warn, e.Sentence())
		case flow.WebhookReceived:
			by("its server")
			t.code("verify(signature, body)")
			if e.Verified {
				t.mark("✓", f.Styles.Good, f.Styles.Text, "ES256 signature, body hash and age are right. Answer 200.")
			} else {
				t.mark("✗", f.Styles.Bad, f.Styles.Text, "Not believed: "+e.Reason)
			}
		}
	}
	m.appLooks(t, sc, by)
	if len(t.lines) == 0 {
		if sc.later {
			t.say(f.Styles.Text, "Its page hands the public_token to its server.")
		} else {
			t.say(f.Styles.Dim, appWaits(sc.state))
		}
	}
	return t.draw(f)
}

func isWeb(c flow.Client) bool {
	return c.Platform == "web" || c.Platform == "react" || c.Platform == ""
}

// isByHand reports whether a call was made by a step of its own, or is what one
// looks at; the calls of the walk itself are told by what follows from them.
func isByHand(sc *scene, x flow.Exchange) bool {
	return slices.ContainsFunc(sc.deeds, func(d scenario.Deed) bool {
		switch d := d.(type) {
		case scenario.Call:
			return strings.HasSuffix(x.URL, d.Path)
		case scenario.ExpectAnswer:
			return sc.looks && strings.HasSuffix(x.URL, d.On)
		}
		return false
	})
}

func pathOf(url string) string {
	if _, rest, ok := strings.Cut(url, "//"); ok {
		if i := strings.IndexByte(rest, '/'); i >= 0 {
			return pane.Clean(rest[i:])
		}
	}
	return pane.Clean(url)
}

// shortCode is the first line of a call as the whole of it.
func shortCode(line string) string {
	if open := strings.TrimSuffix(line, "({"); open != line {
		return open + "({ … })"
	}
	return line
}

// serverCode is a call of the app's server, nil if the effect is none.
func serverCode(e flow.Effect) []string {
	switch e := e.(type) {
	case flow.CreateSessionToken:
		return []string{"POST " + pathToken, "{ template_id:", "    \"" + e.TemplateID + "\",", "  user: { client_user_id: … } }"}
	case flow.GetUserAccountSession:
		return []string{"POST " + pathSession, "{ public_token:", "    \"" + e.PublicToken.String() + "\" }"}
	case flow.GetAccounts:
		return []string{"POST /accounts/get", "{ access_token:", "    \"" + e.AccessToken.String() + "\" }"}
	case flow.ExchangePublicToken:
		return []string{"POST /item/public_token/exchange"}
	}
	return nil
}

// clientCode is a call of the app's client, in the words of its SDK.
func clientCode(c flow.Client, e flow.Effect) []string {
	n := c.Words()
	call := func(name, arguments string) []string {
		return []string{strings.TrimSuffix(name, "()") + "(" + arguments + ")"}
	}
	switch e := e.(type) {
	case flow.CreateHandler:
		if !isWeb(c) {
			return call(n.Create, "token, …")
		}
		code := []string{"handler = Plaid.create({", "  token: \"" + e.LinkToken.String() + "\",", "  onLoad, onEvent,", "  onSuccess, onExit })"}
		if !e.Early.IsZero() {
			code = append(code, "handler.submit({ … }) // too early")
		}
		return code
	case flow.SubmitHandler:
		var fields []string
		if !e.Phone.IsZero() {
			fields = append(fields, n.Phone+": \""+e.Phone.String()+"\"")
		}
		if !e.DateOfBirth.IsZero() {
			fields = append(fields, n.Birth+": \""+e.DateOfBirth.String()+"\"")
		}
		return append([]string{strings.TrimSuffix(n.Submit, "()") + "({"}, "  "+strings.Join(fields, ", ")+" })")
	case flow.OpenHandler:
		return call(n.Open, "")
	case flow.ExitHandler:
		if !isWeb(c) {
			return []string{"exit Link"}
		}
		return []string{"handler.exit({ force: true })"}
	case flow.DestroyHandler:
		return call(n.Destroy, "")
	}
	return nil
}

// appLooks adds what the app reads in steps that only look.
func (m *Model) appLooks(t *sheet, sc *scene, by func(string)) {
	for _, d := range sc.deeds {
		switch d := d.(type) {
		case scenario.ExpectResult:
			by("its server reads")
			for _, path := range slices.Sorted(maps.Keys(d.Values)) {
				t.code(pane.Clean(path) + ": " + m.resultWords(path, d.Values[path]))
			}
		case scenario.ExpectEdits:
			by("its server reads")
			t.code("identity_edit_history")
			for _, field := range slices.Sorted(maps.Keys(d.Counts)) {
				t.code("  ." + pane.Clean(field))
			}
		}
	}
}

// resultWords says a value of the session as it may be shown.
func (m *Model) resultWords(path, value string) string {
	if path == "items" || value == "absent" || value == "present" {
		return pane.Clean(value)
	}
	if strings.HasSuffix(path, "phone_number") {
		return flow.NewPhoneNumber(value).String()
	}
	return m.hidden(value)
}

// appWaits says why an app does nothing.
func appWaits(s flow.State) string {
	switch s.Phase {
	case flow.PhaseLink:
		return "Nothing. Link has the screen, and the app waits for onSuccess or onExit."
	case flow.PhaseEligibility, flow.PhaseAutofill:
		return "Nothing. It waits for an event."
	case flow.PhaseToken, flow.PhaseHandler, flow.PhasePhone, flow.PhaseDateOfBirth:
		return "Nothing yet."
	}
	return "Nothing more to do."
}
