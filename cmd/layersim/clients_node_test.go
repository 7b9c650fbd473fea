package main

import (
	"bytes"
	"os"
	"os/exec"
	"strings"
	"testing"
)

// plaid-node calls every endpoint, and makes every error that its types let an
// app make; the rows are in testdata/clients/node/endpoints.mjs.
func TestPlaidNode(t *testing.T) {
	needClients(t)
	sim := newSimulator(t)
	cmd := exec.CommandContext(t.Context(), "node", "node/endpoints.mjs")
	cmd.Dir = clientsDir
	cmd.Env = append(os.Environ(), "PLAID_URL="+startServer(t, sim.Loopback(), nil))
	var problems bytes.Buffer
	cmd.Stderr = &problems
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v\n%s%s", err, out, &problems)
	}
	rows := strings.Split(strings.TrimSpace(string(out)), "\n")
	for _, row := range rows {
		if !strings.HasPrefix(row, "ok ") {
			t.Error(row)
		}
	}
	if len(rows) < 35 {
		t.Errorf("only %d calls were made", len(rows))
	}
}
