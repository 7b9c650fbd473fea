package main

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"layersim/tui/watch"
)

// The README shows the screen of 'serve --ui' and its keys, made here:
//
//	go test ./cmd/layersim -run Readme -update
func TestReadmeShowsTheWatch(t *testing.T) {
	checkReadme(t, "watch-screen", "```text\n"+watchScreen(t)+"\n```")
}

func TestReadmeShowsTheKeysOfTheWatch(t *testing.T) {
	var b strings.Builder
	b.WriteString("| key | does |\n| --- | --- |")
	for _, group := range watch.KeyTable() {
		fmt.Fprintf(&b, "\n| **%s** | |", group.Name)
		for _, k := range group.Keys {
			fmt.Fprintf(&b, "\n| %s | %s |", k.Keys, k.Does)
		}
	}
	checkReadme(t, "watch-keys", b.String())
}

// watchScreen lets several apps use the simulator.
func watchScreen(t *testing.T) (screen string) {
	synctest.Test(t, func(t *testing.T) {
		w := startWatching(t, 120, 28)
		pass := func(d time.Duration) {
			time.Sleep(d)
			synctest.Wait()
		}
		newSomeApp(t, w.sim, "user-ann").create().submit("+14155550015").open().share().fetch()
		pass(70 * time.Second)
		openPage(t, w.sim, "user-bob").do("submit", "phone_number", "+15155550017")
		pass(20 * time.Second)
		left := openPage(t, w.sim, "user-cid")
		left.do("submit", "phone_number", "+14155550011")
		left.do("open", "", "")
		pass(7 * time.Second)
		openPage(t, w.sim, "user-dan")
		pass(9 * time.Second)
		mia := openPage(t, w.sim, "user-mia")
		pass(6 * time.Second)
		mia.do("submit", "phone_number", "+14155550011")
		pass(2 * time.Second)
		mia.do("open", "", "")
		pass(3 * time.Second)
		mia.do("continue", "", "")
		left.do("continue", "", "")
		pass(4 * time.Second)
		mia.do("close", "", "")
		w.settle()
		w.mustShow(`user-mia ✗ exited.*user-dan.*user-cid.*user-bob.*user-ann`)
		screen = w.screen()
		w.program.Quit()
		synctest.Wait()
	})
	lines := strings.Split(screen, "\n")
	for i := range lines {
		lines[i] = strings.TrimRight(lines[i], " ")
	}
	return strings.Join(lines, "\n")
}
