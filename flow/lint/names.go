package lint

import (
	"slices"
	"strconv"
	"strings"

	"layersim/flow"
)

// names are what the Link sessions of a recording are called. An app may be
// watched for days: of sessions beyond mostKnown, which is also what a Linter
// knows of, the one that ended longest ago is forgotten, or the oldest if none
// has ended. Should a forgotten one come again, it is taken for a new one.
type names struct {
	called    map[string]named // by link_session_id
	begun     []string         // the oldest first; some are forgotten already
	ended     []string
	count     int // sessions there were
	hidden    int // of those, how many are no ids
	forgotten int
}

type named struct {
	name string
	over bool
}

// of is what a link_session_id is called here: itself, if it is a short plain id
// with a letter in it, which no phone number or SSN has.
func (n *names) of(id string) string {
	if id == "" {
		return ""
	}
	if s, known := n.called[id]; known {
		return s.name
	}
	for len(n.called) >= mostKnown {
		n.forget()
	}
	name := id
	if !plainID.MatchString(id) || flow.RedactText(id) != id || !strings.ContainsFunc(id, isLetter) {
		n.hidden++
		name = "(hidden " + strconv.Itoa(n.hidden) + ")"
	}
	n.called[id] = named{name: name}
	n.begun = append(n.begun, id)
	n.count++
	return name
}

// end says that a session has come to its end.
func (n *names) end(id string) {
	if s, known := n.called[id]; known && !s.over {
		n.called[id] = named{s.name, true}
		n.ended = append(n.ended, id)
	}
}

// forget lets go of one session.
func (n *names) forget() {
	from := &n.ended
	if len(n.ended) == 0 {
		from = &n.begun
	}
	id := (*from)[0]
	*from = (*from)[1:]
	if _, known := n.called[id]; known {
		delete(n.called, id)
		n.forgotten++
	}
	if len(n.begun) > 2*mostKnown {
		n.begun = slices.DeleteFunc(n.begun, func(id string) bool { _, known := n.called[id]; return !known })
	}
}

// clear is for a simulator that has forgotten everything itself.
func (n *names) clear() {
	clear(n.called)
	n.begun, n.ended = nil, nil
}
