// Command layersim walks an operator through Plaid Layer in the terminal.
//
// It only reads flags and the environment, wires the packages together and
// turns what happened into an exit code.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/signal"
	"regexp"
	"syscall"
	"time"

	"layersim/flow/guard"

	"github.com/spf13/cobra"
)

// The exit codes other programs rely on.
const (
	exitDone        = 0
	exitUnexpected  = 1
	exitUsage       = 2
	exitExpectation = 3 // something is not as expected
	exitAccess      = 4 // credentials, or what they may do
	exitNetwork     = 5 // no way to Plaid, or trouble there
	exitTimedOut    = 6 // waited for a person, or for more lines, and nothing came
	exitFindings    = 7 // lint
	exitInterrupted = 130
)

// failure is an error that knows its exit code.
type failure struct {
	code int
	err  error
}

func (f failure) Error() string { return f.err.Error() }
func (f failure) Unwrap() error { return f.err }

// usagef is a mistake of the person at the keyboard or in a file: what is
// wrong, where, and what to do instead.
func usagef(format string, args ...any) error {
	return failure{exitUsage, fmt.Errorf(format, args...)}
}

// accessf is trouble with keys, or with what they may do.
func accessf(format string, args ...any) error {
	return failure{exitAccess, fmt.Errorf(format, args...)}
}

var errInterrupted = failure{exitInterrupted, errors.New("interrupted")}

// errSaid stands for an error that was shown already, by a command that ran in
// our place.
var errSaid = errors.New("said already")

// errBrokeDown is why a command ends over a panic of a goroutine of its own.
var errBrokeDown = errors.New("layersim broke down")

// lastPatience is how long a command has to end what it has begun then: the app
// that it runs, and the file that it writes.
const lastPatience = 5 * time.Second

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	ctx, end := context.WithCancelCause(ctx)
	restore := withoutScreen(os.Environ(), os.Stderr, func() {
		end(errBrokeDown)
		time.AfterFunc(lastPatience, guard.Func(func() { os.Exit(exitUnexpected) }))
	})
	code := run(ctx, os.Args[1:], stdio{os.Stdin, os.Stdout, os.Stderr}, os.Environ())
	if restore() {
		code = exitUnexpected
	}
	end(nil)
	stop()
	os.Exit(code)
}

type stdio struct {
	in       *os.File
	out, err *os.File
}

// run is the program without its process.
func run(ctx context.Context, args []string, std stdio, environ []string) int {
	root := newRoot(std, environ)
	root.SetArgs(args)
	root.SetIn(std.in)
	root.SetOut(std.out)
	root.SetErr(std.talk())
	root.Version = version()
	root.SilenceUsage, root.SilenceErrors = true, true
	root.InitDefaultCompletionCmd() // now, so that its errors are told apart too
	refuseOtherShells(root)
	failed := keepError(root)
	root.SetHelpFunc(showHelp(std.out, environ, failed))
	if err := root.ExecuteContext(ctx); err != nil { // what cobra says of flags and arguments
		showError(std.talk(), err)
		var unwritten *fs.PathError // of its own, it only writes the version
		if errors.As(err, &unwritten) {
			return exitUnexpected
		}
		_, _ = fmt.Fprintln(std.talk(), "layersim: --help lists the commands and flags there are")
		return exitUsage
	}
	if *failed == nil {
		return exitDone
	}
	showError(std.talk(), *failed)
	var known failure
	if errors.As(*failed, &known) {
		return known.code
	}
	return exitUnexpected
}

// keepError tells the error of whichever command runs from what cobra says of
// flags and arguments, which is a mistake of whoever typed them.
func keepError(root *cobra.Command) *error {
	var failed error
	var keep func(*cobra.Command)
	keep = func(cmd *cobra.Command) {
		if run := cmd.RunE; run != nil {
			cmd.RunE = func(cmd *cobra.Command, args []string) error {
				guard.Func(func() { failed = run(cmd, args) })()
				return nil
			}
		}
		for _, sub := range cmd.Commands() {
			keep(sub)
		}
	}
	keep(root)
	return &failed
}

// showError writes an error for a person. Being interrupted is not one.
func showError(w io.Writer, err error) {
	if errors.Is(err, errInterrupted) || errors.Is(err, errSaid) {
		return
	}
	_, _ = fmt.Fprintf(w, "layersim: %s\n", plainly(goTalk.ReplaceAllString(err.Error(), "it must be a whole number")))
}

// goTalk is what the flag library says of a number that is none.
var goTalk = regexp.MustCompile(`strconv\.Parse\w+: parsing ".*": [a-z ]+`)
