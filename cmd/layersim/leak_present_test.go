//go:build linux

package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"io"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"layersim/tui/present"
)

// A presentation is seen by a room, its notes by the presenter, and what goes
// from one to the other by whoever reads the socket.
func leakOfPresent(t *testing.T) {
	runtime, environ := runtimeDir(t) // sockets need a short path
	h := newHome(t)
	environ = append(h.environ(), environ...)
	scenario := ""
	for _, path := range markedScenarios(t) {
		if strings.HasSuffix(path, "leak-error.yaml") {
			scenario = path
		}
	}
	seen := newWitness(t, h.folder)
	room := startProgram(t, 80, 24, environ, h.command(buildProgram(t), "present", scenario, "--fixtures", markedFolder(t), "--record", h.record)...)
	room.await(0, plantedShown)
	started := arguments(t, room.cmd.Process.Pid)
	notes := startProgram(t, 80, 24, environ, buildProgram(t), "present", "--attach")
	notes.await(0, "Who it is")

	conn, err := findPresentation(t.Context(), runtime, "")
	if err != nil {
		t.Fatal(err)
	}
	var told bytes.Buffer // all that the socket gives
	lines := bufio.NewScanner(io.TeeReader(conn, &told))
	status := func() (s present.Status) {
		t.Helper()
		var line notesLine
		_ = conn.SetReadDeadline(time.Now().Add(patience))
		if !lines.Scan() || json.Unmarshal(lines.Bytes(), &line) != nil || line.Status == nil {
			t.Fatalf("the socket says %q, %v", lines.Bytes(), lines.Err())
		}
		return *line.Status
	}
	for now := status(); now.Beat <= now.Of; {
		before := now
		for notes.send("\r"); now.Busy || now.Next == before.Next && now.Beat == before.Beat; {
			now = status()
		}
		if now.Answered || now.Trouble != "" {
			room.settled("n") // the notes in front of the room
			room.settled("n")
			room.settled("\t")
		}
	}
	held := heldFiles(t, room.cmd.Process.Pid)
	room.settled("\x1b[H")
	room.settled("?")
	room.settled("?")
	room.interrupted()
	notes.end()
	for lines.Scan() { // until the presentation is over
	}
	_ = conn.Close()

	values := append(append(planted(), secretOfUser...), personal...)
	sink(t, "present: the room's terminal", room.seenText(), values, plantedShown, "LAYER_READY")
	sink(t, "present: the notes' terminal", notes.seenText(), values, "Nothing of this user is to be seen", "Nobody may know")
	room.besides(t, "present: the room", values)
	notes.besides(t, "present: the notes", values)
	sink(t, "present: the socket", told.Bytes(), values, `"layersim_present":1`, "Nobody may know", `"ended":true`)
	sink(t, "present: process arguments", started, values, "--record")
	sink(t, "present: open files", held, values, "walk.jsonl", "PhoneNumberEntered")
	sink(t, "present: files while it runs", seen.seen(h.put), values, "walk.jsonl", "PhoneNumberEntered")
	for name, content := range filesUnder(t, h.folder) {
		sink(t, "present: the file "+filepath.Base(name), content, values, "PhoneNumberEntered")
	}
	if bytes.Contains(told.Bytes(), []byte("\x1b")) {
		t.Error("there are escape sequences in what goes over the socket")
	}
}
