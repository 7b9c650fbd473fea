//go:build !unix

package screen

// stopThis does nothing where processes are not stopped from the keyboard.
func stopThis() {}
