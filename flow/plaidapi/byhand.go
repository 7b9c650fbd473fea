package plaidapi

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
)

// CallByHand makes a call that the SDK is not asked to make, as it is given: path
// on BaseURL, headers and body. What is missing of Content-Type and of the keys is
// added. The exchange is reported like any other, also of a call that got no
// answer; the error says only that it could not be made at all.
func (c *Client) CallByHand(ctx context.Context, method, path string, header http.Header, body string) error {
	ctx, cancel := context.WithTimeout(ctx, c.options.Timeout)
	defer cancel()
	address, err := url.Parse(c.options.BaseURL + path)
	if err != nil {
		return incompleteCall(err)
	}
	request, err := http.NewRequestWithContext(ctx, method, address.String(), strings.NewReader(body))
	if err != nil {
		return incompleteCall(err)
	}
	for name, values := range header {
		request.Header[name] = values
	}
	for name, value := range map[string]string{"Content-Type": "application/json", "PLAID-CLIENT-ID": c.options.ClientID, "PLAID-SECRET": c.options.Secret} {
		if _, given := request.Header[http.CanonicalHeaderKey(name)]; !given {
			request.Header.Set(name, value)
		}
	}
	response, err := c.http.Do(request)
	if err != nil {
		return nil // the exchange that was reported says why
	}
	_, _ = io.Copy(io.Discard, response.Body)
	return response.Body.Close()
}

func incompleteCall(err error) error { return errors.New("the call cannot be made: " + innermost(err)) }
