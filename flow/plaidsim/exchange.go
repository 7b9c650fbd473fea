package plaidsim

import "strings"

type tokenExchangeRequest struct {
	credentials
	PublicToken string `json:"public_token" plaid:"required"`
}

// tokenExchange answers /item/public_token/exchange, which no token of Layer's
// is good for: /user_account/session/get gives the access_tokens (Plaid docs:
// Layer API). There are no other public tokens here, so that it never succeeds.
// UNCONFIRMED: what Plaid answers for a profile token; here it is that it has
// the wrong form, as Plaid says of other tokens.
func (s *Sim) tokenExchange(c *call) ([]byte, *plaidError) {
	var q tokenExchangeRequest
	if e := s.admit(c, &q); e != nil {
		return nil, e
	}
	if id, ok := parseToken(q.PublicToken, publicTokenPrefix); ok {
		s.redeem(id, c) // so that it is known whose call it is
		c.notice("this is a token of Layer's: there is nothing to exchange, call " + pathSessionGet)
	}
	if !strings.HasPrefix(q.PublicToken, "public-") {
		return nil, invalidInput("INVALID_PUBLIC_TOKEN", "provided public token is in an invalid format. expected format: public-<environment>-<identifier>")
	}
	return nil, invalidInput("INVALID_PUBLIC_TOKEN", "could not find matching public token")
}
