package main

import (
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"layersim/flow/scenario"
)

// The README's reference of scenario files is made here:
//
//	go test ./cmd/layersim -run Readme -update
func TestReadmeNamesEveryStep(t *testing.T) {
	var b strings.Builder
	var all []string
	for i, part := range scenario.Reference() {
		if i > 0 {
			b.WriteString("\n")
		}
		fmt.Fprintf(&b, "**%s**\n\n| step | fields | what it does |\n| --- | --- | --- |\n", part.Name)
		for _, w := range part.Words {
			all = append(all, w.Word)
			form := tick(w.Example)
			if w.Alone && w.Example != w.Word {
				form = tick(w.Word) + " or " + form
			}
			fields := make([]string, len(w.Fields))
			for i, f := range w.Fields {
				fields[i] = tick(f)
			}
			fmt.Fprintf(&b, "| %s | %s | %s |\n", form, strings.Join(fields, ", "), strings.ReplaceAll(w.Says, "|", `\|`))
		}
	}
	if !slices.Equal(all, scenario.Vocabulary()) {
		t.Errorf("the reference has the words %q; a file can have %q", all, scenario.Vocabulary())
	}
	checkReadme(t, "scenario-steps", strings.TrimSuffix(b.String(), "\n"))

	b.Reset()
	b.WriteString("| where | what can stand there |\n| --- | --- |")
	for _, v := range scenario.KnownValues() {
		names := make([]string, len(v.Names))
		for i, n := range v.Names {
			names[i] = tick(n)
		}
		fmt.Fprintf(&b, "\n| %s | %s |", v.Of, strings.Join(names, ", "))
	}
	checkReadme(t, "scenario-values", b.String())
}

func tick(s string) string { return "`" + strings.ReplaceAll(s, "|", `\|`) + "`" }

// section is the part of the README under a heading, up to the next one of its rank.
func section(t *testing.T, heading string) string {
	t.Helper()
	file, err := os.ReadFile(readmePath)
	if err != nil {
		t.Fatal(err)
	}
	_, rest, ok := strings.Cut(string(file), "\n## "+heading+"\n")
	if !ok {
		t.Fatalf("the README has no section %q", heading)
	}
	rest, _, _ = strings.Cut(rest, "\n## ")
	return rest
}

// Every scenario in that section passes as it stands.
func TestReadmeScenarioPasses(t *testing.T) {
	files := regexp.MustCompile("(?s)```yaml\n(scenario:.*?)```").FindAllStringSubmatch(section(t, "Scenario files"), -1)
	if len(files) == 0 {
		t.Fatal("there is none")
	}
	catalog := builtin(t)
	for _, f := range files {
		sc, err := scenario.Read("mine.yaml", []byte(f[1]), catalog)
		if err != nil {
			t.Fatal(err)
		}
		if _, result := recordingOf(t, sc, catalog); !result.Passed() {
			t.Errorf("line %d, %s: expected %s, got %s", result.Failure.Step.Line, result.Failure.Step, result.Failure.Expected, result.Failure.Got)
		}
	}
}

// The README names every field of a file's head and of a fault.
func TestReadmeNamesEveryFieldOfAScenario(t *testing.T) {
	text := section(t, "Scenario files")
	_, err := scenario.Read("x.yaml", []byte("zzzzzzzzzzzz: here\n"), builtin(t))
	if err == nil {
		t.Fatal("it was read")
	}
	_, list, ok := strings.Cut(err.Error(), "; expected ")
	if !ok {
		t.Fatalf("%v lists no fields", err)
	}
	list, _, _ = strings.Cut(list, "\n")
	fields := slices.Concat(strings.Split(strings.ReplaceAll(list, " or ", ", "), ", "), scenario.FaultFields())
	if len(fields) < 30 {
		t.Fatalf("only %q", fields)
	}
	for _, f := range fields {
		if !regexp.MustCompile("(?m)^\\| [^|]*`" + f + "`").MatchString(text) {
			t.Errorf("the reference has no row of the field %q", f)
		}
	}
}

// What is shown for a file with mistakes is what layersim says of it.
func TestReadmeShowsTheMistakesOfAFile(t *testing.T) {
	content := "# mine.yaml\nscenario: mine\ntitle: With mistakes\nplatform: iso\nsteps:\n  - create tokn\n  - code: 12\n  - expect event: {name: OPEN, tims: 2}\n"
	_, err := scenario.Read("mine.yaml", []byte(content), builtin(t))
	if err == nil {
		t.Fatal("it was read")
	}
	checkReadme(t, "scenario-mistakes", "```yaml\n"+content+"```\n\n```\n"+err.Error()+"\n```")
}
