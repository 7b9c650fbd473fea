package tui

import (
	"strings"
	"testing"
)

// draw draws a layout's rectangles as text, one letter for each part.
func draw(l layout, w, h int) string {
	cells := make([][]byte, h)
	for y := range cells {
		cells[y] = []byte(strings.Repeat(".", w))
	}
	paint := func(r rect, c byte) {
		for y := r.y; y < r.y+r.h; y++ {
			for x := r.x; x < r.x+r.w; x++ {
				if cells[y][x] != '.' {
					c = '#' // two parts on one cell
				}
				cells[y][x] = c
			}
		}
	}
	paint(l.rail, 'r')
	paint(l.banner, 'b')
	paint(l.tabs, 't')
	for id, r := range l.panes {
		paint(r, "SIHTNL"[id])
	}
	paint(l.footer, 'f')
	// One letter for ten columns and two lines is enough to read.
	var b strings.Builder
	for y := range cells {
		if y%2 == 1 && y < h-3 && y > 4 {
			continue
		}
		for x := 0; x < w; x += 10 {
			b.WriteByte(cells[y][x])
		}
		b.WriteByte('\n')
	}
	return b.String()
}

func TestLayouts(t *testing.T) {
	for _, c := range []struct {
		name    string
		w, h    int
		results bool
		focus   paneID
		want    string
	}{
		{"narrow", 80, 24, false, paneStage, `
rrrrrrrr
tttttttt
SSSSSSSS
SSSSSSSS
SSSSSSSS
SSSSSSSS
SSSSSSSS
SSSSSSSS
SSSSSSSS
SSSSSSSS
SSSSSSSS
SSSSSSSS
SSSSSSSS
SSSSSSSS
SSSSSSSS
ffffffff`},
		{"narrow, the end", 80, 20, true, paneHistory, `
rrrrrrrr
bbbbbbbb
bbbbbbbb
tttttttt
HHHHHHHH
HHHHHHHH
HHHHHHHH
HHHHHHHH
HHHHHHHH
HHHHHHHH
HHHHHHHH
HHHHHHHH
HHHHHHHH
ffffffff`},
		{"wide", 120, 36, false, paneLog, `
rrrrrrrrrrrr
SSSSSSSNNNNN
SSSSSSSNNNNN
SSSSSSSNNNNN
SSSSSSSNNNNN
SSSSSSSNNNNN
SSSSSSSNNNNN
SSSSSSSNNNNN
SSSSSSSNNNNN
SSSSSSSNNNNN
SSSSSSSNNNNN
SSSSSSSNNNNN
SSSSSSSNNNNN
SSSSSSSNNNNN
SSSSSSSNNNNN
LLLLLLLLLLLL
LLLLLLLLLLLL
LLLLLLLLLLLL
LLLLLLLLLLLL
LLLLLLLLLLLL
LLLLLLLLLLLL
ffffffffffff`},
		{"just wide, the end", 100, 30, true, paneIdentity, `
rrrrrrrrrr
bbbbbbbbbb
bbbbbbbbbb
IIIIIHHHHH
IIIIIHHHHH
IIIIIHHHHH
IIIIIHHHHH
IIIIIHHHHH
IIIIITTTTT
IIIIITTTTT
IIIIITTTTT
IIIIITTTTT
LLLLLLNNNN
LLLLLLNNNN
LLLLLLNNNN
LLLLLLNNNN
LLLLLLNNNN
LLLLLLNNNN
ffffffffff`},
		{"wide, the end", 120, 36, true, paneIdentity, `
rrrrrrrrrrrr
bbbbbbbbbbbb
bbbbbbbbbbbb
IIIIHHHHTTTT
IIIIHHHHTTTT
IIIIHHHHTTTT
IIIIHHHHTTTT
IIIIHHHHTTTT
IIIIHHHHTTTT
IIIIHHHHTTTT
IIIIHHHHTTTT
IIIIHHHHTTTT
IIIIHHHHTTTT
IIIIHHHHTTTT
LLLLLLLNNNNN
LLLLLLLNNNNN
LLLLLLLNNNNN
LLLLLLLNNNNN
LLLLLLLNNNNN
LLLLLLLNNNNN
LLLLLLLNNNNN
ffffffffffff`},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := draw(layOut(c.w, c.h, c.results, c.focus, false), c.w, c.h)
			if strings.TrimSpace(got) != strings.TrimSpace(c.want) {
				t.Errorf("got\n%s", got)
			}
		})
	}
}

// Whatever the size, the parts cover the window and none lies on another.
func TestLayoutTiles(t *testing.T) {
	oneAtATime(t)
	for w := 1; w <= 220; w += 3 {
		for h := 1; h <= 70; h += 4 {
			for _, results := range []bool{false, true} {
				for _, focus := range panesOf(results) {
					l := layOut(w, h, results, focus, false)
					if l.tooSmall {
						continue
					}
					area := l.rail.w*l.rail.h + l.banner.w*l.banner.h + l.tabs.w*l.tabs.h + l.footer.w*l.footer.h
					for _, r := range l.panes {
						if r.w < 0 || r.h < 0 || r.x+r.w > w || r.y+r.h > h {
							t.Fatalf("%d×%d: a pane leaves the window: %+v", w, h, r)
						}
						area += r.w * r.h
					}
					if area != w*h {
						t.Fatalf("%d×%d results=%v: the parts have %d cells, the window %d", w, h, results, area, w*h)
					}
					if (l.narrow || w*h < 20000) && strings.ContainsAny(draw(l, w, h), ".#") {
						t.Fatalf("%d×%d results=%v: gaps or overlaps:\n%s", w, h, results, draw(l, w, h))
					}
				}
			}
		}
	}
}
