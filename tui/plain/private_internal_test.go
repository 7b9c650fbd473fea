package plain

import (
	"context"
	"strings"
	"testing"

	"layersim/fixtures"
	"layersim/flow"
)

// Whatever an event brings of a person is hidden from then on, and the longest
// value first, so that no end of one is left.
func TestLearn(t *testing.T) {
	p := &privacy{on: true, catalog: &fixtures.Catalog{}}
	p.add("Main", "Main Street 12")
	for _, e := range []flow.Event{
		flow.LinkActed{Action: flow.LinkAction{Values: map[string]flow.SSN{"name.first_name": flow.NewPaneValue("Typed")}}},
		flow.UserAccountFetched{Account: flow.UserAccount{Items: []flow.Item{{ItemID: "item-one"}}}},
		flow.AccountsFetched{Accounts: []flow.Account{{AccountID: "account-one"}}},
	} {
		p.learn(e)
	}
	const want = "hidden, hidden, hidden, hidden, hidden."
	if got := p.hide("Typed, item-one, account-one, Main Street 12, Main."); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestLastLineWithoutEnd(t *testing.T) {
	lines := make(chan string, 3)
	readLines(context.Background(), strings.NewReader("one\ntwo"), lines)
	var got []string
	for line := range lines {
		got = append(got, line)
	}
	if len(got) != 2 || got[1] != "two" {
		t.Errorf("read %q", got)
	}
}
