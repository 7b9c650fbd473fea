package plaidsim

import "net/http"

// stray is a kind of request that comes at moments of its own: nobody could
// make it at the same moment in two runs. Each kind has request_ids of its own,
// so that it shifts no id of a Link session, and none of another kind.
type stray byte

const (
	strayControl stray = iota // a control call that is refused
	strayForeign              // from a page or to a host that is not ours
	strayPath                 // to what is not simulated, such as /favicon.ico
	strayKey                  // a receiver asks for a key that is not there
	strayTurn                 // what got no turn
	strayKinds
)

func (s *Sim) strayID(k stray) string {
	return newIDs(s.cfg.Seed).about(uuid{byte(k)}, s.strays[k].Add(1)).requestID()
}

// refuseForeign is refuse for what Loopback does not let in.
func (s *Sim) refuseForeign(w http.ResponseWriter, e *plaidError) {
	e.sign(s.strayID(strayForeign))
	s.answer(w, e.status, encode(e))
}

// errorID is the request_id of an API call that failed.
func (s *Sim) errorID(path string) string {
	switch {
	case endpoints[path] == nil:
		return s.strayID(strayPath)
	case path == pathWebhookKey:
		return s.strayID(strayKey)
	}
	return s.requestID()
}
