package linkterm

import (
	"encoding/json"

	"layersim/flow"
)

// redact returns a metadata object as compact JSON, masked and free of control
// characters; "" for none.
func redact(raw json.RawMessage) string {
	shown, err := flow.Redaction{Text: func(s string) string { return flow.RedactStrictly(clean(s)) }}.JSON(raw)
	if err != nil || shown == "null" {
		return ""
	}
	return shown
}

// clean makes a text of Link's fit for a terminal; its own are far shorter.
func clean(s string) string { return flow.CleanLine(s, 500) }
