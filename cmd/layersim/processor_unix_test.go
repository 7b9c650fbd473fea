//go:build unix

package main

import (
	"syscall"
	"time"
)

// processorTime is what this process has used so far, 0 if nobody knows. On a busy
// machine it says more than the time on the wall.
func processorTime() time.Duration {
	var used syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &used) != nil {
		return 0
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}
