package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"layersim/fixtures"
	"layersim/flow"
	"layersim/flow/export"
	"layersim/flow/journal"

	"github.com/spf13/cobra"
)

// exporter writes a recording in one format.
type exporter struct {
	format, does string
	// write says in remarks, in sentences for people, what is not in the document.
	write func(x exporting, ctx context.Context, r journal.Recording) (document []byte, remarks []string, err error)
}

// exporters are the formats, in the order in which they are told.
func exporters() []exporter {
	return []exporter{
		{"markdown", "a transcript to read, with a Mermaid sequence diagram", ofWalk(func(w export.Walk) ([]byte, error) { return export.Markdown(w), nil })},
		{"har", "every exchange with Plaid's API, as an HTTP Archive", ofWalk(export.HAR)},
		{"asciicast", "the screen, for asciinema and its players", exporting.asciicast},
		{"mermaid", "the sequence diagram alone", ofWalk(func(w export.Walk) ([]byte, error) { return export.Mermaid(w), nil })},
		{"json", "everything, as one JSON document", ofWalk(export.JSON)},
		{"scenario", "the walk written down, to be done again by 'layersim run' and 'layersim present'", exporting.scenario},
	}
}

func ofWalk(write func(export.Walk) ([]byte, error)) func(exporting, context.Context, journal.Recording) ([]byte, []string, error) {
	return func(_ exporting, _ context.Context, r journal.Recording) ([]byte, []string, error) {
		w, err := export.Of(r)
		if err != nil {
			return nil, nil, usagef("%w", err)
		}
		document, err := write(w)
		return document, nil, err
	}
}

// exporting is what the command was told.
type exporting struct {
	format, out   string
	force         bool
	width, height int           // of an asciicast
	idleLimit     time.Duration // of an asciicast
	private       privacy       // of an asciicast
	folder        string        // with fixtures
}

// privacy says whether everything personal is hidden.
type privacy int

const (
	privateIfLive privacy = iota
	privateNever
	privateAlways
)

func newExportCommand(std stdio, environ []string) *cobra.Command {
	var x exporting
	var size string
	var private bool
	var formats []string
	about := ""
	for _, e := range exporters() {
		formats = append(formats, e.format)
		about += fmt.Sprintf("\n  %-10s %s", e.format, e.does)
	}
	cmd := &cobra.Command{
		Use:   "export FILE --format " + strings.Join(formats, "|"),
		Short: "Turn a recording into a document, a diagram, a film of the screen or a scenario",
		Long: `export reads the recording of a walk and writes it in a format that others can read. FILE is what --record wrote; - is standard input. The formats:
` + about + `

The result goes to standard output, or with -o into a new file that only you can read. What was masked when the walk was recorded stays masked. In an asciicast of a live walk everything personal is hidden as well, as with P on the screen; --private=false shows it.`,
		Example: `
# a walk, recorded and told
layersim --link terminal --record walk.jsonl
layersim export walk.jsonl --format markdown -o walk.md

# its calls, for the network tab of a browser
layersim export walk.jsonl --format har -o walk.har

# the screen, as a film
layersim export walk.jsonl --format asciicast -o walk.cast
asciinema play walk.cast

# the same walk again, in CI
layersim export walk.jsonl --format scenario -o walk.yaml
layersim run walk.yaml`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 {
				return errors.New("say which recording: layersim export FILE, or - for standard input")
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			x.folder = getenv(environ, "LAYERSIM_FIXTURES")
			if f := cmd.Flags().Lookup("fixtures"); f.Changed {
				x.folder = f.Value.String()
			}
			if cmd.Flags().Changed("private") {
				x.private = map[bool]privacy{true: privateAlways, false: privateNever}[private]
			}
			if x.format != "asciicast" {
				for _, name := range []string{"size", "idle-limit", "private"} {
					if cmd.Flags().Changed(name) {
						return usagef("--%s is for --format asciicast alone. Other formats have what the recording has, masked as it is there.", name)
					}
				}
			}
			if err := x.setSize(size); err != nil {
				return err
			}
			return x.run(cmd.Context(), args[0], std)
		},
	}
	f := cmd.Flags()
	f.StringVar(&x.format, "format", "", strings.Join(formats, ", "))
	f.StringVarP(&x.out, "output", "o", "", "write into this new file instead of standard output")
	f.BoolVar(&x.force, "force", false, "write over the file if it is there")
	f.StringVar(&size, "size", "120x36", "asciicast: the screen, in columns and lines")
	f.DurationVar(&x.idleLimit, "idle-limit", 3*time.Second, "asciicast: no pause is longer")
	f.BoolVar(&private, "private", false, "asciicast: hide everything personal (default true for a live walk)")
	f.String("fixtures", "", "a folder with personas and templates of your own")
	_ = cmd.RegisterFlagCompletionFunc("format", cobra.FixedCompletions(formats, cobra.ShellCompDirectiveNoFileComp)) // the flag is there
	return cmd
}

// setSize reads "120x36".
func (x *exporting) setSize(size string) error {
	columns, lines, _ := strings.Cut(size, "x")
	var errs [2]error
	x.width, errs[0] = strconv.Atoi(columns)
	x.height, errs[1] = strconv.Atoi(lines)
	if errs[0] != nil || errs[1] != nil || x.width < 20 || x.height < 6 || x.width > 1000 || x.height > 500 {
		return usagef("--size %q: columns and lines are expected, such as 120x36, from 20x6 to 1000x500", flow.CleanLine(size, 40))
	}
	if x.idleLimit <= 0 {
		return usagef("--idle-limit %s: a time such as 3s is expected", x.idleLimit)
	}
	return nil
}

func (x exporting) run(ctx context.Context, name string, std stdio) error {
	all := exporters()
	i := slices.IndexFunc(all, func(e exporter) bool { return e.format == x.format })
	if i < 0 {
		var formats []string
		for _, e := range all {
			formats = append(formats, e.format)
		}
		list := strings.Join(formats, ", ")
		if x.format == "" {
			return usagef("say which format: --format is one of %s", list)
		}
		return usagef("--format %q: there is no such format; it is one of %s", flow.CleanLine(x.format, 60), list)
	}
	r, err := openAndRead(ctx, name, std)
	if err != nil {
		return err
	}
	var remarks []string
	document, err := interruptible(ctx, func() (document []byte, err error) {
		document, remarks, err = all[i].write(x, ctx, r)
		return document, err
	})
	if err != nil {
		return err
	}
	if r.Torn {
		remarks = append([]string{"The last line of " + shownFile(name) + " breaks off and was left out."}, remarks...)
	}
	if err := x.deliver(document, name, std.out); err != nil {
		return err
	}
	for _, s := range remarks {
		_, _ = fmt.Fprintln(std.talk(), "layersim:", s)
	}
	return nil
}

func (x exporting) asciicast(_ context.Context, r journal.Recording) (document []byte, remarks []string, err error) {
	catalog, err := fixtures.Load(x.folder)
	if err != nil {
		return nil, nil, usagef("the fixtures cannot be used:\n%w", err)
	}
	w, err := export.Of(r)
	if err != nil {
		return nil, nil, usagef("%w", err)
	}
	live := r.Header.Mode == journal.ModeLive
	c := casting{width: x.width, height: x.height, idleLimit: x.idleLimit, private: x.private == privateAlways || x.private == privateIfLive && live, catalog: catalog}
	document, shown, err := c.film(w, longestCast)
	if all := len(w.Entries); shown < all {
		remarks = append(remarks, fmt.Sprintf("The film ends after entry %d of %d: it would be larger than %d MB. A smaller --size shows more.", shown, all, longestCast>>20))
	}
	return document, remarks, err
}
