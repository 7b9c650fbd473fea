package main

import (
	"bytes"
	"encoding/base32"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"io/fs"
	"maps"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// marker is a value that must not be found where it does not belong.
type marker struct {
	what, value string
}

// forms are the ways in which a value may be written: as it is, and in the
// codings that programs put texts into.
func (m marker) forms() map[string][]byte {
	v := []byte(m.value)
	all := map[string][]byte{
		"as it is": v, "in a URL": []byte(url.QueryEscape(m.value)), "in a path": []byte(url.PathEscape(m.value)),
		"hex": []byte(hex.EncodeToString(v)), "HEX": []byte(strings.ToUpper(hex.EncodeToString(v))),
		"base32": []byte(strings.TrimRight(base32.StdEncoding.EncodeToString(v), "=")),
	}
	var percent, escaped, colons strings.Builder
	for _, c := range v {
		fmt.Fprintf(&percent, "%%%02X", c)
		fmt.Fprintf(&escaped, `\u%04x`, c)
		fmt.Fprintf(&colons, "%02x ", c)
	}
	all["every letter URL-encoded"], all["escaped as JSON"], all["hex, apart"] = []byte(percent.String()), []byte(escaped.String()), []byte(strings.TrimSpace(colons.String()))
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

// foundIn says how a content holds the value, "" if it does not.
func (m marker) foundIn(content []byte) string {
	forms := m.forms()
	for _, form := range slices.Sorted(maps.Keys(forms)) { // "as it is" before its like
		bytesOf := forms[form]
		if i := bytes.Index(content, bytesOf); i >= 0 {
			around := content[max(0, i-40):min(len(content), i+len(bytesOf)+40)]
			return fmt.Sprintf("%s, in …%q…", form, around)
		}
	}
	return ""
}

// mustNotHold fails the test for each value that a content holds.
func mustNotHold(t *testing.T, where string, content []byte, values []marker) {
	t.Helper()
	for _, m := range values {
		if m.value == "" {
			t.Errorf("the %s is not known, so that nothing was looked for", m.what)
		} else if how := m.foundIn(content); how != "" {
			t.Errorf("%s holds the %s, %s", where, m.what, how)
		}
	}
}

// filesUnder reads every file below a folder.
func filesUnder(t *testing.T, folder string) map[string][]byte {
	t.Helper()
	files := map[string][]byte{}
	err := filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
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
func TestTheSearchFindsEveryForm(t *testing.T) {
	m := marker{"token", "access-sandbox-0+/é"}
	for _, text := range []string{
		m.value, `{"a":"` + m.value + `"}`, url.QueryEscape(m.value), hex.EncodeToString([]byte(m.value)),
		base64.StdEncoding.EncodeToString([]byte(m.value)), base64.StdEncoding.EncodeToString([]byte("x" + m.value + "tail")),
		base64.URLEncoding.EncodeToString([]byte("xy" + m.value + "t")), base64.StdEncoding.EncodeToString([]byte("{\"k\":\"" + m.value + "\"}")),
	} {
		if m.foundIn([]byte("before "+text+" after")) == "" {
			t.Errorf("not found in %q", text)
		}
	}
	if how := m.foundIn([]byte("access-sandbox-1 " + base64.StdEncoding.EncodeToString([]byte("access-sandbox-1")))); how != "" {
		t.Errorf("found where it is not: %s", how)
	}
}
