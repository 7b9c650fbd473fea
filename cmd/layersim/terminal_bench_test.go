//go:build linux

package main

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"
)

// BenchmarkTerminal measures the built program from outside, in a
// pseudo-terminal of 200×50: how long until its first screen stands still, how
// long from a key to the output it causes, and the most memory it used.
//
//	go test ./cmd/layersim -run '^$' -bench Terminal
//
// LAYERSIM_BENCH_PEER may hold another program's command line, which is then
// measured in the same run, with the arrow keys: figures of two machines, or of two moments on a
// busy one, cannot be compared.
func BenchmarkTerminal(b *testing.B) {
	b.Run("layersim", func(b *testing.B) {
		// Typing a phone number: every key changes the field and what is said of it.
		measure(b, []string{buildProgram(b), "--no-browser"}, "\r\r", []string{"4", "\x7f"})
	})
	if peer := os.Getenv("LAYERSIM_BENCH_PEER"); peer != "" {
		b.Run("peer", func(b *testing.B) { measure(b, strings.Fields(peer), "", []string{"\x1b[B", "\x1b[A"}) })
	}
}

// quiet is how long nothing may be written for a screen to count as settled.
const quiet = 300 * time.Millisecond

func measure(b *testing.B, command []string, first string, keys []string) {
	var settled, latency []time.Duration
	var memory int
	for b.Loop() {
		p := startProgram(b, 200, 50, nil, command...)
		settled = append(settled, p.settle())
		for _, key := range first {
			p.send(string(key))
			p.settle()
		}
		for i := range 400 {
			latency = append(latency, p.press(keys[i%len(keys)]))
		}
		memory = max(memory, p.peakMemory())
		_ = p.cmd.Process.Kill()
		_ = p.cmd.Wait()
	}
	slices.Sort(settled)
	slices.Sort(latency)
	ms := func(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(ms(settled[len(settled)/2]), "settled-ms")
	b.ReportMetric(ms(latency[len(latency)/2]), "key-median-ms")
	b.ReportMetric(ms(latency[len(latency)*99/100]), "key-p99-ms")
	b.ReportMetric(float64(memory)/1024, "peak-MB")
}

// settle waits until the screen stands still and returns when that began.
func (p *program) settle() time.Duration {
	for {
		time.Sleep(10 * time.Millisecond)
		p.mu.Lock()
		last := p.last
		p.mu.Unlock()
		if !last.IsZero() && time.Since(last) > quiet {
			return last.Sub(p.started)
		}
	}
}

// press sends a key and returns how long it took until something was drawn.
func (p *program) press(key string) time.Duration {
	_, fresh := p.seen()
	sent := time.Now()
	p.send(key)
	select {
	case <-fresh:
		took := time.Since(sent)
		// Let the rest of the frame pass, so that it is not taken for the next.
		time.Sleep(15 * time.Millisecond)
		return took
	case <-time.After(2 * time.Second):
		p.tb.Fatalf("no output after %q", key)
		return 0
	}
}

// peakMemory is the largest resident size so far, in KB.
func (p *program) peakMemory() int {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.cmd.Process.Pid))
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(status)) {
		var kb int
		if _, err := fmt.Sscanf(line, "VmHWM: %d kB", &kb); err == nil {
			return kb
		}
	}
	return 0
}
