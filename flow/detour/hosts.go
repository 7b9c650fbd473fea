package detour

import (
	"crypto/rand"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"slices"
	"strings"
)

// Simulated are the hosts that Config.Handler answers for: the API of Plaid's
// Sandbox and the CDN that apps load Link from.
var Simulated = []string{"sandbox.plaid.com", "cdn.plaid.com"}

// refused are Plaid's other API hosts. An app that is meant to be simulated
// must not reach real people's data by a slip in its settings.
var refused = []string{"production.plaid.com", "development.plaid.com"}

// taken are all hosts that do not reach the network.
var taken = slices.Concat(Simulated, refused)

// answer serves the hosts that are taken.
func answer(simulator http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if host := hostOf(r.Host); slices.Contains(refused, host) {
			refuse(w, host)
			return
		}
		simulator.ServeHTTP(w, r)
	})
}

// hostOf is the name in "name:port" or "name", as names are compared.
func hostOf(hostport string) string {
	host := hostport
	if h, _, err := net.SplitHostPort(hostport); err == nil {
		host = h
	}
	return strings.ToLower(strings.TrimRight(host, "."))
}

// refuse answers as Plaid does when keys are not good for a host (Plaid docs:
// errors, INVALID_INPUT), and says who really answers.
func refuse(w http.ResponseWriter, host string) {
	body, _ := json.Marshal(map[string]any{ // strings always encode
		"error_type":      "INVALID_INPUT",
		"error_code":      "INVALID_API_KEYS",
		"error_message":   fmt.Sprintf("%s is refused by layersim exec, and nothing was sent to Plaid: an app is simulated with Plaid's Sandbox only. Set PLAID_ENV=sandbox.", host),
		"display_message": nil,
		"request_id":      rand.Text()[:15],
	})
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(http.StatusBadRequest)
	_, _ = w.Write(body) // a client that went away needs no answer
}
