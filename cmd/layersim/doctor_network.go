package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"time"

	"layersim/flow"
)

// A call without keys and without a body's fields: Plaid's API must refuse it,
// and how it does so shows that it is Plaid's API. Nothing secret has been sent
// by then, whoever answers.
const (
	probePath = "/session/token/create"
	probeBody = "{}"
)

// lookAtAPI goes all the way to Plaid's API and says how far it came. It
// reports whether Plaid's API is what answers.
func (d doctor) lookAtAPI(ctx context.Context, p place, transport http.RoundTripper) bool {
	ctx, cancel := context.WithTimeout(ctx, d.patience)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, p.baseURL+probePath, strings.NewReader(probeBody))
	if err != nil {
		panic(err) // the address was checked
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Plaid-Version", "2020-09-14")
	begun := d.now()
	t := ask(request, transport)
	if t.interrupted() {
		return false
	}
	d.showTravel(t)
	if t.err != nil {
		return false
	}
	f, isPlaid := judgeAPI(t)
	d.report.add(f)
	if isPlaid {
		d.report.add(judgeClock(t.header.Get("Date"), begun.Add(d.now().Sub(begun)/2)))
	}
	return isPlaid
}

// longestProbe is as much of an answer as is read.
const longestProbe = 64 << 10

// judgeAPI says whether an answer is that of Plaid's API.
func judgeAPI(t *travel) (f finding, isPlaid bool) {
	f = finding{Name: "API", Verdict: failed, code: exitNetwork}
	where := t.request.URL.Host
	if says, remedy, ok := notAnAPI(t); ok {
		f.Says, f.Remedy = says, remedy
		return f, false
	}
	id := t.text("request_id")
	switch {
	case t.status < 400 && id != "":
		f.Says = fmt.Sprintf("Whatever answers at %s takes a call without keys (HTTP %d), which Plaid's API never does.", where, t.status)
		f.Remedy = "See that the address is right. No key was sent."
	case t.status < 400 || !t.isPlaidError():
		f.Says = fmt.Sprintf("Something answers at %s, but not as Plaid's API does (HTTP %d, %s).", where, t.status, t.kind())
		f.Remedy = "See that the address is right. Between here and Plaid there may be a proxy or a gateway that answers in its place. No key was sent."
	case t.status >= 500:
		f.Says = fmt.Sprintf("Plaid answers with HTTP %d %s (request_id %s).", t.status, t.text("error_code"), id)
		f.Remedy = "Plaid has trouble of its own. Look at status.plaid.com and try again in a while."
	case t.status == http.StatusTooManyRequests:
		f.Says = fmt.Sprintf("Plaid refuses so many calls (HTTP 429 %s, request_id %s).", t.text("error_code"), id)
		f.Remedy = "Wait a minute and try again."
		if after := flow.CleanLine(t.header.Get("Retry-After"), 40); after != "" {
			f.Remedy = "Plaid asks to wait, with Retry-After: " + after + ". Then try again."
		}
	default:
		f.Verdict = fine
		f.Says = fmt.Sprintf("Plaid's API is what answers at %s: it refuses a call without keys, as it must (HTTP %d, request_id %s).", where, t.status, id)
		isPlaid = true
	}
	return f, isPlaid
}

// isPlaidError reports whether the answer is the error body of Plaid's API: it has
// a type and a code (Plaid OpenAPI: PlaidError) and the request_id that Plaid
// gives every answer (Plaid docs: Errors). Gateways may have a code, too.
func (t *travel) isPlaidError() bool {
	return t.text("error_type") != "" && t.text("error_code") != "" && t.text("request_id") != ""
}

var pageTitle = regexp.MustCompile(`(?is)<title[^>]*>(.*?)</title`)

// notAnAPI recognises what networks send in place of what was asked for: the
// sign-in page of a hotel, the notice of a company.
func notAnAPI(t *travel) (says, remedy string, ok bool) {
	const signIn = "Open any page in a browser on the same network and sign in there, or use another network."
	switch {
	case t.status == http.StatusNetworkAuthenticationRequired:
		return "The network wants somebody to sign in first (HTTP 511).", signIn, true
	case t.status == http.StatusProxyAuthRequired:
		return "The proxy wants a user name and a password (HTTP 407).", proxyRemedy, true
	case t.status >= 300 && t.status < 400:
		target := "another address"
		if u, err := url.Parse(t.header.Get("Location")); err == nil && u.Host != "" {
			target = flow.CleanLine(u.Host, 80)
		}
		return fmt.Sprintf("Whoever answers sends the caller to %s (HTTP %d), which Plaid never does: most likely the sign-in page of this network.", target, t.status), signIn, true
	case strings.HasPrefix(strings.TrimSpace(string(t.body)), "<"), strings.Contains(t.header.Get("Content-Type"), "html"):
		page := "a web page"
		if m := pageTitle.FindSubmatch(t.body); m != nil {
			page = fmt.Sprintf("a web page with the title %q", flow.CleanLine(strings.Join(strings.Fields(string(m[1])), " "), 60))
		}
		return fmt.Sprintf("What comes back is %s (HTTP %d), not Plaid's answer: most likely the sign-in page or a notice of this network.", page, t.status), signIn, true
	}
	return "", "", false
}

// Webhooks older than five minutes are refused (Plaid docs: webhook
// verification), and expiry is judged by this machine's clock.
const (
	skewToLookAt = 30 * time.Second
	skewTooLarge = 5 * time.Minute
)

// judgeClock compares this machine's clock with the Date of an answer, which
// counts whole seconds.
func judgeClock(date string, here time.Time) finding {
	f := finding{Name: "clock", Verdict: look}
	there, err := http.ParseTime(date)
	if err != nil {
		f.Says, f.Remedy = "It cannot be compared: the answer has no Date.", "See yourself that the time of this machine is right: the age of webhooks and the expiry of tokens are judged by it."
		return f
	}
	skew := here.Sub(there).Round(time.Second)
	direction := "ahead of"
	if skew < 0 {
		direction = "behind"
	}
	f.Says = fmt.Sprintf("This machine's clock is %s %s Plaid's.", skew.Abs(), direction)
	const remedy = "Have the time set by the network: 'timedatectl set-ntp true' on Linux, Date & Time in the settings of macOS and Windows; in a virtual machine, after it slept, restart its time service."
	switch {
	case skew.Abs() >= skewTooLarge:
		f.Verdict, f.code = failed, exitNetwork
		f.Remedy = "True webhooks will be refused as older than five minutes or as from the future, and a link_token will seem good or expired when it is not. " + remedy
	case skew.Abs() >= skewToLookAt:
		f.Remedy = "From five minutes on true webhooks are refused. " + remedy
	default:
		f.Verdict, f.Says = fine, "This machine's clock agrees with Plaid's."
	}
	return f
}

// lookAtScript asks for Link's script, as the page will.
func (d doctor) lookAtScript(ctx context.Context, p place, transport http.RoundTripper) {
	ctx, cancel := context.WithTimeout(ctx, d.patience)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, p.scriptURL, http.NoBody)
	if err != nil {
		panic(err) // the address was checked
	}
	t := ask(request, transport)
	if t.interrupted() {
		return
	}
	const name = "Link script"
	f := finding{Name: name, Verdict: failed, code: exitNetwork}
	if t.err != nil {
		says, remedy, _ := t.trouble()
		f.Says, f.Remedy = fmt.Sprintf("%s cannot be loaded: %s", request.URL.Host, says), remedy
		d.report.add(f)
		return
	}
	says, remedy, isPage := notAnAPI(t)
	switch {
	case isPage:
		f.Says, f.Remedy = says, remedy
	case t.status != http.StatusOK:
		f.Says = fmt.Sprintf("%s answers with HTTP %d.", request.URL.Host, t.status)
		f.Remedy = "See that " + withoutQuery(request.URL) + " opens in a browser. A firewall may block it."
	case !strings.Contains(t.header.Get("Content-Type"), "script") || len(t.body) == 0:
		f.Says = fmt.Sprintf("What comes from %s is no JavaScript (%s).", request.URL.Host, t.kind())
		f.Remedy = "See that the address is right: " + withoutQuery(request.URL)
	default:
		f.Verdict = fine
		f.Says = fmt.Sprintf("It comes from %s and is JavaScript. What blocks it in the browser, such as an ad blocker, is not seen from here.", request.URL.Host)
	}
	d.report.add(f)
}

func readSome(body io.ReadCloser) ([]byte, error) {
	content, err := io.ReadAll(io.LimitReader(body, longestProbe))
	_ = body.Close() // it was only read
	return content, err
}
