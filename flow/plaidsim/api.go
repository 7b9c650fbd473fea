package plaidsim

import (
	"net/http"
	"net/url"
	"strings"
	"time"

	"layersim/fixtures"
	"layersim/flow"
)

// The API's paths.
const (
	pathTokenCreate = "/session/token/create"
	pathSessionGet  = "/user_account/session/get"
	pathAccountsGet = "/accounts/get"
)

// endpoints are the API calls that are simulated.
var endpoints = map[string]endpoint{
	pathTokenCreate: (*Sim).tokenCreate,
	pathSessionGet:  (*Sim).sessionGet,
	pathAccountsGet: (*Sim).accountsGet,
	pathWebhookKey:  (*Sim).webhookKey,
}

// endpoint performs one API call and returns the body of its answer.
type endpoint func(*Sim, *call) ([]byte, *plaidError)

// call is one API call under way.
type call struct {
	w    http.ResponseWriter
	r    *http.Request
	body []byte // valid until the endpoint returns

	// What the call turns out to be about, for the journal.
	client    string
	thread    int
	session   string // link_session_id
	requestID string
}

// unknownPath answers whatever Plaid may have and the simulator has not.
func unknownPath(_ *Sim, c *call) ([]byte, *plaidError) {
	return nil, notFound("not simulated by layersim: " + clip(c.r.Method+" "+c.r.URL.Path))
}

func (s *Sim) serveAPI(w http.ResponseWriter, r *http.Request, answer endpoint) {
	c := &call{w: w, r: r}
	seen := &Call{method: r.Method, path: r.URL.Path, started: s.Now(), status: http.StatusOK}
	e := readBody(w, r, func(body []byte) (e *plaidError) {
		c.body, seen.request = body, keepBody(body)
		seen.response, e = answer(s, c)
		return e
	})
	seen.clientID, seen.requestID, seen.notice = c.client, c.requestID, w.Header().Get(Notice)
	if e != nil {
		e.RequestID = s.requestID()
		seen.status, seen.requestID, seen.response = e.status, e.RequestID, encode(e)
	}
	now := s.Now()
	seen.took = now.Sub(seen.started)
	body := seen.response
	seen.response = body[:min(len(body), longestBody)] // nobody changes it any more
	s.journal.add(Record{At: now, Kind: KindCall, Thread: c.thread, Session: c.session, Call: seen})
	if e != nil && e.closeSocket {
		w.Header().Set("Connection", "close")
	}
	s.answer(w, seen.status, body)
}

// linkToken is what a link_token stands for.
type linkToken struct {
	thread   int
	client   string
	user     string // client_user_id
	template *fixtures.Template
	expires  time.Time
	webhook  string
	userID   string // root user_id
}

type tokenCreateRequest struct {
	credentials
	TemplateID         string `json:"template_id"`
	UserID             string `json:"user_id"`
	RedirectURI        string `json:"redirect_uri"`
	AndroidPackageName string `json:"android_package_name"`
	Webhook            string `json:"webhook"`
	User               *struct {
		ClientUserID string `json:"client_user_id"`
		UserID       string `json:"user_id"`
	} `json:"user"`
}

func (q *tokenCreateRequest) missing() (names []string) {
	if q.TemplateID == "" {
		names = append(names, "template_id")
	}
	// user is required if there is no user_id at the root; where it is given,
	// client_user_id is required in it (Plaid OpenAPI: SessionTokenCreateRequest).
	switch {
	case q.User == nil && q.UserID == "":
		names = append(names, "user")
	case q.User != nil && q.User.ClientUserID == "":
		names = append(names, "user.client_user_id")
	}
	return names
}

// user is the client_user_id, or the newer user_id.
func (q *tokenCreateRequest) user() string {
	if q.User != nil {
		return q.User.ClientUserID
	}
	return q.UserID
}

// check looks at the values, the messages are our own words.
func (q *tokenCreateRequest) check() *plaidError {
	if q.User != nil && looksPersonal(q.User.ClientUserID) {
		return invalidField("user.client_user_id must not contain personally identifiable information such as an email address or phone number")
	}
	if q.RedirectURI != "" {
		if u, err := url.Parse(q.RedirectURI); err != nil || !u.IsAbs() || u.RawQuery != "" {
			return invalidField("redirect_uri must be an absolute URI without a query")
		}
	}
	if q.Webhook != "" {
		if u, err := url.Parse(q.Webhook); err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
			return invalidField("webhook must be a URL")
		}
	}
	return nil
}

// looksPersonal finds an email address or a phone number written as one.
func looksPersonal(id string) bool {
	if strings.Contains(id, "@") {
		return true
	}
	if !strings.HasPrefix(id, "+") && !strings.ContainsAny(id, "- (") {
		return false // plain digits are a good user id
	}
	_, err := flow.ParsePhoneNumber(id)
	return err == nil
}

// Notice is the response header in which the simulator says what it forgave.
const Notice = "Layersim-Notice"

func (s *Sim) tokenCreate(c *call) ([]byte, *plaidError) {
	var q tokenCreateRequest
	if e := s.admit(c, &q, "template_id", "user_id", "redirect_uri", "android_package_name", "webhook",
		"user.client_user_id", "user.user_id"); e != nil {
		return nil, e
	}
	if e := q.check(); e != nil {
		return nil, e
	}
	// UNCONFIRMED: what Plaid answers to an unknown template_id. Somebody who
	// points an app at the simulator has their own, so it is forgiven.
	template := s.fallback
	if t, ok := s.template(q.TemplateID); ok {
		template = t
	} else {
		c.w.Header().Set(Notice, "unknown template_id "+clip(q.TemplateID)+"; using "+template.Name)
	}
	s.noticeWebhook(c, q.Webhook, template)

	s.mu.Lock()
	now := s.now()
	token := s.ids.uuid()
	c.requestID = s.ids.requestID()
	s.threads++
	c.thread = s.threads
	expires := now.Add(linkTokenLife).UTC().Truncate(time.Second)
	s.linkTokens.prune(func(t linkToken) bool { return !now.Before(t.expires) })
	s.linkTokens.put(token, linkToken{c.thread, q.ClientID, q.user(), template, expires, q.Webhook, q.UserID})
	s.mu.Unlock()

	b := make([]byte, 0, 192)
	b = append(b, `{"link":{"link_token":"`+linkTokenPrefix...)
	b = token.appendTo(b)
	b = append(b, `","expiration":"`...)
	b = expires.AppendFormat(b, time.RFC3339)
	b = append(b, '"')
	if q.UserID != "" {
		b = append(b, `,"user_id":`...)
		b = append(b, encode(q.UserID)...)
	}
	b = append(b, `},"request_id":"`...)
	b = append(b, c.requestID...)
	return append(b, `"}`...), nil
}

// template finds a template without copying it.
func (s *Sim) template(nameOrID string) (*fixtures.Template, bool) {
	for i := range s.cfg.Catalog.Templates {
		if t := &s.cfg.Catalog.Templates[i]; t.ID == nameOrID || t.Name == nameOrID {
			return t, true
		}
	}
	return nil, false
}
