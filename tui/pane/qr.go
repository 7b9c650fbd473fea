package pane

import (
	"strings"

	"github.com/skip2/go-qrcode"

	"layersim/tui/theme"
)

// QR draws url as a QR code in half blocks, two cells of the code to a
// character, with the quiet zone scanners need. It is dark on light in every
// theme, where there is colour; without, it is drawn with the
// terminal's own colours, taking a dark terminal at its word. It returns "" for a text too long for a code.
func QR(s theme.Styles, url string) string {
	code, err := qrcode.New(url, qrcode.Low)
	if err != nil {
		return ""
	}
	bits := code.Bitmap()
	inverse := s.Dark && !s.Color
	var b strings.Builder
	for y := 0; y < len(bits); y += 2 {
		if y > 0 {
			b.WriteByte('\n')
		}
		var line strings.Builder
		for x := range bits[y] {
			upper, lower := bits[y][x], y+1 < len(bits) && bits[y+1][x]
			if inverse { // light blocks on the terminal's dark background
				upper, lower = !upper, !lower
			}
			line.WriteString(halfBlock(upper, lower))
		}
		s.QR.Append(&b, line.String())
	}
	return b.String()
}

// halfBlock draws two cells of a code, dark where true.
func halfBlock(upper, lower bool) string {
	switch {
	case upper && lower:
		return "█"
	case upper:
		return "▀"
	case lower:
		return "▄"
	}
	return " "
}
