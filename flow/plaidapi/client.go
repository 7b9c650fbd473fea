// Package plaidapi is our server: it asks Plaid's API for what a Layer
// integration needs, through the official Go SDK.
//
// It does not know whether Plaid is real or simulated: that is decided by the
// http.RoundTripper it is given. Every request and its answer is reported as a
// flow.Exchange, redacted on the way in, so that no reader of the record ever
// holds a secret, a token, a social security number, a date of birth or a phone
// number in full:
//
//	server := plaidapi.New(plaidapi.Options{
//		BaseURL: "https://sandbox.plaid.com", ClientID: id, Secret: secret,
//		Now: time.Now, Record: func(x flow.Exchange) { … },
//	})
//	token, expiration, requestID, err := server.CreateSessionToken(ctx, effect)
//
// Errors are flow.Failure: Plaid's own words when Plaid answered, what went
// wrong on the way when it did not.
//
// The SDK is v42 although Plaid's guide imports v3: v3 ended before Layer, and
// edit history needs v41.2 or later.
package plaidapi

import (
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/plaid/plaid-go/v42/plaid"

	"layersim/flow"
)

// DefaultTimeout is how long one call may take when Options do not say.
const DefaultTimeout = 30 * time.Second

// Options say which Plaid is asked, as whom, and who looks on.
type Options struct {
	// BaseURL is the API's address without a path, such as
	// "https://sandbox.plaid.com".
	BaseURL string
	// ClientID and Secret go out as PLAID-CLIENT-ID and PLAID-SECRET.
	ClientID, Secret string
	// Transport carries the requests; nil is http.DefaultTransport.
	Transport http.RoundTripper
	// Now is the app's clock. Required.
	Now func() time.Time
	// Record takes every exchange, redacted, before the call returns; it may
	// be nil.
	Record func(flow.Exchange)
	// Timeout is how long one call may take, DefaultTimeout if 0.
	Timeout time.Duration
}

// Client asks Plaid. Its methods may be called from several goroutines.
type Client struct {
	options Options
	http    *http.Client
	api     *plaid.PlaidApiService
}

// New returns a client. It costs next to nothing: the SDK is large, but making
// its client is not.
func New(o Options) *Client {
	if o.Timeout == 0 {
		o.Timeout = DefaultTimeout
	}
	o.BaseURL = strings.TrimRight(o.BaseURL, "/")
	c := &Client{options: o}
	c.api = c.connect(o)
	return c
}

// connect makes the SDK's client for o.
func (c *Client) connect(o Options) *plaid.PlaidApiService {
	configuration := plaid.NewConfiguration()
	configuration.UseEnvironment(plaid.Environment(o.BaseURL))
	configuration.AddDefaultHeader("PLAID-CLIENT-ID", o.ClientID)
	configuration.AddDefaultHeader("PLAID-SECRET", o.Secret)
	transport := o.Transport
	if transport == nil {
		transport = http.DefaultTransport
	}
	c.http = &http.Client{
		Transport: &recorder{
			next: hearProxy(transport), now: o.Now, record: o.Record, redactor: c.redactor(),
			code: func(ctx context.Context, err error) string { return c.trouble(ctx, err).Code },
		},
		// A redirect would carry the secret to another host.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	configuration.HTTPClient = c.http
	return plaid.NewAPIClient(configuration).PlaidApi
}

// Close ends the connections that are kept for a next call. With an
// http.Transport they are the client's own, because it works with a copy.
func (c *Client) Close() { c.http.CloseIdleConnections() }

// CreateSessionToken asks /session/token/create for a link_token. expiration is
// zero when Plaid does not say.
func (c *Client) CreateSessionToken(ctx context.Context, e flow.CreateSessionToken) (token flow.LinkToken, expiration time.Time, requestID string, err error) {
	ctx, cancel := context.WithTimeout(ctx, c.options.Timeout)
	defer cancel()
	request := plaid.NewSessionTokenCreateRequest(e.TemplateID)
	if e.ClientUserID != "" {
		request.SetUser(*plaid.NewSessionTokenCreateRequestUser(e.ClientUserID))
	}
	if e.Webhook != "" {
		request.SetWebhook(e.Webhook)
	}
	answer, response, err := c.api.SessionTokenCreate(ctx).SessionTokenCreateRequest(*request).Execute() //nolint:bodyclose // the SDK has read and closed it
	if err := c.check(ctx, response, err); err != nil {
		return flow.LinkToken{}, time.Time{}, "", err
	}
	requestID = cleanLine(answer.GetRequestId())
	if answer.Link == nil || answer.Link.LinkToken == "" {
		return flow.LinkToken{}, time.Time{}, "", incomplete(response.StatusCode, "link.link_token", requestID)
	}
	return flow.NewLinkToken(cleanLine(answer.Link.LinkToken)), answer.Link.Expiration, requestID, nil
}

// GetUserAccountSession asks /user_account/session/get what the user shared.
// Identity, history and Items may each be missing without an error.
func (c *Client) GetUserAccountSession(ctx context.Context, e flow.GetUserAccountSession) (flow.UserAccount, error) {
	ctx, cancel := context.WithTimeout(ctx, c.options.Timeout)
	defer cancel()
	request := plaid.NewUserAccountSessionGetRequest(e.PublicToken.Reveal())
	_, response, err := c.api.UserAccountSessionGet(ctx).UserAccountSessionGetRequest(*request).Execute() //nolint:bodyclose // the SDK has read and closed it
	answer, refused, err := c.body(response, c.check(ctx, response, err), err)
	if err != nil {
		return flow.UserAccount{}, err
	}
	return c.redactor().userAccount(response.StatusCode, answer, refused)
}

// ExchangePublicToken calls /item/public_token/exchange, which is for other
// products than Layer. The access_token that an answer would hold is not read.
func (c *Client) ExchangePublicToken(ctx context.Context, e flow.ExchangePublicToken) error {
	ctx, cancel := context.WithTimeout(ctx, c.options.Timeout)
	defer cancel()
	request := plaid.NewItemPublicTokenExchangeRequest(e.PublicToken.Reveal())
	_, response, err := c.api.ItemPublicTokenExchange(ctx).ItemPublicTokenExchangeRequest(*request).Execute() //nolint:bodyclose // the SDK has read and closed it
	return c.check(ctx, response, err)
}

// GetWebhookKey asks /webhook_verification_key/get for the key with which a
// webhook was signed.
func (c *Client) GetWebhookKey(ctx context.Context, kid string) (flow.WebhookKey, error) {
	ctx, cancel := context.WithTimeout(ctx, c.options.Timeout)
	defer cancel()
	request := plaid.NewWebhookVerificationKeyGetRequest(kid)
	answer, response, err := c.api.WebhookVerificationKeyGet(ctx).WebhookVerificationKeyGetRequest(*request).Execute() //nolint:bodyclose // the SDK has read and closed it
	if err := c.check(ctx, response, err); err != nil {
		return flow.WebhookKey{}, err
	}
	k := answer.GetKey()
	key := flow.WebhookKey{Kid: k.Kid, Curve: k.Crv, X: k.X, Y: k.Y}
	if expired := k.ExpiredAt.Get(); expired != nil {
		key.ExpiredAt = time.Unix(int64(*expired), 0)
	}
	return key, nil
}

// GetAccounts asks /accounts/get for the accounts of one Item. Its institution
// is the name Plaid gives, or the institution_id when it gives none.
func (c *Client) GetAccounts(ctx context.Context, e flow.GetAccounts) (flow.ItemAccounts, error) {
	ctx, cancel := context.WithTimeout(ctx, c.options.Timeout)
	defer cancel()
	request := plaid.NewAccountsGetRequest(e.AccessToken.Reveal())
	_, response, err := c.api.AccountsGet(ctx).AccountsGetRequest(*request).Execute() //nolint:bodyclose // the SDK has read and closed it
	answer, refused, err := c.body(response, c.check(ctx, response, err), err)
	if err != nil {
		return flow.ItemAccounts{}, err
	}
	return c.redactor().itemAccounts(response.StatusCode, answer, refused)
}

func (c *Client) redactor() redactor {
	return newRedactor(c.options.ClientID, c.options.Secret)
}
