//go:build linux

package main

import (
	"bufio"
	"bytes"
	"net"
	"net/http"
	"os/exec"
	"strings"
	"syscall"
	"testing"
)

// More connections than files may be open: the simulator says so once, and goes
// on when there is room again.
func TestServeWithTooManyConnections(t *testing.T) {
	cmd := exec.CommandContext(t.Context(), "sh", "-c", `ulimit -n 40; exec "$0" serve --addr 127.0.0.1:0`, buildProgram(t))
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	talk, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill() })
	lines := bufio.NewScanner(out)
	lines.Scan()
	host := strings.TrimPrefix(lines.Text(), "ready http://")
	var open []net.Conn
	for range 80 {
		c, err := net.Dial("tcp", host)
		if err != nil {
			t.Fatal(err)
		}
		open = append(open, c)
	}
	said := bufio.NewScanner(talk)
	if !said.Scan() || !strings.Contains(said.Text(), "layersim: too many connections are open") {
		t.Errorf("it says %q", said.Text())
	}
	for _, c := range open {
		_ = c.Close()
	}
	answer, err := http.Get("http://" + host + "/sim/journal?kind=note")
	if err != nil {
		t.Fatal(err)
	}
	var journal bytes.Buffer
	_, _ = journal.ReadFrom(answer.Body)
	_ = answer.Body.Close()
	if n := strings.Count(journal.String(), "too many connections"); n != 1 {
		t.Errorf("the journal says it %d times:\n%s", n, journal.String())
	}
	_ = cmd.Process.Signal(syscall.SIGTERM)
	if said.Scan() && strings.Contains(said.Text(), "too many") {
		t.Errorf("it says again: %s", said.Text())
	}
	_ = cmd.Wait()
	if code := cmd.ProcessState.ExitCode(); code != exitInterrupted {
		t.Errorf("exit code %d", code)
	}
}
