package watch

import (
	"fmt"
	"testing"
)

// crowd returns a model with n lanes, and each session's name.
func crowd(b *testing.B, w, h, n int) *Model {
	b.Helper()
	tell := newTeller()
	for i := range n {
		s := fmt.Sprint("s", i)
		tell.token(i+1, s).act(i+1, s, "create", "created").act(i+1, s, "submit", "eligible").event(i+1, s, "LAYER_READY", "").
			about(About{Session: s, Thread: i + 1, ClientUserID: s, Template: "default", Persona: "two-banks", State: "eligible"})
	}
	return fresh(w, h).with(tell)
}

// The work of a View does not depend on how many lanes there are.
func BenchmarkView(b *testing.B) {
	for _, size := range [][2]int{{80, 24}, {120, 36}, {200, 50}} {
		for _, lanes := range []int{10, 1000} {
			for _, tab := range []string{"1", "2"} {
				b.Run(fmt.Sprintf("%dx%d/lanes=%d/tab=%s", size[0], size[1], lanes, tab), func(b *testing.B) {
					m := crowd(b, size[0], size[1], lanes).press(tab)
					b.ReportAllocs()
					for b.Loop() {
						m.View()
					}
				})
			}
		}
	}
}

// A batch is what a frame's time brings of 1,000 events a second, and of thirty
// times as many.
func BenchmarkBatch(b *testing.B) {
	for _, entries := range []int{33, 1000} {
		b.Run(fmt.Sprintf("lanes=1000/entries=%d", entries), func(b *testing.B) {
			m := crowd(b, 120, 36, 1000)
			tell := newTeller()
			for i := range entries {
				tell.event(i+1, fmt.Sprint("s", i), "TRANSITION_VIEW", "CONSENT").about(About{Session: fmt.Sprint("s", i), Thread: i + 1, State: "consent"})
			}
			b.ReportAllocs()
			for b.Loop() {
				m = m.send(tell.batch)
			}
		})
	}
}
