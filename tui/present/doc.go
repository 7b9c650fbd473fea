// Package present shows a scenario to a room, beat by beat: what the user sees,
// what the app does, and what Plaid does.
//
//	model := present.New(present.Options{Scenario: sc, Begin: begin, Now: time.Now, Context: ctx})
//
// It knows how a scenario is played only by the Play it is given; each reset
// asks for a new one. What its presenter needs besides, the notes and what comes
// next, is a Status: it can be published to another terminal, which NewNotes
// shows, and which can send a Command back.
package present
