package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"layersim/flow"
	"layersim/flow/plaidapi"
)

// Where presentations can be attached to: one socket for each, in a folder that
// is this user's alone. There is no port.

const socketEnd = ".sock"

// presentDir returns the folder of the sockets and makes it if need be. It is an
// error if anybody else could have a hand in it.
func presentDir(environ []string) (string, error) {
	dir := thisMachine(environ).runtimeDir()
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", fmt.Errorf("the folder %s cannot be made: %w", shownPath(dir), reason(err))
	}
	info, err := os.Lstat(dir)
	switch {
	case err != nil:
		return "", fmt.Errorf("the folder %s cannot be used: %w", shownPath(dir), reason(err))
	case !info.IsDir():
		return "", fmt.Errorf("%s is no folder; remove it", shownPath(dir))
	case !isOurs(info):
		return "", fmt.Errorf("the folder %s is somebody else's; set XDG_RUNTIME_DIR to one of yours", shownPath(dir))
	case info.Mode().Perm()&0o077 != 0:
		if err := os.Chmod(dir, 0o700); err != nil { //nolint:gosec // it is a folder
			return "", fmt.Errorf("the folder %s is open to others: %w", shownPath(dir), reason(err))
		}
	}
	return dir, nil
}

func shownPath(path string) string { return flow.CleanLine(path, 200) }

// sessionName is by what a presentation is found: what it shows, and who it is.
// It is short enough for a socket in that folder.
func sessionName(dir, scenario string) string {
	who := "-" + strconv.Itoa(os.Getpid())
	room := min(40, longestSocket-len(dir)-len("/")-len(who)-len(socketEnd))
	name := strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '-' {
			return r
		}
		return '-'
	}, scenario)
	return strings.Trim(name[:max(0, min(len(name), room))], "-") + who
}

// presenterLives reports whether the program that made a session still runs. Its
// number is at the end of the name; one that has none counts as gone.
func presenterLives(session string) bool {
	pid, err := strconv.Atoi(session[strings.LastIndexByte(session, '-')+1:])
	if err != nil || pid <= 0 {
		return false
	}
	process, err := os.FindProcess(pid)
	if err != nil {
		return false
	}
	err = process.Signal(syscall.Signal(0))
	_ = process.Release()
	return err == nil || errors.Is(err, os.ErrPermission) || runtime.GOOS == "windows" // which finds only what runs
}

// listenForNotes opens the socket of a presentation.
func listenForNotes(ctx context.Context, dir, session string) (net.Listener, error) {
	path := filepath.Join(dir, session+socketEnd)
	if len(path) > longestSocket {
		return nil, fmt.Errorf("the path of the socket %s is too long for one; set XDG_RUNTIME_DIR to a folder with a shorter path", shownPath(path))
	}
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%s is in the way: %w", shownPath(path), reason(err))
	}
	var config net.ListenConfig
	listener, err := config.Listen(ctx, "unix", path)
	if err != nil {
		return nil, fmt.Errorf("the socket %s cannot be opened: %w", shownPath(path), cause(err))
	}
	if err := os.Chmod(path, 0o600); err != nil {
		return nil, errors.Join(fmt.Errorf("the socket %s cannot be closed to others: %w", shownPath(path), reason(err)), listener.Close())
	}
	return listener, nil
}

// cause is what went wrong with a connection, without its address.
func cause(err error) error {
	var at *net.OpError
	if errors.As(err, &at) {
		return at.Err
	}
	return err
}

// attachPatience is how long a presentation may take to answer.
const attachPatience = 2 * time.Second

// maySocket reports whether a file may be the socket of a presentation of this
// user's. A link would lead anywhere, and a file that is none must not be taken
// for a socket that nobody listens on any more, which is removed.
func maySocket(path string) bool {
	info, err := os.Lstat(path)
	return err == nil && isOurs(info) && !info.Mode().IsRegular() && info.Mode().Type()&(fs.ModeSymlink|fs.ModeDir) == 0
}

// findPresentation connects to the presentation that runs, or to the one that is
// named. Sockets that nobody listens on any more are removed.
func findPresentation(ctx context.Context, dir, session string) (net.Conn, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, failure{exitUnexpected, fmt.Errorf("the folder %s cannot be read: %w", shownPath(dir), reason(err))}
	}
	running := map[string]net.Conn{}
	var names []string
	named := slices.ContainsFunc(entries, func(e fs.DirEntry) bool { return session != "" && e.Name() == session+socketEnd })
	for _, e := range entries {
		name, isSocket := strings.CutSuffix(e.Name(), socketEnd)
		if !isSocket || named && name != session {
			continue
		}
		path := filepath.Join(dir, e.Name())
		if !maySocket(path) {
			continue
		}
		dialer := net.Dialer{Timeout: attachPatience}
		conn, err := dialer.DialContext(ctx, "unix", path)
		switch {
		case plaidapi.IsRefused(err):
			if !presenterLives(name) { // else it is about to listen
				_ = os.Remove(path)
			}
		case err == nil:
			running[name] = conn
			names = append(names, name)
		}
	}
	chosen := names
	if session != "" {
		chosen = slices.DeleteFunc(slices.Clone(names), func(name string) bool { return !strings.HasPrefix(name, session) })
		if slices.Contains(names, session) {
			chosen = []string{session}
		}
	}
	for name, conn := range running {
		if len(chosen) != 1 || chosen[0] != name {
			_ = conn.Close()
		}
	}
	list := make([]string, len(names))
	for i, name := range names {
		list[i] = shownPath(name)
	}
	switch {
	case len(chosen) == 1:
		return running[chosen[0]], nil
	case len(names) == 0:
		return nil, usagef("no presentation of yours is running on this machine. Start one in another terminal with 'layersim present', then attach to it.")
	case len(chosen) == 0:
		return nil, usagef("no presentation is called %q. There is: %s", session, strings.Join(list, ", "))
	default:
		return nil, usagef("%d presentations are running: choose one with --session NAME: %s", len(chosen), strings.Join(list, ", "))
	}
}
