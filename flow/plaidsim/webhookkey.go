package plaidsim

import "layersim/flow/plaidsim/outbox"

const pathWebhookKey = "/webhook_verification_key/get"

type webhookKeyRequest struct {
	credentials
	KeyID string `json:"key_id" plaid:"required"`
}

// webhookKey answers the key with which a webhook says that it was signed, also
// after it has expired (Plaid docs: webhook verification).
func (s *Sim) webhookKey(c *call) ([]byte, *plaidError) {
	var q webhookKeyRequest
	if e := s.admit(c, &q); e != nil {
		return nil, e
	}
	key, asked, ok := s.hooks.Key(q.KeyID)
	if !ok {
		return nil, invalidInput("INVALID_WEBHOOK_VERIFICATION_KEY_ID", "invalid key_id provided. note that key_ids are specific to Plaid environments, and verification requests must be made to the same environment that the webhook was sent from")
	}
	// A receiver asks when a webhook happens to arrive: the id belongs to the
	// key, and shifts no other.
	kid, _ := parseUUID(key.Kid)
	c.requestID = newIDs(s.cfg.Seed).about(kid, asked).requestID()
	return encode(struct {
		Key       outbox.PublicKey `json:"key"`
		RequestID string           `json:"request_id"`
	}{key, c.requestID}), nil
}
