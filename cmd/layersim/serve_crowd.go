package main

import (
	"errors"
	"fmt"
	"io"
	"net"
	"syscall"
	"time"

	"layersim/flow/loopback"
	"layersim/flow/plaidsim"
)

// forCrowds returns a listener for a simulator: it has at most maxConnections at
// once, and when there are too many for the system it tells so and waits. Every
// simulator that is served over a socket has one.
func forCrowds(l net.Listener, tell func(text string)) net.Listener {
	return loopback.Limit(&patientListener{Listener: l, tell: tell}, maxConnections)
}

// noteAndSay tells of trouble in the simulator's journal and to who started it.
func noteAndSay(sim *plaidsim.Sim, talk io.Writer) func(text string) {
	return func(text string) {
		sim.Note(text)
		_, _ = fmt.Fprintf(talk, "layersim: %s\n", text)
	}
}

// patientListener waits while the system lets this process open no more files, each
// connection being one, and says so in plain words, at most once a minute. Connections
// queue meanwhile; those that idle are closed after a minute, which makes room.
type patientListener struct {
	net.Listener
	tell func(text string)
	told time.Time
}

// Accept is called by one goroutine.
func (l *patientListener) Accept() (net.Conn, error) {
	for {
		conn, err := l.Listener.Accept()
		if !errors.Is(err, syscall.EMFILE) && !errors.Is(err, syscall.ENFILE) {
			return conn, err
		}
		if time.Since(l.told) > time.Minute {
			l.told = time.Now()
			l.tell("too many connections are open, and the system allows no more files: new ones wait until others are closed. Close some, or raise the limit (ulimit -n) and start again.")
		}
		time.Sleep(20 * time.Millisecond)
	}
}
