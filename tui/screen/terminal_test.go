package screen

import (
	"strings"
	"sync"

	"github.com/charmbracelet/x/ansi"
)

// terminal is what a terminal does with the few sequences that Screen writes.
// It clamps and overwrites as real ones do, so that a line written to a row
// that is not there spoils the last one.
type terminal struct {
	mu            sync.Mutex
	width, height int
	cells         [][]string // "" is the second half of a wide letter
	x, y          int
	alt, wrap     bool
	cursor, paste bool
	title         string
	modes         map[int]bool
	shape         int
	writes        int
	strange       []string // what it does not understand
	stuck         chan struct{}
}

func newTerminal(w, h int) *terminal {
	t := &terminal{cursor: true, wrap: true, modes: map[int]bool{}}
	t.resize(w, h)
	return t
}

// resize leaves rubbish behind: what a terminal makes of its lines is its own
// business.
func (t *terminal) resize(w, h int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.width, t.height = w, h
	t.cells = make([][]string, h)
	for y := range t.cells {
		t.cells[y] = strings.Split(strings.Repeat("#", w), "")
	}
	t.x, t.y = min(t.x, w-1), min(t.y, h-1)
}

// text is what the terminal shows.
func (t *terminal) text() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	lines := make([]string, t.height)
	for y, row := range t.cells {
		lines[y] = strings.Join(row, "")
	}
	return strings.Join(lines, "\n")
}

func (t *terminal) Write(p []byte) (int, error) {
	if t.stuck != nil {
		<-t.stuck
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.writes++
	parser := ansi.NewParser()
	state := byte(0)
	for rest := string(p); rest != ""; {
		seq, width, n, next := ansi.DecodeSequence(rest, state, parser)
		state, rest = next, rest[n:]
		switch {
		case ansi.HasCsiPrefix(seq):
			t.csi(seq, parser)
		case ansi.HasOscPrefix(seq):
			if title, ok := strings.CutPrefix(seq, "\x1b]2;"); ok {
				t.title = strings.TrimRight(title, "\x07")
			}
		case width > 0:
			t.put(seq, width)
		default:
			t.strange = append(t.strange, seq)
		}
	}
	return len(p), nil
}

func (t *terminal) put(letter string, width int) {
	if t.x+width > t.width { // no wrapping: the last cells are overwritten
		t.x = max(t.width-width, 0)
	}
	for i := range width {
		t.halve(t.x + i)
	}
	t.cells[t.y][t.x] = letter
	for i := 1; i < width; i++ {
		t.cells[t.y][t.x+i] = ""
	}
	t.x += width
}

// halve blanks the other half of a wide letter of which a cell is overwritten.
func (t *terminal) halve(x int) {
	row := t.cells[t.y]
	if row[x] == "" && x > 0 {
		row[x-1] = " "
	}
	if x+1 < t.width && row[x+1] == "" {
		row[x+1] = " "
	}
	row[x] = " "
}

func (t *terminal) erase(y, from int) {
	for x := from; x < t.width; x++ {
		t.cells[y][x] = " "
	}
}

func (t *terminal) csi(seq string, p *ansi.Parser) {
	first, _ := p.Param(0, 0)
	switch seq[len(seq)-1] {
	case 'H':
		row, _ := p.Param(0, 1)
		col, _ := p.Param(1, 1)
		t.y, t.x = min(max(row, 1), t.height)-1, min(max(col, 1), t.width)-1
	case 'K':
		from := min(t.x, t.width-1) // a cursor that hangs at the end stands on it
		if first == 2 {
			from = 0
		}
		t.erase(t.y, from)
	case 'J':
		for y := range t.cells {
			t.erase(y, 0)
		}
	case 'm':
	case 'q':
		t.shape = first
	case 'h', 'l':
		t.mode(first, seq[len(seq)-1] == 'h')
	default:
		t.strange = append(t.strange, seq)
	}
}

func (t *terminal) mode(mode int, on bool) {
	switch mode {
	case 7:
		t.wrap = on
	case 25:
		t.cursor = on
	case 1049:
		t.alt = on
	case 2004:
		t.paste = on
	case 2026:
	default:
		t.modes[mode] = on
	}
}
