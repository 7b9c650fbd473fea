package engine

import (
	"context"
	"fmt"
	"time"

	"layersim/flow"
	"layersim/flow/guard"
)

// ask puts a question to the port it is for.
func (e *Engine) ask(ctx context.Context, q flow.Question) flow.Event {
	if missing := e.missing(q); missing != "" {
		return e.failed(q, clientFailure(missing))
	}
	switch q := q.(type) {
	case flow.CreateSessionToken:
		return e.createSessionToken(ctx, q)
	case flow.GetUserAccountSession:
		account, err := e.ports.Server.GetUserAccountSession(ctx, q)
		if err != nil {
			return e.failed(q, err)
		}
		return flow.UserAccountFetched{At: e.now(), Call: q.Call.Call, Account: account}
	case flow.GetAccounts:
		answer, err := e.ports.Server.GetAccounts(ctx, q)
		if err != nil {
			return e.failed(q, err)
		}
		return flow.AccountsFetched{At: e.now(), Call: q.Call.Call, Institution: answer.Institution, Accounts: answer.Accounts, Deviations: answer.Deviations}
	case flow.ExchangePublicToken:
		if err := e.ports.Server.ExchangePublicToken(ctx, q); err != nil {
			return e.failed(q, err)
		}
		return flow.PublicTokenExchanged{At: e.now(), Call: q.Call.Call}
	case flow.TryWebhooks:
		trials, err := e.ports.Webhooks.Try(ctx, q)
		if err != nil {
			return e.failed(q, err)
		}
		return flow.WebhooksTried{At: e.now(), Call: q.Call.Call, Trials: trials}
	case flow.LetTimePass:
		e.ports.Clock.Advance(q.By)
		return flow.TimePassed{At: e.now(), Call: q.Call.Call}
	case flow.CreateHandler:
		if err := e.openPage(ctx, false); err != nil {
			return e.failed(q, err)
		}
		if err := e.ports.Link.Create(ctx, q); err != nil {
			return e.failed(q, err)
		}
		return flow.HandlerCreated{At: e.now(), Call: q.Call.Call}
	case flow.SubmitHandler:
		if err := e.ports.Link.Submit(ctx, q); err != nil {
			return e.failed(q, err)
		}
		return flow.HandlerSubmitted{At: e.now(), Call: q.Call.Call}
	case flow.OpenHandler:
		if q.Again {
			if err := e.ports.Link.OpenAgain(ctx, q.HandlerID); err != nil {
				return e.failed(q, err)
			}
			return flow.HandlerOpened{At: e.now(), Call: q.Call.Call}
		}
		return e.present(ctx, q, q.HandlerID, q.Surface, false)
	case flow.PresentLink:
		return e.present(ctx, q, q.HandlerID, q.Surface, true)
	case flow.DriveLink:
		if err := e.ports.Link.Act(ctx, q.HandlerID, q.Action); err != nil {
			return e.failed(q, err)
		}
		return flow.LinkDriven{At: e.now(), Call: q.Call.Call}
	case flow.ExitHandler:
		if err := e.ports.Link.Exit(ctx, q.HandlerID); err != nil {
			return e.failed(q, err)
		}
		return flow.HandlerExited{At: e.now(), Call: q.Call.Call}
	}
	return e.failed(q, clientFailure(fmt.Sprintf("this program does not know how to perform %T", q)))
}

// missing says which port a question would need and does not have.
func (e *Engine) missing(q flow.Question) string {
	switch q := q.(type) {
	case flow.TryWebhooks:
		if e.ports.Webhooks == nil {
			return "there is no simulated Plaid in this run, and the real one sends no webhook on demand"
		}
	case flow.LetTimePass:
		if e.ports.Clock == nil {
			return "there is no simulated Plaid in this run, and nobody moves the clock of the real one"
		}
	case flow.CreateSessionToken, flow.GetUserAccountSession, flow.GetAccounts, flow.ExchangePublicToken:
		if e.ports.Server == nil {
			return "there is no server side in this run"
		}
	default:
		if e.ports.Link == nil {
			return "there is no Link in this run"
		}
		if surface, shows := surfaceOf(q); shows && surface == flow.InBrowser && e.ports.Page == nil && !e.paged() {
			return "there is no local page in this run; finish Link in the terminal"
		}
	}
	return ""
}

func surfaceOf(q flow.Question) (flow.Surface, bool) {
	switch q := q.(type) {
	case flow.OpenHandler:
		return q.Surface, true
	case flow.PresentLink:
		return q.Surface, true
	}
	return "", false
}

func (e *Engine) createSessionToken(ctx context.Context, q flow.CreateSessionToken) flow.Event {
	token, expiration, requestID, err := e.ports.Server.CreateSessionToken(ctx, q)
	switch {
	case err != nil:
		return e.failed(q, err)
	case token.IsZero():
		return e.failed(q, clientFailure("the answer held no link_token"))
	}
	return flow.SessionTokenCreated{
		At: e.now(), Call: q.Call.Call, LinkToken: token, Expiration: expiration, RequestID: requestID,
	}
}

// present shows the session on surface; moving says that it was shown somewhere
// already.
func (e *Engine) present(ctx context.Context, q flow.Question, id flow.HandlerID, surface flow.Surface, moving bool) flow.Event {
	var err error
	switch surface {
	case flow.InTerminal:
		// The page is told last: should opening fail, it can still be used.
		if err = e.ports.Link.Open(ctx, id); err == nil && moving {
			e.dismiss(id, inTerminalSentence)
		}
	case flow.InBrowser:
		err = e.presentInBrowser(ctx, id, moving)
	default:
		err = clientFailure(fmt.Sprintf("Link cannot be shown in %q", surface))
	}
	if err != nil {
		return e.failed(q, err)
	}
	return flow.HandlerOpened{At: e.now(), Call: q.CallID()}
}

func (e *Engine) paged() bool {
	_, paged := e.ports.Link.(Paged)
	return paged
}

// openPage serves the page of a Link that lives there, and starts a browser
// unless one has the page open. again starts one in any case.
func (e *Engine) openPage(ctx context.Context, again bool) error {
	link, paged := e.ports.Link.(Paged)
	if !paged {
		return nil
	}
	url, connected, err := link.Serve(ctx)
	switch {
	case err != nil:
		return err
	case url == "":
		return clientFailure("the local page has no address")
	case ctx.Err() != nil: // given up meanwhile: no browser must pop up now
		return givenUp(ctx, e.patience(flow.PresentLink{}))
	}
	e.ports.Emit(flow.PageServed{At: e.now(), URL: url})
	if again || !connected {
		// The call waits for the page, not for what the browser says, and may well
		// have returned by then. It is told all the same, until the engine closes.
		guard.Go(func() {
			ctx, done := e.whileOpen(context.WithoutCancel(ctx))
			defer done()
			e.startBrowser(ctx, url)
		})
	}
	return nil
}

func (e *Engine) presentInBrowser(ctx context.Context, id flow.HandlerID, moving bool) error {
	if e.paged() {
		if moving {
			return e.openPage(ctx, true)
		}
		return e.ports.Link.Open(ctx, id)
	}
	handover, err := e.ports.Link.HandOver(ctx, id)
	switch {
	case err != nil:
		return err
	case handover.LinkToken.IsZero():
		return clientFailure("Link handed nothing over to the page")
	}
	url, err := e.ports.Page.Present(ctx, id, handover)
	switch {
	case err != nil:
		return err
	case url == "":
		return clientFailure("the local page has no address")
	case ctx.Err() != nil: // given up meanwhile: no browser must pop up now
		return givenUp(ctx, e.patience(flow.PresentLink{}))
	}
	e.ports.Emit(flow.PageServed{At: e.now(), URL: url})
	e.startBrowser(ctx, url)
	return nil
}

// startBrowser reports how the start of the browser went. That none starts is
// no failure of the call: the page is there, and so is its address.
func (e *Engine) startBrowser(ctx context.Context, url string) {
	if e.ports.Browser == nil {
		e.ports.Emit(flow.BrowserFailed{At: e.now(), Reason: "no browser was asked for"})
		return
	}
	started := make(chan error, 1)
	guard.Go(func() {
		err := fmt.Errorf("it ended without a word")
		defer func() {
			if r := recover(); r != nil {
				err = fmt.Errorf("%v", r)
			}
			started <- err
		}()
		err = e.ports.Browser.Open(url)
	})
	patience := time.NewTimer(browserPatience)
	defer patience.Stop()
	select {
	case err := <-started:
		e.browserStarted(err)
	case <-patience.C:
		e.browserStarted(nil)
		guard.Go(func() {
			if err := <-started; err != nil {
				e.browserStarted(err)
			}
		})
	case <-ctx.Done():
	}
}

func (e *Engine) browserStarted(err error) {
	if err != nil {
		e.ports.Emit(flow.BrowserFailed{At: e.now(), Reason: oneLine(err.Error())})
		return
	}
	e.ports.Emit(flow.BrowserStarted{At: e.now()})
}
