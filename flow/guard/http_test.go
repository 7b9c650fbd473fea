package guard

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"
)

// Over a socket: whoever asks must not take a broken answer for a whole one.
func TestAnAnswerThatBreaksDown(t *testing.T) {
	for _, test := range []struct {
		name   string
		answer func(w http.ResponseWriter)
		status int // 0: none comes
		whole  bool
		told   any
	}{
		{"before it began", func(http.ResponseWriter) { panic("broken") }, 500, true, "broken"},
		{"after a header was set", func(w http.ResponseWriter) { w.Header().Set("Content-Length", "2"); panic("broken") }, 500, true, "broken"},
		{"after it said that one will come", func(w http.ResponseWriter) { w.WriteHeader(http.StatusEarlyHints); panic("broken") }, 500, true, "broken"},
		{"after the status", func(w http.ResponseWriter) { w.WriteHeader(http.StatusTeapot); panic("broken") }, 0, false, "broken"},
		{"after the first bytes", func(w http.ResponseWriter) { _, _ = io.WriteString(w, `{"first":1,`); panic("broken") }, 0, false, "broken"},
		{"after they were sent", func(w http.ResponseWriter) {
			_, _ = io.WriteString(w, `{"first":1,`)
			_ = http.NewResponseController(w).Flush()
			panic("broken")
		}, 200, false, "broken"},
		{"after the headers were sent", func(w http.ResponseWriter) { _ = http.NewResponseController(w).Flush(); panic("broken") }, 200, false, "broken"},
		{"on purpose", func(http.ResponseWriter) { panic(http.ErrAbortHandler) }, 0, false, nil},
		{"not at all", func(w http.ResponseWriter) {
			_ = http.NewResponseController(w).SetWriteDeadline(time.Time{})
			_, _ = io.WriteString(w, "fine")
		}, 200, true, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			var told any
			defer Handle(func(p Panic) { told = p.Cause })()
			server := httptest.NewServer(Handler(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { test.answer(w) })))
			got, err := http.Get(server.URL)
			status, body := 0, []byte(nil)
			if err == nil {
				status = got.StatusCode
				body, err = io.ReadAll(got.Body)
				_ = got.Body.Close()
			}
			server.Close()
			if status != test.status || (err == nil) != test.whole || told != test.told {
				t.Errorf("status %d, %q, %v; told of %v", status, body, err, told)
			}
			if !test.whole && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
				t.Errorf("it ended with %v", err)
			}
		})
	}
}

// What a handler may do with a connection, it may still do.
func TestTheControllerOfAnAnswer(t *testing.T) {
	told := make(chan []error, 1) // who hijacks outlives server.Close
	server := httptest.NewServer(Handler(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		rc := http.NewResponseController(w)
		errs := []error{rc.SetReadDeadline(time.Time{}), rc.SetWriteDeadline(time.Time{}), rc.EnableFullDuplex()}
		conn, _, err := rc.Hijack()
		if errs = append(errs, err); err == nil {
			_ = conn.Close()
		}
		told <- errs
	})))
	if answer, err := http.Get(server.URL); err == nil {
		_ = answer.Body.Close()
	}
	server.Close()
	errs := <-told
	if err := errors.Join(errs...); err != nil || len(errs) != 4 {
		t.Error(err)
	}
}
