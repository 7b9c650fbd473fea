package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"

	"layersim/fixtures"
	"layersim/flow"
	"layersim/flow/journal"
	"layersim/flow/plaidsim"
	"layersim/tui"
	"layersim/tui/watch"

	"github.com/spf13/cobra"
)

func newReplayCommand(std stdio, environ []string) *cobra.Command {
	var r replaying
	cmd := &cobra.Command{
		Use:   "replay FILE",
		Short: "Look at a recorded walk again, moment by moment",
		Long: `replay shows a recording in the whole interface, every pane as it was, and plays it or steps through it. Nothing is done again: it needs no network, no keys and no settings, and what the recording masks stays masked.

FILE is what --record wrote, of a simulated or a live walk. What 'layersim serve --record' or 'exec --record' wrote is shown as 'serve --ui' shows it. A last line that broke off, because the program was killed while it wrote, is left out and told.

With --record the recording is written once more, entry by entry; the new file has the same bytes, without the line that broke off. That needs no terminal.`,
		Example: `
# record a walk, then look at it again
layersim --record walk.jsonl
layersim replay walk.jsonl

# ten times as fast, for a room
layersim replay walk.jsonl --speed 10 --private`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 {
				return errors.New("say which recording: layersim replay FILE")
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			r.folder = getenv(environ, "LAYERSIM_FIXTURES")
			if f := cmd.Flags().Lookup("fixtures"); f.Changed {
				r.folder = f.Value.String()
			}
			return r.run(cmd.Context(), args[0], std, environ)
		},
	}
	cmd.Flags().IntVar(&r.speed, "speed", 1, "how fast it plays: 1, 2 or 10 times as fast as it was; * changes it")
	cmd.Flags().BoolVar(&r.private, "private", false, "hide everything personal on the screen, for a projector; P changes it")
	cmd.Flags().BoolVar(&r.plain, "plain", false, "print it as lines of text, for screen readers and pipes, on a terminal step by step (default with TERM=dumb)")
	cmd.Flags().StringVar(&r.record, "record", "", "write the recording into this new file once more")
	cmd.Flags().String("fixtures", "", "a folder with personas and templates of your own")
	return cmd
}

// replaying is what the command was told.
type replaying struct {
	speed   int
	private bool
	plain   bool
	record  string
	folder  string
}

func (r replaying) run(ctx context.Context, name string, std stdio, environ []string) error {
	if !slices.Contains(tui.Speeds(), r.speed) {
		return usagef("--speed %d: 1, 2 or 10 is expected", r.speed)
	}
	catalog, err := fixtures.Load(r.folder)
	if err != nil {
		return usagef("the fixtures cannot be used:\n%w", err)
	}
	recording, err := openAndRead(ctx, name, std)
	var bad *journal.RecordingError
	if errors.As(err, &bad) && bad.Served && name != "-" {
		return r.served(ctx, name, std, environ)
	}
	if err != nil {
		return err
	}
	entries, initial, err := replayOf(recording, catalog)
	if err != nil {
		return err
	}
	if r.record != "" {
		if err := recordAgain(recording, entries, r.record); err != nil {
			return err
		}
	}
	if r.plain || dumb(environ) {
		return r.said(ctx, recording, entries, initial, catalog, std)
	}
	if !isTerminal(std.in) || !isTerminal(std.out) {
		if r.record != "" {
			return sayRecordedAgain(std.talk(), recording, r.record)
		}
		return usagef("replay draws on a terminal, and %s is not one. Run it in a terminal window; over SSH use 'ssh -t', in a container 'docker run -it'. 'layersim replay --plain' prints it as lines of text anywhere, 'layersim export' makes a text of a recording anywhere.", notTerminal(std))
	}
	return show(ctx, tui.New(r.options(ctx, recording, entries, initial, catalog, environ)), std, environ)
}

// served shows what an app did with a simulator.
func (r replaying) served(ctx context.Context, name string, std stdio, environ []string) error {
	if r.record != "" {
		return usagef("--record: %s is no walk, but what an app did with the simulator. Copy the file instead.", shownFile(name))
	}
	file, err := os.Open(name) //nolint:gosec // the file that was asked for
	if err != nil {
		return usagef("the recording %s cannot be read: %w", shownFile(name), reason(err))
	}
	recorded, err := readServed(file, shownFile(name))
	if err := errors.Join(err, file.Close()); err != nil {
		return err
	}
	if r.plain {
		return usagef("--plain says a walk, and %s is what an app did with the simulator. 'layersim lint %s' prints the mistakes in it as text.", shownFile(name), shownFile(name))
	}
	if err := needsScreen(environ, "What an app did with the simulator", "'layersim lint "+shownFile(name)+"' prints the mistakes in it as text."); err != nil {
		return err
	}
	if !isTerminal(std.in) || !isTerminal(std.out) {
		return usagef("replay draws on a terminal, and %s is not one. Run it in a terminal window; 'layersim lint %s' prints the mistakes in it anywhere.", notTerminal(std), shownFile(name))
	}
	if recorded.torn {
		_, _ = fmt.Fprintf(std.talk(), "layersim: the last line of %s breaks off and was left out.\n", shownFile(name))
	}
	name = filepath.Base(recorded.name)
	if recorded.torn {
		name += ", whose last line is torn"
	}
	return show(ctx, watch.New(watch.Options{
		Recording: name, Batches: recorded.batches(), Now: recorded.end, Context: ctx, Live: recorded.header.Delivery == string(plaidsim.Live),
		Color: !noColor(environ), Light: lightTerminal(environ),
	}), std, environ)
}

// options are those of a screen that shows the recording.
func (r replaying) options(ctx context.Context, recording journal.Recording, entries []journal.Entry, initial flow.State, catalog *fixtures.Catalog, environ []string) tui.Options {
	h := recording.Header
	o := tui.Options{
		Catalog: catalog, Persona: h.Persona, Template: h.Template, Surface: surfaceOf(entries), Live: h.Mode == journal.ModeLive,
		Color: !noColor(environ), Light: lightTerminal(environ), Context: ctx, Mouse: true, Private: r.private,
		Replay: &tui.Replay{Name: filepath.Base(recording.Name), Entries: entries, Initial: initial, Started: h.Started, Torn: recording.Torn, Speed: r.speed},
	}
	if !o.Live {
		o.WhatIf = whatIf
	}
	for _, setting := range h.Elsewhere {
		o.Elsewhere = append(o.Elsewhere, flow.CleanLine(setting, 300))
	}
	return o
}

// surfaceOf is where the walk meant to show Link: where it did so first.
func surfaceOf(entries []journal.Entry) flow.Surface {
	for _, e := range entries {
		if open, ok := e.Event.(flow.OpenRequested); ok && open.Surface != "" {
			return open.Surface
		}
	}
	return flow.InBrowser
}

// replayOf turns a recording back into what a journal has of its walk.
func replayOf(recording journal.Recording, catalog *fixtures.Catalog) ([]journal.Entry, flow.State, error) {
	recording.PhoneOf = func(name string) flow.PhoneNumber {
		persona, _ := catalog.Persona(name)
		return persona.Phone
	}
	entries, initial, err := journal.Replay(recording)
	if err != nil {
		return nil, initial, usagef("%w", err)
	}
	return entries, initial, nil
}

// recordAgain writes the entries of a recording into a new file, as the walk
// itself would.
func recordAgain(recording journal.Recording, entries []journal.Entry, path string) error {
	var testNumber func(flow.PhoneNumber) string
	var seq int
	if recording.Header.TestNumbers {
		testNumber = func(flow.PhoneNumber) string { return recording.Entries[seq].TestNumber }
	}
	w, err := openRecording(path, recording.Header, testNumber)
	if err != nil {
		return err
	}
	for i, e := range entries {
		seq = i
		if err := w.Record(e); err != nil {
			break // Close says what is missing
		}
	}
	return w.Close()
}

func sayRecordedAgain(out io.Writer, recording journal.Recording, path string) error {
	left := ""
	if recording.Torn {
		left = "; the last line, which breaks off, was left out"
	}
	_, err := fmt.Fprintf(out, "layersim: %s was written once more into %s: %s%s.\n", recording.Name, flow.CleanLine(path, 200), counted(len(recording.Entries), "entry", "entries"), left)
	return err
}
