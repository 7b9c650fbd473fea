//go:build unix

package screen

import (
	"os"
	"os/signal"
	"syscall"
	"time"
)

// stopIgnored is how long to wait for a stop that may never come. The clock does
// not count while the process stands still: nothing of it runs then.
const stopIgnored = 250 * time.Millisecond

// stopThis stops this process and those it was started with, as a shell
// expects of Ctrl-Z, and returns when it goes on. Where no shell minds jobs (the
// program is all that a terminal or an SSH session runs) nobody could let it go
// on, and the system ignores the stop: then it returns soon.
//
// The signal is not SIGTSTP, which may be listened to: in Go a signal that was
// once listened to never gets its default back. Shells treat them alike.
func stopThis() {
	goesOn := make(chan os.Signal, 1)
	signal.Notify(goesOn, syscall.SIGCONT)
	defer signal.Stop(goesOn)
	_ = syscall.Kill(0, syscall.SIGTTIN)
	select {
	case <-goesOn:
	case <-time.After(stopIgnored):
	}
}
