package plaidapi

import (
	"fmt"
	"io"
	"net"
	"os"
	"syscall"
	"testing"
)

// What a connection fails with is understood on every system.
func TestErrorsOfSystems(t *testing.T) {
	for _, c := range []struct {
		err                   error
		refused, cut, offline bool
	}{
		{err: syscall.ECONNREFUSED, refused: true},
		{err: syscall.Errno(10061), refused: true}, // WSAECONNREFUSED
		{err: io.ErrUnexpectedEOF, cut: true},
		{err: syscall.EPIPE, cut: true},
		{err: syscall.Errno(10053), cut: true},     // WSAECONNABORTED
		{err: syscall.Errno(10054), cut: true},     // WSAECONNRESET
		{err: syscall.Errno(10051), offline: true}, // WSAENETUNREACH
		{err: syscall.Errno(10065), offline: true}, // WSAEHOSTUNREACH
		{err: syscall.ENETUNREACH, offline: true},
		{err: syscall.EACCES},
	} {
		err := fmt.Errorf("asking: %w", &net.OpError{Op: "dial", Err: os.NewSyscallError("connectex", c.err)})
		if IsRefused(err) != c.refused || IsCut(err) != c.cut || HasNoWay(err) != c.offline {
			t.Errorf("%v: refused %v, cut %v, offline %v", err, IsRefused(err), IsCut(err), HasNoWay(err))
		}
	}
}
