package main

import (
	"fmt"
	"strings"
	"testing"

	"layersim/tui/present"
)

// The README shows a beat of the tour and the keys, made here:
//
//	go test ./cmd/layersim -run Readme -update
func TestReadmeShowsAPresentation(t *testing.T) {
	a := seat(t, find(t, builtInTour), 112, 20).press("enter", "enter", "enter", "enter", "enter", "enter")
	a.mustShow("4 of 17", "LAYER_READY")
	lines := strings.Split(a.screen(), "\n")
	for i := range lines {
		lines[i] = strings.TrimRight(lines[i], " ")
	}
	checkReadme(t, "present-screen", "```text\n"+strings.Join(lines, "\n")+"\n```")
}

func TestReadmeShowsTheKeysOfPresent(t *testing.T) {
	var b strings.Builder
	b.WriteString("| key | does |\n| --- | --- |")
	for _, group := range present.KeyTable() {
		fmt.Fprintf(&b, "\n| **%s** | |", group.Name)
		for _, k := range group.Keys {
			fmt.Fprintf(&b, "\n| %s | %s |", k.Keys, k.Does)
		}
	}
	checkReadme(t, "present-keys", b.String())
}
