package main

import (
	"encoding/binary"
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf16"
)

const oneNote = `{"seq":1,"at":"2026-04-01T12:00:00Z","kind":"note","note":"on"}` + "\n"

func utf16Of(s string, order binary.AppendByteOrder) string {
	var out []byte
	for _, unit := range utf16.Encode([]rune(s)) {
		out = order.AppendUint16(out, unit)
	}
	return string(out)
}

// Editors and shells of Windows write journals in other encodings.
func TestJournalsInOtherEncodings(t *testing.T) {
	if result, err := lintJournal(strings.NewReader("\ufeff"+oneNote), "j"); err != nil || len(result.Findings) != 0 {
		t.Errorf("with a byte order mark: %v", err)
	}
	for text, want := range map[string]string{
		utf16Of("\ufeff"+oneNote, binary.LittleEndian): "j is written in UTF-16 (little-endian); write it in UTF-8",
		utf16Of("\ufeff"+oneNote, binary.BigEndian):    "j is written in UTF-16 (big-endian); write it in UTF-8",
		utf16Of(oneNote, binary.LittleEndian):          "j is written in UTF-16 (little-endian)",
		utf16Of(oneNote, binary.BigEndian):             "j is written in UTF-16 (big-endian)",
	} {
		if _, err := lintJournal(strings.NewReader(text), "j"); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%q: %v, want %s", text[:8], err, want)
		}
	}
}

// What is printed of a journal has no escape of its own, in text and in JSON.
func TestNothingOfAJournalControlsTheTerminal(t *testing.T) {
	line := `{"seq":1,"at":"2026-04-01T12:00:00Z","kind":"link","link_session_id":"\u001b[2Jaccess-sandbox-4155550123","act":{"verb":"submit","phone_number":"\u001b]0;4155550123\u0007","date_of_birth":"x"}}`
	result, err := lintJournal(strings.NewReader(line), "j")
	if err != nil || len(result.Findings) == 0 {
		t.Fatalf("%v, %d mistakes", err, len(result.Findings))
	}
	asJSON, err := json.Marshal(result)
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{lintText(result), string(asJSON)} {
		if strings.ContainsAny(text, "\x1b\x07") || strings.Contains(text, "u001b") || strings.Contains(text, "4155550123") {
			t.Errorf("it says %q", text)
		}
	}
}
