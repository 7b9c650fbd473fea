package main

import (
	"errors"
	"os"
	"runtime"
	"strconv"
	"strings"
)

// Where files of ours lie, besides those that somebody names: the XDG base
// directories if they are set, otherwise what the system has for such files.
// https://specifications.freedesktop.org/basedir-spec says that a path of theirs
// which is not absolute is to be ignored.

// machine is what these places depend on.
type machine struct {
	goos    string // as GOOS names it
	environ []string
	temp    string // the system's folder for temporary files
	user    string // the number of the user; "" where users have none
}

func thisMachine(environ []string) machine {
	m := machine{goos: runtime.GOOS, environ: environ, temp: os.TempDir()}
	if id := os.Getuid(); id >= 0 {
		m.user = "-" + strconv.Itoa(id)
	}
	return m
}

// stateDir is the folder of what layersim leaves behind: reports of panics.
func (m machine) stateDir() (string, error) {
	home := m.getenv("HOME")
	switch {
	case m.isAbs(m.getenv("XDG_STATE_HOME")):
		return m.join(m.getenv("XDG_STATE_HOME"), "layersim"), nil
	case m.goos == "windows" && m.isAbs(m.getenv("LOCALAPPDATA")):
		return m.join(m.getenv("LOCALAPPDATA"), "layersim"), nil
	case m.goos == "windows":
		return "", errors.New("LOCALAPPDATA names no folder")
	case !m.isAbs(home):
		return "", errors.New("HOME names no folder")
	case m.goos == "darwin": // where Console looks for what programs report
		return m.join(home, "Library", "Logs", "layersim"), nil
	}
	return m.join(home, ".local", "state", "layersim"), nil
}

// runtimeDir is the folder of sockets. On Windows and macOS the folder for
// temporary files is the user's own; elsewhere it is everybody's.
func (m machine) runtimeDir() string {
	if runtime := m.getenv("XDG_RUNTIME_DIR"); m.isAbs(runtime) {
		return m.join(runtime, "layersim")
	}
	return m.join(m.temp, "layersim"+m.user)
}

func (m machine) getenv(name string) string { return getenvOn(m.goos, m.environ, name) }

func (m machine) isAbs(path string) bool {
	if m.goos == "windows" {
		drive := len(path) > 2 && path[1] == ':' && (path[2] == '\\' || path[2] == '/')
		return drive || strings.HasPrefix(path, `\\`)
	}
	return strings.HasPrefix(path, "/")
}

func (m machine) join(parts ...string) string {
	separator := "/"
	if m.goos == "windows" {
		separator = `\`
	}
	for i := range parts[:len(parts)-1] {
		parts[i] = strings.TrimRight(parts[i], `/`+separator)
	}
	return strings.Join(parts, separator)
}

// longestSocket is how long the path of a Unix socket may be, in bytes: macOS
// has room for 103 and a zero (sockaddr_un), Linux and Windows for a few more.
const longestSocket = 103
