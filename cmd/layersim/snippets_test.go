package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"layersim/fixtures"
	"layersim/flow/plaidsim"

	"github.com/google/go-cmp/cmp"
)

// The code that the Code tab shows is real: what can be run here is run against
// the simulator, the rest is read by its language's own parser.

const (
	snippetsDir = "../../fixtures/snippets"
	snippetsGo  = `package main

import ("context"; "fmt"; "os"; "time")

func main() {
	ctx := context.Background()
	if os.Args[1] == "token" {
		token, err := createSessionToken(ctx, "user-1")
		fmt.Println("link_token", token, err)
		return
	}
	session, err := readSession(ctx, os.Args[2])
	if err != nil { panic(err) }
	accounts, err := readAccounts(ctx, session)
	fmt.Println("accounts", len(accounts), err)
	body, _ := os.ReadFile(os.Args[3])
	fmt.Println("genuine", verifyWebhook(ctx, body, os.Args[4], time.Now()) == nil)
	fmt.Println("forged", verifyWebhook(ctx, append(body, ' '), os.Args[4], time.Now()) == nil)
	fmt.Println("late", verifyWebhook(ctx, body, os.Args[4], time.Now().Add(6*time.Minute)) == nil)
	_, err = readSession(ctx, "profile-sandbox-unknown")
	explain(err)
}
`
	// A page around the client, with a Link that says what it is told to.
	snippetsWeb = `
const log = [];
const shown = (id) => ({ set hidden(_) { log.push(id); } });
let link;
globalThis.document = { querySelector: shown };
globalThis.fetch = async (path, { body }) => { log.push(path + ' ' + body); };
globalThis.console.log = (...words) => log.push(words.join(' '));
globalThis.Plaid = { create(config) {
  link = config;
  return Object.fromEntries(['open', 'submit', 'destroy'].map((name) => [name, (...args) => log.push([name, ...args.map((a) => JSON.stringify(a))].join(' '))]));
} };
`
	snippetsWebDrive = `
const at = { view_name: null, link_session_id: 'session' };
phoneEntered('too early');
link.onLoad();
phoneEntered('+14155550011');
link.onEvent('LAYER_NOT_AVAILABLE', at);
dateOfBirthEntered('1975-01-18');
link.onEvent('LAYER_READY', at);
link.onEvent('LAYER_READY', at);
link.onEvent('TRANSITION_VIEW', { ...at, view_name: 'CONSENT' });
link.onEvent('LAYER_AUTOFILL_NOT_AVAILABLE', at);
link.onExit(null, at);
await link.onSuccess('profile-1', at);
process.stdout.write([link.token, ...log].join('\n'));
`
	snippetsNode = `
import { readFileSync } from 'node:fs';
const [what, publicToken, file, jwt] = process.argv.slice(2);
if (what === 'token') {
  console.log('link_token', await createSessionToken('user-1'));
} else {
  console.log('accounts', (await readAccounts(await readSession(publicToken))).length);
  const body = readFileSync(file);
  console.log('genuine', await isGenuine(body, jwt));
  console.log('forged', await isGenuine(Buffer.concat([body, Buffer.from(' ')]), jwt));
  const now = Date.now;
  Date.now = () => now() + 6 * 60 * 1000;
  console.log('late', await isGenuine(body, jwt));
  await readSession('profile-sandbox-unknown').catch((error) => console.log(explain(error)));
}
`
)

// snippetWorld is a simulator, and where it sends webhooks.
type snippetWorld struct {
	t        *testing.T
	url      string
	webhooks chan receivedWebhook
}

type receivedWebhook struct {
	body []byte
	jwt  string
}

func newSnippetWorld(t *testing.T) *snippetWorld {
	w := &snippetWorld{t: t, webhooks: make(chan receivedWebhook, 8)}
	hook := startServer(t, http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		w.webhooks <- receivedWebhook{body, r.Header.Get("Plaid-Verification")}
	}), nil)
	sim := plaidsim.New(plaidsim.Config{Catalog: clientsCatalog(t), Now: time.Now, Seed: 1, Webhook: hook})
	t.Cleanup(sim.Close)
	w.url = startServer(t, sim.Loopback(), nil)
	return w
}

// source is a snippet file with this session's values, and Plaid's address
// replaced by the simulator's.
func (w *snippetWorld) source(file, plaid, simulator string) string {
	w.t.Helper()
	text, err := os.ReadFile(filepath.Join(snippetsDir, file))
	if err != nil {
		w.t.Fatal(err)
	}
	if !strings.Contains(string(text), plaid) {
		w.t.Fatalf("%s does not say %s", file, plaid)
	}
	return fixtures.Fill(strings.ReplaceAll(string(text), plaid, simulator), func(name string) string {
		return map[string]string{"template_id": "template_4uinBNe4B2x9", "client_user_id": "user-1"}[name]
	})
}

// run runs a program with credentials.
func (w *snippetWorld) run(dir, name string, args ...string) string {
	w.t.Helper()
	cmd := exec.CommandContext(w.t.Context(), name, args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "PLAID_URL="+w.url, "PLAID_CLIENT_ID=snippets", "PLAID_SECRET=secret")
	var problems bytes.Buffer
	cmd.Stderr = &problems
	out, err := cmd.Output()
	if err != nil {
		w.t.Fatalf("%s %v: %v\n%s%s", name, args, err, out, &problems)
	}
	return string(out)
}

// share walks the Link session of a link_token to its end, as its user would,
// and returns the public_token and the first webhook.
func (w *snippetWorld) share(token string) (string, receivedWebhook) {
	w.t.Helper()
	path := "/link/session"
	ask := func(verb, body string) (o map[string]any) {
		answer, err := http.Post(w.url+path+verb, "application/json", strings.NewReader(body))
		if err != nil {
			w.t.Fatal(err)
		}
		defer func() { _ = answer.Body.Close() }()
		if err := json.NewDecoder(answer.Body).Decode(&o); err != nil || answer.StatusCode != http.StatusOK {
			w.t.Fatalf("%s: %d %v %v", verb, answer.StatusCode, o, err)
		}
		return o
	}
	path += "/" + ask("", fmt.Sprintf(`{"token":%q}`, token))["session"].(string)
	ask("/submit", `{"phone_number":"+14155550011"}`)
	ask("/open", `{}`)
	ask("/continue", `{}`)
	review := ask("/code", `{"code":"123456"}`)["pane"].(map[string]any)
	values, accounts := map[string]any{}, []any{}
	for _, f := range review["fields"].([]any) {
		field := f.(map[string]any)
		values[field["key"].(string)] = field["value"]
	}
	for _, b := range review["banks"].([]any) {
		for _, a := range b.(map[string]any)["accounts"].([]any) {
			accounts = append(accounts, a.(map[string]any)["id"])
		}
	}
	shared, _ := json.Marshal(map[string]any{"values": values, "accounts": accounts})
	for _, c := range ask("/share", string(shared))["callbacks"].([]any) {
		if callback := c.(map[string]any); callback["kind"] == "success" {
			return callback["public_token"].(string), <-w.webhooks
		}
	}
	w.t.Fatal("onSuccess never came")
	return "", receivedWebhook{}
}

// walk runs a program that has the functions of a snippet file: it asks for a
// token, and after the user has shared does all the rest.
func (w *snippetWorld) walk(run func(args ...string) string) {
	w.t.Helper()
	words := strings.Fields(run("token"))
	if len(words) < 2 || !strings.HasPrefix(words[1], "link-sandbox-") {
		w.t.Fatalf("no link_token: %v", words)
	}
	publicToken, webhook := w.share(words[1])
	if !bytes.Contains(webhook.body, []byte("LAYER_AUTHENTICATION_PASSED")) {
		w.t.Fatalf("the first webhook is %s", webhook.body)
	}
	body := filepath.Join(w.t.TempDir(), "body")
	if err := os.WriteFile(body, webhook.body, 0o600); err != nil {
		w.t.Fatal(err)
	}
	out := run("rest", publicToken, body, webhook.jwt)
	for _, want := range []string{"phone proven", "accounts 4", "genuine true", "forged false", "late false", "INVALID_PUBLIC_TOKEN"} {
		if !strings.Contains(out, want) {
			w.t.Errorf("the program does not say %q:\n%s", want, out)
		}
	}
}

func TestGoSnippetRuns(t *testing.T) {
	foreign(t)
	w := newSnippetWorld(t)
	dir := t.TempDir()
	text := w.source("go.go", "plaid.Sandbox", `plaid.Environment(os.Getenv("PLAID_URL"))`)
	main, driver, program := filepath.Join(dir, "main.go"), filepath.Join(dir, "drive.go"), filepath.Join(dir, "app")
	for file, content := range map[string]string{main: strings.Replace(text, "//go:build ignore", "", 1), driver: snippetsGo} {
		if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	w.run(".", "go", "vet", main, driver)
	w.run(".", "go", "build", "-o", program, main, driver)
	w.walk(func(args ...string) string { return w.run(dir, program, args...) })
}

func TestNodeSnippetRuns(t *testing.T) {
	foreign(t)
	needClients(t)
	w := newSnippetWorld(t)
	dir := t.TempDir()
	modules, err := filepath.Abs(filepath.Join(clientsDir, "node_modules"))
	if err != nil {
		t.Fatal(err)
	}
	text := w.source("node.mjs", "PlaidEnvironments.sandbox", "process.env.PLAID_URL") + snippetsNode
	if err := os.WriteFile(filepath.Join(dir, "app.mjs"), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(modules, filepath.Join(dir, "node_modules")); err != nil {
		t.Fatal(err)
	}
	w.walk(func(args ...string) string { return w.run(dir, "node", append([]string{"app.mjs"}, args...)...) })
}

// The client in a page does the one right thing on every callback.
func TestWebSnippetRuns(t *testing.T) {
	needTool(t, "node")
	w := newSnippetWorld(t)
	file := filepath.Join(t.TempDir(), "app.mjs")
	text := snippetsWeb + w.source("web.js", "'{{link_token}}', //", "'link-1', //") + snippetsWebDrive
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	want := []string{
		"link-1", `submit {"phone_number":"+14155550011"}`, "#date-of-birth", `submit {"date_of_birth":"1975-01-18"}`, "open",
		"TRANSITION_VIEW CONSENT session", "destroy", "#own-form", "closed by the user session", "destroy", "#own-form",
		`/api/layer/session {"public_token":"profile-1"}`, "destroy",
	}
	if diff := cmp.Diff(want, strings.Split(w.run(".", "node", file), "\n")); diff != "" {
		t.Errorf("the app did:\n%s", diff)
	}
}

func TestCurlSnippetRuns(t *testing.T) {
	foreign(t)
	for _, tool := range []string{"bash", "curl"} {
		needTool(t, tool)
	}
	w := newSnippetWorld(t)
	// step runs one snippet as somebody would who pasted it, after the first.
	step := func(name string, setup string) string {
		code := setup + "\n"
		for _, s := range []string{"init", name} {
			snippet, ok := fixtures.SnippetOf("curl", s)
			if !ok {
				t.Fatalf("no %s", s)
			}
			code += strings.ReplaceAll(snippet.Code, "https://sandbox.plaid.com", w.url) + "\n"
		}
		return w.run(".", "bash", "-c", fixtures.Fill(code, func(name string) string {
			return map[string]string{"template_id": "template_4uinBNe4B2x9", "client_user_id": "user-1"}[name]
		}))
	}
	var made struct {
		Link struct {
			Token string `json:"link_token"`
		}
	}
	if err := json.Unmarshal([]byte(step("token", "")), &made); err != nil || made.Link.Token == "" {
		t.Fatal(made, err)
	}
	publicToken, _ := w.share(made.Link.Token)
	var session struct {
		Items []struct {
			Token string `json:"access_token"`
		}
	}
	if err := json.Unmarshal([]byte(step("session", "PUBLIC_TOKEN="+publicToken)), &session); err != nil || len(session.Items) != 2 {
		t.Fatal(session, err)
	}
	if out := step("accounts", "ACCESS_TOKEN="+session.Items[0].Token); !strings.Contains(out, `"accounts"`) {
		t.Error(out)
	}
	if out := step("webhook", "KEY_ID=unknown"); !strings.Contains(out, "INVALID_WEBHOOK_VERIFICATION_KEY_ID") {
		t.Error(out)
	}
	if out := step("errors", ""); !strings.Contains(out, "INVALID_PUBLIC_TOKEN") || strings.Contains(out, "identity") {
		t.Error(out)
	}
}

// needTool skips a test where a program is missing.
func needTool(t *testing.T, name string) {
	t.Helper()
	if _, err := exec.LookPath(name); err != nil {
		if os.Getenv("LAYERSIM_REQUIRE_ALL") != "" {
			t.Fatalf("no %s in PATH", name)
		}
		t.Skipf("no %s in PATH", name)
	}
}
