package main

import (
	"context"
	"io"
	"net/http"
	"time"

	"layersim/flow/engine"

	"github.com/spf13/cobra"
)

// doctor looks at everything that a live walk depends on, one thing after the
// other, and says of each what it found. What it reaches the world with is
// given to it, so that tests can give it another world.
type doctor struct {
	settings settings
	out      io.Writer
	report   *report
	now      func() time.Time
	// patience is how long one question may take.
	patience time.Duration
	// transport replaces the one that the settings ask for, unless it is nil.
	transport http.RoundTripper
	browser   engine.Browser
	terminal  terminalFacts
}

func newDoctorCommand(std stdio, environ []string) *cobra.Command {
	var s settings
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "doctor",
		Short: "Check the settings, keys and network of a walk against Plaid's Sandbox",
		Long: `doctor checks, one after the other, what a walk against Plaid's real Sandbox ('layersim --env sandbox') depends on: each setting and where it comes from, the form of the keys, the way to Plaid's API and to its Link script, the clock of this machine, whether the account may use Layer, the browser and the terminal. Whatever is wrong comes with its remedy. No secret is shown.

Whether the account may use Layer is found out with one call of /session/token/create. It makes a link_token that is not used and costs nothing: Layer is billed per onSuccess only. The keys are not sent before it is certain that Plaid's API answers.

Without --env and without any key nothing is asked: the simulated walk needs no keys and no network.

The exit code is that of the first thing that failed: 2 a setting that cannot be used, 4 keys or what they may do, 5 the network, Plaid's side, or a clock that is wrong. It is 0 if nothing failed, whatever else there is to look at, and 130 after Ctrl-C.`,
		Example: `
# keys in the environment or in .env
layersim doctor --env sandbox

# for a script
layersim doctor --json`,
		Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			s.environ = environ
			if err := s.readFlags(cmd.Flags()); err != nil {
				return err
			}
			d := doctor{
				settings: s, out: std.out, now: time.Now, patience: 10 * time.Second,
				browser: s.chooseBrowser(), terminal: lookAtTerminal(std, environ),
				report: &report{out: std.out, asJSON: asJSON, width: reportWidth(std.out), color: isTerminal(std.out) && !noColor(environ)},
			}
			return d.run(cmd.Context())
		},
	}
	f := cmd.Flags()
	f.StringVar(&s.env, "env", "", "sandbox checks as a walk with --env sandbox would; so does any key that is set")
	f.StringVar(&s.template, "template", "", "the id of the Layer template (default LAYER_TEMPLATE_ID)")
	f.BoolVar(&s.noBrowser, "no-browser", false, "check as a walk with --no-browser would")
	s.webhooks.addFlags(f)
	f.BoolVar(&asJSON, "json", false, "print one JSON object")
	return cmd
}

// run looks at everything and returns the error of the first thing that failed,
// which the report has shown already.
func (d doctor) run(ctx context.Context) error {
	subject := d.lookAtSettings(ctx)
	switch {
	case d.report.unusable():
		d.report.section("Network")
		d.report.add(finding{Name: "Plaid", Verdict: notAsked, Says: "Nothing was sent anywhere, because a setting above cannot be used."})
	case !subject.live:
		d.report.add(finding{Name: "keys", Verdict: notAsked, Says: "None is set, and none is needed: 'layersim' is the simulated walk, without account or network.", Remedy: "For the same walk against Plaid's Sandbox, set PLAID_CLIENT_ID, PLAID_SECRET and LAYER_TEMPLATE_ID in the environment or in the file .env in this folder. Then 'layersim doctor --env sandbox' checks them."})
	default:
		d.lookOutside(ctx, subject)
	}
	if ctx.Err() == nil {
		d.lookAtMachine(subject.live)
	}
	if err := d.report.end(ctx.Err() != nil, subject.live); err != nil {
		return err
	}
	if ctx.Err() != nil {
		return errInterrupted
	}
	if code := d.report.code(); code != exitDone {
		return failure{code, errSaid}
	}
	return nil
}

// lookOutside asks the network and Plaid.
func (d doctor) lookOutside(ctx context.Context, subject subject) {
	transport := http.RoundTripper(subject.place.transport)
	if d.transport != nil {
		transport = d.transport
	}
	d.report.section("Network")
	answers := d.lookAtAPI(ctx, subject.place, transport)
	if ctx.Err() != nil {
		return
	}
	d.lookAtScript(ctx, subject.place, transport)
	if ctx.Err() != nil {
		return
	}
	d.report.section("Account")
	d.lookAtAccount(ctx, subject, transport, answers)
}
