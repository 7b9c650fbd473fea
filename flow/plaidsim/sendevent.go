package plaidsim

import (
	"time"

	"layersim/flow"
)

type eventSendRequest struct {
	credentials
	CohortID      string `json:"cohort_id"`
	LinkSessionID string `json:"link_session_id" plaid:"required"`
	Event         *struct {
		Name      string `json:"name" plaid:"required"`
		Timestamp string `json:"timestamp" plaid:"required"`
		Outcome   string `json:"outcome"`
	} `json:"event" plaid:"required"`
}

// eventSend answers /user_account/session/event/send: the app tells Plaid of an
// event of its own, which becomes part of the session's journal. Any name is
// good (Plaid OpenAPI: UserAccountSessionEvent). UNCONFIRMED: what Plaid answers
// to a link_session_id that it does not know; here a notice says so.
func (s *Sim) eventSend(c *call) ([]byte, *plaidError) {
	var q eventSendRequest
	if e := s.admit(c, &q); e != nil {
		return nil, e
	}
	if _, err := time.Parse(time.RFC3339, q.Event.Timestamp); err != nil {
		return nil, invalidField("event.timestamp must be an ISO 8601 date and time with a time zone, such as 2026-04-01T12:00:00Z")
	}
	note := "the app says: " + clip(q.Event.Name)
	if q.Event.Outcome != "" {
		note += " (" + clip(q.Event.Outcome) + ")"
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	c.requestID = s.ids.requestID()
	if l := s.byID[q.LinkSessionID]; l != nil && l.client == c.client {
		c.thread, c.session = l.thread, l.id
		s.record(l, Record{Kind: KindNote, Note: flow.RedactStrictly(note)})
	} else {
		c.notice("there is no Link session " + clip(q.LinkSessionID))
	}
	return encode(requestIDAnswer{c.requestID}), nil
}
