package journal_test

import (
	"encoding/json"
	"os"
	"os/exec"
	"strings"
	"testing"

	"layersim/flow"
	"layersim/flow/journal"
)

func tokenCall(body string) flow.Exchange {
	return flow.Exchange{
		Method: "POST", URL: "https://sandbox.plaid.com/session/token/create",
		RequestHeaders: []flow.Header{{Name: "Accept", Value: "application/json"}, {Name: "Content-Type", Value: "application/json"}, {Name: "Plaid-Client-Id", Value: "••••"}, {Name: "Plaid-Secret", Value: "••••"}, {Name: "User-Agent", Value: "Plaid Go"}},
		RequestBody:    body,
	}
}

func TestCurl(t *testing.T) {
	got := journal.Curl(tokenCall("{\n  \"template_id\": \"template_1\",\n  \"public_token\": \"profile-sandbox-••••993d\",\n  \"path\": \"••••\"\n}"), nil)
	want := `curl -sS "${PLAID_URL:-https://sandbox.plaid.com}/session/token/create" \
  -H 'Content-Type: application/json' \
  -H "PLAID-CLIENT-ID: $PLAID_CLIENT_ID" \
  -H "PLAID-SECRET: $PLAID_SECRET" \
  -d '{"template_id":"template_1","public_token":"'"$PUBLIC_TOKEN"'","path":"'"$MASKED_PATH"'"}'
# Set first: PUBLIC_TOKEN, MASKED_PATH, PLAID_CLIENT_ID, PLAID_SECRET.
# Against layersim serve: PLAID_URL=http://127.0.0.1:8137, where any client_id and secret will do.
`
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// An interactive zsh takes # for a word: what comes after it must not open a
// quote, and must not stand before the command.
func TestCurlsCommentsMeanNothingToAShell(t *testing.T) {
	for _, body := range []string{`{"public_token":"••••"}`, "{\"it's\": 1,\n… clipped here"} {
		command, comments, _ := strings.Cut(journal.Curl(tokenCall(body), nil), "\n# ")
		if !strings.HasPrefix(command, "curl ") || comments == "" || strings.ContainsAny(comments, "'\"`$&|;<>()\\!*") {
			t.Errorf("command %s\ncomments %s", command, comments)
		}
	}
}

func TestCurlTellsRealTokensButNeverTheSecret(t *testing.T) {
	x := tokenCall(`{"secret":"••••","client_id":"••••1234","access_token":"access-sandbox-••••19f0"}`)
	got := journal.Curl(x, func(_, masked string) (string, bool) {
		return map[string]string{"access-sandbox-••••19f0": "access-sandbox-0019f0", "••••": "THE SECRET", "••••1234": "THE ID"}[masked], true
	})
	if !strings.Contains(got, `"access_token":"access-sandbox-0019f0"`) || strings.Contains(got, "THE ") || !strings.Contains(got, `"secret":"'"$PLAID_SECRET"'"`) {
		t.Errorf("got\n%s", got)
	}
	// A token that would end the quotes stays a variable.
	got = journal.Curl(x, func(string, string) (string, bool) { return `'; rm -rf / '`, true })
	if strings.Contains(got, "rm -rf") {
		t.Errorf("got\n%s", got)
	}
}

// A body may be shown unmasked, and a client may send any header.
func TestCurlLeavesOutWhatMustNotBePasted(t *testing.T) {
	x := tokenCall(`{"client_id":"the id","SECRET":"the secret","user":{"secret":"the secret too"},"options":{"client_id":[4711,"id"]},"template_id":"template_1"}`)
	x.RequestHeaders = append(x.RequestHeaders,
		flow.Header{Name: "@/etc/passwd", Value: "1"}, flow.Header{Name: "X-A: 1\r\nPlaid-Secret", Value: "2"}, flow.Header{Name: "", Value: "3"}, flow.Header{Name: "X-Own", Value: "4"})
	got := journal.Curl(x, nil)
	for _, never := range []string{"the id", "the secret", `"id"`, "4711", "passwd", "X-A", "': 3'"} {
		if strings.Contains(got, never) {
			t.Errorf("%q in\n%s", never, got)
		}
	}
	if got := journal.Curl(tokenCall("{\"secret\": \"the secret\", \"client_id\":\"it's\\\" id\", \"a\": 1,\n… clipped"), nil); !strings.Contains(got, `{"secret": "'"$PLAID_SECRET"'", "client_id":"'"$PLAID_CLIENT_ID"'", "a": 1,`) {
		t.Errorf("got\n%s", got)
	}
	for _, want := range []string{`{"client_id":"'"$PLAID_CLIENT_ID"'","SECRET":"'"$PLAID_SECRET"'"`, `"template_id":"template_1"`, "-H 'X-Own: 4'"} {
		if !strings.Contains(got, want) {
			t.Errorf("no %s in\n%s", want, got)
		}
	}
}

func TestCurlSaysWhenTheRecordHasNotAllOfIt(t *testing.T) {
	got := journal.Curl(tokenCall("{\"a\": 1,\n… clipped here; 90000 bytes in all"), nil)
	if !strings.Contains(got, "# The record has only the beginning of this body.") || !strings.Contains(got, "--data-raw '{\"a\": 1,") {
		t.Errorf("got\n%s", got)
	}
	if got := journal.Curl(tokenCall("@/etc/passwd"), nil); !strings.Contains(got, "--data-raw '@/etc/passwd'") {
		t.Errorf("a body that is the name of a file for -d:\n%s", got)
	}
	if got := journal.Curl(flow.Exchange{Method: "GET", URL: "http://127.0.0.1:1/healthz"}, nil); !strings.Contains(got, `curl -sS -X 'GET' "${PLAID_URL:-http://127.0.0.1:1}/healthz"`) || !strings.Contains(got, "nothing") {
		t.Errorf("got\n%s", got)
	}
}

// FuzzCurl pastes commands into bash, where curl only says what it was told.
func FuzzCurl(f *testing.F) {
	bash, err := exec.LookPath("bash")
	if err != nil {
		if os.Getenv("LAYERSIM_REQUIRE_ALL") != "" {
			f.Fatal("no bash in PATH")
		}
		f.Skip("no bash in PATH")
	}
	for _, s := range []string{"plain", `it's`, `'; exit 7; '`, "$(exit 7)", "`exit 7`", `\`, `\'`, `"`, "!!", "a\nb", "$HOME ${X}", "'\"'\"'", "é 界", "-d @x", "•"} {
		f.Add(s, s)
	}
	f.Fuzz(func(t *testing.T, key, value string) {
		if strings.EqualFold(key, "client_id") || strings.EqualFold(key, "secret") || strings.ContainsRune(key+value, 0) || strings.Contains(value, "•") {
			return
		}
		body, _ := json.Marshal(map[string]any{key: []any{value, "••••", map[string]string{"public_token": "x••••"}}})
		x := tokenCall(string(body))
		x.RequestHeaders = append(x.RequestHeaders, flow.Header{Name: "X-Own", Value: flow.CleanLine(value, 0)})
		script := "curl() { printf '%s\\0' \"$@\"; }\n" + journal.Curl(x, nil)
		cmd := exec.CommandContext(t.Context(), bash, "-c", script)
		cmd.Env = []string{"PLAID_CLIENT_ID=id", "PLAID_SECRET=s3cret", "PUBLIC_TOKEN=real", "PATH=/nowhere"}
		out, err := cmd.Output()
		if err != nil {
			t.Fatalf("%v\n%s", err, script)
		}
		arguments := strings.Split(strings.TrimSuffix(string(out), "\x00"), "\x00")
		var said any
		sent := arguments[len(arguments)-1]
		if err := json.Unmarshal([]byte(sent), &said); err != nil {
			t.Fatalf("%v: %s\n%s", err, sent, script)
		}
		var clean any
		_ = json.Unmarshal([]byte(strings.NewReplacer("x••••", "real", "••••", "").Replace(string(body))), &clean)
		got, _ := json.Marshal(said)
		want, _ := json.Marshal(clean)
		if string(got) != string(want) {
			t.Errorf("sent %s, want %s\n%s", got, want, script)
		}
		if header := arguments[len(arguments)-3]; header != "X-Own: "+flow.CleanLine(value, 0) && !strings.Contains(value, "•") {
			t.Errorf("header %q", header)
		}
	})
}
