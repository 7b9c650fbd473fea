package main

import (
	"fmt"
	"os/exec"
	"strings"

	"layersim/flow"

	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/term"
)

// terminalFacts are what is known of the terminal.
type terminalFacts struct {
	missing       string // which of the program's ends is no terminal
	width, height int
	colors        string
}

func lookAtTerminal(std stdio, environ []string) terminalFacts {
	var t terminalFacts
	if !isTerminal(std.in) || !isTerminal(std.out) {
		t.missing = notTerminal(std)
	}
	if width, height, err := term.GetSize(std.out.Fd()); err == nil {
		t.width, t.height = width, height
	}
	switch profile := colorprofile.Detect(std.out, environ); {
	case noColor(environ):
		t.colors = "no colour, as NO_COLOR or TERM=dumb asks"
	case profile == colorprofile.TrueColor:
		t.colors = "all colours"
	case profile == colorprofile.ANSI256:
		t.colors = "256 colours"
	case profile == colorprofile.ANSI:
		t.colors = "16 colours"
	default:
		t.colors = "no colour"
	}
	return t
}

// lookAtMachine looks at what the walk needs here. Neither a browser nor this
// terminal can be a failure: the walk may be run in another.
func (d doctor) lookAtMachine(live bool) {
	d.report.section("This machine")
	d.report.add(d.judgeBrowser(live))
	d.report.add(d.terminal.judge())
}

func (d doctor) judgeBrowser(live bool) finding {
	f := finding{Name: "browser", Verdict: look}
	f.Remedy = "The walk shows the address of its page: open it in a browser of this machine yourself. Over SSH, fix the page's port with LAYERSIM_PAGE_ADDR=127.0.0.1:8765 and forward it: ssh -L 8765:127.0.0.1:8765."
	if !live {
		f.Remedy += " Or finish Link in the terminal: layersim --link terminal."
	}
	switch b := d.browser.(type) {
	case noBrowser:
		f.Says = "None is started: " + b.reason + "."
		if strings.Contains(b.reason, "no other command") {
			f.Remedy = "Set BROWSER to the command of a browser. " + f.Remedy
		}
	case namedBrowsers:
		if found := findBrowser(b); found != "" {
			f.Verdict, f.Remedy = fine, ""
			f.Says = flow.CleanLine(found, 80) + " is started for the page, as BROWSER says."
			break
		}
		f.Says = "BROWSER names no command that can be run: " + flow.CleanLine(strings.Join(b, ":"), 80) + "."
		f.Remedy = "Set BROWSER to a browser with windows, or unset it. " + f.Remedy
	case commandBrowser:
		f.Verdict, f.Remedy = fine, ""
		f.Says = "The system's browser is started for the page, by " + b[0] + "."
	}
	return f
}

// findBrowser returns the first command that is there.
func findBrowser(commands []string) string {
	for _, command := range commands {
		words := strings.Fields(command)
		if _, err := exec.LookPath(command); err == nil {
			words = []string{command} // a path with spaces in it
		}
		if len(words) == 0 {
			continue
		}
		if _, err := exec.LookPath(words[0]); err == nil && !isTextBrowser(words[0]) {
			return words[0]
		}
	}
	return ""
}

func (t terminalFacts) judge() finding {
	f := finding{Name: "terminal", Verdict: fine}
	switch {
	case t.missing != "":
		f.Verdict = notAsked
		f.Says = fmt.Sprintf("The walk needs one, and the %s of this command is none. If you did not redirect it, run it in a terminal window; over SSH use 'ssh -t', in a container 'docker run -it'.", t.missing)
	case t.width < 80 || t.height < 24:
		f.Verdict = look
		f.Says = fmt.Sprintf("It has %d columns and %d lines, %s.", t.width, t.height, t.colors)
		f.Remedy = "The walk fits, but is easier to read from 80 columns and 24 lines on."
	default:
		f.Says = fmt.Sprintf("It has %d columns and %d lines, %s.", t.width, t.height, t.colors)
	}
	return f
}
