package present

import (
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"

	"layersim/flow"
	"layersim/flow/scenario"
)

// reviewed is a scene whose user has changed the street in review.
func reviewed() *scene {
	field := func(key, label, value string) flow.PaneField {
		return flow.PaneField{Key: key, Label: label, Value: flow.NewPaneValue(value), Required: true}
	}
	sc := &scene{form: form{view: flow.ViewReview, values: map[string]string{"address.street": "2 New Street"}}}
	sc.deeds = []scenario.Deed{scenario.EditField{Values: map[string]flow.SSN{"address.street": flow.NewPaneValue("2 New Street")}}}
	sc.state.Phase = flow.PhaseLink
	sc.state.Link.Pane = flow.Pane{
		View: flow.ViewReview, Title: "Review your information", Text: "Look through what will be shared.", Button: "Share", Verb: flow.LinkShare, AccountsRule: "optional",
		Fields: []flow.PaneField{
			field("name.first_name", "First name", "Ada"), field("name.last_name", "Last name", "Example"), field("address.street", "Street", "1 Old Road"), field("address.street2", "Apartment or unit", ""),
			field("address.city", "City", "Madison"), field("address.region", "State", "IN"), field("address.postal_code", "ZIP code", "47250"), field("address.country", "Country", "US"),
			field("email", "Email", "ada@example.com"), field("date_of_birth", "Date of birth", "1975-01-18"), field("ssn", "Social Security number", "123456789"),
		},
		Banks: []flow.PaneBank{{ID: "1", Name: "First Bank", Accounts: []flow.PaneAccount{{ID: "a", Name: "Checking", Mask: "0000", Selected: true}, {ID: "b", Name: "Savings", Mask: "1111"}}}},
	}
	return sc
}

// On a screen of 80 by 24 the review shows its whole title and the accounts, of
// which a name and an address are one line each; on a larger one every field.
func TestReviewShowsItsAccounts(t *testing.T) {
	for _, size := range []struct {
		w, h      int
		has, lack []string
	}{
		{36, 17, []string{"Review your information ", " simulated", "Name *", "Ada Examp…", "Address *", "2 New Str…", "edited", "First Bank", "[x] Checking", "[ ] Savings", "[ Share ]"}, []string{"First name", "Street *", "…  simulated"}},
		{60, 30, []string{"Review your information", "simulated Link", "First name *", "2 New Street", "edited", "Country *", "[x] Checking"}, []string{"Name *    ", "Address *"}},
	} {
		m := New(Options{Scenario: scenario.Scenario{Steps: []scenario.Step{{Do: scenario.Open{}}}}, Now: time.Now, Context: t.Context()})
		f := m.frame(rect{size.w, size.h})
		m.open = true
		got := ansi.Strip(m.drawUser(f, reviewed()))
		for _, want := range size.has {
			if !strings.Contains(got, want) {
				t.Errorf("%d×%d lacks %q:\n%s", size.w, size.h, want, got)
			}
		}
		for _, unwanted := range size.lack {
			if strings.Contains(got, unwanted) {
				t.Errorf("%d×%d has %q:\n%s", size.w, size.h, unwanted, got)
			}
		}
		m.open = false
		if got := ansi.Strip(m.drawUser(f, reviewed())); strings.Contains(got, "Ada") || strings.Contains(got, "New Street") || !strings.Contains(got, "edited") || !strings.Contains(got, "First Bank") {
			t.Errorf("private, %d×%d:\n%s", size.w, size.h, got)
		}
	}
}
