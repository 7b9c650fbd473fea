package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

func newManCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "man",
		Short: "Print the man page, for 'man -l'",
		Long:  "man prints the man page of all commands: layersim man >layersim.1, then man ./layersim.1. It holds no date: one version prints the same page every day.",
		Args:  noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			_, err := io.WriteString(cmd.OutOrStdout(), manPage(cmd.Root()))
			return err
		},
	}
}

// manPage is the help of every command in man(7)'s macros.
func manPage(root *cobra.Command) string {
	var b strings.Builder
	_, _ = fmt.Fprintf(&b, ".TH LAYERSIM 1 \"\" \"layersim %s\"\n.SH NAME\nlayersim \\- %s\n", roffText(version()), roffText(root.Short))
	_, _ = fmt.Fprintf(&b, ".SH SYNOPSIS\n.B layersim\n[\\fIflags\\fR] [\\fIcommand\\fR]\n.SH DESCRIPTION\n")
	manBody(&b, root)
	b.WriteString(".SH COMMANDS\n")
	manCommands(&b, root)
	return b.String()
}

func manCommands(b *strings.Builder, parent *cobra.Command) {
	for _, cmd := range parent.Commands() {
		if !cmd.IsAvailableCommand() || cmd.Name() == "help" {
			continue
		}
		_, _ = fmt.Fprintf(b, ".SS %s\n", roffText(cmd.UseLine()))
		if cmd.Long == "" {
			manText(b, cmd.Short+".")
		}
		manBody(b, cmd)
		manCommands(b, cmd)
	}
}

// manBody is what a command's help says, after its title.
func manBody(b *strings.Builder, cmd *cobra.Command) {
	manText(b, cmd.Long)
	cmd.LocalFlags().VisitAll(func(f *pflag.Flag) {
		if f.Hidden {
			return
		}
		names := "--" + f.Name
		if f.Shorthand != "" {
			names = "-" + f.Shorthand + ", " + names
		}
		kind, usage := pflag.UnquoteUsage(f)
		if kind != "" {
			kind = " \\fI" + roffText(kind) + "\\fR"
		}
		_, _ = fmt.Fprintf(b, ".TP\n\\fB%s\\fR%s\n%s\n", roffText(names), kind, roffText(usage))
	})
	if cmd.Example != "" {
		b.WriteString(".PP\nExamples:\n")
		manLines(b, strings.Split(strings.Trim(cmd.Example, "\n"), "\n"))
	}
}

// manText writes paragraphs. Those with lines that are set in keep their lines.
func manText(b *strings.Builder, text string) {
	for paragraph := range strings.SplitSeq(strings.Trim(text, "\n"), "\n\n") {
		switch {
		case strings.TrimSpace(paragraph) == "":
		case strings.HasPrefix(paragraph, " ") || strings.Contains(paragraph, "\n "):
			manLines(b, strings.Split(paragraph, "\n"))
		default:
			b.WriteString(".PP\n")
			for line := range strings.SplitSeq(paragraph, "\n") {
				b.WriteString(roffText(line) + "\n")
			}
		}
	}
}

func manLines(b *strings.Builder, lines []string) {
	b.WriteString(".PP\n.RS 4\n.nf\n")
	for _, line := range lines {
		b.WriteString(roffText(line) + "\n")
	}
	b.WriteString(".fi\n.RE\n")
}

// roffText escapes what roff would read as more than text: its backslash, a
// hyphen, which it may break or draw as another sign, and a dot or an
// apostrophe that begins a line. An ellipsis is dots, for a terminal without one.
func roffText(s string) string {
	s = strings.NewReplacer(`\`, `\e`, "-", `\-`, "'", `\(aq`, "`", `\(ga`, "~", `\(ti`, "^", `\(ha`, "…", "...").Replace(s)
	if strings.HasPrefix(s, ".") {
		s = `\&` + s
	}
	return s
}
