package linkpage

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/coder/websocket"

	"layersim/flow"
	"layersim/flow/guard"
)

const (
	// maxMessage is the largest message a tab may send, in bytes. Link's own
	// callbacks are a few hundred; the page cuts what is larger.
	maxMessage = 64 << 10
	// helloPatience is how long a connection may stay silent before it says
	// which tab it is.
	helloPatience = 5 * time.Second
	writePatience = 5 * time.Second
)

// outgoing is what the page is told.
type outgoing struct {
	Kind string `json:"kind"` // handle, present, dismiss, ack, replaced
	// Version of the stage, with handle, present and dismiss.
	Version   int            `json:"version,omitempty"`
	Handler   flow.HandlerID `json:"handler,omitempty"`
	Script    string         `json:"script,omitempty"`
	LinkToken string         `json:"link_token,omitempty"`
	Resume    string         `json:"resume,omitempty"`
	Open      bool           `json:"open,omitempty"`
	Sentence  string         `json:"sentence,omitempty"`
	// Lived says, with dismiss, that the handler lived in the page, as the one
	// of another attempt will.
	Lived bool `json:"lived,omitempty"`
	// Calls and End go with handle.
	Calls []told `json:"calls,omitempty"`
	End   string `json:"end,omitempty"`
	// Seq is the highest number taken, with ack; Instance is the load that
	// counted so far, if it is not the tab's present one.
	Seq      int    `json:"seq,omitempty"`
	Instance string `json:"instance,omitempty"`
}

func (p *Page) serveBridge(w http.ResponseWriter, r *http.Request) {
	conn, err := websocket.Accept(w, r, &websocket.AcceptOptions{CompressionMode: websocket.CompressionDisabled})
	if err != nil {
		p.opts.Log.Warn("local page refused a connection", "error", err)
		return
	}
	defer func() { _ = conn.CloseNow() }()
	conn.SetReadLimit(maxMessage)
	ctx, cancel := context.WithCancel(r.Context())
	defer cancel()
	defer context.AfterFunc(p.ctx, cancel)() //nolint:contextcheck // Close ends every connection

	instance, err := readHello(ctx, conn)
	if err != nil {
		p.opts.Log.Warn("a connection did not say which tab it is", "error", err)
		return
	}
	c := p.join(instance)
	if c == nil {
		p.opts.Log.Warn("a load of the page was refused", "because", "there were too many")
		_ = conn.Close(websocket.StatusTryAgainLater, "too many loads of this page")
		return
	}
	written := make(chan struct{})
	guard.Go(func() {
		defer close(written)
		defer cancel() // without a writer the connection is of no use
		p.keepTold(ctx, conn, c)
	})
	p.readAll(ctx, conn, c)
	cancel()
	<-written
	p.leave(c)
}

func readHello(ctx context.Context, conn *websocket.Conn) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, helloPatience)
	defer cancel()
	_, data, err := conn.Read(ctx)
	if err != nil {
		return "", err
	}
	return parseHello(data)
}

// join lets a connection in and reports the tab, if it has the walk from now on.
// It returns nil if there were too many loads to remember one more.
func (p *Page) join(instance string) *client {
	p.turn.Lock()
	defer p.turn.Unlock()
	p.mu.Lock()
	c, isNew := p.tabs.join(instance)
	p.mu.Unlock()
	if isNew {
		p.opts.Emit(flow.PageConnected{At: flow.At(p.opts.Now()), Tab: c.tab.number})
	}
	return c
}

// leave reports a tab as lost, unless another has taken over or the page is
// being closed.
func (p *Page) leave(c *client) {
	p.turn.Lock()
	defer p.turn.Unlock()
	p.mu.Lock()
	lost := p.tabs.leave(c) && !p.closed
	p.mu.Unlock()
	if lost {
		p.opts.Emit(flow.PageLost{At: flow.At(p.opts.Now()), Tab: c.tab.number})
	}
}

// readAll takes the tab's messages until the connection ends.
func (p *Page) readAll(ctx context.Context, conn *websocket.Conn, c *client) {
	for {
		kind, data, err := conn.Read(ctx)
		if err != nil {
			if websocket.CloseStatus(err) == -1 && ctx.Err() == nil {
				p.opts.Log.Info("a tab was cut off", "tab", c.tab.number, "error", err)
			}
			return
		}
		if kind != websocket.MessageText {
			p.opts.Log.Warn("a message of the page was refused", "because", "it is not text")
			continue
		}
		p.take(c, data)
	}
}

// take checks one message, emits what it says if it is the next one, and lets
// the acknowledgement go out. What is refused is logged and changes nothing.
func (p *Page) take(c *client, data []byte) {
	p.turn.Lock()
	defer p.turn.Unlock()
	m, err := parseMessage(data)
	if err != nil {
		p.refuseMessage(err)
		return
	}
	defer c.wake()
	event, err := p.countAndHear(c, m)
	if err != nil {
		p.refuseMessage(err, "seq", m.Seq)
	}
	if event != nil {
		p.opts.Emit(event)
	}
}

// countAndHear uses a message's number up and returns the event to emit, nil
// for none. A number is used up even by a message that makes no sense, because
// the tab would otherwise repeat it for ever. All is done under one lock: an
// acknowledgement must not go out before the stage that follows from it.
func (p *Page) countAndHear(c *client, m message) (flow.Event, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	of, isNext, err := p.count(c, m)
	if err != nil {
		return nil, err
	}
	if !isNext {
		// It was sent again because the acknowledgement was lost; every new
		// connection is told the number anew.
		p.opts.Log.Info("a message of the page came again", "seq", m.Seq)
		return nil, nil //nolint:nilnil // there is no event, which is no mistake
	}
	event, err := p.heard(of, m)
	if err == nil || errors.Is(err, errNeverMade) || errors.Is(err, errNeverPresented) {
		return event, err
	}
	return flow.PageTrouble{
		At:     flow.At(p.opts.Now()),
		Reason: fmt.Sprintf("Something that came from Link makes no sense, so it was passed over: %v.", err),
	}, err
}

func (p *Page) refuseMessage(because error, more ...any) {
	p.opts.Log.Warn("a message of the page was refused", append([]any{"because", because}, more...)...)
}

// count returns the load that a message is of, and whether the message is the
// next one of that load. Called with mu held.
func (p *Page) count(c *client, m message) (of *tab, isNext bool, err error) {
	of = c.tab
	if m.Instance != "" && m.Instance != of.instance {
		if of = p.tabs.before(c, m.Instance); of == nil {
			c.forget(m)
			return nil, false, errors.New("no earlier load of the page has this name")
		}
	}
	if m.Seq > of.last+1 {
		if of != c.tab {
			c.forget(m)
		}
		return nil, false, errors.New("a number is missing before it")
	}
	if m.Seq == of.last+1 {
		of.last++
		isNext = true
	}
	if of != c.tab {
		c.acks[of.instance] = of.last
	}
	return of, isNext, nil
}

// heard turns a message into the event to emit, nil for none, and notes what it
// says about the present handler. Called with mu held.
func (p *Page) heard(of *tab, m message) (flow.Event, error) {
	id := flow.HandlerID(m.Handler)
	list := p.stage.calls
	if list != nil && list.handler != id {
		list = nil
	}
	defer func() {
		if list != nil && list.news {
			list.news = false
			p.changed()
		}
	}()
	if m.Kind == "did" {
		return p.did(list, m)
	}
	event, err := m.event(p.known[id], p.opts.Now())
	if err != nil || list == nil {
		return event, err
	}
	switch e := event.(type) {
	case flow.OnLoad:
		e.Again = list.loaded(of.number)
		event = e
	case flow.OnEvent:
		e.Again = list.heard(of.number, int(m.After), e.Name)
		event = e
	case flow.OnSuccess:
		// Without a public_token the walk does not end, so the handler stays.
		if !e.PublicToken.IsZero() {
			list.ended(endSuccess)
		}
	case flow.OnExit:
		if e.Failure.IsZero() {
			list.ended(endExit)
		} else {
			list.ended(endError)
		}
	}
	return event, nil
}

// did notes that a call was made; there may be trouble to tell. Called with mu
// held.
func (p *Page) did(list *calls, m message) (flow.Event, error) {
	if list == nil {
		if id := flow.HandlerID(m.Handler); p.known[id] && id <= p.stage.handler {
			return nil, nil //nolint:nilnil // the handler was given up meanwhile
		}
		return nil, errNeverMade
	}
	trouble, err := list.did(int(m.N), redactText(string(m.Failure)))
	if err != nil {
		return nil, err
	}
	if trouble == "" {
		return nil, nil //nolint:nilnil // whoever waits for the call is told
	}
	return flow.PageTrouble{At: flow.At(p.opts.Now()), Reason: trouble}, nil
}

// keepTold writes whatever the tab does not know yet, each time something may
// have changed. It looks at the present state only, so a tab that is slow or
// new is never told what no longer holds.
func (p *Page) keepTold(ctx context.Context, conn *websocket.Conn, c *client) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-c.notify:
		}
		for _, m := range p.news(c) {
			if !p.tell(ctx, conn, m) {
				return
			}
		}
	}
}

// news returns what to write next. The stage goes before the acknowledgements:
// a load that waits until what an earlier one reported was taken must then act
// on what follows from it.
func (p *Page) news(c *client) (messages []outgoing) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if c.replaced {
		if !c.toldReplaced {
			messages = append(messages, outgoing{Kind: "replaced"})
		}
		c.toldReplaced = true
	} else if s := p.stage; s.version != c.toldStage {
		c.toldStage = s.version
		messages = append(messages, s.message())
	}
	if c.toldAck != c.tab.last {
		c.toldAck = c.tab.last
		messages = append(messages, outgoing{Kind: "ack", Seq: c.tab.last})
	}
	for instance, seq := range c.acks {
		messages = append(messages, outgoing{Kind: "ack", Seq: seq, Instance: instance})
	}
	clear(c.acks)
	return messages
}

// message is the one place where the link_token leaves for the page: Plaid's
// own script needs it there.
func (s stage) message() outgoing {
	if s.dismissed {
		return outgoing{Kind: "dismiss", Version: s.version, Handler: s.handler, Sentence: s.sentence, Lived: s.lived}
	}
	if s.calls != nil {
		m := outgoing{Kind: "handle", Version: s.version, Handler: s.handler, Script: s.script, Calls: s.calls.tell(), End: s.calls.end}
		if m.End == "" { // else nothing is created any more
			m.LinkToken = s.handover.LinkToken.Reveal()
		}
		return m
	}
	return outgoing{
		Kind: "present", Version: s.version, Handler: s.handler, Script: s.script, Open: true,
		LinkToken: s.handover.LinkToken.Reveal(), Resume: s.handover.Key.Reveal(),
	}
}

func (p *Page) tell(ctx context.Context, conn *websocket.Conn, m outgoing) bool {
	data, err := json.Marshal(m)
	if err != nil {
		p.opts.Log.Error("a message to the page could not be written", "error", err)
		return false
	}
	ctx, cancel := context.WithTimeout(ctx, writePatience)
	defer cancel()
	return conn.Write(ctx, websocket.MessageText, data) == nil
}
