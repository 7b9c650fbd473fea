package main

import (
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"layersim/fixtures"
	"layersim/flow"
	"layersim/flow/scenario"

	"github.com/charmbracelet/x/ansi"
	"github.com/spf13/cobra"
)

// listedScenario is one entry of 'layersim scenarios --json'.
type listedScenario struct {
	Name     string `json:"name"`
	Title    string `json:"title"`
	Group    string `json:"group,omitempty"`
	About    string `json:"about,omitempty"`
	Minutes  int    `json:"minutes,omitempty"` // that a presenter takes
	Persona  string `json:"persona"`
	Template string `json:"template"`
	Platform string `json:"platform"`
	Steps    int    `json:"steps"`
	File     string `json:"file,omitempty"` // one of the user's own
}

// Paragraphs are wrapped by whoever shows them; what is in columns is short
// enough for 80 of them.
const scenariosLongHelp = `scenarios lists the walks that 'layersim run' plays and 'layersim present' shows: those that layersim ships with, and those in DIR/scenarios of --fixtures DIR.

With the name of one, or a file, it prints that file as it is written: the shortest way to a scenario of your own.

With --json it prints one JSON array of all, sorted by name. Each entry has:

  name, title        always
  group, about       left out if the scenario has none
  minutes            that a presenter takes; left out if not said
  persona, template  their names
  platform           web, react, react-native, ios or android
  steps              how many there are
  file               of one of your own; left out for those shipped

A file with mistakes ends it with exit code 2: each mistake is on standard error with file, line and column, and nothing is listed.`

func newScenariosCommand(environ []string) *cobra.Command {
	var asJSON bool
	var dir string
	cmd := &cobra.Command{
		Use: "scenarios [NAME|FILE]", Short: "List the walks that are written down, or print one", Long: scenariosLongHelp, Args: atMostOneScenario,
		Example: `
# what there is, your own among it
layersim scenarios --fixtures mine

# the file of one, to begin your own with
layersim scenarios wrong-code-three-times > mine.yaml

# the names of those that can be presented
layersim scenarios --json | jq -r '.[] | select(.minutes) | .name'`,
		RunE: func(cmd *cobra.Command, args []string) error {
			if dir == "" {
				dir = getenv(environ, "LAYERSIM_FIXTURES")
			}
			catalog, err := fixtures.Load(dir)
			if err != nil {
				return usagef("the fixtures cannot be used:\n%w", err)
			}
			if len(args) > 0 && asJSON {
				return usagef("--json lists all scenarios; a name prints a file: use one or the other")
			}
			if len(args) > 0 {
				return printScenarioFile(cmd.OutOrStdout(), args[0], catalog)
			}
			all, err := scenario.Shipped(catalog)
			if err != nil {
				return usagef("the scenarios cannot be used:\n%w", err)
			}
			if asJSON {
				_, folder := catalog.OwnScenarios()
				return printScenariosJSON(cmd.OutOrStdout(), all, folder)
			}
			return printScenarios(cmd.OutOrStdout(), all)
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print one JSON array")
	cmd.Flags().StringVar(&dir, "fixtures", "", "a folder with scenarios, personas and templates of your own")
	return cmd
}

func atMostOneScenario(_ *cobra.Command, args []string) error {
	if len(args) > 1 {
		return errors.New("one scenario at a time: layersim scenarios NAME prints its file, layersim scenarios lists all")
	}
	return nil
}

// printScenarioFile prints a scenario as it is written, if it can be run: then
// nothing is in it that a terminal would obey.
func printScenarioFile(w io.Writer, name string, catalog *fixtures.Catalog) error {
	if _, err := scenario.Find(name, catalog); err != nil {
		return usagef("%w", err)
	}
	content, err := scenario.Source(name, catalog)
	if err != nil {
		return usagef("%w", err)
	}
	_, err = w.Write(content)
	return unwritten("the scenario", err)
}

func printScenariosJSON(w io.Writer, all []scenario.Scenario, folder string) error {
	list := make([]listedScenario, 0, len(all))
	for _, sc := range all {
		list = append(list, listedScenario{
			Name: sc.Name, Title: sc.Title, Group: sc.Group, About: sc.About, Minutes: sc.Minutes,
			Persona: sc.Persona, Template: sc.Template, Platform: sc.Platform, Steps: len(sc.Steps), File: ownFile(sc, folder),
		})
	}
	return printJSON(w, list, "  ")
}

// ownFile is where a scenario of the user's is; those that are shipped are in no
// file that could be opened.
func ownFile(sc scenario.Scenario, folder string) string {
	if folder == "" || !strings.HasPrefix(sc.File, folder) {
		return ""
	}
	return sc.File
}

// listWidth is how wide the list is at most.
const listWidth = 80

// printScenarios lists them by their groups, a line for each.
func printScenarios(w io.Writer, all []scenario.Scenario) error {
	widest := 0
	for _, sc := range all {
		widest = max(widest, len(sc.Name))
	}
	var b strings.Builder
	for i, group := range scenario.Groups(all) {
		if i > 0 {
			b.WriteByte('\n')
		}
		b.WriteString(flow.CleanLine(group, listWidth) + "\n")
		for _, sc := range all {
			if sc.GroupName() != group {
				continue
			}
			title := sc.Title
			if sc.Minutes > 0 {
				title += " (" + strconv.Itoa(sc.Minutes) + " min)"
			}
			lines := strings.Split(ansi.Wordwrap(flow.CleanLine(title, 300), listWidth-widest-4, ""), "\n")
			_, _ = fmt.Fprintf(&b, "  %-*s  %s\n", widest, sc.Name, lines[0])
			for _, line := range lines[1:] {
				_, _ = fmt.Fprintf(&b, "  %*s  %s\n", widest, "", line)
			}
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}
