package plaidsim

import (
	"net/http"
	"slices"
	"strings"
	"time"
)

// SessionQuery chooses among Link sessions; what is empty chooses all.
type SessionQuery struct {
	LinkToken, LinkSessionID, ClientUserID, State string
}

// FindSessions returns the Link sessions that fit, oldest first.
func (s *Sim) FindSessions(q SessionQuery) []View {
	token, _ := parseToken(q.LinkToken, linkTokenPrefix)
	s.mu.Lock()
	defer s.mu.Unlock()
	views := []View{}
	for i := range s.sessionAge.len() {
		l := s.sessions[s.sessionAge.at(i)]
		if l == nil ||
			q.LinkToken != "" && l.token != token ||
			q.LinkSessionID != "" && l.id != q.LinkSessionID ||
			q.ClientUserID != "" && l.user != q.ClientUserID ||
			q.State != "" && string(l.session.State) != q.State {
			continue
		}
		views = append(views, s.view(l))
	}
	return views
}

// sessionJSON is a View as the control API shows it, without what the user
// shared: the app gets that from Plaid's own calls.
type sessionJSON struct {
	LinkSessionID string    `json:"link_session_id"`
	Thread        int       `json:"thread"`
	ClientUserID  string    `json:"client_user_id,omitempty"`
	Template      string    `json:"template"`
	Persona       string    `json:"persona,omitempty"`
	State         string    `json:"state"`
	Why           string    `json:"why,omitempty"`
	Phone         string    `json:"phone_number,omitempty"` // masked
	Created       time.Time `json:"created_at"`
	TokenExpires  time.Time `json:"token_expires_at"`
	Items         int       `json:"items,omitempty"` // how many were shared
	Records       []Record  `json:"records,omitempty"`
}

func sessionOf(v View) sessionJSON {
	return sessionJSON{
		v.LinkSessionID, v.Thread, v.ClientUserID, v.Template, v.Persona, v.State, v.Why,
		v.Phone.String(), v.Created.UTC(), v.TokenExpires.UTC(), len(v.Shared.Items), nil,
	}
}

func noSession(id string) *plaidError {
	return notFound("no Link session " + clip(id) + " is remembered; GET /sim/sessions lists those that are")
}

// controlSessions answers GET /sim/sessions.
func (s *Sim) controlSessions(_ http.ResponseWriter, r *http.Request) (any, *plaidError) {
	values, e := query(r, "link_token", "link_session_id", "client_user_id", "state")
	if e != nil {
		return nil, e
	}
	if state := values.Get("state"); state != "" && !slices.Contains(linkStates, linkState(state)) {
		var names []string
		for _, known := range linkStates {
			names = append(names, string(known))
		}
		return nil, invalidField("state " + clip(state) + " does not exist; choose among " + strings.Join(names, ", "))
	}
	answer := struct {
		Sessions  []sessionJSON `json:"sessions"`
		Forgotten int           `json:"forgotten"` // sessions that are no longer remembered
	}{Sessions: []sessionJSON{}}
	s.mu.Lock()
	answer.Forgotten = s.forgotten
	s.mu.Unlock()
	for _, v := range s.FindSessions(SessionQuery{
		values.Get("link_token"), values.Get("link_session_id"), values.Get("client_user_id"), values.Get("state"),
	}) {
		answer.Sessions = append(answer.Sessions, sessionOf(v))
	}
	return answer, nil
}

// controlSession answers GET /sim/sessions/{id}, with the records of the
// session that the journal still holds.
func (s *Sim) controlSession(_ http.ResponseWriter, r *http.Request) (any, *plaidError) {
	v, ok := s.Session(idIn(r))
	if !ok {
		return nil, noSession(idIn(r))
	}
	answer := sessionOf(v)
	q := s.about(v, wanted{})
	for {
		records, _ := s.Records(q.after, 256)
		if len(records) == 0 {
			return answer, nil
		}
		for _, record := range records {
			if q.fits(&record) {
				answer.Records = append(answer.Records, record)
			}
		}
		q.after = records[len(records)-1].Seq
	}
}
