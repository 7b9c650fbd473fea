package plaidsim

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"layersim/flow/loopback"
)

// A journal of records this big is full after a few.
var bigRecord = Record{Note: strings.Repeat("x", 64<<10)}

// However fast the requests come, a follower that reads slowly gets every
// record, and the journal stays as small as it should.
func TestASlowFollowerMissesNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var s Sim
		f, err := s.Follow(0)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		const writers, each = 8, 100
		var wg sync.WaitGroup
		for range writers {
			wg.Go(func() {
				for range each {
					s.journal.admit(t.Context())
					s.journal.add(bigRecord)
				}
			})
		}
		for want := uint64(1); want <= writers*each; {
			records, err := f.Next(t.Context(), 7)
			if err != nil {
				t.Fatal(err)
			}
			for _, r := range records {
				if r.Seq != want {
					t.Fatalf("record %d instead of %d", r.Seq, want)
				}
				want++
				time.Sleep(time.Second) // it reads slowly, and goes on reading
				f.Done(r.Seq)
			}
			s.journal.mu.Lock()
			if s.journal.bytes > maxJournalBytes+writers*bigRecord.size() {
				t.Errorf("the journal holds %d bytes", s.journal.bytes)
			}
			s.journal.mu.Unlock()
		}
		wg.Wait()
	})
}

// One that stops reading holds everyone up for a while, and then no more. When
// it comes back it is told what it has missed.
func TestAFollowerThatStopsIsCutOff(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var s Sim
		f, _ := s.Follow(0)
		before := time.Now()
		for range 200 {
			s.journal.admit(t.Context())
			s.journal.add(bigRecord)
		}
		if waited := time.Since(before); waited != patience {
			t.Errorf("requests waited %v, want %v", waited, patience)
		}
		if _, err := f.Next(t.Context(), 10); !errors.Is(err, ErrCutOff) {
			t.Errorf("the follower is told %v", err)
		}
		again, _ := s.Follow(10)
		defer again.Close()
		records, err := again.Next(t.Context(), 1)
		if err != nil || again.Forgotten == 0 || records[0].Seq != 10+again.Forgotten+1 {
			t.Errorf("%d forgotten, then %v (%v)", again.Forgotten, records, err)
		}
	})
}

func TestARequestWaitsNoLongerThanItsCaller(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var s Sim
		f, _ := s.Follow(0)
		defer f.Close()
		for !s.journal.tight.Load() {
			s.journal.add(bigRecord)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		before := time.Now()
		s.journal.admit(ctx)
		if waited := time.Since(before); waited != time.Second {
			t.Errorf("it waited %v", waited)
		}
		// What is under way already does not wait, and memory is bounded all the same.
		for range 500 {
			s.journal.add(bigRecord)
		}
		if s.journal.bytes > mostJournalBytes {
			t.Errorf("the journal holds %d bytes", s.journal.bytes)
		}
	})
}

func TestTooManyFollowers(t *testing.T) {
	s := newSim(t)
	var all []*Follower
	for range maxFollowers {
		f, err := s.Follow(0)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, f)
	}
	if resp, _ := send(t, s, http.MethodGet, "/sim/journal", nil, ""); resp.StatusCode != http.StatusTooManyRequests {
		t.Errorf("%d", resp.StatusCode)
	}
	for _, f := range all {
		f.Close()
		f.Close() // twice does no harm
	}
	if resp, _ := send(t, s, http.MethodGet, "/sim/journal", nil, ""); resp.StatusCode != http.StatusOK {
		t.Errorf("%d", resp.StatusCode)
	}
}

// Over sockets: eight clients as fast as they can, one follower that dawdles.
func TestAFollowerUnderLoad(t *testing.T) {
	s := newSim(t)
	server := httptest.NewServer(s.Loopback())
	t.Cleanup(server.Close)
	resp, err := http.Get(server.URL + "/sim/journal?follow=true")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	const clients, each = 8, 1200 // more than the journal holds
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: clients}}
	var wg sync.WaitGroup
	for range clients {
		wg.Go(func() {
			for range each {
				r, err := client.Post(server.URL+pathTokenCreate, "application/json",
					strings.NewReader(`{"client_id":"c","secret":"s","template_id":"default","user_id":"usr_1"}`))
				if err != nil {
					t.Error(err)
					return
				}
				_, _ = io.Copy(io.Discard, r.Body)
				_ = r.Body.Close()
			}
		})
	}
	lines := bufio.NewScanner(resp.Body)
	for n := range clients * each / 100 {
		for i, seq := range seqs(t, lines, 100) {
			if want := uint64(n*100 + i + 1); seq != want {
				t.Fatalf("record %d instead of %d", seq, want)
			}
		}
	}
	wg.Wait()
}

// A follower over a socket that does not read at all is cut off; when it comes
// back it is told in a line of its own how much is gone.
func TestTheJournalSaysWhatIsForgotten(t *testing.T) {
	s := newSim(t)
	for range 200 {
		s.journal.add(bigRecord)
	}
	server := httptest.NewServer(s.Loopback())
	t.Cleanup(server.Close)
	resp, err := http.Get(server.URL + "/sim/journal?after=5")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	lines := bufio.NewScanner(resp.Body)
	lines.Buffer(nil, 1<<20)
	if !lines.Scan() {
		t.Fatal("no line")
	}
	var note object
	decodeInto(t, lines.Bytes(), &note)
	gone, _ := note["forgotten"].(float64)
	if note["kind"] != "note" || gone < 1 || !strings.Contains(text(note, "note"), "forgotten") {
		t.Errorf("the first line is %v", note)
	}
	if got := seqs(t, lines, 1); got[0] != uint64(gone)+6 {
		t.Errorf("%v forgotten, then %d", gone, got)
	}
}

// Thousands of requests at once, of which many wait when the journal has room
// again: a follower that reads is not cut off for what they add.
func TestAFollowerInACrowd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSim(t)
		f, err := s.Follow(0)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		const crowd = 8000 // several times what the journal holds
		body := strings.Replace(tokenBody, "u1", strings.Repeat("u", 400), 1)
		var all sync.WaitGroup
		for range crowd {
			all.Go(func() { perform(t, s, pathTokenCreate, body) })
		}
		for n := 0; n < crowd; {
			synctest.Wait() // all that may go on have done so
			records, err := f.Next(t.Context(), 64)
			if err != nil {
				t.Fatalf("after %d records: %v", n, err)
			}
			n += len(records)
			f.Done(records[len(records)-1].Seq)
			s.journal.mu.Lock() // those that Done let go on are at it
			held := s.journal.bytes
			s.journal.mu.Unlock()
			if held > mostJournalBytes {
				t.Fatalf("the journal holds %d bytes", held)
			}
		}
		all.Wait()
	})
}

// What got no turn is not carried out: not when nobody waits for it any more,
// nor when it has waited for long. It says so while net/http still lets it.
func TestWithoutATurnNothingIsDone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSim(t)
		for range maxTurns {
			s.turns <- struct{}{}
		}
		const asked = `{"client_id":"c","secret":"s","template_id":"default","user_id":"usr_1"}`
		ask := func(ctx context.Context, method, path string) (*http.Response, error) {
			q, _ := http.NewRequestWithContext(ctx, method, "http://localhost"+path, strings.NewReader(asked))
			q.Header.Set("Content-Type", "application/json")
			return s.Transport().RoundTrip(q)
		}
		for range 2 {
			before := s.seen()
			for _, r := range []route{{http.MethodPost, pathTokenCreate, false}, {http.MethodGet, pathTokenCreate, false}, {http.MethodPost, pathLinkSession, false}} {
				ctx, cancel := context.WithTimeout(t.Context(), time.Second)
				if _, err := ask(ctx, r.method, r.path); !errors.Is(err, context.DeadlineExceeded) {
					t.Errorf("%s %s: %v to one who has left", r.method, r.path, err)
				}
				cancel()
				started := time.Now()
				resp, err := ask(t.Context(), r.method, r.path)
				if err != nil || resp.StatusCode != http.StatusServiceUnavailable {
					t.Fatalf("%s %s: %v %v", r.method, r.path, resp, err)
				}
				if waited := time.Since(started); waited != longestWait || 2*waited > loopback.AnswerPatience-10*time.Second {
					t.Errorf("%s %s waited for %v", r.method, r.path, waited)
				}
			}
			if after := s.seen(); after != before {
				t.Errorf("it was %d records, and is %d", before, after)
			}
			s.Fail(Fault{On: pathTokenCreate, Status: 500}) // for the second time
		}
		for range maxTurns {
			<-s.turns
		}
		for _, want := range []int{500, 500, 200} { // the faults are still there
			if resp, err := ask(t.Context(), http.MethodPost, pathTokenCreate); err != nil || resp.StatusCode != want {
				t.Errorf("afterwards, not %d: %v %v", want, resp, err)
			}
		}
		if len(s.turns) != 0 {
			t.Errorf("%d turns were not given back", len(s.turns))
		}
	})
}

// A full journal keeps a turn no longer than its caller waits.
func TestARoomlessCallerGivesItsTurnBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSim(t)
		f, _ := s.Follow(0)
		defer f.Close()
		for !s.journal.tight.Load() {
			s.journal.add(bigRecord)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if done, e := s.turn(ctx); e == nil || done != nil || len(s.turns) != 0 {
			t.Errorf("%v; %d turns are taken", e, len(s.turns))
		}
	})
}

func (s *Sim) seen() int {
	records, _ := s.Records(0, 1000)
	return len(records)
}
