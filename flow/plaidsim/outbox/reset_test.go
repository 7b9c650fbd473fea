package outbox

import (
	"errors"
	"fmt"
	"net/http"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// slow is a transport that answers each request with 200 after what time is
// said at that moment.
type slow struct {
	after atomic.Int64
	calls atomic.Int32
}

func (s *slow) RoundTrip(r *http.Request) (*http.Response, error) {
	s.calls.Add(1)
	select {
	case <-time.After(time.Duration(s.after.Load())):
		return answers(http.StatusOK).RoundTrip(r)
	case <-r.Context().Done():
		return nil, errors.New("cut off")
	}
}

// Lanes are named anew after a reset: what was under way before must neither
// hold up those after it nor be taken for theirs.
func TestWhatIsUnderWayAtAResetIsNobodysBusiness(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		app := &slow{}
		told := 0
		o := New(Config{Now: time.Now, Transport: app, Report: func(Report) { told++ }})
		defer o.Close()
		send := func(lane string) {
			o.Send(time.Now(), Webhook{Lane: lane, Target: "http://localhost/", Body: []byte("{}")})
			synctest.Wait()
		}
		app.after.Store(int64(5 * time.Second))
		for i := range maxPerTarget {
			send(fmt.Sprint(i))
		}
		before := time.Now()
		o.Reset(before)
		told = 0
		if err := o.Settle(t.Context()); err != nil || !time.Now().Equal(before) {
			t.Error("what was before the reset has to settle first")
		}

		app.after.Store(int64(9 * time.Second))
		app.calls.Store(0)
		send("0")
		send("0")
		if n := app.calls.Load(); n != 1 {
			t.Fatalf("%d webhooks under way in the new lane", n)
		}
		time.Sleep(6 * time.Second) // those of before are over
		synctest.Wait()
		if n := app.calls.Load(); n != 1 {
			t.Errorf("an answer from before the reset freed the new lane: %d are under way", n)
		}
		if err := o.Settle(t.Context()); err != nil {
			t.Fatal(err)
		}
		if took := time.Since(before); took != 18*time.Second {
			t.Errorf("two webhooks took %v", took)
		}
		all := o.Deliveries()
		if len(all) != 2 || all[0].ID != 1 || all[0].State != Accepted || all[1].State != Accepted || app.calls.Load() != 2 {
			t.Errorf("%d calls, %+v", app.calls.Load(), all)
		}
		if told != 4 {
			t.Errorf("%d steps of two webhooks are reported; some are of those before the reset", told)
		}
		if len(o.busy) != 0 || len(o.targets) != 0 || o.underWay != 0 {
			t.Errorf("busy %v, targets %v, under way %d", o.busy, o.targets, o.underWay)
		}
	})
}

// A clock that a reset puts back: who asked it before the reset must not send
// too early what comes after.
func TestAResetWhileSomebodyAsksTheTime(t *testing.T) {
	later, reset := start.Add(time.Hour), false
	var o *Outbox
	now := func() time.Time {
		if o != nil && !reset {
			reset = true
			o.Reset(start)
			if _, err := o.Arm(Misdelivery{Kind: Delayed}); err != nil {
				t.Error(err)
			}
			o.Send(start, Webhook{Lane: "a", Target: "http://localhost/", Body: []byte("{}")})
			return later
		}
		return start
	}
	box := New(Config{Now: now, Wall: func() time.Time { return start }, Transport: answers(200)})
	defer box.Close()
	o = box
	o.Wake()
	if err := o.Settle(t.Context()); err != nil {
		t.Fatal(err)
	}
	if all := o.Deliveries(); len(all) != 1 || all[0].State != Waiting {
		t.Errorf("%+v", all)
	}
}
