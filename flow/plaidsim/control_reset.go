package plaidsim

import "net/http"

// Reset puts everything back to the beginning: tokens, Link sessions, edit
// histories, faults and the ids, which come from the seed once more. The clock
// keeps its time, and the journal its records; but threads and sessions are
// counted anew, and what is asked of them afterwards is about the new ones.
func (s *Sim) Reset() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.clock = newClock(s.cfg)
	s.begin()
	s.journal.add(Record{At: s.now(), Kind: KindNote, Note: "everything was reset", Reset: true})
	s.resetAt = s.journal.newest()
	s.hooks.Reset(s.now())
}

// ResetSession puts one Link session back to created, with its link_token good
// for another 4 hours. What it has shared already is forgotten: its
// public_token, its Items and its edits. The app's handler goes on working; it
// has to submit anew. It reports whether there is such a session.
func (s *Sim) ResetSession(linkSessionID string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	l := s.byID[linkSessionID]
	if l == nil {
		return false
	}
	if g := l.grant; g != nil {
		delete(s.publicTokens.m, g.PublicToken)
		for _, i := range g.Items {
			delete(s.accessTokens.m, i.AccessToken)
		}
		s.histories[g.Phone].take(g.Edited, l.sharedAt)
	}
	if l.over {
		l.over = false
		s.finished.keep(func(key string) bool { return key != l.key })
	}
	expires := s.tokenEnds()
	if held := s.linkTokens.ref(l.token); held != nil {
		held.expires, held.used = expires, false
	} else { // it had expired, and was forgotten
		s.linkTokens.put(l.token, linkToken{
			thread: l.thread, client: l.client, user: l.user, userID: l.userID, template: l.session.Template, expires: expires, webhook: l.webhook,
		})
	}
	l.grant, l.late = nil, nil
	l.box.out, l.box.held, l.box.acked, l.box.ended = nil, nil, l.box.lastSeq, false
	l.session = session{
		State: stateCreated, LinkSessionID: l.session.LinkSessionID, Template: l.session.Template,
		TokenExpires: expires, lastStamp: l.session.lastStamp,
	}
	s.record(l, Record{Kind: KindNote, Note: "the session was reset to created", Reset: true})
	return true
}

// controlReset answers POST /sim/reset.
func (s *Sim) controlReset(_ http.ResponseWriter, _ *http.Request) (any, *plaidError) {
	s.Reset()
	return map[string]bool{"reset": true}, nil
}

// controlResetSession answers POST /sim/sessions/{id}/reset with the session.
func (s *Sim) controlResetSession(_ http.ResponseWriter, r *http.Request) (any, *plaidError) {
	id := idIn(r)
	if !s.ResetSession(id) {
		return nil, noSession(id)
	}
	v, ok := s.Session(id)
	if !ok {
		return nil, noSession(id)
	}
	return sessionOf(v), nil
}
