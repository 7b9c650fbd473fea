package export_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"layersim/flow"
	"layersim/flow/export"
	"layersim/flow/journal"
)

// archive is as much of a HAR file as is looked at.
type archive struct {
	Log struct {
		Version string
		Comment string
		Pages   []struct{ ID, Title, StartedDateTime string }
		Entries []struct {
			Pageref, StartedDateTime, Comment string
			Time                              float64
			Request                           struct {
				Method, URL string
				Headers     []struct{ Name, Value string }
				QueryString []struct{ Name, Value string }
				PostData    *struct{ MimeType, Text string }
			}
			Response struct {
				Status              int
				StatusText, Comment string
				Content             struct {
					Size           int
					MimeType, Text string
				}
			}
		}
	}
}

func readHAR(t *testing.T, w export.Walk) archive {
	t.Helper()
	document, err := export.HAR(w)
	if err != nil {
		t.Fatal(err)
	}
	harmlessJSON(t, document)
	var a archive
	if err := json.Unmarshal(document, &a); err != nil {
		t.Fatal(err)
	}
	return a
}

func TestHARHasEveryExchange(t *testing.T) {
	s := begin(t, flow.Config{TemplateID: "template_1"})
	s.do(flow.ExchangeRecorded{At: s.now(), Exchange: flow.Exchange{
		Method: "POST", URL: "https://sandbox.plaid.com/session/token/create?a=1&b=%20x&b=", Started: began.Add(1500 * time.Millisecond), Duration: 12345 * time.Microsecond,
		RequestHeaders: []flow.Header{{Name: "Content-Type", Value: "application/json"}, {Name: "Plaid-Secret", Value: "••••"}}, RequestBody: `{"a":1}`,
		Status: 400, ResponseBody: "not JSON", RequestID: "r1",
	}})
	s.must(flow.LinkTokenRequested{At: s.now()})
	s.must(flow.StartOverRequested{At: s.now()})
	s.do(flow.ExchangeRecorded{At: s.now(), Exchange: flow.Exchange{Method: "POST", URL: "https://sandbox.plaid.com/x", Duration: 700 * time.Millisecond, Error: "the connection was refused"}})
	w := s.walk(journal.Header{Mode: journal.ModeSimulated, Started: began})
	w.Recording.Torn = true
	a := readHAR(t, w)
	if a.Log.Version != "1.2" || len(a.Log.Pages) != 2 || a.Log.Pages[1].ID != "attempt_2" || a.Log.Pages[1].Title != "Attempt 2, simulated Plaid" || !strings.Contains(a.Log.Comment, "simulated") || !strings.Contains(a.Log.Comment, "breaks off") {
		t.Errorf("the log is %+v", a.Log)
	}
	if len(a.Log.Entries) != 2 {
		t.Fatalf("%d entries", len(a.Log.Entries))
	}
	first, second := a.Log.Entries[0], a.Log.Entries[1]
	if first.Pageref != "attempt_1" || first.StartedDateTime != "2026-04-01T12:00:01.500Z" || first.Time != 12.345 || first.Comment != "request_id r1" ||
		first.Request.PostData == nil || first.Request.PostData.MimeType != "application/json" || first.Request.PostData.Text != `{"a":1}` || first.Request.Headers[1].Value != "••••" ||
		first.Response.Status != 400 || first.Response.StatusText != "Bad Request" || first.Response.Content.MimeType != "text/plain" || first.Response.Content.Text != "not JSON" || first.Response.Content.Size != 8 {
		t.Errorf("the first exchange is %+v", first)
	}
	if q := first.Request.QueryString; len(q) != 3 || q[1].Name != "b" || q[1].Value != " x" || q[2].Value != "" {
		t.Errorf("the query is %+v", q)
	}
	// It is not said when it began; it took 700 ms and was recorded at 12:00:02.8.
	if second.Pageref != "attempt_2" || second.StartedDateTime != "2026-04-01T12:00:02.100Z" || second.Response.Status != 0 || second.Response.Comment != "No answer came. the connection was refused" || second.Request.PostData != nil {
		t.Errorf("the second exchange is %+v", second)
	}
}

func TestHAROfForeignText(t *testing.T) {
	for _, s := range nasty {
		a := readHAR(t, told(t, s))
		if len(a.Log.Entries) != 2 || a.Log.Entries[1].Request.URL != "https://sandbox.plaid.com/session/token/create" {
			t.Errorf("%q: %+v", s, a.Log.Entries)
		}
	}
}
