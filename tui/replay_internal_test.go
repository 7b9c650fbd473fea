package tui

import (
	"testing"

	"layersim/flow"
	"layersim/flow/journal"
)

// A call that failed is one stop, and a mistake on purpose is one.
func TestStopsOfAReplay(t *testing.T) {
	entry := func(e flow.Event) journal.Entry { return journal.Entry{Event: e, Verdict: flow.Advanced} }
	refused := journal.Entry{Event: flow.DoWrong{Wrong: flow.WrongOpenTwice}, Verdict: flow.Refused}
	exchange := entry(flow.ExchangeRecorded{Exchange: flow.Exchange{Status: 500, RequestID: "r1"}})
	for name, c := range map[string]struct {
		before []journal.Entry
		is     journal.Entry
		want   bool
	}{
		"an exchange that failed":         {nil, exchange, true},
		"its call":                        {[]journal.Entry{exchange}, entry(flow.CallFailed{Failure: flow.Failure{RequestID: "r1"}}), false},
		"another call":                    {[]journal.Entry{exchange}, entry(flow.CallFailed{Failure: flow.Failure{RequestID: "r2"}}), true},
		"a call of Link":                  {nil, entry(flow.CallFailed{}), true},
		"a mistake on purpose":            {nil, entry(flow.DoWrong{Wrong: flow.WrongOpenTwice}), true},
		"a mistake that was not possible": {nil, refused, journal.IsError(refused.Event)},
		"nothing wrong":                   {nil, entry(flow.LinkTokenRequested{}), false},
	} {
		if got := isStop(c.before, c.is); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}
