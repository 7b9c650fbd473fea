package plaidapi

import (
	"reflect"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/plaid/plaid-go/v42/plaid"

	"layersim/flow"
)

// What the contract says of the answers that are shown value by value, read off
// the SDK's own types: so it is the contract as an app with this SDK knows it,
// and it moves on with the SDK.

// shape says what a value must be. A nil one is of a value that the contract
// does not have.
type shape struct {
	kind     flow.ValueKind // "" for anything
	nullable bool
	members  map[string]*shape // of an object
	names    []string          // of members, in the contract's order
	required map[string]bool
	of       *shape            // of the elements of a list
	known    func(string) bool // a text must be one of those, nil for any
}

// Both are worked out when they are needed: most walks begin without.
var (
	sessionShape = sync.OnceValue(func() *shape {
		s := shapeOf(reflect.TypeFor[plaid.UserAccountSessionGetResponse](), nil)
		// Plaid's guide spells it so, the API contract ssn_last_4.
		s.members["identity"].add("ssn_last4", &shape{kind: flow.KindText, nullable: true}, false)
		return s
	})
	accountsShape = sync.OnceValue(func() *shape {
		return shapeOf(reflect.TypeFor[plaid.AccountsGetResponse](), nil)
	})
)

// The contract says of the errors inside another one that they are objects.
var errorShape = sync.OnceValue(func() *shape {
	s := shapeOf(reflect.TypeFor[plaid.PlaidError](), nil)
	text := &shape{kind: flow.KindText, nullable: true}
	cause := &shape{kind: flow.KindObject, members: map[string]*shape{}, required: map[string]bool{}}
	for _, name := range []string{"item_id", "error_type", "error_code", "error_message", "display_message", "request_id"} {
		cause.add(name, text, false)
	}
	s.members["causes"].of = cause
	return s
})

// otherShapes are those of the answers that tell of nobody.
var otherShapes = map[string]func() *shape{
	"/session/token/create":         shapeFor[plaid.SessionTokenCreateResponse](),
	"/item/public_token/exchange":   shapeFor[plaid.ItemPublicTokenExchangeResponse](),
	"/webhook_verification_key/get": shapeFor[plaid.WebhookVerificationKeyGetResponse](),
}

func shapeFor[T any]() func() *shape {
	return sync.OnceValue(func() *shape { return shapeOf(reflect.TypeFor[T](), nil) })
}

const (
	sessionPath  = "/user_account/session/get"
	accountsPath = "/accounts/get"
)

// answerShape returns the shape of a call's answer, nil for one that is not
// looked at.
func answerShape(path string) *shape {
	switch {
	case strings.HasSuffix(path, sessionPath):
		return sessionShape()
	case strings.HasSuffix(path, accountsPath):
		return accountsShape()
	}
	for end, s := range otherShapes {
		if strings.HasSuffix(path, end) {
			return s()
		}
	}
	return nil
}

func (s *shape) add(name string, member *shape, required bool) {
	s.members[name] = member
	s.names = append(s.names, name)
	if required {
		s.required[name] = true
	}
}

// shapeOf reads a type of the SDK. within are the types around it, for those
// that hold themselves.
func shapeOf(t reflect.Type, within []reflect.Type) *shape {
	if slices.Contains(within, t) {
		return &shape{}
	}
	within = append(within, t)
	switch t.Kind() {
	case reflect.Pointer:
		return shapeOf(t.Elem(), within)
	case reflect.String:
		return &shape{kind: flow.KindText, known: valuesOf(t)}
	case reflect.Bool:
		return &shape{kind: flow.KindBool}
	case reflect.Int, reflect.Int32, reflect.Int64:
		return &shape{kind: flow.KindWhole}
	case reflect.Float32, reflect.Float64:
		return &shape{kind: flow.KindNumber}
	case reflect.Slice:
		return &shape{kind: flow.KindList, of: shapeOf(t.Elem(), within)}
	case reflect.Struct:
		return structShape(t, within)
	}
	return &shape{}
}

// structShape reads an object, or one of the SDK's wrappers for what may be
// null: they hold it in a field of their own.
func structShape(t reflect.Type, within []reflect.Type) *shape {
	if t == reflect.TypeFor[time.Time]() {
		return &shape{kind: flow.KindText}
	}
	if value, ok := t.FieldByName("value"); ok && strings.HasPrefix(t.Name(), "Nullable") {
		s := *shapeOf(value.Type, within)
		s.nullable = true
		return &s
	}
	s := &shape{kind: flow.KindObject, members: map[string]*shape{}, required: map[string]bool{}}
	for field := range t.Fields() {
		name, options, _ := strings.Cut(field.Tag.Get("json"), ",")
		if name != "" {
			s.add(name, shapeOf(field.Type, within), options != "omitempty")
		}
	}
	if len(s.members) == 0 {
		return &shape{} // one of several types, the SDK tries them all
	}
	return s
}

// valuesOf returns what tells the values of the contract's list from others, nil
// for a type without such a list.
func valuesOf(t reflect.Type) func(string) bool {
	if _, ok := reflect.Zero(t).Interface().(interface{ IsValid() bool }); !ok {
		return nil
	}
	return func(s string) bool {
		v := reflect.New(t).Elem()
		v.SetString(s)
		return v.Interface().(interface{ IsValid() bool }).IsValid()
	}
}

// at returns the shape at the end of a path from s, in which "" is an element of
// a list; nil if there is none.
func (s *shape) at(path []string) *shape {
	for _, key := range path {
		switch {
		case s == nil:
			return nil
		case key == "":
			s = s.of
		default:
			s = s.members[key]
		}
	}
	return s
}

// takes reports whether a value of that kind is as the contract says.
func (s *shape) takes(kind flow.ValueKind) bool {
	switch kind {
	case flow.KindNull:
		return s.nullable || s.kind == ""
	case flow.KindNumber:
		return s.kind == flow.KindNumber || s.kind == flow.KindWhole || s.kind == ""
	}
	return s.kind == kind || s.kind == ""
}
