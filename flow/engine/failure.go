package engine

import (
	"context"
	"errors"
	"strings"
	"time"

	"layersim/flow"
)

// longestMessage is how many characters of a foreign error text are worth showing.
const longestMessage = 300

// failed answers q with why it could not be performed.
func (e *Engine) failed(q flow.Question, err error) flow.Event {
	var failure flow.Failure
	if !errors.As(err, &failure) || failure.Code == "" {
		failure = clientFailure(err.Error())
	}
	return flow.CallFailed{At: e.now(), Call: q.CallID(), Failure: failure}
}

// clientFailure is trouble in this program, on the way to a port.
func clientFailure(message string) flow.Failure {
	return flow.Failure{
		Code: flow.CodeClient, Message: oneLine(message), Retryable: true,
		Hint: "The trouble is on this side, not Plaid's: try again, and start over if it stays.",
	}
}

// givenUp says why ctx, which had this long, ended before the call did.
func givenUp(ctx context.Context, patience time.Duration) flow.Failure {
	cause := context.Cause(ctx)
	if errors.Is(cause, context.DeadlineExceeded) {
		return flow.Failure{
			Code: flow.CodeTimeout, Message: "no answer within " + patience.String(), Retryable: true,
			Hint: "Nothing answered in time: the call may or may not have been carried out, and can be made again.",
		}
	}
	if errors.Is(cause, errClosed) {
		return clientFailure(errClosed.Error())
	}
	return clientFailure("the call was given up before it was answered")
}

// oneLine makes foreign text fit for one line of a terminal.
func oneLine(s string) string { return strings.TrimSpace(flow.CleanLine(s, longestMessage)) }
