package main

import (
	"slices"
	"strings"

	"layersim/fixtures"
	"layersim/flow/scenario"
	"layersim/flow/sdk"

	"github.com/spf13/cobra"
)

// What Tab completes in a shell: names of the fixtures, and the words that a
// flag knows. Nothing is printed if the fixtures cannot be read: whoever runs
// the command is told why.

// completeNames adds to each command what its arguments and flags can be.
func completeNames(root *cobra.Command, environ []string) {
	for _, cmd := range append(root.Commands(), root) {
		switch cmd.Name() {
		case "run", "present", "scenarios": // a scenario may be a file, too
			if cmd.ValidArgsFunction == nil {
				cmd.ValidArgsFunction = fromCatalog(environ, cobra.ShellCompDirectiveDefault, scenarioNames)
			}
		}
		for flag, complete := range map[string]cobra.CompletionFunc{
			"persona":  fromCatalog(environ, cobra.ShellCompDirectiveNoFileComp, personaNames),
			"template": fromCatalog(environ, cobra.ShellCompDirectiveNoFileComp, templateNames),
			"platform": cobra.FixedCompletions(platformNames(), cobra.ShellCompDirectiveNoFileComp),
			"env":      cobra.FixedCompletions([]string{"sandbox"}, cobra.ShellCompDirectiveNoFileComp),
			"link":     cobra.FixedCompletions([]string{"browser", "terminal"}, cobra.ShellCompDirectiveNoFileComp),
			"mouse":    cobra.FixedCompletions([]string{"on", "off"}, cobra.ShellCompDirectiveNoFileComp),
			"fixtures": cobra.FixedCompletions(nil, cobra.ShellCompDirectiveFilterDirs),
		} {
			if cmd.Flags().Lookup(flag) != nil {
				_ = cmd.RegisterFlagCompletionFunc(flag, complete) // the flag is there, and has none yet
			}
		}
	}
}

// refuseOtherShells makes a mistake of a shell that there is no completion for,
// which cobra answers with its help and no error.
func refuseOtherShells(root *cobra.Command) {
	for _, cmd := range root.Commands() {
		if cmd.Name() != "completion" {
			continue
		}
		cmd.Args = cobra.ArbitraryArgs
		cmd.RunE = func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return cmd.Help()
			}
			var shells []string
			for _, shell := range cmd.Commands() {
				shells = append(shells, shell.Name())
			}
			return usagef("there is no completion for %q. There is one for %s.", args[0], strings.Join(shells, ", "))
		}
	}
}

// fromCatalog completes with names of the fixtures that the command line means,
// each with what it shows.
func fromCatalog(environ []string, files cobra.ShellCompDirective, names func(*fixtures.Catalog) []string) cobra.CompletionFunc {
	return func(cmd *cobra.Command, _ []string, typed string) ([]string, cobra.ShellCompDirective) {
		dir := getenv(environ, "LAYERSIM_FIXTURES")
		if f := cmd.Flags().Lookup("fixtures"); f != nil && f.Changed {
			dir = f.Value.String()
		}
		catalog, err := fixtures.Load(dir)
		if err != nil {
			return nil, cobra.ShellCompDirectiveError
		}
		return slices.DeleteFunc(names(catalog), func(name string) bool { return !strings.HasPrefix(name, typed) }), files
	}
}

func personaNames(c *fixtures.Catalog) []string {
	var names []string
	for _, p := range c.Personas {
		names = append(names, cobra.CompletionWithDesc(p.Name, p.Shows))
	}
	return names
}

func templateNames(c *fixtures.Catalog) []string {
	var names []string
	for _, t := range c.Templates {
		names = append(names, cobra.CompletionWithDesc(t.Name, t.Shows))
	}
	return names
}

func scenarioNames(c *fixtures.Catalog) []string {
	all, _ := scenario.Shipped(c) // those with mistakes cannot be run
	var names []string
	for _, sc := range all {
		names = append(names, cobra.CompletionWithDesc(sc.Name, sc.Title))
	}
	return names
}

func platformNames() []string {
	var names []string
	for _, p := range sdk.Platforms() {
		names = append(names, p.ID)
	}
	return names
}
