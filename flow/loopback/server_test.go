package loopback

import (
	"errors"
	"net"
	"testing"
	"testing/synctest"
	"time"
)

// fewer is a listener whose every Accept is scripted.
type fewer struct {
	net.Listener
	next chan error // nil is a connection
	gone chan struct{}
}

func (f fewer) Accept() (net.Conn, error) {
	select {
	case err := <-f.next:
		if err != nil {
			return nil, err
		}
		ours, _ := net.Pipe()
		return ours, nil
	case <-f.gone:
		return nil, net.ErrClosed
	}
}

func (f fewer) Close() error { close(f.gone); return nil }

type accepted struct {
	conn net.Conn
	err  error
}

func accept(l net.Listener) <-chan accepted {
	got := make(chan accepted, 1)
	go func() {
		conn, err := l.Accept()
		got <- accepted{conn, err}
	}()
	return got
}

func TestLimit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		inner := fewer{next: make(chan error, 8), gone: make(chan struct{})}
		l := Limit(inner, 1)
		// One that fails takes no room, however often.
		trouble := errors.New("too many open files")
		for range 3 {
			inner.next <- trouble
			if got := <-accept(l); !errors.Is(got.err, trouble) {
				t.Fatalf("got %v", got.err)
			}
		}
		inner.next <- nil
		first := <-accept(l)
		inner.next <- nil
		second := accept(l)
		synctest.Wait()
		if len(second) != 0 || len(inner.next) != 1 {
			t.Fatal("there is no room for a second one")
		}
		// The room comes back once, however often it is closed.
		_ = first.conn.Close()
		_ = first.conn.Close()
		got := <-second
		if got.err != nil {
			t.Fatal(got.err)
		}
		inner.next <- nil
		third := accept(l)
		synctest.Wait()
		if len(third) != 0 {
			t.Fatal("a connection that is closed twice made room twice")
		}
		// Nobody waits for room at a listener that is closed.
		if err := l.Close(); err != nil {
			t.Fatal(err)
		}
		if got := <-third; !errors.Is(got.err, net.ErrClosed) {
			t.Errorf("it ended with %v", got.err)
		}
		_ = got.conn.Close()
	})
}

// While there is room, Close ends the Accept below.
func TestLimitIsClosedWhileItWaits(t *testing.T) {
	l, err := Listen(t.Context(), "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l = Limit(l, 1)
	got := accept(l)
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	select {
	case a := <-got:
		if !errors.Is(a.err, net.ErrClosed) {
			t.Errorf("it ended with %v", a.err)
		}
	case <-time.After(10 * time.Second):
		t.Error("it still waits")
	}
}
