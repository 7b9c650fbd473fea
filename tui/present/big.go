package present

import "strings"

// Large letters, made of half blocks, for the one name that a room must read
// from its last row. A terminal has one size of letters; these are three lines
// high, or six.

// glyphRows is how many dots a letter is high: five, and one below the line.
const glyphRows = 6

// bigText draws text in large letters; each dot is scale cells wide and half a
// line times scale high. It is nil if a letter is not known or if it is wider
// than w.
func bigText(text string, scale, w int) []string {
	var dots [glyphRows]string
	for i, r := range text {
		glyph, known := glyphs[r]
		if !known {
			return nil
		}
		rows := strings.Split(glyph, "/")
		for y := range glyphRows {
			if i > 0 {
				dots[y] += "."
			}
			if y < len(rows) {
				dots[y] += rows[y]
			} else {
				dots[y] += strings.Repeat(".", len(rows[0]))
			}
		}
	}
	if text == "" || len(dots[0])*scale > w {
		return nil
	}
	at := func(x, y int) bool { return dots[y/scale][x/scale] == '#' }
	lines := make([]string, 0, glyphRows*scale/2)
	for y := 0; y < glyphRows*scale; y += 2 {
		var b strings.Builder
		for x := range len(dots[0]) * scale {
			switch upper, lower := at(x, y), at(x, y+1); {
			case upper && lower:
				b.WriteRune('█')
			case upper:
				b.WriteRune('▀')
			case lower:
				b.WriteRune('▄')
			default:
				b.WriteByte(' ')
			}
		}
		lines = append(lines, strings.TrimRight(b.String(), " "))
	}
	return lines
}

// glyphs are drawn in dots, row by row from the top.
var glyphs = map[rune]string{
	'A': ".#./#.#/###/#.#/#.#", 'B': "##./#.#/##./#.#/##.", 'C': ".##/#../#../#../.##", 'D': "##./#.#/#.#/#.#/##.",
	'E': "###/#../##./#../###", 'F': "###/#../##./#../#..", 'G': ".##/#../#.#/#.#/.##", 'H': "#.#/#.#/###/#.#/#.#",
	'I': "###/.#./.#./.#./###", 'J': "..#/..#/..#/#.#/.#.", 'K': "#.#/#.#/##./#.#/#.#", 'L': "#../#../#../#../###",
	'M': "#...#/##.##/#.#.#/#...#/#...#", 'N': "#..#/##.#/#.##/#..#/#..#", 'O': "###/#.#/#.#/#.#/###", 'P': "###/#.#/###/#../#..",
	'Q': "###/#.#/#.#/###/..#", 'R': "##./#.#/##./#.#/#.#", 'S': ".##/#../.#./..#/##.", 'T': "###/.#./.#./.#./.#.",
	'U': "#.#/#.#/#.#/#.#/###", 'V': "#.#/#.#/#.#/#.#/.#.", 'W': "#...#/#...#/#.#.#/##.##/#...#", 'X': "#.#/#.#/.#./#.#/#.#",
	'Y': "#.#/#.#/.#./.#./.#.", 'Z': "###/..#/.#./#../###",
	'a': ".../.##/#.#/#.#/.##", 'b': "#../##./#.#/#.#/##.", 'c': ".../.##/#../#../.##", 'd': "..#/.##/#.#/#.#/.##",
	'e': ".../.#./###/#../.##", 'f': ".##/#../##./#../#..", 'g': ".../.##/#.#/.##/..#/##.", 'h': "#../##./#.#/#.#/#.#",
	'i': "#/./#/#/#", 'j': ".#/../.#/.#/.#/#.", 'k': "#../#.#/##./##./#.#", 'l': "#./#./#./#./##",
	'm': "...../##.#./#.#.#/#.#.#/#.#.#", 'n': ".../##./#.#/#.#/#.#", 'o': ".../.#./#.#/#.#/.#.", 'p': ".../##./#.#/#.#/##./#..",
	'q': ".../.##/#.#/#.#/.##/..#", 'r': ".../#.#/##./#../#..", 's': ".../.##/##./..#/##.", 't': ".#./###/.#./.#./.##",
	'u': ".../#.#/#.#/#.#/.##", 'v': ".../#.#/#.#/#.#/.#.", 'w': "...../#...#/#.#.#/#.#.#/.#.#.", 'x': ".../#.#/.#./.#./#.#",
	'y': ".../#.#/#.#/.##/..#/##.", 'z': ".../###/..#/##./###",
	'0': ".#./#.#/#.#/#.#/.#.", '1': ".#./##./.#./.#./###", '2': "##./..#/.#./#../###", '3': "###/..#/.##/..#/###",
	'4': "#.#/#.#/###/..#/..#", '5': "###/#../##./..#/##.", '6': ".##/#../###/#.#/###", '7': "###/..#/.#./.#./.#.",
	'8': "###/#.#/###/#.#/###", '9': "###/#.#/###/..#/##.",
	' ': "../../../../..", '_': ".../.../.../.../###", '-': ".../.../###/.../...", '/': "..#/..#/.#./#../#..",
	'.': "././././#", '!': "#/#/#/./#", '?': "##./..#/.#./.../.#.", ':': "./#/./#/.",
	'+': ".../.#./###/.#./...", '=': ".../###/.../###/...", '(': ".#/#./#./#./.#", ')': "#./.#/.#/.#/#.",
}
