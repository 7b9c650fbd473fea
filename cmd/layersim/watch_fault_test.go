package main

import (
	"testing"
	"testing/synctest"
	"time"

	"layersim/flow"
	"layersim/flow/plaidsim"
)

func TestWatchingFaultsInCallbacks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := startWatching(t, 200, 50)
		w.sim.Fail(plaidsim.Fault{On: "LAYER_READY", Lose: true})
		newSomeApp(t, w.sim, "ann").create().submit("+14155550011")
		w.settle()
		w.mustShow(`LAYER_READY +lost`)
		w.mustShow(`fault 1 acts: LAYER_READY: lose`)
		w.mustNotShow(`LAYER_READY was sent`)
		hold := w.sim.Fail(plaidsim.Fault{On: "OPEN", Hold: true})
		page := openPage(t, w.sim, "bob")
		page.do("submit", "phone_number", "+14155550011")
		page.do("open", "", "")
		w.settle()
		w.mustShow(`OPEN +held`)
		w.sim.HealOne(hold)
		w.sim.Fail(plaidsim.Fault{On: "onExit", Duplicate: true})
		page.do("close", "", "")
		w.settle()
		w.mustShow(`onExit +#\d delivered .* and again as #\d`)
		w.program.Quit()
		synctest.Wait()
	})
}

func TestWatchingAFrozenClock(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := startWatching(t, 160, 40)
		w.sim.Freeze(true)
		w.sim.Advance(time.Hour)
		newSomeApp(t, w.sim, "ann").create()
		w.settle()
		w.mustShow(`its clock 2000-01-01 01:00, standing still`)
		time.Sleep(15 * time.Minute)
		w.settle()
		w.mustShow(`its clock 2000-01-01 01:00, standing still`)
		w.mustNotShow(`15 min`)
		w.program.Quit()
		synctest.Wait()
	})
}

func TestWatchingTheResetOfASession(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := startWatching(t, 160, 40)
		app := newSomeApp(t, w.sim, "ann").create().submit("+14155550011").open().share().fetch()
		w.settle()
		w.mustShow(`identity fetched`)
		w.sim.ResetSession(w.sim.Sessions()[0].LinkSessionID)
		w.settle()
		w.mustShow(`ann . handler created`)
		app.submit("+14155550011").open().act(flow.LinkAction{Kind: flow.LinkContinue})
		w.settle()
		w.mustShow(`TRANSITION_VIEW +held +VERIFY_PHONE`)
		w.mustNotShow(`Onboarded`)
		w.program.Quit()
		synctest.Wait()
	})
}
