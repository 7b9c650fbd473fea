package tui

import (
	"strings"
	"testing"
)

// A menu that is longer than the window says so.
func TestMenusSayThatMoreFollows(t *testing.T) {
	inBubble(t, setting{platform: "ios"}, func(w *world) {
		w.press("w")
		w.sees("── not now", "1/26", "more", "at Phone number")
		w.seesNot("in phase")
		w.press("end")
		w.sees("26/26", "↑")
		w.press("esc", ":")
		w.sees("↓", " more", "1/")
		w.press("esc", "p")
		w.sees("newcomer")
		// No description is cut at this size: all have a second line.
		for _, line := range strings.Split(w.screen(), "\n") {
			if strings.Contains(line, "…") {
				t.Errorf("cut: %s", line)
			}
		}
	})
}

// The menu speaks the language of the SDK that is walked with.
func TestMistakesInTheSDKsWords(t *testing.T) {
	inBubble(t, setting{platform: "ios"}, func(w *world) {
		w.begin()
		w.press("alt+w")
		w.sees("layerReady")
		w.seesNot("LAYER_READY")
	})
}
