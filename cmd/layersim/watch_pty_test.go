//go:build linux

package main

import (
	"net/http"
	"regexp"
	"strings"
	"syscall"
	"testing"

	"github.com/charmbracelet/x/ansi"
)

// watching starts 'serve --ui' in a terminal and returns its address.
func watching(t *testing.T, width, height uint16) (p *program, url string) {
	t.Helper()
	p = startProgram(t, width, height, nil, buildProgram(t), "serve", "--ui", "--addr", "127.0.0.1:0", "--seed", "7")
	p.await(0, `No app has called yet`)
	out, _ := p.seen()
	ready := regexp.MustCompile(`^ready (http://127\.0\.0\.1:\d+)\r\n`).FindStringSubmatch(out)
	if ready == nil {
		t.Fatalf("the first line is not the ready line: %.100q", out)
	}
	if strings.Contains(out[:strings.Index(out, "\n")], "\x1b") {
		t.Error("the ready line comes after the screen was taken over, and is gone when the screen is given back")
	}
	return p, ready[1]
}

func callOnce(t *testing.T, url string) {
	t.Helper()
	body := `{"client_id":"a","secret":"b","template_id":"default","user":{"client_user_id":"\u001b[2Jme\u202e"}}`
	answer, err := http.Post(url+"/session/token/create", "application/json", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	_ = answer.Body.Close()
}

func TestServeUIShowsAnAppAndEndsAsServeDoes(t *testing.T) {
	for _, tc := range []struct {
		name string
		end  func(*program)
		code int
	}{
		{"q", func(p *program) { p.send("q") }, exitDone},
		{"Ctrl-C", func(p *program) { p.send("\x03") }, exitInterrupted},
		{"Ctrl-C in help", func(p *program) { p.send("?"); p.await(0, "All keys"); p.send("\x03") }, exitInterrupted},
		{"Ctrl-C while a filter is typed", func(p *program) { p.send("/me"); p.await(0, `/me▏`); p.send("\x03") }, exitInterrupted},
		{"SIGTERM", func(p *program) { _ = p.cmd.Process.Signal(syscall.SIGTERM) }, exitInterrupted},
	} {
		t.Run(tc.name, func(t *testing.T) {
			p, url := watching(t, 120, 36)
			callOnce(t, url)
			p.await(0, `token, no handler`)
			tc.end(p)
			if code := p.end(); code != tc.code {
				t.Errorf("exit code %d; want %d", code, tc.code)
			}
			p.restored()
			out, _ := p.seen()
			if !strings.Contains(ansi.Strip(out), "[2Jme") || strings.Contains(out, "\x1b[2Jme") || strings.Contains(out, "\u202e") {
				t.Error("what an app sends reaches the terminal raw, or not at all")
			}
			if _, err := http.Get(url + "/healthz"); err == nil {
				t.Error("the simulator still answers")
			}
		})
	}
}

func TestServeUIEndsBeforeAnythingHappened(t *testing.T) {
	p, _ := watching(t, 80, 24)
	p.send("\x03")
	if code := p.end(); code != exitInterrupted {
		t.Errorf("exit code %d; want %d", code, exitInterrupted)
	}
	p.restored()
}
