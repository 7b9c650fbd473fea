package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"layersim/fixtures"
	"layersim/flow"
	"layersim/flow/drift"
	"layersim/flow/journal"
	"layersim/flow/sdk"

	"github.com/spf13/cobra"
)

func newCompareCommand(std stdio, environ []string) *cobra.Command {
	var c comparing
	cmd := &cobra.Command{
		Use:   "compare LIVE [SIMULATED]",
		Short: "Tell where the simulator does otherwise than the real Plaid did",
		Long: `compare reads the recording of a live walk, does the same walk again against the simulator, and says where the two differ: which events came, in which order and when the app was told, what their metadata and the answers of the API are made of, and which webhooks came. Ids, times and values are not compared.

LIVE is what 'layersim --env sandbox --record LIVE' wrote. With SIMULATED, a recording of a simulated walk, nothing is done again and the two files are compared. - is standard input.

The exit code is 0 if there is no difference, 3 if there is one, and 2 if a file cannot be used.`,
		Example: `
# record a walk against Plaid's Sandbox, then ask where the simulator is wrong
layersim --env sandbox --record live.jsonl
layersim compare live.jsonl

# the simulator as if it had your Dashboard's template
layersim compare live.jsonl --template accounts-required`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) < 1 || len(args) > 2 {
				return errors.New("say which recording: layersim compare LIVE, and a second one if the simulated walk was recorded too")
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			c.folder = getenv(environ, "LAYERSIM_FIXTURES")
			if f := cmd.Flags().Lookup("fixtures"); f.Changed {
				c.folder = f.Value.String()
			}
			return c.run(cmd.Context(), args, std)
		},
	}
	cmd.Flags().BoolVar(&c.asJSON, "json", false, "print one JSON object")
	cmd.Flags().StringVar(&c.template, "template", "", "the template of the simulated walk (default that of the live one)")
	cmd.Flags().String("fixtures", "", "a folder with personas and templates of your own")
	return cmd
}

// comparing is what the command was told.
type comparing struct {
	template, folder string
	asJSON           bool
}

// compared is what came of it.
type compared struct {
	Version   int      `json:"layersim_drift"` // of this object, 1
	Live      string   `json:"live"`           // the files
	Simulated string   `json:"simulated,omitempty"`
	Elsewhere []string `json:"elsewhere,omitempty"`
	Template  string   `json:"template,omitempty"` // of the simulated walk
	// Personas are those as whom the simulator did the walk again, one for each
	// attempt; "" is a number that nobody in the fixtures has.
	Personas []string `json:"personas,omitempty"`
	drift.Report
}

func (c comparing) run(ctx context.Context, args []string, std stdio) error {
	live, err := openAndRead(ctx, args[0], std)
	if err != nil {
		return err
	}
	result := compared{Version: 1, Live: shownFile(args[0])}
	for _, setting := range live.Header.Elsewhere {
		result.Elsewhere = append(result.Elsewhere, flow.CleanLine(setting, 300))
	}
	var notes []string
	if live.Torn {
		notes = append(notes, "The last line of "+result.Live+" breaks off and was left out.")
	}
	if live.Header.Mode != journal.ModeLive {
		notes = append(notes, result.Live+" is the recording of a simulated walk, not of a live one.")
	}
	if len(drift.Walks(live)) == 0 {
		return usagef("%s: nothing was asked of Plaid in this walk, so there is nothing to compare", result.Live)
	}
	if len(args) == 2 {
		err = result.withFile(ctx, live, args[1], &notes, std) //nolint:gosec // there are two
	} else {
		err = c.again(ctx, &result, live, &notes)
	}
	if err != nil {
		return err
	}
	result.Notes = append(notes, result.Notes...)
	if err := result.print(std.out, c.asJSON); err != nil {
		return err
	}
	if len(result.Differences) > 0 {
		return failure{exitExpectation, errSaid}
	}
	return nil
}

// withFile compares with a recorded simulated walk.
func (r *compared) withFile(ctx context.Context, live journal.Recording, name string, notes *[]string, std stdio) error {
	sim, err := openAndRead(ctx, name, std)
	if err != nil {
		return err
	}
	r.Simulated, r.Template = shownFile(name), sim.Header.Template
	if sim.Torn {
		*notes = append(*notes, "The last line of "+r.Simulated+" breaks off and was left out.")
	}
	if sim.Header.Mode != journal.ModeSimulated {
		*notes = append(*notes, r.Simulated+" is the recording of a live walk, not of a simulated one.")
	}
	o := optionsFor(live)
	if sim.Header.Delivery == "live" && live.Header.Delivery != "live" {
		o.AllAtOnce = true
		*notes = append(*notes, "The simulated walk told every event at once, for teaching, so delivery is not compared. Leave "+r.Simulated+" out, and the walk is done again with the documented delivery.")
	}
	r.Report = drift.Compare(drift.Walks(live), drift.Walks(sim), o)
	return nil
}

func optionsFor(live journal.Recording) drift.Options {
	return drift.Options{NoWebhooks: live.Header.Mode == journal.ModeLive && !live.Header.Webhooks}
}

// again does the live walk again against the simulator. Where several personas
// may be meant, and it matters which, the differences of each are reported:
// the least of them could hide a real one.
func (c comparing) again(ctx context.Context, r *compared, live journal.Recording, notes *[]string) error {
	p, err := c.planFor(r.Live, live.Header, notes)
	if err != nil {
		return err
	}
	r.Template = p.template
	var first []drift.Walk
	var more []drift.Difference
	as := map[int]string{} // by attempt, where it matters
	walks := drift.Walks(live)
	for i, w := range walks {
		if w.Mistake != "" || w.Reloaded { // which the comparison says
			first, r.Personas = append(first, drift.Walk{}), append(r.Personas, "")
			continue
		}
		who := candidates(p.catalog, live.Header, w)
		var found []drift.Report
		for k, candidate := range who {
			sim, err := retrace(ctx, p, live.Header.Started, w, candidate.phone)
			if err != nil {
				return err
			}
			if len(sim) != 1 { // nothing was asked of the simulator
				sim = []drift.Walk{{}}
			}
			found = append(found, drift.Compare([]drift.Walk{w}, sim, optionsFor(live)))
			if k == 0 {
				first, r.Personas = append(first, sim[0]), append(r.Personas, candidate.name)
			}
		}
		matters := slices.ContainsFunc(found, func(f drift.Report) bool { return !slices.Equal(f.Differences, found[0].Differences) })
		for k := 1; matters && k < len(found); k++ {
			for _, d := range found[k].Differences {
				d.Attempt, d.As = i+1, who[k].name
				more = append(more, d)
			}
		}
		if matters {
			as[i+1] = who[0].name
		}
		if w.Phone != "" {
			*notes = append(*notes, whoWasTaken(i+1, len(walks), w.Phone, who, matters))
		}
		if w.BirthRefused() {
			*notes = append(*notes, fmt.Sprintf("Which date of birth was submitted in attempt %d is masked. The simulator was given one that is not right, to meet the same answer; if yours was the right one, that is a difference.", i+1))
		}
	}
	r.Report = drift.Compare(walks, first, optionsFor(live))
	for i, d := range r.Differences {
		r.Differences[i].As = as[d.Attempt]
	}
	r.Differences = append(r.Differences, more...)
	return nil
}

// whoWasTaken says as whom an attempt was done again.
func whoWasTaken(attempt, of int, phone string, who []candidate, matters bool) string {
	persona := "somebody whom the simulator does not know"
	var names []string
	for _, c := range who {
		if c.name != "" {
			names = append(names, c.name)
			persona = "the persona " + strings.Join(names, " or ")
		}
	}
	s := "The phone number "
	if of > 1 {
		s = fmt.Sprintf("In attempt %d the phone number ", attempt)
	}
	s += flow.CleanLine(phone, 40) + " was taken for that of " + persona
	switch {
	case matters:
		s += ". The recording does not tell which, and they differ otherwise from the live walk: the differences of each are listed, and only those of one are real. 'layersim --record' of this version tells"
	case len(who) > 1:
		s += "; which of them makes no difference"
	}
	return s + "."
}

// planFor is the plan of a simulated walk like the live one, which is in the file
// of that name.
func (c comparing) planFor(name string, h journal.Header, notes *[]string) (plan, error) {
	catalog, err := fixtures.Load(c.folder)
	if err != nil {
		return plan{}, usagef("the fixtures cannot be used:\n%w", err)
	}
	template, ok := catalog.Template(c.template)
	switch {
	case c.template != "" && !ok:
		return plan{}, usagef("--template %q: there is no such template; 'layersim templates' lists them", c.template)
	case c.template == "":
		if template, ok = catalog.Template(h.TemplateID); !ok {
			template, _ = catalog.Template("default")
			*notes = append(*notes, "The simulator does not know the template "+flow.CleanLine(h.TemplateID, 80)+", so the walk was done again with the template "+template.Name+". --template NAME takes another; a file of your own in --fixtures can describe yours.")
		}
	}
	client, err := sdk.Client(h.Platform, h.SDKVersion)
	if err != nil {
		return plan{}, usagef("%s:1: platform, sdk_version: %w", name, err)
	}
	return plan{
		catalog: catalog, template: template.Name,
		config: flow.Config{TemplateID: template.ID, ClientUserID: "user-again", Client: client,
			NoWebhooks: h.Mode == journal.ModeLive && !h.Webhooks},
	}, nil
}

// openAndRead reads a recording, "-" being standard input.
func openAndRead(ctx context.Context, name string, std stdio) (journal.Recording, error) {
	return interruptible(ctx, func() (journal.Recording, error) { return readFrom(name, std) })
}

func readFrom(name string, std stdio) (journal.Recording, error) {
	in, shown := io.Reader(std.in), shownFile(name)
	if name != "-" {
		if info, err := os.Stat(name); err == nil && info.IsDir() {
			return journal.Recording{}, usagef("%s is a folder. Name the file of a recording, which 'layersim --record FILE' writes.", shown)
		} else if err == nil && !info.Mode().IsRegular() { // to open a pipe would wait for its writer
			return journal.Recording{}, usagef("%s is no ordinary file. Name the file of a recording, or - for standard input.", shown)
		}
		file, err := os.Open(name) //nolint:gosec // the file that was asked for
		if err != nil {
			return journal.Recording{}, usagef("the recording %s cannot be read: %w", shown, reason(err))
		}
		defer func() { _ = file.Close() }()
		in = file
	}
	text, err := plainText(in, shown)
	if err != nil {
		return journal.Recording{}, err
	}
	r, err := journal.ReadRecording(text, shown)
	if err != nil {
		return r, usagef("%w", err)
	}
	return r, nil
}

func shownFile(name string) string {
	if name == "-" {
		return "standard input"
	}
	return flow.CleanLine(name, 200)
}

// print writes the report.
func (r compared) print(out io.Writer, asJSON bool) error {
	if asJSON {
		return printJSON(out, r, "  ")
	}
	_, err := io.WriteString(out, r.text())
	return err
}
