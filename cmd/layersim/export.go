package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
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
	write        func(x exporting, r journal.Recording) (document []byte, remarks []string, err error)
}

// exporters are the formats, in the order in which they are told.
func exporters() []exporter {
	return []exporter{
		{"markdown", "a transcript to read, with a Mermaid sequence diagram", ofWalk(func(w export.Walk) ([]byte, error) { return export.Markdown(w), nil })},
		{"har", "every exchange with Plaid's API, as an HTTP Archive", ofWalk(export.HAR)},
		{"asciicast", "the screen, for asciinema and its players", exporting.asciicast},
		{"mermaid", "the sequence diagram alone", ofWalk(func(w export.Walk) ([]byte, error) { return export.Mermaid(w), nil })},
		{"json", "everything, as one JSON document", ofWalk(export.JSON)},
	}
}

func ofWalk(write func(export.Walk) ([]byte, error)) func(exporting, journal.Recording) ([]byte, []string, error) {
	return func(_ exporting, r journal.Recording) ([]byte, []string, error) {
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
	format, out, size string
	force, private    bool
	privateGiven      bool
	idleLimit         time.Duration
	folder            string
}

func newExportCommand(std stdio, environ []string) *cobra.Command {
	var x exporting
	var formats []string
	about := ""
	for _, e := range exporters() {
		formats = append(formats, e.format)
		about += fmt.Sprintf("\n  %-10s %s", e.format, e.does)
	}
	cmd := &cobra.Command{
		Use:   "export FILE --format " + strings.Join(formats, "|"),
		Short: "Turn a recording into a document, a diagram or a film of the screen",
		Long: `export reads the recording of a walk and writes it in a format that others can read. FILE is what --record wrote; - is standard input. The formats:
` + about + `

The result goes to standard output, or with -o into a new file that only you can read. What was masked when the walk was recorded stays masked. In an asciicast of a live walk everything personal is hidden as well; --private=false shows what --private hides.`,
		Example: `
# a walk, recorded and told
layersim --link terminal --record walk.jsonl
layersim export walk.jsonl --format markdown -o walk.md

# its calls, for the network tab of a browser
layersim export walk.jsonl --format har -o walk.har

# the screen, as a film
layersim export walk.jsonl --format asciicast -o walk.cast
asciinema play walk.cast`,
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
			x.privateGiven = cmd.Flags().Changed("private")
			return x.run(args[0], std)
		},
	}
	f := cmd.Flags()
	f.StringVar(&x.format, "format", "", strings.Join(formats, ", "))
	f.StringVarP(&x.out, "output", "o", "", "write into this new file instead of standard output")
	f.BoolVar(&x.force, "force", false, "write over the file if it is there")
	f.StringVar(&x.size, "size", "120x36", "asciicast: the screen, in columns and lines")
	f.DurationVar(&x.idleLimit, "idle-limit", 3*time.Second, "asciicast: no pause is longer")
	f.BoolVar(&x.private, "private", false, "asciicast: hide everything personal (default true for a live walk)")
	f.String("fixtures", "", "a folder with personas and templates of your own")
	return cmd
}

func (x exporting) run(name string, std stdio) error {
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
	r, err := openAndRead(name, std)
	if err != nil {
		return err
	}
	document, remarks, err := all[i].write(x, r)
	if err != nil {
		return err
	}
	if r.Torn {
		remarks = append([]string{"The last line of " + shownFile(name) + " breaks off and was left out."}, remarks...)
	}
	if err := x.deliver(document, std.out); err != nil {
		return err
	}
	for _, s := range remarks {
		_, _ = fmt.Fprintln(std.err, "layersim:", s)
	}
	return nil
}

// deliver writes the document where it was asked for.
func (x exporting) deliver(document []byte, out io.Writer) error {
	if x.out == "" || x.out == "-" {
		_, err := out.Write(document)
		return err
	}
	shown := flow.CleanLine(x.out, 200)
	if x.force {
		return x.replace(document, shown)
	}
	file, err := os.OpenFile(x.out, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	switch {
	case errors.Is(err, fs.ErrExist):
		return usagef("-o %s: this file is there already. Choose another name, or --force to write over it.", shown)
	case err != nil:
		return x.refused(shown, err)
	}
	if _, err := file.Write(document); err != nil {
		return errors.Join(x.refused(shown, err), file.Close(), os.Remove(x.out)) // half a document is none
	}
	return file.Close()
}

// replace writes beside the file and puts it in its place, so that there is never
// half a document.
func (x exporting) replace(document []byte, shown string) error {
	file, err := os.CreateTemp(filepath.Dir(x.out), ".layersim-export-*") // readable by its owner only
	if err != nil {
		return x.refused(shown, err)
	}
	_, err = file.Write(document)
	err = errors.Join(err, file.Close())
	if err == nil {
		err = os.Rename(file.Name(), x.out)
	}
	if err != nil {
		return errors.Join(x.refused(shown, err), os.Remove(file.Name()))
	}
	return nil
}

func (x exporting) refused(shown string, err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return usagef("-o %s: there is no folder %s. Make it first.", shown, flow.CleanLine(filepath.Dir(x.out), 200))
	}
	return usagef("-o %s: it cannot be written: %w", shown, reason(err))
}

func (x exporting) asciicast(r journal.Recording) ([]byte, []string, error) {
	c := casting{idleLimit: x.idleLimit, private: x.private || !x.privateGiven && r.Header.Mode == journal.ModeLive}
	var end int
	if n, err := fmt.Sscanf(x.size+" ", "%dx%d%n", &c.width, &c.height, &end); err != nil && n < 2 || c.width < 20 || c.height < 6 || c.width > 1000 || c.height > 500 {
		return nil, nil, usagef("--size %q: columns x lines are expected, such as 120x36, from 20x6 to 1000x500", flow.CleanLine(x.size, 40))
	}
	if x.idleLimit <= 0 {
		return nil, nil, usagef("--idle-limit %s: a time such as 3s is expected", x.idleLimit)
	}
	catalog, err := fixtures.Load(x.folder)
	if err != nil {
		return nil, nil, usagef("the fixtures cannot be used:\n%w", err)
	}
	c.catalog = catalog
	w, err := export.Of(r)
	if err != nil {
		return nil, nil, usagef("%w", err)
	}
	document, err := c.write(w)
	return document, nil, err
}
