package main

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"layersim/flow"
	"layersim/tui/pane"
)

// operator follows what the screen offers.
type operator struct {
	*desk
	saboteur *saboteur
	walk     faultWalk
	tried    map[string]int // what was done, by where the walk stood
	rests    int            // with a fault in it
	freed    bool
	left     bool // quit
}

// walks goes on until the walk has come to its end.
func (o *operator) walks() {
	for range mostDone {
		o.meanwhile()
		if o.left || o.dead {
			return
		}
		o.rest()
		if o.ended() {
			return
		}
		o.acts()
	}
	o.fault("it does not come to an end; it stands in %s: %s", o.where(), o.brief())
}

// meanwhile does what the operator does while the effect that is kept back is
// under way, and lets it go then.
func (o *operator) meanwhile() {
	came, _ := o.saboteur.begun()
	kept := o.saboteur.class.after == answersLate || o.saboteur.class.after == performsLate
	if !came || !kept || o.freed {
		return
	}
	o.freed = true
	switch o.saboteur.class.meanwhile {
	case "":
		o.explained()
		o.pass(5 * time.Second)
	case "start over":
		o.explained()
		if k := o.offered("start over"); k != "" {
			o.press(k)
		}
	case "exit()":
		if k := o.offered("exit()"); k != "" {
			o.press(k)
		}
	case "quit":
		o.left = true
		return
	case "Enter twice":
		o.press("enter")
		o.press("enter")
	}
	close(o.saboteur.free)
	o.settle()
}

// rest lets time pass until nothing is waited for, and looks whether the screen
// explains itself. The second time, the fault is healed.
func (o *operator) rest() {
	o.settle()
	if s := o.state(); waits(s) {
		o.explained()
		o.pass(35 * time.Second)
	}
	if _, acted := o.saboteur.begun(); acted == 0 {
		return
	}
	o.rests++
	o.atRest()
	if o.rests == 2 {
		o.saboteur.heal()
	}
}

// waits reports whether something may come yet without anybody's doing.
func waits(s flow.State) bool {
	switch s.Phase {
	case flow.PhaseEligibility, flow.PhaseAutofill, flow.PhaseSession:
		return true
	case flow.PhaseHandler:
		return s.HandlerAlive || s.Waiting()
	case flow.PhaseLink:
		return s.Waiting() || s.Link.Pane.View == "" || s.Link.Pane.Auto != ""
	}
	return s.Waiting()
}

func (o *operator) ended() bool {
	s := o.state()
	if s.Waiting() {
		return false
	}
	switch s.Phase {
	case flow.PhaseFallback, flow.PhaseExited:
		return true
	case flow.PhaseOnboarded:
		return !slices.ContainsFunc(s.Account.Items, func(it flow.Item) bool { return it.Status == flow.AccountsFailed })
	}
	return false
}

// where names what the operator sees as one place.
func (o *operator) where() string {
	s := o.state()
	return fmt.Sprint(s.Phase, " ", s.Attempt, " ", s.Link.Pane.View, " ", s.Silent, " ", s.FailedIn)
}

func (o *operator) brief() string {
	return strings.Join(strings.Fields(ansiBoxes.Replace(o.screen())), " ")
}

var ansiBoxes = strings.NewReplacer("│", " ", "┃", " ", "─", " ", "━", " ")

// otherWays are what an operator tries when Enter leads nowhere, in this order.
var otherWays = []string{"try again", "submit again", "finish in the terminal", "terminal", "own form", "exit()", "close Link", "start over"}

// acts does what comes next.
func (o *operator) acts() {
	s := o.state()
	where := o.where()
	o.tried[where]++
	if n := o.tried[where]; n > 4 { // Enter has been tried often enough
		var ways []string
		for _, label := range otherWays {
			if k := o.offered(label); k != "" {
				ways = append(ways, k)
			}
		}
		if len(ways) == 0 {
			o.fault("nothing leads on from %s: %s", where, o.brief())
			return
		}
		o.press(ways[min(n-5, len(ways)-1)])
		return
	}
	if o.walk.act != nil && o.walk.act(o.desk, s) {
		return
	}
	switch {
	case s.Phase == flow.PhaseLink && s.Link.Pane.View == flow.ViewVerifyPhone && s.Link.Pane.Auto == "":
		o.typed("123456")
	case s.Phase == flow.PhaseOnboarded:
		if k := o.offered("try again"); k != "" {
			o.press(k)
			return
		}
		o.fault("the accounts that failed cannot be asked for again: %s", o.brief())
	default:
		o.press("enter")
	}
}

// offered returns the key by which the screen offers something, "" if it does not.
func (o *operator) offered(what string) string {
	words := strings.Fields(ansiBoxes.Replace(o.screen()))
	label := strings.Fields(what)
	for i := range words {
		if i > 0 && i+len(label) <= len(words) && slices.Equal(words[i:i+len(label)], label) {
			if k := keyNamed(words[i-1]); k != "" {
				return k
			}
		}
	}
	return ""
}

// keyNamed is a key as the screen writes it, "" if it is none.
func keyNamed(word string) string {
	k := strings.ToLower(word)
	switch {
	case k == "enter", strings.HasPrefix(k, "ctrl+") && len(k) == 6:
		return k
	case len(word) == 1 && word != "·" && word != "●" && word != "○":
		return word
	}
	return ""
}

// hasPrimary reports whether the last line of the screen says what Enter does.
func (o *operator) hasPrimary() bool {
	screen := strings.TrimRight(o.screen(), "\n ")
	return strings.HasPrefix(screen[strings.LastIndexByte(screen, '\n')+1:], "Enter ")
}

// explained holds that the screen says what is waited for, and that there is a way
// out.
func (o *operator) explained() {
	s := o.state()
	screen := o.brief()
	if s.Phase == flow.PhaseOnboarded {
		if !strings.Contains(screen, "Identity") || !strings.Contains(screen, "Items") {
			o.fault("the results are not shown: %s", screen)
		}
		return
	}
	if !strings.Contains(screen, "Link · what the user sees") {
		text := pane.StageFor(s, time.Now())
		if text.Title == "" || text.Body == "" || !strings.Contains(screen, text.Title) {
			o.fault("%s is not explained: %q: %s", o.where(), text.Title, screen)
		}
	}
	if !s.Phase.IsEnd() && o.offered("start over") == "" && o.offered("exit()") == "" && o.offered("close Link") == "" && !o.hasPrimary() {
		o.fault("there is no way out of %s: %s", o.where(), screen)
	}
}

// atRest holds that a walk at rest explains itself and offers a way on.
func (o *operator) atRest() {
	o.explained()
	s, screen := o.state(), o.brief()
	if s.Waiting() && !o.stillKept() {
		o.fault("%s still waits for %T: %s", o.where(), s.Pending[0], screen)
	}
	f := s.Failure
	switch s.Phase {
	case flow.PhaseFailed:
		if f.Code == "" || !strings.Contains(screen, f.Code) || s.EndReason == "" {
			o.fault("what failed is not said in %s: %q: %s", o.where(), f.Code, screen)
		}
	case flow.PhaseEligibility, flow.PhaseAutofill:
		if !s.Silent {
			o.fault("%s waits without a word: %s", o.where(), screen)
		}
	case flow.PhaseLink:
		if s.FailedCall != nil && !strings.Contains(screen, f.Code) {
			o.fault("what Link did not take is not said in %s: %q: %s", o.where(), f.Code, screen)
		}
		if s.Link.Pane.View == "" && !s.LinkIsGone() {
			o.fault("Link is open and shows nothing: %s", screen)
		}
	case flow.PhaseSession, flow.PhaseHandler:
		if !s.Unread() && (s.Phase != flow.PhaseHandler || s.HandlerAlive) {
			o.fault("%s is where it stays: %s", o.where(), screen)
		}
	}
	asks := s.Phase == flow.PhaseLink && s.Link.Pane.View == flow.ViewVerifyPhone // six digits send themselves
	if !asks && !o.ended() && !o.hasPrimary() && o.offered("start over") == "" && o.offered("try again") == "" {
		o.fault("nothing is offered in %s: %s", o.where(), screen)
	}
}

func (o *operator) stillKept() bool {
	came, _ := o.saboteur.begun()
	return came && !o.freed && o.saboteur.class.after != straight && o.saboteur.class.after != answersTwice
}
