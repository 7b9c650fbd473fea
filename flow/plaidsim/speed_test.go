package plaidsim

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func BenchmarkTokenCreate(b *testing.B) {
	s := newSim(b)
	b.ReportAllocs()
	for b.Loop() {
		r := httptest.NewRequest(http.MethodPost, pathTokenCreate, strings.NewReader(tokenBody))
		r.Header.Set("Content-Type", "application/json")
		w := httptest.NewRecorder()
		s.ServeHTTP(w, r)
		if w.Code != 200 {
			b.Fatal(w.Body)
		}
	}
}

// A session from its token to /user_account/session/get: nine requests.
func BenchmarkWholeSession(b *testing.B) {
	s := newSim(b)
	b.ReportAllocs()
	for b.Loop() {
		onboard(b, s)
	}
}

func BenchmarkJournalAppend(b *testing.B) {
	var j journal
	r := Record{Kind: KindCall, Call: &Call{request: []byte(tokenBody)}}
	b.ReportAllocs()
	for b.Loop() {
		j.add(r)
	}
}

// Reading is what a follower costs: each record is redacted and written as JSON.
func BenchmarkJournalRead(b *testing.B) {
	s := newSim(b)
	for range 100 {
		onboard(b, s)
	}
	records, _ := s.Records(0, 1<<20)
	lines := json.NewEncoder(io.Discard)
	b.ReportAllocs()
	for n := 0; b.Loop(); n++ {
		if err := lines.Encode(&records[n%len(records)]); err != nil {
			b.Fatal(err)
		}
	}
}
