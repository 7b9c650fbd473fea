package main

import (
	"os/exec"
	"slices"
	"strings"
	"testing"
)

func TestBrowserOfEachSystem(t *testing.T) {
	for _, c := range []struct {
		name, goos, environ, commands string
		want                          string // the command, or why there is none
	}{
		{"Linux desktop", "linux", "DISPLAY=:0", "xdg-open x-www-browser", "xdg-open"},
		{"Wayland", "linux", "WAYLAND_DISPLAY=wayland-0", "gio", "gio open"},
		{"Debian without xdg-utils", "linux", "DISPLAY=:0", "x-www-browser", "x-www-browser"},
		{"nothing that opens", "linux", "DISPLAY=:0", "www-browser w3m", "no xdg-open"},
		{"container", "linux", "", "xdg-open", "no display"},
		{"SSH to Linux", "linux", "SSH_CONNECTION=1", "xdg-open", "SSH session without a display"},
		{"SSH with X", "linux", "SSH_CONNECTION=1 DISPLAY=localhost:10.0", "xdg-open", "xdg-open"},
		{"BROWSER wins over SSH", "linux", "SSH_CONNECTION=1 BROWSER=mine", "", "mine"},
		{"two browsers", "linux", "BROWSER=one:two", "", "one|two"},
		{"WSL", "linux", "WSL_DISTRO_NAME=Debian", "wslview rundll32.exe", "wslview"},
		{"WSL without wslu", "linux", "WSL_DISTRO_NAME=Debian DISPLAY=:0", "rundll32.exe xdg-open", "rundll32.exe url.dll,FileProtocolHandler"},
		{"WSL without Windows", "linux", "WSL_DISTRO_NAME=Debian DISPLAY=:0", "xdg-open", "xdg-open"},
		{"WSL with nothing", "linux", "WSL_INTEROP=/run/x", "xdg-open", "no wslview"},
		{"Termux", "linux", "TERMUX_VERSION=0.118", "termux-open-url xdg-open", "termux-open-url"},
		{"Termux as Android", "android", "TERMUX_VERSION=0.118", "termux-open-url", "termux-open-url"},
		{"FreeBSD", "freebsd", "DISPLAY=:0", "xdg-open", "xdg-open"},
		{"macOS", "darwin", "", "open", "open"},
		{"SSH to macOS", "darwin", "SSH_CONNECTION=1", "open", "SSH session"},
		{"Windows", "windows", "", "", "rundll32 url.dll,FileProtocolHandler"},
		{"SSH to Windows", "windows", "SSH_CONNECTION=1", "", "SSH session"},
		{"BROWSER on Windows", "windows", `BROWSER=C:\chrome.exe;D:\edge.exe`, "", `C:\chrome.exe|D:\edge.exe`},
	} {
		environ := strings.Fields(c.environ)
		find := func(name string) (string, error) {
			if slices.Contains(strings.Fields(c.commands), name) {
				return name, nil
			}
			return "", exec.ErrNotFound
		}
		var got string
		switch b := chooseBrowser(c.goos, func(name string) string { return getenvOn(c.goos, environ, name) }, find).(type) {
		case noBrowser:
			got = b.reason
			if strings.Contains(got, c.want) {
				got = c.want
			}
		case commandBrowser:
			got = strings.Join(b, " ")
		case namedBrowsers:
			got = strings.Join(b, "|")
		}
		if got != c.want {
			t.Errorf("%s: %q; want %q", c.name, got, c.want)
		}
	}
}
