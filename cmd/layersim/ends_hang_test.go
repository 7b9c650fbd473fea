//go:build linux

package main

import (
	"bytes"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"layersim/flow/guard"
)

// A program that hangs, in Update or in View, still gives the terminal back: at
// the second Ctrl-C or signal at once, and some seconds after the first.
func TestAProgramThatHangsGivesTheTerminalBack(t *testing.T) {
	path := fragileProgram(t)
	signalled := func(s syscall.Signal) func(*program) { return func(p *program) { _ = p.cmd.Process.Signal(s) } }
	ctrlC := func(p *program) { p.send("\x03") }
	for _, where := range []string{"Update", "View"} {
		for _, how := range []struct {
			name        string
			first, then func(*program)
		}{
			{"Ctrl-C twice", ctrlC, ctrlC},
			{"SIGTERM twice", signalled(syscall.SIGTERM), signalled(syscall.SIGTERM)},
			{"SIGHUP, then Ctrl-C", signalled(syscall.SIGHUP), ctrlC},
			{"SIGTERM once", signalled(syscall.SIGTERM), nil},
		} {
			t.Run(where+", "+how.name, func(t *testing.T) {
				t.Parallel()
				state := t.TempDir()
				p := startProgram(t, 80, 24, []string{"XDG_STATE_HOME=" + state}, path, where)
				p.await(0, `fine`)
				p.send("any key at all, and many of them after it\r\r\r\t\t\t")
				p.await(0, `it hangs`)
				how.first(p)
				if how.then != nil {
					time.Sleep(2 * secondAsk) // of a real process, by its own clock
					how.then(p)
				}
				if code := p.end(); code != exitInterrupted {
					t.Errorf("exit code %d; want %d", code, exitInterrupted)
				}
				p.restored()
				reports, _ := filepath.Glob(filepath.Join(state, "layersim", "panic-*.txt"))
				if len(reports) != 1 {
					t.Fatalf("%d reports", len(reports))
				}
				report, err := os.ReadFile(reports[0])
				if err != nil || !bytes.Contains(report, []byte("fragile."+where)) {
					t.Errorf("the report does not say where it hung: %v\n%s", err, report)
				}
				p.await(0, `ended by force`)
			})
		}
	}
}

// How long is waited, and what counts as a second time.
func TestEndingByForce(t *testing.T) {
	told := func(t *testing.T, after ...time.Duration) (codes []int, took time.Duration) {
		t.Helper()
		synctest.Test(t, func(*testing.T) {
			began := time.Now()
			ended := make(chan struct{})
			e := &ending{
				restore: func() error { return nil },
				report:  func(guard.Panic) error { return errInterrupted },
				exit:    func(code int) { codes, took = append(codes, code), time.Since(began); close(ended) },
				signals: make(chan os.Signal), done: make(chan struct{}),
			}
			for _, pause := range after {
				time.Sleep(pause)
				e.told()
			}
			time.Sleep(lastPatience + time.Millisecond)
			e.stop()
			time.Sleep(lastPatience)
		})
		return codes, took
	}
	for _, c := range []struct {
		after []time.Duration
		codes int
		took  time.Duration
	}{
		{nil, 0, 0},
		{[]time.Duration{0}, 1, lastPatience},
		{[]time.Duration{0, 0, secondAsk / 2}, 1, lastPatience}, // the same, told twice over
		{[]time.Duration{0, secondAsk}, 1, secondAsk},
		{[]time.Duration{0, secondAsk, secondAsk, secondAsk}, 1, secondAsk},
	} {
		if codes, took := told(t, c.after...); len(codes) != c.codes || took != c.took || c.codes > 0 && codes[0] != exitInterrupted {
			t.Errorf("told after %v: exit codes %v after %v; want %d after %v", c.after, codes, took, c.codes, c.took)
		}
	}
}

// A screen that ends in time is left alone.
func TestEndingInTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := &ending{exit: func(int) { t.Error("it was ended by force") }, signals: make(chan os.Signal), done: make(chan struct{})}
		e.told()
		time.Sleep(lastPatience / 2)
		e.stop()
		e.told()
		time.Sleep(2 * lastPatience)
	})
}
