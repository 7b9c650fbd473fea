//go:build !unix

package main

import "time"

// processorTime is what this process has used so far, 0 if nobody knows.
func processorTime() time.Duration { return 0 }
