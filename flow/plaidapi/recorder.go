package plaidapi

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptrace"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"layersim/flow"
)

// longestAnswer is how many bytes an answer may have; the longest ones of the
// calls made here are a few hundred kilobytes.
const longestAnswer = 8 << 20

var errTooLong = errors.New("it is longer than 8 MiB")

// recorder is a RoundTripper that reports each exchange, redacted. The SDK
// reads answers without a limit; here they get one.
type recorder struct {
	next     http.RoundTripper
	now      func() time.Time
	record   func(flow.Exchange)
	redactor redactor
	code     func(context.Context, error) string // which of flow's codes an error is
}

// CloseIdleConnections lets http.Client reach the transport behind the recorder.
func (r *recorder) CloseIdleConnections() {
	(&http.Client{Transport: r.next}).CloseIdleConnections()
}

// RoundTrip sends the request on and reports what came of it.
func (r *recorder) RoundTrip(request *http.Request) (*http.Response, error) {
	sent, err := readRequest(request)
	if err != nil {
		return nil, err
	}
	outgoing := request.Clone(request.Context())
	outgoing.Body = http.NoBody
	if len(sent) > 0 {
		outgoing.Body = io.NopCloser(bytes.NewReader(sent))
	}
	started := r.now()
	outgoing, way := watched(outgoing)
	response, content, err := r.send(outgoing)
	if err != nil {
		err = lost{err: err, sent: way()}
	}
	if r.record != nil {
		r.record(r.exchange(request, sent, response, content, started, err))
	}
	if err != nil {
		return nil, err
	}
	response.Body = io.NopCloser(bytes.NewReader(content))
	return response, nil
}

// watched returns the request with somebody looking on, and what then tells how
// far it came. Only http.Transport tells; of any other nothing is known.
func watched(request *http.Request) (*http.Request, func() sent) {
	var asked, wrote atomic.Bool
	trace := &httptrace.ClientTrace{
		GetConn:      func(string) { asked.Store(true) },
		WroteHeaders: func() { wrote.Store(true) },
	}
	return request.WithContext(httptrace.WithClientTrace(request.Context(), trace)), func() sent {
		switch {
		case wrote.Load():
			return wasSent
		case asked.Load():
			return notSent
		}
		return perhapsSent
	}
}

func readRequest(request *http.Request) ([]byte, error) {
	if request.Body == nil {
		return nil, nil
	}
	defer func() { _ = request.Body.Close() }()
	return io.ReadAll(request.Body)
}

// send returns the answer with all of its body. With an error the response may
// still be there: then the body broke off.
func (r *recorder) send(request *http.Request) (*http.Response, []byte, error) {
	response, err := r.next.RoundTrip(request)
	if err != nil {
		return nil, nil, err
	}
	if response == nil {
		return nil, nil, errors.New("the transport gave neither an answer nor an error")
	}
	if response.Body == nil {
		return response, nil, nil
	}
	defer func() { _ = response.Body.Close() }()
	var content bytes.Buffer
	// What it says of its length is believed up to a point.
	content.Grow(int(min(max(response.ContentLength, 0), longestBody)) + bytes.MinRead)
	_, err = content.ReadFrom(io.LimitReader(response.Body, longestAnswer+1))
	if err == nil && content.Len() > longestAnswer {
		err = errTooLong
	}
	return response, content.Bytes(), err
}

func (r *recorder) exchange(request *http.Request, sent []byte, response *http.Response, received []byte, started time.Time, err error) flow.Exchange {
	x := flow.Exchange{
		Method: request.Method, URL: r.redactor.credentials(cleanLine(request.URL.Redacted())),
		RequestHeaders: r.redactor.headers(request.Header), RequestBody: r.redactor.body(sent),
		Started: started, Duration: r.now().Sub(started),
	}
	if err != nil {
		x.Error = flow.CleanLine(r.redactor.text(cleanLine(err.Error())), longestSaid)
		x.ErrorCode = r.code(request.Context(), err)
	}
	if response != nil {
		x.Status = response.StatusCode
		x.ResponseHeaders = r.redactor.headers(response.Header)
		x.ResponseBody = r.redactor.answer(request.URL.Path, response.StatusCode, received)
		x.RequestID = r.redactor.id(requestID(received))
		if x.ErrorCode == "" && x.Status < 300 && x.RequestID == "" && isJSON(response) {
			x.ErrorCode = flow.CodeNotPlaid // every answer of Plaid's has one
		}
	}
	return x
}

// headers returns the header sorted by name, redacted.
func (r redactor) headers(header http.Header) []flow.Header {
	var out []flow.Header
	for name, values := range header {
		for _, value := range values {
			value = r.text(cleanLine(value))
			switch strings.ToLower(name) {
			case "plaid-secret", "authorization", "proxy-authorization", "cookie", "set-cookie":
				value = hidden
			case "plaid-client-id":
				value = flow.MaskID(value)
			}
			out = append(out, flow.Header{Name: r.text(cleanLine(name)), Value: value})
		}
	}
	slices.SortStableFunc(out, func(a, b flow.Header) int { return strings.Compare(a.Name, b.Name) })
	return out
}

// clippedNote ends what is not shown in full.
func clippedNote(all int) string { return fmt.Sprintf("\n… clipped here; %d bytes in all", all) }
