package outbox

import (
	"bytes"
	"container/heap"
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"time"
)

// attempt sends a webhook once, signed with k unless its Kind says otherwise,
// and books what came of it. Nothing of the delivery but what never changes is
// read here without the lock.
func (o *Outbox) attempt(d *delivery, t *traffic, k key) {
	defer o.wg.Done()
	q := request{target: d.webhook.Target}
	q.sent, q.header, q.kid = o.ring.seal(k, d.Kind, d.webhook.Body, o.cfg.Wall())
	a := o.post(q)
	now := o.cfg.Now()

	o.mu.Lock()
	defer o.mu.Unlock()
	t.leave(d)
	if t != o.traffic { // from before a Reset, which may have put the clock back
		return
	}
	if o.closed || !d.open() { // forgotten meanwhile
		o.pump(now)
		return
	}
	d.Status, d.Error, d.Kid = a.status, "", q.kid
	if a.err != nil {
		d.Error = plain(a.err)
	}
	if !d.Forged {
		o.book(d.to, now, a.ok())
	}
	switch next, again := nextAttempt(d.first, now, d.Attempt); {
	case a.ok():
		o.finish(now, d, Accepted, q.sent)
	case d.Forged:
		o.finish(now, d, Rejected, q.sent)
	case !again:
		o.finish(now, d, GivenUp, q.sent)
	default:
		d.State, d.Next = Waiting, next
		heap.Push(&o.waiting, d)
		o.report(now, d, q.sent)
	}
	o.pump(now)
}

// finish ends a delivery with its last attempt.
func (o *Outbox) finish(now time.Time, d *delivery, s State, sent []byte) {
	d.State = s
	o.over = append(o.over, d.ID)
	o.report(now, d, sent)
}

// book remembers what a destination did.
func (o *Outbox) book(to string, now time.Time, ok bool) {
	h, known := o.health[to]
	if !known {
		if len(o.known) >= maxTargets {
			delete(o.health, o.known[0])
			o.known = o.known[1:]
		}
		o.known = append(o.known, to)
	}
	o.health[to] = h.add(now, ok)
}

// post makes the request.
func (o *Outbox) post(q request) answer {
	r, err := http.NewRequestWithContext(o.ctx, http.MethodPost, q.target, bytes.NewReader(q.sent))
	if err != nil {
		return answer{err: err}
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("User-Agent", "layersim")
	if q.header != "" {
		r.Header.Set(Header, q.header)
	}
	resp, err := o.client.Do(r)
	if err != nil {
		return answer{err: err}
	}
	defer func() { _ = resp.Body.Close() }()
	// Only the status counts; a little is read so that the receiver is not cut
	// off while it writes a few words.
	_, _ = io.CopyN(io.Discard, resp.Body, 4<<10)
	return answer{status: resp.StatusCode}
}

// plain says what went wrong without the URL, which may hold a secret, and
// without ports that differ from run to run.
func plain(err error) string {
	var timeout interface{ Timeout() bool }
	switch {
	case errors.Is(err, errNotLoopback):
		return errNotLoopback.Error()
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &timeout) && timeout.Timeout():
		return "no answer within 10 seconds"
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return "the connection was closed without an answer"
	}
	var in *url.Error
	if errors.As(err, &in) {
		err = in.Err
	}
	for inner := err; inner != nil; inner = errors.Unwrap(inner) {
		err = inner
	}
	return err.Error()
}

// Shown is a URL without what may be secret in it.
func Shown(target string) string {
	if len(target) > longestTarget {
		return "(too long)"
	}
	u, err := url.Parse(target)
	if err != nil {
		return "(not a URL)"
	}
	u.User, u.Fragment = nil, ""
	if u.RawQuery != "" {
		u.RawQuery = "…"
	}
	return u.String()
}
