package plain

import (
	"strings"

	"layersim/flow"
	"layersim/tui/pane"
)

// One private value, said once because its reader asked for it.

type secret struct{ key, label, value string }

// secrets are the values that can be revealed now.
func (l *loop) secrets() []secret {
	var list []secret
	add := func(key, label, value string) {
		if value != "" {
			list = append(list, secret{key, label, value})
		}
	}
	switch {
	case l.state.Phase == flow.PhaseOnboarded:
		u := l.state.Account
		for _, r := range pane.IdentityRows(u) {
			if r.Private {
				add(r.Key, r.Label, r.Text(true))
			}
		}
		for i, it := range u.Items {
			key := "access_token"
			if len(u.Items) > 1 {
				key += " " + string(rune('1'+i%9))
			}
			add(key, key, it.AccessToken.Reveal())
		}
	case inView(flow.ViewReview)(l):
		for _, f := range l.state.Link.Pane.Fields {
			if f.Private {
				add(f.Key, f.Label, l.value(f))
			}
		}
	case l.state.Phase == flow.PhaseFallback:
		for _, r := range l.form {
			if r.private {
				add(r.key, r.label, r.value)
			}
		}
	}
	return list
}

func canReveal(l *loop) bool { return l.privacy.on || len(l.secrets()) > 0 }

func (l *loop) reveal(arg string) {
	if l.privacy.on {
		l.say("Private is on, so nothing is said unmasked. private off turns it off.")
		return
	}
	all := l.secrets()
	names := make([]string, len(all))
	for i, s := range all {
		names[i] = s.key
		if strings.EqualFold(s.key, arg) || strings.EqualFold(s.label, arg) {
			l.say("%s, said because you asked: %s", s.label, s.value)
			return
		}
	}
	l.say("Hidden here: %s. Write reveal and one of them.", strings.Join(names, ", "))
}

func (l *loop) private(arg string) {
	switch strings.ToLower(arg) {
	case "on":
		l.privacy.on = true
	case "off":
		l.privacy.on = false
	case "":
		l.privacy.on = !l.privacy.on
	default:
		l.say("Write private on or private off.")
		return
	}
	if l.privacy.on {
		l.say("Private: names, addresses, numbers, dates, balances and ids of people are hidden from here on.")
		return
	}
	l.say("No longer private. SSN, date of birth and tokens stay hidden; reveal says one.")
}
