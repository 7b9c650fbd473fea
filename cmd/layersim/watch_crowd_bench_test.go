//go:build linux

package main

import (
	"bytes"
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// BenchmarkLanes watches the built 'serve --ui' in a pseudo-terminal of 200×50
// while eight Link sessions bring so many callbacks a second altogether, each
// delivered at once, which is three records each. It measures how long it takes
// from a key to what it shows, how many frames are drawn and how much of a processor is
// used, and fails if a lane ends with another number of callbacks than its page
// was given.
//
//	go test ./cmd/layersim -run '^$' -bench Lanes -benchtime 1x
func BenchmarkLanes(b *testing.B) {
	for _, rate := range []int{0, 1000, 8000} {
		b.Run(fmt.Sprintf("callbacks=%d", rate), func(b *testing.B) {
			for b.Loop() {
				watchLanes(b, rate)
			}
		})
	}
}

func watchLanes(b *testing.B, rate int) {
	p := startProgram(b, 200, 50, nil, buildProgram(b), "serve", "--ui", "--addr", "127.0.0.1:0", "--seed", "7", "--events", "live")
	p.await(0, `No app has called yet`)
	out, _ := p.seen()
	ready, _, _ := strings.Cut(strings.TrimPrefix(out, "ready http://"), "\r")
	l := &load{t: b, host: ready, times: newLatencies()}
	for i := range busyLanes {
		u := &loadUser{load: l, name: fmt.Sprintf("user-%d", i), way: ways[0]}
		for _, s := range ways[0].steps[:6] { // to the review
			u.take("", s, time.Now())
		}
		l.users = append(l.users, u)
		p.await(0, u.name) // so that the newest lane is the last one
	}
	before := l.told()
	stop := make(chan struct{})
	var busy sync.WaitGroup
	for _, u := range l.users {
		if rate > 0 {
			busy.Go(func() { u.hesitate(rate/busyLanes, stop) })
		}
	}
	system := process{b, p.cmd.Process.Pid}
	began, used, mark := time.Now(), system.processorTime(), p.written()
	took := p.toggles(300)
	seconds := time.Since(began).Seconds()
	frames := bytes.Count(p.since(mark), []byte("\x1b[?2026h"))
	used = system.processorTime() - used
	close(stop)
	busy.Wait()

	for _, u := range slices.Backward(l.users) {
		mark := p.written()
		p.send("2")
		p.await(mark, `● Wire`)
		mark = p.written()
		p.send("1")
		p.await(mark, fmt.Sprintf(`#%d delivered`, len(u.told)))
		u.leave()
		p.send("j")
	}
	if bytes.Contains(p.since(0), []byte("entries missed")) {
		b.Error("the screen has missed something")
	}
	p.send("\x03")
	p.end()
	slices.Sort(took)
	ms := func(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(float64(l.told()-before)/seconds, "callbacks/s")
	b.ReportMetric(ms(took[len(took)/2]), "key-median-ms")
	b.ReportMetric(ms(took[len(took)*99/100]), "key-p99-ms")
	b.ReportMetric(float64(frames)/seconds, "frames/s")
	b.ReportMetric(used.Seconds()/seconds, "processors")
}

// told is how many callbacks all pages were given.
func (l *load) told() (n int) {
	for _, u := range l.users {
		n += len(u.told)
	}
	return n
}

// hesitate goes to the list of banks and back, so that there are rate callbacks
// a second, or as many as the machine allows.
func (u *loadUser) hesitate(rate int, stop <-chan struct{}) {
	every := time.NewTicker(2 * time.Second / time.Duration(rate))
	defer every.Stop()
	for next := time.Now(); ; next = next.Add(2 * time.Second / time.Duration(rate)) {
		if time.Until(next) > 0 {
			select {
			case <-every.C:
			case <-stop:
				return
			}
		}
		select {
		case <-stop:
			return
		default:
		}
		if !u.take("", inLink("add_bank"), time.Now()) || !u.take("", inLink("back"), time.Now()) {
			return
		}
	}
}

// toggles goes from tab to tab n times and returns how long each took from the
// key until the tab's name is written as the one that is shown.
func (p *program) toggles(n int) []time.Duration {
	var took []time.Duration
	for i := range n {
		key, shows := "2", []byte("● Wire")
		if i%2 == 1 {
			key, shows = "1", []byte("● Events")
		}
		mark := p.written()
		sent := time.Now()
		p.send(key)
		for {
			p.mu.Lock()
			found, fresh := bytes.Contains(p.output.Bytes()[mark:], shows), p.fresh
			p.mu.Unlock()
			if found {
				break
			}
			select {
			case <-fresh:
			case <-time.After(patience):
				p.tb.Fatalf("no %q after %q", shows, key)
			}
		}
		took = append(took, time.Since(sent))
		time.Sleep(17 * time.Millisecond) // so that keys fall on every moment between two frames
	}
	return took
}

// written is how much has been written so far.
func (p *program) written() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.output.Len()
}

// since is what was written after a mark.
func (p *program) since(mark int) []byte {
	p.mu.Lock()
	defer p.mu.Unlock()
	return bytes.Clone(p.output.Bytes()[mark:])
}

// processorTime is what the process has used so far.
func (p process) processorTime() time.Duration {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", p.pid))
	if err != nil {
		p.t.Fatal(err)
	}
	// After the name in brackets: utime and stime are the 12th and 13th, in ticks
	// of 10 ms on every Linux that Go runs on.
	_, rest, _ := strings.Cut(string(text), ") ")
	fields := strings.Fields(rest)
	var user, system int
	if _, err := fmt.Sscan(fields[11]+" "+fields[12], &user, &system); err != nil {
		p.t.Fatal(err)
	}
	return time.Duration(user+system) * 10 * time.Millisecond
}
