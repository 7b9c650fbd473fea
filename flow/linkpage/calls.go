package linkpage

import (
	"errors"
	"fmt"
	"slices"

	"layersim/flow"
)

// What an app may want of its handler.
const (
	callCreate = "create"
	callSubmit = "submit"
	callOpen   = "open"
	callExit   = "exit"
)

// calls is what the app wants of one handler that lives in the page: a list,
// in order, of which every load of the page carries out what it has not
// carried out yet. Its methods are called with Page.mu held.
type calls struct {
	handler  flow.HandlerID
	all      []*call
	loadedBy int // number of the tab whose onLoad the walk has, 0 for none
	// end is how Link ended, "" while it has not.
	end string
	// news: something of what the page is told has changed.
	news bool
}

// call is one call of the list.
type call struct {
	n     int // never used twice by a Page
	kind  string
	phone flow.PhoneNumber
	birth flow.DateOfBirth
	early bool // made right after create, without waiting for onLoad: a mistake
	// withdrawn: whoever wanted it has given up before any load made it.
	withdrawn bool
	done      bool // a load of the page has made it
	failed    bool // it threw, which ended the matter: no other load makes it
	// answer is the event that the walk has as the answer to this call: one of
	// LAYER_* to submit, OPEN to open. answeredBy is the tab that reported it.
	answer     string
	answeredBy int
	result     chan error // has room for the one result
}

// How Link ended.
const (
	endSuccess = "success"
	endExit    = "exit"
	endError   = "error"
)

// errNeverMade refuses what a page says of a call that nobody asked it for.
var errNeverMade = errors.New("the call was never asked for")

func (c *calls) find(n int) *call {
	for _, one := range c.all {
		if one.n == n {
			return one
		}
	}
	return nil
}

// did notes that a load has made a call, or failed to. It returns what nobody
// waits for any more and must still be told, "" for nothing.
func (c *calls) did(n int, failure string) (trouble string, err error) {
	made := c.find(n)
	if made == nil {
		return "", errNeverMade
	}
	if made.done {
		return "", nil // by an earlier load, which was slow to say so
	}
	waitedFor := made.waitedFor()
	made.done, made.withdrawn, made.failed = true, false, failure != ""
	c.news = true
	if failure != "" {
		trouble = fmt.Sprintf("%s failed in the page: %s", made.label(), failure)
	}
	switch {
	case !waitedFor:
		return trouble, nil
	case failure != "":
		made.result <- handlerFailure(trouble)
	default:
		made.result <- nil
	}
	return "", nil
}

// waitedFor reports whether somebody waits for the result. Nobody waits for the
// submit of an app that does not wait itself.
func (c *call) waitedFor() bool { return !c.early && !c.withdrawn && len(c.result) == 0 }

func (c *call) label() string {
	if c.kind == callCreate {
		return "Plaid.create()"
	}
	return "handler." + c.kind + "()"
}

// abandon ends every call that is still waited for, because of this.
func (c *calls) abandon(because string) {
	for _, one := range c.all {
		if !one.done && one.waitedFor() {
			one.result <- handlerFailure(one.label() + " was not made: " + because + ".")
		}
	}
}

// loaded notes an onLoad and reports whether the walk had one of another load.
func (c *calls) loaded(tab int) (again bool) {
	if c.loadedBy == 0 {
		c.loadedBy = tab
	}
	return c.loadedBy != tab
}

// heard notes an event that came when a load had made the calls up to number
// after. It reports whether that load only caught up with what the walk had
// from another one.
func (c *calls) heard(tab, after int, name string) (again bool) {
	var kind string
	switch name {
	case flow.EventLayerReady, flow.EventLayerNotAvailable, flow.EventLayerAutofillUnavailable:
		kind = callSubmit
	case flow.EventOpen:
		kind = callOpen
	default:
		return c.behind(after)
	}
	answered := c.lastOf(kind, after)
	if answered == nil {
		return c.behind(after)
	}
	if answered.answer == "" {
		answered.answer, answered.answeredBy = name, tab
		c.news = true
	}
	return answered.answeredBy != tab
}

// behind reports whether a call after this one was made by another load.
func (c *calls) behind(after int) bool {
	for _, one := range c.all {
		if one.n > after && one.done && !one.failed {
			return true
		}
	}
	return false
}

// ended notes how Link ended.
func (c *calls) ended(how string) { c.end, c.news = how, true }

// lastOf returns the newest call of a kind up to number after.
func (c *calls) lastOf(kind string, after int) (last *call) {
	for _, one := range c.all {
		if one.kind == kind && one.n <= after && !one.withdrawn && !one.failed {
			last = one
		}
	}
	return last
}

// told is a call as the page is told of it.
type told struct {
	N           int    `json:"n"`
	Kind        string `json:"kind"`
	PhoneNumber string `json:"phone_number,omitempty"`
	DateOfBirth string `json:"date_of_birth,omitempty"`
	Early       bool   `json:"early,omitempty"`
	Done        bool   `json:"done,omitempty"`
	// Failed: a load made it, in vain. Only create is told then.
	Failed bool   `json:"failed,omitempty"`
	Answer string `json:"answer,omitempty"`
}

// tell lists the calls for the page. Plaid's own script needs what the user
// entered there.
func (c *calls) tell() []told {
	list := []told{}
	for i, one := range c.all {
		if one.withdrawn || one.failed && one.kind != callCreate || one.isRepeated(c.all[i+1:]) {
			continue
		}
		list = append(list, told{
			N: one.n, Kind: one.kind, PhoneNumber: one.phone.Reveal(), DateOfBirth: one.birth.Reveal(),
			Early: one.early, Done: one.done, Failed: one.failed, Answer: one.answer,
		})
	}
	return list
}

// isRepeated reports whether this is a submit that got no answer, and one of the
// calls after it submits as much: a load that catches up then has no answer to
// wait for, and would make both at once.
func (c *call) isRepeated(after []*call) bool {
	if c.kind != callSubmit || !c.done || c.answer != "" {
		return false
	}
	return slices.ContainsFunc(after, func(later *call) bool {
		return later.kind == callSubmit && !later.withdrawn && !later.failed &&
			(c.phone.IsZero() || !later.phone.IsZero()) && (c.birth.IsZero() || !later.birth.IsZero())
	})
}
