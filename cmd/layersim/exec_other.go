//go:build !unix

package main

import "os"

// handedOn are the signals that must not end us before the app.
var handedOn = []os.Signal{os.Interrupt}

// reachesApp is always so here: a console tells all its processes.
func reachesApp(os.Signal) bool { return true }

func exitCode(state *os.ProcessState) int { return state.ExitCode() }
