//go:build linux

package main

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// What is on disk while a program runs may be gone when it has ended.

// witness reads every file below a folder each time that it is written to, until
// the test ends. A file may still come and go between two of its looks.
type witness struct {
	t        *testing.T
	folder   string
	notes    *os.File // of the system, on what happens
	fd       int
	watching map[int32]string // folders by what the system calls them

	mu     sync.Mutex
	latest map[string][]byte // by path: the newest content
	before bytes.Buffer      // contents that were not only added to
	names  bytes.Buffer
}

const witnessed = unix.IN_CREATE | unix.IN_MODIFY | unix.IN_CLOSE_WRITE | unix.IN_MOVED_TO | unix.IN_DELETE

func newWitness(t *testing.T, folder string) *witness {
	t.Helper()
	fd, err := unix.InotifyInit1(unix.IN_CLOEXEC | unix.IN_NONBLOCK)
	if err != nil {
		t.Fatal(err)
	}
	w := &witness{t: t, folder: folder, fd: fd, notes: os.NewFile(uintptr(fd), "inotify"), watching: map[int32]string{}, latest: map[string][]byte{}}
	w.enter(folder)
	done := make(chan struct{})
	t.Cleanup(func() { _ = w.notes.Close(); <-done })
	go func() {
		defer close(done)
		w.watch()
	}()
	return w
}

// enter begins to watch a folder and looks at what is in it already.
func (w *witness) enter(folder string) {
	id, err := unix.InotifyAddWatch(w.fd, folder, witnessed)
	if errors.Is(err, fs.ErrNotExist) {
		return
	}
	if err != nil {
		w.t.Error(err)
		return
	}
	w.watching[int32(id)] = folder
	entries, _ := os.ReadDir(folder)
	for _, e := range entries {
		w.look(filepath.Join(folder, e.Name()))
	}
}

func (w *witness) watch() {
	buf := make([]byte, 64<<10)
	for {
		n, err := w.notes.Read(buf)
		if err != nil {
			return
		}
		for rest := buf[:n]; len(rest) >= unix.SizeofInotifyEvent; {
			id, mask := int32(binary.NativeEndian.Uint32(rest)), binary.NativeEndian.Uint32(rest[4:])
			end := unix.SizeofInotifyEvent + int(binary.NativeEndian.Uint32(rest[12:]))
			name := string(bytes.TrimRight(rest[unix.SizeofInotifyEvent:end], "\x00"))
			rest = rest[end:]
			if mask&unix.IN_Q_OVERFLOW != 0 {
				w.t.Error("too much happened on disk for the test to see all of it")
			}
			if name != "" {
				w.look(filepath.Join(w.watching[id], name))
			}
		}
	}
}

func (w *witness) look(path string) {
	w.mu.Lock()
	_, known := w.latest[path]
	if !known {
		fmt.Fprintln(&w.names, strings.TrimPrefix(path, w.folder))
		w.latest[path] = nil
	}
	w.mu.Unlock()
	info, err := os.Lstat(path)
	switch {
	case err != nil:
		return
	case info.IsDir() && !known:
		w.enter(path)
		return
	case !info.Mode().IsRegular(): // to open a pipe would be to wait
		return
	}
	content, err := os.ReadFile(path)
	if err != nil {
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if was := w.latest[path]; !bytes.HasPrefix(content, was) {
		w.before.Write(was)
	}
	w.latest[path] = content
}

// seen is all that was in files so far, and what they were called, but for those
// that the test itself has put there.
func (w *witness) seen(put map[string]bool) []byte {
	w.mu.Lock()
	defer w.mu.Unlock()
	all := bytes.NewBuffer(bytes.Clone(w.names.Bytes()))
	all.Write(w.before.Bytes())
	for path, content := range w.latest {
		if !put[strings.TrimPrefix(path, w.folder)] {
			all.Write(content)
		}
	}
	return all.Bytes()
}

// heldFiles are the contents of the files that a process has open at this moment,
// wherever they are, also those that have no name any more.
func heldFiles(t *testing.T, pid int) []byte {
	t.Helper()
	var all bytes.Buffer
	folder := fmt.Sprintf("/proc/%d/fd", pid)
	entries, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		path := filepath.Join(folder, e.Name())
		info, err := os.Stat(path)
		if err != nil || !info.Mode().IsRegular() {
			continue
		}
		name, _ := os.Readlink(path)
		content, err := os.ReadFile(path)
		if err != nil && !strings.HasPrefix(name, "anon_inode:") { // of the system, which nobody can open
			t.Errorf("%s: %v", name, err)
		}
		fmt.Fprintf(&all, "%s\n%s\n", name, content)
	}
	return all.Bytes()
}

// The witness has seen what was overwritten, moved and removed.
func TestTheWitnessSeesWhatIsGone(t *testing.T) {
	folder := t.TempDir()
	seen := newWitness(t, folder)
	deep := filepath.Join(folder, "a", "b")
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	until := func(text string) {
		t.Helper()
		for deadline := time.Now().Add(patience); !bytes.Contains(seen.seen(nil), []byte(text)); {
			if time.Now().After(deadline) {
				t.Fatalf("%q was not seen", text)
			}
			runtime.Gosched()
		}
	}
	must(os.MkdirAll(deep, 0o700))
	path := filepath.Join(deep, "walk")
	must(os.WriteFile(path, []byte("the first"), 0o600))
	until("the first")
	must(os.WriteFile(path, []byte("another"), 0o600))
	until("another")
	must(os.Rename(path, filepath.Join(folder, "moved")))
	until("/moved")
	must(os.RemoveAll(folder))
	until("the first")
	if seen := seen.seen(map[string]bool{"/moved": true, "/a/b/walk": true}); bytes.Contains(seen, []byte("another")) {
		t.Error("what the test has put there counts")
	}
}
