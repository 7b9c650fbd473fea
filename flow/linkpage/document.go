package linkpage

import (
	"html"
	"strings"
)

// document is what differs from one page to the next.
//
// It is not a template: those call methods by name, and a program that may do
// so keeps every method of every type in it. Of Plaid's SDK that is most of
// 2,000 models that nobody uses, and half of this program's size.
type document struct {
	simulated bool
	nonce     string // "" for none
	elsewhere string // why this is not Plaid, "" if it is or is simulated
}

// text is the page, with nothing in it that could be read as markup of its own.
func (d document) text() (string, error) {
	page, err := web.ReadFile("web/page.html")
	if err != nil {
		return "", err
	}
	tag, footer := "Sandbox", "This is a sample app that signs up with Plaid Layer in Plaid’s Sandbox. Use Sandbox test data only."
	nonce, elsewhere := "", ""
	if d.nonce != "" {
		nonce = ` nonce="` + html.EscapeString(d.nonce) + `"`
	}
	if d.elsewhere != "" {
		elsewhere = `<p class="elsewhere">This is not Plaid: ` + html.EscapeString(d.elsewhere) + "</p>\n"
		footer = "This is a sample app that signs up with Plaid Layer. Use Sandbox test data only."
	}
	if d.simulated {
		tag, footer = "Simulated", "This is a simulation of signing up with Plaid Layer. No data leaves this computer."
	}
	return strings.NewReplacer("{nonce}", nonce, "{tag}", tag, "{elsewhere}", elsewhere, "{footer}", footer).Replace(string(page)), nil
}
