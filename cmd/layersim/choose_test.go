package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestBrowserOfTheEnvironment(t *testing.T) {
	dir := t.TempDir()
	seen := filepath.Join(dir, "seen")
	script := filepath.Join(dir, "mine")
	if err := os.WriteFile(script, []byte("#!/bin/sh\necho \"$@\" > "+seen+"\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	spaced := filepath.Join(dir, "a browser")
	if err := os.Symlink(script, spaced); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ browser, args string }{
		{script, "http://x/"},
		{script + " --new-tab", "--new-tab http://x/"},
		{script + " --url=%s --quiet", "--url=http://x/ --quiet"},
		{"/does/not/exist:" + script, "http://x/"},
		{spaced, "http://x/"},
	} {
		s := settings{environ: []string{"BROWSER=" + c.browser}}
		if err := s.chooseBrowser().Open("http://x/"); err != nil {
			t.Errorf("BROWSER=%s: %v", c.browser, err)
			continue
		}
		got, err := os.ReadFile(seen)
		if err != nil || strings.TrimSpace(string(got)) != c.args {
			t.Errorf("BROWSER=%s was started with %q; want %q", c.browser, got, c.args)
		}
		_ = os.Remove(seen)
	}
}

func TestNoBrowserSaysWhy(t *testing.T) {
	for name, c := range map[string]struct {
		s    settings
		want string
	}{
		"asked for":    {settings{noBrowser: true, environ: []string{"BROWSER=firefox"}}, "--no-browser"},
		"text browser": {settings{environ: []string{"BROWSER=/usr/bin/w3m"}}, "text browser"},
		"no such":      {settings{environ: []string{"BROWSER=/does/not/exist"}}, "/does/not/exist"},
		"blank":        {settings{environ: []string{"BROWSER= "}}, "no command"},
	} {
		err := c.s.chooseBrowser().Open("http://x/")
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v; want something with %q", name, err, c.want)
		}
	}
}

func TestFlagsWinOverTheEnvironment(t *testing.T) {
	s := settings{environ: []string{"LAYERSIM_LINK=terminal", "LAYERSIM_SEED=41", "LAYERSIM_NO_BROWSER=true"}}
	root := newRoot(stdio{}, nil)
	flags := root.Flags()
	if err := flags.Parse([]string{"--seed", "42"}); err != nil {
		t.Fatal(err)
	}
	if err := s.fillFromEnvironment(flags); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{"link": "terminal", "seed": "42", "no-browser": "true"} {
		if got := flags.Lookup(name).Value.String(); got != want {
			t.Errorf("--%s is %s; want %s", name, got, want)
		}
	}
	if !s.seedGiven {
		t.Error("the seed of the command line was not noticed")
	}
}

func TestLightTerminalByEnvironment(t *testing.T) {
	for value, light := range map[string]bool{"": false, "15;0": false, "0;15": true, "0;default;15": true, "0;7": true, "7": true, "nonsense": false} {
		if got := lightTerminal([]string{"COLORFGBG=" + value}); got != light {
			t.Errorf("COLORFGBG=%q: light %v; want %v", value, got, light)
		}
	}
}
