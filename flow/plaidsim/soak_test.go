package plaidsim

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"layersim/flow/plaidsim/outbox"
)

// An hour of sessions that come and go, on the clock of the test: the app's server
// gets errors and no answers, callbacks are held, lost, late or come twice, tokens
// expire, receivers of webhooks refuse the first attempt or everything, and one
// hangs. In the end nothing is left of it, and everything that
// happened was told, once. LAYERSIM_SOAK=24h is a day.
func TestSoak(t *testing.T) {
	oneAtATime(t)
	length := time.Hour
	if text := os.Getenv("LAYERSIM_SOAK"); text != "" {
		var err error
		if length, err = time.ParseDuration(text); err != nil {
			t.Fatalf("LAYERSIM_SOAK=%s: write a time such as 24h", text)
		}
	}
	synctest.Test(t, func(t *testing.T) {
		k := newSoak(t)
		base := runtime.NumGoroutine()
		points := []uint64{}
		var users sync.WaitGroup
		for n := range int(length / soakPace) {
			users.Go(func() { k.user(n) })
			time.Sleep(soakPace)
			if every := int(length/soakPace) / 6; n%every == every-1 {
				points = append(points, heap())
			}
		}
		users.Wait()
		k.sim.Heal()
		time.Sleep(25 * time.Hour) // the last webhooks are given up
		synctest.Wait()
		points = append(points, heap())
		k.check()
		if now := runtime.NumGoroutine(); now > base {
			t.Errorf("%d goroutines, at first %d", now, base)
		}
		for _, p := range points {
			t.Logf("%d KiB", p>>10)
		}
		// What is remembered fills up at first; from the middle on nothing grows.
		if from, to := points[len(points)/2], points[len(points)-1]; to > from+from/4 {
			t.Errorf("memory grew from %d to %d KiB", from>>10, to>>10)
		}
		if b := k.sim.journal.bytes; b > maxJournalBytes {
			t.Errorf("the journal holds %d bytes", b)
		}
		t.Logf("%d sessions in %v, %d callbacks, %d webhooks, %d requests of which %d failed on purpose, %d records",
			k.sessions, length, k.callbacks, k.fired, k.requests, k.failed, k.records)
	})
}

// soakPace is how often a session begins.
const soakPace = 4 * time.Second

// soak is a simulator, its apps, their receivers of webhooks, and one who follows
// the journal.
type soak struct {
	t        *testing.T
	sim      *Sim
	follower *Follower

	mu        sync.Mutex
	sessions  int
	callbacks int
	requests  int
	failed    int
	records   uint64
	attempts  map[string]int          // at each receiver, by session and code
	taken     map[string]int          // of those, answered with 200
	ended     map[string]outbox.State // what became of each, by session and code, as the journal has it
	states    map[outbox.State]int
	fired     int
	spoilt    map[string]map[string]int // what faults did to the callbacks of a session: lost, duplicated
	happened  map[string][]string       // by session, as the journal has it
}

func newSoak(t *testing.T) *soak {
	k := &soak{
		t: t, attempts: map[string]int{}, taken: map[string]int{}, ended: map[string]outbox.State{}, states: map[outbox.State]int{},
		spoilt: map[string]map[string]int{}, happened: map[string][]string{},
	}
	k.sim = newSim(t, func(c *Config) { c.Now, c.WebhookTransport, c.Delivery = time.Now, k, Documented })
	for _, f := range []Fault{
		{On: pathTokenCreate, Status: 500, Rate: 0.05},
		{On: pathSessionGet, Status: 429, Rate: 0.05},
		{On: "/link/session/submit", Drop: true, Rate: 0.03},
		{On: "/link/session/sync", Truncate: true, Rate: 0.02},
		{On: "VERIFY_PHONE", Lose: true, Rate: 0.1},
		{On: "SUBMIT_OTP", Duplicate: true, Rate: 0.1},
		{On: "HANDOFF", Delay: 20 * time.Second, Rate: 0.1},
		{On: "onSuccess", Delay: 2 * time.Minute, Rate: 0.05},
	} {
		k.sim.Fail(f)
	}
	var err error
	if k.follower, err = k.sim.Follow(0); err != nil {
		t.Fatal(err)
	}
	var reading sync.WaitGroup
	reading.Go(k.follow)
	t.Cleanup(func() {
		k.follower.Close()
		reading.Wait()
	})
	return k
}

// RoundTrip is every receiver of webhooks: what it does with one follows from
// the host it is sent to.
func (k *soak) RoundTrip(r *http.Request) (*http.Response, error) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	var hook object
	decodeInto(k.t, body, &hook)
	id := text(hook, "link_session_id") + " " + text(hook, "webhook_code")
	k.mu.Lock()
	k.attempts[id]++
	nth := k.attempts[id]
	status := http.StatusOK
	switch r.URL.Hostname() {
	case "flaky.localhost":
		if nth < 2 {
			status = http.StatusServiceUnavailable
		}
	case "dead.localhost", "rare.localhost":
		status = http.StatusInternalServerError
	case "hangs.localhost":
		k.mu.Unlock()
		<-r.Context().Done()
		return nil, r.Context().Err()
	}
	if status == http.StatusOK {
		k.taken[id]++
	}
	k.mu.Unlock()
	return &http.Response{StatusCode: status, Body: http.NoBody, Request: r}, nil
}

// follow reads the journal as it is written.
func (k *soak) follow() {
	for {
		records, err := k.follower.Next(k.t.Context(), 256)
		if err != nil {
			return
		}
		k.mu.Lock()
		for _, r := range records {
			if r.Seq != k.records+1 {
				k.t.Errorf("record %d comes after %d", r.Seq, k.records)
			}
			k.records = r.Seq
			switch {
			case r.Kind == KindCallback:
				k.happened[r.Session] = append(k.happened[r.Session], r.Callback.Type+r.Callback.Name)
				if f := r.Callback.Fault; f != "" {
					if k.spoilt[r.Session] == nil {
						k.spoilt[r.Session] = map[string]int{}
					}
					k.spoilt[r.Session][f+" "+r.Callback.Type+r.Callback.Name]++
				}
			case r.Webhook != nil && r.Webhook.State != outbox.Waiting && r.Webhook.State != outbox.Sending:
				id := r.Session + " " + r.Webhook.Code
				if k.ended[id] != "" {
					k.t.Errorf("webhook %s came to its end twice: %s and %s", id, k.ended[id], r.Webhook.State)
				}
				k.end(id, r.Webhook.State)
			}
		}
		k.mu.Unlock()
		k.follower.Done(records[len(records)-1].Seq)
	}
}

// end books what became of a webhook, and forgets the rest: the memory of this test
// is to be as flat as the simulator's.
func (k *soak) end(id string, state outbox.State) {
	k.ended[id] = state
	k.states[state]++
	if taken := k.taken[id]; (state == outbox.Accepted) != (taken == 1) || taken > 1 {
		k.t.Errorf("webhook %s: %s after %d attempts, and taken %d times", id, state, k.attempts[id], taken)
	}
	delete(k.attempts, id)
	delete(k.taken, id)
}

// soakHosts are where the webhooks of the users go, in turn.
var soakHosts = []string{"good.localhost", "good.localhost", "good.localhost", "flaky.localhost", "dead.localhost", "hangs.localhost"}

// ask makes one request, and makes it again when it fails on purpose. A Link
// session is asked what it came to first, as Link does: the step may have
// happened.
func (k *soak) ask(path, body string) object {
	client := &http.Client{Transport: k.sim.Transport()}
	for try := 0; ; try++ {
		k.count(&k.requests)
		answer, err := client.Post("http://plaid.test"+path, "application/json", strings.NewReader(body))
		if err == nil {
			content, torn := io.ReadAll(answer.Body)
			_ = answer.Body.Close()
			if torn == nil && answer.StatusCode == http.StatusOK {
				var o object
				decodeInto(k.t, content, &o)
				return o
			}
			if torn == nil && answer.StatusCode < 429 || try > 20 {
				k.t.Errorf("%s: %d %s", path, answer.StatusCode, content)
				return object{}
			}
		}
		k.count(&k.failed)
		time.Sleep(250 * time.Millisecond)
	}
}

func (k *soak) count(n *int) {
	k.mu.Lock()
	defer k.mu.Unlock()
	*n++
}

// user walks one session to an end.
func (k *soak) user(n int) {
	host := soakHosts[n%len(soakHosts)]
	if n == 4 { // refuses everything as well, but too little comes to be suspended for it
		host = "rare.localhost"
	}
	token := text(k.ask(pathTokenCreate, fmt.Sprintf(`{"client_id":"c","secret":"s","template_id":"default","webhook":"http://%s/hook","user":{"client_user_id":"u%d"}}`, host, n)), "link", "link_token")
	if n%7 == 0 { // a user who comes back after the token has expired
		time.Sleep(linkTokenLife + time.Minute)
		if status, o := post(k.t, k.sim, "/link/session", object{"token": token}); status != http.StatusBadRequest || o["error_code"] != "INVALID_LINK_TOKEN" {
			k.t.Errorf("an expired link_token: %d %v", status, o)
		}
		return
	}
	p := &soakPage{soak: k, told: map[string]int{}}
	o := k.ask("/link/session", `{"token":"`+token+`"}`)
	p.path, p.id = "/link/session/"+text(o, "session"), text(o, "link_session_id")
	k.count(&k.sessions)
	p.step("submit", `"phone_number":"`+fullPhone+`"`)
	p.step("open", "")
	p.step("continue", "")
	end, want := "onSuccess", []string{"LAYER_AUTHENTICATION_PASSED", "SESSION_FINISHED"}
	if n%5 == 1 {
		end, want = "onExit", want[1:]
		p.step("close", "")
	} else {
		if n%5 == 2 {
			p.step("code", `"code":"000000"`)
		}
		p.step("code", `"code":"123456"`)
		p.step("share", "")
	}
	for range 200 { // what is late comes in the end
		if p.told["success"]+p.told["exit"] > 0 && !p.late {
			break
		}
		time.Sleep(time.Second)
		p.step("sync", "")
	}
	if p.told["success"]+p.told["exit"] != 1 {
		k.t.Errorf("%s: told %v, wanted %s", p.id, p.told, end)
	}
	if p.public != "" {
		k.ask(pathSessionGet, `{"client_id":"c","secret":"s","public_token":"`+p.public+`"}`)
	}
	p.check(want)
}

// soakPage is the page of a user.
type soakPage struct {
	*soak
	path, id string
	public   string
	acked    int
	late     bool
	told     map[string]int
}

// step does one thing in Link as the page does it: what comes is confirmed at once.
func (p *soakPage) step(verb, fields string) {
	time.Sleep(3 * time.Second) // a user who thinks
	for {
		body := fmt.Sprintf(`{"ack":%d`, p.acked)
		if fields != "" {
			body += "," + fields
		}
		o := p.ask(p.path+"/"+verb, body+"}")
		if refused := text(o, "refused"); refused != "" && verb != "sync" {
			p.t.Errorf("%s: %s is refused: %s", p.id, verb, refused)
		}
		p.late, _ = o["late"].(bool)
		fresh := false
		calls, _ := o["callbacks"].([]any)
		for _, c := range calls {
			seq, _ := at(c, "seq").(float64)
			if int(seq) <= p.acked {
				p.t.Errorf("%s: callback %v comes again after it was confirmed", p.id, seq)
				continue
			}
			if int(seq) != p.acked+1 {
				p.t.Errorf("%s: callback %v comes after %d", p.id, seq, p.acked)
			}
			p.acked, fresh = int(seq), true
			p.told[text(c, "kind")+text(c, "name")]++
			p.count(&p.callbacks)
			if public := text(c, "public_token"); public != "" {
				p.public = public
			}
		}
		if !fresh {
			return
		}
		verb, fields = "sync", ""
	}
}

// check holds what the page was told against what happened, less what a fault
// took and more what it doubled.
func (p *soakPage) check(hooks []string) {
	time.Sleep(time.Second) // until the follower has read it all
	p.mu.Lock()
	defer p.mu.Unlock()
	want := map[string]int{}
	for _, name := range p.happened[p.id] {
		want[name]++
	}
	for what, n := range p.spoilt[p.id] {
		switch fault, name, _ := strings.Cut(what, " "); fault {
		case "lost":
			want[name] -= n
		case "duplicated":
			want[name] += n
		}
	}
	for _, name := range slices.Concat(keysOf(want), keysOf(p.told)) {
		if want[name] != p.told[name] {
			p.t.Errorf("%s: %s happened %d times for the app, and it was told %d times", p.id, name, want[name], p.told[name])
		}
	}
	delete(p.happened, p.id)
	delete(p.spoilt, p.id)
	p.fired += len(hooks)
	for _, code := range hooks {
		if _, known := p.ended[p.id+" "+code]; !known {
			p.ended[p.id+" "+code] = "" // it has yet to come to its end
		}
	}
}

func keysOf(m map[string]int) []string {
	var keys []string
	for k := range m {
		keys = append(keys, k)
	}
	return keys
}

// check says what became of every webhook.
func (k *soak) check() {
	k.mu.Lock()
	defer k.mu.Unlock()
	for id, state := range k.ended {
		if state == "" || state == outbox.Dropped {
			k.t.Errorf("webhook %s: %q after %d attempts", id, state, k.attempts[id])
		}
	}
	if len(k.taken) > 0 {
		k.t.Errorf("taken after their end: %v", k.taken)
	}
	if len(k.ended) != k.fired {
		k.t.Errorf("%d webhooks came to an end, %d were fired", len(k.ended), k.fired)
	}
	if at, waits := k.sim.NextWebhook(); waits {
		k.t.Errorf("a webhook still waits for %v", at)
	}
	k.t.Logf("webhooks: %v", k.states)
	if k.states[outbox.Accepted] == 0 || k.states[outbox.GivenUp] == 0 || k.states[outbox.Suspended] == 0 {
		k.t.Error("not everything that may become of a webhook did, so this test proves less than it says")
	}
}
