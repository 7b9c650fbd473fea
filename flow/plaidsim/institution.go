package plaidsim

import (
	"slices"

	"layersim/fixtures"
)

type institutionGetRequest struct {
	credentials
	InstitutionID string   `json:"institution_id" plaid:"required"`
	CountryCodes  []string `json:"country_codes" plaid:"required"`
	Options       *struct {
		Metadata        bool `json:"include_optional_metadata"`
		Status          bool `json:"include_status"`
		AuthMetadata    bool `json:"include_auth_metadata"`
		PaymentMetadata bool `json:"include_payment_initiation_metadata"`
	} `json:"options"`
}

// Plaid OpenAPI: CountryCode.
var countryCodes = []string{
	"US", "GB", "ES", "NL", "FR", "IE", "CA", "DE", "IT", "PL", "DK", "NO", "SE", "EE", "LT", "LV", "PT", "BE", "AT", "FI",
}

func (q *institutionGetRequest) check() *plaidError {
	if len(q.CountryCodes) == 0 {
		return invalidField("country_codes must name at least one country")
	}
	for _, code := range q.CountryCodes {
		if !slices.Contains(countryCodes, code) {
			return invalidField("country_codes must be codes of countries where Plaid is, such as US; not " + clip(code))
		}
	}
	return nil
}

// Plaid OpenAPI: InstitutionsGetByIdResponse.
type institutionGetAnswer struct {
	Institution institutionJSON `json:"institution"`
	RequestID   string          `json:"request_id"`
}

type institutionJSON struct {
	ID             string             `json:"institution_id"`
	Name           string             `json:"name"`
	Products       []fixtures.Product `json:"products"`
	CountryCodes   []string           `json:"country_codes"`
	RoutingNumbers []string           `json:"routing_numbers"`
	OAuth          bool               `json:"oauth"`

	// With include_optional_metadata; there is neither a page nor artwork.
	*institutionMetadataJSON
	Status       *institutionStatusJSON `json:"status,omitempty"`
	AuthMetadata *authMetadataJSON      `json:"auth_metadata,omitempty"`
	Payments     *opt                   `json:"payment_initiation_metadata,omitempty"`
}

type institutionMetadataJSON struct {
	URL          opt `json:"url"`
	PrimaryColor opt `json:"primary_color"`
	Logo         opt `json:"logo"`
}

type institutionStatusJSON struct {
	ItemLogins productStatusJSON `json:"item_logins"`
	Auth       productStatusJSON `json:"auth"`
	Identity   productStatusJSON `json:"identity"`
}

type productStatusJSON struct {
	Status     string        `json:"status"`
	LastChange string        `json:"last_status_change"`
	Breakdown  breakdownJSON `json:"breakdown"`
}

type breakdownJSON struct {
	Success     float64 `json:"success"`
	Plaid       float64 `json:"error_plaid"`
	Institution float64 `json:"error_institution"`
}

type authMetadataJSON struct {
	SupportedMethods struct {
		InstantAuth              bool `json:"instant_auth"`
		InstantMatch             bool `json:"instant_match"`
		AutomatedMicroDeposits   bool `json:"automated_micro_deposits"`
		InstantMicroDepositsFlag bool `json:"instant_micro_deposits"`
	} `json:"supported_methods"`
}

// institutionGet answers /institutions/get_by_id for the banks of the fixtures,
// all of them in the US and in good health. UNCONFIRMED: that asking in another
// country is answered as an unknown institution_id.
func (s *Sim) institutionGet(c *call) ([]byte, *plaidError) {
	var q institutionGetRequest
	if e := s.admit(c, &q); e != nil {
		return nil, e
	}
	if e := q.check(); e != nil {
		return nil, e
	}
	name, ok := s.cfg.Catalog.BankName(q.InstitutionID)
	if !ok || !slices.Contains(q.CountryCodes, "US") {
		return nil, invalidInput("INVALID_INSTITUTION", "invalid institution_id provided")
	}
	i := institutionJSON{
		ID: q.InstitutionID, Name: name, Products: append(fixtures.Products(), "balance"),
		CountryCodes: []string{"US"}, RoutingNumbers: []string{routingNumber},
	}
	if o := q.Options; o != nil {
		if o.Metadata {
			i.institutionMetadataJSON = &institutionMetadataJSON{}
		}
		if o.Status {
			well := productStatusJSON{"HEALTHY", stampSeconds(s.started), breakdownJSON{Success: 1}}
			i.Status = &institutionStatusJSON{well, well, well}
		}
		if o.AuthMetadata {
			i.AuthMetadata = &authMetadataJSON{}
			i.AuthMetadata.SupportedMethods.InstantAuth = true
		}
		if o.PaymentMetadata {
			i.Payments = new(opt) // null: payments are a European product
		}
	}
	c.requestID = s.requestID()
	return encode(institutionGetAnswer{i, c.requestID}), nil
}
