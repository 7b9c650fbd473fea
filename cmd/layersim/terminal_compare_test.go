//go:build linux

package main

import (
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// peer is a program that is measured beside layersim.
type peer struct {
	name    string
	bytes   int64
	command []string
	first   string   // typed before measuring, key by key
	keys    []string // typed in turn; each changes the screen

	settled, latency []time.Duration
	unanswered       int
	memory           int
}

// TestCompareTerminals prints the README's table of terminal programs. It is
// run by .ci/compare-terminals, which names the others: a name, the bytes
// installed and a command line in each line of LAYERSIM_COMPARE_TERMINALS.
func TestCompareTerminals(t *testing.T) {
	others := os.Getenv("LAYERSIM_COMPARE_TERMINALS")
	if others == "" {
		t.Skip("no other programs are named: .ci/compare-terminals does that")
	}
	rounds, err := strconv.Atoi(os.Getenv("LAYERSIM_COMPARE_ROUNDS"))
	if err != nil {
		t.Fatal(err)
	}
	path := buildProgram(t)
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	peers := []*peer{{name: "`layersim`", bytes: info.Size(), command: []string{path, "--no-browser"}, first: "\r\r", keys: []string{"4", "\x7f"}}}
	for line := range strings.Lines(others) {
		name, rest, _ := strings.Cut(strings.TrimSpace(line), "|")
		size, command, _ := strings.Cut(rest, "|")
		bytes, err := strconv.ParseInt(size, 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		p := &peer{name: name, bytes: bytes, command: strings.Fields(command), keys: []string{"\x1b[B", "\x1b[A"}}
		if strings.HasPrefix(name, "mitmproxy") { // its list is empty: its help, and back, changes the screen
			p.keys = []string{"?", "q"}
		}
		peers = append(peers, p)
	}
	for range rounds {
		for _, p := range peers {
			p.measure(t)
		}
	}
	fmt.Println("| program | first settled screen | key to output, median | p99 | keys without output | peak memory | size |\n| --- | --- | --- | --- | --- | --- | --- |")
	for _, p := range peers {
		fmt.Println(p.row())
	}
}

func (p *peer) measure(t *testing.T) {
	t.Helper()
	run := startProgram(t, 200, 50, nil, p.command...)
	p.settled = append(p.settled, run.settle())
	for _, key := range p.first {
		run.send(string(key))
		run.settle()
	}
	for i := range 200 {
		_, fresh := run.seen()
		sent := time.Now()
		run.send(p.keys[i%len(p.keys)])
		select {
		case <-fresh:
			p.latency = append(p.latency, time.Since(sent))
		case <-time.After(time.Second):
			p.unanswered++
		}
		time.Sleep(20 * time.Millisecond) // let the rest of the frame pass
	}
	p.memory = max(p.memory, run.peakMemory())
	_ = run.cmd.Process.Kill()
	_ = run.cmd.Wait()
}

func (p *peer) row() string {
	slices.Sort(p.settled)
	slices.Sort(p.latency)
	if len(p.latency) == 0 {
		p.latency = []time.Duration{0}
	}
	ms := func(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
	return fmt.Sprintf("| %s | %.0f ms | %.2f ms | %.1f ms | %d of %d | %.0f MB | %.0f MB |", p.name, ms(p.settled[len(p.settled)/2]),
		ms(p.latency[len(p.latency)/2]), ms(p.latency[len(p.latency)*99/100]), p.unanswered, p.unanswered+len(p.latency), float64(p.memory)/1024, float64(p.bytes)/1e6)
}
