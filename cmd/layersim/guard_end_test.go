//go:build linux

package main

import (
	"context"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"layersim/flow/guard"
)

// One place that breaks down over each request is one report, and another place
// another; neither ends the command.
func TestAPanicThatWasAnsweredIsReportedOnce(t *testing.T) {
	state := t.TempDir()
	var said strings.Builder
	ends := 0
	restore := withoutScreen([]string{"XDG_STATE_HOME=" + state}, &said, func() { ends++ })
	answered := func(why string) {
		defer func() { guard.Survived(recover()) }()
		panic(why)
	}
	for range 20 {
		done := make(chan struct{}) // each on a goroutine of its own, as requests are
		go func() { defer close(done); answered("broken") }()
		<-done
	}
	answered("elsewhere")
	broke := restore()
	if reports, _ := filepath.Glob(filepath.Join(state, "layersim", "panic-*.txt")); len(reports) != 2 || ends != 0 || broke {
		t.Errorf("%d reports, ended %d times, %v", len(reports), ends, broke)
	}
	if n := strings.Count(said.String(), "broke down"); n != 2 {
		t.Errorf("said %d times:\n%s", n, said.String())
	}
}

// A panic that nobody answered ends what exec runs, and the command returns by
// itself, so that it can write its files to the end.
func TestAPanicEndsTheAppOfExec(t *testing.T) {
	ctx, end := context.WithCancelCause(t.Context())
	var said strings.Builder
	restore := withoutScreen([]string{"XDG_STATE_HOME=" + t.TempDir()}, &said, func() { end(errBrokeDown) })
	panics := make(chan struct{})
	guard.Go(func() { <-panics; panic("broken") })
	path, err := exec.LookPath("sleep")
	if err != nil {
		t.Skip("there is no sleep here")
	}
	app := exec.Command(path, "600")
	err = attend(ctx, app, func() error { // it has started
		close(panics)
		<-t.Context().Done()
		return nil
	}, &said)
	<-ctx.Done()
	if !restore() {
		t.Error("restore does not know of it")
	}
	if codeOf(err) != 128+15 || !strings.Contains(said.String(), "layersim broke down: broken") {
		t.Errorf("attend returned %v; said %q", err, said.String())
	}
}
