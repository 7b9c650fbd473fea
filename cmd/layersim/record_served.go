package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"sync"
	"time"

	"layersim/flow"
	"layersim/flow/guard"
	"layersim/flow/journal"
	"layersim/flow/plaidsim"
)

// What an app does with a simulator that serves it is recorded as well: after the
// header, each record of the simulator's journal in a line of its own, as GET
// /sim/journal answers it, written when it is made. A record that changes how a
// Link session stands has that under "about".

// mostUnwritten is how many lines wait for room on a full disk. An app may go on
// for days; beyond this the recording is given up, and that is said.
const mostUnwritten = 10_000

// recordServed writes what a simulator is asked, does and tells into a new file,
// until finish is called. Trouble is told on talk, once.
func recordServed(sim *plaidsim.Sim, s serveSettings, talk io.Writer) (finish func() error, err error) {
	if s.record == "" {
		return func() error { return nil }, nil
	}
	w, err := openRecording(s.record, journal.Header{
		Program: version(), Started: time.Now(), Mode: journal.ModeServed,
		Seed: strconv.FormatUint(s.seed, 10), Delivery: s.events,
	}, nil)
	if err != nil {
		return nil, err
	}
	follower, err := sim.Follow(0)
	if err != nil {
		return nil, errors.Join(failure{exitUnexpected, fmt.Errorf("--record: %w", err)}, w.Close())
	}
	ctx, stop := context.WithCancel(context.Background())
	v := servedRecorder{sim: sim, recorder: w, told: map[string]string{}, talk: talk}
	var done sync.WaitGroup
	done.Go(guard.Func(func() {
		for {
			records, err := follower.Next(ctx, 256)
			if err != nil {
				if errors.Is(err, plaidsim.ErrCutOff) {
					v.say("it was cut off: the disk is too slow for what the app does")
				}
				return
			}
			v.take(records)
			follower.Done(v.last)
		}
	}))
	return func() error {
		stop()
		done.Wait()
		for { // what came since
			records, _ := sim.Records(v.last, 256)
			if len(records) == 0 {
				break
			}
			v.take(records)
		}
		follower.Close()
		return w.Close()
	}, nil
}

// servedRecorder writes records of a simulator.
type servedRecorder struct {
	*recorder
	sim  *plaidsim.Sim
	last uint64            // seq of the newest record that was taken
	told map[string]string // what was last told about a session
	talk io.Writer
	over bool // nothing is written any more
}

func (v *servedRecorder) take(records []plaidsim.Record) {
	for _, r := range records {
		v.last = r.Seq
		if v.over {
			continue
		}
		line, err := json.Marshal(r)
		if err != nil {
			v.say(err.Error())
			continue
		}
		if err := v.recordLine(v.withAbout(line, r)); err != nil {
			v.say(err.Error())
		}
		if v.waiting() > mostUnwritten {
			v.over = true
			v.say("the disk has had no room for so long that the rest is not recorded")
		}
	}
}

func (v *servedRecorder) say(problem string) {
	_, _ = fmt.Fprintf(v.talk, "layersim: the recording: %s\n", problem)
}

// servedAbout is how a Link session stands, without what its user shared.
type servedAbout struct {
	ClientUserID string    `json:"client_user_id,omitempty"`
	Template     string    `json:"template,omitempty"`
	Persona      string    `json:"persona,omitempty"`
	State        string    `json:"state,omitempty"`
	Why          string    `json:"why,omitempty"`
	Phone        string    `json:"phone_number,omitempty"` // masked
	Created      time.Time `json:"created_at"`
}

// withAbout adds how the record's session stands, where that is new.
func (v *servedRecorder) withAbout(line []byte, r plaidsim.Record) []byte {
	if r.Session == "" {
		return line
	}
	session, ok := v.sim.Session(r.Session)
	if !ok {
		return line
	}
	about, err := json.Marshal(servedAbout{
		flow.RedactStrictly(session.ClientUserID), session.Template, session.Persona, session.State, session.Why, session.Phone.String(), session.Created.UTC(),
	})
	if err != nil || v.told[r.Session] == string(about) {
		return line
	}
	const mostSessions = 10_000 // what is told twice costs a few bytes only
	if len(v.told) >= mostSessions {
		clear(v.told)
	}
	v.told[r.Session] = string(about)
	return append(append(append(bytes.TrimSuffix(line, []byte("}")), `,"about":`...), about...), '}')
}
