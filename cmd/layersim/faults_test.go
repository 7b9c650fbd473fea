package main

import (
	"testing"
	"testing/synctest"
	"time"
)

// Each way in which Plaid can fail is shown with its code and can be tried
// again; the walk goes on from there.
func TestFailuresAreShownAndRetried(t *testing.T) {
	for _, c := range []struct{ fail, shows string }{
		{"/session/token/create=400", "INVALID_REQUEST"},
		{"/session/token/create=429", "RATE_LIMIT"},
		{"/session/token/create=500", "INTERNAL_SERVER_ERROR"},
		{"/session/token/create=503", "PLANNED_MAINTENANCE"},
		{"/session/token/create=garbage", "WEB_PAGE"},
		{"/session/token/create=none", "TIMEOUT"},
		{"/session/token/create=drop", "NO_CONNECTION"},
		{"/session/token/create=truncate", "the connection was cut"},
	} {
		t.Run(c.fail, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := settings{link: "terminal", persona: "two-banks", environ: []string{"LAYERSIM_FAIL=" + c.fail}}
				r := startRobot(t, s, 120, 36, surroundings{now: time.Now})
				synctest.Wait()
				r.press("enter")
				time.Sleep(31 * time.Second) // an answer is waited for at most half a minute
				synctest.Wait()
				r.mustShow(c.shows)
				r.press("r")
				synctest.Wait()
				r.mustShow("Create the handler")
				r.program.Quit()
				synctest.Wait()
			})
		})
	}
}
