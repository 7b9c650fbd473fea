package main

import (
	"errors"
	"fmt"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"

	"layersim/flow/engine"
)

// noBrowser is the browser of a machine that has none, and why.
type noBrowser struct{ reason string }

func (n noBrowser) Open(string) error { return errors.New(n.reason) }

// commandBrowser opens an address with what the system has for that: a command
// and its first arguments.
type commandBrowser []string

func (b commandBrowser) Open(url string) error { return open(b, url) }

// namedBrowsers opens an address with the first of these commands that works,
// as BROWSER lists them.
type namedBrowsers []string

func (b namedBrowsers) Open(url string) error {
	var problems []error
	for _, command := range b {
		err := start(command, url)
		if err == nil {
			return nil
		}
		problems = append(problems, fmt.Errorf("%s: %w", command, err))
	}
	return errors.Join(problems...)
}

// textBrowsers draw over the screen. www-browser is Debian's name for any of them.
var textBrowsers = map[string]bool{"lynx": true, "w3m": true, "links": true, "links2": true, "elinks": true, "www-browser": true}

func isTextBrowser(command string) bool { return textBrowsers[filepath.Base(command)] }

// start runs a command of BROWSER with the address in place of %s, or at its end.
func start(command, url string) error {
	words := strings.Fields(command)
	if _, err := exec.LookPath(command); err == nil {
		words = []string{command} // a path with spaces in it
	}
	if len(words) == 0 {
		return errors.New("BROWSER names no command")
	}
	if isTextBrowser(words[0]) {
		return errors.New("a text browser would draw over this screen")
	}
	return open(words, url)
}

// open runs a command. What it prints would tear the screen, and goes nowhere.
func open(words []string, url string) error {
	args, placed := append([]string(nil), words[1:]...), false
	for i, arg := range args {
		if strings.Contains(arg, "%s") {
			args[i], placed = strings.ReplaceAll(arg, "%s", url), true
		}
	}
	if !placed {
		args = append(args, url)
	}
	// The command is the operator's own, from the environment, or the system's.
	return exec.Command(words[0], args...).Run() //nolint:gosec,noctx // a browser may outlive us
}

// chooseBrowser finds out whether a browser can be started at all.
func (s settings) chooseBrowser() engine.Browser {
	if s.noBrowser {
		return noBrowser{"--no-browser was given"}
	}
	return chooseBrowser(runtime.GOOS, s.getenv, exec.LookPath)
}

// chooseBrowser says what opens an address on a system (as GOOS names it) with
// this environment and these commands. BROWSER wins. Otherwise a browser must
// come up where the operator sits: over SSH it would on the other machine.
func chooseBrowser(goos string, getenv func(string) string, find func(string) (string, error)) engine.Browser {
	has := func(name string) bool { _, err := find(name); return err == nil }
	ssh := getenv("SSH_CONNECTION") != ""
	display := getenv("DISPLAY") != "" || getenv("WAYLAND_DISPLAY") != ""
	wsl := getenv("WSL_DISTRO_NAME") != "" || getenv("WSL_INTEROP") != ""
	var openers []commandBrowser
	switch {
	case getenv("BROWSER") != "":
		separator := ":"
		if goos == "windows" { // where a path has a colon
			separator = ";"
		}
		return namedBrowsers(strings.Split(getenv("BROWSER"), separator))
	case ssh && !display:
		return noBrowser{"this is an SSH session without a display"}
	case goos == "windows":
		return commandBrowser{"rundll32", "url.dll,FileProtocolHandler"}
	case goos == "darwin":
		return commandBrowser{"open"}
	case getenv("TERMUX_VERSION") != "":
		openers = []commandBrowser{{"termux-open-url"}, {"xdg-open"}}
	case wsl:
		openers = []commandBrowser{{"wslview"}, {"rundll32.exe", "url.dll,FileProtocolHandler"}}
		if display {
			openers = append(openers, commandBrowser{"xdg-open"})
		}
	case !display:
		return noBrowser{"there is no display"}
	default:
		openers = []commandBrowser{{"xdg-open"}, {"gio", "open"}, {"x-www-browser"}}
	}
	for _, opener := range openers {
		if has(opener[0]) {
			return opener
		}
	}
	return noBrowser{"there is no " + openers[0][0] + " and no other command that opens addresses"}
}
