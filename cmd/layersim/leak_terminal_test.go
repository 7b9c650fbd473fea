//go:build linux

package main

import (
	"bytes"
	"encoding/base64"
	"regexp"
	"testing"
)

// What a terminal is asked for besides to show something goes where nobody looks:
// into the clipboard, and into a title that window managers and shells repeat.

var (
	clipboardWrite = regexp.MustCompile(`\x1b\]52;[a-z]*;([^\x07\x1b]*)(?:\x07|\x1b\\)`)
	titleWrite     = regexp.MustCompile(`\x1b\][012];([^\x07\x1b]*)(?:\x07|\x1b\\)`)
)

// written returns what a terminal was told to put on the clipboard, and its
// titles, a line each.
func written(t *testing.T, stream string) (clipboard, titles []byte) {
	t.Helper()
	for _, found := range clipboardWrite.FindAllStringSubmatch(stream, -1) {
		text, err := base64.StdEncoding.DecodeString(found[1])
		if err != nil {
			t.Errorf("what goes to the clipboard cannot be read: %v in %q", err, found[1])
		}
		clipboard = append(append(clipboard, text...), '\n')
	}
	for _, found := range titleWrite.FindAllStringSubmatch(stream, -1) {
		titles = append(append(titles, found[1]...), '\n')
	}
	return clipboard, bytes.TrimSpace(titles)
}

// besides searches the clipboard and the titles of a terminal.
func (p *program) besides(t *testing.T, where string, values []marker, copied ...string) {
	t.Helper()
	out, _ := p.seen()
	clipboard, titles := written(t, out)
	sink(t, where+": the window's titles", titles, values, "layersim")
	if len(copied) > 0 {
		sink(t, where+": the clipboard", clipboard, values, copied...)
	} else if len(clipboard) > 0 {
		t.Errorf("%s: %q is on the clipboard, and nothing was copied", where, clipboard)
	}
}
