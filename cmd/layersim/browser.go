package main

import (
	"errors"
	"fmt"
	"io"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"layersim/flow/engine"

	"github.com/pkg/browser"
)

// noBrowser is the browser of a machine that has none, and why.
type noBrowser struct{ reason string }

func (n noBrowser) Open(string) error { return errors.New(n.reason) }

// systemBrowser opens an address as the system does it.
type systemBrowser struct{}

func (systemBrowser) Open(url string) error { return browser.OpenURL(url) }

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

var textBrowsers = []string{"lynx", "w3m", "links", "links2", "elinks", "www-browser"}

func isTextBrowser(command string) bool {
	return slices.Contains(textBrowsers, filepath.Base(command))
}

// start runs a command with the address in place of %s, or at its end.
func start(command, url string) error {
	words := strings.Fields(command)
	if len(words) == 0 {
		return errors.New("BROWSER names no command")
	}
	if isTextBrowser(words[0]) {
		return errors.New("a text browser would draw over this screen")
	}
	placed := false
	for i, word := range words {
		if strings.Contains(word, "%s") {
			words[i], placed = strings.ReplaceAll(word, "%s", url), true
		}
	}
	if !placed {
		words = append(words, url)
	}
	// The command is the operator's own, from the environment.
	cmd := exec.Command(words[0], words[1:]...) //nolint:gosec,noctx // a browser may outlive us
	return cmd.Run()
}

// chooseBrowser finds out whether a browser can be started at all.
func (s settings) chooseBrowser() engine.Browser {
	// What a browser prints would tear the screen.
	browser.Stdout, browser.Stderr = io.Discard, io.Discard
	switch {
	case s.noBrowser:
		return noBrowser{"--no-browser was given"}
	case s.getenv("BROWSER") != "":
		return namedBrowsers(strings.Split(s.getenv("BROWSER"), ":"))
	case runtime.GOOS == "linux" && s.getenv("DISPLAY") == "" && s.getenv("WAYLAND_DISPLAY") == "" && s.getenv("WSL_DISTRO_NAME") == "":
		if s.getenv("SSH_CONNECTION") != "" {
			return noBrowser{"this is an SSH session without a display"}
		}
		return noBrowser{"there is no display"}
	}
	return systemBrowser{}
}
