package main

import (
	"fmt"
	"io"

	"layersim/flow"

	"github.com/spf13/cobra"
)

const longHelp = `layersim walks you through Plaid Layer, step by step: create a Link token, create the handler, submit a phone number, watch LAYER_READY or LAYER_NOT_AVAILABLE arrive, submit a date of birth if need be, finish Link in a local web page or in the terminal, and read back the identity, its edit history and the Items.

All of Plaid is simulated inside the program: no account, no network, no setup. Just press Enter to go on. With keys, --env sandbox walks against Plaid's real Sandbox; 'layersim doctor' checks what that takes.`

// newRoot builds the command tree.
func newRoot(std stdio, environ []string) *cobra.Command {
	var s settings
	root := &cobra.Command{
		Use:   "layersim",
		Short: "Walk through Plaid Layer in the terminal, simulated or in Plaid's Sandbox",
		Long:  longHelp,
		Example: `
# the whole walk, finished in the browser
layersim

# over SSH, or without a browser: Link's panes in the terminal
layersim --link terminal

# a user whom only Extended Autofill finds
layersim --persona no-ssn

# an SDK that is too old for Extended Autofill
layersim --platform ios --sdk-version 6.3.0

# lines of text, for screen readers and pipes
layersim --plain

# Plaid's real Sandbox, with keys from the environment or .env
layersim --env sandbox`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			s.environ = environ
			if err := s.fillFromEnvironment(cmd.Flags()); err != nil {
				return err
			}
			return walk(cmd.Context(), s, std)
		},
	}
	f := root.Flags()
	f.StringVar(&s.env, "env", "", "sandbox runs the same walk against Plaid's real Sandbox, with your keys (default simulated)")
	f.StringVar(&s.link, "link", string(flow.InBrowser), "where Link is finished: browser or terminal")
	f.StringVar(&s.persona, "persona", "", "the user to begin with (see 'layersim personas')")
	f.StringVar(&s.template, "template", "", "the Layer template (see 'layersim templates')")
	f.StringVar(&s.platform, "platform", "web", "the Link SDK: web, react, react-native, ios or android")
	f.StringVar(&s.sdkVersion, "sdk-version", "", "its version, such as 6.3.0 (default the newest)")
	f.StringVar(&s.fixtures, "fixtures", "", "a folder with personas and templates of your own")
	f.Uint64Var(&s.seed, "seed", 0, "fixes every id and token, for two runs that are alike (default random)")
	f.BoolVar(&s.strict, "strict", false, "refuse what Plaid's Sandbox forgives and Production does not, such as a link_token used twice")
	f.StringVar(&s.record, "record", "", "write the walk into this new file, masked, as JSON lines")
	f.BoolVar(&s.noBrowser, "no-browser", false, "never start a browser, only show the page's address")
	f.StringVar(&s.mouse, "mouse", "on", "on, or off to leave the mouse to the terminal for selecting text; M changes it")
	f.BoolVar(&s.private, "private", false, "hide everything personal on the screen, for a projector; P changes it")
	f.BoolVar(&s.plain, "plain", false, "the walk as lines of text, for screen readers and pipes; exit code 6 if the input is over before the walk is (default with TERM=dumb)")
	s.webhooks.addFlags(f)
	root.AddCommand(
		newServeCommand(std, environ),
		newExecCommand(std, environ),
		newRunCommand(std, environ),
		newPresentCommand(std, environ),
		newScenariosCommand(environ),
		newPersonasCommand(environ),
		newTemplatesCommand(environ),
		newReplayCommand(std, environ),
		newExportCommand(std, environ),
		newCompareCommand(std, environ),
		newLintCommand(std),
		newDoctorCommand(std, environ),
		newVersionCommand(),
		newLicencesCommand(),
		newManCommand(),
	)
	completeNames(root, environ)
	return root
}

func newVersionCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "Print version, commit, Go version and platform",
		Args:  noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			_, err := io.WriteString(cmd.OutOrStdout(), versionText())
			return err
		},
	}
}

// noArguments is cobra.NoArgs, which calls an argument an unknown command.
func noArguments(cmd *cobra.Command, args []string) error {
	if len(args) > 0 {
		return fmt.Errorf("%s takes no arguments, and %q is one", cmd.CommandPath(), args[0])
	}
	return nil
}
