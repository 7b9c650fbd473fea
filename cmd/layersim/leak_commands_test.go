//go:build linux

package main

import (
	"bytes"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// runIn runs a command of the program in this process, in the working folder.
func runIn(t *testing.T, environ []string, args ...string) (code int, said []byte) {
	t.Helper()
	talk, err := os.Create(filepath.Join(t.TempDir(), "talk"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = talk.Close() }()
	code = run(t.Context(), args, stdio{os.Stdin, talk, talk}, append([]string{"TERM=dumb"}, environ...))
	_, _ = talk.Seek(0, io.SeekStart)
	said, err = io.ReadAll(talk)
	if err != nil {
		t.Fatal(err)
	}
	return code, said
}

// The doctor sees the keys, and whatever Plaid answers.
func leakOfDoctor(t *testing.T) {
	var plaid eavesdropper
	f := newFarWith(t, "", false, plaid.wrap)
	h := newHome(t)
	t.Chdir(filepath.Join(h.folder, "folder"))
	dotenv := "PLAID_SECRET=" + farSecret + "\nPLAID_CLIENT_ID=" + farClient + "\nMY_OWN_TOKEN=" + plantedToken + "\n"
	if err := os.WriteFile(".env", []byte(dotenv), 0o600); err != nil {
		t.Fatal(err)
	}
	h.put["/folder/.env"] = true
	environ := append(h.environ(), "LAYERSIM_PLAID_URL="+f.url, "LAYER_TEMPLATE_ID="+farTemplate, "PLAID_ENV=sandbox",
		"HTTP_PROXY=http://me:"+plantedKey+"@127.0.0.1:9", "NO_PROXY=127.0.0.1", "XDG_NOTHING="+plantedSSN)
	values := append(planted(), marker{"secret", farSecret}, marker{"client_id", farClient})
	for _, ask := range []struct {
		args    []string
		control string
	}{
		{[]string{"doctor"}, plantedShown}, // Plaid refuses the first call, and quotes what it should not
		{[]string{"doctor", "--json"}, `"live": true`},
		{[]string{"doctor", "--env", "sandbox", "--webhook-listen", "127.0.0.1:0", "--webhook-url", "https://user:" + plantedKey + "@tunnel.example/" + plantedSSN}, "--webhook-url"},
	} {
		if _, link := plaid.tokens(); link != "" {
			values = append(values, marker{"link_token", link})
		}
		_, said := runIn(t, environ, ask.args...)
		sink(t, strings.Join(ask.args[:min(len(ask.args), 2)], " "), said, values, ask.control)
	}
	if secret, link := plaid.tokens(); !secret || link == "" {
		t.Error("the doctor has not asked with the keys")
	}
	for name, content := range filesUnder(t, h.folder) {
		if !h.put[name] {
			mustNotHold(t, "doctor: the file "+name, content, values)
		}
	}
}

// markedScenario is one that types, edits and expects what is private. It ends
// as it expects if nothing more is added.
const markedScenario = `group: Review
title: ` + plantedShown + `
about: The user of these tests, from the first step to the last.
persona: marked
steps:
  - beat: Who it is
    notes: Nothing of this user is to be seen.
    create token:
  - create handler
  - submit phone: "` + markedPhone + `"
  - beat: The date of birth
    ask: {question: What is it?, answer: Nobody may know.}
    submit date of birth: "` + markedBirth + `"
  - open
  - continue
  - beat: The code
    code: "` + markedCode + `"
  - add bank
  - institution: Paper Boat Bank
  - sign in: {username: user_good, password: ` + plantedKey + `}
  - back
  - back
  - beat: Edits
    edit field: {ssn: "912887341", date_of_birth: "` + plantedBirth + `", address.street: ` + plantedShown + `}
  - share
  - beat: What comes of it
    expect phase: onboarded
`

// scenarioEnds are what goes wrong at the end of it, by name.
var scenarioEnds = map[string]string{
	"leak-none":   "",
	"leak-result": "  - expect result: {identity.ssn: \"" + markedSSN + "\", identity.date_of_birth: \"" + markedBirth + "\", identity.phone_number: \"" + plantedPhone + "\"}\n",
	"leak-answer": "  - call: {path: /accounts/get, body: '{\"access_token\": \"" + plantedToken + "\", \"ssn\": \"" + plantedSSN + "\", \"client_secret\": \"" + plantedKey + "\"}'}\n" +
		"  - expect answer: {status: 200, values: {error_message: \"" + plantedDirt + "\"}}\n",
	"leak-error": "  - fault: {on: /accounts/get, status: 400, error_type: INVALID_INPUT, error_code: INVALID_FIELD, error_message: \"" + plantedDirt + "\"}\n" +
		"  - call: {path: /accounts/get, body: '{\"access_token\": \"${access_token}\"}'}\n  - expect answer: {status: 200}\n",
	"leak-pane":  "  - expect pane: {view: CONSENT, notice: \"" + plantedDirt + "\"}\n",
	"leak-event": "  - expect event: {name: ERROR, error_code: INVALID_CREDENTIALS}\n",
}

// markedScenarios puts them into a folder and returns their paths.
func markedScenarios(t *testing.T) (paths []string) {
	t.Helper()
	folder := t.TempDir()
	for name, end := range scenarioEnds {
		path := filepath.Join(folder, name+".yaml")
		if err := os.WriteFile(path, []byte("scenario: "+name+"\n"+markedScenario+end), 0o600); err != nil {
			t.Fatal(err)
		}
		paths = append(paths, path)
	}
	return paths
}

// A scenario that fails is told with what was expected, what came, and the
// journal around it.
func leakOfRun(t *testing.T) {
	h := newHome(t)
	t.Chdir(filepath.Join(h.folder, "folder"))
	values := append(append(planted(), secretOfUser...), personal...)
	args := append([]string{"run", "--fixtures", markedFolder(t)}, markedScenarios(t)...)
	for name, more := range map[string][]string{"run": nil, "run --json": {"--json"}, "run --junit": {"--junit", "report.xml"}} {
		code, said := runIn(t, h.environ(), append(args, more...)...)
		if code != exitExpectation {
			t.Errorf("%s: exit code %d\n%s", name, code, said)
		}
		if name == "run --junit" {
			report, err := os.ReadFile("report.xml")
			if err != nil {
				t.Fatal(err)
			}
			sink(t, "run --junit: the report", report, values, "leak-answer", "/user_account/session/get", "expected")
		}
		sink(t, name, said, values, "leak-answer", "expected", "OnSuccess")
	}
	// One that cannot be read is quoted where it is wrong.
	wrong := filepath.Join(t.TempDir(), "wrong.yaml")
	text := strings.NewReplacer(markedPhone, plantedDirt, markedBirth, plantedToken, markedCode, plantedSSN, "create handler", plantedPublic).Replace(markedScenario)
	if err := os.WriteFile(wrong, []byte("scenario: wrong\n"+text), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, more := range [][]string{nil, {"--json"}} {
		code, said := runIn(t, h.environ(), append([]string{"run", "--fixtures", markedFolder(t), wrong}, more...)...)
		if code != exitUsage {
			t.Errorf("a scenario that cannot be read: exit code %d", code)
		}
		secrets := append([]marker{{"SSN", plantedSSN}, {"SSN", "912887341"}, {"access_token", plantedToken}, {"public_token", plantedPublic}}, secretOfUser...)
		sink(t, "run: what is said of a scenario that cannot be read", said, secrets, "wrong.yaml", "has no step", "one-time code")
	}
}

// What a shell is offered is printed at every Tab.
func leakOfCompletion(t *testing.T) {
	environ := []string{"LAYERSIM_FIXTURES=" + markedFolder(t), "PLAID_SECRET=" + farSecret, "PLAID_CLIENT_ID=" + farClient}
	values := append(append(planted(), secretOfUser...), append(personal, marker{"secret", farSecret}, marker{"client_id", farClient})...)
	for control, typed := range map[string][]string{
		"marked\t": {"--persona", ""}, "default\t": {"--template", ""}, "tour\t": {"run", ""}, "doctor\t": {""}, "--env\t": {"--"}, ":4": {"--env", plantedDirt},
	} {
		root := newRoot(stdio{}, environ)
		var out bytes.Buffer
		root.SetOut(&out)
		root.SetErr(&out)
		root.SetArgs(append([]string{"__complete"}, typed...))
		if err := root.ExecuteContext(t.Context()); err != nil {
			t.Errorf("%q: %v", typed, err)
		}
		sink(t, "completion", out.Bytes(), values, control)
	}
}

// An app below exec finds what the operator's shell would have given it, and
// nothing that layersim knows besides; no key of its authority is on disk.
func leakOfExec(t *testing.T) {
	h := newHome(t)
	folder := filepath.Join(h.folder, "folder")
	if err := os.WriteFile(filepath.Join(folder, ".env"), []byte("PLAID_SECRET="+farSecret+"\nPLAID_CLIENT_ID="+farClient+"\nMY_TOKEN="+plantedToken+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	seen := newWitness(t, filepath.Join(h.folder, "tmp"))
	const app = `env; tr '\0' ' ' < /proc/$$/cmdline; tr '\0' ' ' < /proc/$PPID/cmdline; find "$TMPDIR" -type f -exec cat {} +
curl -s -X POST -H 'Content-Type: application/json' -d '{"client_id":"c","secret":"` + plantedKey + `","template_id":"default","user":{"client_user_id":"u"}}' "$LAYERSIM_URL/session/token/create" > ../home/answer`
	cmd := exec.CommandContext(t.Context(), buildProgram(t), "exec", "--seed", "7", "--record", h.record, "--fixtures", markedFolder(t), "--", "sh", "-c", app)
	cmd.Dir, cmd.Env = folder, append(h.environ(), "PATH="+os.Getenv("PATH"), "HTTPS_PROXY=http://me:"+plantedKey+"@127.0.0.1:9")
	var found, talk bytes.Buffer
	cmd.Stdout, cmd.Stderr = &found, &talk
	if err := cmd.Run(); err != nil {
		t.Errorf("%v\n%s", err, talk.Bytes())
	}
	values := append(append(append(planted(), secretOfUser...), personal...), marker{"secret", farSecret}, marker{"client_id", farClient}, marker{"private key", "PRIVATE KEY"})
	// The app's own words are in its arguments, and in those of exec.
	inArguments := found.String()
	sink(t, "exec: environment, arguments and files of the app", []byte(strings.ReplaceAll(inArguments, app, "")), values, "LAYERSIM_URL=", "HTTPS_PROXY=", "BEGIN CERTIFICATE")
	sink(t, "exec: what it says", talk.Bytes(), values, "Set for the app")
	sink(t, "exec: files while the app runs", seen.seen(nil), values, "BEGIN CERTIFICATE")
	written, err := os.ReadFile(h.record)
	if err != nil {
		t.Fatal(err)
	}
	sink(t, "exec: the recording", written, values, "/session/token/create")
}
