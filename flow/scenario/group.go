package scenario

import "slices"

// groups are the parts of the library, in the order in which to offer them.
var groups = []string{
	"First walks", "Who is eligible", "Extended Autofill", "The code", "Review", "Events", "Leaving", "Tokens", "Errors of Plaid's API",
	"When Plaid fails", "Calls of the API", "Webhooks", "Forged webhooks", "Mistakes", "Platforms",
}

// ownGroup is the group of scenarios that name none.
const ownGroup = "Others"

// GroupName is the part of the library that a scenario is offered in.
func (sc Scenario) GroupName() string { return or(sc.Group, ownGroup) }

// Groups lists the groups of the scenarios, in the order in which to offer them.
func Groups(all []Scenario) []string {
	var list []string
	for _, g := range groups {
		if slices.ContainsFunc(all, func(sc Scenario) bool { return sc.GroupName() == g }) {
			list = append(list, g)
		}
	}
	for _, sc := range all {
		if g := sc.GroupName(); g != ownGroup && !slices.Contains(list, g) {
			list = append(list, g)
		}
	}
	if slices.ContainsFunc(all, func(sc Scenario) bool { return sc.GroupName() == ownGroup }) {
		list = append(list, ownGroup)
	}
	return list
}
