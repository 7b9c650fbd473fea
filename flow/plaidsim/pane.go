package plaidsim

import (
	"strings"

	"layersim/fixtures"
	"layersim/flow"
)

// pane returns what Link shows now, nil when it shows nothing.
func (s session) pane() *pane {
	switch {
	case s.State == stateConsent:
		return &pane{
			View: flow.ViewConsent, Title: "Share your information",
			Text: "This app uses a simulated Plaid to fill in your information. " +
				"Nothing is shared until you have looked at it and pressed Share.",
			Button: "Continue",
		}
	case s.State == stateVerify && s.silent():
		return &pane{
			View: flow.ViewVerifyPhone, Title: "Verifying your phone number",
			Text: "Your mobile network confirms that " + maskPhone(s.Phone) + " is yours. There is no code to type.",
			Auto: string(flow.LinkVerified),
		}
	case s.State == stateVerify:
		return &pane{
			View: flow.ViewVerifyPhone, Title: "Verify your phone number",
			Text:   "Enter the 6-digit code sent to " + maskPhone(s.Phone) + ".",
			Notice: s.Notice, AttemptsLeft: wrongCodesAllowed - s.WrongCodes,
		}
	case s.State == stateReview:
		return s.reviewPane()
	case s.State == stateExited && s.Failed:
		return &pane{
			View: flow.ViewError, Title: "We could not verify your phone number",
			Text: "The code was wrong three times. Close this to go on without Plaid.", Button: "Close",
		}
	}
	return nil
}

func (s session) reviewPane() *pane {
	p := &pane{
		View: flow.ViewReview, Title: "Review your information",
		Text:   "Look through what will be shared. Your phone number " + maskPhone(s.Phone) + " is verified.",
		Notice: s.Notice, Button: "Share", AccountsRule: string(s.Template.Accounts),
	}
	if p.AccountsRule == "" {
		p.AccountsRule = string(fixtures.AccountsSkip)
	}
	p.Fields = make([]paneField, 0, len(s.Fields))
	for _, f := range s.Fields {
		p.Fields = append(p.Fields, paneField{f.Key, f.Label, f.Value, f.Private, f.Required, f.Notice})
	}
	p.Banks = make([]paneBank, 0, len(s.Banks))
	for _, b := range s.Banks {
		pb := paneBank{ID: b.InstitutionID, Name: b.Name}
		for _, a := range b.Accounts {
			pb.Accounts = append(pb.Accounts, paneAccount{a.ID, a.Name, a.Mask, a.Type, a.Subtype, a.Selected})
		}
		p.Banks = append(p.Banks, pb)
	}
	return p
}

// maskPhone leaves the last four digits, as Link's own panes do.
func maskPhone(p flow.PhoneNumber) string {
	digits := p.Reveal()
	if len(digits) < 6 {
		return "your phone"
	}
	return strings.Repeat("•", len(digits)-5) + digits[len(digits)-4:]
}
