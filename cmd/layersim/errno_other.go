//go:build !unix

package main

import "syscall"

// The numbers are those of Windows, to which package syscall gives no other name.
const (
	brokenPipe = syscall.Errno(232) // ERROR_NO_DATA, "the pipe is being closed"
	diskFull   = syscall.Errno(112) // ERROR_DISK_FULL
)
