package pane

import (
	"strings"

	"layersim/flow"
)

// ErrorText is what is to be known about an error: what it means, what has most
// likely caused it, what to do, and whether the same call may be made again.
type ErrorText struct {
	Name                        string // such as "INVALID_REQUEST / MISSING_FIELDS"
	Means, Cause, Remedy, Retry string
	URL                         string
}

// parts shows it in a tree, with the request_id first, because Plaid's support
// asks for that.
func (e ErrorText) parts(x flow.Exchange) []TreePart {
	if e.Means == "" {
		return nil
	}
	p := TreePart{Title: "What this means", Note: e.Name, Facts: []TreePair{
		{Value: e.Means}, {Name: "Likely cause", Value: e.Cause}, {Name: "Remedy", Value: e.Remedy}, {Name: "Try again", Value: e.Retry},
	}}
	for _, h := range x.ResponseHeaders {
		if strings.EqualFold(h.Name, "Retry-After") {
			p.Facts = append(p.Facts, TreePair{"Retry-After", h.Value + ": wait that many seconds, or until that time."})
		}
	}
	p.Facts = append(p.Facts, TreePair{"Read more", e.URL})
	if x.RequestID == "" {
		return []TreePart{p}
	}
	return []TreePart{{Facts: []TreePair{{"request_id", x.RequestID + " · give this to Plaid's support."}}}, p}
}
