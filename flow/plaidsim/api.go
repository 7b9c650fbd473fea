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
	pathTokenCreate    = "/session/token/create"
	pathSessionGet     = "/user_account/session/get"
	pathEventSend      = "/user_account/session/event/send"
	pathNetworkStatus  = "/network/status/get"
	pathAccountsGet    = "/accounts/get"
	pathItemGet        = "/item/get"
	pathItemRemove     = "/item/remove"
	pathTokenExchange  = "/item/public_token/exchange"
	pathAuthGet        = "/auth/get"
	pathIdentityGet    = "/identity/get"
	pathIdentityMatch  = "/identity/match"
	pathInstitutionGet = "/institutions/get_by_id"
)

// endpoints are the API calls that are simulated.
var endpoints = map[string]endpoint{
	pathTokenCreate:    (*Sim).tokenCreate,
	pathSessionGet:     (*Sim).sessionGet,
	pathEventSend:      (*Sim).eventSend,
	pathNetworkStatus:  (*Sim).networkStatus,
	pathAccountsGet:    (*Sim).accountsGet,
	pathItemGet:        (*Sim).itemGet,
	pathItemRemove:     (*Sim).itemRemove,
	pathTokenExchange:  (*Sim).tokenExchange,
	pathAuthGet:        (*Sim).authGet,
	pathIdentityGet:    (*Sim).identityGet,
	pathIdentityMatch:  (*Sim).identityMatch,
	pathInstitutionGet: (*Sim).institutionGet,
	pathWebhookKey:     (*Sim).webhookKey,
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

// Notice is the response header in which the simulator says what it forgave.
const Notice = "Layersim-Notice"

// notice adds to what the simulator says about the call.
func (c *call) notice(text string) {
	text = flow.RedactStrictly(text) // it quotes what the app sent
	if said := c.w.Header().Get(Notice); said != "" {
		text = said + "; " + text
	}
	c.w.Header().Set(Notice, text)
}

// notSimulated is the answer to whatever Plaid may have and the simulator has
// not, whatever the method and the body.
func notSimulated(r *http.Request) *plaidError {
	return notFound("not simulated by layersim: " + clip(r.Method+" "+r.URL.Path))
}

// serveAPI answers a call and books it. Without an answer it is one that is not
// simulated.
func (s *Sim) serveAPI(w http.ResponseWriter, r *http.Request, answer endpoint) {
	c := &call{w: w, r: r}
	seen := &Call{method: r.Method, path: keepText(r.URL.Path), started: s.Now(), status: http.StatusOK}
	var body []byte
	var e *plaidError
	if answer == nil {
		e = notSimulated(r)
	} else {
		e = readBody(w, r, func(asked []byte) *plaidError {
			done, e := s.turn(r.Context())
			if e != nil {
				return e
			}
			defer done()
			c.body, seen.request = asked, keepBody(asked)
			answered, e := answer(s, c)
			body = s.book(c, seen, answered, e)
			return e
		})
	}
	if body == nil && !e.noTurn { // it did not come to an answer
		done, late := s.turn(r.Context())
		if late == nil {
			body = s.book(c, seen, nil, e)
			done()
		} else {
			e = late
		}
	}
	if body == nil {
		s.refuseTurn(w, e)
		return
	}
	if e != nil && e.closeSocket {
		w.Header().Set("Connection", "close")
	}
	s.answer(w, seen.status, body)
}

// book writes a call into the journal and returns the body of its answer.
func (s *Sim) book(c *call, seen *Call, body []byte, e *plaidError) []byte {
	seen.clientID, seen.requestID, seen.notice = keepText(c.client), c.requestID, c.w.Header().Get(Notice)
	if e != nil {
		e.sign(s.errorID(c.r.URL.Path))
		seen.status, seen.requestID, body = e.status, e.RequestID, encode(e)
	}
	now := s.Now()
	seen.took = now.Sub(seen.started)
	seen.response = body[:min(len(body), longestBody)] // nobody changes it any more
	s.journal.add(Record{At: now, Kind: KindCall, Thread: c.thread, Session: c.session, Call: seen})
	return body
}

// linkToken is what a link_token stands for.
type linkToken struct {
	thread   int
	client   string
	user     string // client_user_id
	template *fixtures.Template
	expires  time.Time
	webhook  string
	userID   string // root user_id of /session/token/create
	used     bool   // a Link session has reached onSuccess with it
}

// spent says that a link_token is used up. "A link_token can only be used once,
// except when working in the Sandbox test environment" (Plaid docs: Errors,
// INVALID_LINK_TOKEN), so that only a strict simulator says it. UNCONFIRMED: what
// using it means; here it is onSuccess, for an app that makes two handlers with
// one token, as React does in strict mode, must work. The caller holds the lock.
func (s *Sim) spent(token uuid) bool {
	held, _ := s.linkTokens.get(token)
	return s.cfg.Strict && held.used
}

type tokenCreateRequest struct {
	credentials
	TemplateID         string `json:"template_id" plaid:"required"`
	UserID             string `json:"user_id"`
	RedirectURI        string `json:"redirect_uri"`
	AndroidPackageName string `json:"android_package_name"`
	Webhook            string `json:"webhook"`
	User               *struct {
		ClientUserID string `json:"client_user_id" plaid:"required"`
		UserID       string `json:"user_id"`
	} `json:"user"`
}

// missing: user is required if there is no user_id at the root (Plaid OpenAPI:
// SessionTokenCreateRequest).
func (q *tokenCreateRequest) missing() []string {
	if q.User == nil && q.UserID == "" {
		return []string{"user"}
	}
	return nil
}

// user is the client_user_id, or the newer user_id.
func (q *tokenCreateRequest) user() string {
	if q.User != nil {
		return q.User.ClientUserID
	}
	return q.UserID
}

// check looks at the values. The messages are our own words but that of
// INVALID_USER_ID.
func (q *tokenCreateRequest) check(strict bool) *plaidError {
	if q.UserID != "" && !strings.HasPrefix(q.UserID, "usr_") {
		// UNCONFIRMED: that Plaid gives INVALID_USER_ID here.
		return invalidInput("INVALID_USER_ID", "user_id must be a user ID that starts with usr_")
	}
	if q.User != nil && looksPersonal(q.User.ClientUserID) {
		return invalidField("user.client_user_id must not contain personally identifiable information such as an email address or phone number")
	}
	if q.RedirectURI != "" {
		if u, err := url.Parse(q.RedirectURI); err != nil || !u.IsAbs() || u.RawQuery != "" {
			return invalidField("redirect_uri must be an absolute URI without a query")
		} else if strict && u.Scheme != "https" {
			// "When used in Production, must be an https URI" (Plaid OpenAPI:
			// LinkTokenCreateRequestRedirectUri).
			return invalidField("redirect_uri must be an https URI")
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

func (s *Sim) tokenCreate(c *call) ([]byte, *plaidError) {
	var q tokenCreateRequest
	if e := s.admit(c, &q); e != nil {
		return nil, e
	}
	if e := q.check(s.cfg.Strict); e != nil {
		return nil, e
	}
	template, e := s.templateFor(c, q.TemplateID)
	if e != nil {
		return nil, e
	}
	s.noticeWebhook(c, q.Webhook, template)

	s.mu.Lock()
	now := s.now()
	token := s.ids.uuid()
	c.requestID = s.ids.requestID()
	s.threads++
	c.thread = s.threads
	expires := s.tokenEnds()
	s.linkTokens.prune(func(t linkToken) bool { return !now.Before(t.expires) })
	s.linkTokens.put(token, linkToken{
		thread: c.thread, client: q.ClientID, user: q.user(), userID: q.UserID, template: template, expires: expires, webhook: q.Webhook,
	})
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

// templateFor finds the template of a call. UNCONFIRMED: what Plaid answers to a
// template_id that it does not know. Somebody who points an app at the simulator
// has their own, so it is forgiven unless the simulator is strict.
func (s *Sim) templateFor(c *call, id string) (*fixtures.Template, *plaidError) {
	if t, ok := s.template(id); ok {
		return t, nil
	}
	if s.cfg.Strict {
		return nil, invalidField("template_id could not be found: " + clip(id))
	}
	c.notice("unknown template_id " + clip(id) + "; using " + s.fallback.Name)
	return s.fallback, nil
}

// tokenEnds is when a link_token made now expires; the caller holds the lock.
func (s *Sim) tokenEnds() time.Time { return s.now().Add(linkTokenLife).UTC().Truncate(time.Second) }

// template finds a template without copying it.
func (s *Sim) template(nameOrID string) (*fixtures.Template, bool) {
	for i := range s.cfg.Catalog.Templates {
		if t := &s.cfg.Catalog.Templates[i]; t.ID == nameOrID || t.Name == nameOrID {
			return t, true
		}
	}
	return nil, false
}
