package main

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"

	"layersim/flow/journal"
)

// filler gives the same bytes again and again, until there were enough.
type filler struct {
	again string
	left  int64
	at    int
}

func (f *filler) Read(p []byte) (int, error) {
	if f.left <= 0 {
		return 0, io.EOF
	}
	n := 0
	for n < len(p) && int64(n) < f.left {
		c := copy(p[n:], f.again[f.at:])
		n, f.at = n+c, (f.at+c)%len(f.again)
	}
	n = int(min(int64(n), f.left))
	f.left -= int64(n)
	return n, nil
}

const (
	walkHeader = `{"layersim_recording":1,"layersim":"x","started":"2026-04-01T12:00:00Z","mode":"simulated","template_id":"t","platform":"web","sdk_version":"latest"}` + "\n"
	note       = `{"seq":1,"at":"2026-04-01T12:00:00Z","kind":"note"}` + "\n"
)

var servedHeader = strings.Replace(walkHeader, "simulated", "served", 1)

// bombsOfJournals are files that are larger, deeper or odder than any walk, and
// what each reader says. Sizes are of the small version; LAYERSIM_BOMBS=n
// multiplies the long ones by n.
func bombsOfJournals(t *testing.T) map[string]struct {
	make func() io.Reader
	says string
} {
	t.Helper()
	times := int64(1)
	if text := os.Getenv("LAYERSIM_BOMBS"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil {
			t.Fatal(err)
		}
		times = int64(n)
	}
	after := func(head, again string, size int64) func() io.Reader {
		return func() io.Reader { return io.MultiReader(strings.NewReader(head), &filler{again: again, left: size}) }
	}
	of := func(content string) func() io.Reader {
		return func() io.Reader { return strings.NewReader(content) }
	}
	var packed bytes.Buffer
	gz := gzip.NewWriter(&packed)
	_, _ = io.WriteString(gz, walkHeader)
	_ = gz.Close()
	entry := func(members string) string {
		return walkHeader + `{"seq":1,"at":"2026-04-01T12:00:00Z",` + members + "}\n"
	}
	return map[string]struct {
		make func() io.Reader
		says string
	}{
		"one line":            {after(walkHeader, "a", 20<<20*times), "the line is longer than"},
		"one line, served":    {after(servedHeader, "a", 20<<20*times), "the line is longer than"},
		"blank lines":         {after(walkHeader, "\n", 4<<20*times), ""},
		"blank lines, served": {after(servedHeader, "\n", 4<<20*times), ""},
		"tiny lines":          {after(walkHeader, "{}\n", 4<<20*times), "seq: 0, where 1 follows"},
		"tiny lines, served":  {after(servedHeader, note, 1<<20*times), ""},
		"zeros":               {after("", "\x00", 20<<20*times), ""},
		"deep":                {of(walkHeader + `{"seq":1,"event":` + strings.Repeat("[", 1<<20) + "\n"), "no JSON object"},
		"deep header":         {of(`{"layersim_recording":1,"x":` + strings.Repeat("[", 1<<20)), "no JSON object"},
		"duplicate keys":      {of(walkHeader + "{" + strings.Repeat(`"seq":1,`, 100_000) + `"x":1}`), "at: missing"},
		"a huge number":       {of(walkHeader + `{"seq":` + strings.Repeat("9", 1<<20) + "}\n"), "a number does not belong here"},
		"a huge exponent":     {of(walkHeader + `{"seq":1e999}` + "\n"), "a number does not belong here"},
		"a huge version":      {of(`{"layersim_recording":999999999999999999999}`), "is no version of a recording"},
		"a huge count":        {of(entry(`"kind":"WebhookReceived","lane":"webhook","verdict":"noted","phase_before":"token","phase":"token","event":{"delivery":1000000000}`)), ""},
		"a huge duration":     {of(entry(`"kind":"ExchangeRecorded","lane":"server","verdict":"noted","phase_before":"token","phase":"token","event":{"duration_ms":1e300}`)), ""},
		"the far past":        {of(strings.Replace(walkHeader, "2026-04-01", "0001-01-02", 1)), "a year from 1970 to 2200 is expected"},
		"the far future":      {of(strings.Replace(walkHeader, "2026-04-01", "9999-12-31", 1)), "a year from 1970 to 2200 is expected"},
		"out of order":        {of(strings.Replace(entry(`"kind":"OnLoad","event":{}`), `"seq":1`, `"seq":2`, 1)), "seq: 2, where 1 follows"},
		"an archive":          {of(packed.String()), "no JSON object"},
	}
}

// Each ends with an error that names the line, or is read; none is a panic, and
// none is kept in memory.
func TestBombsOfJournals(t *testing.T) {
	alone(t)
	for name, bomb := range bombsOfJournals(t) {
		for reader, read := range map[string]func(io.Reader) error{
			"lint": func(in io.Reader) error { _, err := lintJournal(in, "a.jsonl"); return err },
			"walk": func(in io.Reader) error {
				r, err := journal.ReadRecording(in, "a.jsonl")
				if err == nil {
					_, _, err = journal.Replay(r)
				}
				return err
			},
			"served": func(in io.Reader) error { _, err := readServed(in, "a.jsonl"); return err },
		} {
			if reader == "served" && !strings.HasSuffix(name, "served") {
				continue // it is asked only for what says that it was served
			}
			var before, after runtime.MemStats
			runtime.GC()
			runtime.ReadMemStats(&before)
			err := read(bomb.make())
			runtime.GC()
			runtime.ReadMemStats(&after)
			if bomb.says != "" && (err == nil || !strings.Contains(err.Error(), bomb.says) && !strings.Contains(err.Error(), "this is no walk")) {
				t.Errorf("%s, %s: %v, want %s", name, reader, err, bomb.says)
			}
			if err != nil && (!strings.Contains(err.Error(), "a.jsonl") || len(err.Error()) > 400 || len(obeyed([]byte(err.Error()))) > 0) {
				t.Errorf("%s, %s: %.500q", name, reader, err)
			}
			if held := int64(after.HeapAlloc) - int64(before.HeapAlloc); held > 16<<20 {
				t.Errorf("%s, %s: %d MiB are held", name, reader, held>>20)
			}
		}
	}
}

// What is larger than is read is refused where it becomes so.
func TestFilesThatNeverEnd(t *testing.T) {
	_, err := io.Copy(io.Discard, &bounded{&filler{again: "\n", left: 1 << 50}, 1000})
	if !errors.Is(err, errTooLarge) {
		t.Error(err)
	}
	for _, path := range []string{"/dev/zero", "/dev/urandom"} {
		file, err := os.Open(path)
		if err != nil {
			t.Skip("this system has no " + path)
		}
		for name, read := range map[string]func(io.Reader) error{
			"lint": func(in io.Reader) error { _, err := lintJournal(in, "a"); return err },
			"walk": func(in io.Reader) error { _, err := journal.ReadRecording(in, "a"); return err },
		} {
			if err := read(file); err == nil || !strings.HasPrefix(err.Error(), "a:1") {
				t.Errorf("%s of %s: %v", name, path, err)
			}
		}
		_ = file.Close()
	}
}

// A recording that breaks off anywhere, or of which any byte is another one, is
// read or refused with a line; whatever is read can be exported in every format.
func TestEveryByteOfARecording(t *testing.T) {
	alone(t)
	whole := recorded(t)
	whole = whole[:bytes.LastIndexByte(whole[:min(len(whole), 12_000)], '\n')+1]
	step := 61
	if os.Getenv("LAYERSIM_BOMBS") != "" {
		step = 1
	}
	read, refused := 0, 0
	try := func(what string, content []byte) {
		t.Helper()
		r, err := journal.ReadRecording(bytes.NewReader(content), "a.jsonl")
		if err == nil {
			_, _, err = journal.Replay(r)
		}
		if _, failed := lintJournal(bytes.NewReader(content), "a.jsonl"); failed != nil && !strings.Contains(failed.Error(), "a.jsonl") {
			t.Errorf("%s: lint says %v", what, failed)
		}
		var bad *journal.RecordingError
		if err != nil {
			refused++
			if !errors.As(err, &bad) || !strings.HasPrefix(err.Error(), "a.jsonl:") || len(obeyed([]byte(err.Error()))) > 0 {
				t.Errorf("%s: %.300q", what, err)
			}
			return
		}
		read++
		if read%8 == 0 {
			for _, e := range exporters() {
				if e.format == "asciicast" && read%64 != 0 || e.format == "scenario" {
					continue // which takes its time
				}
				if found := obeyed(exported(t, content, e.format)); len(found) > 0 {
					t.Errorf("%s, %s: %v", what, e.format, found)
				}
			}
		}
	}
	for i := 0; i < len(whole); i += step {
		try(fmt.Sprintf("cut at %d", i), whole[:i])
		changed := bytes.Clone(whole)
		changed[i] ^= byte(1 + i%255)
		try(fmt.Sprintf("changed at %d", i), changed)
	}
	t.Logf("%d bytes: %d recordings were read, %d refused", len(whole), read, refused)
	if read == 0 || refused == 0 {
		t.Error("nothing was tried")
	}
}

// A film of a loop is as long as is of use, and says so.
func TestCastIsBounded(t *testing.T) {
	alone(t)
	w := walkOf(t, recorded(t))
	c := casters(t)["80x24"]
	whole, entries, err := c.film(w, longestCast)
	if err != nil || entries != len(w.Entries) {
		t.Fatalf("%d of %d entries, %v", entries, len(w.Entries), err)
	}
	half, entries, err := c.film(w, len(whole)/2)
	if err != nil || entries >= len(w.Entries) || entries == 0 || len(half) < len(whole)/2 || len(half) > len(whole)/2+32<<10 {
		t.Errorf("%d of %d bytes, %d of %d entries, %v", len(half), len(whole), entries, len(w.Entries), err)
	}
	if _, events := eventsOf(t, half); events[len(events)-1].data == "" {
		t.Error("it has no end")
	}
}

// What is named as a recording may be anything that a folder can hold.
func TestOddFiles(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	for _, name := range []string{"loop.jsonl", "loop.yaml"} {
		if err := os.Symlink(name, name); err != nil {
			t.Skip(err)
		}
		if err := os.Mkdir(strings.Replace(name, "loop", "folder", 1), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.Symlink("/dev/zero", strings.Replace(name, "loop", "zero", 1)); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{"loop", "folder", "zero"} {
		for _, args := range [][]string{
			{"lint", name + ".jsonl"}, {"export", name + ".jsonl", "--format", "json"}, {"replay", "--plain", name + ".jsonl"}, {"compare", name + ".jsonl", name + ".jsonl"},
			{"run", filepath.Join(".", name+".yaml")}, {"present", "./" + name + ".yaml"}, {"personas", "--fixtures", name + ".yaml"}, {"scenarios", "--fixtures", name + ".yaml"},
		} {
			code, out, talk := saying(t, nil, args)
			if code != exitUsage || len(out) > 0 || !bytes.Contains(talk, []byte(name)) {
				t.Errorf("%v: %d %q %q", args, code, out, talk)
			}
		}
	}
}

// A small file may take long to read, or become a large one. None does.
func TestBombsInDotenv(t *testing.T) {
	var doubling strings.Builder
	doubling.WriteString("A0=xxxxxxxxxx\n")
	for i := range 40 {
		fmt.Fprintf(&doubling, "A%d=${A%d}$A%d\n", i+1, i, i)
	}
	// What looks like a setting within a quoted value is none.
	quoted := "A=\"\nZ=" + strings.Repeat("a", 100) + "\n\"\nV0=$A\n"
	for i := range 6 {
		quoted += fmt.Sprintf("V%d=\"\nZZ%d=%s\n\"\n", i+1, i+1, strings.Repeat(fmt.Sprintf("$V%d", i), 30))
	}
	parted := "A0=xxxxxxxxxx\n"
	for i := range 40 {
		parted += fmt.Sprintf("A%d=\"$\\A%d${\\A%d}\"\n", i+1, i, i)
	}
	everyday := strings.Repeat("HASH='$2a$10$abcdefghijklmnopqrstuvwxyz'\nURL=\"https://$USER:$PASS@$HOST:$PORT/$NAME\"\n", 50)
	for name, tc := range map[string]struct{ content, says string }{
		"in quotes":           {quoted, "come to more than a megabyte"},
		"parted by escapes":   {parted, "come to more than a megabyte"},
		"behind a comment":    {"# \"\n" + doubling.String(), "come to more than a megabyte"},
		"everyday dollars":    {everyday, ""},
		"doubling":            {doubling.String(), "come to more than a megabyte"},
		"itself":              {"A=x\n" + strings.Repeat("A=$A$A\n", 1000), "come to more than a megabyte"},
		"many mentions":       {"A=" + strings.Repeat("x", 10_000) + "\nB=" + strings.Repeat("$A", 10_000), "come to more than a megabyte"},
		"many broken lines":   {strings.Repeat("A=1\n", 15_000) + "\"", "a line of .env in this folder is not NAME=value"},
		"a broken line":       {"A=1\n\x1b]0;x\x07\n", "line 2 of .env in this folder is not NAME=value"},
		"a quote, never shut": {"A=\"" + strings.Repeat("x", 60_000), "line 1 of .env"},
		"many lines":          {strings.Repeat("\n", 60_000), ""},
		"many dollars":        {"A=" + strings.Repeat("$B", 30_000), ""},
		"NUL":                 {"A=\x00", "is not plain text"},
		"one made of another": {"A=x\nB=${A}\n", ""},
	} {
		_, err := parseDotenv([]byte(tc.content))
		if tc.says == "" && err != nil || tc.says != "" && (err == nil || !strings.Contains(err.Error(), tc.says)) || err != nil && len(obeyed([]byte(err.Error()))) > 0 {
			t.Errorf("%s: %v; want %s", name, err, tc.says)
		}
	}
	t.Chdir(t.TempDir())
	var talk bytes.Buffer
	for _, content := range []string{doubling.String(), strings.Repeat("A=1\n", 1<<20)} {
		if err := os.WriteFile(dotenvName, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		talk.Reset()
		if set := readDotenv(&talk); set != nil || !strings.Contains(talk.String(), "is not known: ") {
			t.Errorf("%d values, %q", len(set), &talk)
		}
	}
}
