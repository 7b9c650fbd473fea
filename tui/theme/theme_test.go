package theme

import (
	"image/color"
	"math"
	"reflect"
	"strings"
	"testing"

	"charm.land/lipgloss/v2"
)

// all returns every style of s by name.
func all(s Styles) map[string]Style {
	styles := map[string]Style{}
	v := reflect.ValueOf(s)
	for i := range v.NumField() {
		if st, ok := v.Field(i).Interface().(Style); ok {
			styles[v.Type().Field(i).Name] = st
		}
	}
	return styles
}

func TestRenderIsWhatLipglossRenders(t *testing.T) {
	for _, dark := range []bool{true, false} {
		for _, color := range []bool{true, false} {
			for name, s := range all(New(dark, color)) {
				const text = "LAYER_READY"
				// lipgloss styles an underlined text letter by letter.
				want := strings.ReplaceAll(s.Lipgloss().Render(text), s.end+s.open, "")
				if s.open == "" {
					want = text
				}
				if got := s.Render(text); got != want {
					t.Errorf("%s (dark %v, color %v): %q, lipgloss gives %q", name, dark, color, got, want)
				}
				if got := s.Render(""); got != "" {
					t.Errorf("%s: nothing becomes %q", name, got)
				}
			}
		}
	}
}

func TestWithoutColourThereIsNone(t *testing.T) {
	for name, s := range all(New(true, false)) {
		if _, ok := s.Lipgloss().GetForeground().(lipgloss.NoColor); !ok {
			t.Errorf("%s has a foreground", name)
		}
		if _, ok := s.Lipgloss().GetBackground().(lipgloss.NoColor); !ok {
			t.Errorf("%s has a background", name)
		}
	}
}

// Text must be readable on what terminals have behind it: WCAG asks for 4.5:1.
// Borders are no text, 3:1 is asked for them.
func TestContrast(t *testing.T) {
	behind := map[bool][]string{true: {"#000000", "#1E1E1E", "#14181F"}, false: {"#FFFFFF", "#FAFAFA", "#F6F1E0"}}
	for dark, backgrounds := range behind {
		for name, s := range all(New(dark, true)) {
			fg := s.Lipgloss().GetForeground()
			if isNone(fg) {
				continue
			}
			on := backgrounds
			if bg := s.Lipgloss().GetBackground(); !isNone(bg) {
				on = nil
				if c := contrast(fg, bg); c < 4.5 {
					t.Errorf("%s, dark %v: %.1f:1 on its own background", name, dark, c)
				}
			}
			least := 4.5
			if strings.HasPrefix(name, "Border") {
				least = 2.5
			}
			for _, b := range on {
				if c := contrast(fg, lipgloss.Color(b)); c < least {
					t.Errorf("%s, dark %v: %.1f:1 on %s", name, dark, c, b)
				}
			}
		}
	}
}

func isNone(c color.Color) bool {
	_, none := c.(lipgloss.NoColor)
	return none
}

// contrast is the contrast ratio of WCAG 2.
func contrast(a, b color.Color) float64 {
	x, y := luminance(a), luminance(b)
	return (max(x, y) + 0.05) / (min(x, y) + 0.05)
}

func luminance(c color.Color) float64 {
	r, g, b, _ := c.RGBA()
	part := func(v uint32) float64 {
		f := float64(v) / 0xffff
		if f <= 0.03928 {
			return f / 12.92
		}
		return math.Pow((f+0.055)/1.055, 2.4)
	}
	return 0.2126*part(r) + 0.7152*part(g) + 0.0722*part(b)
}
