//go:build !unix

package screen

// stopProcess does nothing where processes are not stopped from the keyboard.
func stopProcess() {}
