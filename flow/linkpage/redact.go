package linkpage

import (
	"encoding/json"
	"errors"

	"layersim/flow"
)

// redactText makes a stranger's text safe to show and to keep: cleaned, cut to
// maxText, with what looks private masked.
func redactText(s string) string { return flow.RedactStrictly(flow.CleanLine(s, maxText)) }

// redactObject reads a JSON object and returns its texts and the whole of it
// as compact JSON, both redacted.
func redactObject(raw []byte) (texts map[string]string, compact string, err error) {
	var object map[string]any
	if err := json.Unmarshal(raw, &object); err != nil || object == nil {
		return nil, "", errors.New("metadata is not an object")
	}
	texts = map[string]string{}
	for key, value := range object {
		if s, ok := value.(string); ok { // null and nonsense alike are no text
			texts[key] = redactText(s)
		}
	}
	if compact, err = (flow.Redaction{Text: redactText}).JSON(raw); err != nil {
		return nil, "", errors.New("metadata can't be written again")
	}
	return texts, compact, nil
}
