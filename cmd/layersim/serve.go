package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"time"

	"layersim/fixtures"
	"layersim/flow/plaidsim"

	"github.com/spf13/cobra"
)

// serveSettings are what 'layersim serve' is told.
type serveSettings struct {
	addr, fixtures string
	seed           uint64
	asJSON         bool
	ui             bool
}

func newServeCommand(std stdio, environ []string) *cobra.Command {
	var s serveSettings
	cmd := &cobra.Command{
		Use:   "serve",
		Short: "Serve the simulated Plaid alone, for your own app",
		Long: `serve runs the simulated Plaid alone, so that an app of your own can use it: point the Plaid SDK of its server at the address, and load Link from the same address, /link/v2/stable/link-initialize.js. Any client_id and secret are good. Events are delivered as documented: OPEN and the LAYER_* ones at once, all others when Link ends.

One line goes to standard output when it is ready: "ready http://127.0.0.1:8137". GET /healthz then answers 200. With --ui, this terminal then shows what the app does.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if s.fixtures == "" {
				s.fixtures = getenv(environ, "LAYERSIM_FIXTURES")
			}
			if !cmd.Flags().Changed("seed") {
				s.seed = rand.Uint64() //nolint:gosec // ids of a simulation, nothing to guess for
			}
			return serve(cmd.Context(), s, std, environ)
		},
	}
	f := cmd.Flags()
	f.StringVar(&s.addr, "addr", "127.0.0.1:8137", "where to listen, on this machine only; port 0 takes a free one")
	f.StringVar(&s.fixtures, "fixtures", "", "a folder with personas and templates of your own")
	f.Uint64Var(&s.seed, "seed", 0, "fixes every id and token, for two runs that are alike (default random)")
	f.BoolVar(&s.ui, "ui", false, "show in this terminal what the app does")
	f.BoolVar(&s.asJSON, "json", false, "print the ready line as one JSON object with url")
	return cmd
}

// serve answers until ctx ends.
func serve(ctx context.Context, s serveSettings, std stdio, environ []string) error {
	if err := onLoopback(s.addr); err != nil {
		return usagef("--addr %s: %w", s.addr, err)
	}
	if s.ui {
		if err := canWatch(s, std); err != nil {
			return err
		}
	}
	catalog, err := fixtures.Load(s.fixtures)
	if err != nil {
		return usagef("the fixtures cannot be used:\n%w", err)
	}
	sim := plaidsim.New(plaidsim.Config{Catalog: catalog, Now: time.Now, Seed: s.seed})
	var config net.ListenConfig
	listener, err := config.Listen(ctx, "tcp", s.addr)
	if err != nil {
		return usagef("cannot listen on %s: %w. Choose another with --addr, or --addr 127.0.0.1:0 for a free port", s.addr, err)
	}
	server := newLoopbackServer(sim.Loopback())
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(listener) }()
	address := "http://" + listener.Addr().String()
	if err := sayReady(std.out, address, s.asJSON); err != nil {
		return errors.Join(err, server.Close())
	}
	if s.ui {
		return errors.Join(watchApp(ctx, sim, address, ended, std, environ), server.Close())
	}
	select {
	case err := <-ended:
		return failure{exitUnexpected, fmt.Errorf("the simulator stopped: %w", err)}
	case <-ctx.Done():
		return errors.Join(errInterrupted, server.Close())
	}
}

// onLoopback refuses an address that others could reach.
func onLoopback(addr string) error {
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		return fmt.Errorf("write it as 127.0.0.1:8137: %w", err)
	}
	if ip := net.ParseIP(host); host == "localhost" || ip != nil && ip.IsLoopback() {
		return nil
	}
	return errors.New("the simulator listens on this machine only; use 127.0.0.1, localhost or [::1]")
}

// sayReady writes the one line that other programs wait for.
func sayReady(w io.Writer, url string, asJSON bool) error {
	if asJSON {
		return json.NewEncoder(w).Encode(map[string]string{"url": url})
	}
	_, err := fmt.Fprintln(w, "ready", url)
	return err
}

// newLoopbackServer is a server with limits that suit a neighbour on the same
// machine.
func newLoopbackServer(h http.Handler) *http.Server {
	return &http.Server{
		Handler: h, ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 30 * time.Second, IdleTimeout: time.Minute, MaxHeaderBytes: 16 << 10,
	}
}
