package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// mayImport says which of our own packages each package may use, and why. A
// package that is not listed has no place in the design.
var mayImport = map[string]struct {
	ours []string
	why  string
}{
	"flow":                   {nil, "the core decides from values alone; whatever it imported could smuggle in I/O"},
	"flow/guard":             {nil, "the one place where goroutines begin, whoever begins them"},
	"flow/engine":            {[]string{"flow", "flow/guard"}, "it knows ports, never the adapters behind them"},
	"flow/journal":           {[]string{"flow", "flow/sdk"}, "a record of what the core said, readable without any adapter; of an SDK it has the platform and the version, and what follows from these is known to flow/sdk"},
	"flow/drift":             {[]string{"flow", "flow/journal"}, "it compares two recordings; how they came about must not matter"},
	"flow/export":            {[]string{"flow", "flow/journal", "flow/lint"}, "it writes what a recording says; it reads no file and asks nobody"},
	"flow/lint":              {[]string{"flow", "flow/journal"}, "it reads records of what an app did; whoever kept them must not matter"},
	"flow/plaidapi":          {[]string{"flow"}, "adapters never import each other: the server side must not know who answers"},
	"flow/scenario":          {[]string{"flow", "flow/guard", "flow/journal", "flow/lint", "flow/sdk", "fixtures", "fixtures/document"}, "it does what a file says through the functions it is given; whatever is behind them must not matter"},
	"flow/sdk":               {[]string{"flow"}, "facts about SDK versions, as values of the core"},
	"flow/webhook":           {[]string{"flow", "flow/guard", "flow/loopback"}, "it checks what comes from outside; what it shared with the sender would prove nothing"},
	"flow/linkpage":          {[]string{"flow", "flow/guard", "flow/loopback"}, "adapters never import each other: the page must work with the real Link too"},
	"flow/loopback":          {[]string{"flow/guard"}, "what is this machine, and the limits of a server on it, are the same for all that listens; it knows nothing of Plaid"},
	"flow/linkterm":          {[]string{"flow"}, "adapters never import each other: it speaks to the simulator over HTTP only"},
	"flow/linkpage/pagetest": {nil, "it looks at the page from outside, as a browser does, for tests of any package"},
	"flow/plaidsim":          {[]string{"flow", "flow/guard", "flow/loopback", "flow/plaidsim/outbox", "fixtures"}, "a simulator that shared code with its client would prove nothing"},
	"flow/plaidsim/outbox":   {[]string{"flow/guard", "flow/loopback"}, "it sends bytes and signs them; what they say and when is the simulator's business"},
	"flow/detour":            {[]string{"flow/guard", "flow/loopback"}, "it leads other programs to a handler, whatever the handler is"},
	"fixtures":               {[]string{"flow", "flow/guard", "fixtures/document"}, "data for the others, typed in the core's terms"},
	"fixtures/document":      {[]string{"flow"}, "it reads files that people write, whatever they are about; of the core it wants what a terminal may show and what a phone number is"},
	"tui/theme":              {nil, "styles by meaning, usable by any pane"},
	"tui/wait":               {nil, "commands that wait for a stream or a while, of whatever screen"},
	"tui/pane":               {[]string{"flow", "tui/theme"}, "a pane draws a State and can do nothing else"},
	"tui/plain":              {[]string{"flow", "flow/guard", "fixtures", "flow/journal", "flow/lint", "flow/sdk", "tui/pane"}, "the walk as lines of text; of the panes it takes the words, and like the screen it reaches the world only through the functions it is given"},
	"tui/screen":             {[]string{"flow/guard"}, "it writes frames to a terminal, whatever they show"},
	"tui/cast":               {[]string{"tui/screen"}, "it keeps what a terminal is sent, whatever is shown"},
	"tui/watch":              {[]string{"flow", "flow/lint", "fixtures", "tui/pane", "tui/theme", "tui/wait"}, "it shows what somebody's app does, whoever follows that app; of the fixtures it wants the explanations of errors; it must not know the simulator"},
	"tui/present":            {[]string{"flow", "flow/journal", "flow/scenario", "tui/pane", "tui/theme", "tui/wait"}, "it shows a playing of a scenario, whoever plays it and wherever; other terminals reach it through values only"},
	"tui":                    {[]string{"flow", "fixtures", "flow/journal", "flow/lint", "flow/sdk", "tui/pane", "tui/theme", "tui/wait"}, "besides values, such as the SDKs to choose from, the screen reaches the world only through the functions it is given"},
	"cmd/layersim":           {[]string{"*"}, "wiring is its only job"},
}

func TestImports(t *testing.T) {
	out, err := exec.CommandContext(t.Context(), "go", "list", "-json=ImportPath,Imports", "layersim/...").Output()
	if err != nil {
		t.Fatal(err)
	}
	for decoder := json.NewDecoder(bytes.NewReader(out)); ; {
		var pkg struct {
			ImportPath string
			Imports    []string
		}
		if err := decoder.Decode(&pkg); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		name := strings.TrimPrefix(pkg.ImportPath, "layersim/")
		rule, listed := mayImport[name]
		if !listed {
			t.Errorf("package %s has no rule: give it one, with a reason, and a line in the design", name)
			continue
		}
		for _, imported := range pkg.Imports {
			ours, ok := strings.CutPrefix(imported, "layersim/")
			if ok && !slices.Contains(rule.ours, ours) && !slices.Contains(rule.ours, "*") {
				t.Errorf("%s imports %s, but may only import %v: %s", name, ours, rule.ours, rule.why)
			}
		}
	}
}
