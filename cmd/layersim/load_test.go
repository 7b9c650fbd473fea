//go:build linux

package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// As many Link sessions at once as LAYERSIM_LOAD says, each with a connection
// of its own as each browser has one, over real sockets and against the built
// program: they all begin in the same moment, are all alive at the same time
// and walk on in step, so that as many end in the same moment. What each app was
// told is held against what its user did, and against the journal and the
// webhooks that others received meanwhile: the program's own counters prove
// nothing.
//
//	.ci/load            # 10,000
//
// LAYERSIM_LOAD_RATE is how many steps all users together take in a second once
// they are all there; 0 is as many as they can.
func TestLoad(t *testing.T) {
	n, rate := loadSize(t)
	l := newLoad(t, n)
	before := l.server.memory()
	l.inStep("all at once", 0, 0, 3)
	l.allAlive()
	alive := l.server.memory()
	t.Logf("%d sessions are alive: %d files open, %d MB resident, %d MB at the start, %.1f KB each",
		n, l.server.files(), alive>>20, before>>20, float64(alive-before)/1024/float64(n))
	pace := "at " + strconv.Itoa(rate) + " steps a second"
	if rate == 0 {
		pace = "on to the end"
	}
	l.inStep(pace, rate, 3, longestWay)
	l.check()
	first := l.server.memory()

	l.users = nil // the same once more, from the first step to the last without a pause
	l.arrive(n)
	l.inStep("again, all at once to the end", 0, 0, longestWay)
	l.check()
	t.Logf("after %d sessions %d MB resident, after %d more %d MB, at most %d MB", n, first>>20, n, l.server.memory()>>20, l.server.peak()>>20)
	t.Logf("%d requests, none refused; %d callbacks, %d webhooks, %d records of the journal: none lost, none doubled\n%s", l.requests, l.callbacks, l.hooks.total(), l.journal.last, l.times.table())
}

// loadSize is how many sessions there are to be, and how many steps a second.
func loadSize(t *testing.T) (n, rate int) {
	t.Helper()
	n = 200
	if text := os.Getenv("LAYERSIM_LOAD"); text != "" {
		var err error
		if n, err = strconv.Atoi(text); err != nil || n < 1 {
			t.Fatalf("LAYERSIM_LOAD=%s: write a number of sessions, such as 10000", text)
		}
		rate = 1500
	}
	if r, err := strconv.Atoi(os.Getenv("LAYERSIM_LOAD_RATE")); err == nil {
		rate = r
	}
	return n, rate
}

// load is a served simulator, the users of an app, and those who look on.
type load struct {
	t       testing.TB
	n       int
	host    string
	server  process
	users   []*loadUser
	times   *latencies
	hooks   *hookCount
	journal *journalCount

	requests, callbacks int
}

func newLoad(t *testing.T, n int) *load {
	hooks := newHookCount(t)
	ready, cmd := served(t, "--seed", "7", "--webhook", hooks.url)
	l := &load{t: t, n: n, host: strings.TrimPrefix(ready, "ready http://"), server: process{t, cmd.Process.Pid}, times: newLatencies(), hooks: hooks}
	l.journal = followJournal(t, "http://"+l.host)
	l.arrive(n)
	return l
}

func (l *load) arrive(n int) {
	for i := range n {
		l.users = append(l.users, &loadUser{load: l, name: fmt.Sprintf("user-%d", i), way: ways[i%len(ways)]})
	}
}

// inStep lets every user take the steps from one up to another, all the first,
// then all the next. With a rate, each step has its moment, and how long it took
// is counted from there: who has to wait for their turn has waited.
func (l *load) inStep(phase string, rate, from, to int) {
	began := time.Now()
	var wg sync.WaitGroup
	for i, u := range l.users {
		wg.Go(func() {
			for k := from; k < min(to, len(u.way.steps)); k++ {
				due := time.Now()
				if rate > 0 {
					due = began.Add(time.Duration((k-from)*l.n+i) * time.Second / time.Duration(rate))
					time.Sleep(time.Until(due)) // a user who thinks
				}
				if !u.take(phase, u.way.steps[k], due) {
					return
				}
			}
		})
	}
	wg.Wait()
	if l.t.Failed() {
		l.t.FailNow()
	}
}

// allAlive asks the control API which sessions there are.
func (l *load) allAlive() {
	answer, err := http.Get("http://" + l.host + "/sim/sessions")
	if err != nil {
		l.t.Fatal(err)
	}
	defer func() { _ = answer.Body.Close() }()
	var all struct {
		Sessions []struct {
			ID    string `json:"link_session_id"`
			State string `json:"state"`
		}
		Forgotten int
	}
	if err := json.NewDecoder(answer.Body).Decode(&all); err != nil {
		l.t.Fatal(err)
	}
	state := map[string]string{}
	for _, s := range all.Sessions {
		state[s.ID] = s.State
	}
	for _, u := range l.users {
		if s := state[u.id]; s != "eligible" && s != "need_dob" {
			l.t.Fatalf("%s: the session is %q", u.name, s)
		}
	}
	if len(state) != l.n || all.Forgotten != 0 {
		l.t.Errorf("%d sessions are alive, %d forgotten", len(state), all.Forgotten)
	}
}

// check holds what came of all walks against what the users did.
func (l *load) check() {
	hooks := 0
	for _, u := range l.users {
		u.leave()
		if got := strings.Join(u.told, " "); got != u.way.told {
			l.t.Errorf("%s was told %s\nand not    %s", u.name, got, u.way.told)
		}
		l.requests += u.requests
		l.callbacks += len(u.told)
		hooks += len(u.way.hooks)
	}
	l.hooks.await(l.hooks.checked + hooks)
	l.hooks.checked += hooks
	for _, u := range l.users {
		if got := l.hooks.of(u.id); got != strings.Join(u.way.hooks, " ") {
			l.t.Errorf("%s: webhooks %s", u.name, got)
		}
	}
	l.journal.check(l.users)
	if l.t.Failed() {
		l.t.FailNow()
	}
}

// loadUser is a user, the page and the server of their app: a connection.
type loadUser struct {
	load *load
	name string
	way  way

	conn        net.Conn
	in          *bufio.Reader
	used        time.Time
	token, path string // of the link_token, and of the session
	id          string // link_session_id
	public      string // public_token
	access      string
	acked       int
	told        []string // callbacks, in the order in which they came
	requests    int
}

// take does one step as a page does it: what it was told is confirmed at once.
func (u *loadUser) take(phase string, s step, due time.Time) bool {
	if !u.post(phase, s, due) {
		return false
	}
	if s.verb != "" && u.fresh() {
		return u.post(phase, step{kind: "confirm", verb: "sync"}, time.Now())
	}
	return true
}

func (u *loadUser) fresh() bool { return len(u.told) > u.acked }

// post makes the request of a step and reads the answer.
func (u *loadUser) post(phase string, s step, due time.Time) bool {
	path, body := s.path, map[string]any{"client_id": "client", "secret": "secret"}
	switch {
	case s.verb == "create":
		path, body = "/link/session", map[string]any{"token": u.token}
	case s.verb != "":
		path, body = u.path+"/"+s.verb, map[string]any{}
		if u.fresh() {
			body["ack"] = len(u.told)
			u.acked = len(u.told)
		}
	}
	if s.fill != nil {
		s.fill(u, body)
	}
	text, err := json.Marshal(body)
	if err != nil {
		u.load.t.Error(err)
		return false
	}
	status, answer, err := u.exchange(path, text)
	u.load.times.add(phase, s.kind, time.Since(due))
	u.requests++
	if err != nil || status != http.StatusOK {
		u.load.t.Errorf("%s: %s: %d %.300s (%v)", u.name, path, status, answer, err)
		return false
	}
	if err := u.read(s, answer); err != nil {
		u.load.t.Errorf("%s: %s: %v\n%.500s", u.name, path, err, answer)
		return false
	}
	return true
}

// longestIdle is when a connection that was not used is given up, before the
// server does it.
const longestIdle = 40 * time.Second

func (u *loadUser) exchange(path string, body []byte) (status int, answer []byte, err error) {
	if u.conn == nil || time.Since(u.used) > longestIdle {
		u.leave()
		if u.conn, err = net.Dial("tcp", u.load.host); err != nil {
			return 0, nil, err
		}
		u.in = bufio.NewReaderSize(u.conn, 2<<10)
	}
	u.used = time.Now()
	if err := u.conn.SetDeadline(u.used.Add(2 * time.Minute)); err != nil {
		return 0, nil, err
	}
	request := fmt.Appendf(nil, "POST %s HTTP/1.1\r\nHost: %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s", path, u.load.host, len(body), body)
	if _, err := u.conn.Write(request); err != nil {
		return 0, nil, err
	}
	resp, err := http.ReadResponse(u.in, nil)
	if err != nil {
		return 0, nil, err
	}
	var b bytes.Buffer
	_, err = b.ReadFrom(resp.Body)
	return resp.StatusCode, b.Bytes(), err
}

// leave closes the connection.
func (u *loadUser) leave() {
	if u.conn != nil {
		_ = u.conn.Close()
		u.conn = nil
	}
}

// read takes over what an answer says. Everything of it must be this user's, and
// each callback comes once, numbered from 1 on: it was confirmed before anything
// else was asked.
func (u *loadUser) read(s step, answer []byte) error {
	var a struct {
		Link struct {
			Token string `json:"link_token"`
		}
		Session   string
		ID        string `json:"link_session_id"`
		Refused   string
		Callbacks []struct {
			Seq         int
			Kind, Name  string
			PublicToken string `json:"public_token"`
			Metadata    struct {
				ID   string `json:"link_session_id"`
				View string `json:"view_name"`
			}
		}
		Identity struct {
			Phone string `json:"phone_number"`
		}
		Items []struct {
			AccessToken string `json:"access_token"`
		}
		Accounts []any
	}
	if err := json.Unmarshal(answer, &a); err != nil {
		return err
	}
	switch {
	case a.Refused != "":
		return fmt.Errorf("refused: %s", a.Refused)
	case s.kind == kindToken:
		u.token = a.Link.Token
	case s.verb == "create":
		u.path, u.id = "/link/session/"+a.Session, a.ID
	case s.kind == kindFetch:
		if a.Identity.Phone != u.way.phone || len(a.Items) == 0 {
			return fmt.Errorf("the identity of %s and %d Items, not those of %s", a.Identity.Phone, len(a.Items), u.way.phone)
		}
		u.access = a.Items[0].AccessToken
	case s.kind == kindAccounts && len(a.Accounts) == 0:
		return fmt.Errorf("no accounts")
	}
	for _, c := range a.Callbacks {
		name := c.Name
		switch {
		case c.Kind != "event":
			name = c.Kind
		case c.Metadata.View != "":
			name += ":" + c.Metadata.View
		}
		if c.Seq != len(u.told)+1 || c.Metadata.ID != u.id {
			return fmt.Errorf("callback %s has number %d after %d and is for session %s, not %s", name, c.Seq, len(u.told), c.Metadata.ID, u.id)
		}
		u.told = append(u.told, name)
		if c.PublicToken != "" {
			u.public = c.PublicToken
		}
	}
	return nil
}

// process is what the system says of a running program.
type process struct {
	t   testing.TB
	pid int
}

func (p process) memory() int { return p.status("VmRSS") }
func (p process) peak() int   { return p.status("VmHWM") }

// status is a size in bytes.
func (p process) status(name string) int {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.pid))
	if err != nil {
		p.t.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		var kb int
		if _, err := fmt.Sscanf(line, name+": %d kB", &kb); err == nil {
			return kb << 10
		}
	}
	p.t.Fatalf("no %s of process %d", name, p.pid)
	return 0
}

func (p process) files() int {
	open, err := filepath.Glob(fmt.Sprintf("/proc/%d/fd/*", p.pid))
	if err != nil {
		p.t.Fatal(err)
	}
	return len(open)
}
