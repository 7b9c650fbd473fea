package plain

import (
	"context"
	"io"
	"time"

	"layersim/fixtures"
	"layersim/flow"
	"layersim/flow/journal"
)

// Options is what plain mode is told by whoever starts it. Config, Perform, Now,
// In and Out are required.
type Options struct {
	Config  flow.Config
	Catalog *fixtures.Catalog // personas, templates and guide texts; may be nil
	// Persona names the one chosen on the command line.
	Persona string
	// Perform does what an effect asks for and returns the event that answers
	// it, nil for none. It is called from several goroutines and may block.
	Perform func(ctx context.Context, e flow.Effect) flow.Event
	// Events is the ordered stream of everything that answers nothing.
	Events <-chan flow.Event
	Now    func() time.Time
	// Surface is where open() shows Link unless the operator asks otherwise.
	Surface flow.Surface
	Private bool // begin with everything personal hidden
	// WhatIf says what Layer would answer a persona under a template; nil when
	// nobody can say.
	WhatIf func(fixtures.Template, fixtures.Persona) Prospect
	// Record takes each entry of the walk's record as it is made; nil for nobody.
	Record    func(journal.Entry) error
	Live      bool     // the real Plaid: Link is in a page
	Elsewhere []string // settings that lead a live walk elsewhere than to Plaid
	// Settle waits until every webhook that a simulated Plaid has sent has
	// arrived; nil where nobody knows.
	Settle func(context.Context) error

	In  io.Reader
	Out io.Writer
	// Typed says that somebody types the lines. Then a prompt stands until it is
	// answered, and again after whatever is said meanwhile. Else the lines come
	// from a file or a pipe: each is read when the walk is at rest, so that the
	// same lines lead to the same walk.
	Typed bool
	// Hanging says that the answer is typed behind the prompt, on its line.
	Hanging bool
}

// Prospect is what Layer would answer a persona under a template.
type Prospect struct {
	Phone Answer // to the phone number
	// Birth is the answer to the date of birth, nil when nobody asks for one.
	Birth *Answer
	// MinItems and MaxItems are how many Items the user can share.
	MinItems, MaxItems int
}

// Answer says whether LAYER_READY comes, and why or why not.
type Answer struct {
	Ready bool
	Why   string
}

// Ended says how a walk in plain mode came to its end.
type Ended struct {
	State   flow.State
	Journal *journal.Journal
	// Quit says that the operator asked for the end; else the input was over, or
	// nobody read the output any more.
	Quit bool
	// CutShort says that the input was over before the walk was.
	CutShort bool
}
