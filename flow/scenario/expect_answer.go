package scenario

import (
	"encoding/json"
	"fmt"
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
	on string // the path, or onExit
	flow.Failure
}

func (t trouble) String() string { return t.on + ": " + t.Error() }

// troubles are all there were, the newest first.
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
	for _, e := range slices.Backward(all) {
		switch e := e.Event.(type) {
		case flow.CallFailed:
			list = append(list, trouble{paths[e.Call], e.Failure})
		case flow.OnExit:
			if !e.Failure.IsZero() {
				list = append(list, trouble{onExit, e.Failure})
			}
		case flow.ExchangeRecorded:
			if f, failed := failureOf(e.Exchange); failed {
				list = append(list, trouble{pathIn(e.Exchange), f})
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
	all := p.troubles()
	i := slices.IndexFunc(all, func(t trouble) bool { return d.On == "" || t.on == d.On })
	if i < 0 {
		got := "nothing has failed"
		if len(all) > 0 {
			got = "nothing has failed there; the newest failure is " + all[0].String()
		}
		return &Failure{Expected: expected, Got: got}
	}
	if t := all[i]; d.Code != "" && t.Code != d.Code || d.Type != "" && t.Type != d.Type || d.Status != 0 && t.Status != d.Status || !holds(t.Message, d.Message) {
		return &Failure{Expected: expected, Got: t.String()}
	}
	return nil
}

func (p *Player) expectAnswer(d ExpectAnswer) *Failure {
	on := orNothing(d.On, "Plaid's API")
	expected := "an answer of " + on
	var found *flow.Exchange
	for _, e := range slices.Backward(p.journal.Entries()) {
		if x, ok := e.Event.(flow.ExchangeRecorded); ok && (d.On == "" || pathIn(x.Exchange) == d.On) {
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
	return compareValues("the answer of "+pathIn(*found), d.Values, func(path string) (string, bool) {
		return valueIn([]byte(found.ResponseBody), path)
	})
}

// valueIn is a value of a JSON body by path; the value of a list is its length.
func valueIn(body []byte, path string) (string, bool) {
	var v any
	if json.Unmarshal(body, &v) != nil {
		return "", false
	}
	for key := range strings.SplitSeq(path, ".") {
		switch in := v.(type) {
		case map[string]any:
			v = in[key]
		case []any:
			i, err := strconv.Atoi(key)
			if err != nil || i < 0 || i >= len(in) {
				return "", false
			}
			v = in[i]
		default:
			return "", false
		}
	}
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
	from := p.looked.webhook
	if d.Missing {
		from = p.attempt()
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
