package main

import (
	"net"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"
)

// shortOfFiles has no file for a connection until a moment.
type shortOfFiles struct {
	net.Listener
	until time.Time
}

func (s shortOfFiles) Accept() (net.Conn, error) {
	if time.Now().Before(s.until) {
		return nil, &net.OpError{Op: "accept", Err: syscall.EMFILE}
	}
	here, _ := net.Pipe()
	return here, nil
}

// A simulator that may open no more files says so, not too often, and goes on.
func TestALackOfFilesIsSaid(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var told []string
		l := forCrowds(shortOfFiles{until: time.Now().Add(150 * time.Second)}, func(text string) { told = append(told, text) })
		conn, err := l.Accept()
		if err != nil {
			t.Fatal(err)
		}
		_ = conn.Close()
		if len(told) != 3 || !strings.Contains(told[0], "ulimit -n") {
			t.Errorf("told %q", told)
		}
	})
}

// Every listener of a simulator is one for crowds: serve, exec and the walk.
func TestEverySimulatorIsForCrowds(t *testing.T) {
	crowds := 0
	sources, _ := filepath.Glob("*.go")
	for _, name := range sources {
		source, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		if strings.Contains(string(source), "loopback.Limit(") && name != "serve_crowd.go" {
			t.Errorf("%s: a listener that says nothing of a lack of files; use forCrowds", name)
		}
		crowds += strings.Count(string(source), "forCrowds(")
	}
	if crowds != 1+3 { // where it is made, and used
		t.Errorf("forCrowds is there %d times", crowds)
	}
}
