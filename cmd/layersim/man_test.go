package main

import (
	"bytes"
	"os/exec"
	"regexp"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

func manOf(t *testing.T) (*cobra.Command, string) {
	t.Helper()
	root := newRoot(stdio{}, nil)
	var out bytes.Buffer
	root.SetOut(&out)
	root.SetArgs([]string{"man"})
	if err := root.ExecuteContext(t.Context()); err != nil {
		t.Fatal(err)
	}
	return root, out.String()
}

// The page of a release must be the same on the day it is built again.
func TestManPageHasNoDate(t *testing.T) {
	_, page := manOf(t)
	if title, _, _ := strings.Cut(page, "\n"); regexp.MustCompile(`20\d\d`).MatchString(title) {
		t.Errorf("the title holds a date: %s", title)
	}
}

func TestManPageIsComplete(t *testing.T) {
	root, page := manOf(t)
	var check func(cmd *cobra.Command)
	check = func(cmd *cobra.Command) {
		if cmd != root && !strings.Contains(page, "\n.SS "+roffText(cmd.UseLine())+"\n") {
			t.Errorf("%s is not in the page", cmd.CommandPath())
		}
		cmd.LocalFlags().VisitAll(func(f *pflag.Flag) {
			if !f.Hidden && !strings.Contains(page, roffText("--"+f.Name)+`\fR`) {
				t.Errorf("%s --%s is not in the page", cmd.CommandPath(), f.Name)
			}
		})
		for _, sub := range cmd.Commands() {
			if sub.IsAvailableCommand() && sub.Name() != "help" {
				check(sub)
			}
		}
	}
	check(root)
}

func TestManPageRendersWithoutWarnings(t *testing.T) {
	need(t, false, "groff")
	_, page := manOf(t)
	cmd := exec.CommandContext(t.Context(), "groff", "-man", "-ww", "-Tascii", "-P-cbou") // which has every sign, or a warning
	cmd.Stdin = strings.NewReader(page)
	var said bytes.Buffer
	cmd.Stderr = &said
	drawn, err := cmd.Output()
	if err != nil || said.Len() > 0 {
		t.Fatalf("groff: %v\n%s", err, said.String())
	}
	for _, want := range []string{"NAME", "COMMANDS", "LAYERSIM(1)", "layersim run"} {
		if !bytes.Contains(drawn, []byte(want)) {
			t.Errorf("%q is not in the page as drawn", want)
		}
	}
}
