package plaidapi

import (
	"testing"
	"time"
)

// New is on the way to the first screen.
func BenchmarkNew(b *testing.B) {
	for b.Loop() {
		_ = New(Options{BaseURL: "http://plaid.test", ClientID: "client", Secret: "secret", Now: time.Now})
	}
}
