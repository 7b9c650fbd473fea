//go:build linux

package main

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"
	"github.com/chromedp/chromedp"

	"layersim/flow/linkpage/pagetest"
)

// The whole program walks, with values that occur nowhere else, and afterwards
// everything it wrote, served, showed and was started with is searched for them,
// byte by byte and in every coding that is likely.
//
// What may be where:
//
//   - the link_token goes to the page over the bridge, because Plaid.create()
//     needs it there; the page that is served does not hold it
//   - phone and date of birth go to the page over the bridge: submit() takes them
//   - the public_token comes from the page over the bridge: it is what onSuccess
//     hands over; never does the program send it to the page
//   - the client_id and the secret are in .env, which is the operator's
//   - the browser's profile holds none of them once the browser is gone
//   - the README has the whole list, "Nothing gets out"

// The one user of these tests, whom only the date of birth makes eligible.
const (
	markedPhone = "+14155550187"
	markedBirth = "1961-07-23"
	markedSSN   = "987654327"
	markedCode  = "864197"
	markedUser  = `name: marked
shows: "Whose values occur nowhere else"
phone: "` + markedPhone + `"
code: "` + markedCode + `"
profile:
  first_name: Maren
  last_name: Marker
  address: {street: 9 Planted Path, city: Iowa City, region: IA, postal_code: "52240", country: US}
  email: maren@example.com
  date_of_birth: "` + markedBirth + `"
autofill:
  date_of_birth: "` + markedBirth + `"
  profile:
    first_name: Maren
    last_name: Marker
    address: {street: 9 Planted Path, city: Iowa City, region: IA, postal_code: "52240", country: US}
    email: maren@example.com
    date_of_birth: "` + markedBirth + `"
    ssn: "` + markedSSN + `"
  banks:
    - institution_id: ins_109512
      name: Houndstooth Bank
      accounts:
        - {name: Houndstooth Checking, mask: "0187", type: depository, subtype: checking, available: 1164.1, current: 1169.1}
`
)

// markedFolder makes a folder of fixtures with that user.
func markedFolder(t *testing.T) string {
	t.Helper()
	folder := t.TempDir()
	if err := os.MkdirAll(filepath.Join(folder, "personas"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(folder, "personas", "marked.yaml"), []byte(markedUser), 0o600); err != nil {
		t.Fatal(err)
	}
	return folder
}

// personal are the values of the user that are shown in full nowhere but where
// they are typed and where they are the result.
var personal = []marker{
	{"phone number", markedPhone}, {"phone number", markedPhone[2:]}, {"date of birth", markedBirth}, {"date of birth", "07/23/1961"},
}

// secretOfUser are those that are nowhere shown in full.
var secretOfUser = []marker{
	{"SSN", markedSSN}, {"SSN", markedSSN[:3] + "-" + markedSSN[3:5] + "-" + markedSSN[5:]}, {"one-time code", markedCode},
}

// eavesdropper keeps the tokens that pass at Plaid's side.
type eavesdropper struct {
	mu                 sync.Mutex
	link, public       string
	access             []string
	secret, identified bool // the credentials came
	refused            bool
}

func (e *eavesdropper) wrap(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		r.Body = io.NopCloser(bytes.NewReader(body))
		kept := &keptAnswer{ResponseWriter: w}
		if e.refuse(r.URL.Path) {
			refuseWithDirt(w)
			return
		}
		w.Header().Set("X-Debug", plantedDirt)
		w.Header().Set("X-Secret-"+plantedSSN, farSecret+" "+base64.StdEncoding.EncodeToString([]byte(farClient+":"+farSecret)))
		if strings.HasSuffix(r.URL.Path, "/get") || strings.HasSuffix(r.URL.Path, "/create") {
			into := httptest.NewRecorder()
			next.ServeHTTP(into, r)
			kept.dirtied(into)
		} else {
			next.ServeHTTP(kept, r)
		}
		e.mu.Lock()
		defer e.mu.Unlock()
		e.secret = e.secret || r.Header.Get("PLAID-SECRET") == farSecret
		switch r.URL.Path {
		case "/session/token/create":
			var a struct {
				Link struct {
					Token string `json:"link_token"`
				} `json:"link"`
			}
			_ = json.Unmarshal(kept.body.Bytes(), &a) // an error answer has none
			e.link = a.Link.Token
		case "/user_account/session/get":
			var q struct {
				Token string `json:"public_token"`
			}
			var a struct {
				Identity struct {
					SSN string `json:"ssn"`
				} `json:"identity"`
				Items []struct {
					Token string `json:"access_token"`
				} `json:"items"`
			}
			_, _ = json.Unmarshal(body, &q), json.Unmarshal(kept.body.Bytes(), &a)
			e.public, e.identified = q.Token, a.Identity.SSN == markedSSN
			for _, i := range a.Items {
				e.access = append(e.access, i.Token)
			}
		}
	})
}

// keptAnswer keeps an answer. A stream can still be flushed.
type keptAnswer struct {
	http.ResponseWriter
	body bytes.Buffer
}

func (k *keptAnswer) Write(b []byte) (int, error) {
	k.body.Write(b)
	return k.ResponseWriter.Write(b)
}

// dirtied hands an answer on, with more in it than the contract has.
func (k *keptAnswer) dirtied(from *httptest.ResponseRecorder) {
	for name, values := range from.Header() {
		k.Header()[name] = values
	}
	content := from.Body.Bytes()
	if body := bytes.TrimSpace(content); bytes.HasPrefix(body, []byte("{")) && from.Code == http.StatusOK {
		more := `{"debug":"` + plantedDirt + `","tax_id":` + plantedSSN[:3] + `887341,"raw":{"b":"` + base64.StdEncoding.EncodeToString([]byte(plantedDirt)) + `","who":"` + plantedKey + `"},`
		content = append([]byte(more), body[1:]...)
		k.Header().Set("Content-Length", strconv.Itoa(len(content)))
	}
	k.WriteHeader(from.Code)
	_, _ = k.Write(content)
}

// refuse reports whether a call is refused: the first of each that asks for a
// token or an identity.
func (e *eavesdropper) refuse(path string) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	first := path == "/session/token/create" && !e.refused
	e.refused = e.refused || first
	return first
}

// refuseWithDirt answers with an error that quotes what it should not, in every
// way of writing it.
func refuseWithDirt(w http.ResponseWriter) {
	dirt := []string{
		plantedDirt, farSecret, farClient, url.QueryEscape(plantedDirt), base64.StdEncoding.EncodeToString([]byte(farClient + ":" + farSecret)),
		"912%2D88%2D7341", "912&#45;88&#45;7341", "912\n88\n7341", "9\x001\x002\x008\x008\x007\x003\x004\x001", "11%2F28%2F1953", "28. November 1953", "(212) 555-0143",
	}
	answer, _ := json.Marshal(map[string]any{
		"error_type": "INVALID_REQUEST", "error_code": "INVALID_FIELD", "error_message": plantedShown + " " + strings.Join(dirt, " | "), "display_message": strings.Join(dirt, "\n"),
		"request_id": "req" + plantedShown, "causes": []any{map[string]string{"error_message": strings.Join(dirt, " ")}}, "suggested_action": strings.Join(dirt, " "), "secret": farSecret,
	})
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("X-Debug", plantedDirt)
	w.WriteHeader(http.StatusBadRequest)
	_, _ = w.Write(answer)
}

func (k *keptAnswer) Unwrap() http.ResponseWriter { return k.ResponseWriter }

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

// insist sends keys again and again until the output since a mark matches.
func (p *program) insist(mark int, keys, pattern string) {
	p.tb.Helper()
	re := regexp.MustCompile(pattern)
	again := time.NewTicker(600 * time.Millisecond)
	defer again.Stop()
	deadline := time.After(patience)
	for p.send(keys); ; {
		out, fresh := p.seen()
		if re.MatchString(ansi.Strip(out[mark:])) {
			return
		}
		select {
		case <-fresh:
		case <-again.C:
			p.send(keys)
		case <-deadline:
			p.tb.Fatalf("no %q in the terminal; it got:\n%q", pattern, ansi.Strip(out[mark:]))
		}
	}
}

// everyPane looks at everything there is at the end of a walk.
func everyPane(p *program) {
	for _, key := range []string{"\t", "\t", "\t", "\t", "1", "2", "4", "5", "6", "1", "\t", "?"} {
		out, _ := p.seen()
		p.send(key)
		p.await(len(out), `\S`)
	}
	p.send("\x03")
	p.end()
}

func liveWalkLeaksNothing(t *testing.T, private bool) {
	var plaid eavesdropper
	tapped := newTap(t)
	profile := t.TempDir()
	var inProfile []marker
	t.Cleanup(func() { // when the browser is gone: what it wrote while the page was in it
		var kept bytes.Buffer
		for name, content := range filesUnder(t, profile) {
			kept.WriteString(name + "\n")
			kept.Write(content)
		}
		sink(t, "the browser's profile", kept.Bytes(), inProfile, "Preferences", "Local State")
	})
	browser := pagetest.NewBrowser(t, append(tapped.flags(), chromedp.UserDataDir(profile))...)
	f := newFarWith(t, markedFolder(t), false, plaid.wrap)

	h := newHome(t)
	// The credentials are where operators have them: in .env, or in the
	// environment, which whatever is started inherits.
	dotenv, environ := "", append(h.environ(), "LAYERSIM_PLAID_URL="+f.url)
	for _, line := range f.environ {
		switch {
		case strings.HasPrefix(line, "LAYERSIM_"):
		case private:
			environ = append(environ, line)
		default:
			dotenv += line + "\n"
		}
	}
	if err := os.WriteFile(filepath.Join(h.folder, "folder", ".env"), []byte(dotenv), 0o600); err != nil {
		t.Fatal(err)
	}
	h.put["/folder/.env"] = true
	asked := filepath.Join(t.TempDir(), "asked")
	if err := syscall.Mkfifo(asked, 0o600); err != nil {
		t.Fatal(err)
	}
	opener := filepath.Join(t.TempDir(), "open")
	if err := os.WriteFile(opener, []byte("#!/bin/sh\nenv > '"+filepath.Join(h.folder, "folder", "environment")+"'\nprintf '%s' \"$1\" > '"+asked+"'\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	args := []string{"--env", "sandbox", "--record", h.record, "--webhook-listen", "127.0.0.1:0"}
	if private {
		args = append(args, "--private")
	}
	p := startProgram(t, 120, 36, append(environ, "BROWSER="+opener), h.command(buildProgram(t), args...)...)
	mark := p.await(0, "link_token")
	p.send("\r")
	p.await(mark, plantedShown)
	mark = p.await(mark, "try again")
	p.send("r")
	mark = p.await(mark, "Create the handler")
	started := arguments(t, p.cmd.Process.Pid)
	p.send("\r")
	address, err := os.ReadFile(asked)
	if err != nil {
		t.Fatal(err)
	}
	page, err := url.Parse(string(address))
	if err != nil || page.Host == "" {
		t.Fatalf("the browser was to open %q", address)
	}
	pagetest.Run(t, browser, chromedp.Navigate(string(address)))
	mark = p.await(mark, "Ask for the phone number")
	p.send(markedPhone + "\r")
	mark = p.await(mark, "Ask for the date of birth")
	p.send(markedBirth + "\r")
	mark = p.await(mark, "The user is eligible")
	started = append(started, arguments(t, p.cmd.Process.Pid)...)
	p.send("\r")
	pagetest.Shows(t, browser, "Share your information")
	pagetest.Press(t, browser, "Continue")
	pagetest.Shows(t, browser, "Verify your phone number")
	pagetest.TypeKeys(t, browser, markedCode)
	pagetest.Shows(t, browser, "Review your information")
	pagetest.Press(t, browser, "Share")
	p.await(mark, "✓ Onboarded")
	p.await(mark, "1 account")
	pagetest.InPage(t, browser, pageIsDone)
	everyPane(p)

	plaid.mu.Lock()
	defer plaid.mu.Unlock()
	if !plaid.secret || !plaid.identified || len(plaid.access) == 0 {
		t.Fatalf("what is looked for did not pass at Plaid: secret %v, SSN %v, %d access tokens", plaid.secret, plaid.identified, len(plaid.access))
	}
	link, public := marker{"link_token", plaid.link}, marker{"public_token", plaid.public}
	secrets := append([]marker{{"secret", farSecret}, {"client_id", farClient}}, secretOfUser...)
	for _, token := range plaid.access {
		secrets = append(secrets, marker{"access_token", token})
	}
	secrets = append(secrets, planted()...)
	everything := append(append([]marker{link, public}, secrets...), personal...)

	h.searched(t, everything)
	mustNotHold(t, "the arguments of the program", started, everything)

	down, up, messagesDown, messagesUp := tapped.of(page.Host)
	mustNotHold(t, "what the page was served", down, everything)
	mustNotHold(t, "what the page asked for", up, everything)
	mustNotHold(t, "what the page was told", messagesDown, append([]marker{public}, secrets...))
	mustNotHold(t, "what the page told", messagesUp, append([]marker{link}, append(secrets, personal...)...))
	if !bytes.Contains(down, []byte("<html")) || link.foundIn(messagesDown) == "" || public.foundIn(messagesUp) == "" || !bytes.Contains(messagesDown, []byte(markedPhone)) {
		t.Errorf("the tap did not hear what passes between page and program: %d, %d, %d and %d bytes", len(down), len(up), len(messagesDown), len(messagesUp))
	}

	inProfile = everything

	onScreen := append([]marker{link, public}, secrets...)
	if private {
		onScreen = append(onScreen, personal...)
	}
	mustNotHold(t, "the screen", p.seenText(), onScreen)
}

var toLine = regexp.MustCompile(`\x1b\[[0-9;]*H`)

// seenText is all that the terminal got, as it is and without styles.
func (p *program) seenText() []byte {
	out, _ := p.seen()
	return []byte(out + "\n" + ansi.Strip(toLine.ReplaceAllString(out, "\n")))
}

// The same of a simulated walk, which ends in the terminal.
func simulatedWalkLeaksNothing(t *testing.T) {
	h := newHome(t)
	p := startProgram(t, 120, 36, h.environ(), h.command(buildProgram(t), "--link", "terminal", "--fixtures", markedFolder(t), "--seed", "7", "--private", "--record", h.record)...)
	mark := 0
	for _, step := range []struct{ keys, then string }{
		{"", "link_token"}, {"\r", "Create the handler"}, {"\r", "Ask for the phone number"}, {markedPhone + "\r", "Ask for the date of birth"},
		{markedBirth + "\r", "The user is eligible"}, {"\r", "› Continue"}, {"\r", "Enter the 6-digit code"}, {markedCode, "Share"},
	} {
		p.send(step.keys)
		mark = p.await(mark, step.then)
	}
	p.insist(mark, "\r", "✓ Onboarded") // an Enter right after the code is taken for habit
	p.await(mark, "1 account")
	started := arguments(t, p.cmd.Process.Pid)
	everyPane(p)
	everything := append(append([]marker{}, secretOfUser...), personal...)
	h.searched(t, everything)
	mustNotHold(t, "the arguments of the program", started, everything)
	// The simulated phone receives the code on this very screen.
	mustNotHold(t, "the screen", p.seenText(), slices.DeleteFunc(everything, func(m marker) bool { return m.value == markedCode }))
	// Which tokens there were is not known outside; whole ones have a shape.
	whole := regexp.MustCompile(`(?:access|public|profile|link)-sandbox-[0-9a-f]{8}-[0-9a-f]{4}-`)
	for name, content := range filesUnder(t, h.folder) {
		if found := whole.Find(content); found != nil {
			t.Errorf("%s holds a token: %s…", name, found)
		}
	}
	if found := whole.Find(p.seenText()); found != nil {
		t.Errorf("the screen shows a token: %s…", found)
	}
}
