//go:build linux

package main

import (
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"testing"
)

// sshShell connects to this machine, with keys and settings that nobody else
// has, and starts a shell there.
func sshShell(t *testing.T) *program {
	t.Helper()
	need(t, true, "ssh")
	need(t, true, "ssh-keygen")
	server, err := exec.LookPath("sshd") // by its whole path: it runs itself again
	if err != nil {
		server = "/usr/sbin/sshd" // which is not in everybody's PATH
	}
	need(t, true, server)
	me, err := user.Current()
	if err != nil {
		t.Fatal(err)
	}
	separated(t)
	dir := t.TempDir()
	in := func(name string) string { return filepath.Join(dir, name) }
	for _, name := range []string{"host", "user"} {
		if out, err := exec.CommandContext(t.Context(), "ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", in(name)).CombinedOutput(); err != nil {
			t.Fatalf("ssh-keygen: %v: %s", err, out)
		}
	}
	settings := fmt.Sprintf("HostKey %s\nAuthorizedKeysFile %s\nStrictModes no\nUsePAM no\nPasswordAuthentication no\nKbdInteractiveAuthentication no\nPermitRootLogin prohibit-password\nPidFile none\n", in("host"), in("user.pub"))
	if err := os.WriteFile(in("sshd_config"), []byte(settings), 0o600); err != nil {
		t.Fatal(err)
	}
	addr := serveSSH(t, server, in("sshd_config"))
	host, port, _ := net.SplitHostPort(addr)
	p := startProgram(t, 200, 50, []string{"SSH_AUTH_SOCK="}, "ssh", "-F", "none", "-tt", "-i", in("user"), "-p", port, "-o", "IdentitiesOnly=yes", "-o", "StrictHostKeyChecking=no",
		"-o", "UserKnownHostsFile="+in("known"), "-o", "LogLevel=ERROR", "-o", "EscapeChar=none", me.Username+"@"+host, shellCommand)
	return p
}

// serveSSH lets sshd answer on a port of this machine's own, and returns the
// address. The test listens, so that nobody can take the port away.
func serveSSH(t *testing.T, server, settings string) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			file, err := conn.(*net.TCPConn).File()
			_ = conn.Close()
			if err != nil {
				return
			}
			cmd := exec.Command(server, "-i", "-f", settings)
			cmd.Stdin, cmd.Stdout = file, file
			err = cmd.Start()
			_ = file.Close()
			if err == nil {
				go func() { _ = cmd.Wait() }()
			}
		}
	}()
	return listener.Addr().String()
}

// separated makes the empty folder that sshd wants to be shut into when root
// runs it. Where sshd is a service, its start makes it.
func separated(t *testing.T) {
	t.Helper()
	const place = "/run/sshd"
	if os.Geteuid() != 0 {
		return
	}
	switch err := os.Mkdir(place, 0o755); {
	case err == nil:
		t.Cleanup(func() { _ = os.Remove(place) })
	case !errors.Is(err, fs.ErrExist):
		t.Fatal(err)
	}
}
