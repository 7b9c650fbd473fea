package main

import (
	"fmt"
	"runtime"
	"runtime/debug"
	"strings"
)

// What .ci/release links in (-ldflags -X); empty in every other build.
var releaseVersion, releaseCommit string

// version is the release's, or the module's as the Go tool recorded it; "devel"
// for a build from a work tree.
func version() string {
	info, _ := debug.ReadBuildInfo()
	v, _ := versionAndCommit(releaseVersion, releaseCommit, info)
	return v
}

// versionAndCommit reads what a build says of itself. The commit is "" if it
// says nothing of it: 'go install module@v1.2.3' records the version only, and a
// version made from a commit ends with it.
func versionAndCommit(release, commit string, info *debug.BuildInfo) (string, string) {
	if release != "" {
		return release, commit
	}
	if info == nil {
		return "devel", ""
	}
	v := info.Main.Version
	if v == "" || v == "(devel)" {
		v = "devel"
	}
	dirty := false
	for _, s := range info.Settings {
		switch s.Key {
		case "vcs.revision":
			commit = s.Value
		case "vcs.modified":
			dirty = s.Value == "true"
		}
	}
	if parts := strings.Split(strings.TrimSuffix(v, "+dirty"), "-"); commit == "" && len(parts) > 2 && len(parts[len(parts)-1]) == 12 {
		commit = parts[len(parts)-1] // Go modules: pseudo-versions
	}
	if dirty {
		commit += ", with changes that are not in it"
	}
	return v, commit
}

// versionText is what 'layersim version' prints: all that a report needs.
func versionText() string {
	info, _ := debug.ReadBuildInfo()
	v, commit := versionAndCommit(releaseVersion, releaseCommit, info)
	if commit == "" {
		commit = "not known to this build"
	}
	return fmt.Sprintf("layersim %s\ncommit   %s\ngo       %s\nplatform %s/%s\n", v, commit, runtime.Version(), runtime.GOOS, runtime.GOARCH)
}
