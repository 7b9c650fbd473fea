package plaidapi

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"mime"
	"net/http"
	"net/url"
	"strings"

	"github.com/plaid/plaid-go/v42/plaid"

	"layersim/flow"
)

// check turns what the SDK returned into nil or a flow.Failure.
//
// The status is the response's: the one in the SDK's parsed error is always 0,
// because Plaid's body has none.
func (c *Client) check(ctx context.Context, response *http.Response, err error) error {
	switch {
	case response == nil && err == nil:
		return notPlaid(0, "there was no answer at all")
	case response == nil:
		return c.onTheWay(ctx, err)
	case isRedirect(response.StatusCode):
		return c.otherAnswer(response, nil)
	case err == nil && !isJSON(response):
		return c.otherAnswer(response, nil)
	case err == nil:
		return nil
	}
	var answered plaid.GenericOpenAPIError
	if !errors.As(err, &answered) {
		return c.onTheWay(ctx, err) // the answer began and broke off
	}
	if response.StatusCode < 300 {
		return c.otherAnswer(response, answered.Body())
	}
	return c.errorAnswer(response, answered.Body())
}

// errorAnswer reads an error body. It may hold anything. What an error of
// Plaid's means is not said here but by whoever shows it.
func (c *Client) errorAnswer(response *http.Response, body []byte) flow.Failure {
	var e struct {
		Type           string  `json:"error_type"`
		Code           string  `json:"error_code"`
		Message        string  `json:"error_message"`
		DisplayMessage *string `json:"display_message"`
		RequestID      string  `json:"request_id"`
	}
	if json.Unmarshal(body, &e) != nil || e.Type == "" || e.Code == "" {
		return c.otherAnswer(response, body)
	}
	f := flow.Failure{
		Type: c.said(e.Type), Code: c.said(e.Code), Message: c.said(e.Message),
		RequestID: c.said(e.RequestID), Status: response.StatusCode,
		Retryable: mayRecover(response.StatusCode), RetryAfter: c.retryAfter(response),
	}
	if e.DisplayMessage != nil {
		f.DisplayMessage = c.said(*e.DisplayMessage)
	}
	c.optional(&f, body)
	return f
}

// optional reads what Plaid's error body may hold besides. None of it is worth
// losing the error for when it is of another type than expected.
func (c *Client) optional(f *flow.Failure, body []byte) {
	var e map[string]json.RawMessage
	_ = json.Unmarshal(body, &e) // it was read once already
	text := func(key string) string {
		var s string
		_ = json.Unmarshal(e[key], &s) // absent, null or no text: ""
		return c.said(s)
	}
	f.Reason, f.SuggestedAction = text("error_code_reason"), text("suggested_action")
	f.Documentation = plaidPage(text("documentation_url"))
	f.Causes = c.causes(e["causes"])
}

// causes says what each error in causes is, as far as there is room.
func (c *Client) causes(raw json.RawMessage) string {
	var list []struct {
		ItemID  string `json:"item_id"`
		Code    string `json:"error_code"`
		Message string `json:"error_message"`
	}
	if json.Unmarshal(raw, &list) != nil {
		return ""
	}
	var said []string
	for _, cause := range list {
		text := cause.Code
		if cause.Message != "" {
			text += ": " + cause.Message
		}
		if cause.ItemID != "" {
			text += " (" + cause.ItemID + ")"
		}
		said = append(said, text)
	}
	return c.said(strings.Join(said, "; "))
}

// plaidPage returns an address if it is one of Plaid's web pages, else "": what
// is shown as documentation may be opened.
func plaidPage(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "https" || u.User != nil || u.Host != "plaid.com" && !strings.HasSuffix(u.Host, ".plaid.com") {
		return ""
	}
	return address
}

// longestSaid is how many characters are kept of a text in an error body. Plaid's
// longest are some three hundred; somebody else's may be a page.
const longestSaid = 600

// said returns a text of the other side fit to be shown: what it quotes of ours
// is masked before it is cut, since half a token is no token to a pattern.
func (c *Client) said(text string) string {
	return flow.CleanLine(c.redactor().text(cleanLine(text)), longestSaid)
}

// mayRecover reports whether a status says that the same call may succeed later.
func mayRecover(status int) bool { return status == http.StatusTooManyRequests || status >= 500 }

// otherAnswer is an answer that Plaid's API would not give.
func (c *Client) otherAnswer(response *http.Response, body []byte) flow.Failure {
	status := response.StatusCode
	f := notPlaid(status, unreadable(response))
	f.RetryAfter = c.retryAfter(response)
	if status >= 300 && isJSON(response) && len(body) > 0 {
		f.Message = "the answer is not Plaid's: its body is not the error body of Plaid's API"
	}
	switch {
	case status == http.StatusProxyAuthRequired:
		f.Code, f.Message = flow.CodeProxy, "a proxy on the way asks for a sign-in of its own"+c.scheme(response.Header)
	case isRedirect(status) || status == http.StatusNetworkAuthenticationRequired:
		f.Code, f.Retryable = flow.CodeWebPage, true
		f.Message = "the answer is not Plaid's: it leads elsewhere" + c.leadsTo(response) + ", which Plaid's API never does"
	case status == http.StatusTooManyRequests:
		f.Code = flow.CodeTooMany
	case status >= 500:
		f.Code = flow.CodeServer
	case isPage(response):
		f.Code, f.Retryable = flow.CodeWebPage, true
		f.Message = "the answer is not Plaid's: it is a web page" + c.leadsTo(response)
	}
	return f
}

// leadsTo says to which host an answer leads, if it says so itself; not the
// address, which may hold what this machine was given to sign in with.
func (c *Client) leadsTo(response *http.Response) string {
	target, err := url.Parse(response.Header.Get("Location"))
	if err != nil || target.Host == "" {
		return ""
	}
	return ", to " + c.said(target.Host)
}

// scheme says which way to sign in a proxy names.
func (c *Client) scheme(header http.Header) string {
	scheme, _, _ := strings.Cut(header.Get("Proxy-Authenticate"), " ")
	if scheme = c.said(scheme); scheme == "" {
		return ""
	}
	return " (" + scheme + ")"
}

// notPlaid is an answer that Plaid's API would not give.
func notPlaid(status int, why string) flow.Failure {
	return flow.Failure{
		Code: flow.CodeNotPlaid, Message: "the answer is not Plaid's: " + why, Status: status, Retryable: mayRecover(status),
	}
}

// incomplete is an answer of the right shape that lacks what it is for.
func incomplete(status int, what, requestID string) flow.Failure {
	f := notPlaid(status, "it holds no "+what)
	f.RequestID = requestID
	return f
}

func isRedirect(status int) bool { return status >= 300 && status < 400 }

func isJSON(response *http.Response) bool {
	kind := mediaType(response)
	return kind == "application/json" || strings.HasSuffix(kind, "+json")
}

func isPage(response *http.Response) bool {
	kind := mediaType(response)
	return kind == "text/html" || kind == "application/xhtml+xml"
}

func mediaType(response *http.Response) string {
	kind, _, err := mime.ParseMediaType(response.Header.Get("Content-Type"))
	if err != nil {
		return ""
	}
	return kind
}

// unreadable says what is wrong with an answer that the SDK could not read.
func unreadable(response *http.Response) string {
	if isJSON(response) {
		return "its body is not the JSON that was expected"
	}
	if kind := cleanLine(response.Header.Get("Content-Type")); kind != "" {
		return fmt.Sprintf("it is %s, not JSON", flow.CleanLine(kind, 80))
	}
	return "it is empty or does not say what it is"
}
