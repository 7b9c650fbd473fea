package main

import (
	"os"
	"strings"
	"testing"
)

// What is no ordinary file may never end, so it is not opened at all.
func TestOnlyOrdinaryFilesAreRead(t *testing.T) {
	_, err := openAndRead(t.Context(), os.DevNull, stdio{})
	for what, err := range map[string]error{"a recording": err, "lint": lintFile(os.DevNull, false, stdio{})} {
		if err == nil || !strings.Contains(err.Error(), "no ordinary file") {
			t.Errorf("%s: %v", what, err)
		}
	}
}
