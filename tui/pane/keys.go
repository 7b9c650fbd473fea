package pane

import "strings"

// KeyNames says several keys, with spaces between them.
func KeyNames(keys []string) string {
	names := make([]string, len(keys))
	for i, k := range keys {
		names[i] = KeyName(k)
	}
	return strings.Join(names, " ")
}

// KeyName says a key as keyboards do.
func KeyName(k string) string {
	switch k {
	case "up":
		return "↑"
	case "down":
		return "↓"
	case "left":
		return "←"
	case "right":
		return "→"
	case "pgup":
		return "PgUp"
	case "pgdown":
		return "PgDn"
	case "shift+tab":
		return "Shift+Tab"
	case "f1":
		return "F1"
	}
	if letter, ok := strings.CutPrefix(k, "ctrl+"); ok {
		return "Ctrl+" + KeyName(strings.ToUpper(letter[:1])+letter[1:])
	}
	if rest, ok := strings.CutPrefix(k, "alt+"); ok {
		return "Alt+" + KeyName(rest)
	}
	if len(k) > 1 {
		return strings.ToUpper(k[:1]) + k[1:]
	}
	return k
}
