package webhook

import (
	"context"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"time"

	"layersim/flow/guard"
	"layersim/flow/loopback"
)

// What the server bears: it stands behind a tunnel, open to everybody.
const (
	maxConnections = 64
	maxAtOnce      = 16 // webhooks that are checked at the same time
	// Plaid gives up after ten seconds (Plaid docs: webhooks), and so do we.
	bodyPatience  = 10 * time.Second
	checkPatience = 9 * time.Second
)

// Server receives webhooks over HTTP, on this machine only. What reaches it from
// outside came through a tunnel, which changes the Host, so that is not looked
// at: the signature is the proof of who sent a webhook, and the only one.
type Server struct {
	listener net.Listener
	server   *http.Server
	ended    chan struct{}
}

// Serve lets a receiver take the webhooks that come to a path, "" for any.
// Close the Server.
func Serve(listener net.Listener, path string, r *Receiver) *Server {
	s := &Server{listener: listener, ended: make(chan struct{}), server: loopback.NewServer(Handler(path, r))}
	s.server.ReadTimeout, s.server.WriteTimeout = bodyPatience, bodyPatience+checkPatience+time.Second
	// What strangers send has no place in any log, and least on the screen.
	s.server.ErrorLog = log.New(io.Discard, "", 0)
	// A connection that is kept for more takes the room of one that brings a
	// webhook; a tunnel makes a new one for each.
	s.server.SetKeepAlivesEnabled(false)
	guard.Go(func() {
		defer close(s.ended)
		_ = s.server.Serve(loopback.Limit(listener, maxConnections))
	})
	return s
}

// Addr is where it listens.
func (s *Server) Addr() string { return s.listener.Addr().String() }

// Close stops it at once, whatever is under way; Plaid sends that again.
func (s *Server) Close() error {
	err := s.server.Close()
	<-s.ended
	return err
}

// Handler takes the webhooks that are posted to a path, "" for any, and answers
// as Receiver.Take says. It tells a sender nothing but the status.
func Handler(path string, r *Receiver) http.Handler {
	free := make(chan struct{}, maxAtOnce)
	return http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		defer func() {
			if cause := recover(); cause != nil {
				guard.Survived(cause)
				http.Error(w, "the receiver failed", http.StatusInternalServerError)
			}
		}()
		switch {
		case path != "" && q.URL.Path != path:
			http.Error(w, "webhooks have another path", http.StatusNotFound)
			return
		case q.Method != http.MethodPost:
			w.Header().Set("Allow", http.MethodPost)
			http.Error(w, "webhooks are posted", http.StatusMethodNotAllowed)
			return
		case q.ContentLength > longestBody:
			http.Error(w, "the body is longer than 1 MB", http.StatusRequestEntityTooLarge)
			return
		}
		select {
		case free <- struct{}{}:
			defer func() { <-free }()
		default:
			http.Error(w, "too many webhooks at once", http.StatusServiceUnavailable)
			return
		}
		body, err := io.ReadAll(http.MaxBytesReader(w, q.Body, longestBody))
		if err != nil {
			status := http.StatusBadRequest
			if errors.As(err, new(*http.MaxBytesError)) {
				status = http.StatusRequestEntityTooLarge
			}
			http.Error(w, "the body cannot be read", status)
			return
		}
		ctx, cancel := context.WithTimeout(q.Context(), checkPatience)
		defer cancel()
		status := r.Take(ctx, Message{Signature: q.Header.Get(Header), Body: body})
		if status != http.StatusOK {
			http.Error(w, http.StatusText(status), status)
			return
		}
		w.WriteHeader(status)
	})
}
