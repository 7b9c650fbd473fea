package main

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// What the Code tab shows and cannot be run here is read by a parser of its
// language, and checked against the types of the SDK where npm has them. What
// neither can see is whether Swift, Objective-C, Kotlin and Java fit their SDKs.

const parsersDir = "testdata/parsers"

// needParsers skips a test when the parsers are not installed.
func needParsers(t *testing.T) {
	t.Helper()
	needTool(t, "node")
	if _, err := os.Stat(filepath.Join(parsersDir, "node_modules", ".package-lock.json")); err == nil {
		return
	}
	missing := "the parsers are not installed; run: npm ci --ignore-scripts --prefix cmd/layersim/" + parsersDir
	if os.Getenv("LAYERSIM_REQUIRE_ALL") != "" {
		t.Fatal(missing)
	}
	t.Skip(missing)
}

// parsedBy says for the end of a file's name which programs read it: the
// language's own, and tree-sitter where that one is seldom there.
func parsedBy(t *testing.T, file string) (own []string, treeSitter string) {
	t.Helper()
	switch filepath.Ext(file) {
	case ".mjs", ".js":
		return []string{"node", "--check"}, ""
	case ".py":
		return []string{"python3", "-c", "import ast, sys; ast.parse(open(sys.argv[1]).read())"}, ""
	case ".rb":
		return []string{"ruby", "-c"}, ""
	case ".sh":
		return []string{"bash", "-n"}, ""
	case ".go":
		return []string{"gofmt", "-e"}, ""
	case ".java":
		return []string{"javac", "-proc:none", "-XDshould-stop.ifNoError=PARSE", "-XDshould-stop.ifError=PARSE", "-d", t.TempDir()}, "java"
	case ".swift":
		return []string{"swiftc", "-parse"}, "swift"
	case ".kt": // kotlinc does not stop after parsing
		return nil, "kotlin"
	case ".m": // nor does clang, without Apple's headers
		return nil, "objc"
	case ".tsx":
		return nil, "tsx"
	}
	t.Fatalf("nothing is known that reads %s", file)
	return nil, ""
}

func TestSnippetsParse(t *testing.T) {
	foreign(t)
	dir, err := filepath.Abs(snippetsDir)
	if err != nil {
		t.Fatal(err)
	}
	files, err := os.ReadDir(dir)
	if err != nil || len(files) < 22 {
		t.Fatal(files, err)
	}
	var rest []string
	for _, f := range files {
		file := filepath.Join(dir, f.Name())
		own, language := parsedBy(t, f.Name())
		if language != "" {
			rest = append(rest, language+":"+file)
		}
		if own == nil {
			continue
		}
		t.Run(f.Name(), func(t *testing.T) {
			if _, err := exec.LookPath(own[0]); err != nil && language != "" {
				t.Skipf("no %s in PATH; tree-sitter reads it", own[0]) // LAYERSIM_REQUIRE_ALL asks for no Mac and no JDK
			}
			needTool(t, own[0])
			if out, err := exec.CommandContext(t.Context(), own[0], append(own[1:len(own):len(own)], file)...).CombinedOutput(); err != nil {
				t.Errorf("%v\n%s", err, out)
			}
		})
	}
	t.Run("tree-sitter", func(t *testing.T) {
		needParsers(t)
		// A parser that understands everything proves nothing, so each file is
		// read once more, broken.
		whole, all := map[string]bool{}, rest
		for _, of := range rest {
			language, file, _ := strings.Cut(of, ":")
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			whole[file] = true
			broken := filepath.Join(t.TempDir(), filepath.Base(file))
			if err := os.WriteFile(broken, []byte(strings.TrimRight(string(text), "}\n")+"\n)"), 0o600); err != nil {
				t.Fatal(err)
			}
			all = append(all, language+":"+broken)
		}
		// Without tier-up: the grammars are large, and read little.
		args := append([]string{"--no-wasm-tier-up", filepath.Join(parsersDir, "parse.mjs")}, all...)
		out, err := exec.CommandContext(t.Context(), "node", args...).CombinedOutput()
		if err == nil {
			t.Error("no file is broken")
		}
		for _, of := range all {
			_, file, _ := strings.Cut(of, ":")
			if reported := strings.Contains(string(out), file+":"); reported == whole[file] {
				t.Errorf("%s: reported %v\n%s", file, reported, out)
			}
		}
	})
}

// The TypeScript of the clients fits the types of the SDK versions that it is
// for, and of no other: a generation that fits both would not be needed.
func TestSnippetsFitTheSDKsTypes(t *testing.T) {
	foreign(t)
	needParsers(t)
	const native = "react-native-plaid-link-sdk"
	const native12, native13 = native + "-12/dist/src/index.d.ts", native + "-13/build/index.d.ts"
	type check struct {
		File   string `json:"file"`
		Module string `json:"module"`
		Types  string `json:"types"`
	}
	tests := []struct {
		name, file, types string
		old, changed      string
		want              string // a part of what the compiler says, "" for nothing
	}{
		{"React 5", "react.tsx", "", "", "", ""},
		{"React 5, both fields", "react.tsx", "", "{ date_of_birth: date }", "{ date_of_birth: date, phone_number: date }", "date_of_birth"},
		{"React Native 12", "react-native.tsx", native12, "", "", ""},
		{"React Native 12 with the field's name of the web", "react-native.tsx", native12, "{ phoneNumber: phone }", "{ phone_number: phone }", "phone_number"},
		{"React Native 12 on 13", "react-native.tsx", native13, "", "", "not callable"},
		{"React Native 13", "react-native-13.tsx", native13, "", "", ""},
		{"React Native 13 on 12", "react-native-13.tsx", native12, "", "", "createPlaidLayerSession"},
	}
	dir := t.TempDir()
	var checks []check
	for i, test := range tests {
		text, err := os.ReadFile(filepath.Join(snippetsDir, test.file))
		if err != nil || !strings.Contains(string(text), test.old) {
			t.Fatalf("%s does not hold %q (%v)", test.file, test.old, err)
		}
		file := filepath.Join(dir, fmt.Sprintf("app%d.tsx", i))
		if err := os.WriteFile(file, []byte(strings.Replace(string(text), test.old, test.changed, 1)), 0o600); err != nil {
			t.Fatal(err)
		}
		checks = append(checks, check{file, native, test.types})
	}
	cases, err := json.Marshal(checks)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "cases.json"), cases, 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.CommandContext(t.Context(), "node", filepath.Join(parsersDir, "types.mjs"), filepath.Join(dir, "cases.json")).Output()
	var says []string
	if err != nil || json.Unmarshal(out, &says) != nil || len(says) != len(tests) {
		t.Fatalf("%v: %s", err, out)
	}
	for i, test := range tests {
		if (says[i] != "") != (test.want != "") || !strings.Contains(says[i], test.want) {
			t.Errorf("%s: the compiler says %q; want %q", test.name, says[i], test.want)
		}
	}
}
