package main

import (
	"bufio"
	"bytes"
	"io"

	"layersim/flow/journal"
	"layersim/flow/lint"
)

// Recordings are linted as the simulator's journal is: what an app did with a
// simulator line by line, a walk as the walk itself does it.

// recordedIn reports whether a text is the recording of a walk, or of what an app
// did with a simulator. It takes nothing from the text.
func recordedIn(text *bufio.Reader) (walk, served bool) {
	const begins = `{"layersim_recording":`
	if first, _ := text.Peek(len(begins)); string(first) != begins {
		return false, false
	}
	first, _ := text.Peek(text.Size()) // as much as there is, if it is less
	line, _, _ := bytes.Cut(first, []byte("\n"))
	h, problem := journal.ReadHeader(line)
	served = problem == nil && h.Mode == journal.ModeServed
	return !served, served // where it is damaged, the reader of walks says so
}

// lintWalk finds the mistakes of a recorded walk.
func lintWalk(in io.Reader, name string) (linted, error) {
	result := linted{File: name, Findings: []lint.Finding{}}
	recording, err := journal.ReadRecording(in, name)
	if err != nil {
		return result, usagef("%w", err)
	}
	entries, initial, err := journal.Replay(recording)
	if err != nil {
		return result, usagef("%w", err)
	}
	walk, linter := lint.NewWalk(initial), lint.New(lint.InWalk)
	handlers := map[string]bool{}
	for _, e := range entries {
		for _, o := range walk.Read(e) {
			linter.Add(o)
			if o.Handler != "" {
				handlers[o.Handler] = true
			}
		}
	}
	linter.Finish()
	result.Sessions, result.Torn = len(handlers), recording.Torn
	result.Findings = append(result.Findings, linter.Findings()...)
	for _, c := range linter.Checks(^uint64(0)) {
		standing := c.Standing.String()
		if c.Rule.Seen&lint.InWalk == 0 {
			standing = "unseen"
		}
		result.Rules = append(result.Rules, lintedRule{c.Rule.ID, c.Rule.Title, standing})
	}
	return result, nil
}
