package main

import (
	"bytes"
	"iter"
	"regexp"
	"strings"
	"unicode"

	"github.com/joho/godotenv"
)

// growsTooMuch reports whether the values of a file, which may be made of earlier
// ones, come to more than a megabyte: twenty lines, each the one above twice, do.
func growsTooMuch(content []byte) bool { return sizesOf(content) == nil }

// sizesOf says of each value how long it can become, in bytes; nil if all come to
// more than a megabyte.
func sizesOf(content []byte) map[string]int {
	const most = 1 << 20
	sizes, total := map[string]int{}, 0
	for name, value := range dotenvValues(content) {
		size := len(string([]rune(value))) // godotenv writes a byte that is no character as U+FFFD
		for _, m := range mentioned.FindAllStringSubmatch(unescaped(value), -1) {
			if size += sizes[m[1]]; size > most {
				return nil
			}
		}
		sizes[name] = size // the last of a name counts
		if total += size; total > most {
			return nil
		}
	}
	return sizes
}

// dotenvValues are the names and values of a file as they are written, up to where
// godotenv gives up. They are told apart as it does: a quoted value may have
// several lines, which look like settings themselves.
func dotenvValues(content []byte) iter.Seq2[string, string] {
	return func(yield func(string, string) bool) {
		rest := bytes.ReplaceAll(content, []byte("\r\n"), []byte("\n"))
		for {
			rest = bytes.TrimLeftFunc(rest, unicode.IsSpace)
			if bytes.HasPrefix(rest, []byte("#")) {
				_, rest, _ = bytes.Cut(rest, []byte("\n"))
				continue
			}
			at := bytes.IndexAny(rest, "=:")
			if at < 0 {
				return
			}
			name := strings.TrimSpace(string(rest[:at]))
			if after, is := strings.CutPrefix(name, "export"); is && strings.TrimSpace(after) != after {
				name = strings.TrimSpace(after)
			}
			rest = bytes.TrimLeft(rest[at+1:], "\t\v\f\r \u0085\u00a0")
			end := endOfValue(rest)
			if end < 0 || !yield(name, string(rest[:end])) {
				return
			}
			rest = rest[end:]
		}
	}
}

// endOfValue is where the value ends with which a text begins, -1 if never.
func endOfValue(text []byte) int {
	if len(text) == 0 || text[0] != '"' && text[0] != '\'' {
		if end := bytes.IndexAny(text, "\r\n"); end >= 0 {
			return end
		}
		return len(text)
	}
	for i := 1; i < len(text); i++ {
		if text[i] == text[0] && text[i-1] != '\\' {
			return i + 1
		}
	}
	return -1
}

// mentioned is what godotenv may take for the name of another value, where each $
// is written as unspelt.
var mentioned = regexp.MustCompile(unspelt + `[({]?[{]?([A-Z0-9_]+)`)

// unspelt stands for a $ of which godotenv shall make nothing. It is in no text
// that matters (Unicode: noncharacters), and where it is, sizes come out larger.
const unspelt = "\ufdef"

// unescaped is a value without its quotes and escapes, "" if it has no $: a $ may
// be parted from its name by an escape that stands for nothing.
func unescaped(value string) string {
	if !strings.Contains(value, "$") {
		return ""
	}
	value = strings.ReplaceAll(value, "$", unspelt)
	if set, err := godotenv.Unmarshal("A=" + value); err == nil {
		return set["A"]
	}
	return value
}
