//go:build linux

package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// home is a fresh place for the program to run in: everything below it was
// written by the program, or by the test under put.
type home struct {
	folder, record string
	put            map[string]bool
}

func newHome(t *testing.T) home {
	t.Helper()
	h := home{folder: t.TempDir(), put: map[string]bool{}}
	for _, name := range []string{"home", "config", "cache", "state", "data", "run", "tmp", "folder"} {
		if err := os.Mkdir(filepath.Join(h.folder, name), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	h.record = filepath.Join(h.folder, "folder", "walk.jsonl")
	return h
}

func (h home) environ() []string {
	at := func(name string) string { return filepath.Join(h.folder, name) }
	return []string{
		"HOME=" + at("home"), "XDG_CONFIG_HOME=" + at("config"), "XDG_CACHE_HOME=" + at("cache"), "XDG_STATE_HOME=" + at("state"),
		"XDG_DATA_HOME=" + at("data"), "XDG_RUNTIME_DIR=" + at("run"), "TMPDIR=" + at("tmp"),
	}
}

// command runs the program from the place's working folder.
func (h home) command(path string, args ...string) []string {
	return append([]string{"/bin/sh", "-c", `cd "$0" && exec "$@"`, filepath.Join(h.folder, "folder"), path}, args...)
}

// searched looks through all that the program left behind, and through what it
// makes of the recording.
func (h home) searched(t *testing.T, values []marker) {
	t.Helper()
	h.exported(t)
	files := filesUnder(t, h.folder)
	for name, content := range files {
		if !h.put[name] {
			mustNotHold(t, "the file "+name, content, values)
		}
	}
	recorded := string(files["/folder/walk.jsonl"])
	for _, want := range []string{`"kind":"UserAccountFetched"`, `"kind":"AccountsFetched"`, `/user_account/session/get`, "Planted Path", `"ssn":"•••-••-••••"`} {
		if !strings.Contains(recorded, want) {
			t.Errorf("the recording does not hold %s, so that the search proves little; it begins with %.2000s", want, recorded)
		}
	}
}

// exported turns the recording into every format there is, each into a file of
// its own.
func (h home) exported(t *testing.T) {
	t.Helper()
	fixtures := markedFolder(t) // not below h.folder: the values are in it
	var all [][]string
	for _, e := range exporters() {
		all = append(all, []string{"--format", e.format, "--fixtures", fixtures})
	}
	all = append(all, []string{"--format", "asciicast", "--private=false", "--size", "200x50", "--fixtures", fixtures})
	for i, args := range all {
		file := fmt.Sprintf("%s-%d", h.record, i)
		cmd := exec.CommandContext(t.Context(), buildProgram(t), append([]string{"export", h.record, "-o", file}, args...)...)
		cmd.Env = h.environ()
		out, err := cmd.CombinedOutput()
		if err == nil {
			err = os.WriteFile(file+"-said", out, 0o600)
		}
		if err != nil {
			t.Errorf("%s: %v\n%s", args, err, out)
			continue
		}
		proof := "/user_account/session/get"
		if args[1] == "scenario" {
			proof = "persona: "
		}
		if content, err := os.ReadFile(file); err != nil || !bytes.Contains(content, []byte(proof)) {
			t.Errorf("%s: %v, %.2000s", args, err, content)
		}
	}
}

// arguments are what the program and whatever it started were started with.
func arguments(t *testing.T, pid int) []byte {
	t.Helper()
	all, err := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", pid))
	if err != nil || !bytes.Contains(all, []byte("--record")) {
		t.Fatalf("the arguments are %q, %v", all, err)
	}
	children, _ := os.ReadFile(fmt.Sprintf("/proc/%d/task/%d/children", pid, pid))
	for _, child := range strings.Fields(string(children)) {
		more, _ := os.ReadFile("/proc/" + child + "/cmdline")
		all = append(all, more...)
	}
	return all
}
