package export

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"layersim/flow"
	"layersim/flow/journal"
)

// HAR returns every exchange with Plaid's API as an HTTP Archive, version 1.2
// (http://www.softwareishard.com/blog/har-12-spec/), with a page for each
// attempt. What was masked when it was recorded is masked here. Sizes are of
// what is written, because the recording does not have those of the wire.
func HAR(w Walk) ([]byte, error) {
	comment, of := remarks(w), ""
	if w.Recording.Header.Mode == journal.ModeSimulated { // the addresses are Plaid's all the same
		comment, of = strings.TrimSpace("All of Plaid was simulated inside layersim: no call left the machine. "+comment), ", simulated Plaid"
	}
	h := har{Log: harLog{
		Version: "1.2", Creator: harCreator{"layersim", orUnknown(w.Recording.Header.Program)},
		Pages: []harPage{}, Entries: []harEntry{}, Comment: comment,
	}}
	attempts := w.attempts()
	for i, e := range w.Entries {
		page := fmt.Sprintf("attempt_%d", attempts[i])
		if n := len(h.Log.Pages); n == 0 || h.Log.Pages[n-1].ID != page {
			h.Log.Pages = append(h.Log.Pages, harPage{Started: harTime(e.At), ID: page, Title: fmt.Sprintf("Attempt %d%s", attempts[i], of)})
		}
		if x, ok := e.Event.(flow.ExchangeRecorded); ok {
			h.Log.Entries = append(h.Log.Entries, harOf(x.Exchange, e.At, page))
		}
	}
	return document(h)
}

// The members are named in the order of the specification; -1 is its word for
// "not known".
type (
	har struct {
		Log harLog `json:"log"`
	}
	harLog struct {
		Version string     `json:"version"`
		Creator harCreator `json:"creator"`
		Pages   []harPage  `json:"pages"`
		Entries []harEntry `json:"entries"`
		Comment string     `json:"comment,omitempty"`
	}
	harCreator struct {
		Name    string `json:"name"`
		Version string `json:"version"`
	}
	harPage struct {
		Started string   `json:"startedDateTime"`
		ID      string   `json:"id"`
		Title   string   `json:"title"`
		Timings struct{} `json:"pageTimings"`
	}
	harEntry struct {
		Page     string      `json:"pageref"`
		Started  string      `json:"startedDateTime"`
		Time     float64     `json:"time"` // milliseconds
		Request  harRequest  `json:"request"`
		Response harResponse `json:"response"`
		Cache    struct{}    `json:"cache"`
		Timings  harTimings  `json:"timings"`
		Comment  string      `json:"comment,omitempty"`
	}
	harRequest struct {
		Method      string      `json:"method"`
		URL         string      `json:"url"`
		HTTPVersion string      `json:"httpVersion"`
		Cookies     []harPair   `json:"cookies"`
		Headers     []harPair   `json:"headers"`
		Query       []harPair   `json:"queryString"`
		PostData    *harContent `json:"postData,omitempty"`
		HeadersSize int         `json:"headersSize"`
		BodySize    int         `json:"bodySize"`
	}
	harResponse struct {
		Status      int        `json:"status"` // 0: no answer came
		StatusText  string     `json:"statusText"`
		HTTPVersion string     `json:"httpVersion"`
		Cookies     []harPair  `json:"cookies"`
		Headers     []harPair  `json:"headers"`
		Content     harContent `json:"content"`
		RedirectURL string     `json:"redirectURL"`
		HeadersSize int        `json:"headersSize"`
		BodySize    int        `json:"bodySize"`
		Comment     string     `json:"comment,omitempty"`
	}
	harContent struct {
		Size   *int   `json:"size,omitempty"` // of an answer only
		Type   string `json:"mimeType"`
		Text   string `json:"text"`
		Params *[]any `json:"params,omitempty"` // of a request only
	}
	harTimings struct {
		Send    float64 `json:"send"`
		Wait    float64 `json:"wait"`
		Receive float64 `json:"receive"`
	}
	harPair struct {
		Name  string `json:"name"`
		Value string `json:"value"`
	}
)

func harOf(x flow.Exchange, recorded time.Time, page string) harEntry {
	took := float64(x.Duration.Microseconds()) / 1000
	started := x.Started
	if started.IsZero() {
		started = recorded.Add(-x.Duration)
	}
	answer := len(x.ResponseBody)
	e := harEntry{
		Page: page, Started: harTime(started), Time: took, Timings: harTimings{Wait: took},
		Request: harRequest{
			Method: x.Method, URL: x.URL, HTTPVersion: "HTTP/1.1", Cookies: []harPair{}, Headers: harHeaders(x.RequestHeaders),
			Query: harQuery(x.URL), HeadersSize: -1, BodySize: len(x.RequestBody),
		},
		Response: harResponse{
			Status: x.Status, StatusText: http.StatusText(x.Status), HTTPVersion: "HTTP/1.1", Cookies: []harPair{}, Headers: harHeaders(x.ResponseHeaders),
			Content:     harContent{Size: &answer, Type: contentType(x.ResponseHeaders, x.ResponseBody), Text: x.ResponseBody},
			HeadersSize: -1, BodySize: answer,
		},
	}
	if x.RequestBody != "" {
		e.Request.PostData = &harContent{Type: contentType(x.RequestHeaders, x.RequestBody), Text: x.RequestBody}
	}
	if x.RequestID != "" {
		e.Comment = "request_id " + x.RequestID
	}
	switch {
	case x.Status == 0:
		e.Response.Comment = "No answer came. " + x.Error
	case x.Error != "":
		e.Response.Comment = x.Error
	}
	return e
}

func harHeaders(list []flow.Header) []harPair {
	pairs := make([]harPair, len(list))
	for i, h := range list {
		pairs[i] = harPair(h)
	}
	return pairs
}

func harQuery(address string) []harPair {
	pairs := []harPair{}
	u, err := url.Parse(address)
	if err != nil {
		return pairs
	}
	for part := range strings.SplitSeq(u.RawQuery, "&") {
		name, value, _ := strings.Cut(part, "=")
		if name != "" {
			pairs = append(pairs, harPair{decoded(name), decoded(value)})
		}
	}
	return pairs
}

func decoded(s string) string {
	if plain, err := url.QueryUnescape(s); err == nil {
		return plain
	}
	return s
}

// contentType is what the header says a body is, else what it looks like.
func contentType(headers []flow.Header, body string) string {
	for _, h := range headers {
		if strings.EqualFold(h.Name, "Content-Type") {
			return h.Value
		}
	}
	switch {
	case body == "":
		return "x-unknown" // the specification's word
	case json.Valid([]byte(body)):
		return "application/json"
	}
	return "text/plain"
}

func harTime(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000Z") }
