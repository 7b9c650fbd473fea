package webhook

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"time"

	"layersim/flow"
)

// underWay is how long a webhook is under way: it comes after what the client
// was told at the same moment, in every run.
const underWay = 50 * time.Millisecond

// What is remembered and told at most: an address that is known to others gets
// whatever they like to send.
const (
	maxCame     = 1000 // genuine bodies, to know them when they come again
	longestRaw  = 8 << 10
	mostRefused = 20 // webhooks that are told though they are not believed, within refusedIn
	refusedIn   = time.Minute
)

// Receiver takes the walk's webhooks, whatever brings them: it verifies each,
// knows one that comes again and reports it. As an http.RoundTripper it takes
// them without a socket, as the Handler of a Server from one. Its fields must be
// set before the first webhook comes.
type Receiver struct {
	Verifier *Verifier
	Emit     func(flow.Event)
	// Sleep lets a webhook be under way that RoundTrip takes; nil waits in real time.
	Sleep func(ctx context.Context, d time.Duration) error

	mu      sync.Mutex
	came    map[[sha256.Size]byte]int // how often each genuine body came
	order   [][sha256.Size]byte
	genuine Message     // the newest that was verified
	refused []time.Time // when one was told that was not believed, oldest first
	untold  int         // refused since and not told
}

// Take judges a webhook, reports it and returns the HTTP status with which to
// answer: 200 if it is Plaid's, 503 if that could not be found out, so that
// Plaid sends it again, else 400.
func (c *Receiver) Take(ctx context.Context, m Message) (status int) {
	err := errNotJSON
	if json.Valid(m.Body) {
		err = c.Verifier.Verify(ctx, m)
	}
	e := read(m.Body)
	e.At = flow.At(c.Verifier.Now())
	e.Verified, e.Reason = err == nil, sentence(err)
	e.Unchecked = errors.As(err, new(Unchecked))
	if err == nil {
		m.at = e.When()
		e.Delivery = c.remember(m)
	} else if !c.tell(&e) {
		return statusOf(e)
	}
	c.Emit(e)
	return statusOf(e)
}

var errNotJSON = errors.New("its body is not JSON")

func statusOf(e flow.WebhookReceived) int {
	switch {
	case e.Verified:
		return http.StatusOK
	case e.Unchecked:
		return http.StatusServiceUnavailable
	}
	return http.StatusBadRequest
}

// read reads a body, which may be anything.
func read(body []byte) flow.WebhookReceived {
	var said struct {
		Type          string `json:"webhook_type"`
		Code          string `json:"webhook_code"`
		Status        string `json:"status"`
		LinkSessionID string `json:"link_session_id"`
		LinkToken     string `json:"link_token"`
	}
	_ = json.Unmarshal(body, &said) // what is of another type stays empty
	// What was clipped, or is no JSON, is shown as far as it was understood.
	raw, _ := flow.Redaction{
		Longest: longestRaw, Text: flow.RedactStrictly, PlainNumber: flow.IsAmountOrTime,
		Foreign: func(path []string, kind flow.ValueKind) bool { return kind != "" && !isKnown(path) },
	}.JSON(body)
	line := func(s string) string { return flow.CleanLine(flow.RedactStrictly(flow.CleanLine(s, 1000)), 120) }
	return flow.WebhookReceived{
		Type: line(said.Type), Code: line(said.Code), Status: line(said.Status),
		LinkSessionID: line(said.LinkSessionID), LinkToken: flow.NewLinkToken(flow.CleanLine(said.LinkToken, 120)), Raw: raw,
	}
}

// isKnown reports whether a path leads to a member of the webhooks of Layer or
// of Link (Plaid docs: Link webhooks). What a stranger calls anything else may be
// anything, so it is shown by its shape only.
func isKnown(path []string) bool {
	for i := len(path) - 1; i >= 0; i-- {
		switch path[i] {
		case "":
			continue // an element of a list goes by the name of the list
		case "webhook_type", "webhook_code", "environment", "status", "link_session_id", "link_token", "public_token", "public_tokens",
			"item_id", "user_id", "client_user_id", "request_id", "timestamp", "expiration", "event_name", "event_id",
			"error", "error_type", "error_code", "error_message", "display_message":
			return true
		}
		return false
	}
	return true
}

// remember keeps a genuine webhook and returns how often it came.
func (c *Receiver) remember(m Message) int {
	digest := sha256.Sum256(m.Body)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.genuine = m
	if c.came == nil {
		c.came = map[[sha256.Size]byte]int{}
	}
	if c.came[digest]++; c.came[digest] == 1 {
		c.order = append(c.order, digest)
		if len(c.order) > maxCame {
			delete(c.came, c.order[0])
			c.order = c.order[1:]
		}
	}
	return c.came[digest]
}

// tell reports whether one that is not believed is told: of a flood, only the
// first few are, and the next says how many were not.
func (c *Receiver) tell(e *flow.WebhookReceived) bool {
	now := e.When()
	c.mu.Lock()
	defer c.mu.Unlock()
	for len(c.refused) > 0 && now.Sub(c.refused[0]) >= refusedIn {
		c.refused = c.refused[1:]
	}
	if len(c.refused) >= mostRefused {
		c.untold++
		return false
	}
	c.refused = append(c.refused, now)
	if c.untold > 0 {
		e.Reason = fmt.Sprintf("%s; %d more that were not believed came before and are not shown", e.Reason, c.untold)
		c.untold = 0
	}
	return true
}

// newest returns the newest genuine webhook, if one came.
func (c *Receiver) newest() (Message, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.genuine, c.genuine.Body != nil
}

// RoundTrip takes a webhook that comes from within this process.
func (c *Receiver) RoundTrip(r *http.Request) (*http.Response, error) {
	if err := c.sleep(r.Context(), underWay); err != nil {
		return nil, err
	}
	body, err := readAll(r)
	if err != nil {
		return nil, err
	}
	return answer(r, c.Take(r.Context(), Message{Signature: r.Header.Get(Header), Body: body})), nil
}

func (c *Receiver) sleep(ctx context.Context, d time.Duration) error {
	if c.Sleep != nil {
		return c.Sleep(ctx, d)
	}
	select {
	case <-time.After(d):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func answer(r *http.Request, status int) *http.Response {
	return &http.Response{
		Status: http.StatusText(status), StatusCode: status, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: http.Header{}, Body: http.NoBody, Request: r,
	}
}
