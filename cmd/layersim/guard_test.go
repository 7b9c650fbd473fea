//go:build linux

package main

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"layersim/flow/guard"
	"layersim/flow/loopback"

	tea "charm.land/bubbletea/v2"
	"github.com/creack/pty"
	"golang.org/x/sys/unix"
)

// brittle is a screen that breaks down where it is told to.
type brittle struct{ where string }

const secretToken = "access-sandbox-0a1b2c3d-1111-2222-3333-444455556666"

func (b brittle) Init() tea.Cmd {
	switch b.where {
	case "command":
		return func() tea.Msg { panic("broken with " + secretToken) }
	case "batched command":
		return tea.Batch(func() tea.Msg { return nil }, func() tea.Msg { panic("broken with " + secretToken) })
	case "sequence":
		return tea.Sequence(func() tea.Msg { return nil }, tea.Sequence(func() tea.Msg { panic("broken with " + secretToken) }, nil))
	case "goroutine":
		guard.Go(func() { panic("broken with " + secretToken) })
	case "server":
		server := httptest.NewServer(loopback.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic("broken with " + secretToken) })).Handler)
		return func() tea.Msg {
			defer server.Close()
			answer, err := http.Get(server.URL)
			if err != nil || answer.StatusCode != http.StatusInternalServerError {
				panic("no answer")
			}
			_ = answer.Body.Close()
			return tea.Quit()
		}
	}
	return nil
}

func (b brittle) Update(tea.Msg) (tea.Model, tea.Cmd) {
	if b.where == "Update" {
		panic("broken with " + secretToken)
	}
	return b, nil
}

func (b brittle) View() tea.View {
	if b.where == "View" {
		panic("broken with " + secretToken)
	}
	v := tea.NewView("fine")
	v.AltScreen, v.MouseMode = true, tea.MouseModeCellMotion
	return v
}

// A panic anywhere in the screen gives the terminal back, and a report that
// holds the stack and no token is where the error says.
func TestPanicRestoresTheTerminal(t *testing.T) {
	for _, where := range []string{"Update", "View", "command", "batched command", "sequence", "goroutine", "server"} {
		t.Run(where, func(t *testing.T) {
			state := t.TempDir()
			tty, slave, err := pty.Open()
			if err != nil {
				t.Fatal(err)
			}
			p := &program{tb: t, tty: tty, slave: slave, fresh: make(chan struct{})}
			defer func() { _, _ = tty.Close(), slave.Close() }()
			if err := pty.Setsize(tty, &pty.Winsize{Rows: 24, Cols: 80}); err != nil {
				t.Fatal(err)
			}
			before, err := unix.IoctlGetTermios(int(slave.Fd()), unix.TCGETS)
			if err != nil {
				t.Fatal(err)
			}
			p.before = *before
			go p.read()

			err = show(t.Context(), brittle{where}, stdio{slave, slave, slave}, []string{"TERM=xterm-256color", "XDG_STATE_HOME=" + state})

			var known failure
			if !errors.As(err, &known) || known.code != exitUnexpected || !strings.Contains(err.Error(), "layersim broke down") {
				t.Fatalf("got %v; want an error that says where the report is", err)
			}
			p.restored()
			reports, _ := filepath.Glob(filepath.Join(state, "layersim", "panic-*.txt"))
			if len(reports) != 1 || !strings.Contains(err.Error(), reports[0]) {
				t.Fatalf("reports %q; the error says %v", reports, err)
			}
			info, err := os.Stat(reports[0])
			if err != nil {
				t.Fatal(err)
			}
			if mode := info.Mode().Perm(); mode != 0o600 {
				t.Errorf("others can read the report (%v)", mode)
			}
			report, err := os.ReadFile(reports[0])
			if err != nil {
				t.Fatal(err)
			}
			if strings.Contains(string(report), "0a1b2c3d") {
				t.Error("the report holds a token")
			}
			if !strings.Contains(string(report), "brittle") {
				t.Errorf("the report does not say where it broke:\n%s", report)
			}
		})
	}
}
