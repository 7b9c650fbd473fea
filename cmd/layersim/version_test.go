package main

import (
	"runtime/debug"
	"strings"
	"testing"
)

func TestVersionOfEachBuild(t *testing.T) {
	built := func(version string, settings ...string) *debug.BuildInfo {
		info := &debug.BuildInfo{Main: debug.Module{Version: version}}
		for i := 0; i < len(settings); i += 2 {
			info.Settings = append(info.Settings, debug.BuildSetting{Key: settings[i], Value: settings[i+1]})
		}
		return info
	}
	for _, c := range []struct {
		name, release, commit string
		info                  *debug.BuildInfo
		version, from         string
	}{
		{"a release", "v1.2.3", "0123abcd", built("(devel)"), "v1.2.3", "0123abcd"},
		{"go install of a version", "", "", built("v1.2.3"), "v1.2.3", ""},
		{"go install of a branch", "", "", built("v0.0.0-20261124010203-0123456789ab"), "v0.0.0-20261124010203-0123456789ab", "0123456789ab"},
		{"a release candidate", "", "", built("v1.2.3-rc-1"), "v1.2.3-rc-1", ""},
		{"a work tree", "", "", built("(devel)", "vcs.revision", "0123", "vcs.modified", "true"), "devel", "0123, with changes that are not in it"},
		{"go test", "", "", built(""), "devel", ""},
		{"no build info", "", "", nil, "devel", ""},
	} {
		if version, from := versionAndCommit(c.release, c.commit, c.info); version != c.version || from != c.from {
			t.Errorf("%s: %q from %q; want %q from %q", c.name, version, from, c.version, c.from)
		}
	}
	for _, want := range []string{"layersim devel\n", "commit ", "go       go1.", "platform "} {
		if !strings.Contains(versionText(), want) {
			t.Errorf("no %q in\n%s", want, versionText())
		}
	}
}
