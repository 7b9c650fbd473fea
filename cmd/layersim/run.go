package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"time"

	"layersim/fixtures"
	"layersim/flow"
	"layersim/flow/scenario"

	"github.com/spf13/cobra"
)

const runLongHelp = `run plays scenarios without a screen and says whether all is as they expect. Each has a simulated Plaid and a clock of its own, so that nothing is waited for and no network is needed; the same scenario gives the same journal in every run.

A scenario is the name of one that layersim ships with ('layersim scenarios' lists them), a file, or a folder for every .yaml and .yml file in it and in its subfolders; what begins with a dot is left out, and a link to a folder is not followed. All files are checked before the first one is played: if anything is wrong in one, all mistakes are listed and nothing runs.

A scenario ends at the first step that is not as it expects. That is shown with what was expected, what there was instead, and the journal around it.

With --json standard output has one JSON object per line. Every object has "layersim_run": 1, the version of the format, and a "type":

  scenario  scenario, title, file, outcome (passed, failed, error or not_run), steps (that were done), of (how many there are), phase (where the walk ended), entries (of the journal), duration_ms; notes (such as a fault that never acted), if there are any; with failed and error a failure
  failure   step (1 for the first), line (of the file), does (the step in words), expected, got, why (what the last thing that came means, where something did not come), journal (the entries around it, as in a recording)
  mistake   if a file is wrong, before anything runs: file, line, column, field, problem
  summary   the last line: scenarios, passed, failed, errors, not_run, interrupted, duration_ms

A reader ignores members that it does not know; what one would misunderstand gets a new version.

The exit code is 0 if all is as expected, 2 if a file is wrong, 3 if something is not as expected, 1 for what went wrong in layersim itself or with a file that is written, and 130 if it was interrupted; what was done by then is shown.`

func newRunCommand(std stdio, environ []string) *cobra.Command {
	o := runOptions{environ: environ}
	cmd := &cobra.Command{
		Use:   "run SCENARIO|FILE|FOLDER…",
		Short: "Play scenarios without a screen, for CI",
		Long:  runLongHelp,
		Example: `
# one that layersim ships with
layersim run wrong-code-three-times

# all of them
layersim run --all

# your own, with a report for CI
layersim run scenarios/ --junit report.xml`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 && !o.all {
				return errors.New("say which: layersim run NAME, FILE or FOLDER, or --all for every scenario that layersim ships with ('layersim scenarios' lists them)")
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			o.args = args
			if cmd.Flags().Changed("jobs") && o.parallel == 0 {
				return usagef("-j 0: say how many are played at the same time, 1 or more")
			}
			return o.run(cmd.Context(), std)
		},
	}
	f := cmd.Flags()
	f.BoolVar(&o.all, "all", false, "every scenario that layersim ships with, and those of --fixtures")
	f.BoolVar(&o.json, "json", false, "print one JSON object per line")
	f.StringVar(&o.junit, "junit", "", "write the results into this file too, as JUnit XML")
	f.StringVar(&o.fixtures, "fixtures", "", "a folder with personas, templates and scenarios of your own")
	f.StringVar(&o.record, "record", "", "write the recording of each walk into this folder, masked, as NAME.jsonl")
	f.IntVarP(&o.parallel, "jobs", "j", 0, "how many are played at the same time (default one for each processor)")
	return cmd
}

// runGCPercent is GOGC while scenarios are played.
const runGCPercent = 400

// runOptions are what 'layersim run' was told, as written.
type runOptions struct {
	args                    []string
	all, json               bool
	junit, fixtures, record string
	parallel                int
	environ                 []string
}

func (o runOptions) run(ctx context.Context, std stdio) error {
	if err := refuseProduction(o.environ); err != nil {
		return err
	}
	if o.parallel < 0 {
		return usagef("-j %d: say how many are played at the same time, 1 or more", o.parallel)
	}
	if o.parallel == 0 {
		o.parallel = runtime.GOMAXPROCS(0)
	}
	if o.fixtures == "" {
		o.fixtures = getenv(o.environ, variableOf("fixtures"))
	}
	catalog, err := fixtures.Load(o.fixtures)
	if err != nil {
		return usagef("the fixtures cannot be used:\n%w", err)
	}
	scenarios, err := chooseScenarios(o.args, o.all, catalog)
	if err != nil {
		return errors.Join(err, o.reportMistakes(std, err))
	}
	recordings, err := planRecordings(o.record, scenarios)
	if err != nil {
		return err
	}
	reports := reporters{newTextReport(std.out, colorOn(std.out, o.environ))}
	if o.json {
		reports = reporters{newJSONReport(std.out)}
	}
	if o.junit != "" {
		var inputs []string
		for _, sc := range scenarios {
			inputs = append(inputs, sc.File)
		}
		file, err := createReport(o.junit, inputs)
		if err != nil {
			return err
		}
		reports = append(reports, newJUnitReport(file, flow.CleanLine(o.junit, 200)))
	}
	if getenv(o.environ, "GOGC") == "" {
		// A walk leaves nothing behind, so what is alive is little and the collector
		// would run every few walks. This costs some 20 MB.
		debug.SetGCPercent(runGCPercent)
	}
	c := company{catalog: catalog, recordings: recordings, parallel: o.parallel}
	return c.play(ctx, scenarios, reports)
}

// reportMistakes tells a program what is wrong with the files: nothing was run,
// and a report of an earlier run must not stay.
func (o runOptions) reportMistakes(std stdio, wrong error) error {
	var errs []error
	if o.json {
		errs = append(errs, newJSONReport(std.out).mistakes(wrong))
	}
	if o.junit != "" {
		file, err := createReport(o.junit, o.args)
		if err != nil {
			return errors.Join(append(errs, err)...)
		}
		report := newJUnitReport(file, flow.CleanLine(o.junit, 200))
		errs = append(errs, report.scenario(played{Result: scenario.Result{Scenario: scenario.Scenario{Name: "the files"}}, outcome: outcomeError, err: wrong}), report.end(tally{scenarios: 1, errors: 1}))
	}
	return errors.Join(errs...)
}

// createReport begins the file of a report, beside the one that may be there: it
// takes its place when it is whole. inputs are the files of the scenarios.
func createReport(path string, inputs []string) (io.WriteCloser, error) {
	shown := flow.CleanLine(path, 200)
	if path == "-" {
		return nil, usagef("--junit -: standard output has the results. Name a file.")
	}
	there, err := os.Stat(path)
	switch {
	case err != nil && !errors.Is(err, fs.ErrNotExist): // found before the run, not after it
		return nil, usagef("--junit %s: the file cannot be written: %w", shown, reason(err))
	case err == nil && there.IsDir():
		return nil, usagef("--junit %s: that is a folder. Name a file.", shown)
	case err == nil && !there.Mode().IsRegular(): // a pipe or a device cannot be replaced
		file, err := os.OpenFile(path, os.O_WRONLY, 0) //nolint:gosec // the file that was asked for
		if err != nil {
			return nil, usagef("--junit %s: the file cannot be written: %w", shown, reason(err))
		}
		return file, nil
	}
	for _, input := range inputs {
		if info, failed := os.Stat(input); failed == nil && there != nil && os.SameFile(there, info) {
			return nil, usagef("--junit %s: that is a scenario, which the report would replace. Name another file.", shown)
		}
	}
	if ext := filepath.Ext(path); ext == ".yaml" || ext == ".yml" {
		return nil, usagef("--junit %s: that is the name of a scenario. Name a file such as report.xml.", shown)
	}
	file, err := os.CreateTemp(filepath.Dir(path), ".layersim-report-*")
	if err != nil {
		return nil, usagef("--junit %s: the file cannot be written: %w", shown, reason(err))
	}
	return &wholeFile{file, path}, nil
}

// wholeFile is a file that gets its name when it is closed.
type wholeFile struct {
	*os.File
	path string
}

// Close gives it its name.
func (f *wholeFile) Close() error {
	err := errors.Join(f.Chmod(0o644), f.File.Close())
	if err == nil {
		err = os.Rename(f.Name(), f.path)
	}
	if err != nil {
		_ = os.Remove(f.Name())
	}
	return err
}

func colorOn(f *os.File, environ []string) bool { return isTerminal(f) && !noColor(environ) }

// outcome is how a scenario ended.
type outcome string

const (
	outcomePassed outcome = "passed"
	outcomeFailed outcome = "failed" // something is not as the scenario expects
	outcomeError  outcome = "error"  // it could not be played
	outcomeNotRun outcome = "not_run"
)

// played is a scenario and what became of it.
type played struct {
	scenario.Result
	outcome outcome
	err     error // with outcomeError
	took    time.Duration
}

// tally counts outcomes.
type tally struct {
	scenarios, passed, failed, errors, notRun int
	interrupted                               bool
	took                                      time.Duration
}

func (t *tally) add(p played) {
	t.scenarios++
	switch p.outcome {
	case outcomePassed:
		t.passed++
	case outcomeFailed:
		t.failed++
	case outcomeError:
		t.errors++
	case outcomeNotRun:
		t.notRun++
	}
}

// err is the exit code that the outcomes lead to.
func (t tally) err() error {
	switch {
	case t.interrupted:
		return errInterrupted
	case t.errors > 0:
		return failure{exitUnexpected, errSaid}
	case t.failed > 0:
		return failure{exitExpectation, errSaid}
	}
	return nil
}

// reporter is told what became of the scenarios, in the order in which they were
// given. An error is one of the file that it writes.
type reporter interface {
	scenario(p played) error
	end(t tally) error
}

type reporters []reporter

func (all reporters) scenario(p played) error {
	var errs []error
	for _, r := range all {
		errs = append(errs, r.scenario(p))
	}
	return errors.Join(errs...)
}

func (all reporters) end(t tally) error {
	var errs []error
	for _, r := range all {
		errs = append(errs, r.end(t))
	}
	return errors.Join(errs...)
}

// unwritten says that a result cannot be written.
func unwritten(what string, err error) error {
	if err == nil {
		return nil
	}
	return failure{exitUnexpected, fmt.Errorf("%s cannot be written: %w", what, reason(err))}
}
