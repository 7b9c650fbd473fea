package linkterm

import (
	"strings"
	"time"

	"layersim/flow"
)

// deliver emits the callbacks that were not emitted before, in the order in
// which they came, and then the pane if the terminal draws it. It reports
// whether there was any callback to emit.
//
// Link gives a number when a callback becomes deliverable, and an answer holds
// all that are not acknowledged: the highest number seen acknowledges them all.
// Each is remembered nevertheless, so that no order of answers doubles one.
func (c *Client) deliver(h *handler, a answer) (news bool) {
	for _, cb := range a.Callbacks {
		if h.gone.Load() {
			return news
		}
		if h.delivered[cb.Seq] {
			continue
		}
		h.delivered[cb.Seq] = true
		h.ack = max(h.ack, cb.Seq)
		news = true
		h.ended = h.ended || cb.Kind != "event"
		e := c.event(h.id, cb)
		if on, ok := e.(flow.OnEvent); ok && strings.HasPrefix(on.Name, "LAYER_") {
			on.Metadata.Verdict = clean(a.Why)
			e = on
		}
		c.emit(e)
	}
	if h.drawing && a.Pane != nil && !a.over() && !h.gone.Load() {
		shown := a.Pane.value()
		if shown.Notice == "" {
			shown.Notice = clean(a.Refused)
		}
		c.emit(flow.PaneShown{At: c.at(), HandlerID: h.id, Pane: shown})
	}
	return news
}

// event turns a callback into the event of the same meaning.
func (c *Client) event(id flow.HandlerID, cb callback) flow.Event {
	m := cb.read.value()
	m.Raw = redact(cb.Metadata)
	switch cb.Kind {
	case "success":
		return flow.OnSuccess{At: c.at(), HandlerID: id, PublicToken: flow.NewPublicToken(clean(cb.PublicToken)), Metadata: m}
	case "exit":
		exit := flow.OnExit{At: c.at(), HandlerID: id, Metadata: m}
		if cb.Error != nil {
			exit.Failure = cb.Error.value(0)
			if exit.Failure.RequestID == "" {
				exit.Failure.RequestID = m.RequestID
			}
		}
		return exit
	}
	return flow.OnEvent{At: c.at(), HandlerID: id, Name: clean(cb.Name), Metadata: m}
}

func (m metadata) value() flow.Metadata {
	status := m.ExitStatus
	if status == "" {
		status = m.Status
	}
	// A time that cannot be read is as good as none.
	at, _ := time.Parse(time.RFC3339, m.Timestamp)
	return flow.Metadata{
		ViewName: clean(m.ViewName), ErrorType: clean(m.ErrorType), ErrorCode: clean(m.ErrorCode),
		ErrorMessage: clean(m.ErrorMessage), ExitStatus: clean(status),
		LinkSessionID: clean(m.LinkSessionID), RequestID: clean(m.RequestID), Timestamp: at,
	}
}

func (p pane) value() flow.Pane {
	shown := flow.Pane{
		View: clean(p.View), Title: clean(p.Title), Text: clean(p.Text), Notice: clean(p.Notice),
		Button: clean(p.Button), AttemptsLeft: p.AttemptsLeft, AccountsRule: clean(p.AccountsRule),
	}
	shown.Verb, shown.Auto = flow.LinkActionKind(clean(p.Verb)), flow.LinkActionKind(clean(p.Auto))
	for _, o := range p.Options {
		shown.Options = append(shown.Options, flow.PaneOption{ID: clean(o.ID), Name: clean(o.Name), Detail: clean(o.Detail)})
	}
	for _, o := range p.Others {
		shown.Others = append(shown.Others, flow.PaneButton{Verb: flow.LinkActionKind(clean(o.Verb)), Label: clean(o.Label)})
	}
	for _, f := range p.Fields {
		shown.Fields = append(shown.Fields, flow.PaneField{
			Key: clean(f.Key), Label: clean(f.Label), Value: flow.NewPaneValue(clean(f.Value)),
			Private: f.Private, Required: f.Required, Notice: clean(f.Notice),
		})
	}
	for _, b := range p.Banks {
		bank := flow.PaneBank{ID: clean(b.ID), Name: clean(b.Name)}
		for _, a := range b.Accounts {
			bank.Accounts = append(bank.Accounts, flow.PaneAccount{
				ID: clean(a.ID), Name: clean(a.Name), Mask: clean(a.Mask),
				Type: clean(a.Type), Subtype: clean(a.Subtype), Selected: a.Selected,
			})
		}
		shown.Banks = append(shown.Banks, bank)
	}
	return shown
}
