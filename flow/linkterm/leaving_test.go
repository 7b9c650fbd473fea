package linkterm_test

import (
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"layersim/flow"
	"layersim/flow/linkterm"
)

// The app has called open() and the page never came: exit() must end in onExit
// all the same, or the walk would wait for ever.
func TestExitEndsASessionThatThePageNeverOpened(t *testing.T) {
	a := newApp(t)
	a.ready(t)
	if _, err := a.link.HandOver(t.Context(), 1); err != nil {
		t.Fatal(err)
	}
	if err := a.link.Exit(t.Context(), 1); err != nil {
		t.Fatal(err)
	}
	if got, want := a.told(), "OPEN TRANSITION_VIEW:CONSENT EXIT OnExit"; got != want {
		t.Errorf("exit led to %q; want %q", got, want)
	}
	if err := a.link.Exit(t.Context(), 1); err != nil || a.told() != "" {
		t.Errorf("a second exit: %v", err)
	}
}

func TestExitBeforeOpenIsRefused(t *testing.T) {
	a := newApp(t)
	a.ready(t)
	if err := a.link.Exit(t.Context(), 1); err == nil || !strings.Contains(err.Error(), "not open") {
		t.Errorf("exit before open: %v; want the reason", err)
	}
}

// halfway answers when it is told to.
type halfway struct{ asked, answer chan struct{} }

func (h halfway) RoundTrip(*http.Request) (*http.Response, error) {
	close(h.asked)
	<-h.answer
	return &http.Response{
		StatusCode: http.StatusOK, Header: http.Header{"Content-Type": {"application/json"}},
		Body: io.NopCloser(strings.NewReader(`{"session":"key","state":"created","callbacks":[],"pane":null}`)),
	}, nil
}

func TestAHandlerDestroyedWhileItIsCreatedIsGone(t *testing.T) {
	link := halfway{make(chan struct{}), make(chan struct{})}
	var events []flow.Event
	client := linkterm.New(linkterm.Options{
		BaseURL: "http://simulator.test", Transport: link, Now: func() time.Time { return time.Time{} },
		Emit: func(e flow.Event) { events = append(events, e) },
	})
	created := make(chan error)
	go func() {
		created <- client.Create(t.Context(), flow.CreateHandler{HandlerID: 1, LinkToken: flow.NewLinkToken("link-sandbox-1")})
	}()
	<-link.asked
	client.Destroy(1)
	close(link.answer)
	if err := <-created; err == nil {
		t.Error("create of a destroyed handler succeeded")
	}
	if len(events) > 0 {
		t.Errorf("it called back: %v", events)
	}
	if err := client.Submit(t.Context(), flow.SubmitHandler{HandlerID: 1, Phone: flow.NewPhoneNumber("+14155550011")}); err == nil {
		t.Error("it can still be submitted to")
	}
}
