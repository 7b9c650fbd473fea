package plain

// asking is a form whose values are asked for one after another. Whatever is
// typed is a value, but for a line that begins with a slash. It goes away when
// the step or Link's pane does; what was typed is kept.
type asking struct {
	fields  []question
	at      int
	private bool // the value asked for now is
	// keep takes a value, or says what is wrong with it.
	keep func(key, value string) (wrong string)
	// done is for when the last one was typed.
	done func()
	also []string // commands worth a word
}

// question is one value that is asked for.
type question struct {
	key, label string
	private    bool
	says       string // what is accepted
}

// ask is the prompt of the value that is asked for now.
func (a *asking) ask() (label string, accepts []string) {
	q := a.fields[a.at]
	if q.says != "" {
		accepts = append(accepts, q.says)
	}
	return q.label, append(accepts, a.also...)
}

// take takes a value and goes on to the next.
func (a *asking) take(l *loop, value string) {
	if wrong := a.keep(a.fields[a.at].key, value); wrong != "" {
		l.say("%s", wrong)
		return
	}
	if a.at++; a.at < len(a.fields) {
		a.private = a.fields[a.at].private
		return
	}
	if l.asking == a {
		l.asking = nil
	}
	a.done()
}
