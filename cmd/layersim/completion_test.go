package main

import (
	"bytes"
	"strings"
	"testing"
)

// What a shell is offered: cobra's scripts ask this of the program at each Tab.
func TestCompletion(t *testing.T) {
	mine := t.TempDir()
	for _, c := range []struct {
		typed     []string
		has, lack string
	}{
		{[]string{"--persona", "no-"}, "no-ssn\t", "leslie-knope"},
		{[]string{"--template", ""}, "default\t", "no-ssn"},
		{[]string{"--platform", "re"}, "react-native", "no-ssn"},
		{[]string{"--link", ""}, "terminal", "no-ssn"},
		{[]string{"run", "to"}, "tour\t", "default"},
		{[]string{"run", "tour", ""}, "tour\t", "default\t"},
		{[]string{"present", ""}, "tour\t", ""},
		{[]string{"scenarios", "to"}, "tour\t", ""},
		{[]string{"export", "--format", ""}, "asciicast", ""},
		{[]string{"serve", "--fixtures", ""}, ":16", ""}, // folders only
		{[]string{"--fixtures", mine + "/none", "--persona", ""}, ":1", "no-ssn"},
		{[]string{""}, "doctor\t", ""},
	} {
		root := newRoot(stdio{}, nil)
		var out bytes.Buffer
		root.SetOut(&out)
		root.SetErr(&out)
		root.SetArgs(append([]string{"__complete"}, c.typed...))
		if err := root.ExecuteContext(t.Context()); err != nil {
			t.Errorf("%q: %v", c.typed, err)
		}
		if got := out.String(); !strings.Contains(got, c.has) || c.lack != "" && strings.Contains(got, c.lack) {
			t.Errorf("%q is completed with\n%s", c.typed, got)
		}
	}
}
