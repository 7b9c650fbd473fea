package main

import (
	"strings"
	"testing"
)

func TestPlacesOfEachSystem(t *testing.T) {
	const longHome = "/var/folders/zz/zyxvpxvq6csfxvn_n0000000000000/T" // as macOS makes them
	for _, c := range []struct {
		name           string
		m              machine
		state, sockets string
	}{
		{"linux", machine{"linux", []string{"HOME=/home/ann"}, "/tmp", "-1000"}, "/home/ann/.local/state/layersim", "/tmp/layersim-1000"},
		{"linux, XDG", machine{"linux", []string{"HOME=/home/ann", "XDG_STATE_HOME=/s/", "XDG_RUNTIME_DIR=/run/user/1000"}, "/tmp", "-1000"}, "/s/layersim", "/run/user/1000/layersim"},
		{"linux, relative XDG", machine{"linux", []string{"HOME=/home/ann", "XDG_STATE_HOME=s", "XDG_RUNTIME_DIR=run"}, "/tmp", "-1000"}, "/home/ann/.local/state/layersim", "/tmp/layersim-1000"},
		{"linux, no home", machine{"linux", nil, "/tmp", "-1000"}, "", "/tmp/layersim-1000"},
		{"macOS", machine{"darwin", []string{"HOME=/Users/ann"}, longHome, "-501"}, "/Users/ann/Library/Logs/layersim", longHome + "/layersim-501"},
		{"macOS, XDG", machine{"darwin", []string{"HOME=/Users/ann", "XDG_STATE_HOME=/Users/ann/.state"}, longHome + "/", "-501"}, "/Users/ann/.state/layersim", longHome + "/layersim-501"},
		{"Windows", machine{"windows", []string{`LocalAppData=C:\Users\Ann Lee\AppData\Local`, "HOME=/c/Users/Ann"}, `C:\Users\Ann Lee\AppData\Local\Temp`, ""}, `C:\Users\Ann Lee\AppData\Local\layersim`, `C:\Users\Ann Lee\AppData\Local\Temp\layersim`},
		{"Windows, a share", machine{"windows", []string{`LOCALAPPDATA=\\server\ann\`}, `T:\`, ""}, `\\server\ann\layersim`, `T:\layersim`},
		{"Windows, XDG of another system", machine{"windows", []string{`LOCALAPPDATA=C:\A`, "XDG_STATE_HOME=/home/ann/.state", "XDG_RUNTIME_DIR=/run/user/1000"}, `C:\T`, ""}, `C:\A\layersim`, `C:\T\layersim`},
		{"Windows, nothing", machine{"windows", nil, `C:\T`, ""}, "", `C:\T\layersim`},
	} {
		state, err := c.m.stateDir()
		if state != c.state || (err != nil) != (c.state == "") {
			t.Errorf("%s: state in %q, %v; want %q", c.name, state, err, c.state)
		}
		if got := c.m.runtimeDir(); got != c.sockets {
			t.Errorf("%s: sockets in %q; want %q", c.name, got, c.sockets)
		}
		// macOS has the least room for the path of a socket.
		path := c.sockets + "/" + sessionName(c.sockets, "a-scenario-with-quite-a-long-name-for-one") + socketEnd
		if len(path) > longestSocket || !strings.Contains(path, "/a-scenario-") {
			t.Errorf("%s: a socket at %q", c.name, path)
		}
	}
}

func TestNamesOfTheEnvironment(t *testing.T) {
	environ := []string{"Path=first", "Browser=one", "=C:=C:\\", "BROWSER=two", "other"}
	for _, c := range []struct{ goos, name, want string }{
		{"linux", "PATH", ""}, {"windows", "PATH", "first"}, {"linux", "Browser", "one"},
		{"windows", "Browser", "two"}, {"windows", "other", ""}, {"darwin", "path", ""},
	} {
		if got := getenvOn(c.goos, environ, c.name); got != c.want {
			t.Errorf("%s: %s is %q; want %q", c.goos, c.name, got, c.want)
		}
	}
}

// Where there is no room for a socket, it is said, with the way out.
func TestSocketPathTooLong(t *testing.T) {
	dir := t.TempDir() + "/" + strings.Repeat("x", longestSocket)
	_, err := listenForNotes(t.Context(), dir, sessionName(dir, "tour"))
	if err == nil || !strings.Contains(err.Error(), "XDG_RUNTIME_DIR") {
		t.Errorf("a path of %d bytes: %v", len(dir), err)
	}
}
