//go:build linux

package main

import (
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"
	"github.com/creack/pty"
)

// A terminal that nothing is known of, or that says it is nothing much, shows
// something that can be used, and is given back.
func TestStrangeTerminals(t *testing.T) {
	path := buildProgram(t)
	for _, c := range []struct {
		name          string
		width, height uint16
		env           []string
		ready, quit   string
	}{
		{"dumb", 80, 24, []string{"TERM=dumb"}, `Next \(Enter`, "quit\r"},
		{"no TERM", 80, 24, []string{"TERM="}, `q quit`, "q"},
		{"unknown TERM", 80, 24, []string{"TERM=no-such-terminal"}, `q quit`, "q"},
		{"no size", 0, 0, nil, `q quit`, "q"},
		{"no width", 0, 24, nil, `q quit`, "q"},
		{"one cell", 1, 1, nil, `\S`, "q"},
		{"one column", 1, 50, nil, `\S`, "q"},
		{"two lines, very wide", 10000, 2, nil, `[a-z]{3}`, "q"},
		{"very large", 10000, 1000, nil, `q quit`, "q"},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := startProgram(t, c.width, c.height, c.env, path, "--seed", "7", "--no-browser")
			p.await(0, c.ready)
			p.send(c.quit)
			if code := p.end(); code != exitDone {
				out, _ := p.seen()
				t.Errorf("exit code %d:\n%s", code, ansi.Strip(out))
			}
			p.restored()
		})
	}
}

// A terminal that gets its size later is drawn on then.
func TestASizeThatComesLater(t *testing.T) {
	p := startProgram(t, 0, 0, nil, buildProgram(t), "--seed", "7")
	mark := p.await(0, `q quit`)
	if err := pty.Setsize(p.tty, &pty.Winsize{Cols: 120, Rows: 36}); err != nil {
		t.Fatal(err)
	}
	p.awaitRaw(mark, `\x1b\[36;1H`)
	p.send("q")
	if code := p.end(); code != exitDone {
		t.Errorf("exit code %d", code)
	}
}

// What a terminal answers late, in pieces or as garbage is neither typed into a
// field nor a key.
func TestAnswersOfTheTerminalAreNotTyped(t *testing.T) {
	p := startProgram(t, 120, 36, nil, buildProgram(t), "--seed", "7", "--no-browser", "--link", "terminal")
	answers := func() {
		for _, pieces := range [][]string{
			{"\x1b]11;rgb:0000/", "0000/0000\x1b\\"},
			{"\x1b]10;rgb:q", "q/1415", "\a"},
			{"\x1b[?62;", "1;6c"},
			{"\x1b[?2026;2", "$y"},
			{"\x1bP1+r5", "463=71\x1b\\"},
			{"\x1b[8;1;1t"},
			{"\x1b[?1;2", "m"},
		} {
			for i, piece := range pieces {
				if i > 0 {
					time.Sleep(70 * time.Millisecond) // longer than Bubble Tea waits, on a real terminal
				}
				p.send(piece)
			}
		}
	}
	mark := p.await(0, `q quit`)
	answers()
	p.send("\r")
	mark = p.await(mark, "Create the handler")
	p.send("\r")
	mark = p.await(mark, "Ask for the phone number")
	answers()
	p.send("415-555-0015")
	mark = p.await(mark, `\+14155550015`)
	answers()
	p.send("\r")
	p.await(mark, "The user is eligible")
	p.send("q")
	if code := p.end(); code != exitDone {
		t.Errorf("exit code %d", code)
	}
	p.restored()
}

// pasteSize is how many bytes are pasted without marks, each a key;
// LAYERSIM_PASTE=1048576 is what people hold the mouse button for.
func pasteSize(t *testing.T) int {
	t.Helper()
	if n, err := strconv.Atoi(os.Getenv("LAYERSIM_PASTE")); err == nil {
		return n
	}
	return 8 << 10
}

// A paste of megabytes ends on a screen that says what is wrong, and on which the
// walk goes on.
func TestPastesOfMegabytes(t *testing.T) {
	path := buildProgram(t)
	for _, paste := range []struct{ name, text string }{
		{"marked", "\x1b[200~" + strings.Repeat("415 555 0011 and more, ", 5<<20/23) + "\x1b[201~"},
		{"unmarked", strings.Repeat("x", pasteSize(t))},
	} {
		t.Run(paste.name, func(t *testing.T) {
			p := startProgram(t, 120, 36, nil, path, "--seed", "7", "--no-browser", "--link", "terminal")
			mark := p.await(0, `q quit`)
			p.send("\r")
			mark = p.await(mark, "Create the handler")
			p.send("\r")
			mark = p.await(mark, "Ask for the phone number")
			began := time.Now()
			p.send(paste.text + "\r")
			mark = p.await(mark, `✗ `)
			out, _ := p.seen()
			t.Logf("%d bytes in %v, %d bytes written, %d kB", len(paste.text), time.Since(began).Round(time.Millisecond), len(out), p.peakMemory())
			if kB := p.peakMemory(); kB > 120<<10 {
				t.Errorf("the program has grown to %d kB", kB)
			}
			p.send("\x15" + strings.Repeat("\x7f", 30) + "415-555-0015")
			mark = p.await(mark, `\+14155550015`)
			p.send("\r")
			p.await(mark, "The user is eligible")
			p.send("q")
			if code := p.end(); code != exitDone {
				t.Errorf("exit code %d", code)
			}
			p.restored()
		})
	}
}
