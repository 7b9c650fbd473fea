package main

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"layersim/flow/plaidsim"
)

// busyLanes is how many Link sessions are watched side by side that never come to
// rest: each user goes to the list of banks and back again, and Link tells of
// every pane.
const busyLanes = 8

// toReview goes on to the review, where the user then hesitates.
func (p *scriptPage) toReview() *scriptPage {
	p.do("submit", "phone_number", "+14155550011")
	p.do("open", "", "")
	p.do("continue", "", "")
	p.do("code", "code", "123456")
	return p
}

// hesitate is two callbacks: a pane, and the one before again.
func (p *scriptPage) hesitate() {
	p.do("add_bank", "", "")
	p.do("back", "", "")
}

// Eight lanes with 1,000 callbacks a second altogether, each delivered at once,
// which makes 3,000 records a second: keys are answered in the midst of it, and in the end
// each lane has as many callbacks as its page was given.
func TestEightBusyLanesMissNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := startWatching(t, 160, 40, func(c *plaidsim.Config) { c.Delivery = plaidsim.Live })
		var pages []*scriptPage
		for i := range busyLanes {
			pages = append(pages, openPage(t, w.sim, fmt.Sprintf("user-%d", i)).toReview())
		}
		w.settle() // tabs are of a lane: there is none before the first records have come
		const perSecond, seconds = 1000, 2
		for n := range seconds * perSecond / (2 * busyLanes) {
			for _, p := range pages {
				p.hesitate()
			}
			const frame = 8 * time.Millisecond // tui/screen makes a view, and writes it, once in 4 ms
			if n%20 == 0 {
				w.pressed("2")
				time.Sleep(frame)
				synctest.Wait()
				w.mustShow(`● Wire`)
				w.pressed("1")
				time.Sleep(frame)
				synctest.Wait()
				w.mustShow(`● Events`)
			}
			time.Sleep(2*busyLanes*time.Second/perSecond - 2*frame)
		}
		w.settle()
		w.mustShow(`8 sessions`)
		w.mustNotShow(`missed`)
		for i := busyLanes - 1; i >= 0; i-- {
			w.mustShow(fmt.Sprintf(`user-%d ● Link: review.* #%d delivered`, i, pages[i].ack))
			w.mustNotShow(fmt.Sprintf(`#%d delivered`, pages[i].ack+1))
			w.pressed("j")
		}
		w.program.Quit()
		synctest.Wait()
	})
}
