package main

import (
	"bytes"
	"context"
	"hash/fnv"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/coder/websocket"

	"layersim/flow"
	"layersim/tui"
)

// pageCell is one live walk, on real sockets, with one trouble.
type pageCell struct {
	*operator
	t       *testing.T
	user    *pageUser
	stop    pageStop
	trouble pageTrouble
}

// playPageCell plays it against a far Plaid, and returns what did not hold.
func playPageCell(t *testing.T, f *far, gate *sessionGate, stop pageStop, trouble pageTrouble) []string {
	t.Helper()
	temporary := t.TempDir()
	t.Setenv("TMPDIR", temporary)
	before := openFiles()
	ctx, cancel := context.WithCancel(context.Background())
	u := &pageUser{
		api: f.url, transport: &http.Transport{}, ctx: ctx, opens: stop.hold != "page", hold: stop.hold, freed: make(chan struct{}),
	}
	if stop.hold == "session" {
		gate.close(u)
	}
	d := &desk{rings: make(chan struct{}, 1), once: map[string]bool{}, cancel: cancel}
	c := &pageCell{operator: &operator{desk: d, tried: map[string]int{}}, t: t, user: u, stop: stop, trouble: trouble}
	s := settings{env: "sandbox", environ: f.environ, link: "browser", platform: "web", seed: 7, seedGiven: true}
	p, err := s.check()
	if err != nil {
		t.Fatal(err)
	}
	header, err := recordingHeader(p, time.Now()).Line()
	if err != nil {
		t.Fatal(err)
	}
	_, _ = d.recorded.Write(append(header, '\n'))
	if d.app, err = newApp(ctx, p, surroundings{now: time.Now, browser: u}); err != nil {
		t.Fatal(err)
	}
	model := tui.New(tui.Options{
		Config: p.config, Catalog: p.catalog, Persona: p.persona, Template: p.template, Events: d.app.events, Now: time.Now, Live: true,
		Elsewhere: p.remote.elsewhere, Surface: p.surface, Context: ctx, Record: d.record, Perform: d.app.engine.Perform,
	})
	d.model, d.began = model, model.State()
	d.send(tea.WindowSizeMsg{Width: 120, Height: 36})
	d.run(model.Init())
	c.walks()
	c.ends()
	c.leavesNothing(before, temporary)
	return d.wrong
}

// until takes what comes until something holds.
func (c *pageCell) until(what string, holds func(s flow.State) bool) bool {
	deadline := time.NewTimer(patience)
	defer deadline.Stop()
	again := time.NewTicker(2 * time.Millisecond) // for what is no event of the program's
	defer again.Stop()
	for !c.dead {
		c.take()
		if holds(c.state()) {
			return true
		}
		select {
		case <-c.rings:
		case <-again.C:
		case <-deadline.C:
			c.fault("waited in vain for %s in %s: %s", what, c.where(), c.brief())
			return false
		}
	}
	return false
}

func (c *pageCell) keys(names ...string) {
	for _, name := range names {
		c.update(key(name))
	}
}

// walks goes to where the trouble comes, has it, and goes on to the end.
func (c *pageCell) walks() {
	if !c.goes("where the trouble comes", c.stop.holds) {
		return
	}
	if c.trouble.ends {
		return
	}
	c.user.mu.Lock()
	c.user.opens = true
	c.user.mu.Unlock()
	if c.user.current() == nil {
		c.explained()
		c.user.load(nil)
		c.until("the page", func(s flow.State) bool { return s.Link.Page.Connected })
	}
	c.explained()
	c.trouble.does(c)
	close(c.user.freed)
	c.goes("the end", func(_ *pageCell, s flow.State) bool { return s.Phase == flow.PhaseOnboarded && !s.Waiting() })
	c.explained()
}

// goes follows the walk, and does whatever is the operator's to do.
func (c *pageCell) goes(where string, holds func(*pageCell, flow.State) bool) bool {
	for range mostDone {
		reached := false
		if !c.until(where, func(s flow.State) bool {
			reached = holds(c, s)
			return reached || !s.Waiting() && c.isMine(s)
		}) {
			return false
		}
		if reached {
			return true
		}
		c.acts()
	}
	c.fault("it does not come to %s, it stands in %s: %s", where, c.where(), c.brief())
	return false
}

// isMine reports whether the walk waits for its operator.
func (c *pageCell) isMine(s flow.State) bool {
	switch s.Phase {
	case flow.PhaseEligibility, flow.PhaseAutofill, flow.PhaseLink, flow.PhaseSession, flow.PhaseOnboarded:
		return false
	case flow.PhaseHandler:
		return !s.HandlerAlive
	}
	return true
}

func (c *pageCell) acts() {
	typed := func(name, text string) {
		if !c.once[name] {
			c.once[name] = true
			for _, r := range text {
				c.update(tea.KeyPressMsg{Code: r, Text: string(r)})
			}
		}
	}
	switch c.state().Phase {
	case flow.PhasePhone:
		if c.stop.birth {
			typed("phone", "515-555-0015")
		} else {
			typed("phone", "415-555-0011")
		}
	case flow.PhaseDateOfBirth:
		typed("birth", "1975-01-18")
		if c.stop.hold == "birth" && !c.once["held"] {
			c.once["held"] = true
			c.user.mu.Lock()
			c.user.hold = "answer"
			c.user.mu.Unlock()
		}
	}
	c.keys("enter")
}

// lost waits until the terminal knows that the page is gone, and holds that it
// says so wherever the page is needed.
func (c *pageCell) lost() {
	c.until("the loss of the page", func(s flow.State) bool { return !s.Link.Page.Connected })
	c.explained()
	if s := c.state(); s.NeedsPage() && !regexp.MustCompile(`(?i)\bpage\b|\btab\b|browser`).MatchString(c.brief()) {
		c.fault("the loss of the page is not said in %s: %s", c.where(), c.brief())
	}
}

// startsOver leaves a walk whose page does not come back, if it needs it.
func (c *pageCell) startsOver() {
	s := c.state()
	if !s.NeedsPage() {
		return
	}
	k := c.offered("start over")
	if k == "" && c.offered("open the page again") != "" {
		c.user.load(nil) // in Link nothing else can be done, and the session goes on in the new page
		return
	}
	if k == "" {
		c.fault("no new start is offered in %s: %s", c.where(), c.brief())
		return
	}
	c.keys(k)
	c.until("the new start", func(now flow.State) bool { return now.Attempt > s.Attempt })
}

func (c *pageCell) spoil(how func(*pageLoad, string, int) []string) {
	c.user.mu.Lock()
	defer c.user.mu.Unlock()
	c.user.spoils = how
}

// stranger connects and does not say which tab it is.
func (c *pageCell) stranger(says string) {
	url := c.user.served()
	conn, _, err := websocket.Dial(c.user.ctx, strings.Replace(url, "http:", "ws:", 1)+"bridge", &websocket.DialOptions{
		HTTPHeader: http.Header{"Origin": {"http://" + strings.Split(url, "/")[2]}}, HTTPClient: &http.Client{Transport: c.user.transport},
	})
	if err != nil {
		c.fault("a stranger does not get as far as hello: %v", err)
		return
	}
	_ = conn.Write(c.user.ctx, websocket.MessageText, []byte(says))
	if _, _, err := conn.Read(c.user.ctx); err == nil {
		c.fault("a stranger is told something")
	}
	_ = conn.CloseNow()
}

// ends ends the program, and holds its journal to what came.
func (c *pageCell) ends() {
	if !c.dead {
		if !c.trouble.ends {
			c.until("silence", func(flow.State) bool { return len(c.app.events) == 0 })
		}
		c.answersOnce()
		c.replays()
	}
	c.cancel()
	if err := c.app.Close(); err != nil {
		c.fault("closing: %v", err)
	}
	c.user.loads.Wait()
	c.user.transport.CloseIdleConnections()
}

// leavesNothing holds that nothing of the program is left: no goroutine, file,
// port or temporary file.
func (c *pageCell) leavesNothing(before int, temporary string) {
	var files int
	var running string
	gone := func() bool {
		files, running = openFiles(), runningOurs()
		return files <= before && running == ""
	}
	again := time.NewTicker(5 * time.Millisecond)
	defer again.Stop()
	for deadline := time.Now().Add(leftPatience); !gone() && time.Now().Before(deadline); {
		<-again.C
	}
	if running != "" {
		c.fault("it still runs:\n%s", running)
	}
	if files > before {
		c.fault("%d files were open before, %d are now: %s", before, files, listFiles())
	}
	if url := c.user.served(); url != "" {
		if conn, err := net.Dial("tcp", strings.Split(url, "/")[2]); err == nil {
			_ = conn.Close()
			c.fault("the page still listens")
		}
	}
	if left, err := os.ReadDir(temporary); err != nil || len(left) > 0 {
		c.fault("left in the temporary folder: %v %v", left, err)
	}
}

// leftPatience bounds how long something may take to be gone when the program is.
const leftPatience = 10 * time.Second

const fdFolder = "/proc/self/fd"

// openFiles counts this process's open files, sockets among them; 0 where the
// system does not say.
func openFiles() int {
	files, _ := os.ReadDir(fdFolder)
	return len(files)
}

func listFiles() (all []string) {
	files, _ := os.ReadDir(fdFolder)
	for _, f := range files {
		to, _ := os.Readlink(filepath.Join(fdFolder, f.Name()))
		all = append(all, to)
	}
	return all
}

// runningOurs are the stacks of goroutines that run something of layersim's, the
// test's own apart.
func runningOurs() string {
	all := make([]byte, 4<<20)
	all = all[:runtime.Stack(all, true)]
	var ours []string
	for stack := range bytes.SplitSeq(all, []byte("\n\n")) {
		if bytes.Contains(stack, []byte("layersim/")) && !bytes.Contains(stack, []byte("testing.tRunner")) && !bytes.Contains(stack, []byte("net/http.(*conn).serve")) {
			ours = append(ours, string(stack))
		}
	}
	return strings.Join(ours, "\n\n")
}

// TestFaultsOfThePage has everything happen to the page of a live walk, wherever
// the walk stands, on real sockets. All of it always runs, a part under the race
// detector; LAYERSIM_FAULT_CELL="PLACE × TROUBLE" plays one.
func TestFaultsOfThePage(t *testing.T) {
	gate := &sessionGate{make(chan *pageUser, 1)}
	f := newFar(t, false, gate.wrap)
	only := os.Getenv("LAYERSIM_FAULT_CELL")
	share := uint32(1) // one cell of so many
	if raceDetector {
		share = 8
	}
	played, skipped, failed := 0, 0, 0
	for _, stop := range pageStops() {
		for _, trouble := range pageTroubles() {
			name := stop.name + " × " + trouble.name
			h := fnv.New32a()
			_, _ = h.Write([]byte(name))
			if only != "" && only != name || only == "" && h.Sum32()%share != 0 {
				skipped++
				continue
			}
			played++
			wrong := playPageCell(t, f, gate, stop, trouble)
			for _, w := range wrong {
				t.Errorf("%s: %s", name, w)
			}
			if len(wrong) > 0 {
				failed++
			}
		}
	}
	t.Logf("%d places × %d troubles of the page: %d cells were played, %d failed; %d not in this run",
		len(pageStops()), len(pageTroubles()), played, failed, skipped)
}
