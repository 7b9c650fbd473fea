package tui

import (
	"slices"
	"strings"
	"testing"

	"layersim/tui/pane"
)

// Within one place, and while typing or not, a key has one meaning.
func TestNoKeyMeansTwoThings(t *testing.T) {
	for _, where := range append(overlayPlaces(), onScreen, inPrompt) {
		for _, typing := range []bool{false, true} {
			seen := map[string]string{}
			for _, b := range keyTable {
				if b.place&where == 0 {
					continue
				}
				for _, k := range b.pressed(typing) {
					if other, taken := seen[k]; taken {
						t.Errorf("place %d, typing=%v: %q is both %q and %q", where, typing, k, other, b.help)
					}
					seen[k] = b.help
				}
			}
		}
	}
}

// overlayPlaces lists every overlay there is.
func overlayPlaces() []place {
	var all []place
	for p := onScreen; p <= inOverlay; p <<= 1 {
		if p&inOverlay != 0 {
			all = append(all, p)
		}
	}
	return all
}

// While something is typed, no key that writes a letter may be a command; space
// is the exception, on an account, where there is nothing to type.
func TestLettersAreTextWhileTyping(t *testing.T) {
	for _, b := range keyTable {
		for _, k := range b.chords {
			if len([]rune(k)) == 1 || k == "space" && b.action != actToggle {
				t.Errorf("%q is a command while typing (%s)", k, b.help)
			}
		}
	}
}

func TestEveryBindingIsInHelp(t *testing.T) {
	m := New(Options{})
	m.width, m.height = 200, 50
	m.layout = layOut(200, 50, false, paneStage, false)
	help := strings.Join(m.helpText(m.inner(paneLog)), "\n")
	for _, b := range keyTable {
		if !strings.Contains(help, b.help) {
			t.Errorf("help does not say %q", b.help)
		}
		if b.named != "" {
			if !strings.Contains(help, b.named) {
				t.Errorf("help does not name %q (%s)", b.named, b.help)
			}
			continue
		}
		for _, k := range slices.Concat(b.keys, b.chords) {
			if !strings.Contains(help, pane.KeyName(k)) {
				t.Errorf("help does not name %q (%s)", pane.KeyName(k), b.help)
			}
		}
	}
}

// What can be done by a plain letter and matters while typing has a key then,
// too.
func TestWalkKeysWorkWhileTyping(t *testing.T) {
	for _, b := range keyTable {
		if (b.group == groupWalk || b.group == groupLink) && b.action != actQR && b.place == onScreen && len(b.chords) == 0 {
			t.Errorf("%q cannot be reached while typing", b.help)
		}
	}
}

// Every action of the table does something.
func TestEveryActionIsBound(t *testing.T) {
	for a := actPrimary; a <= actInterrupt; a++ {
		if !slices.ContainsFunc(keyTable, func(b binding) bool { return b.action == a }) {
			t.Errorf("no key for action %d", a)
		}
	}
}
