package main

import (
	"bytes"
	"context"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"layersim/flow"
)

// orders is every kind of text that a terminal would obey, or that would show
// something else than is there: in CSI, OSC (a title, a link, the clipboard), DCS
// and APC, 7 bits and 8; lone control characters; directions, tags, what has no
// width; and bytes that are no text.
const orders = "\x1b[2J\x1b]0;own\x07\x1b]8;;http://evil\x1b\\link\x1b]8;;\x1b\\\x1b]52;c;ZXZpbA==\x07\x1bP1$r\x1b\\\x1b_apc\x1b\\\u009b31m\u009d0;own\u009c" +
	"\x00\x07\x08\t\x7f\r\u0085\u2028\u2029\u202egnp.exe\u2066\u200f\u200b\ufeff\U000e0041\xff\x9b2J"

// obeyed finds what a terminal would obey, or not show, in what is to be plain
// text.
func obeyed(text []byte) []string {
	var found []string
	for i, r := range string(text) {
		if r != '\n' && (!flow.IsHarmless(r) || r == '\ufffd' && text[i] != 0xef) {
			found = append(found, fmt.Sprintf("%U", r))
		}
	}
	return slices.Compact(found)
}

// alone skips a test under the race detector, which slows it down tenfold and has
// nothing to find in it.
func alone(t *testing.T) {
	t.Helper()
	if raceDetector {
		t.Skip("nothing in it happens at once: the race detector has nothing to find")
	}
}

// saying runs a command and returns what it says. For what would listen or ask a
// network it is over before it begins.
func saying(t *testing.T, environ, args []string) (code int, out, talk []byte) {
	t.Helper()
	var files [2]*os.File
	for i := range files {
		file, err := os.CreateTemp(t.TempDir(), "")
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = file.Close() }()
		files[i] = file
	}
	in, err := os.Open(os.DevNull)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = in.Close() }()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	if len(args) > 0 && slices.Contains([]string{"serve", "exec", "doctor"}, args[0]) {
		cancel()
	}
	code = run(ctx, args, stdio{in, files[0], files[1]}, append([]string{"NO_COLOR=1", "HOME=" + t.TempDir()}, environ...))
	var said [2][]byte
	for i, file := range files {
		if said[i], err = os.ReadFile(file.Name()); err != nil {
			t.Fatal(err)
		}
	}
	return code, said[0], said[1]
}

// everyCommand visits the commands that there are, with arguments that suit them.
func everyCommand(t *testing.T, visit func(words, arguments []string, flags []*pflag.Flag)) {
	t.Helper()
	arguments := map[string][]string{
		"layersim": nil, "serve": nil, "exec": {"--", "true"}, "run": {"tour"}, "present": {"tour"}, "scenarios": nil, "personas": nil, "templates": nil,
		"replay": {"walk.jsonl"}, "export": {"walk.jsonl"}, "compare": {"walk.jsonl", "walk.jsonl"}, "lint": {"walk.jsonl"}, "doctor": nil, "version": nil, "licences": nil, "man": nil,
	}
	root := newRoot(stdio{}, nil)
	for _, cmd := range append([]*cobra.Command{root}, root.Commands()...) {
		name := cmd.Name()
		args, known := arguments[name]
		if !known {
			t.Errorf("which arguments has %s? Say so here, so that it is tried", name)
			continue
		}
		var words []string
		if cmd != root {
			words = []string{name}
		}
		var flags []*pflag.Flag
		cmd.Flags().VisitAll(func(f *pflag.Flag) { flags = append(flags, f) })
		visit(words, args, flags)
	}
}

// Whatever is in a flag, a variable, an argument or a file's name: what a command
// says of it can only be seen, and is not as long as it.
func TestNothingThatIsSaidIsObeyed(t *testing.T) {
	alone(t)
	t.Chdir(t.TempDir())
	tried := 0
	try := func(environ []string, args ...string) (code int, talk string) {
		t.Helper()
		tried++
		code, out, said := saying(t, environ, args)
		if found := append(obeyed(out), obeyed(said)...); len(found) > 0 {
			t.Errorf("%.60q %.60q says %v: %.300q %.300q", environ, args, found, out, said)
		}
		if len(said) > 64<<10 {
			t.Errorf("%.60q %.60q says %d bytes", environ, args, len(said))
		}
		if code == exitUnexpected {
			t.Errorf("%.60q %.60q ends with %d: %.300q", environ, args, code, said)
		}
		return code, string(said)
	}
	long := strings.Repeat("x", 1<<20)
	environOrders := strings.ReplaceAll(orders, "\x00", "") // which no system lets into an environment
	everyCommand(t, func(words, arguments []string, flags []*pflag.Flag) {
		with := func(more ...string) []string { return slices.Concat(words, more) }
		try(nil, with(orders)...)
		try(nil, with("-"+orders)...)
		try(nil, with("--"+orders)...)
		try(nil, with("../../../../etc/passwd")...)
		try(nil, with(long)...)
		for _, f := range flags {
			switch f.Name {
			case "help", "version":
				continue
			}
			try(nil, slices.Concat(with("--"+f.Name+"="+orders), arguments)...)
			try([]string{variableOf(f.Name) + "=" + environOrders}, slices.Concat(words, arguments)...)
			if f.Value.Type() == "string" {
				// However long the value is, what to do comes after it.
				if code, talk := try(nil, slices.Concat(with("--"+f.Name+"="+long), arguments)...); code == exitUsage && strings.HasSuffix(talk, "x…\n") {
					t.Errorf("%.60q --%s: %.100q … %.100q", words, f.Name, talk, talk[max(0, len(talk)-100):])
				}
			}
		}
	})
	for _, name := range []string{"PLAID_ENV", "PLAID_CLIENT_ID", "LAYER_TEMPLATE_ID", "LAYERSIM_FAIL", "LAYERSIM_PLAID_URL", "LAYERSIM_LINK_SCRIPT", "LAYERSIM_CA_FILE", "HTTPS_PROXY", "NO_PROXY", "BROWSER", "TERM", "COLORFGBG", "XDG_RUNTIME_DIR"} {
		try([]string{name + "=" + environOrders, "PLAID_SECRET=s"}, "--env", "sandbox")
		try([]string{name + "=" + environOrders}, "doctor")
	}
	t.Logf("%d commands", tried)
}

// A file may be called anything, and hold anything; what is said of it is plain.
func TestNothingThatIsSaidOfAFileIsObeyed(t *testing.T) {
	alone(t)
	t.Chdir(t.TempDir())
	name := strings.NewReplacer("/", "", "\x00", "", `\`, "").Replace(orders) + "\nlayersim: forged"
	quoted, _ := json.Marshal(orders)
	start := `"layersim":"x","started":"2026-04-01T12:00:00Z","mode":"simulated","platform":"web","sdk_version":"latest"`
	contents := []string{
		"", "{", orders, string(quoted), "{" + string(quoted) + ":1}", "a: *x", "scenario: a\n" + string(quoted) + ": 1", "scenario: " + string(quoted),
		"scenario: a\ntitle: t\nsteps:\n- " + string(quoted) + ":\n", "scenario: a\ntitle: t\npersona: " + strings.Repeat("x", 10_000) + "\n", "scenario: a\ntitle: t\nsteps: [expect phase: token, expect phase: onboarded]\n",
		"scenario: a\ntitle: t\nsteps: [expect phase: token]\n",
		`{"layersim_recording":` + string(quoted) + `}`, `{"layersim_recording":1,"mode":` + string(quoted) + `,"started":` + string(quoted) + `}`,
		`{"layersim_recording":1,` + start + `,"template_id":` + string(quoted) + `,"persona":` + string(quoted) + `}`,
		`{"layersim_recording":1,` + strings.Replace(start, `"web"`, string(quoted), 1) + `}`,
		`{"layersim_recording":1,` + start + "}\n" + `{"seq":1,"at":"2026-04-01T12:00:00Z","kind":` + string(quoted) + `,"event":{}}`,
		`{"layersim_recording":1,` + start + "}\n" + `{"seq":1,"at":"2026-04-01T12:00:00Z","kind":"LinkTokenRequested","event":{"phone_number":` + string(quoted) + `}}` + "\n{",
		`{"seq":1,"at":` + string(quoted) + `,"kind":"note"}`, `{"seq":1,"at":"2026-04-01T12:00:00Z","kind":` + string(quoted) + `}`,
		`{"seq":1,"at":"2026-04-01T12:00:00Z","kind":"call","call":{"path":` + string(quoted) + `,"status":200,"request":` + string(quoted) + `}}`,
	}
	scenario, recording := name+".yaml", name+".jsonl"
	commands := map[string][][]string{
		scenario: {
			{"run", "./" + scenario}, {"run", "--json", "./" + scenario}, {"run", "--junit", "report.xml", "./" + scenario}, {"present", "./" + scenario},
			{"personas", "--fixtures", scenario}, {"--record", scenario}, {"serve", "--record", scenario}, {"exec", "--record", scenario, "--", "true"},
		},
		recording: {
			{"lint", recording}, {"lint", "--json", recording}, {"replay", recording}, {"replay", "--plain", recording}, {"export", recording, "--format", "markdown"},
			{"export", recording, "--format", "json", "-o", recording}, {"compare", recording, recording}, {"compare", "--json", recording, recording},
			{"replay", "--plain", recording + "missing"}, {"lint", recording + "missing"},
		},
	}
	for i, content := range contents {
		for file, tried := range commands {
			if yaml := !strings.Contains(content, `"at":`) && !strings.Contains(content, "layersim_recording"); !yaml && file == scenario || yaml && i > 3 && file == recording {
				continue
			}
			if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
				t.Fatal(err)
			}
			for _, args := range tried {
				_, out, talk := saying(t, nil, args)
				if found := append(obeyed(out), obeyed(talk)...); len(found) > 0 || bytes.Contains(out, []byte("\nlayersim: forged")) || bytes.Contains(talk, []byte("\nlayersim: forged")) {
					t.Errorf("%.40q of content %d says %v: %.400q %.400q", args, i, found, out, talk)
				}
				for line := range bytes.Lines(out) {
					if args[0] == "run" && args[1] == "--json" && !json.Valid(line) {
						t.Errorf("no JSON: %.200q", line)
					}
				}
				if args[1] == "--junit" {
					wellFormed(t, "report.xml")
					_ = os.Remove("report.xml")
				}
			}
			if err := os.Remove(file); err != nil {
				t.Fatal(err)
			}
		}
	}
	left, _ := filepath.Glob("*")
	if len(left) > 0 {
		t.Errorf("files are left: %q", left)
	}
}

// wellFormed checks XML, if there is some, and that it is plain.
func wellFormed(t *testing.T, name string) {
	t.Helper()
	content, err := os.ReadFile(name)
	if err != nil {
		return
	}
	for d := xml.NewDecoder(bytes.NewReader(content)); err == nil; {
		_, err = d.Token()
	}
	if found := obeyed(content); !errors.Is(err, io.EOF) || len(found) > 0 {
		t.Errorf("%v, %v in %.400q", err, found, content)
	}
}
