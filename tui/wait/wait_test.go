package wait_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"layersim/tui/wait"
)

func TestNext(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	stream := make(chan int, 1)
	stream <- 7
	if got := wait.Next(ctx, stream, "over")(); got != 7 {
		t.Errorf("the value is %v", got)
	}
	close(stream)
	if got := wait.Next(ctx, stream, "over")(); got != "over" {
		t.Errorf("of a closed stream comes %v", got)
	}
	if got := wait.Next(ctx, stream, nil)(); got != nil {
		t.Errorf("of a closed stream comes %v, and nothing was asked for", got)
	}
	stop()
	if got := wait.Next(ctx, make(chan int), "over")(); got != nil {
		t.Errorf("after the end comes %v", got)
	}
}

func TestFor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, stop := context.WithCancel(t.Context())
		began := time.Now()
		if got := wait.For(ctx, time.Minute, "now")(); got != "now" || time.Since(began) != time.Minute {
			t.Errorf("%v after %s", got, time.Since(began))
		}
		stop()
		if got := wait.For(ctx, time.Hour, "now")(); got != nil || time.Since(began) != time.Minute {
			t.Errorf("after the end: %v after %s", got, time.Since(began))
		}
	})
}
