//go:build unix

package main

import (
	"os"
	"syscall"

	"golang.org/x/sys/unix"
)

// handedOn are the signals that the app gets from us when we get them. SIGUSR2
// is how nodemon restarts what it runs.
var handedOn = []os.Signal{syscall.SIGINT, syscall.SIGQUIT, syscall.SIGTERM, syscall.SIGHUP, syscall.SIGUSR1, syscall.SIGUSR2}

// reachesApp reports whether the app got a signal by itself: what a person
// types goes to every process in the terminal's foreground. Many apps take a
// second Ctrl-C for impatience, so they should not get it twice.
func reachesApp(s os.Signal) bool {
	if s != syscall.SIGINT && s != syscall.SIGQUIT {
		return false
	}
	tty, err := os.Open("/dev/tty")
	if err != nil {
		return false
	}
	defer func() { _ = tty.Close() }()
	foreground, err := unix.IoctlGetInt(int(tty.Fd()), unix.TIOCGPGRP)
	return err == nil && foreground == unix.Getpgrp()
}

// nameForApp is what the app is told that it is called: programs such as busybox
// look at it.
func nameForApp(_, typed string) string { return typed }

// exitCode is the app's exit code, or what shells say of one that a signal
// ended.
func exitCode(state *os.ProcessState) int {
	if status, ok := state.Sys().(syscall.WaitStatus); ok && status.Signaled() {
		return 128 + int(status.Signal())
	}
	return state.ExitCode()
}
