package main

import (
	"bytes"
	"encoding/base32"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"html"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"unicode/utf16"

	"github.com/charmbracelet/x/ansi"
)

// marker is a value that must not be found where it does not belong.
type marker struct {
	what, value string
}

// forms are the ways in which a value may be written: as it is, and in the
// codings that programs put texts into. The search takes capitals for small
// letters, and looks for what is parted by anything in a pass of its own.
func (m marker) forms() map[string][]byte {
	v := []byte(m.value)
	if len(v) < shortestCoded {
		return map[string][]byte{"as it is": v}
	}
	all := map[string][]byte{
		"as it is": v, "in a URL": []byte(url.QueryEscape(m.value)), "in a path": []byte(url.PathEscape(m.value)),
		"in HTML": []byte(html.EscapeString(m.value)),
		"hex":     []byte(hex.EncodeToString(v)),
		"base32":  []byte(strings.TrimRight(base32.StdEncoding.EncodeToString(v), "=")),
	}
	for name, one := range map[string]string{
		"every letter URL-encoded": "%%%02X", "escaped as JSON": `\u%04x`, "escaped as in C": `\x%02x`, "in HTML as numbers": "&#%d;", "in HTML as hex": "&#x%x;",
	} {
		var b strings.Builder
		for _, c := range v {
			fmt.Fprintf(&b, one, c)
		}
		all[name] = []byte(b.String())
	}
	for name, order := range map[string]binary.AppendByteOrder{"UTF-16": binary.LittleEndian, "UTF-16, big end first": binary.BigEndian} {
		var b []byte
		for _, unit := range utf16.Encode([]rune(m.value)) {
			b = order.AppendUint16(b, unit)
		}
		all[name] = b
	}
	// In base64 a value looks different by where it begins; the letters at its
	// ends depend on its neighbours.
	for shift := range 3 {
		padded := append(bytes.Repeat([]byte{0}, shift), v...)
		first, last := (shift*8+5)/6, len(padded)*8/6
		for name, coding := range map[string]*base64.Encoding{"base64": base64.RawStdEncoding, "base64url": base64.RawURLEncoding} {
			all[fmt.Sprintf("%s, shifted by %d", name, shift)] = []byte(coding.EncodeToString(padded))[first:last]
		}
	}
	backwards := slices.Clone(v)
	slices.Reverse(backwards)
	all["backwards"] = backwards
	return all
}

const (
	// shortestCoded is how long a value must be to be looked for in codings, and
	// within words: of a shorter one there are too many by chance.
	shortestCoded = 8
	// shortestParted is the same for a value with anything between its letters.
	shortestParted = 9
)

// pattern is one form of one marker.
type pattern struct {
	marker marker
	form   string
	bytes  []byte
	word   bool // it counts only where it is a word
}

// finder looks for many patterns at once: the first four bytes lead to those
// that may follow.
type finder struct {
	begins [1 << 16]bool
	by     map[uint32][]pattern
}

func newFinder(patterns []pattern) *finder {
	f := &finder{by: map[uint32][]pattern{}}
	for _, p := range patterns {
		p.bytes = lowered(p.bytes)
		begin := binary.LittleEndian.Uint32(p.bytes)
		f.begins[spread(begin)] = true
		f.by[begin] = append(f.by[begin], p)
	}
	return f
}

func spread(begin uint32) uint32 { return begin * 2654435761 >> 16 }

// find calls found for every place; it returns at the first true.
func (f *finder) find(content []byte, found func(p pattern, at int) bool) {
	for i := 0; i+4 <= len(content); i++ {
		begin := binary.LittleEndian.Uint32(content[i:])
		if !f.begins[spread(begin)] {
			continue
		}
		for _, p := range f.by[begin] {
			if !bytes.HasPrefix(content[i:], p.bytes) || p.word && (i > 0 && isLetter(content[i-1]) || i+len(p.bytes) < len(content) && isLetter(content[i+len(p.bytes)])) {
				continue
			}
			if found(p, i) {
				return
			}
		}
	}
}

func isLetter(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_'
}

// lowered is a copy with the small letters of ASCII.
func lowered(content []byte) []byte {
	out := bytes.Clone(content)
	for i, c := range out {
		if c >= 'A' && c <= 'Z' {
			out[i] = c | 0x20
		}
	}
	return out
}

// squeezed keeps nothing but letters and digits: a value that was broken over
// lines, or drawn cell by cell, is whole again.
func squeezed(content []byte) []byte {
	out := make([]byte, 0, len(content))
	for _, c := range content {
		if isLetter(c) && c != '_' {
			out = append(out, c)
		}
	}
	return lowered(out)
}

// leaks returns how a content holds which of the values, by marker.
func leaks(content []byte, values []marker) map[marker]string {
	var whole, parted []pattern
	for _, m := range values {
		for form, text := range m.forms() {
			whole = append(whole, pattern{m, form, text, len(m.value) < shortestCoded})
		}
		if text := squeezed([]byte(m.value)); len(text) >= shortestParted {
			parted = append(parted, pattern{m, "in parts", text, false})
		}
	}
	found := map[marker]string{}
	look := func(content []byte, patterns []pattern) {
		newFinder(patterns).find(content, func(p pattern, at int) bool {
			if found[p.marker] == "" || p.form == "as it is" && !strings.HasPrefix(found[p.marker], "as it is") {
				found[p.marker] = fmt.Sprintf("%s, in …%q…", p.form, content[max(0, at-60):min(len(content), at+len(p.bytes)+40)])
			}
			return false
		})
	}
	look(lowered(content), whole)
	look(squeezed([]byte(ansi.Strip(string(content)))), parted)
	return found
}

// foundIn says how a content holds the value, "" if it does not.
func (m marker) foundIn(content []byte) string { return leaks(content, []marker{m})[m] }

// searched counts what was looked through and for, for the figures.
var searched struct {
	mu      sync.Mutex
	sinks   map[string]int // bytes, by what was searched
	markers map[marker]bool
}

func noteSearch(where string, size int, values []marker) {
	searched.mu.Lock()
	defer searched.mu.Unlock()
	if searched.sinks == nil {
		searched.sinks, searched.markers = map[string]int{}, map[marker]bool{}
	}
	searched.sinks[where] += size
	for _, m := range values {
		searched.markers[m] = true
	}
}

// mustNotHold fails the test for each value that a content holds.
func mustNotHold(t *testing.T, where string, content []byte, values []marker) {
	t.Helper()
	noteSearch(where, len(content), values)
	for _, m := range values {
		if m.value == "" {
			t.Errorf("the %s is not known, so that nothing was looked for", m.what)
			return
		}
	}
	for m, how := range leaks(content, values) {
		t.Errorf("%s holds the %s %q, %s", where, m.what, m.value, how)
	}
}

// sink is mustNotHold for a place whose content must also hold what may be
// there: without these controls the search may have looked at nothing.
func sink(t *testing.T, where string, content []byte, values []marker, controls ...string) {
	t.Helper()
	if len(controls) == 0 {
		t.Errorf("%s: nothing says that this was searched", where)
	}
	plain := squeezed([]byte(ansi.Strip(string(content))))
	for _, control := range controls {
		if !bytes.Contains(content, []byte(control)) && !bytes.Contains(plain, squeezed([]byte(control))) {
			t.Errorf("%s does not hold %q, so that the search proves little; it begins with %.1500q", where, control, content)
		}
	}
	mustNotHold(t, where, content, values)
}

// filesUnder reads every file below a folder.
func filesUnder(t *testing.T, folder string) map[string][]byte {
	t.Helper()
	files := map[string][]byte{}
	err := filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !entry.Type().IsRegular() {
			return err
		}
		content, err := os.ReadFile(path)
		files[strings.TrimPrefix(path, folder)] = append([]byte(path+"\n"), content...)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// The search finds what it is for, or a leak would go unseen.
func TestTheLeakSearchFindsEveryForm(t *testing.T) {
	m := marker{"token", "access-sandbox-0+/é"}
	number := marker{"SSN", "987654327"}
	for _, text := range []string{
		m.value, `{"a":"` + m.value + `"}`, url.QueryEscape(m.value), hex.EncodeToString([]byte(m.value)), strings.ToUpper(m.value),
		base64.StdEncoding.EncodeToString([]byte(m.value)), base64.StdEncoding.EncodeToString([]byte("x" + m.value + "tail")),
		base64.URLEncoding.EncodeToString([]byte("xy" + m.value + "t")), base64.StdEncoding.EncodeToString([]byte("{\"k\":\"" + m.value + "\"}")),
	} {
		if m.foundIn([]byte("before "+text+" after")) == "" {
			t.Errorf("not found in %q", text)
		}
	}
	for _, text := range []string{
		"987-65-4327", "987 65 4327", "98765\r\n  4327", "\x1b[1m98\x1b[0m76\x1b[3;4H54327", "9\x008\x007\x006\x005\x004\x003\x002\x007\x00", "&#57;&#56;&#55;&#54;&#53;&#52;&#51;&#50;&#55;",
		`\u0039\u0038\u0037\u0036\u0035\u0034\u0033\u0032\u0037`, "%39%38%37%36%35%34%33%32%37", "x9876543270", "723456789",
	} {
		if number.foundIn([]byte("before "+text+" after")) == "" {
			t.Errorf("not found in %q", text)
		}
	}
	for text, is := range map[string]bool{"the last 4 are 4327.": true, "ssn=4327": true, "0x84327": false, "43278": false, "NDMyNw==": false} {
		if (marker{"last 4", "4327"}.foundIn([]byte(text)) != "") != is {
			t.Errorf("a short value in %q: want %v", text, is)
		}
	}
	if how := m.foundIn([]byte("access-sandbox-1 " + base64.StdEncoding.EncodeToString([]byte("access-sandbox-1")))); how != "" {
		t.Errorf("found where it is not: %s", how)
	}
}
