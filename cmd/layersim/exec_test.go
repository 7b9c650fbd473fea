//go:build linux

package main

import (
	"bytes"
	"encoding/pem"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// ran is what came of a command under exec.
type ran struct {
	out, talk string
	code      int
}

// runExec runs 'layersim exec' to its end. Its temporary folders are made in a
// folder of the test's, which must be empty afterwards.
func runExec(t *testing.T, env []string, args ...string) ran {
	t.Helper()
	folders := t.TempDir()
	cmd := exec.CommandContext(t.Context(), buildProgram(t), append([]string{"exec", "--seed", "7"}, args...)...)
	cmd.Env = append(slices.DeleteFunc(os.Environ(), func(v string) bool { return strings.HasPrefix(v, "PLAID_") }), append([]string{"TMPDIR=" + folders}, env...)...)
	var out, talk bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &talk
	err := cmd.Run()
	if cmd.ProcessState == nil {
		t.Fatal(err)
	}
	leftNothing(t, folders)
	return ran{out.String(), talk.String(), cmd.ProcessState.ExitCode()}
}

func leftNothing(t *testing.T, folder string) {
	t.Helper()
	left, err := filepath.Glob(filepath.Join(folder, "layersim-exec-*"))
	if err != nil || len(left) > 0 {
		t.Errorf("exec left %v behind (%v)", left, err)
	}
}

func testFile(t *testing.T, name string) string {
	t.Helper()
	path, err := filepath.Abs(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// gotTokens checks that the app was given link_tokens by the simulator: they
// are those of the seed.
func gotTokens(t *testing.T, r ran, count int) {
	t.Helper()
	if got := strings.Count(r.out, "link-sandbox-"); r.code != exitDone || got != count {
		t.Errorf("exit code %d and %d link_tokens; want 0 and %d\n%s\n%s", r.code, got, count, r.out, r.talk)
	}
}

func TestExecLeadsPlaidNode(t *testing.T) {
	need(t, true, "node")
	modules := testFile(t, "clients/node_modules")
	if _, err := os.Stat(filepath.Join(modules, "plaid")); err != nil {
		if os.Getenv("LAYERSIM_REQUIRE_ALL") != "" {
			t.Fatal("plaid-node is not installed: ", err)
		}
		t.Skip("plaid-node is not installed; run: npm ci --ignore-scripts --prefix cmd/layersim/testdata/clients")
	}
	gotTokens(t, runExec(t, []string{"NODE_PATH=" + modules}, "--", "node", testFile(t, "exec/plaid-node.cjs")), 1)
}

func TestExecLeadsNode(t *testing.T) {
	foreign(t)
	need(t, true, "node")
	for _, client := range []string{"https", "fetch", "http2", "tls", "proxied"} {
		t.Run(client, func(t *testing.T) {
			gotTokens(t, runExec(t, nil, "--", "node", testFile(t, "exec/node.mjs"), client), 1)
		})
	}
}

// An app reaches what is not Plaid as ever, with trust in the other host's own
// certificate only.
func TestExecLeavesOtherHostsAlone(t *testing.T) {
	other := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "the other host") }))
	defer other.Close()
	trusted := filepath.Join(t.TempDir(), "other.pem")
	if err := os.WriteFile(trusted, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: other.Certificate().Raw}), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, command := range map[string][]string{
		"node directly":          {"node", testFile(t, "exec/node.mjs"), "elsewhere", other.URL, trusted},
		"node through the proxy": {"node", testFile(t, "exec/node.mjs"), "tunnelled", other.URL, trusted},
		"curl through the proxy": {"curl", "-sS", "--noproxy", "", "--cacert", trusted, other.URL},
	} {
		t.Run(name, func(t *testing.T) {
			need(t, true, command[0])
			if r := runExec(t, nil, append([]string{"--"}, command...)...); r.out != "the other host" || r.code != exitDone {
				t.Errorf("exit code %d, %q\n%s", r.code, r.out, r.talk)
			}
		})
	}
}

func TestExecLeadsPlaidGo(t *testing.T) {
	app := filepath.Join(t.TempDir(), "app")
	if out, err := exec.CommandContext(t.Context(), "go", "build", "-o", app, "./testdata/exec/goapp").CombinedOutput(); err != nil {
		t.Fatalf("go build: %s", out)
	}
	gotTokens(t, runExec(t, nil, "--", app), 1)
}

func TestExecLeadsCurl(t *testing.T) {
	need(t, true, "curl")
	r := runExec(t, nil, "--", "sh", "-c", `curl -s --json '{"client_id":"x","secret":"x","template_id":"'$LAYER_TEMPLATE_ID'","user":{"client_user_id":"u"}}' https://sandbox.plaid.com/session/token/create`)
	gotTokens(t, r, 1)
}

func TestExecLeadsPython(t *testing.T) {
	foreign(t)
	need(t, true, "python3")
	for _, client := range []string{"urllib", "urllib3", "certifi", "requests", "asyncio"} {
		t.Run(client, func(t *testing.T) {
			r := runExec(t, nil, "--", "python3", testFile(t, "exec/python.py"), client)
			if strings.Contains(r.talk, "No module named 'pip'") {
				t.Skipf("Python has neither %s nor pip, which brings it", client)
			}
			gotTokens(t, r, 1)
		})
	}
}

// The module that leads Python stands before one of the operator's, which must
// run all the same.
func TestExecKeepsASitecustomize(t *testing.T) {
	need(t, true, "python3")
	folder := t.TempDir()
	if err := os.WriteFile(filepath.Join(folder, "sitecustomize.py"), []byte("print('theirs')\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	r := runExec(t, []string{"PYTHONPATH=" + folder}, "--", "python3", testFile(t, "exec/python.py"), "asyncio")
	gotTokens(t, r, 1)
	if !strings.Contains(r.out, "theirs\n") {
		t.Errorf("their sitecustomize did not run: %s", r.out)
	}
}

func TestExecLeadsRuby(t *testing.T) {
	foreign(t)
	need(t, true, "ruby")
	gotTokens(t, runExec(t, nil, "--", "ruby", testFile(t, "exec/ruby.rb")), 1)
}

func TestExecLeadsJava(t *testing.T) {
	foreign(t)
	need(t, false, "javac") // a file is run from its source
	gotTokens(t, runExec(t, nil, "--java", "--", "java", testFile(t, "exec/Client.java")), 2)
}

// What an app loads from its .env never replaces a variable that is set, so
// exec must not set it.
func TestExecLeavesToDotenvWhatItNames(t *testing.T) {
	buildProgram(t) // where the sources are
	t.Chdir(t.TempDir())
	const show = `echo "$PLAID_CLIENT_ID/$PLAID_SECRET/$PLAID_ENV/$LAYER_TEMPLATE_ID"`
	for content, want := range map[string]string{
		"":        "layersim/layersim/sandbox/template_4uinBNe4B2x9\n",
		"OTHER=1": "layersim/layersim/sandbox/template_4uinBNe4B2x9\n",
		"# mine\nLAYER_TEMPLATE_ID=template_mine\nexport PLAID_SECRET='hidden'\nPLAID_CLIENT_ID=\n": "layersim//sandbox/\n",
		"PLAID_SECRET=hidden\nhidden too\n": "layersim/layersim/sandbox/template_4uinBNe4B2x9\n",
	} {
		if err := os.WriteFile(dotenvName, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		r := runExec(t, nil, "--", "sh", "-c", show)
		if r.out != want || r.code != exitDone {
			t.Errorf("with %q the app has %q; want %q", content, r.out, want)
		}
		if broken := strings.Contains(content, "too"); strings.Contains(r.talk, "what .env sets for the app is not known") != broken || strings.Contains(r.talk, "hidden") {
			t.Errorf("with %q it is said:\n%s", content, r.talk)
		}
	}
	// Not every .env is such a file.
	if err := os.Remove(dotenvName); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(dotenvName, 0o700); err != nil {
		t.Fatal(err)
	}
	if r := runExec(t, nil, "--", "true"); r.code != exitDone || strings.Contains(r.talk, "not known") {
		t.Errorf("with a folder: exit code %d\n%s", r.code, r.talk)
	}
}
