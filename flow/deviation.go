package flow

import "slices"

// Answers as they are: what Plaid sends may be less, more or other than its
// contract says, and is shown so.

// Blank is a field that is in an answer and holds nothing.
type Blank struct {
	Path string  // such as "identity.address.street2", of an account "balances.limit"
	How  BlankAs // what stands there
}

// BlankAs says how a field can hold nothing.
type BlankAs string

// The ways to hold nothing.
const (
	BlankNull  BlankAs = "null"
	BlankEmpty BlankAs = "empty"
	// BlankOdd is something that cannot be read there; a Deviation says what.
	BlankOdd BlankAs = "unreadable"
)

// HowBlank returns how the field at path holds nothing, "" if it is not in the
// list. What lies in an object that is null is null.
func HowBlank(list []Blank, path string) BlankAs {
	for i := len(path); i > 0; i-- {
		if i < len(path) && path[i] != '.' {
			continue
		}
		if at := slices.IndexFunc(list, func(b Blank) bool { return b.Path == path[:i] }); at >= 0 {
			return list[at].How
		}
	}
	return ""
}

// Deviations are the places where an answer differs from the contract that we
// know: that of the SDK which our server uses.
type Deviations struct {
	List []Deviation
	// More is how many there are besides: an answer may hold any number.
	More int
	// Refused says that the SDK could not read the answer at all. It was read
	// around it; an app that uses this SDK gets an error instead.
	Refused bool
}

// IsZero reports whether the answer is as the contract says.
func (d Deviations) IsZero() bool { return len(d.List) == 0 && d.More == 0 && !d.Refused }

// New returns how many of the listed fields are not in the contract.
func (d Deviations) New() int {
	n := 0
	for _, x := range d.List {
		if x.New() {
			n++
		}
	}
	return n
}

// Deviation is one place where an answer differs from the contract.
type Deviation struct {
	// Path leads to it from the answer's top, such as "identity.tax_id" or
	// "items[0].colour". A new object is told by what is in it.
	Path string
	// Came is the kind of what stands there, Wanted what the contract says;
	// Wanted is "" for a field that the contract does not have.
	Came, Wanted ValueKind
	// Value is what stands there, if that is a text, a number, true or false. It
	// may be anything, so it is masked.
	Value ForeignValue
}

// New reports whether the contract does not have such a field.
func (d Deviation) New() bool { return d.Wanted == "" }

// ValueKind says what kind of value stands in an answer.
type ValueKind string

// The kinds of JSON values, and two that only a contract knows.
const (
	KindText    ValueKind = "text"
	KindNumber  ValueKind = "number"
	KindBool    ValueKind = "true or false"
	KindObject  ValueKind = "object"
	KindList    ValueKind = "list"
	KindNull    ValueKind = "null"
	KindNothing ValueKind = "nothing"
	// KindWhole is a number without fraction that a counter can hold.
	KindWhole ValueKind = "whole number"
	// KindKnown is a text out of a list; one that is not in it came.
	KindKnown ValueKind = "one of the values known"
)

type foreignKind struct{}

func (foreignKind) mask(string) string { return hidden }

// ForeignValue is a value of which nothing is known, so that it may be private.
type ForeignValue = Masked[foreignKind]

// NewForeignValue wraps a value of which nothing is known.
func NewForeignValue(s string) ForeignValue { return masked[foreignKind](s) }
