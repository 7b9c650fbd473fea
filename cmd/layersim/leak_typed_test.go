//go:build linux

package main

import (
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// What a person types goes where it was typed, on the screen as well. Typed into
// the wrong field it must go no further: into no file, no log, no message, and
// off the screen with the field.

// mistyped are what may be pasted by mistake.
func mistyped() []marker {
	return append(planted(), marker{"secret", farSecret}, marker{"password", "hunter2-" + plantedKey})
}

const mistypedText = "hunter2-" + plantedKey + " " + farSecret + " " + plantedDirt

func leakOfWrongFields(t *testing.T) {
	h := newHome(t)
	environ := append(h.environ(), "PLAID_SECRET="+farSecret, "PLAID_CLIENT_ID="+farClient)
	p := startProgram(t, 120, 36, environ, h.command(buildProgram(t), "--link", "terminal", "--fixtures", markedFolder(t), "--seed", "7", "--record", h.record)...)
	paste := func(text string) { p.settled("\x1b[200~" + text + "\x1b[201~") }
	wipe := func() { p.settled("\x15"); p.settled(strings.Repeat("\x7f", 40)) }
	mark := p.await(0, "link_token")
	// The palette, and the filter of the log.
	p.settled(":")
	paste(mistypedText)
	p.settled("\r")
	p.settled("\x10")
	p.settled("\t\t/")
	paste(mistypedText)
	p.settled("\r")
	p.settled("/")
	wipe()
	p.settled("\r")
	p.settled("\x1b[Z\x1b[Z")
	p.insist(mark, "\r", "Create the handler")
	p.insist(mark, "\r", "Ask for the phone number")
	for _, text := range []string{farSecret, "hunter2-" + plantedKey, plantedToken, plantedSSN, plantedBirth, plantedWords} {
		paste(text)
		p.settled("\r")
		wipe()
	}
	p.settled(markedPhone)
	out, _ := p.seen()
	mark = len(out)
	p.insist(mark, "\r", "Ask for the date of birth")
	for _, text := range []string{farSecret, "hunter2-" + plantedKey, plantedToken, plantedSSN, plantedPhone} {
		paste(text)
		p.settled("\r")
		wipe()
	}
	out, _ = p.seen()
	mark = len(out)
	p.settled(markedBirth)
	p.insist(mark, "\r", "The user is eligible")
	out, _ = p.seen()
	// From here on nothing is typed: no pane may show what was.
	rest := len(out)
	p.resize(119, 36) // draws everything anew
	for _, keys := range []string{"\t", "1", "2", "3", "4", "5", "6", "\t", "?", "q", "z", "z"} {
		p.settled(keys)
	}
	p.interrupted()
	out, _ = p.seen()
	sink(t, "after typing into the wrong fields: the terminal", []byte(out[rest:]), mistyped(), "eligible", "LAYER_READY")
	for name, content := range filesUnder(t, h.folder) {
		sink(t, "after typing into the wrong fields: the file "+filepath.Base(name), content, append(mistyped(), personal...), "PhoneNumberEntered", "DateOfBirthEntered")
	}
}

func leakOfPlain(t *testing.T) {
	h := newHome(t)
	var lines strings.Builder
	for _, m := range mistyped() {
		lines.WriteString(m.value + "\n" + "wire " + m.value + "\n" + "edit " + m.value + "\n" + "help " + m.value + "\n")
	}
	wrong := lines.String()
	input := "reveal ssn\n" + wrong + "\n\n" + wrong + markedPhone + "\n" + wrong + markedBirth + "\n" + wrong + "\n\n" + strings.ReplaceAll(wrong, "\n", "x\n") + markedCode + "\n" + "wire\nlog\nstate\n" + wrong + "\n" + "wire\nidentity\n" + "quit\n"
	cmd := exec.CommandContext(t.Context(), buildProgram(t), "--plain", "--link", "terminal", "--fixtures", markedFolder(t), "--seed", "7", "--record", h.record)
	cmd.Stdin, cmd.Env = strings.NewReader(input), h.environ()
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Errorf("%v", err)
	}
	values := append(mistyped(), marker{"SSN", markedSSN}, marker{"date of birth", markedBirth})
	values = slices.DeleteFunc(values, func(m marker) bool { return m.what == "phone number" }) // what is one is taken for the answer
	sink(t, "plain mode: what it says", out, values, "There is no command", "Ask for the date of birth")
	for name, content := range filesUnder(t, h.folder) {
		sink(t, "plain mode: the file "+filepath.Base(name), content, append(values, marker{"code", markedCode}), "PhoneNumberEntered")
	}
}
