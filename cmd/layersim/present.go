package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"time"

	"layersim/fixtures"
	"layersim/flow/journal"
	"layersim/flow/scenario"
	"layersim/tui/present"

	"github.com/spf13/cobra"
)

// builtInTour is what is presented if nothing is named.
const builtInTour = "tour"

const presentLongHelp = `present shows a scenario to a room, one beat at a time: what the user sees, what the app does, and what Plaid does. Enter goes on. Without a name it is the built-in tour of Layer, which takes ten minutes.

A question for the audience is shown before what it is about; Enter shows the answer, and once more what happens. Nothing listens on a port, nothing needs a network, and everything personal is masked.

The notes for the presenter are shown with n, or in a second terminal on the same machine:

  layersim present --attach

It shows the notes, the question with its answer, what comes next and the timer, and Enter there goes on in the room.`

// presentSettings are what 'layersim present' was told, as written.
type presentSettings struct {
	attach  bool
	session string
	record  string

	fixtures string
	environ  []string
}

func newPresentCommand(std stdio, environ []string) *cobra.Command {
	s := presentSettings{environ: environ}
	cmd := &cobra.Command{
		Use:   "present [SCENARIO|FILE]",
		Short: "Show a scenario to a room, beat by beat",
		Long:  presentLongHelp,
		Example: `
# the tour of Layer in ten minutes
layersim present

# another scenario, or one of your own
layersim present wrong-code-three-times
layersim present ./monday.yaml

# the notes, in a second terminal on this machine
layersim present --attach`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) > 1 {
				return fmt.Errorf("present shows one scenario, and %d are named", len(args))
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			name := builtInTour
			if len(args) == 1 {
				name = args[0]
			}
			if s.attach {
				if len(args) == 1 {
					return usagef("--attach shows the notes of a presentation that is running: leave %q out. --session chooses one of several.", args[0])
				}
				return s.notes(cmd.Context(), std)
			}
			return s.present(cmd.Context(), name, std)
		},
	}
	f := cmd.Flags()
	f.BoolVar(&s.attach, "attach", false, "show the notes of the presentation that runs on this machine")
	f.StringVar(&s.session, "session", "", "with --attach: which one, if several run")
	f.StringVar(&s.record, "record", "", "write the walk into this new file, masked, as JSON lines; after a reset into NAME-2")
	f.StringVar(&s.fixtures, "fixtures", "", "a folder with personas, templates and scenarios of your own")
	return cmd
}

// present shows a scenario until its presenter quits.
func (s presentSettings) present(ctx context.Context, name string, std stdio) error {
	if err := refuseProduction(s.environ); err != nil {
		return err
	}
	if s.session != "" {
		return usagef("--session goes with --attach: it says which presentation's notes to show")
	}
	if s.fixtures == "" {
		s.fixtures = getenv(s.environ, variableOf("fixtures"))
	}
	catalog, err := fixtures.Load(s.fixtures)
	if err != nil {
		return usagef("the fixtures cannot be used:\n%w", err)
	}
	sc, err := scenario.Find(name, catalog)
	if err != nil {
		return usagef("%w", err)
	}
	name = shownPath(name)
	if err := needsScreen(s.environ, "A presentation", "'layersim run "+name+"' plays the scenario as text, and 'layersim --plain' is the walk as text."); err != nil {
		return err
	}
	if !isTerminal(std.in) || !isTerminal(std.out) {
		return usagef("present draws on a terminal, and %s is not one. 'layersim run %s' plays it anywhere.", notTerminal(std), name)
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	c := &director{ctx: ctx, scenario: sc, catalog: catalog, record: s.record}
	if err := c.rehearse(); err != nil {
		return err
	}
	o := present.Options{Scenario: sc, Begin: c.begin, Now: time.Now, Context: ctx, Color: !noColor(s.environ), Light: lightTerminal(s.environ)}
	notes, err := s.serveNotes(ctx, sc.Name, &o)
	if err != nil { // nobody can attach, and the presentation is given all the same
		o.Remark = "! No second terminal can attach: " + err.Error() + "."
	}
	err = show(ctx, present.New(o), std, s.environ)
	cancel()
	if notes != nil {
		err = errors.Join(err, notes.Close())
	}
	return errors.Join(err, c.Close())
}

// serveNotes lets a second terminal attach.
func (s presentSettings) serveNotes(ctx context.Context, name string, o *present.Options) (*noteServer, error) {
	dir, err := presentDir(s.environ)
	if err != nil {
		return nil, err
	}
	session := sessionName(dir, name)
	listener, err := listenForNotes(ctx, dir, session)
	if err != nil {
		return nil, err
	}
	notes := serveNotes(ctx, listener)
	o.Session, o.Publish, o.Commands = session, notes.Publish, notes.commands
	return notes, nil
}

// director plays a scenario as often as it is begun: a reset begins it again.
type director struct {
	ctx      context.Context
	scenario scenario.Scenario
	catalog  *fixtures.Catalog
	record   string // a file, "" for none

	mu       sync.Mutex
	takes    int
	first    *recorder // made before the screen is, for the first take
	playings []*playing
}

// playing is one take.
type playing struct {
	*scenario.Player
	stage    *stage
	recorder *recorder // nil if nobody records
	once     sync.Once
	err      error
}

// rehearse finds out what would keep the first take from beginning, while
// errors can still be told plainly.
func (c *director) rehearse() error {
	_, _, err := stagePlan(c.scenario, c.catalog)
	if err == nil {
		c.first, err = c.recorder()
	}
	return err
}

// begin sets a new stage: the same seed, the same bytes.
func (c *director) begin() (present.Play, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	recorder := c.first
	if c.first = nil; recorder == nil {
		var err error
		if recorder, err = c.recorder(); err != nil {
			return nil, err
		}
	}
	var record func(journal.Entry) error
	if recorder != nil {
		record = recorder.Record
	}
	stage, err := newStage(c.ctx, c.scenario, c.catalog, record)
	if err != nil {
		return nil, err
	}
	p := &playing{Player: scenario.Play(c.scenario, stage.world()), stage: stage, recorder: recorder}
	c.playings = append(c.playings, p)
	return p, nil
}

// recorder begins the recording of a take, nil if there is to be none. A file is
// never written over, so each take has one of its own.
func (c *director) recorder() (*recorder, error) {
	if c.record == "" {
		return nil, nil
	}
	path := c.record
	if c.takes++; c.takes > 1 {
		end := filepath.Ext(path)
		path = strings.TrimSuffix(path, end) + "-" + strconv.Itoa(c.takes) + end
	}
	p, started, err := stagePlan(c.scenario, c.catalog)
	if err != nil {
		return nil, err
	}
	return openRecording(path, recordingHeader(p, started), p.testNumber)
}

// Close ends a take. It may be called twice.
func (p *playing) Close() error {
	p.once.Do(func() {
		p.err = p.stage.Close()
		if p.recorder != nil {
			p.err = errors.Join(p.err, p.recorder.Close())
		}
	})
	return p.err
}

// Close ends every take.
func (c *director) Close() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	var err error
	for _, p := range c.playings {
		err = errors.Join(err, p.Close())
	}
	if c.first != nil {
		err = errors.Join(err, c.first.Close())
	}
	return err
}
