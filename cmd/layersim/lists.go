package main

import (
	"fmt"
	"io"
	"text/tabwriter"

	"layersim/fixtures"

	"github.com/spf13/cobra"
)

// listed is one line of 'layersim personas' and 'layersim templates'.
type listed struct {
	Name  string `json:"name"`
	Phone string `json:"phone_number,omitempty"` // E.164
	ID    string `json:"template_id,omitempty"`
	Shows string `json:"shows"`
}

func newPersonasCommand(environ []string) *cobra.Command {
	return newListCommand("personas", "List the users that can be simulated", environ, func(c *fixtures.Catalog) []listed {
		var lines []listed
		for _, p := range c.Personas {
			lines = append(lines, listed{Name: p.Name, Phone: p.Phone.Reveal(), Shows: p.Shows})
		}
		return lines
	})
}

func newTemplatesCommand(environ []string) *cobra.Command {
	return newListCommand("templates", "List the Layer templates", environ, func(c *fixtures.Catalog) []listed {
		var lines []listed
		for _, t := range c.Templates {
			lines = append(lines, listed{Name: t.Name, ID: t.ID, Shows: t.Shows})
		}
		return lines
	})
}

func newListCommand(use, short string, environ []string, lines func(*fixtures.Catalog) []listed) *cobra.Command {
	var asJSON bool
	var dir string
	cmd := &cobra.Command{
		Use: use, Short: short, Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if dir == "" {
				dir = getenv(environ, "LAYERSIM_FIXTURES")
			}
			catalog, err := fixtures.Load(dir)
			if err != nil {
				return usagef("the fixtures cannot be used:\n%w", err)
			}
			return printList(cmd.OutOrStdout(), lines(catalog), asJSON)
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	cmd.Flags().StringVar(&dir, "fixtures", "", "a folder with personas and templates of your own")
	return cmd
}

func printList(w io.Writer, lines []listed, asJSON bool) error {
	if asJSON {
		return printJSON(w, lines, "  ")
	}
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, line := range lines {
		_, _ = fmt.Fprintf(table, "%s\t%s%s\t%s\n", line.Name, line.Phone, line.ID, line.Shows)
	}
	return table.Flush()
}
