package pane

import "layersim/flow"

// LinkStopKind says what the cursor can stop at in a pane of Link.
type LinkStopKind int

// What a pane of Link holds.
const (
	StopField LinkStopKind = iota
	StopAccount
	StopCode
	StopOption
	StopButton
	StopOther
	StopClose
)

// LinkStop is one thing in Link's pane the cursor can stand on.
type LinkStop struct {
	Kind    LinkStopKind
	Key     string // of a field, id of an account or an option, verb of another button
	Label   string
	Private bool
}

// asksCode reports whether a pane waits for the one-time code. The network may
// prove the phone without one.
func asksCode(p flow.Pane) bool { return p.View == flow.ViewVerifyPhone && p.Auto == "" }

// primaryButton names the button before Close, "" if there is none. A pane that
// goes on by itself can be hurried.
func primaryButton(p flow.Pane) string {
	switch {
	case p.Auto != "":
		return "Go on"
	case p.Button == "Close":
		return ""
	}
	return p.Button
}

// LinkStops returns where the cursor can stop in a pane, in order.
func LinkStops(p flow.Pane) []LinkStop {
	var stops []LinkStop
	if asksCode(p) {
		stops = append(stops, LinkStop{Kind: StopCode, Key: "code", Label: "One-time code"})
	}
	for _, x := range p.Fields {
		stops = append(stops, LinkStop{StopField, x.Key, x.Label, x.Private})
	}
	for _, o := range p.Options {
		stops = append(stops, LinkStop{Kind: StopOption, Key: o.ID, Label: o.Name})
	}
	for _, b := range p.Banks {
		for _, a := range b.Accounts {
			stops = append(stops, LinkStop{Kind: StopAccount, Key: a.ID, Label: a.Name})
		}
	}
	if name := primaryButton(p); name != "" {
		stops = append(stops, LinkStop{Kind: StopButton, Label: name})
	}
	for _, o := range p.Others {
		stops = append(stops, LinkStop{Kind: StopOther, Key: string(o.Verb), Label: o.Label})
	}
	return append(stops, LinkStop{Kind: StopClose, Label: "Close"})
}
