package main

import (
	"cmp"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"layersim/tui/theme"

	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/ansi"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

const (
	helpWidth  = 100 // characters, where the terminal does not say less
	helpColumn = 30  // the widest first column; what is longer has a line of its own
)

// showHelp writes the help of a command. It asks the terminal nothing: one that
// does not answer would hold up the first command a newcomer types for seconds,
// and one that answers late would type the answer into the shell.
//
// Cobra has no way to return that it could not be written: failed is told.
func showHelp(out *os.File, environ []string, failed *error) func(*cobra.Command, []string) {
	return func(cmd *cobra.Command, _ []string) {
		lipgloss.EnableLegacyWindowsANSI(out)
		width := reportWidth(out)
		if width == 0 || width > helpWidth {
			width = helpWidth
		}
		h := helpText{width: width, styles: theme.New(!lightTerminal(environ), colorOn(out, environ))}
		h.write(cmd)
		// Where nobody looks at a terminal, nothing is bold either.
		_, *failed = io.WriteString(colorprofile.NewWriter(out, environ), h.String())
	}
}

// helpText is the help of one command.
type helpText struct {
	strings.Builder
	width  int
	styles theme.Styles
}

func (h *helpText) write(cmd *cobra.Command) {
	h.paragraph(cmp.Or(cmd.Long, cmd.Short))
	h.section("Usage")
	usage := cmd.UseLine()
	if cmd.HasAvailableSubCommands() {
		usage = cmd.CommandPath() + " [command] [flags]"
	}
	h.line("  " + h.styles.Code.Render(usage))
	if cmd.Example != "" {
		h.section("Examples")
		for line := range strings.SplitSeq(strings.TrimSpace(cmd.Example), "\n") {
			style := h.styles.Code
			if line = strings.TrimSpace(line); strings.HasPrefix(line, "# ") {
				style = h.styles.Dim
			}
			h.line(strings.TrimRight("  "+style.Render(line), " "))
		}
	}
	var rows [][2]string
	for _, sub := range cmd.Commands() {
		if sub.IsAvailableCommand() || sub.Name() == "help" {
			rows = append(rows, [2]string{sub.Name(), sub.Short})
		}
	}
	h.table("Commands", rows)
	rows = nil
	cmd.Flags().VisitAll(func(f *pflag.Flag) {
		if f.Hidden {
			return
		}
		name := "--" + f.Name
		if f.Shorthand != "" {
			name = "-" + f.Shorthand + ", " + name
		}
		usage := f.Usage
		if !slices.Contains([]string{"", "false", "0", "[]", "0s"}, f.DefValue) && !strings.Contains(usage, "(default") {
			usage += " (default " + f.DefValue + ")"
		}
		rows = append(rows, [2]string{name, usage})
	})
	h.table("Flags", rows)
}

func (h *helpText) section(name string) {
	h.line("")
	h.line(h.styles.Title.Render(name))
}

func (h *helpText) paragraph(text string) {
	for line := range strings.SplitSeq(text, "\n") {
		for _, part := range wrapped(line, h.width) {
			h.line(part)
		}
	}
}

// table writes what things are called, and beside it what they are for.
func (h *helpText) table(name string, rows [][2]string) {
	if len(rows) == 0 {
		return
	}
	h.section(name)
	column := 0
	for _, row := range rows {
		if n := ansi.StringWidth(row[0]); n <= helpColumn {
			column = max(column, n)
		}
	}
	for _, row := range rows {
		key := "  " + h.styles.Key.Render(row[0])
		pad := column + 2 - ansi.StringWidth(row[0])
		if pad < 2 {
			h.line(key)
			key, pad = "  ", column+2
		}
		for i, line := range wrapped(strings.ReplaceAll(row[1], "\n", " "), max(h.width-column-4, 20)) {
			if i > 0 {
				key, pad = "  ", column+2
			}
			h.line(key + strings.Repeat(" ", pad) + line)
		}
	}
}

func (h *helpText) line(text string) { _, _ = fmt.Fprintln(h, text) }

// wrapped breaks a line between words only: never in a flag's name.
func wrapped(text string, width int) []string {
	lines := []string{""}
	for _, word := range strings.Fields(text) {
		switch last := &lines[len(lines)-1]; {
		case *last == "":
			*last = word
		case ansi.StringWidth(*last)+1+ansi.StringWidth(word) <= width:
			*last += " " + word
		default:
			lines = append(lines, word)
		}
	}
	return lines
}
