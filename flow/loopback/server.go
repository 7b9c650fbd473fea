package loopback

import (
	"io"
	"log"
	"net"
	"net/http"
	"sync"
	"time"

	"layersim/flow/guard"
)

// The limits of a server. Whoever is slower, or says more, is cut off: a
// neighbour on the same machine needs none of this, and whoever wants to keep a
// server from answering others should not get far.
const (
	HeaderPatience = 5 * time.Second  // from the first byte to the end of the headers, and for a TLS handshake
	BodyPatience   = 30 * time.Second // to the end of the body
	AnswerPatience = time.Minute      // from the headers to the end of the answer
	IdlePatience   = time.Minute      // between two requests of a connection
	MaxHeader      = 16 << 10         // bytes of request line and headers; net/http adds a little
)

// NewServer returns a server with limits; every server of this program is made
// here. Give it a listener that has one too, see Limit. A handler that needs
// longer for an answer moves its deadlines (http.ResponseController).
func NewServer(h http.Handler) *http.Server {
	return &http.Server{
		Handler:           guard.Handler(h),
		ReadHeaderTimeout: HeaderPatience,
		ReadTimeout:       BodyPatience,
		WriteTimeout:      AnswerPatience,
		IdleTimeout:       IdlePatience,
		MaxHeaderBytes:    MaxHeader,
		// What a client does wrong on a connection is no line across a screen.
		ErrorLog: log.New(io.Discard, "", 0),
	}
}

// Limit returns a listener that has at most so many connections at once. More
// wait until one is closed. It belongs below TLS.
func Limit(l net.Listener, most int) net.Listener {
	return &limited{Listener: l, room: make(chan struct{}, most), closed: make(chan struct{})}
}

type limited struct {
	net.Listener
	room   chan struct{}
	once   sync.Once
	closed chan struct{}
}

// Accept waits until there is room for a connection, and for one.
func (l *limited) Accept() (net.Conn, error) {
	select {
	case l.room <- struct{}{}:
	case <-l.closed:
		return nil, net.ErrClosed
	}
	conn, err := l.Listener.Accept()
	if err != nil {
		<-l.room
		return nil, err
	}
	return &counted{Conn: conn, leave: func() { <-l.room }}, nil
}

// Close stops listening, also when there is no room.
func (l *limited) Close() error {
	l.once.Do(func() { close(l.closed) })
	return l.Listener.Close()
}

// counted makes room when it is closed.
type counted struct {
	net.Conn
	once  sync.Once
	leave func()
}

// Close closes the connection.
func (c *counted) Close() error {
	defer c.once.Do(c.leave)
	return c.Conn.Close()
}

// CloseWrite says that no more will be written, where a connection can.
func (c *counted) CloseWrite() error {
	if half, ok := c.Conn.(interface{ CloseWrite() error }); ok {
		return half.CloseWrite()
	}
	return net.ErrClosed
}
