package main

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"layersim/flow"
	"layersim/flow/sdk"
)

// The README's table of SDKs says what the program does.
func TestReadmeNamesTheSDKs(t *testing.T) {
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	since := func(version string) string {
		if version == "" {
			return "always"
		}
		return version
	}
	for _, p := range sdk.Platforms() {
		client, err := sdk.Client(p.ID, "")
		if err != nil {
			t.Fatal(err)
		}
		row := fmt.Sprintf("| `%s` | %s | %s | %s | `%s` |", p.ID, since(p.MinLayer), since(p.MinAutofill), p.MinSessions, client.EventName(flow.EventLayerReady))
		if row = strings.ReplaceAll(row, "|  |", "| |"); !strings.Contains(string(readme), row) {
			t.Errorf("the README does not have the line\n%s", row)
		}
	}
}
