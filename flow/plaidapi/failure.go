package plaidapi

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net"
	"net/http"
	"strings"
	"syscall"

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
		return notPlaid(response.StatusCode, "it sends the caller elsewhere, which Plaid's API never does")
	case err == nil && !isJSON(response):
		return notPlaid(response.StatusCode, notJSON(response))
	case err == nil:
		return nil
	}
	var answered plaid.GenericOpenAPIError
	if !errors.As(err, &answered) {
		return c.onTheWay(ctx, err) // the answer began and broke off
	}
	if response.StatusCode < 300 {
		return notPlaid(response.StatusCode, unreadable(response))
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
	status := response.StatusCode
	if json.Unmarshal(body, &e) != nil || e.Type == "" || e.Code == "" {
		why := unreadable(response)
		if isJSON(response) && len(body) > 0 {
			why = "its body is not the error body of Plaid's API"
		}
		return notPlaid(status, why)
	}
	words := redactor{clientID: c.options.ClientID, secret: c.options.Secret}
	f := flow.Failure{
		Type: words.text(cleanLine(e.Type)), Code: words.text(cleanLine(e.Code)), Message: words.text(cleanLine(e.Message)),
		RequestID: words.text(cleanLine(e.RequestID)), Status: status,
		Retryable: status == http.StatusTooManyRequests || status >= 500,
	}
	if e.DisplayMessage != nil {
		f.DisplayMessage = words.text(cleanLine(*e.DisplayMessage))
	}
	return f
}

// onTheWay says in words why no answer came.
func (c *Client) onTheWay(ctx context.Context, err error) flow.Failure {
	var timeout net.Error
	switch {
	case errors.Is(ctx.Err(), context.Canceled):
		return flow.Failure{
			Code: flow.CodeClient, Message: "the call was given up before Plaid answered", Retryable: true,
			Hint: "Nothing is known about the call; make it again if it still matters.",
		}
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &timeout) && timeout.Timeout():
		return flow.Failure{
			Code: flow.CodeTimeout, Message: "Plaid did not answer in time", Retryable: true,
			Hint: "Plaid may or may not have carried the call out: try again, and look at the network if it stays so.",
		}
	case errors.Is(err, errTooLong):
		return notPlaid(0, errTooLong.Error())
	}
	message, advice := cause(err)
	return flow.Failure{Code: flow.CodeNoConnection, Message: message, Retryable: true, Hint: advice}
}

// cause says what went wrong on the network and what to look at.
func cause(err error) (message, advice string) {
	var (
		dns       *net.DNSError
		verify    *tls.CertificateVerificationError
		authority x509.UnknownAuthorityError
		host      x509.HostnameError
		expired   x509.CertificateInvalidError
		record    tls.RecordHeaderError
	)
	switch {
	case errors.As(err, &dns):
		return "the name " + cleanLine(dns.Name) + " was not found", "See that this machine is online and can look up names, then try again."
	case errors.As(err, &record):
		return "the other side does not speak TLS", "The address begins with https:// but the server there does not: see the address."
	case errors.As(err, &verify), errors.As(err, &authority), errors.As(err, &host), errors.As(err, &expired):
		return "the certificate of the other side was not accepted: " + innermost(err), "Something between here and Plaid answers in its place, a company proxy perhaps: have its certificate trusted, or use another network."
	case errors.Is(err, syscall.ECONNREFUSED):
		return "nothing accepts connections at this address", "See that the address is right and that its server is running, then try again."
	case errors.Is(err, syscall.ENETUNREACH), errors.Is(err, syscall.EHOSTUNREACH):
		return "there is no way to this address", "See that this machine is online, then try again."
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE):
		return "the connection was cut before the answer was complete", "Plaid may or may not have carried the call out: try again."
	}
	return "Plaid could not be reached: " + innermost(err), "See that this machine is online, then try again."
}

// innermost leaves out what wraps the cause: method and address, which the
// exchange shows anyway.
func innermost(err error) string {
	for errors.Unwrap(err) != nil {
		err = errors.Unwrap(err)
	}
	return redactor{}.text(cleanLine(err.Error()))
}

// notPlaid is an answer that Plaid's API would not give.
func notPlaid(status int, why string) flow.Failure {
	return flow.Failure{
		Code: flow.CodeNotPlaid, Message: "the answer is not Plaid's: " + why, Status: status,
		Retryable: status == http.StatusTooManyRequests || status >= 500,
		Hint:      "Something else answers at this address, a proxy or a wrong host perhaps: see the address and what came back.",
	}
}

// incomplete is an answer of the right shape that lacks what it is for.
func incomplete(what, requestID string) flow.Failure {
	f := notPlaid(http.StatusOK, "it holds no "+what)
	f.RequestID = requestID
	return f
}

func isRedirect(status int) bool { return status >= 300 && status < 400 }

func isJSON(response *http.Response) bool {
	kind, _, err := mime.ParseMediaType(response.Header.Get("Content-Type"))
	return err == nil && (kind == "application/json" || strings.HasSuffix(kind, "+json"))
}

// unreadable says what is wrong with an answer that the SDK could not read.
func unreadable(response *http.Response) string {
	if !isJSON(response) {
		return notJSON(response)
	}
	return "its body is not the JSON that was expected"
}

func notJSON(response *http.Response) string {
	if kind := cleanLine(response.Header.Get("Content-Type")); kind != "" {
		return fmt.Sprintf("it is %s, not JSON", kind)
	}
	return "it is empty or does not say what it is"
}
