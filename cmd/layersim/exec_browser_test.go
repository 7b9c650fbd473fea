//go:build linux

package main

import (
	"bufio"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"testing"

	"layersim/flow/linkpage/pagetest"

	"github.com/chromedp/chromedp"
)

// shopPage is an app's page: Link from Plaid's CDN, as Plaid's documentation
// writes it.
const shopPage = `<!doctype html><title>shop</title>
<script src="https://cdn.plaid.com/link/v2/stable/link-initialize.js"></script>
<script>
  const seen = [];
  const handler = Plaid.create({
    token: decodeURIComponent(location.hash.slice(1)),
    onLoad: () => { seen.push('onLoad'); handler.submit({ phone_number: '415-555-0011' }); },
    onEvent: (name) => { seen.push(name); },
    onExit: (error) => { seen.push('onExit ' + JSON.stringify(error)); },
    onSuccess: () => {},
  });
</script>`

// Chromium with the flags that exec prints loads Link from cdn.plaid.com, and a
// token that the app got from sandbox.plaid.com is good there.
func TestExecLeadsChromium(t *testing.T) {
	need(t, true, "node")
	cmd := exec.CommandContext(t.Context(), buildProgram(t), "exec", "--", "sh", "-c", `node "$0" fetch; exec cat`, testFile(t, "exec/node.mjs"))
	cmd.Env = append(os.Environ(), "TMPDIR="+t.TempDir())
	talk, err := os.Create(filepath.Join(t.TempDir(), "talk"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = talk.Close() }()
	cmd.Stderr = talk
	stdin, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewReader(stdout)
	defer func() {
		_ = stdin.Close()
		_, _ = io.Copy(io.Discard, lines)
		if err := cmd.Wait(); err != nil {
			t.Error(err)
		}
	}()
	line, err := lines.ReadString('\n')
	token := regexp.MustCompile(`link-sandbox-[0-9a-f-]+`).FindString(line)
	if err != nil || token == "" {
		t.Fatalf("the app got %q (%v)", line, err)
	}

	// The app's first line is out, so exec has said all that it has to say.
	said, err := os.ReadFile(talk.Name())
	if err != nil {
		t.Fatal(err)
	}
	var flags []chromedp.ExecAllocatorOption
	for _, name := range []string{"host-resolver-rules", "ignore-certificate-errors-spki-list"} {
		flag := regexp.MustCompile(`'--` + name + `=([^']*)'`).FindStringSubmatch(string(said))
		if flag == nil {
			t.Fatalf("no --%s is printed:\n%s", name, said)
		}
		flags = append(flags, chromedp.Flag(name, flag[1]))
	}
	browser := pagetest.NewBrowser(t, flags...)
	shop := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = io.WriteString(w, shopPage)
	}))
	defer shop.Close()
	pagetest.Run(t, browser, chromedp.Navigate(shop.URL+"/#"+token))
	pagetest.InPage(t, browser, `seen.join() === "onLoad,LAYER_READY"`)

	// Production's name does not reach Plaid from there either.
	pagetest.Run(t, browser, chromedp.Navigate("https://production.plaid.com/"))
	pagetest.InPage(t, browser, `document.body.textContent.includes("is refused by layersim exec")`)
}
