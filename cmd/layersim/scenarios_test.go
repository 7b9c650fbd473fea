package main

import (
	"reflect"
	"regexp"
	"strings"
	"testing"
)

// The help of scenarios names every member that --json prints, in columns that
// fit a screen of 80.
func TestHelpNamesEveryMemberOfAListedScenario(t *testing.T) {
	for field := range reflect.TypeFor[listedScenario]().Fields() {
		name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
		if !regexp.MustCompile(`(?m)^  (\w+, )?` + name + `(,| {2,})`).MatchString(scenariosLongHelp) {
			t.Errorf("the help says nothing of %q", name)
		}
	}
	for line := range strings.SplitSeq(scenariosLongHelp, "\n") {
		if strings.HasPrefix(line, "  ") && len(line) > 76 {
			t.Errorf("too wide: %s", line)
		}
	}
}
