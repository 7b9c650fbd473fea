package screen

import (
	"io"
	"os"
	"sync"
	"time"

	"github.com/muesli/cancelreader"

	"layersim/flow/guard"
)

// mostAhead is how much is read that the program has not taken.
const mostAhead = 64 << 10

// Keyboard reads what a terminal sends before the program does, so that Ctrl-C
// is known of even when the program hangs, and hands on what is keys.
type Keyboard struct {
	in          cancelreader.CancelReader
	interrupted func()
	ended       chan struct{} // closed when nothing is read any more

	mu    sync.Mutex
	more  sync.Cond // something was read, taken or closed
	sift  sift
	ahead []byte
	err   error
	late  *time.Timer // until what is held is given up
}

// OpenKeyboard begins to read. interrupted is called for each Ctrl-C, wherever
// the program stands. Close it.
func OpenKeyboard(in *os.File, interrupted func()) (*Keyboard, error) {
	r, err := cancelreader.NewReader(in)
	if err != nil {
		return nil, err
	}
	return newKeyboard(r, interrupted), nil
}

func newKeyboard(r cancelreader.CancelReader, interrupted func()) *Keyboard {
	k := &Keyboard{in: r, interrupted: interrupted, ended: make(chan struct{})}
	k.more.L = &k.mu
	guard.Go(k.read)
	return k
}

func (k *Keyboard) read() {
	defer close(k.ended)
	buf := make([]byte, 4096)
	for {
		n, err := k.in.Read(buf)
		for range k.took(buf[:n], err) {
			k.interrupted()
		}
		if err != nil {
			return
		}
	}
}

// took keeps what was read, and returns how often it was Ctrl-C.
func (k *Keyboard) took(b []byte, err error) int {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.late != nil {
		k.late.Stop()
	}
	k.sift.interrupts = 0
	if len(b) > 0 {
		k.ahead = append(k.ahead, k.sift.take(b, time.Now())...)
	}
	if k.err == nil {
		k.err = err
	}
	if k.sift.holds() {
		k.late = time.AfterFunc(lapse, guard.Func(k.lapsed))
	}
	k.more.Broadcast()
	for len(k.ahead) > mostAhead && k.err == nil {
		k.more.Wait()
	}
	return k.sift.interrupts
}

func (k *Keyboard) lapsed() {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.sift.holds() && time.Since(k.sift.at) >= lapse {
		k.ahead = append(k.ahead, k.sift.lapsed()...)
		k.more.Broadcast()
	}
}

// Read returns what was typed or pasted.
func (k *Keyboard) Read(p []byte) (int, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	for len(k.ahead) == 0 && k.err == nil {
		k.more.Wait()
	}
	if len(k.ahead) == 0 {
		return 0, k.err
	}
	n := copy(p, k.ahead)
	if k.ahead = k.ahead[n:]; len(k.ahead) == 0 {
		k.ahead = nil
	}
	k.more.Broadcast()
	return n, nil
}

// Close ends reading. What is typed from then on is another's.
func (k *Keyboard) Close() {
	k.mu.Lock()
	k.ahead, k.err = nil, io.EOF
	if k.late != nil {
		k.late.Stop()
	}
	k.more.Broadcast()
	k.mu.Unlock()
	if k.in.Cancel() { // else it reads once more, and that read has no end
		<-k.ended
		_ = k.in.Close()
	}
}
