package plaidsim

import (
	"time"

	"layersim/flow"
)

// Kinds of callback.
const (
	kindEvent   = "event"
	kindSuccess = "success"
	kindExit    = "exit"
)

// callback is one call of onEvent, onSuccess or onExit that the app's handler
// must make. Seq is given when it becomes deliverable.
type callback struct {
	Seq         int        `json:"seq"`
	Kind        string     `json:"kind"`
	Name        string     `json:"name,omitempty"`
	PublicToken string     `json:"public_token,omitempty"`
	Error       *exitError `json:"-"`
	Metadata    any        `json:"metadata"`
	at          time.Time  // when it happened
}

// exitCallback is how a callback of kind "exit" is sent: its error is there
// even when null.
type exitCallback struct {
	Seq      int        `json:"seq"`
	Kind     string     `json:"kind"`
	Error    *exitError `json:"error"`
	Metadata any        `json:"metadata"`
}

// wire returns the form in which the callback is sent.
func (c callback) wire() any {
	if c.Kind == kindExit {
		return exitCallback{c.Seq, c.Kind, c.Error, c.Metadata}
	}
	return c
}

// realTime reports whether the documentation promises the event at once: OPEN
// and the LAYER_* events. All others may come together with onSuccess or
// onExit, in any order (Plaid docs: Link Web, onEvent).
func (c callback) realTime() bool {
	switch c.Name {
	case flow.EventOpen, flow.EventLayerReady, flow.EventLayerNotAvailable, flow.EventLayerAutofillUnavailable:
		return true
	}
	return false
}

// exitError is the error of onExit.
type exitError struct {
	Type    string `json:"error_type"`
	Code    string `json:"error_code"`
	Message string `json:"error_message"`
	Display opt    `json:"display_message"`
}

// eventMetadata has every documented key; what is absent is null
// (Plaid docs: Link Web, onEvent; keys as in react-plaid-link's types).
type eventMetadata struct {
	AccountNumberMask      opt    `json:"account_number_mask"`
	ErrorType              opt    `json:"error_type"`
	ErrorCode              opt    `json:"error_code"`
	ErrorMessage           opt    `json:"error_message"`
	ExitStatus             opt    `json:"exit_status"`
	InstitutionID          opt    `json:"institution_id"`
	InstitutionName        opt    `json:"institution_name"`
	InstitutionSearchQuery opt    `json:"institution_search_query"`
	IsUpdateMode           opt    `json:"is_update_mode"`
	MatchReason            opt    `json:"match_reason"`
	MFAType                opt    `json:"mfa_type"`
	RoutingNumber          opt    `json:"routing_number"`
	ViewName               opt    `json:"view_name"`
	Selection              opt    `json:"selection"`
	Timestamp              string `json:"timestamp"` // ISO 8601 with milliseconds, UTC
	LinkSessionID          string `json:"link_session_id"`
	RequestID              string `json:"request_id"`
}

// successMetadata is the metadata of onSuccess.
type successMetadata struct {
	Institution    *linkInstitution `json:"institution"`
	Accounts       []linkAccount    `json:"accounts"`
	LinkSessionID  string           `json:"link_session_id"`
	TransferStatus opt              `json:"transfer_status"`
}

type linkInstitution struct {
	Name string `json:"name"`
	ID   string `json:"institution_id"`
}

type linkAccount struct {
	ID                 string `json:"id"`
	Name               string `json:"name"`
	Mask               opt    `json:"mask"`
	Type               string `json:"type"`
	Subtype            string `json:"subtype"`
	VerificationStatus opt    `json:"verification_status"`
	ClassType          opt    `json:"class_type"`
}

// exitMetadata is the metadata of onExit.
type exitMetadata struct {
	Institution   *linkInstitution `json:"institution"`
	Status        opt              `json:"status"`
	LinkSessionID string           `json:"link_session_id"`
	RequestID     string           `json:"request_id"`
}

// stamp writes a time as Link does.
func stamp(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000Z") }
