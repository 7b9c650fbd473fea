package pane

import "layersim/flow"

// OutlookRow is what an event would do, or what several are refused for.
type OutlookRow struct {
	Group   string
	Event   string
	Others  []string // what else is refused for this reason
	Verdict flow.Verdict
	To      flow.Phase // where it leads, with flow.Advanced
	Again   bool       // a new attempt begins there
	Why     string
	Acts    bool     // something is asked of the app or of Link then
	Calls   []string // what the app calls then
	Wrong   bool     // a mistake made on purpose, no part of Layer
}

// OutlookRows puts what flow.Outlook says into rows: what leads on comes first,
// what is only noted after it, then what is refused, one row a reason. A mistake
// that can be made on purpose is the last.
func OutlookRows(prospects []flow.Prospect) []OutlookRow {
	var rows []OutlookRow
	add := func(wanted func(OutlookRow) bool) {
		for _, p := range prospects {
			row := OutlookRow{Group: groupWord(p.Group), Event: p.Event, Verdict: p.Verdict, To: p.To, Again: p.Again, Why: p.Why, Acts: p.Acts, Calls: p.Calls, Wrong: p.Wrong}
			if p.Wrong {
				row.Why = "It is no part of Layer, but shows what an app gets wrong. For example: " + p.Why
			}
			if p.Verdict != flow.Refused && wanted(row) {
				rows = append(rows, row)
			}
		}
	}
	add(func(row OutlookRow) bool { return row.leadsOn() && !row.Again })
	add(func(row OutlookRow) bool { return row.Again && !row.Wrong })
	add(func(row OutlookRow) bool { return !row.leadsOn() && !row.Wrong })
	for _, r := range flow.Refusals(prospects) {
		rows = append(rows, OutlookRow{Group: "refused", Event: r.Events[0], Others: r.Events[1:], Verdict: flow.Refused, Why: r.Why})
	}
	add(func(row OutlookRow) bool { return row.Wrong })
	return rows
}

// leadsOn reports whether something follows: another phase, or a call.
func (row OutlookRow) leadsOn() bool {
	return !row.Wrong && (row.Verdict == flow.Advanced || row.Verdict == flow.Noted && row.Acts)
}

func groupWord(g flow.ProspectGroup) string {
	switch g {
	case flow.GroupOperator:
		return "you"
	case flow.GroupSDK:
		return "SDK"
	case flow.GroupServer:
		return "answer"
	case flow.GroupWebhook:
		return "webhook"
	case flow.GroupTimer:
		return "timer"
	}
	return "around"
}
