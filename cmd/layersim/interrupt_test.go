package main

import (
	"context"
	"errors"
	"os"
	"testing"
)

// Reading from somebody who never writes ends with the interrupt.
func TestReadingIsInterrupted(t *testing.T) {
	in, writer, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _, _ = in.Close(), writer.Close() }()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	std := stdio{in: in}
	for name, read := range map[string]func() error{
		"export": func() error { return exporting{format: "json"}.run(ctx, "-", std) },
		"replay": func() error { return replaying{speed: 1}.run(ctx, "-", std, nil) },
		"compare": func() error {
			return comparing{}.run(ctx, []string{"-"}, std)
		},
	} {
		if err := read(); !errors.Is(err, errInterrupted) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// So does what is made of a recording.
func TestExportIsInterrupted(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	if _, err := interruptible(ctx, func() (int, error) { cancel(); <-t.Context().Done(); return 0, nil }); !errors.Is(err, errInterrupted) {
		t.Error(err)
	}
	if n, err := interruptible(t.Context(), func() (int, error) { return 7, os.ErrClosed }); n != 7 || !errors.Is(err, os.ErrClosed) {
		t.Error(n, err)
	}
}
