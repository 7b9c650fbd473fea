package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"layersim/fixtures"
	"layersim/flow"
	"layersim/flow/plaidapi"
)

// lookAtAccount asks Plaid for a link_token, as a walk begins. That tells
// whether keys, template and account are good for Layer; no other call does.
func (d doctor) lookAtAccount(ctx context.Context, s subject, transport http.RoundTripper, answers bool) {
	const name = "Layer"
	switch {
	case len(s.keys.problems()) > 0:
		d.report.add(finding{Name: name, Verdict: notAsked, Says: "Plaid was not asked, because a key is missing or wrong, see above."})
		return
	case !answers:
		d.report.add(finding{Name: name, Verdict: notAsked, Says: "Plaid was not asked: keys are sent only when it is certain that Plaid's API answers."})
		return
	}
	server := plaidapi.New(plaidapi.Options{
		BaseURL: s.place.baseURL, ClientID: s.keys.clientID.value, Secret: s.keys.secret.value,
		Transport: transport, Now: d.now, Timeout: d.patience,
	})
	token, expiration, id, err := server.CreateSessionToken(ctx, flow.CreateSessionToken{TemplateID: s.keys.template.value, ClientUserID: newClientUserID()})
	if ctx.Err() != nil {
		return
	}
	var refused flow.Failure
	switch {
	case err == nil:
		d.report.add(d.judgeToken(token, expiration.Sub(d.now()).Minutes(), id))
	case errors.As(err, &refused):
		d.report.add(judgeRefusal(refused))
	default:
		d.report.add(finding{Name: name, Verdict: failed, Says: "It failed: " + innermostOf(err) + ".", Remedy: "Try again.", code: exitUnexpected})
	}
}

// judgeToken looks at the link_token that Plaid has made.
func (d doctor) judgeToken(token flow.LinkToken, minutes float64, id string) finding {
	f := finding{Name: "Layer", Verdict: fine}
	if !strings.HasPrefix(token.Reveal(), "link-"+sandboxEnv+"-") {
		f.Verdict, f.code = failed, exitAccess
		f.Says = fmt.Sprintf("Plaid made a link_token that is not one of Sandbox: %s (request_id %s).", token, id)
		f.Remedy = "Use the Sandbox secret of your account. Nothing was shared or billed."
		return f
	}
	f.Says = fmt.Sprintf("The account may use Layer with this template: Plaid made %s, good for %.0f minutes (request_id %s). It is not used and costs nothing: Layer is billed per onSuccess only.", token, minutes, id)
	return f
}

// judgeRefusal says why there is no link_token: in Plaid's words, then in ours.
func judgeRefusal(refused flow.Failure) finding {
	f := finding{Name: "Layer", Verdict: failed, code: exitAccess}
	if refused.Type == "" { // it never reached Plaid
		f.code = exitNetwork
		f.Says = strings.TrimSuffix(refused.Error(), ".") + "."
		f.Remedy = strings.TrimSpace(refused.Hint + " " + fixtures.ErrorFor(fixtures.OwnErrors, refused.Code).Remedy)
		return f
	}
	if refused.Status >= 500 || refused.Status == http.StatusTooManyRequests {
		f.code = exitNetwork
	}
	f.Says = "Plaid says: " + refused.Error()
	if refused.DisplayMessage != "" {
		f.Says += " (display_message: " + refused.DisplayMessage + ")"
	}
	f.Says += ", request_id " + refused.RequestID + "."
	text := fixtures.ErrorFor(refused.Type, refused.Code)
	f.Says += "\n" + text.Means + " " + text.Cause
	f.Remedy = text.Remedy + remedyForLayer(refused)
	return f
}

// remedyForLayer adds what only a Layer account needs. Which code Plaid gives to
// an unknown template, and to an account without Layer, is UNCONFIRMED, so the
// remedy names both where either may be meant.
func remedyForLayer(refused flow.Failure) string {
	const (
		enable   = " Layer itself must be enabled for the account: ask for it in the Dashboard, or Plaid's support."
		template = " See that " + nameTemplate + " is the id of a template that is in the Dashboard of this account, and is published."
	)
	switch refused.Code {
	case "INVALID_API_KEYS":
		return ""
	case "UNAUTHORIZED_ROUTE_ACCESS", "INVALID_PRODUCT", "PRODUCTS_NOT_SUPPORTED", "PRODUCT_NOT_ENABLED":
		return enable
	}
	if strings.Contains(strings.ToLower(refused.Message), "template") { // Plaid says itself which it is
		return template
	}
	if refused.Type == "INVALID_REQUEST" || refused.Type == "INVALID_INPUT" {
		return template + enable
	}
	return ""
}
