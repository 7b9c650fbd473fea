package plaidsim

import "layersim/flow"

type networkStatusRequest struct {
	credentials
	User *struct {
		_           struct{} `plaid:"open"`
		PhoneNumber string   `json:"phone_number" plaid:"required"`
	} `json:"user" plaid:"required"`
	TemplateID string `json:"template_id"`
}

// Plaid OpenAPI: NetworkStatusGetResponse.
type networkStatusAnswer struct {
	Layer         *layerStatusJSON `json:"layer"`
	NetworkStatus string           `json:"network_status"`
	RequestID     string           `json:"request_id"`
}

type layerStatusJSON struct {
	Eligible bool `json:"eligible"`
}

// networkStatus answers /network/status/get by the rules that Link goes by. The
// reason, which Plaid never gives, is in the notice. UNCONFIRMED: that layer is
// null without a template_id, and that whoever Plaid holds anything of is a
// RETURNING_USER.
func (s *Sim) networkStatus(c *call) ([]byte, *plaidError) {
	var q networkStatusRequest
	if e := s.admit(c, &q); e != nil {
		return nil, e
	}
	phone, err := flow.ParsePhoneNumber(q.User.PhoneNumber)
	if err != nil || phone.Reveal() != q.User.PhoneNumber {
		return nil, invalidField("user.phone_number must be in E.164 format, such as +14155550011")
	}
	p, known := s.cfg.Catalog.PersonaByPhone(phone)
	answer := networkStatusAnswer{NetworkStatus: "UNKNOWN"}
	if known && holdsAny(p.Profile, p.Banks) {
		answer.NetworkStatus = "RETURNING_USER"
	}
	if q.TemplateID != "" {
		template, e := s.templateFor(c, q.TemplateID)
		if e != nil {
			return nil, e
		}
		persona := &p
		if !known {
			persona = nil
		}
		verdict := PhoneEligibility(*template, phone, persona)
		answer.Layer = &layerStatusJSON{verdict.Eligible}
		c.notice(verdict.Why)
	}
	answer.RequestID = s.requestID()
	c.requestID = answer.RequestID
	return encode(answer), nil
}
