//go:build !unix

package main

import "os"

// handedOn are the signals that must not end us before the app.
var handedOn = []os.Signal{os.Interrupt}

// reachesApp is always so here: a console tells all its processes.
func reachesApp(os.Signal) bool { return true }

// nameForApp is the whole path: where it is a batch file, as npm is, the command
// interpreter looks for that name once more, in the working directory first.
func nameForApp(path, _ string) string { return path }

func exitCode(state *os.ProcessState) int { return state.ExitCode() }
