package linkterm

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"

	"layersim/flow"
)

// value is the error as Plaid sent it, with what it means.
func (e plaidError) value(status int) flow.Failure {
	f := flow.Failure{
		Type: clean(e.Type), Code: clean(e.Code), Message: clean(e.Message),
		DisplayMessage: clean(e.DisplayMessage), RequestID: clean(e.RequestID), Status: status,
		Retryable: status == http.StatusTooManyRequests || status >= 500,
	}
	f.Hint = hint(f)
	return f
}

// hint says what Link's own trouble means. What an error of Plaid's means is said
// by whoever shows it.
func hint(f flow.Failure) string {
	switch {
	case f.Status == http.StatusNotFound:
		return "Link does not know this session any more: start over with a new link_token."
	case f.Retryable:
		return "Link could not answer just now: try again in a moment."
	}
	return ""
}

// errorAnswer reads an answer that is not HTTP 200.
func errorAnswer(status int, content []byte) flow.Failure {
	var e plaidError
	if json.Unmarshal(content, &e) != nil || clean(e.Code) == "" {
		f := notLink(fmt.Sprintf("HTTP %d with a body that is not Plaid's", status))
		f.Status = status
		f.Retryable = status == http.StatusTooManyRequests || status >= 500
		return f
	}
	return e.value(status)
}

// onTheWay is trouble between here and the simulator.
func onTheWay(ctx context.Context, err error) flow.Failure {
	var timeout net.Error
	switch {
	case errors.Is(ctx.Err(), context.Canceled):
		return clientFailure("the call was given up before it was answered")
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &timeout) && timeout.Timeout():
		return flow.Failure{
			Code: flow.CodeTimeout, Message: "Link did not answer in time", Retryable: true,
			Hint: "Link may or may not have heard the call: make it again, nothing is delivered twice.",
		}
	}
	return flow.Failure{
		Code: flow.CodeNoConnection, Message: "Link could not be reached: " + cause(err), Retryable: true,
		Hint: "See that the simulator is running, then try again.",
	}
}

// cause is the innermost reason of err. The outer ones name the address, and
// the address holds the session's key.
func cause(err error) string {
	for {
		inner := errors.Unwrap(err)
		if inner == nil {
			return strings.TrimSpace(clean(err.Error()))
		}
		err = inner
	}
}

func notLink(message string) flow.Failure {
	return flow.Failure{
		Code: flow.CodeNotPlaid, Message: message,
		Hint: "Something else than a simulated Link answers at this address: see where the simulator is.",
	}
}

func clientFailure(message string) flow.Failure {
	return flow.Failure{
		Code: flow.CodeClient, Message: message,
		Hint: "The trouble is on this side: start over with a new handler.",
	}
}

func noHandler() flow.Failure {
	return clientFailure("there is no such handler: it was never created, or it was destroyed")
}

// closedSilently is a session that is over without a callback that says so.
func closedSilently() flow.Failure {
	return flow.Failure{
		Code: flow.CodeNoCallback, Message: "Link has closed, and neither onSuccess nor onExit has come",
		Hint: "The webhook SESSION_FINISHED says how it ended. The callback may still come; start over if it does not.",
	}
}

// unopened is an open() of which nothing became.
func unopened() flow.Failure {
	return flow.Failure{
		Code: flow.CodeClient, Message: "open() returned, and Link has not opened", Retryable: true,
		Hint: "The call was lost on its way into Link: call open() again.",
	}
}

// refusal is a call that does not fit what the session is doing.
func refusal(why string) flow.Failure {
	return flow.Failure{
		Code: flow.CodeClient, Message: clean(why),
		Hint: "The call does not fit where the Link session is: look at the events before it.",
	}
}
