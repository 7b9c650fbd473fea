package scenario

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"layersim/flow"
	"layersim/flow/journal"
)

// What came back from Plaid's API, and the webhooks that it sent.

// trouble is a call that did not go well, or what onExit said.
type trouble struct {
	on  string // the path, or onExit
	seq int    // of its last entry
	flow.Failure
	exchange flow.Failure // what was answered, if the app knows it in other words
}

func (t trouble) String() string { return t.on + ": " + t.Error() }

// fits reports whether it is what is expected.
func (t trouble) fits(d ExpectError) bool {
	as := func(f flow.Failure) bool {
		return !f.IsZero() && (d.Code == "" || f.Code == d.Code) && (d.Type == "" || f.Type == d.Type) &&
			(d.Status == 0 || f.Status == d.Status) && holds(f.Message, d.Message)
	}
	return (d.On == "" || t.on == d.On) && (as(t.Failure) || as(t.exchange))
}

// troubles are all there were in this attempt, the oldest first. A call that
// failed and its exchange are one.
func (p *Player) troubles() []trouble {
	all := p.journal.Entries()
	paths := map[flow.CallID]string{}
	for _, e := range all {
		for _, effect := range e.Effects {
			if q, ok := effect.(flow.Question); ok {
				paths[q.CallID()] = callPath(q)
			}
		}
	}
	var list []trouble
	alone := map[string]int{} // an exchange that no call has failed with yet, by its path: its place in the list, from 1
	from := p.attempt()
	for _, e := range all {
		if e.Seq <= from {
			continue
		}
		seq := e.Seq
		switch e := e.Event.(type) {
		case flow.CallFailed:
			on := paths[e.Call]
			t := trouble{on: on, seq: seq, Failure: e.Failure}
			if i := alone[on]; i > 0 {
				t.exchange = list[i-1].Failure
				list = slices.Delete(list, i-1, i)
				clear(alone)
			}
			list = append(list, t)
		case flow.OnExit:
			if !e.Failure.IsZero() {
				list = append(list, trouble{on: onExit, seq: seq, Failure: e.Failure})
			}
		case flow.ExchangeRecorded:
			if f, failed := failureOf(e.Exchange); failed {
				on := pathIn(e.Exchange)
				list = append(list, trouble{on: on, seq: seq, Failure: f})
				alone[on] = len(list)
			}
		}
	}
	return list
}

// failureOf reads the error of an exchange, as Plaid words it.
func failureOf(x flow.Exchange) (f flow.Failure, failed bool) {
	if x.Status != 0 && x.Status < 400 && x.ErrorCode == "" {
		return f, false
	}
	var said struct {
		Type    string `json:"error_type"`
		Code    string `json:"error_code"`
		Message string `json:"error_message"`
	}
	_ = json.Unmarshal([]byte(x.ResponseBody), &said) // what is not JSON says nothing
	f = flow.Failure{Status: x.Status, Type: said.Type, Code: said.Code, Message: said.Message}
	if f.Code == "" {
		f.Code, f.Message = x.ErrorCode, x.Error
	}
	return f, true
}

func pathIn(x flow.Exchange) string {
	if u, err := url.Parse(x.URL); err == nil {
		return u.Path
	}
	return x.URL
}

// callPath is where a question goes; Link's own calls are named as faults name them.
func callPath(q flow.Question) string {
	switch q := q.(type) {
	case flow.CreateSessionToken:
		return "/session/token/create"
	case flow.GetUserAccountSession:
		return "/user_account/session/get"
	case flow.GetAccounts:
		return "/accounts/get"
	case flow.ExchangePublicToken:
		return "/item/public_token/exchange"
	case flow.CreateHandler:
		return "/link/session"
	case flow.SubmitHandler:
		return "/link/session/submit"
	case flow.OpenHandler, flow.PresentLink:
		return "/link/session/open"
	case flow.ExitHandler:
		return "/link/session/exit"
	case flow.DriveLink:
		return "/link/session/" + string(q.Action.Kind)
	}
	return journal.Kind(q)
}

func (p *Player) expectError(d ExpectError) *Failure {
	var want []string
	if d.On != "" {
		want = append(want, d.On)
	}
	if d.Status != 0 {
		want = append(want, "HTTP "+strconv.Itoa(d.Status))
	}
	for _, s := range []string{d.Type, d.Code} {
		if s != "" {
			want = append(want, s)
		}
	}
	if d.Message != "" {
		want = append(want, strconv.Quote(d.Message))
	}
	expected := "an error " + strings.Join(want, " ")
	var there []trouble // where it is expected, or anywhere
	got := "nothing has failed"
	for _, t := range p.troubles() {
		switch {
		case t.seq <= p.looked.trouble:
			got = "nothing has failed since the error that was expected last, " + t.String()
			continue
		case t.fits(d):
			p.looked.trouble = t.seq
			return nil
		case d.On != "" && t.on != d.On:
			got = "nothing has failed there; the newest failure is " + t.String()
			continue
		}
		there = append(there, t)
	}
	if len(there) > 0 {
		got = there[len(there)-1].String()
	}
	return &Failure{Expected: expected, Got: got}
}

func (p *Player) expectAnswer(d ExpectAnswer) *Failure {
	on := orNothing(d.On, "Plaid's API")
	expected := "an answer of " + on
	var found *flow.Exchange
	from := p.attempt()
	for _, e := range slices.Backward(p.journal.Entries()) {
		if x, ok := e.Event.(flow.ExchangeRecorded); ok && e.Seq > from && (d.On == "" || pathIn(x.Exchange) == d.On) {
			found = &x.Exchange
			break
		}
	}
	if found == nil {
		return &Failure{Expected: expected, Got: "nobody has called " + on}
	}
	if d.Status != 0 && found.Status != d.Status {
		got := fmt.Sprintf("HTTP %d", found.Status)
		if f, failed := failureOf(*found); failed {
			got = f.Error()
		}
		return &Failure{Expected: expected + fmt.Sprintf(" with HTTP %d", d.Status), Got: got}
	}
	body := []byte(found.ResponseBody)
	// A value can be absent only from something that is there: a path with a
	// mistake in it would always hold.
	for _, path := range slices.Sorted(maps.Keys(d.Values)) {
		parent := ""
		if i := strings.LastIndexByte(path, '.'); i >= 0 {
			parent = path[:i]
		}
		if _, there := lookUp(body, parent); d.Values[path] == absent && !there {
			return &Failure{Expected: fmt.Sprintf("the answer of %s has no %s", pathIn(*found), path), Got: "it has no " + orNothing(parent, "JSON") + " either, in which it could be missing"}
		}
	}
	return compareValues("the answer of "+pathIn(*found), d.Values, func(path string) (string, bool) {
		return valueIn(body, path)
	}, nil)
}

// lookUp is what a JSON body has at a path, "" being the body itself.
func lookUp(body []byte, path string) (v any, there bool) {
	if json.Unmarshal(body, &v) != nil {
		return nil, false
	}
	if path == "" {
		return v, true
	}
	for key := range strings.SplitSeq(path, ".") {
		switch in := v.(type) {
		case map[string]any:
			if v, there = in[key]; !there {
				return nil, false
			}
		case []any:
			i, err := strconv.Atoi(key)
			if err != nil || i < 0 || i >= len(in) {
				return nil, false
			}
			v = in[i]
		default:
			return nil, false
		}
	}
	return v, true
}

// valueIn is a value of a JSON body by path; the value of a list is its length.
func valueIn(body []byte, path string) (string, bool) {
	v, _ := lookUp(body, path)
	switch v := v.(type) {
	case nil:
		return "", false
	case []any:
		return strconv.Itoa(len(v)), true
	case map[string]any:
		return "an object", true
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64), true
	}
	return fmt.Sprint(v), true
}

func (p *Player) expectWebhook(d ExpectWebhook) *Failure {
	expected := "a webhook " + d.Code
	for _, part := range []struct{ name, value string }{{"status", d.Status}, {"verified", d.Verified}, {"because of", d.Reason}} {
		if part.value != "" {
			expected += " " + part.name + " " + part.value
		}
	}
	var came []string
	var found []int
	from := p.attempt()
	if !d.Missing {
		from = max(from, p.looked.webhook)
	}
	for _, e := range p.journal.Entries() {
		w, ok := e.Event.(flow.WebhookReceived)
		if !ok || e.Seq <= from {
			continue
		}
		came = append(came, webhookWords(w))
		if (d.Code == "" || w.Code == d.Code) && (d.Status == "" || w.Status == d.Status) &&
			(d.Verified == "" || d.Verified == strconv.FormatBool(w.Verified)) && holds(w.Reason, d.Reason) {
			found = append(found, e.Seq)
		}
	}
	got := "no webhook came"
	if len(came) > 0 {
		got = "there came: " + strings.Join(came, ", ")
	}
	switch {
	case d.Missing && len(found) > 0:
		return &Failure{Expected: "no" + strings.TrimPrefix(expected, "a"), Got: got}
	case d.Missing:
		return nil
	case d.Times > 0 && len(found) != d.Times:
		return &Failure{Expected: expected + " " + timesOver(d.Times), Got: fmt.Sprintf("it came %s; %s", timesOver(len(found)), got)}
	case len(found) == 0:
		return &Failure{Expected: expected, Got: got}
	case d.Times > 0:
		p.looked.webhook = found[len(found)-1]
	default:
		p.looked.webhook = found[0]
	}
	return nil
}

func webhookWords(w flow.WebhookReceived) string {
	words := w.Code
	if w.Status != "" {
		words += " " + w.Status
	}
	words += fmt.Sprintf(" (verified %t", w.Verified)
	if w.Reason != "" {
		words += ", " + w.Reason
	}
	return words + ")"
}
