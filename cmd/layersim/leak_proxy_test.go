package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/binary"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"sync"
	"testing"

	"github.com/chromedp/chromedp"
)

// tap stands between the browser and everything it speaks to, and keeps what
// was said, by host. The browser sends even what is on this machine through it.
type tap struct {
	server *httptest.Server
	ctx    context.Context
	mu     sync.Mutex
	hosts  map[string]*said
}

// said is what a host and the browser said to each other. down is served by the
// host: answers with their headers; messages are those of a WebSocket.
type said struct{ down, up, messagesDown, messagesUp bytes.Buffer }

func newTap(t *testing.T) *tap {
	t.Helper()
	p := &tap{ctx: t.Context(), hosts: map[string]*said{}}
	p.server = httptest.NewServer(p)
	t.Cleanup(p.server.Close)
	return p
}

// flags lead a browser through the tap.
func (p *tap) flags() []chromedp.ExecAllocatorOption {
	return []chromedp.ExecAllocatorOption{chromedp.ProxyServer(p.server.URL), chromedp.Flag("proxy-bypass-list", "<-loopback>")}
}

func (p *tap) keep(host string, keep func(s *said)) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.hosts[host] == nil {
		p.hosts[host] = &said{}
	}
	keep(p.hosts[host])
}

// of returns what was said with a host so far.
func (p *tap) of(host string) (down, up, messagesDown, messagesUp []byte) {
	p.keep(host, func(s *said) {
		down, up = bytes.Clone(s.down.Bytes()), bytes.Clone(s.up.Bytes())
		messagesDown, messagesUp = bytes.Clone(s.messagesDown.Bytes()), bytes.Clone(s.messagesUp.Bytes())
	})
	return down, up, messagesDown, messagesUp
}

func (p *tap) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method == http.MethodConnect {
		p.tunnel(w, r)
		return
	}
	out := r.Clone(r.Context())
	out.RequestURI = ""
	out.Header.Del("Accept-Encoding") // plain bodies can be searched
	out.Header.Del("Proxy-Connection")
	asked, _ := httputil.DumpRequestOut(r.Clone(r.Context()), false)
	answer, err := (&http.Transport{DisableCompression: true, DisableKeepAlives: true}).RoundTrip(out)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadGateway)
		return
	}
	defer func() { _ = answer.Body.Close() }()
	head, _ := httputil.DumpResponse(answer, false)
	body, _ := io.ReadAll(answer.Body)
	p.keep(r.Host, func(s *said) {
		s.up.Write(asked)
		s.down.Write(head)
		s.down.Write(body)
	})
	for name, values := range answer.Header {
		w.Header()[name] = values
	}
	w.WriteHeader(answer.StatusCode)
	_, _ = w.Write(body)
}

// tunnel is how a browser asks for a WebSocket, or for TLS, which stays sealed.
func (p *tap) tunnel(w http.ResponseWriter, r *http.Request) {
	var dialer net.Dialer
	there, err := dialer.DialContext(p.ctx, "tcp", r.Host)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadGateway)
		return
	}
	here, buffered, err := w.(http.Hijacker).Hijack()
	if err != nil {
		_ = there.Close()
		return
	}
	_, _ = io.WriteString(here, "HTTP/1.1 200 Connection established\r\n\r\n")
	go func() {
		p.listen(r.Host, io.TeeReader(there, here), func(s *said) (head, messages *bytes.Buffer) { return &s.down, &s.messagesDown })
		_ = here.Close()
	}()
	p.listen(r.Host, io.TeeReader(buffered, there), func(s *said) (head, messages *bytes.Buffer) { return &s.up, &s.messagesUp })
	_ = there.Close()
}

// listen keeps one direction of a tunnel: the head of HTTP, then messages.
func (p *tap) listen(host string, from io.Reader, where func(*said) (head, messages *bytes.Buffer)) {
	in := bufio.NewReader(from)
	for {
		line, err := in.ReadBytes('\n')
		p.keep(host, func(s *said) { head, _ := where(s); head.Write(line) })
		if err != nil {
			return
		}
		if len(bytes.TrimSpace(line)) == 0 {
			break
		}
	}
	for {
		content, err := readFrame(in)
		p.keep(host, func(s *said) { _, messages := where(s); messages.Write(content) })
		if err != nil {
			_, _ = io.Copy(io.Discard, in)
			return
		}
	}
}

// readFrame reads one frame of a WebSocket and takes its mask off (RFC 6455,
// section 5.2).
func readFrame(in io.Reader) ([]byte, error) {
	var head [2]byte
	if _, err := io.ReadFull(in, head[:]); err != nil {
		return nil, err
	}
	size := uint64(head[1] & 0x7f)
	extended := map[uint64]int{126: 2, 127: 8}[size]
	if extended > 0 {
		var long [8]byte
		if _, err := io.ReadFull(in, long[8-extended:]); err != nil {
			return nil, err
		}
		size = binary.BigEndian.Uint64(long[:])
	}
	var mask [4]byte
	if head[1]&0x80 != 0 {
		if _, err := io.ReadFull(in, mask[:]); err != nil {
			return nil, err
		}
	}
	content, err := io.ReadAll(io.LimitReader(in, int64(size)))
	for i := range content {
		content[i] ^= mask[i%4]
	}
	return append(content, '\n'), err
}
