//go:build linux

package main

import (
	"debug/elf"
	"strings"
	"testing"
)

// The linker leaves out what nobody calls, unless something calls methods by
// name: text/template does so, and html/template, and protobuf 1.36.11 with Go
// 1.26. Then the program has all 332 calls of Plaid's SDK, and is twice as large.
func TestTheProgramHasOnlyWhatItCalls(t *testing.T) {
	file, err := elf.Open(buildProgram(t))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = file.Close() }()
	symbols, err := file.Symbols()
	if err != nil {
		t.Fatal(err)
	}
	calls := 0
	for _, s := range symbols {
		if strings.Contains(s.Name, "/plaid.(*PlaidApiService).") && strings.HasSuffix(s.Name, "Execute") {
			calls++
		}
	}
	if calls == 0 || calls > 20 {
		t.Errorf("the program has %d calls of the SDK, of which it makes five. What calls methods by name is the first <ReflectMethod> of: go build -ldflags=-dumpdep ./cmd/layersim", calls)
	}
}
