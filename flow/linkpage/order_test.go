package linkpage

import (
	"testing"
	"time"

	"layersim/flow"
)

// The load that is told that an earlier one's onSuccess arrived has been told
// before that Link is over: else it would call everything once more.
func TestTheEndGoesOutBeforeItsAcknowledgement(t *testing.T) {
	p := New(Options{Now: func() time.Time { return time.Unix(0, 0) }, Emit: func(flow.Event) {}})
	p.known[1] = true
	list := &calls{handler: 1}
	p.stage = stage{handler: 1, calls: list}
	p.want(list, call{kind: callCreate})
	p.tabs.join("old")
	now, _ := p.tabs.join("now")
	p.news(now)
	// Both wait for the lock so long, and in vain, that it is then handed from one
	// to the other: if the first lets go of it in between, the second gets it.
	p.mu.Lock()
	taken, told := make(chan bool), make(chan []outgoing)
	go func() {
		p.take(now, []byte(`{"kind":"success","seq":1,"handler":1,"instance":"old","public_token":"profile-sandbox-1"}`))
		close(taken)
	}()
	<-time.After(20 * time.Millisecond)
	go func() { told <- p.news(now) }()
	<-time.After(20 * time.Millisecond)
	p.mu.Unlock()
	p.mu.Lock()
	<-time.After(20 * time.Millisecond)
	p.mu.Unlock()
	all := <-told
	<-taken
	if all = append(all, p.news(now)...); len(all) != 2 || all[0].End != endSuccess || all[1].Kind != "ack" {
		t.Errorf("told: %+v", all)
	}
}

// A load that cannot be remembered is refused; none is forgotten for it.
func TestTooManyLoadsAreRefused(t *testing.T) {
	var known tabs
	first, _ := known.join("first")
	for number := range maxTabs - 1 {
		known.find(string(rune('a'+number%26)) + time.Duration(number).String())
	}
	if c, _ := known.join("one more"); c != nil {
		t.Errorf("one more became number %d", c.tab.number)
	}
	if again, _ := known.join("first"); again == nil || again.tab != first.tab {
		t.Error("the first is not known any more")
	}
}
