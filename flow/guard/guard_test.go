package guard

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func TestPanicsReachTheHandler(t *testing.T) {
	panics := make(chan Panic, 1)
	defer Handle(func(p Panic) { panics <- p })()
	Go(func() { panic("gone") })
	if p := <-panics; p.Cause != "gone" || p.Survived || !strings.Contains(string(p.Stack), "guard_test.go") {
		t.Errorf("got %v\n%s", p.Cause, p.Stack)
	}
	Func(func() {})()
	func() {
		defer func() { Survived(recover()) }()
		panic("answered")
	}()
	if p := <-panics; p.Cause != "answered" || !p.Survived {
		t.Errorf("got %+v", p)
	}
	answer := httptest.NewRecorder()
	Handler(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic("asked") })).ServeHTTP(answer, httptest.NewRequest(http.MethodGet, "/", nil))
	if p := <-panics; p.Cause != "asked" || !p.Survived || answer.Code != http.StatusInternalServerError {
		t.Errorf("got %+v and status %d", p, answer.Code)
	}
}

func TestWithoutAHandlerAPanicIsAPanic(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("it is lost")
		}
	}()
	Func(func() { panic("gone") })()
}
