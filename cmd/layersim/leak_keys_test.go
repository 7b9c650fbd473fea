//go:build linux

package main

import (
	"regexp"
	"time"

	"github.com/charmbracelet/x/ansi"
)

// insist sends keys again and again until the output since a mark matches.
func (p *program) insist(mark int, keys, pattern string) {
	p.tb.Helper()
	re := regexp.MustCompile(pattern)
	again := time.NewTicker(600 * time.Millisecond)
	defer again.Stop()
	deadline := time.After(patience)
	for p.send(keys); ; {
		out, fresh := p.seen()
		if re.MatchString(ansi.Strip(out[mark:])) {
			return
		}
		select {
		case <-fresh:
		case <-again.C:
			p.send(keys)
		case <-deadline:
			p.tb.Fatalf("no %q in the terminal; it got:\n%q", pattern, ansi.Strip(out[mark:]))
		}
	}
}

// everyPane looks at everything there is at the end of a walk, and copies it.
func everyPane(p *program) {
	for _, key := range []string{"\t", "\t", "\t", "\t", "1", "2", "4", "5", "6", "1", "\t", "?"} {
		out, _ := p.seen()
		p.send(key)
		p.await(len(out), `\S`)
		p.settled("y")
	}
	p.send("\x03")
	p.end()
}

var toLine = regexp.MustCompile(`\x1b\[[0-9;]*H`)

// seenText is all that the terminal got, as it is and without styles.
func (p *program) seenText() []byte {
	out, _ := p.seen()
	return []byte(out + "\n" + ansi.Strip(toLine.ReplaceAllString(out, "\n")))
}
