package scenario

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"
	"unicode"

	"github.com/google/go-cmp/cmp"

	"layersim/fixtures"
)

// checkRead reads any bytes: either every mistake is named as the rules of the
// reader say, or the scenario is written and read again.
func checkRead(t *testing.T, content []byte, c *fixtures.Catalog) error {
	t.Helper()
	sc, err := Read("x.yaml", content, c)
	if err != nil {
		var mistakes fixtures.Mistakes
		if !errors.As(err, &mistakes) || len(mistakes) == 0 {
			t.Fatalf("%T says nothing of the file: %v", err, err)
		}
		lines := bytes.Count(content, []byte("\n")) + bytes.Count(content, []byte("\r")) + 1
		for _, m := range mistakes {
			if m.File != "x.yaml" || m.Problem == "" || m.Line < 0 || m.Line > lines || m.Line == 0 && m.Column != 0 {
				t.Errorf("%d lines; a mistake that cannot be found: %#v", lines, m)
			}
			if m.Line == 0 && !wholeFile(m.Problem) {
				t.Errorf("a mistake without a place: %s", m.Error())
			}
			if strings.ContainsFunc(m.Error(), unicode.IsControl) {
				t.Errorf("a mistake that a terminal would obey: %q", m.Error())
			}
		}
		return err
	}
	file := sc.YAML()
	again, err := Read("again.yaml", file, c)
	if err != nil {
		t.Fatalf("%v\nwhat was read: %q\nwhat was written:\n%s", err, content, file)
	}
	if diff := cmp.Diff(sc, again, same); diff != "" {
		t.Fatalf("%s\nwhat was read: %q\nwhat was written:\n%s", diff, content, file)
	}
	return nil
}

type strangeFile struct{ name, content, want string } // want is "" for a file that is read

// strangeFiles are what editors, other systems and attackers make of a file.
func strangeFiles() []strangeFile {
	bomb := "a: &a [x, x]\n"
	for i := range 20 {
		bomb += fmt.Sprintf("b%d: &b%d [*a, *a]\n", i, i)
	}
	deep := ""
	for i := range 200 {
		deep += strings.Repeat("  ", i) + "a:\n"
	}
	return []strangeFile{
		{"windows line ends", strings.ReplaceAll(steps("create token", "wait: 20s", "{notes: a, open: }"), "\n", "\r\n"), ""},
		{"a byte order mark", "\ufeff" + steps("create token"), ""},
		{"a byte order mark and windows line ends", "\ufeff" + strings.ReplaceAll(steps("create token"), "\n", "\r\n"), ""},
		{"no line end at the end", strings.TrimSuffix(steps("create token"), "\n"), ""},
		{"a document marker", "---\n" + steps("create token") + "...\n", ""},
		{"spaces at the ends of lines", strings.ReplaceAll(steps("create token", "wait: 20s"), "\n", "  \n"), ""},
		{"a tab after a word", steps("create token\t", "wait:\t20s"), ""},
		{"tabs for indentation", head + "steps:\n\t- open\n", "x.yaml:"},
		{"tabs within a step", head + "steps:\n- expect pane:\n\tview: CONSENT\n", "x.yaml:"},
		{"another encoding", "s\x00c\x00e\x00n\x00", "x.yaml:1:2: holds a byte that is not UTF-8 text or a control character"},
		{"bytes that are no text", head + "steps: [\xff\xfe]\n", "x.yaml:3:9: holds a byte that is not UTF-8"},
		{"a bomb of aliases", bomb, "x.yaml:1:4: uses \"&\", a YAML anchor"},
		{"a bomb of merges", "<<: x\n" + steps("open"), "x.yaml:1:1: uses \"<<\""},
		{"a tag", head + "steps: !!python/object [open]\n", "uses the YAML tag"},
		{"a directive", "%YAML 1.2\n---\n" + steps("open"), "x.yaml:1:1: uses a YAML directive"},
		{"10,000 steps", head + "steps:\n" + strings.Repeat("- open\n", 10000), "x.yaml:404:3: steps: has 10000 steps; expected no more than 400"},
		{"10,000 fields in one step", head + "steps:\n- expect result: {" + strings.Repeat("a: b, ", 10000) + "}\n", "has more than 4000 fields in one document"},
		{"10,000 documents", strings.Repeat("---\na: b\n", 10000), "holds more than 1000 documents"},
		{"deep lists", head + "steps:\n- " + strings.Repeat("[", 5000) + strings.Repeat("]", 5000), "is nested more than 32 levels deep"},
		{"deep lists, in lines", head + "steps:\n" + strings.Repeat("- ", 5000) + "open\n", "is nested more than 32 levels deep"},
		{"deep groups", deep, "is nested more than 32 levels deep"},
		{"deep braces", head + "steps: [" + strings.Repeat("{a: ", 100) + strings.Repeat("}", 100) + "]\n", "is nested more than 32 levels deep"},
		{"a huge seed", head + "seed: 99999999999999999999999999\nsteps: [open]\n", "x.yaml:3:7: seed: \"99999999999999999999999999\" is not a seed"},
		{"the largest seed", head + "seed: 18446744073709551615\nsteps: [open]\n", ""},
		{"an endless number", head + "minutes: " + strings.Repeat("9", 5000) + "\nsteps: [open]\n", "x.yaml:3:10: minutes: \"999"},
		{"a number with an exponent", head + "minutes: 1e300\nsteps: [open]\n", "is not a whole number"},
		{"a huge time", steps("wait: 99999999999999h"), "is not a time above zero and up to ten years"},
		{"many huge times", steps(strings.Split(strings.Repeat("wait: 3650d\n", 300), "\n")[:300]...), ""},
		{"a number that is none", head + "minutes: .nan\nsteps: [open]\n", "x.yaml:3:10: minutes: \".nan\" is not a whole number"},
		{"the same field twice", head + "persona: two-banks\npersona: silent\nsteps: [open]\n", "x.yaml:4:1: persona: is given twice, first in line 3"},
		{"steps twice", head + "steps: [open]\nsteps: [close]\n", "x.yaml:4:1: steps: is given twice, first in line 3"},
		{"the same word twice in a step", steps("{wait: 1s, wait: 2s}"), "\"wait\" is given twice, first in line 4"},
		{"the same field of a word twice", steps("expect pane: {view: CONSENT, view: REVIEW}"), "step 1: expect pane.view: is given twice, first in line 4"},
		{"a field without a value", steps("expect error: {code}"), "step 1: expect error: has no values; expected a step such as"},
		{"the same fault field twice", head + "faults: [{on: /item/get, status: 500, status: 400}]\nsteps: [open]\n", "fault 1.status: is given twice"},
		{"a group as a name", head + "? {a: b}\n: c\nsteps: [open]\n", "x.yaml:"},
		{"a list as a name", head + "steps:\n- [a]: b\n", "x.yaml:"},
		{"an escape for a terminal", head + "group: \"\\e[2J\"\nsteps: [open]\n", "x.yaml:3:8: group: has the control character U+001B"},
		{"only a bracket", "{", "x.yaml:"},
		{"only a colon", ":", "x.yaml:"},
	}
}

func TestStrangeFiles(t *testing.T) {
	c := catalog(t)
	for _, row := range strangeFiles() {
		t.Run(row.name, func(t *testing.T) {
			err := checkRead(t, []byte(row.content), c)
			switch {
			case row.want == "" && err != nil:
				t.Errorf("it is not read: %.600v", err)
			case row.want != "" && err == nil:
				t.Errorf("it is read; expected %s", row.want)
			case row.want != "" && !strings.Contains(err.Error(), row.want):
				t.Errorf("got  %.600v\nwant %s", err, row.want)
			}
		})
	}
}
