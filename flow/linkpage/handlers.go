package linkpage

import (
	"context"

	"layersim/flow"
)

// Handlers is Link as the real one is: a handler lives in the local page from
// Plaid.create on. A call returns when a load of the page says that it has
// made it, so it waits until a browser has the page open; it takes the call
// back when ctx ends before.
//
// The page is never told "do this now". It has the list of all calls that the
// app wants of the present handler, and each load makes those of it that it
// has not made yet. So a lost connection repeats nothing, and a page that is
// loaded anew, where nothing is left of the handler, makes them all again, in
// order, as an app would: submit after onLoad, the next call after the answer
// to the one before. What Link calls back then, and the walk has already, is
// marked as come again.
//
// Errors are flow.Failure.
type Handlers struct{ page *Page }

// Handlers returns the page as the place where handlers live. Use either it or
// Present, not both at a time.
func (p *Page) Handlers() *Handlers { return &Handlers{p} }

// Serve begins to serve the page, if it is not served yet, and returns its
// address and whether a browser has it open.
func (h *Handlers) Serve(ctx context.Context) (url string, connected bool, err error) {
	p := h.page
	script, err := p.script(ctx, startAgain)
	if err != nil {
		return "", false, err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if err := p.serve(ctx, script); err != nil {
		return "", false, err
	}
	return p.url, p.tabs.current != nil, nil
}

// Create makes a new handler the present one, unless it was destroyed before. It returns when Plaid.create has
// returned in the page; onLoad comes later, as an event.
func (h *Handlers) Create(ctx context.Context, e flow.CreateHandler) error {
	p := h.page
	script, err := p.script(ctx, startAgain)
	if err != nil {
		return err
	}
	p.mu.Lock()
	if err := p.serve(ctx, script); err != nil {
		p.mu.Unlock()
		return err
	}
	if p.destroyed[e.HandlerID] {
		p.mu.Unlock()
		return handlerFailure("The handler was destroyed before Plaid.create() was called.")
	}
	p.known[e.HandlerID] = true
	if before := p.stage.calls; before != nil {
		before.abandon("another handler took its place")
	}
	list := &calls{handler: e.HandlerID}
	p.stage = stage{
		version: p.stage.version, handler: e.HandlerID, script: script,
		handover: flow.Handover{LinkToken: e.LinkToken}, calls: list,
	}
	create := p.want(list, call{kind: callCreate})
	if !e.Early.IsZero() {
		p.want(list, call{kind: callSubmit, phone: e.Early, early: true})
	}
	p.mu.Unlock()
	return h.await(ctx, create)
}

// Submit calls handler.submit with what is there: the phone number, the date
// of birth, or both. The page waits for onLoad before.
func (h *Handlers) Submit(ctx context.Context, e flow.SubmitHandler) error {
	return h.call(ctx, e.HandlerID, call{kind: callSubmit, phone: e.Phone, birth: e.DateOfBirth})
}

// Open calls handler.open.
func (h *Handlers) Open(ctx context.Context, id flow.HandlerID) error {
	return h.call(ctx, id, call{kind: callOpen})
}

// OpenAgain calls handler.open once more; Link decides what becomes of it.
func (h *Handlers) OpenAgain(ctx context.Context, id flow.HandlerID) error {
	return h.call(ctx, id, call{kind: callOpen})
}

// Exit calls handler.exit({force: true}).
func (h *Handlers) Exit(ctx context.Context, id flow.HandlerID) error {
	return h.call(ctx, id, call{kind: callExit})
}

// Destroy lets the page call handler.destroy and say how it ended. It waits
// for nobody, and may come before Create.
func (h *Handlers) Destroy(id flow.HandlerID) {
	p := h.page
	p.mu.Lock()
	defer p.mu.Unlock()
	p.destroyed[id] = true
	list := p.stage.calls
	if list == nil || p.stage.handler != id {
		return
	}
	list.abandon("the handler was destroyed")
	p.stage = stage{version: p.stage.version, handler: id, script: p.stage.script, dismissed: true, sentence: endSentence(list.end), lived: true}
	p.changed()
}

// HandOver fails: Link has no session that could be handed over.
func (h *Handlers) HandOver(context.Context, flow.HandlerID) (flow.Handover, error) {
	return flow.Handover{}, notInTerminal()
}

// Act fails: what the user does, they do in the browser.
func (h *Handlers) Act(context.Context, flow.HandlerID, flow.LinkAction) error {
	return notInTerminal()
}

func notInTerminal() error {
	return flow.Failure{
		Code: flow.CodeClient, Message: "The real Link cannot be drawn in the terminal: it exists only in a browser.",
		Hint: "Go on in the local page.",
	}
}

// call puts a call on the present handler's list and waits for it.
func (h *Handlers) call(ctx context.Context, id flow.HandlerID, c call) error {
	p := h.page
	p.mu.Lock()
	list := p.stage.calls
	if list == nil || p.stage.handler != id {
		p.mu.Unlock()
		return handlerFailure("There is no such handler in the page: it was destroyed, or another one took its place.")
	}
	wanted := p.want(list, c)
	p.mu.Unlock()
	return h.await(ctx, wanted)
}

// want puts a call on a list. Called with mu held.
func (p *Page) want(list *calls, c call) *call {
	p.lastCall++
	c.n, c.result = p.lastCall, make(chan error, 1)
	list.all = append(list.all, &c)
	p.changed()
	return &c
}

func (h *Handlers) await(ctx context.Context, c *call) error {
	p := h.page
	select {
	case err := <-c.result:
		return err
	case <-p.ctx.Done():
		return handlerFailure("The local page was closed before " + c.label() + " was made.")
	case <-ctx.Done():
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	select {
	case err := <-c.result:
		return err
	default:
	}
	c.withdrawn = true
	p.changed()
	failure := flow.Failure{Code: flow.CodeTimeout, Retryable: true}
	if p.tabs.current == nil {
		failure.Message = "No browser has the local page open, so " + c.label() + " was not made."
		failure.Hint = "Open the address of the local page in a browser, then try again."
	} else {
		failure.Message = "The local page did not say that it made " + c.label() + "."
		failure.Hint = "Look at the page in the browser: it says what it waits for. Then try again."
	}
	return failure
}

func handlerFailure(message string) flow.Failure { return clientFailure(message, startAgain) }

const startAgain = "Start over, with a new link_token."

// endSentence says on the page what became of a handler that is gone.
func endSentence(end string) string {
	switch end {
	case endSuccess:
		return "Thank you. Go on in your terminal."
	case endExit:
		return "Link was closed. Go on in your terminal."
	case endError:
		return "Link could not go on. Your terminal says why."
	}
	return "This session is over. Go on in your terminal."
}
