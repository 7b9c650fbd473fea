package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"os/signal"
	"strings"
	"syscall"

	"layersim/fixtures"
	"layersim/flow"
	"layersim/flow/detour"
	"layersim/flow/guard"
	"layersim/flow/loopback"

	"github.com/spf13/cobra"
)

// execSettings are what 'layersim exec' is told.
type execSettings struct {
	serveSettings

	java  bool
	quiet bool
}

func newExecCommand(std stdio, environ []string) *cobra.Command {
	var s execSettings
	cmd := &cobra.Command{
		Use:   "exec [flags] -- COMMAND [ARG...]",
		Short: "Run your own app against the simulated Plaid, unchanged",
		Long: `exec starts a simulated Plaid and then your app, so that what the app sends to https://sandbox.plaid.com and loads from https://cdn.plaid.com is answered by the simulator. The app is not changed: what leads it there are variables of its environment, which are printed. All other hosts are reached as ever. Plaid's Production is refused.

exec ends when the command ends, with the command's exit code, or with 128 and the number of the signal that ended it.`,
		Example: `
# a server in Node, Go, Python or Ruby
layersim exec -- npm start

# a server in Java
layersim exec --java -- ./gradlew bootRun`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return errors.New("which command? Write it after two dashes: layersim exec -- npm start")
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			s.fill(cmd.Flags(), environ)
			return execute(cmd.Context(), s, args, std, environ)
		},
	}
	f := cmd.Flags()
	f.SetInterspersed(false) // the command's own flags are not ours
	f.StringVar(&s.addr, "addr", "127.0.0.1:0", "where the simulator listens, on this machine only; port 0 takes a free one")
	f.BoolVar(&s.java, "java", false, "lead Java there too; its proxy wants no password, because a JVM cannot be given one")
	f.BoolVar(&s.quiet, "quiet", false, "do not print what is set for the app")
	s.addFlags(f)
	return cmd
}

// execute runs a command beside a simulator.
func execute(ctx context.Context, s execSettings, command []string, std stdio, environ []string) (failed error) {
	if err := refuseProduction(environ); err != nil {
		return err
	}
	path, err := findCommand(command[0])
	if err != nil {
		return err
	}
	sim, catalog, err := s.simulator()
	if err != nil {
		return err
	}
	defer sim.Close()
	listener, err := s.listen(ctx)
	if err != nil {
		return err
	}
	finish, err := recordServed(sim, s.serveSettings, std.talk())
	if err != nil {
		return errors.Join(err, listener.Close())
	}
	defer func() { failed = withRecording(failed, finish(), std.talk()) }()
	handler := sim.Loopback()
	server := loopback.NewServer(handler)
	broken := make(chan error, 1)
	crowd := forCrowds(listener, noteAndSay(sim, std.talk()))
	guard.Go(func() { broken <- server.Serve(crowd) })
	// The command's end is ours, whatever is amiss with our own.
	cleanUp := func(end func() error) {
		if err := end(); err != nil {
			_, _ = fmt.Fprintf(std.talk(), "layersim: %v\n", err)
		}
	}
	defer cleanUp(server.Close)

	settings := appSettings(environ, readDotenv(std.err), "http://"+listener.Addr().String(), catalog)
	way, err := detour.Start(ctx, detour.Config{Simulator: handler, Environ: environ, Upstream: environmentProxy, Java: s.java})
	if err != nil {
		return fmt.Errorf("cannot lead an app to the simulator: %w", err)
	}
	defer cleanUp(way.Close)
	settings = append(settings, browserFlags(way))
	if !s.quiet {
		announce(std.talk(), listener.Addr().String(), settings, way)
	}

	app := exec.Command(path, command[1:]...) //nolint:gosec,noctx // running what it is told to is what exec is for, until that ends by itself
	app.Args[0] = nameForApp(path, command[0])
	app.Stdin, app.Stdout, app.Stderr = std.in, std.out, std.err
	app.Env = way.Environ()
	for _, v := range settings {
		app.Env = append(app.Env, v.Name+"="+v.Value)
	}
	return attend(ctx, app, func() error {
		select {
		case err := <-broken:
			return err
		case err := <-way.Failed():
			return err
		}
	}, std.talk())
}

// findCommand looks a command up as a shell does.
func findCommand(name string) (string, error) {
	path, err := exec.LookPath(name)
	switch {
	case err == nil:
		return path, nil
	case errors.Is(err, exec.ErrNotFound) || errors.Is(err, fs.ErrNotExist):
		return "", usagef("there is no command %q; write the command and its arguments after two dashes: layersim exec -- npm start", name)
	default:
		return "", usagef("the command %q cannot be run: %w", name, err)
	}
}

// environmentProxy is the operator's own proxy for an address.
func environmentProxy(u *url.URL) (*url.URL, error) {
	return http.ProxyFromEnvironment(&http.Request{URL: u})
}

// appSettings are the settings that apps read themselves. What the operator
// has set stays, also in dotenv, which never replaces what is set already: the
// simulator takes any keys.
func appSettings(environ []string, dotenv map[string]string, address string, catalog *fixtures.Catalog) []detour.Variable {
	set := []detour.Variable{{Name: "LAYERSIM_URL", Value: address, Why: "the simulator's own address, for whoever wants to name it"}}
	wanted := []detour.Variable{
		{Name: "PLAID_CLIENT_ID", Value: "layersim", Why: "any keys are good, so yours need not be used"},
		{Name: "PLAID_SECRET", Value: "layersim", Why: "the same"},
		{Name: "PLAID_ENV", Value: "sandbox", Why: "the only one that is simulated"},
	}
	if t, ok := catalog.Template("default"); ok {
		wanted = append(wanted, detour.Variable{Name: "LAYER_TEMPLATE_ID", Value: t.ID, Why: "the default template; 'layersim templates' lists all"})
	}
	for _, v := range wanted {
		if getenv(environ, v.Name) == "" && dotenv[v.Name] == "" {
			set = append(set, v)
		}
	}
	return set
}

// browserFlags hands the flags of Chromium to tests that start one themselves.
func browserFlags(way *detour.Detour) detour.Variable {
	flags, err := json.Marshal(way.BrowserFlags())
	if err != nil {
		panic(err) // they are strings
	}
	return detour.Variable{Name: "LAYERSIM_CHROMIUM_FLAGS", Value: string(flags), Why: "what the browser below is started with, as JSON, for tests that start their own"}
}

// announce says what was set, and why.
func announce(w io.Writer, address string, settings []detour.Variable, way *detour.Detour) {
	var b strings.Builder
	fmt.Fprintf(&b, "layersim exec: the simulated Plaid is at http://%s, and %s lead there.\n", address, strings.Join(detour.Simulated, " and "))
	if own, err := environmentProxy(&url.URL{Scheme: "https", Host: "example.com"}); err == nil && own != nil {
		fmt.Fprintf(&b, "Other hosts are reached through your own proxy, %s.\n", flow.CleanLine(own.Host, 0))
	}
	fmt.Fprintln(&b, "Set for the app:")
	for _, v := range append(settings, way.Variables()...) {
		fmt.Fprintf(&b, "  %s=%s  (%s)\n", v.Name, flow.CleanLine(v.Shown(), 0), v.Why)
	}
	fmt.Fprintln(&b, "To load Link in a browser, start Chromium or Chrome like this, with the address of your app:")
	fmt.Fprint(&b, `  chromium --user-data-dir="$(mktemp -d)"`)
	for _, flag := range way.BrowserFlags() {
		fmt.Fprintf(&b, " '%s'", flag)
	}
	fmt.Fprintln(&b)
	_, _ = io.WriteString(w, b.String())
}

// attend runs the app to its end and hands signals on. broken returns when the
// simulator cannot be reached any more.
func attend(ctx context.Context, app *exec.Cmd, broken func() error, talk io.Writer) error {
	signals := make(chan os.Signal, 8)
	signal.Notify(signals, handedOn...)
	defer signal.Stop(signals)
	if ctx.Err() != nil {
		return errInterrupted
	}
	if err := app.Start(); err != nil {
		return usagef("the command %q cannot be run: %w", app.Args[0], err)
	}
	ended := make(chan error, 1)
	guard.Go(func() { ended <- app.Wait() })
	failing := make(chan error, 1)
	guard.Go(func() { failing <- broken() })
	broke := ctx.Done()
	for {
		select {
		case <-broke:
			broke = nil
			// The app gets signals from us above; nobody else tells it of this.
			if errors.Is(context.Cause(ctx), errBrokeDown) && app.Process.Signal(syscall.SIGTERM) != nil {
				_ = app.Process.Kill()
			}
		case s := <-signals:
			if !reachesApp(s) {
				_ = app.Process.Signal(s) // it may have ended just now
			}
		case err := <-failing:
			if errors.Is(err, http.ErrServerClosed) {
				continue
			}
			_, _ = fmt.Fprintf(talk, "layersim: the simulator stopped: %v\n", err)
		case err := <-ended:
			return asExitCode(app.ProcessState, err)
		}
	}
}

// asExitCode makes the app's end ours.
func asExitCode(state *os.ProcessState, err error) error {
	var exit *exec.ExitError
	switch {
	case err == nil:
		return nil
	case !errors.As(err, &exit):
		return fmt.Errorf("the command could not be waited for: %w", err)
	default:
		return failure{exitCode(state), errSaid}
	}
}
