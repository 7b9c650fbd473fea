package plaidsim

import (
	"encoding/binary"
	"fmt"
)

// Delivery says when the app is told what happened in a Link session.
type Delivery string

// The ways of delivery. As documented OPEN and the three LAYER_* events come at
// once, and all others may come together with onSuccess or onExit, in any order
// (Plaid docs: Link Web, onEvent).
const (
	// Documented holds the others back until the end, where they come in the
	// order in which they happened. It is what an empty Delivery means.
	Documented Delivery = "documented"
	// Shuffled does the same, but they come in an order of the seed's: an app
	// must sort by timestamp.
	Shuffled Delivery = "shuffled"
	// Live delivers every event when it happens, which nothing promises.
	Live Delivery = "live"
)

// ParseDelivery reads the name of a way of delivery.
func ParseDelivery(s string) (Delivery, error) {
	switch d := Delivery(s); d {
	case Documented, Shuffled, Live:
		return d, nil
	}
	return "", fmt.Errorf("%q is no way to deliver events; there are %s, %s and %s", s, Documented, Shuffled, Live)
}

// orderOf returns what shuffles the events of the Link sessions of a thread. It
// is a source of its own, so that what other sessions do meanwhile changes
// nothing.
func (s *Sim) orderOf(thread int) *ids {
	var about uuid
	binary.LittleEndian.PutUint64(about[:], uint64(thread)) //nolint:gosec // counts up from 1
	return s.ids.about(about, 0)
}

// mailbox keeps what a Link session has to tell the app until the app has it.
// It is a value: its methods return a new one.
type mailbox struct {
	delivery Delivery
	lastSeq  int
	acked    int
	out      []callback // deliverable, in order of seq
	held     []callback // withheld until the end
	ended    bool       // onSuccess or onExit was posted
}

// post takes what happened in one step. With live delivery everything is
// deliverable at once; else all but OPEN and LAYER_* is held until onSuccess or
// onExit and comes right before it.
func (m mailbox) post(happened []callback, order func() *ids) mailbox {
	m.out = append([]callback(nil), m.out...)
	m.held = append([]callback(nil), m.held...)
	for _, c := range happened {
		switch {
		case m.ended || m.delivery == Live || c.Kind == kindEvent && c.realTime():
			m = m.deliver(c)
		case c.Kind == kindEvent:
			m.held = append(m.held, c)
		default:
			if m.delivery == Shuffled {
				order().shuffle(len(m.held), func(i, j int) { m.held[i], m.held[j] = m.held[j], m.held[i] })
			}
			for _, h := range m.held {
				m = m.deliver(h)
			}
			m.held, m.ended = nil, true
			m = m.deliver(c)
		}
	}
	return m
}

func (m mailbox) deliver(c callback) mailbox {
	m.lastSeq++
	c.Seq = m.lastSeq
	m.out = append(m.out, c)
	return m
}

// ack forgets what the app has, and returns it. A client that takes a session over starts
// where the last one stopped, so an ack is remembered across requests.
func (m mailbox) ack(seq int) (acked mailbox, delivered []callback) {
	if seq <= m.acked || seq > m.lastSeq {
		return m, nil
	}
	m.acked = seq
	n := 0
	for n < len(m.out) && m.out[n].Seq <= seq {
		n++
	}
	delivered, m.out = m.out[:n], m.out[n:]
	return m, delivered
}
