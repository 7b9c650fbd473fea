//go:build linux

package main

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"layersim/flow"
	"layersim/flow/journal"
)

// A walk that is killed leaves all that had happened.
func TestRecordingOutlivesItsWalk(t *testing.T) {
	path := filepath.Join(t.TempDir(), "walk.jsonl")
	p := startProgram(t, 100, 30, nil, buildProgram(t), "--link", "terminal", "--record", path)
	mark := p.await(0, "link_token")
	p.send("\r")
	p.await(mark, "link_token received") // the log has it
	if err := p.cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = p.cmd.Wait()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	r, err := journal.ReadRecording(bytes.NewReader(content), "walk.jsonl")
	if err != nil || len(r.Entries) == 0 || r.Entries[len(r.Entries)-1].Phase != string(flow.PhaseHandler) {
		t.Errorf("%d entries, %v:\n%s", len(r.Entries), err, content)
	}
}
