package export_test

import (
	"encoding/json"
	"strings"
	"testing"
	"unicode"

	"layersim/flow/export"
)

// longestFuzzed is how many bytes of a text are tried. It stands in a recording in
// a hundred places: what takes seconds on a busy machine is taken for a hang.
const longestFuzzed = 500

// Whatever stands in a recording, the transcript of it is text and code.
func FuzzMarkdown(f *testing.F) {
	for _, s := range nasty[len(nasty)-3:] { // the others are tried elsewhere
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if len(s) <= longestFuzzed {
			harmlessMarkdown(t, export.Markdown(told(t, s)))
		}
	})
}

// Whatever stands in a recording, HAR and JSON stay JSON with as many entries,
// and a diagram has as many lines, each of which says what it said before.
func FuzzDocuments(f *testing.F) {
	for _, s := range append([]string{"word", "a;b", "x\nend\nnote over A: y", "%%{init: {}}%%", "#59;", "->>", `"}],"x":"`, "participant X", "\u2028"}, nasty[len(nasty)-3:]...) {
		f.Add(s)
	}
	type log struct {
		Log struct {
			Entries []struct {
				Request, Response struct {
					Headers []any `json:"headers"`
				}
			} `json:"entries"`
		} `json:"log"`
	}
	read := func(t testing.TB, s string) (har log, parts, lines int) {
		t.Helper()
		w := told(t, s)
		document, err := export.HAR(w)
		if err != nil {
			t.Fatal(err)
		}
		harmlessJSON(t, document)
		if err := json.Unmarshal(document, &har); err != nil {
			t.Fatal(err)
		}
		whole, err := export.JSON(w)
		if err != nil {
			t.Fatal(err)
		}
		harmlessJSON(t, whole)
		var o map[string]json.RawMessage
		if err := json.Unmarshal(whole, &o); err != nil {
			t.Fatal(err)
		}
		diagram := string(export.Mermaid(w))
		if strings.ContainsFunc(strings.ReplaceAll(diagram, "\n", ""), unicode.IsControl) || strings.ContainsAny(diagram, "\u2028\u2029\u202e") {
			t.Fatalf("%q: the diagram holds a control character: %q", s, diagram)
		}
		for i, line := range strings.Split(strings.TrimSuffix(diagram, "\n"), "\n") {
			if word := strings.TrimSpace(line); i > 0 && !beginsStatement(word) {
				t.Fatalf("%q: line %d of the diagram is no statement: %q", s, i+1, line)
			}
		}
		return har, len(o), strings.Count(diagram, "\n")
	}
	wantHAR, wantParts, _ := read(f, "word")
	f.Fuzz(func(t *testing.T, s string) {
		if len(s) > longestFuzzed {
			return
		}
		har, parts, _ := read(t, s)
		if len(har.Log.Entries) != len(wantHAR.Log.Entries) || parts != wantParts {
			t.Fatalf("%q: %d entries of %d, %d parts of %d", s, len(har.Log.Entries), len(wantHAR.Log.Entries), parts, wantParts)
		}
	})
}

// beginsStatement reports whether a line of a sequence diagram begins as ours do.
func beginsStatement(line string) bool {
	for _, start := range []string{"participant ", "actor ", "Note ", "note ", "rect ", "end", "autonumber", "title", "box ", "accTitle", "accDescr", "%% "} {
		if strings.HasPrefix(line, start) {
			return true
		}
	}
	return strings.Contains(line, ": ") && (strings.Contains(line, "->>") || strings.Contains(line, "--x") || strings.Contains(line, "-x") || strings.Contains(line, "-)"))
}
