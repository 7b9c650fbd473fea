package main

import (
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"layersim/flow/linkpage/pagetest"
)

func TestMain(m *testing.M) {
	time.Local = time.UTC // the log shows local times; the README is the same everywhere
	testscript.Main(withBrowser{m}, map[string]func(){"layersim": main, "fragile": fragileMain})
}

// withBrowser ends the browser that tests shared.
type withBrowser struct{ *testing.M }

func (m withBrowser) Run() int {
	defer pagetest.Close()
	return m.M.Run()
}

// TestScripts runs the command lines in testdata/script and compares what they
// print and their exit codes.
func TestScripts(t *testing.T) {
	foreign(t) // one command after the other, each a process
	testscript.Run(t, testscript.Params{
		Dir: "testdata/script",
		Cmds: map[string]func(ts *testscript.TestScript, neg bool, args []string){
			"code": exitsWith,
		},
	})
}

// exitsWith runs a command and checks its exit code: code 2 layersim --nope.
func exitsWith(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: code N command [args...]")
	}
	err := ts.Exec(args[1], args[2:]...)
	got := "0"
	if err != nil {
		got = err.Error() // "exit status 2"
	}
	if got != "exit status "+args[0] && got != args[0] {
		ts.Fatalf("%v ended with %s; want exit status %s", args[1:], got, args[0])
	}
}
