package plain_test

import (
	"strings"
	"testing"

	"layersim/flow"
)

// everything is every word that looks at something, in a walk's course.
var everything = []string{"help", "state", "log 100", "wire", "wire 1", "code", "guide", "guide events", "findings", "what if", "what if ssn off", "persona", "template", "sdk", "wrong", "read"}

// everywhere asks for everything between the lines of a walk.
func everywhere(lines []string) []string {
	var all []string
	for _, line := range lines {
		all = append(append(all, everything...), line)
	}
	return append(all, append(everything, "result")...)
}

// Whatever is looked at, wherever: it is text, it changes nothing, and nothing
// that must stay hidden is said.
func TestLookingAround(t *testing.T) {
	bare := walk(t, setting{}, eligible...)
	w := walk(t, setting{}, everywhere(eligible)...)
	w.stands(flow.PhaseOnboarded)
	w.isText()
	if got, want := w.Journal.Len(), bare.Journal.Len(); got != want {
		t.Errorf("looking around made %d entries of %d", got, want)
	}
	w.saysNot("the-secret-of-the-client")
	w.saysNot(secretsOf(w)[:4]...) // the guide has the date of birth, which is Plaid's for tests
	w.says(
		"Guide: ", "Topics: events, webhooks", "Would lead on: ", "Call 1 of ", "Request header: ", `"template_id": "template_4uinBNe4B2x9"`,
		"Answer: HTTP 200.", "Persona 1, two-banks, phone number +1 415 555 0011", "Template 1, default, in use", "SDK ios, iOS: versions",
		"Mistake 1, submit-before-load:", "No findings: no mistake of this walk is known.", "Your server, Node: Ask for a link_token.", "ssn off, changed",
	)
}

// secretsOf are the values of a walk that are said only when they are revealed.
func secretsOf(w told) []string {
	id := w.State.Account.Identity
	list := []string{w.State.LinkToken.Reveal(), w.State.PublicToken.Reveal(), id.SSN.Reveal(), w.State.Account.Items[0].AccessToken.Reveal(), id.SSNLast4, id.DateOfBirth.Reveal()}
	for i, s := range list {
		if s == "" {
			w.t.Fatalf("secret %d is empty", i)
		}
	}
	return list
}

func TestReveal(t *testing.T) {
	w := walk(t, setting{}, append(eligible[:7:7], "reveal", "reveal ssn", "reveal everything", "private on", "reveal date_of_birth", "private off", "reveal Date of Birth", "quit")...)
	id := w.State.Account.Identity
	w.saysOnce("SSN, said because you asked: "+id.SSN.Reveal(), "Date of birth, said because you asked: "+id.DateOfBirth.Reveal(), id.SSN.Reveal(), id.DateOfBirth.Reveal())
	w.says("Hidden here: date_of_birth, ssn, ssn_last_4, access_token.", "Private is on, so nothing is said unmasked.")
	w.saysNot(w.State.Account.Items[0].AccessToken.Reveal(), "End of the input")
	if !w.Quit {
		t.Error("the walk does not know that it was quit")
	}
}

// With the switch on nothing personal is said, whatever is looked at.
func TestPrivate(t *testing.T) {
	// What is typed is hidden too.
	lines := []string{"", "", "4155550011", "", "", "123456", "edit first name = Grace", "Grace", "edit street = 2 Private Road", "edit ssn = 987-65-4329", "read", "", "guide 1990-02-03"}
	for name, s := range map[string]setting{"from the start": {private: true, persona: "two-banks"}, "switched on": {persona: "two-banks"}} {
		t.Run(name, func(t *testing.T) {
			all := everywhere(lines)
			if !s.private {
				all = append([]string{"private on"}, all...)
			}
			w := walk(t, s, all...)
			w.stands(flow.PhaseOnboarded)
			w.isText()
			if _, after, switched := strings.Cut(w.out, "Private: names"); switched {
				w.out = after
			}
			w.saysNot(secretsOf(w)...)
			a := w.State.Account
			w.saysNot("Grace", "2 Private Road", "987", "Maxine", a.Identity.LastName, a.Identity.Address.Street, a.Identity.Address.City, a.Identity.Address.PostalCode, a.Identity.Email,
				"+14155550011", "415 555 0011", "4155550011", "user-1", a.Items[0].ItemID, "Everyday Checking", "$", "1975-01-18", "1990-02-03")
			w.says("First name: hidden.", "Region: hidden.", "Account of Item 1: hidden, depository, checking, available hidden, current hidden.", "Phone: hidden, verified, by webhook.")
		})
	}
}

// A value that was typed in the wrong place is not repeated.
func TestMistypedSecrets(t *testing.T) {
	w := walk(t, setting{}, "123-45-6789", "987654321", "ssn 123456789", "", "", "", "", "", "123456", "edit ssn = 45454", "edit ssn = 123-45-6789", "edit 1 = Zoe", "reveal ssn", "accounts 123456789")
	w.saysOnce("123-45-6789", "First name: Zoe.") // revealed
	w.saysNot("123456789", "987654321", "45454")
	w.says("edit ssn = hidden")
}

func TestNothingIsLostByAMistake(t *testing.T) {
	w := walk(t, setting{template: "ssn-required"},
		"nonsense", "close", "", "", "555", "call me", "515-555-0016", "1975-13-01", "tomorrow", "1975-01-18", "", "", "12345", "abc", "123456",
		"edit", "edit shoe size", "edit 99", "accounts 7", "accounts one", "wire 99", "sdk", "sdk symbian", "sdk ios six", "sdk webview", "persona nobody", "template nothing", "wrong nothing", "wrong birth-first",
		"code cobol", "guide nothing", "what if hat required", "log many", "private maybe", "quit now", "")
	w.stands(flow.PhaseOnboarded)
	w.isText()
	w.saysTheJournal()
	w.says(
		`There is no command "nonsense".`, "Not now: close is for while Link is shown here.", "Not a phone number: 7 more digits.", "Neither a phone number nor a command.",
		"Not a date of birth: There is no month 13.", "Neither a date nor a command.", "A code has 6 digits and nothing else. Nothing was sent, and no try is lost.",
		`There is no field "shoe size". The fields are: First name,`, `"7" is no account of this list`, "There is no call", "react-native", "No Layer with Mobile webview.",
		`There is no persona "nobody".`, "Not now: birth-first:", `There is no language "cobol".`, "log takes a number", "Write private on or private off.", "quit takes nothing behind it",
	)
	if n := strings.Count(w.out, "Step: "); n != 10 {
		t.Errorf("%d steps:\n%s", n, w.out)
	}
}

func TestEndOfInput(t *testing.T) {
	walk(t, setting{}).says("End of the input. The walk is cut short, at the step: Ask for a link_token.")
	walk(t, setting{}, eligible...).says("End of the input. The walk is at an end: The user is onboarded.")
	w := walk(t, setting{}, "quit", "", "")
	w.stands(flow.PhaseToken)
	w.saysNot("End of the input", "link_token received")
}

// Lines that end like those of another system, that never end, or hold what no
// keyboard has.
func TestOddLines(t *testing.T) {
	w := walk(t, setting{}, "\r", "  ", "\x1b[2J\x00415-555-0015\t", "", strings.Repeat("x", 100_000), "\xff\xfe", "123456\r", "", "quit")
	w.isText()
}
