package lint

import (
	"encoding/json"
	"net/url"
	"slices"
	"strconv"
	"time"

	"layersim/flow"
	"layersim/flow/journal"
)

// Walk reads the journal of the walk. What the app does is not in its events
// but in the effects that the core answers them with, so the events are folded
// once more. Make one with NewWalk; it is for one goroutine.
type Walk struct {
	state  flow.State
	tokens map[flow.LinkToken]int
	token  int                     // of the newest link_token
	of     map[flow.HandlerID]int  // which link_token each handler has
	alive  map[flow.HandlerID]bool // created and not destroyed
	typed  bool                    // a phone number was entered in this attempt
	client flow.Client             // as it was told last
	ahead  time.Duration           // of Plaid's clock
}

// NewWalk returns a reader of the journal of a walk that begins in initial.
func NewWalk(initial flow.State) *Walk {
	return &Walk{
		state: initial, tokens: map[flow.LinkToken]int{}, of: map[flow.HandlerID]int{}, alive: map[flow.HandlerID]bool{},
	}
}

// Read returns what an entry shows of the app.
func (w *Walk) Read(e journal.Entry) []Observation {
	before := w.state
	t := flow.Step(before, e.Event)
	w.state = t.Next
	r := reading{Walk: w, entry: e}
	if w.state.Config.Client != w.client {
		w.client = w.state.Config.Client
		r.add(0, ClientKnown{Client: w.client})
	}
	if w.state.Attempt != before.Attempt {
		w.typed = false
	}
	r.event(e.Event, before)
	_, again := e.Event.(flow.RetryRequested)
	for _, effect := range t.Effects {
		r.effect(effect, again)
	}
	asks := slices.ContainsFunc(t.Effects, func(e flow.Effect) bool {
		_, question := e.(flow.Question)
		return question
	})
	r.phase(before, asks)
	return r.out
}

// reading is one entry under way.
type reading struct {
	*Walk
	entry journal.Entry
	out   []Observation
}

// add observes something about a handler, 0 for none.
func (r *reading) add(id flow.HandlerID, what What) {
	o := Observation{Seq: uint64(max(r.entry.Seq, 0)), At: r.entry.At.Add(r.ahead), What: what}
	if id != 0 {
		o.Handler, o.Token = strconv.Itoa(int(id)), r.of[id]
	}
	r.out = append(r.out, o)
}

func (r *reading) addToken(token int, what What) {
	r.add(0, what)
	r.out[len(r.out)-1].Token = token
}

func (r *reading) event(event flow.Event, before flow.State) {
	id := before.HandlerID
	switch e := event.(type) {
	case flow.PhoneNumberEntered:
		r.typed = true
	case flow.SessionTokenCreated:
		if r.state.LinkToken != e.LinkToken {
			return // an answer that nobody waited for
		}
		r.token++
		r.tokens[e.LinkToken] = r.token
		r.addToken(r.token, Called{Path: pathTokenCreate, Status: ok, User: r.state.Config.ClientUserID, Expires: e.Expiration})
	case flow.OnEvent:
		call := Callback{Name: e.Name, Code: e.Metadata.ErrorCode}
		if e.Metadata.Verdict != "" {
			r.add(e.HandlerID, Judged{Why: e.Metadata.Verdict})
		}
		r.add(e.HandlerID, Happened{Callback: call})
		r.add(e.HandlerID, Told{Callback: call})
	case flow.OnSuccess:
		r.add(e.HandlerID, Happened{Callback: Callback{Name: OnSuccess}})
		r.add(e.HandlerID, Told{Callback: Callback{Name: OnSuccess}})
	case flow.OnExit:
		call := Callback{Name: OnExit, Code: e.Failure.Code}
		r.add(e.HandlerID, Happened{Callback: call})
		r.add(e.HandlerID, Told{Callback: call})
	case flow.UserAccountFetched:
		read := Called{Path: pathSessionGet, Status: ok}
		for _, item := range e.Account.Items {
			read.Items = append(read.Items, item.AccessToken.String())
		}
		r.add(id, read)
	case flow.CallFailed:
		r.failed(e, before)
	case flow.ExchangeRecorded:
		r.exchange(e.Exchange, id)
	case flow.WebhookReceived:
		if e.Verified {
			r.add(id, WebhookVerified{Code: e.Code})
		}
	case flow.TimePassed:
		for _, q := range before.Pending {
			if pass, ok := q.(flow.LetTimePass); ok && pass.CallID() == e.Call {
				r.ahead += pass.By
			}
		}
	case flow.AppDid:
		r.add(id, Did{Deed: e.Deed, Because: e.Because})
	}
}

// failed takes back what did not happen after all.
func (r *reading) failed(e flow.CallFailed, before flow.State) {
	for _, q := range before.Pending {
		if q.CallID() != e.Call {
			continue
		}
		switch q := q.(type) {
		case flow.CreateHandler:
			delete(r.alive, q.HandlerID)
		case flow.GetUserAccountSession:
			r.add(before.HandlerID, Called{Path: pathSessionGet, Status: e.Failure.Status, Code: e.Failure.Code})
		}
	}
}

// exchange reads calls of our server, but those of which events say more.
func (r *reading) exchange(x flow.Exchange, id flow.HandlerID) {
	path := x.URL
	if u, err := url.Parse(x.URL); err == nil {
		path = u.Path
	}
	if path == pathTokenCreate || path == pathSessionGet {
		return
	}
	call := Called{Path: path, Status: x.Status, NoAnswer: x.Status == 0}
	call.read(json.RawMessage(x.RequestBody), json.RawMessage(x.ResponseBody))
	r.add(id, call)
}

// effect reads what the app does. A call that is made again is nothing new.
func (r *reading) effect(effect flow.Effect, again bool) {
	switch q := effect.(type) {
	case flow.CreateHandler:
		if again {
			r.alive[q.HandlerID] = true
			return
		}
		r.of[q.HandlerID] = r.tokens[q.LinkToken]
		made := HandlerMade{Alive: len(r.alive), Earlier: len(r.of) - 1, Late: r.typed}
		r.alive[q.HandlerID] = true
		r.add(q.HandlerID, made)
		if !q.Early.IsZero() { // in the line after create()
			r.add(q.HandlerID, Submitted{Phone: q.Early.String(), Foreign: !flow.IsNorthAmerican(q.Early), Early: true, Untold: r.state.Config.InPage, Timed: true})
		}
	case flow.SubmitHandler:
		if again {
			return
		}
		r.add(q.HandlerID, Submitted{
			Phone: q.Phone.String(), Foreign: !q.Phone.IsZero() && !flow.IsNorthAmerican(q.Phone), DateOfBirth: !q.DateOfBirth.IsZero(),
			Early: !r.state.HandlerLoaded, Untold: r.state.Config.InPage, Timed: true,
		})
	case flow.OpenHandler:
		if !again {
			r.add(q.HandlerID, Opened{})
		}
	case flow.ExitHandler:
		delete(r.alive, q.HandlerID)
		r.add(q.HandlerID, Exited{})
	case flow.DestroyHandler:
		delete(r.alive, q.HandlerID)
		r.add(q.HandlerID, Destroyed{})
	}
}

// phase reads what the app goes on to. asks says that it asks for something
// with that.
func (r *reading) phase(before flow.State, asks bool) {
	id := r.state.HandlerID
	if r.state.Phase == before.Phase {
		return
	}
	switch r.state.Phase {
	case flow.PhaseFallback:
		r.add(id, FellBack{})
	case flow.PhaseOnboarded:
		r.add(id, Onboarded{})
	case flow.PhaseSession:
		if !asks {
			r.add(id, NotRead{})
		}
	default: // the other phases ask for something
	}
}
