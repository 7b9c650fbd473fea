package plaidsim

import (
	"strings"

	"layersim/fixtures"
	"layersim/flow"
)

// pane returns what Link shows now, nil when it shows nothing.
func (s session) pane(c *fixtures.Catalog) *pane {
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
	case s.State == stateLeaving:
		return leavingPane()
	case s.State.open():
		t := &turn{s: s, w: world{catalog: c}}
		return s.addingPane(t.offered())
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
		Notice: s.Notice, Button: "Share", Verb: string(flow.LinkShare), AccountsRule: string(s.Template.Accounts),
	}
	if p.AccountsRule == "" {
		p.AccountsRule = string(fixtures.AccountsSkip)
	}
	p.Fields = make([]paneField, 0, len(s.Fields))
	for _, f := range s.Fields {
		p.Fields = append(p.Fields, paneField{f.Key, f.Label, f.Value, f.Private, f.Required, f.Notice})
	}
	p.Banks = paneBanks(s.Banks)
	if s.canAddBank() {
		p.Others = []paneButton{{string(flow.LinkAddBank), "Add a bank"}}
	}
	return p
}

func paneBanks(banks []bank) []paneBank {
	shown := make([]paneBank, 0, len(banks))
	for _, b := range banks {
		pb := paneBank{ID: b.InstitutionID, Name: b.Name}
		for _, a := range b.Accounts {
			pb.Accounts = append(pb.Accounts, paneAccount{a.ID, a.Name, a.Mask, a.Type, a.Subtype, a.Selected})
		}
		shown = append(shown, pb)
	}
	return shown
}

// maskPhone leaves the last four digits, as Link's own panes do.
func maskPhone(p flow.PhoneNumber) string {
	digits := p.Reveal()
	if len(digits) < 6 {
		return "your phone"
	}
	return strings.Repeat("•", len(digits)-5) + digits[len(digits)-4:]
}

// pane mirrors flow.Pane as JSON.
type pane struct {
	View         string       `json:"view"`
	Title        string       `json:"title"`
	Text         string       `json:"text"`
	Notice       string       `json:"notice"`
	Button       string       `json:"button"`
	Verb         string       `json:"verb,omitempty"` // what Button does
	Auto         string       `json:"auto,omitempty"`
	AttemptsLeft int          `json:"attempts_left"`
	AccountsRule string       `json:"accounts_rule"`
	Fields       []paneField  `json:"fields"`
	Banks        []paneBank   `json:"banks"`
	Options      []paneOption `json:"options,omitempty"` // verb institution
	Others       []paneButton `json:"others,omitempty"`
}

// paneOption is one of several things to choose, each a button.
type paneOption struct {
	ID     string `json:"id"`
	Name   string `json:"name"`
	Detail string `json:"detail"`
}

// paneButton is a button besides the primary one and Close.
type paneButton struct {
	Verb  string `json:"verb"`
	Label string `json:"label"`
}

type paneField struct {
	Key      string `json:"key"`
	Label    string `json:"label"`
	Value    string `json:"value"`
	Private  bool   `json:"private"`
	Required bool   `json:"required"`
	Notice   string `json:"notice"`
}

type paneBank struct {
	ID       string        `json:"id"`
	Name     string        `json:"name"`
	Accounts []paneAccount `json:"accounts"`
}

type paneAccount struct {
	ID       string `json:"id"`
	Name     string `json:"name"`
	Mask     string `json:"mask"`
	Type     string `json:"type"`
	Subtype  string `json:"subtype"`
	Selected bool   `json:"selected"`
}
