package pane_test

import (
	"fmt"
	"strings"
	"testing"

	"layersim/flow"
	"layersim/tui/pane"
)

func BenchmarkLog(b *testing.B) {
	for _, n := range []int{100, 100_000} {
		lines := make([]pane.LogLine, n)
		for i := range lines {
			lines[i] = logLine(i)
		}
		f := frame(200, 16)
		b.Run(fmt.Sprintf("%d lines", n), func(b *testing.B) {
			for b.Loop() {
				pane.Log(f, n, func(i int) pane.LogLine { return lines[i] }, n/2, n/2+3)
			}
		})
	}
}

func BenchmarkWireTree(b *testing.B) {
	f := frame(96, 30)
	for _, kb := range []int{1, 64} {
		x := exchange()
		for len(x.ResponseBody) < kb<<10 {
			x.ResponseBody = strings.TrimSuffix(x.ResponseBody, "}") + `,"more":` + x.ResponseBody + "}"
		}
		b.Run(fmt.Sprintf("%d kB", kb), func(b *testing.B) {
			b.SetBytes(int64(len(x.ResponseBody)))
			for b.Loop() {
				pane.WireTree(x, pane.ErrorText{}).LayOut(f)
			}
		})
	}
}

// BenchmarkScreen draws what a 200×50 screen shows at once.
func BenchmarkScreen(b *testing.B) {
	state := situations(b)["link/no browser"]
	wide := frame(200, 50)
	part := func(w, h int) pane.Frame { f := wide; f.Width, f.Height = w, h; return f }
	x := calls()
	tree := pane.WireTree(x[1].Exchange, pane.ErrorText{}).LayOut(frame(96, 30))
	for b.Loop() {
		pane.Rail(part(200, 1), state)
		stage, inspector, log := part(100, 36), part(100, 36), part(200, 12)
		pane.Box(stage, "Stage", pane.Stage(pane.Inner(stage), pane.StageFor(state, noon), "", "n start over"))
		pane.Box(inspector, "Wire", pane.Wire(pane.Inner(inspector), x, pane.WireView{Selected: 1, Body: tree}))
		pane.Box(log, "Events", pane.Log(pane.Inner(log), 1000, logLine, 500, 503))
	}
}

func BenchmarkReview(b *testing.B) {
	f, p, form := frame(96, 34), reviewPane(), reviewForm()
	for b.Loop() {
		pane.LinkPane(f, p, form)
	}
}

func BenchmarkResults(b *testing.B) {
	f, u := frame(64, 34), account()
	for b.Loop() {
		pane.Identity(f, u, flow.ProofWebhook, nil, 1)
		pane.History(f, u)
		pane.Items(f, u, nil, 0)
	}
}
