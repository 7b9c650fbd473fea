package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"runtime/debug"
	"time"

	"layersim/fixtures"
	"layersim/flow/loopback"
	"layersim/flow/plaidsim"
	"layersim/flow/plaidsim/outbox"
	"layersim/tui/watch"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"layersim/flow/guard"
)

// serveSettings are what 'layersim serve' is told.
type serveSettings struct {
	addr, fixtures string
	events         string
	seed           uint64
	asJSON         bool
	strict         bool
	notEnabled     []string
	clock          string
	webhook        string
	remoteWebhooks bool
	ui             bool
	record         string
	reachable      bool     // --reachable-by-others
	hosts          []string // --host
}

func newServeCommand(std stdio, environ []string) *cobra.Command {
	var s serveSettings
	cmd := &cobra.Command{
		Use:   "serve",
		Short: "Serve the simulated Plaid alone, for your own app",
		Long: `serve runs the simulated Plaid alone, so that an app of your own can use it: point the Plaid SDK of its server at the address, and load Link from the same address, /link/v2/stable/link-initialize.js. Any client_id and secret are good. Events are delivered as documented: OPEN and the LAYER_* ones at once, all others when Link ends, in the order in which they happened; --events shuffled puts these into another order, --events live delivers each when it happens.

One line goes to standard output when it is ready: "ready http://127.0.0.1:8137". GET /healthz then answers 200. With --ui, this terminal then shows what the app does.

Nobody but this machine can reach it, and web pages of other origins can do nothing with it but load Link. For a phone on your network or an app in a container, --addr 0.0.0.0:8137 --reachable-by-others lets other machines in: there is no password, so anyone who reaches it can read and change all that is simulated. Requests must then name this machine by an IP address, or by a name that --host gives.`,
		Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := refuseProduction(environ); err != nil {
				return err
			}
			s.fill(cmd.Flags(), environ)
			if getenv(environ, "GOGC") == "" {
				debug.SetGCPercent(gcPercent)
			}
			return serve(cmd.Context(), s, std, environ)
		},
	}
	f := cmd.Flags()
	f.StringVar(&s.addr, "addr", "127.0.0.1:8137", "where to listen, on this machine only unless --reachable-by-others is given; port 0 takes a free one")
	f.BoolVar(&s.reachable, "reachable-by-others", false, "let other machines use the simulator too: anyone who reaches it can read and change all that is simulated, without a password")
	f.StringSliceVar(&s.hosts, "host", nil, "a further name by which the simulator is asked, such as that of a container")
	f.BoolVar(&s.ui, "ui", false, "show in this terminal what the app does")
	f.BoolVar(&s.asJSON, "json", false, "print the ready line as one JSON object with url")
	s.addFlags(f)
	return cmd
}

// addFlags adds the flags of every command that runs the simulator by itself.
func (s *serveSettings) addFlags(f *pflag.FlagSet) {
	f.StringVar(&s.fixtures, "fixtures", "", "a folder with personas and templates of your own")
	f.Uint64Var(&s.seed, "seed", 0, "fixes every id and token, for two runs that are alike (default random)")
	f.BoolVar(&s.strict, "strict", false, "refuse what Plaid's Sandbox forgives: a link_token used twice, an unknown template_id, a redirect_uri without https")
	f.StringSliceVar(&s.notEnabled, "not-enabled", nil, "what your client may not use: auth, identity, or a path such as /network/status/get")
	f.StringVar(&s.events, "events", string(plaidsim.Documented), "when the app is told of events: documented, shuffled or live")
	f.StringVar(&s.clock, "clock", "", "a time such as 2026-04-01T12:00:00Z: the simulator's clock starts there and stands still until POST /sim/clock moves it")
	f.StringVar(&s.webhook, "webhook", "", "the URL that gets the webhooks of link_tokens that name none")
	f.StringVar(&s.record, "record", "", "write what the app does into this new file, masked, as JSON lines")
	f.BoolVar(&s.remoteWebhooks, "allow-remote-webhooks", false, "let webhooks leave this machine")
}

// fill gives the flags that were not set their values.
func (s *serveSettings) fill(flags *pflag.FlagSet, environ []string) {
	if s.fixtures == "" {
		s.fixtures = getenv(environ, "LAYERSIM_FIXTURES")
	}
	if !flags.Changed("seed") {
		s.seed = rand.Uint64() //nolint:gosec // ids of a simulation, nothing to guess for
	}
}

// simulator makes the simulator. Close it.
func (s serveSettings) simulator() (*plaidsim.Sim, *fixtures.Catalog, error) {
	delivery, err := plaidsim.ParseDelivery(s.events)
	if err != nil {
		return nil, nil, usagef("--events: %w", err)
	}
	for _, name := range s.notEnabled {
		if err := plaidsim.CanDisable(name); err != nil {
			return nil, nil, usagef("--not-enabled: %w", err)
		}
	}
	if s.webhook != "" {
		if err := outbox.CheckTarget(s.webhook, s.remoteWebhooks); err != nil {
			return nil, nil, usagef("--webhook %s: %w", s.webhook, err)
		}
	}
	hosts, err := hostNames(s.hosts)
	if err != nil {
		return nil, nil, err
	}
	start, err := startOfClock(s.clock)
	if err != nil {
		return nil, nil, err
	}
	catalog, err := fixtures.Load(s.fixtures)
	if err != nil {
		return nil, nil, usagef("the fixtures cannot be used:\n%w", err)
	}
	return plaidsim.New(plaidsim.Config{
		Catalog: catalog, Now: time.Now, Start: start, Seed: s.seed, Delivery: delivery, Strict: s.strict, NotEnabled: s.notEnabled,
		Webhook: s.webhook, AllowRemoteWebhooks: s.remoteWebhooks, Hosts: hosts, Reachable: s.reachable,
	}), catalog, nil
}

// gcPercent trades a little time for memory: a neighbour on a developer's
// machine should be small, and what the simulator keeps is.
const gcPercent = 40

// serve answers until ctx ends.
func serve(ctx context.Context, s serveSettings, std stdio, environ []string) (failed error) {
	if s.ui {
		if err := canWatch(s, std, environ); err != nil {
			return err
		}
	}
	sim, _, err := s.simulator()
	if err != nil {
		return err
	}
	defer sim.Close()
	listener, err := s.listenForOthers(ctx)
	if err != nil {
		return err
	}
	finish, err := recordServed(sim, s, std.talk())
	if err != nil {
		return errors.Join(err, listener.Close())
	}
	defer func() { failed = withRecording(failed, finish(), std.talk()) }()
	server := loopback.NewServer(sim.Loopback())
	ended := make(chan error, 1)
	talk := std.talk()
	if s.ui { // which shows the note
		talk = io.Discard
	}
	crowd := forCrowds(listener, noteAndSay(sim, talk))
	guard.Go(func() { ended <- server.Serve(crowd) })
	address := addressHere(listener.Addr())
	if s.reachable {
		warnOfOthers(std.talk(), listener.Addr())
	}
	if err := sayReady(std.out, address, s.asJSON); err != nil {
		return errors.Join(err, server.Close())
	}
	if s.ui {
		return errors.Join(watchApp(ctx, sim, watch.Options{Address: address, Live: s.events == string(plaidsim.Live)}, ended, std, environ), server.Close())
	}
	select {
	case err := <-ended:
		return failure{exitUnexpected, fmt.Errorf("the simulator stopped: %w", err)}
	case <-ctx.Done():
		return errors.Join(errInterrupted, server.Close())
	}
}

// startOfClock reads --clock; the zero time is a clock that runs.
func startOfClock(text string) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	start, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return start, usagef("--clock %q: write a time such as 2026-04-01T12:00:00Z", text)
	}
	if start.Before(plaidsim.FirstTime) || start.After(plaidsim.LastTime) {
		return start, usagef("--clock %q: the clock goes from %d to %d", text, plaidsim.FirstTime.Year(), plaidsim.LastTime.Year())
	}
	return start, nil
}

// sayReady writes the one line that other programs wait for.
func sayReady(w io.Writer, url string, asJSON bool) error {
	if asJSON {
		return printJSON(w, map[string]string{"url": url}, "")
	}
	_, err := fmt.Fprintln(w, "ready", url)
	return err
}
