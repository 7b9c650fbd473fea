package linkpage

import (
	"context"
	"encoding/json"
	"net/http"
	"time"

	"github.com/coder/websocket"

	"layersim/flow"
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
	Kind string `json:"kind"` // present, dismiss, ack, replaced
	// Version of the stage, with present and dismiss.
	Version   int            `json:"version,omitempty"`
	Handler   flow.HandlerID `json:"handler,omitempty"`
	Script    string         `json:"script,omitempty"`
	LinkToken string         `json:"link_token,omitempty"`
	Resume    string         `json:"resume,omitempty"`
	Open      bool           `json:"open,omitempty"`
	Sentence  string         `json:"sentence,omitempty"`
	// Seq is the highest number taken, with ack.
	Seq int `json:"seq,omitempty"`
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
		p.tell(ctx, conn, outgoing{Kind: "replaced"})
		return
	}
	written := make(chan struct{})
	go func() {
		defer close(written)
		defer cancel() // without a writer the connection is of no use
		p.keepTold(ctx, conn, c)
	}()
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

// join lets a connection in and reports the tab, nil when a newer one has the
// walk.
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
		p.opts.Log.Warn("a message of the page was refused", "because", err)
		return
	}
	p.mu.Lock()
	expected, known := c.tab.last+1, p.known[m.Handler]
	if m.Seq == expected {
		c.tab.last++
	}
	p.mu.Unlock()
	switch {
	case m.Seq > expected:
		p.opts.Log.Warn("a message of the page was refused", "because", "a number is missing before it", "seq", m.Seq, "expected", expected)
		return
	case m.Seq < expected:
		// It was sent again because the acknowledgement was lost; every new
		// connection is told the number anew.
	default:
		// A number is used up even by a message that makes no sense, because
		// the tab would otherwise repeat it for ever.
		if event, err := m.event(known, p.opts.Now()); err != nil {
			p.opts.Log.Warn("a message of the page was refused", "because", err, "kind", m.Kind)
		} else {
			p.opts.Emit(event)
		}
	}
	c.wake()
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
		messages, last := p.news(c)
		for _, m := range messages {
			if !p.tell(ctx, conn, m) {
				return
			}
		}
		if last {
			return
		}
	}
}

// news returns what to write next, and whether nothing will follow.
func (p *Page) news(c *client) (messages []outgoing, last bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if c.toldAck != c.tab.last {
		c.toldAck = c.tab.last
		messages = append(messages, outgoing{Kind: "ack", Seq: c.tab.last})
	}
	if c.replaced {
		return append(messages, outgoing{Kind: "replaced"}), true
	}
	if s := p.stage; s.version != c.toldStage {
		c.toldStage = s.version
		messages = append(messages, s.message())
	}
	return messages, false
}

// message is the one place where the link_token leaves for the page: Plaid's
// own script needs it there.
func (s stage) message() outgoing {
	if s.dismissed {
		return outgoing{Kind: "dismiss", Version: s.version, Handler: s.handler, Sentence: s.sentence}
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
