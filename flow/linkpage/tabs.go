package linkpage

// maxTabs bounds how many loads of the page there may be. None is forgotten: it
// could come back, or have something to tell that is worth more than the few
// bytes here, so one more than this is refused.
const maxTabs = 10_000

// tab is one load of the page in a browser. It outlives its connections: after
// a lost connection the same tab comes back and goes on counting.
type tab struct {
	number   int    // 1 for the first, as in flow.PageConnected
	instance string // the tab's own name for itself
	last     int    // highest seq that was taken
}

// client is one connection of a tab.
type client struct {
	tab    *tab
	notify chan struct{} // something may have changed that the tab must be told
	// What the tab was told last over this connection.
	toldStage, toldAck int
	// replaced: another tab has the walk, or another connection of this one.
	// What was reported before the tab knew is still taken.
	replaced, toldReplaced bool
	// acks are numbers to acknowledge of loads before this one, whose reports
	// this one sends again.
	acks map[string]int
}

func (c *client) wake() {
	select {
	case c.notify <- struct{}{}:
	default: // it is awake already
	}
}

// forget lets the tab drop a message that cannot be taken, now or later.
func (c *client) forget(m message) { c.acks[m.Instance] = max(c.acks[m.Instance], m.Seq) }

// tabs knows every load of the page and which connection is the present one.
// Its methods are called with Page.mu held.
type tabs struct {
	all     map[string]*tab // by instance
	current *client
}

// join makes the connection of a tab the present one, unless a newer tab has
// the walk; isNew says that the tab was not connected already. It returns nil
// if there are too many.
func (t *tabs) join(instance string) (c *client, isNew bool) {
	known := t.find(instance)
	if known == nil {
		return nil, false
	}
	c = &client{tab: known, notify: make(chan struct{}, 1), acks: map[string]int{}}
	c.wake()
	if t.current != nil {
		if t.current.tab.number > c.tab.number {
			c.replaced = true
			return c, false
		}
		t.current.replaced = true
		t.current.wake()
	}
	isNew = t.current == nil || t.current.tab != c.tab
	t.current = c
	return c, isNew
}

// leave forgets a connection and reports whether it was the present one.
func (t *tabs) leave(c *client) bool {
	if t.current != c {
		return false
	}
	t.current = nil
	return true
}

func (t *tabs) wake() {
	if t.current != nil {
		t.current.wake()
	}
}

// before returns an earlier load that a tab names, nil if there was none.
func (t *tabs) before(c *client, instance string) *tab {
	if known := t.all[instance]; known != nil && known.number < c.tab.number {
		return known
	}
	return nil
}

func (t *tabs) find(instance string) *tab {
	if known := t.all[instance]; known != nil {
		return known
	}
	if len(t.all) >= maxTabs {
		return nil
	}
	if t.all == nil {
		t.all = map[string]*tab{}
	}
	fresh := &tab{number: len(t.all) + 1, instance: instance}
	t.all[instance] = fresh
	return fresh
}
