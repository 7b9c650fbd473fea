//go:build unix

package main

import "syscall"

// brokenPipe is what writing fails with when the reader is gone.
const brokenPipe = syscall.EPIPE

// diskFull is what writing fails with when there is no room left.
const diskFull = syscall.ENOSPC
