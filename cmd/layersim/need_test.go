package main

import (
	"os"
	"os/exec"
	"testing"
)

// need skips a test whose client is not installed. What CI installs must be
// there in CI.
func need(t *testing.T, inCI bool, name string) {
	t.Helper()
	if _, err := exec.LookPath(name); err == nil {
		return
	}
	if inCI && os.Getenv("LAYERSIM_REQUIRE_ALL") != "" {
		t.Fatalf("no %s in PATH", name)
	}
	t.Skipf("no %s in PATH: this client is not tested", name)
}
