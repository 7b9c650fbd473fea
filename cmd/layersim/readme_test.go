package main

import (
	"flag"
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"layersim/tui"
)

var update = flag.Bool("update", false, "write the README's screen and key table anew")

const readmePath = "../../README.md"

// The README shows a screen of this program and its keys. Both are made here:
//
//	go test ./cmd/layersim -run Readme -update
func TestReadmeShowsTheScreen(t *testing.T) {
	checkReadme(t, "screen", "```text\n"+onboardedScreen(t)+"\n```")
}

func TestReadmeShowsTheKeys(t *testing.T) {
	var b strings.Builder
	b.WriteString("| key | while typing | does |\n| --- | --- | --- |")
	for _, group := range tui.KeyTable() {
		fmt.Fprintf(&b, "\n| **%s** | | |", group.Name)
		for _, k := range group.Keys {
			fmt.Fprintf(&b, "\n| %s | %s | %s |", k.Keys, k.Typing, k.Does)
		}
	}
	checkReadme(t, "keys", b.String())
}

// checkReadme compares what stands between two marks with what should.
func checkReadme(t *testing.T, name, want string) {
	t.Helper()
	file, err := os.ReadFile(readmePath)
	if err != nil {
		t.Fatal(err)
	}
	between := regexp.MustCompile(`(?s)(<!-- ` + name + `: made by a test -->\n).*?(<!-- end of ` + name + ` -->)`)
	if !between.Match(file) {
		t.Fatalf("the README has no place for the %s", name)
	}
	now := between.ReplaceAllFunc(file, func(m []byte) []byte {
		parts := between.FindSubmatch(m)
		return []byte(string(parts[1]) + want + "\n" + string(parts[2]))
	})
	if string(now) == string(file) {
		return
	}
	if !*update {
		t.Fatalf("the README's %s is not what the program shows; run this test with -update. It should be:\n%s", name, want)
	}
	if err := os.WriteFile(readmePath, now, 0o644); err != nil {
		t.Fatal(err)
	}
}

// onboardedScreen walks the guide's own example to its end.
func onboardedScreen(t *testing.T) string {
	var screen string
	synctest.Test(t, func(t *testing.T) {
		r := startRobot(t, settings{link: "terminal", persona: "leslie-knope"}, 120, 36, surroundings{now: time.Now})
		step := func(keys ...string) {
			for _, k := range keys {
				time.Sleep(800 * time.Millisecond) // as a person would; it costs nothing here
				r.press(k)
				synctest.Wait()
			}
		}
		synctest.Wait()
		step("enter", "enter", "enter", "enter", "enter")
		r.typed("123456")
		synctest.Wait()
		step("down", "down", "down", "3")
		for !strings.Contains(r.screen(), "› Share ‹") {
			step("down")
		}
		step("enter")
		screen = r.screen()
		r.program.Quit()
		synctest.Wait()
	})
	for _, want := range []string{"Leslie", "Knope", "Apt 123", "Edit history", "Items"} {
		if !strings.Contains(screen, want) {
			t.Fatalf("the walk did not lead to %q:\n%s", want, screen)
		}
	}
	lines := strings.Split(screen, "\n")
	for i := range lines {
		lines[i] = strings.TrimRight(lines[i], " ")
	}
	return strings.Join(lines, "\n")
}
