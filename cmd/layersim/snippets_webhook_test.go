package main

import (
	"bufio"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"layersim/flow/plaidsim/outbox"
)

// A server checks each line of its input, a body and a JWT in base64, and says
// true or false: one process for all webhooks, so what it keeps, it keeps.
const (
	checksGo = `package main

import ("bufio"; "context"; "encoding/base64"; "fmt"; "os"; "strings"; "time")

func main() {
	for lines := bufio.NewScanner(os.Stdin); lines.Scan(); {
		words := strings.Split(lines.Text(), " ")
		body, _ := base64.StdEncoding.DecodeString(words[0])
		jwt, _ := base64.StdEncoding.DecodeString(words[1])
		fmt.Println(verifyWebhook(context.Background(), body, string(jwt), time.Now()) == nil)
	}
}
`
	checksNode = `
import { createInterface } from 'node:readline';
for await (const line of createInterface({ input: process.stdin })) {
  const [body, jwt] = line.split(' ').map((word) => Buffer.from(word, 'base64'));
  console.log(await isGenuine(body, jwt.toString()));
}
`
)

// checker starts a program that checks webhooks.
func (w *snippetWorld) checker(dir, name string, args ...string) func(receivedWebhook) string {
	w.t.Helper()
	cmd := exec.CommandContext(w.t.Context(), name, args...)
	cmd.Dir, cmd.Stderr = dir, os.Stderr
	cmd.Env = append(os.Environ(), "PLAID_URL="+w.url, "PLAID_CLIENT_ID=snippets", "PLAID_SECRET=secret")
	in, errIn := cmd.StdinPipe()
	out, errOut := cmd.StdoutPipe()
	if errIn != nil || errOut != nil {
		w.t.Fatal(errIn, errOut)
	}
	if err := cmd.Start(); err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(func() { _ = in.Close(); _ = cmd.Wait() })
	answers := bufio.NewScanner(out)
	return func(hook receivedWebhook) string {
		w.t.Helper()
		encode := base64.StdEncoding.EncodeToString
		if _, err := fmt.Fprintf(in, "%s %s\n", encode(hook.body), encode([]byte(hook.jwt))); err != nil || !answers.Scan() {
			w.t.Fatalf("the program does not answer: %v %v", err, answers.Err())
		}
		return answers.Text()
	}
}

// control asks the simulator's control API.
func (w *snippetWorld) control(path, body string) {
	w.t.Helper()
	answer, err := http.Post(w.url+path, "application/json", strings.NewReader(body))
	if err != nil {
		w.t.Fatal(err)
	}
	defer func() { _ = answer.Body.Close() }()
	if said, _ := io.ReadAll(answer.Body); answer.StatusCode != http.StatusOK {
		w.t.Fatalf("%s %s: %d %s", path, body, answer.StatusCode, said)
	}
}

// everyKind lets webhooks of every kind be checked by a program that has taken
// a genuine one before, and so has had every chance to keep the key.
func (w *snippetWorld) everyKind(check func(receivedWebhook) string) {
	w.t.Helper()
	next := func(kind outbox.Kind, want string) {
		w.t.Helper()
		if kind != "" {
			w.control("/sim/webhooks", fmt.Sprintf(`{"kind":%q,"webhook_code":"LAYER_AUTHENTICATION_PASSED","delay":"1ms"}`, kind))
		}
		hook := w.passed()
		if got := check(hook); got != want {
			w.t.Errorf("%q: the program says %s, want %s", kind, got, want)
		}
	}
	next("", "true")
	w.control("/sim/keys/rotate", "")
	next(outbox.ExpiredKey, "false")
	next("", "true")
	next(outbox.ExpiredKey, "false")
	for _, kind := range outbox.Kinds() {
		if kind.Forged() {
			next(kind, "false")
		}
	}
	next("", "true")
}

// passed walks a new session until its phone is proven, and returns the webhook
// that says so.
func (w *snippetWorld) passed() receivedWebhook {
	w.t.Helper()
	answer, err := http.Post(w.url+"/session/token/create", "application/json", strings.NewReader(
		`{"client_id":"c","secret":"s","template_id":"template_4uinBNe4B2x9","user":{"client_user_id":"user-1"}}`))
	if err != nil {
		w.t.Fatal(err)
	}
	defer func() { _ = answer.Body.Close() }()
	var made struct {
		Link struct {
			Token string `json:"link_token"`
		} `json:"link"`
	}
	if err := json.NewDecoder(answer.Body).Decode(&made); err != nil || made.Link.Token == "" {
		w.t.Fatal(made, err)
	}
	_, first := w.share(made.Link.Token)
	<-w.webhooks // SESSION_FINISHED
	return first
}

func (w *snippetWorld) program(dir, file, content string) string {
	w.t.Helper()
	path := filepath.Join(dir, file)
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		w.t.Fatal(err)
	}
	return path
}

func TestGoSnippetRefusesEveryForgery(t *testing.T) {
	foreign(t)
	w := newSnippetWorld(t)
	dir := t.TempDir()
	text := w.source("go.go", "plaid.Sandbox", `plaid.Environment(os.Getenv("PLAID_URL"))`)
	app := filepath.Join(dir, "app")
	w.run(".", "go", "build", "-o", app,
		w.program(dir, "main.go", strings.Replace(text, "//go:build ignore", "", 1)), w.program(dir, "drive.go", checksGo))
	w.everyKind(w.checker(dir, app))
}

func TestNodeSnippetRefusesEveryForgery(t *testing.T) {
	foreign(t)
	needClients(t)
	w := newSnippetWorld(t)
	dir := t.TempDir()
	modules, err := filepath.Abs(filepath.Join(clientsDir, "node_modules"))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(modules, filepath.Join(dir, "node_modules")); err != nil {
		t.Fatal(err)
	}
	w.everyKind(w.checker(dir, "node", w.program(dir, "app.mjs", w.source("node.mjs", "PlaidEnvironments.sandbox", "process.env.PLAID_URL")+checksNode)))
}
