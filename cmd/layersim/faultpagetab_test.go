package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/coder/websocket"

	"layersim/flow"
	"layersim/flow/linkterm"
)

// pageUser is the browser and whoever sits at it, without a browser: tabs that
// speak the bridge as the page's own script does, and a user who shares.
type pageUser struct {
	api       string // address of the far Plaid
	transport *http.Transport
	ctx       context.Context
	loads     sync.WaitGroup

	mu     sync.Mutex
	url    string
	opens  bool // a browser that is asked opens the page
	tab    *pageLoad
	count  int
	spoils func(load *pageLoad, line string, seq int) []string // what is written in a report's place

	hold  string // what is held: a call, or "answer" of a submit, or "user"
	held  atomic.Bool
	freed chan struct{} // closed when it is not held any more
}

// Open is what the program asks the browser for.
func (u *pageUser) Open(url string) error {
	u.mu.Lock()
	u.url = url
	opens := u.opens
	u.mu.Unlock()
	if opens {
		u.load(nil)
	}
	return nil
}

// served is the page's address, "" while nobody was asked to open it.
func (u *pageUser) served() string {
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.url
}

func (u *pageUser) current() *pageLoad {
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.tab
}

// load loads the page in a tab, after another load of the same tab if before is
// given: then what that one could not tell is told by this one.
func (u *pageUser) load(before *pageLoad) *pageLoad {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.count++
	l := &pageLoad{user: u, instance: fmt.Sprint("load-", u.count), news: make(chan struct{}, 1)}
	l.ctx, l.end = context.WithCancel(u.ctx)
	l.link = linkterm.New(linkterm.Options{BaseURL: u.api, Transport: u.transport, Emit: l.emit, Now: time.Now})
	if before != nil {
		before.mu.Lock()
		l.outbox = append(l.outbox, before.outbox...)
		before.mu.Unlock()
	}
	u.tab = l
	u.loads.Go(l.connects)
	u.loads.Go(l.makes)
	return l
}

// waitsIf holds what is to be held, until it is freed or the load is gone.
func (u *pageUser) waitsIf(what string, l *pageLoad) {
	u.mu.Lock()
	hold := u.hold == what
	u.mu.Unlock()
	if !hold {
		return
	}
	u.held.Store(true)
	select {
	case <-u.freed:
	case <-l.ctx.Done():
	}
}

// pageLoad is one load of the page.
type pageLoad struct {
	user     *pageUser
	instance string
	ctx      context.Context
	end      context.CancelFunc
	link     *linkterm.Client
	news     chan struct{}

	mu      sync.Mutex
	conn    *websocket.Conn // nil while there is none
	handler flow.HandlerID
	token   string
	calls   []pageCall
	made    int
	seq     int
	outbox  []pageReport
	pane    *flow.Pane
	quiet   bool // reports are kept until the call has been told
	kept    []map[string]any
}

type pageCall struct {
	N           int    `json:"n"`
	Kind        string `json:"kind"`
	PhoneNumber string `json:"phone_number"`
	DateOfBirth string `json:"date_of_birth"`
	Done        bool   `json:"done"`
	Failed      bool   `json:"failed"`
}

// pageReport is what was reported and is not acknowledged.
type pageReport struct {
	instance string
	seq      int
	line     string
}

// connects keeps a connection to the terminal, for as long as the load lives and
// somebody answers.
func (l *pageLoad) connects() {
	for l.ctx.Err() == nil {
		url := l.user.served()
		host := strings.Split(url, "/")[2]
		conn, _, err := websocket.Dial(l.ctx, strings.Replace(url, "http:", "ws:", 1)+"bridge", &websocket.DialOptions{
			HTTPHeader: http.Header{"Origin": {"http://" + host}}, HTTPClient: &http.Client{Transport: l.user.transport},
		})
		if err != nil {
			return // the program is gone
		}
		l.mu.Lock()
		l.conn = conn
		l.write(`{"kind":"hello","instance":"` + l.instance + `"}`)
		for _, r := range l.outbox {
			l.write(r.line)
		}
		l.mu.Unlock()
		for {
			_, data, err := conn.Read(l.ctx)
			if err != nil {
				break
			}
			l.hears(data)
		}
		l.mu.Lock()
		l.conn = nil
		l.mu.Unlock()
		_ = conn.CloseNow()
	}
}

// write is called with mu held. What cannot be written stays in the outbox.
func (l *pageLoad) write(line string) {
	if l.conn != nil {
		_ = l.conn.Write(l.ctx, websocket.MessageText, []byte(line))
	}
}

func (l *pageLoad) hears(data []byte) {
	var m struct {
		Kind      string         `json:"kind"`
		Handler   flow.HandlerID `json:"handler"`
		LinkToken string         `json:"link_token"`
		Calls     []pageCall     `json:"calls"`
		Seq       int            `json:"seq"`
		Instance  string         `json:"instance"`
	}
	if json.Unmarshal(data, &m) != nil {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	switch m.Kind {
	case "ack":
		if m.Instance == "" {
			m.Instance = l.instance
		}
		left := l.outbox[:0]
		for _, r := range l.outbox {
			if r.instance != m.Instance || r.seq > m.Seq {
				left = append(left, r)
			}
		}
		l.outbox = left
	case "handle":
		if m.Handler != l.handler {
			l.handler, l.made, l.pane = m.Handler, 0, nil
		}
		if m.LinkToken != "" {
			l.token = m.LinkToken
		}
		l.calls = m.Calls
	case "replaced", "dismiss":
		l.calls, l.pane = nil, nil
	}
	select {
	case l.news <- struct{}{}:
	default:
	}
}

// makes makes the calls that are wanted, and does what the user does.
func (l *pageLoad) makes() {
	for {
		select {
		case <-l.ctx.Done():
			return
		case <-l.news:
		}
		for l.next() {
		}
	}
}

func (l *pageLoad) next() bool {
	l.mu.Lock()
	id, token, pane := l.handler, l.token, l.pane
	var call *pageCall
	for _, c := range l.calls {
		if c.N > l.made && !c.Failed {
			call = &c
			break
		}
	}
	if call == nil {
		l.pane = nil
	}
	l.mu.Unlock()
	switch {
	case l.ctx.Err() != nil:
		return false
	case call != nil:
		l.makeCall(id, token, *call)
		return true
	case pane != nil:
		l.user.waitsIf("user", l)
		l.uses(id, *pane)
		return true
	}
	return false
}

func (l *pageLoad) makeCall(id flow.HandlerID, token string, call pageCall) {
	l.user.waitsIf(call.Kind, l)
	if l.ctx.Err() != nil {
		return
	}
	l.mu.Lock()
	if call.Kind != "create" {
		l.made = call.N
	}
	l.quiet = true
	l.mu.Unlock()
	var err error
	switch call.Kind {
	case "create":
		err = l.link.Create(l.ctx, flow.CreateHandler{HandlerID: id, LinkToken: flow.NewLinkToken(token)})
	case "submit":
		err = l.link.Submit(l.ctx, flow.SubmitHandler{HandlerID: id, Phone: flow.NewPhoneNumber(call.PhoneNumber), DateOfBirth: flow.NewDateOfBirth(call.DateOfBirth)})
	case "open":
		err = l.link.Open(l.ctx, id)
	case "exit":
		err = l.link.Exit(l.ctx, id)
	}
	failure := ""
	if err != nil {
		failure = err.Error()
	}
	l.mu.Lock()
	l.made = call.N
	if !call.Done {
		l.report(map[string]any{"kind": "did", "n": call.N, "failure": failure, "handler": id})
	}
	l.mu.Unlock()
	if call.Kind == "submit" {
		l.user.waitsIf("answer", l)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.quiet = false
	for _, m := range l.kept {
		l.report(m)
	}
	l.kept = nil
}

// uses does what the user does in a pane of Link.
func (l *pageLoad) uses(id flow.HandlerID, p flow.Pane) {
	a := flow.LinkAction{Kind: flow.LinkContinue}
	switch {
	case p.Auto != "":
		a.Kind = p.Auto
	case p.View == flow.ViewVerifyPhone:
		a = flow.LinkAction{Kind: flow.LinkCode, Code: flow.NewOneTimeCode("123456")}
	case p.View == flow.ViewReview:
		a = flow.LinkAction{Kind: flow.LinkShare, Values: map[string]flow.SSN{}}
		for _, f := range p.Fields {
			a.Values[f.Key] = f.Value
		}
		for _, b := range p.Banks {
			for _, account := range b.Accounts {
				a.Accounts = append(a.Accounts, account.ID)
			}
		}
	}
	_ = l.link.Act(l.ctx, id, a) // Link that is over has nothing to say to it
}

// emit takes what Link calls back.
func (l *pageLoad) emit(e flow.Event) {
	l.mu.Lock()
	defer l.mu.Unlock()
	raw := func(m flow.Metadata) any {
		if m.Raw == "" {
			return nil
		}
		return json.RawMessage(m.Raw)
	}
	var m map[string]any
	switch e := e.(type) {
	case flow.PaneShown:
		p := e.Pane
		l.pane = &p
		return
	case flow.OnLoad:
		m = map[string]any{"kind": "load", "handler": e.HandlerID}
	case flow.OnEvent:
		m = map[string]any{"kind": "event", "handler": e.HandlerID, "name": e.Name, "metadata": raw(e.Metadata), "after": l.made}
	case flow.OnSuccess:
		m = map[string]any{"kind": "success", "handler": e.HandlerID, "public_token": e.PublicToken.Reveal(), "metadata": raw(e.Metadata)}
	case flow.OnExit:
		m = map[string]any{"kind": "exit", "handler": e.HandlerID, "metadata": raw(e.Metadata)}
		if !e.Failure.IsZero() {
			m["error"] = map[string]any{"error_type": e.Failure.Type, "error_code": e.Failure.Code, "error_message": e.Failure.Message}
		}
	default:
		return
	}
	if l.quiet {
		l.kept = append(l.kept, m)
		return
	}
	l.report(m)
}

// report tells the terminal something, or keeps it until it can be told. Called
// with mu held.
func (l *pageLoad) report(m map[string]any) {
	if l.ctx.Err() != nil {
		return
	}
	l.seq++
	m["seq"] = l.seq
	line, err := json.Marshal(m)
	if err != nil {
		panic(err) // the test's own
	}
	m["instance"] = l.instance // another load that sends it again has to say whose it is
	again, _ := json.Marshal(m)
	l.outbox = append(l.outbox, pageReport{l.instance, l.seq, string(again)})
	l.user.mu.Lock()
	spoils := l.user.spoils
	l.user.mu.Unlock()
	if spoils == nil {
		l.write(string(line))
		return
	}
	for _, one := range spoils(l, string(line), l.seq) {
		l.write(one)
	}
}

// drop cuts the connection; the load lives and connects again.
func (l *pageLoad) drop() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.conn != nil {
		_ = l.conn.CloseNow()
	}
}
