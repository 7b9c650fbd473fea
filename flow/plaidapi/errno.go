package plaidapi

import (
	"errors"
	"io"
	"slices"
	"syscall"
)

// What the system says of a connection. Windows has numbers of its own for this
// (Winsock error codes, 10051 and so on) and package syscall does not take them
// for the names that other systems have. No other system uses these numbers.
var (
	refusedErrnos = []error{syscall.ECONNREFUSED, syscall.Errno(10061)}
	cutErrnos     = []error{io.EOF, io.ErrUnexpectedEOF, syscall.ECONNRESET, syscall.EPIPE, syscall.ECONNABORTED, syscall.Errno(10053), syscall.Errno(10054)}
	offlineErrnos = []error{syscall.ENETUNREACH, syscall.EHOSTUNREACH, syscall.ENETDOWN, syscall.EHOSTDOWN, syscall.Errno(10050), syscall.Errno(10051), syscall.Errno(10064), syscall.Errno(10065)}
)

// IsRefused reports whether nothing accepted the connection.
func IsRefused(err error) bool { return isAny(err, refusedErrnos) }

// IsCut reports whether the other side, or something on the way, ended the
// connection.
func IsCut(err error) bool { return isAny(err, cutErrnos) }

// HasNoWay reports whether there is no network, or no way through it.
func HasNoWay(err error) bool { return isAny(err, offlineErrnos) }

func isAny(err error, known []error) bool {
	return slices.ContainsFunc(known, func(e error) bool { return errors.Is(err, e) })
}
