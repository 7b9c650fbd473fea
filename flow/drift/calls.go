package drift

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Paths that are looked at in their own way.
const (
	pathToken    = "/session/token/create"
	pathSession  = "/user_account/session/get"
	pathAccounts = "/accounts/get"
	pathKey      = "/webhook_verification_key/get"
)

// calls compares which calls of the API were made, in order, and what they
// answered. A key for webhooks is asked for whenever one comes, and accounts
// once for each Item: how often and when says nothing about Plaid, so each
// counts once, and last.
func (c *comparison) calls() {
	live, sim := c.calledOnce(c.live.Calls), c.calledOnce(c.sim.Calls)
	c.report.Compared.Calls += len(c.live.Calls)
	pairs, moved := align(callKeys(live), callKeys(sim))
	for _, p := range append(pairs, moved...) {
		switch {
		case p.sim >= 0 && p.live >= 0 && live[p.live].path == sim[p.sim].path:
			c.answers(live[p.live], sim[p.sim])
		case p.live < 0:
			c.missingCall(sim[p.sim].path, nothing, sim[p.sim].answer())
		case p.sim < 0:
			c.missingCall(live[p.live].path, live[p.live].answer(), nothing)
		default:
			c.missingCall(live[p.live].path, live[p.live].answer(), nothing)
			c.missingCall(sim[p.sim].path, nothing, sim[p.sim].answer())
		}
	}
}

func (c *comparison) missingCall(path, live, sim string) {
	if (c.parted || c.endsOtherwise) && path != pathToken {
		return // it follows from that
	}
	if path == pathKey || path == pathAccounts {
		// It follows from webhooks and Items, which are compared themselves.
		c.report.note("POST %s was answered on one side only in attempt %d; its answer is not compared.", path, c.attempt)
		return
	}
	c.add(Difference{Step: stepOf(path), Topic: TopicCall, Where: "POST " + line(path), Live: live, Sim: sim})
}

// called is a call, or all of one kind.
type called struct {
	path       string
	status     int
	kind, code string // error_type, error_code
	shape      shape
	clipped    bool // the recording does not have the whole answer
}

func (c called) answer() string {
	if c.status == 0 {
		return "no answer"
	}
	return strings.TrimRight(strconv.Itoa(c.status)+" "+strings.Trim(line(c.kind)+" / "+line(c.code), " /"), " ")
}

// calledOnce takes together what counts once.
func (c *comparison) calledOnce(calls []Call) []*called {
	if len(calls) > mostCompared {
		c.report.note("Of the %d calls of attempt %d, the first %d are compared.", len(calls), c.attempt, mostCompared)
		calls = calls[:mostCompared]
	}
	var out, last []*called
	together := map[string]*called{}
	for _, call := range calls {
		key := fmt.Sprintf("%s %d", call.Path, call.Status)
		k := together[key]
		if k == nil {
			k = &called{path: call.Path, status: call.Status, kind: call.Type, code: call.Code}
			if call.Path == pathKey || call.Path == pathAccounts {
				together[key] = k
				last = append(last, k)
			} else {
				out = append(out, k)
			}
		}
		k.clipped = !k.shape.add(call.Response) || k.clipped
	}
	slices.SortStableFunc(last, func(a, b *called) int { return cmp.Compare(a.path, b.path) })
	return append(out, last...)
}

func callKeys(calls []*called) []keyed {
	out := make([]keyed, 0, len(calls))
	for i, k := range calls {
		out = append(out, keyed{name: k.path, key: fmt.Sprintf("%s %d", k.path, k.status), tie: int64(i)})
	}
	return out
}

// answers compares two answers to the same call.
func (c *comparison) answers(live, sim *called) {
	where := "POST " + line(live.path)
	switch {
	case live.status != sim.status:
		c.add(Difference{Step: stepOf(live.path), Topic: TopicStatus, Where: where, Live: live.answer(), Sim: sim.answer()})
		return
	case live.kind != sim.kind || live.code != sim.code:
		c.add(Difference{Step: stepOf(live.path), Topic: TopicError, Where: where, Live: live.answer(), Sim: sim.answer()})
	case live.clipped || sim.clipped:
		if live.status != 0 {
			c.report.note("The answer to %s is no JSON, or is too long to be kept whole in the recording, so its shape is not compared.", where)
		}
		return
	}
	if l, s := live.shape.members["items"], sim.shape.members["items"]; live.path == pathSession && l.contents() != s.contents() && l.contents() != "" && s.contents() != "" {
		c.add(Difference{Step: StepSession, Topic: TopicResponse, Where: where + ": items", Live: l.contents(), Sim: s.contents()})
	}
	for _, x := range contrasts(&live.shape, &sim.shape, "") {
		if live.path == pathAccounts && ofTheChoice(x) {
			c.report.note("%s of %s depends on which accounts the user shared, which a recording does not tell, so it is not compared.", x.path, where)
			continue
		}
		c.add(Difference{Step: stepOf(live.path), Topic: TopicResponse, Where: where + ": " + line(x.path), Live: x.live.String(), Sim: x.sim.String()})
	}
}

// ofTheChoice reports whether a value is there or null according to which
// accounts were chosen: only some have numbers, a limit or money to spend.
func ofTheChoice(x contrast) bool {
	if (x.live|x.sim)&^(text|number|null) != 0 {
		return false
	}
	switch x.path {
	case "item.auth_method":
		return (x.live|x.sim)&number == 0
	case "accounts[].balances.available", "accounts[].balances.limit":
		return (x.live|x.sim)&text == 0
	}
	return false
}

func stepOf(path string) Step {
	switch path {
	case pathToken:
		return StepToken
	case pathSession:
		return StepSession
	case pathKey:
		return StepWebhooks
	}
	return StepAfter
}

// webhooks compares which came and what they held. They may come in any order.
func (c *comparison) webhooks() {
	if c.live.Unverified > 0 {
		c.report.note("In attempt %d, %d of the live webhooks could not be verified and are not compared.", c.attempt, c.live.Unverified)
	}
	if c.NoWebhooks && len(c.live.Webhooks) == 0 {
		if len(c.sim.Webhooks) == 0 && len(c.live.Ends) == 0 {
			return
		}
		c.report.note("No live webhook was received, so webhooks are not compared. --webhook-listen and --webhook-url receive them.")
		return
	}
	c.report.Compared.Webhooks += len(c.live.Webhooks)
	live, sim := hooksByCode(c.live.Webhooks), hooksByCode(c.sim.Webhooks)
	for _, code := range hookCodes(c.sim.Webhooks, c.live.Webhooks) {
		l, s := live[code], sim[code]
		if len(l) != len(s) {
			c.add(Difference{Step: StepWebhooks, Topic: TopicWebhook, Where: line(code), Live: times(len(l)), Sim: times(len(s))})
		}
		if len(l) == 0 || len(s) == 0 {
			continue
		}
		if l[0].Status != s[0].Status {
			c.add(Difference{Step: StepWebhooks, Topic: TopicWebhook, Where: "status of " + line(code), Live: or(line(l[0].Status), none), Sim: or(line(s[0].Status), none)})
		}
		c.bodies(code, l, s)
	}
}

func (c *comparison) bodies(code string, live, sim []Webhook) {
	var l, s shape
	for _, w := range live {
		l.add(w.Body)
	}
	for _, w := range sim {
		s.add(w.Body)
	}
	for _, x := range contrasts(&l, &s, "") {
		c.add(Difference{Step: StepWebhooks, Topic: TopicWebhook, Where: line(x.path) + " of " + line(code), Live: x.live.String(), Sim: x.sim.String()})
	}
	for _, key := range []string{"webhook_type", "environment"} {
		if a, b := wordIn(live[0].Body, key), wordIn(sim[0].Body, key); a != "" && b != "" && a != b {
			c.add(Difference{Step: StepWebhooks, Topic: TopicWebhook, Where: key + " of " + line(code), Live: line(a), Sim: line(b)})
		}
	}
}

func hooksByCode(all []Webhook) map[string][]Webhook {
	out := map[string][]Webhook{}
	for _, w := range all {
		out[w.Code] = append(out[w.Code], w)
	}
	return out
}

// hookCodes lists the codes, in the order in which they first came.
func hookCodes(sides ...[]Webhook) []string {
	var out []string
	for _, side := range sides {
		for _, w := range side {
			if !slices.Contains(out, w.Code) {
				out = append(out, w.Code)
			}
		}
	}
	return out
}

func times(n int) string {
	switch n {
	case 0:
		return "not sent"
	case 1:
		return "sent once"
	}
	return fmt.Sprintf("sent %d times", n)
}

// wordIn returns a text of a JSON object, "" if there is none.
func wordIn(content json.RawMessage, key string) string {
	var members map[string]any
	_ = json.Unmarshal(content, &members)
	s, _ := members[key].(string)
	return s
}

func or(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}
