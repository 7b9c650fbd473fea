package plaidsim

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
)

// Transport returns a way to the simulator without a socket: the handler is
// called directly, whatever host the URL names. It honours the request's
// context and works inside testing/synctest.
func (s *Sim) Transport() http.RoundTripper { return transport{s} }

type transport struct{ sim *Sim }

// RoundTrip answers one request.
func (t transport) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Body != nil {
		defer func() { _ = r.Body.Close() }() // RoundTripper must close it
	}
	ctx := r.Context()
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	in := *r // as a server would see it
	if in.Body == nil {
		in.Body = http.NoBody
	}
	if in.Host == "" {
		in.Host = r.URL.Host
	}
	if in.Header == nil {
		in.Header = http.Header{}
	}
	w := &recorder{header: http.Header{}}
	aborted := t.serve(w, &in)
	if err := cmp.Or(ctx.Err(), w.gaveUp); err != nil {
		return nil, err
	}
	if aborted && w.status == 0 {
		return nil, errClosed
	}
	w.WriteHeader(http.StatusOK)
	body := io.Reader(bytes.NewReader(w.body.Bytes()))
	length := int64(w.body.Len())
	if aborted {
		body = io.MultiReader(body, brokenOff{})
		length, _ = strconv.ParseInt(w.header.Get("Content-Length"), 10, 64)
	}
	return &http.Response{
		Status:     fmt.Sprintf("%d %s", w.status, http.StatusText(w.status)),
		StatusCode: w.status,
		Proto:      "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header:        w.header,
		Body:          io.NopCloser(body),
		ContentLength: length,
		Request:       r,
	}, nil
}

// errClosed is what a client sees of a connection that was closed on it.
var errClosed = errors.New("the simulator closed the connection without an answer")

// serve calls the handler and reports whether it broke off, as it does with
// http.ErrAbortHandler on a socket.
func (t transport) serve(w http.ResponseWriter, r *http.Request) (aborted bool) {
	defer func() {
		switch why := recover(); why {
		case nil:
		case http.ErrAbortHandler:
			aborted = true
		default:
			panic(why)
		}
	}()
	t.sim.ServeHTTP(w, r)
	return false
}

// brokenOff is the end of a body that is not its end.
type brokenOff struct{}

func (brokenOff) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

// recorder keeps what a handler writes.
type recorder struct {
	header http.Header
	status int
	body   bytes.Buffer
	gaveUp error // why the caller waits no longer
}

func (w *recorder) Header() http.Header { return w.header }

func (w *recorder) WriteHeader(status int) {
	if w.status == 0 {
		w.status = status
	}
}

func (w *recorder) Write(b []byte) (int, error) {
	w.WriteHeader(http.StatusOK)
	return w.body.Write(b)
}
