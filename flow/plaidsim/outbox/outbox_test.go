package outbox

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

var start = time.Date(2026, 4, 1, 12, 0, 0, 0, time.UTC)

// clock is a clock that stands until it is moved.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// answers is a transport that gives every request one status; 0 hangs.
type answers int

func (a answers) RoundTrip(r *http.Request) (*http.Response, error) {
	if a == 0 {
		<-r.Context().Done()
		return nil, r.Context().Err()
	}
	return &http.Response{StatusCode: int(a), Body: http.NoBody, Header: http.Header{}, Request: r}, nil
}

func TestNextAttempt(t *testing.T) {
	now, first := start, start
	var waited []time.Duration
	for n := 1; ; n++ {
		at, ok := nextAttempt(first, now, n)
		if !ok {
			break
		}
		waited = append(waited, at.Sub(now))
		now = at
	}
	want := []time.Duration{30 * time.Second, 2 * time.Minute, 8 * time.Minute, 32 * time.Minute, 128 * time.Minute, 512 * time.Minute}
	if !slices.Equal(waited, want) {
		t.Errorf("%v", waited)
	}
	// Slow receivers use up the day as well.
	if _, ok := nextAttempt(first, first.Add(24*time.Hour-29*time.Second), 1); ok {
		t.Error("an attempt after the day was over")
	}
	if _, ok := nextAttempt(first, first.Add(24*time.Hour-30*time.Second), 1); !ok {
		t.Error("no attempt within the day")
	}
}

func TestSuspension(t *testing.T) {
	fill := func(ok, rejected int) (h health) {
		for range ok {
			h = h.add(start, true)
		}
		for range rejected {
			h = h.add(start, false)
		}
		return h
	}
	for _, test := range []struct {
		ok, rejected int
		want         bool
	}{{0, 19, false}, {0, 20, true}, {2, 18, false}, {1, 19, true}, {10, 90, false}, {9, 91, true}, {100, 0, false}} {
		h := fill(test.ok, test.rejected)
		if got := h.suspended(start.Add(time.Hour)); got != test.want {
			t.Errorf("%d accepted, %d rejected: %v", test.ok, test.rejected, got)
		}
		if h.suspended(start.Add(24 * time.Hour)) {
			t.Errorf("%d accepted, %d rejected: still suspended a day later", test.ok, test.rejected)
		}
	}
	h := fill(0, 2000)
	if len(h.attempts) > longestMemory {
		t.Errorf("%d attempts are remembered", len(h.attempts))
	}
	before := fill(0, 20)
	if before.add(start, true); len(before.attempts) != 20 {
		t.Error("add changed its receiver")
	}
}

func TestKeysFollowFromTheSeed(t *testing.T) {
	one, same, other := newRing([32]byte{1}, start), newRing([32]byte{1}, start), newRing([32]byte{2}, start)
	if one.current().public != same.current().public {
		t.Error("one seed, two keys")
	}
	if one.current().public.Kid == other.current().public.Kid || one.current().public.X == other.current().public.X {
		t.Error("two seeds, one key")
	}
	_, a := one.rotate(start)
	_, b := same.rotate(start)
	if a != b {
		t.Error("one seed, two second keys")
	}
	kids := map[string]bool{}
	for _, k := range append(one.all(), one.stranger().public) {
		kids[k.Kid] = true
		if len(k.X) != 43 || len(k.Y) != 43 || len(k.Kid) != 36 {
			t.Errorf("%+v", k)
		}
	}
	if len(kids) != 3 {
		t.Errorf("%v", kids)
	}
	if _, _, ok := one.ask(one.stranger().public.Kid); ok {
		t.Error("the stranger's key is given out")
	}
	for range 2 * maxKeys {
		one.rotate(start)
	}
	if n := len(one.all()); n != maxKeys {
		t.Errorf("%d keys are kept", n)
	}
}

func TestMemoryIsBounded(t *testing.T) {
	c := &clock{now: start}
	var dropped int
	o := New(Config{Now: c.Now, Transport: answers(500), Report: func(r Report) {
		if r.State == Dropped {
			dropped++
			if r.Error == "" {
				t.Error("dropped without a reason")
			}
		}
	}})
	defer o.Close()
	const more = 300
	for i := range maxDeliveries + more {
		// Different hosts, so that none is suspended.
		o.Send(start, Webhook{Lane: fmt.Sprint(i), Target: fmt.Sprintf("http://h%d.localhost/", i), Body: []byte("{}")})
	}
	if err := o.Settle(t.Context()); err != nil {
		t.Fatal(err)
	}
	if n := len(o.Deliveries()); n != maxDeliveries || dropped != more {
		t.Errorf("%d are kept, %d were dropped", n, dropped)
	}
	if first := o.Deliveries()[0]; first.ID != more+1 {
		t.Errorf("the oldest kept is %d", first.ID)
	}
	if len(o.waiting) != maxDeliveries || len(o.health) > maxTargets || len(o.busy) != 0 || len(o.targets) != 0 {
		t.Errorf("waiting %d, health %d, busy %d, targets %d", len(o.waiting), len(o.health), len(o.busy), len(o.targets))
	}
	// What is over goes before what waits.
	o.cfg.Transport = nil
	o.client.Transport = answers(200)
	c.advance(30 * time.Second)
	o.Wake()
	if err := o.Settle(t.Context()); err != nil {
		t.Fatal(err)
	}
	dropped = 0
	for i := range more {
		o.Send(c.Now(), Webhook{Lane: fmt.Sprint(i), Target: "http://localhost/", Body: []byte("{}")})
	}
	if n := len(o.Deliveries()); n != maxDeliveries || dropped != 0 {
		t.Errorf("%d are kept, %d were dropped", n, dropped)
	}
}

func TestAttemptsAtOnceAreBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := New(Config{Now: time.Now, Transport: answers(0)})
		for i := range 1000 {
			o.Send(time.Now(), Webhook{Lane: fmt.Sprint(i), Target: fmt.Sprintf("http://h%d.localhost/", i/100), Body: []byte("{}")})
		}
		synctest.Wait()
		o.mu.Lock()
		underWay, one := o.underWay, o.targets["http://h0.localhost"]
		o.mu.Unlock()
		if underWay != maxUnderWay || one != maxPerTarget {
			t.Errorf("%d at once, %d to one target", underWay, one)
		}
		o.Close()
		if o.underWay != 0 {
			t.Errorf("%d after Close", o.underWay)
		}
		o.Send(time.Now(), Webhook{Lane: "late", Target: "http://localhost/", Body: []byte("{}")})
		o.Wake()
		o.Close()
		time.Sleep(time.Hour)
		if o.underWay != 0 {
			t.Error("something is sent after Close")
		}
	})
}

func TestSettleGivesUpWithItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := New(Config{Now: time.Now, Transport: answers(0)})
		defer o.Close()
		o.Send(time.Now(), Webhook{Lane: "a", Target: "http://localhost/", Body: []byte("{}")})
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if err := o.Settle(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("%v", err)
		}
		// It is settled once the attempt has timed out and waits for the next.
		if err := o.Settle(t.Context()); err != nil {
			t.Error(err)
		}
	})
}

// Keys may be reset while an expired one is looked for.
func TestAnExpiredKeyIsFoundDuringResets(t *testing.T) {
	r := newRing([32]byte{1}, start)
	var wg sync.WaitGroup
	wg.Go(func() {
		for range 20_000 {
			r.reset(start)
		}
	})
	for range 20_000 {
		if k := r.retired(start); k.public.ExpiredAt == nil {
			t.Error("it has not expired")
			break
		}
	}
	wg.Wait()
}
