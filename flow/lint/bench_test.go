package lint

import (
	"fmt"
	"testing"
	"time"

	"layersim/flow"
	"layersim/flow/journal"
)

// A long session: what one entry costs must not depend on how many there are.
func BenchmarkWalk(b *testing.B) {
	for _, n := range []int{100, 5000} {
		b.Run(fmt.Sprint("entries=", n), func(b *testing.B) {
			initial := flow.New(flow.Config{Client: web})
			var entries []journal.Entry
			j, s := journal.New(initial), initial
			for i := range n {
				e := flow.OnEvent{At: flow.At(noon.Add(time.Duration(i) * time.Second)), HandlerID: 1, Name: flow.EventTransitionView}
				t := flow.Step(s, e)
				s = t.Next
				entries = append(entries, j.Append(e, t))
			}
			b.ReportAllocs()
			for b.Loop() {
				w, l := NewWalk(initial), New(InWalk)
				for _, e := range entries {
					for _, o := range w.Read(e) {
						l.Add(o)
					}
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*n), "ns/entry")
		})
	}
}

func BenchmarkRecording(b *testing.B) {
	lines := tape(&testing.T{}, right["onboarded"]...)
	b.ReportAllocs()
	for b.Loop() {
		r, l := NewRecording(), New(InRecording)
		for _, line := range lines {
			observations, err := r.Read([]byte(line))
			if err != nil {
				b.Fatal(err)
			}
			for _, o := range observations {
				l.Add(o)
			}
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*len(lines)), "ns/record")
}
