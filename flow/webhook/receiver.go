package webhook

import (
	"encoding/json"
	"net/http"
	"time"

	"layersim/flow"
)

// underWay is how long a webhook is under way: it comes after what the client
// was told at the same moment, in every run.
const underWay = 50 * time.Millisecond

// Receiver is the URL to which the walk's webhooks go: as an http.RoundTripper
// it takes them without a socket, verifies each and reports it. Its fields must
// be set before the first webhook comes.
type Receiver struct {
	Verifier *Verifier
	Emit     func(flow.Event)
}

// RoundTrip takes a webhook, and answers 200 if it is Plaid's, else 400.
func (c *Receiver) RoundTrip(r *http.Request) (*http.Response, error) {
	select {
	case <-time.After(underWay):
	case <-r.Context().Done():
		return nil, r.Context().Err()
	}
	body, err := readAll(r)
	if err != nil {
		return nil, err
	}
	var said struct {
		Type          string `json:"webhook_type"`
		Code          string `json:"webhook_code"`
		Status        string `json:"status"`
		LinkSessionID string `json:"link_session_id"`
		LinkToken     string `json:"link_token"`
	}
	if !json.Valid(body) {
		return answer(r, http.StatusBadRequest), nil
	}
	_ = json.Unmarshal(body, &said) // what is of another type stays empty
	err = c.Verifier.Verify(r.Context(), Message{Signature: r.Header.Get(Header), Body: body})
	line := func(s string) string { return flow.CleanLine(s, 120) }
	c.Emit(flow.WebhookReceived{
		At: flow.At(c.Verifier.Now()), Type: line(said.Type), Code: line(said.Code), Status: line(said.Status),
		LinkSessionID: line(said.LinkSessionID), LinkToken: flow.NewLinkToken(said.LinkToken),
		Verified: err == nil, Reason: sentence(err),
	})
	status := http.StatusOK
	if err != nil {
		status = http.StatusBadRequest
	}
	return answer(r, status), nil
}

func answer(r *http.Request, status int) *http.Response {
	return &http.Response{
		Status: http.StatusText(status), StatusCode: status, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: http.Header{}, Body: http.NoBody, Request: r,
	}
}
