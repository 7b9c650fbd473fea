package main

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"unicode"
)

// The settings of a live walk, in the names of Plaid's own samples, and other
// names that are seen in the field.
const (
	nameClientID = "PLAID_CLIENT_ID"
	nameSecret   = "PLAID_SECRET"
	nameTemplate = "LAYER_TEMPLATE_ID"
	nameEnv      = "PLAID_ENV"
)

var aliases = map[string][]string{
	nameSecret:   {"PLAID_SECRET_SANDBOX", "PLAID_SANDBOX_SECRET"},
	nameTemplate: {"PLAID_LAYER_TEMPLATE_ID"},
}

// productionSecrets are names under which somebody keeps the other secret.
var productionSecrets = []string{"PLAID_SECRET_PRODUCTION", "PLAID_PRODUCTION_SECRET"}

// origin says where a setting comes from, such as "environment" or ".env line 3".
type origin string

const (
	fromDefault     origin = "default"
	fromEnvironment origin = "environment"
)

func fromFlag(name string) origin { return origin("--" + name) }

// setting is one value and where it comes from. It may be secret.
type setting struct {
	name  string // its right name
	found string // the name it was found under
	value string
	from  origin
	// odd says what was strange about it and is done about it, in sentences
	// that do not quote it.
	odd []string
}

// Format keeps the value out of whatever prints a setting.
func (s setting) Format(f fmt.State, _ rune) {
	_, _ = fmt.Fprintf(f, "%s (%s)", s.name, s.where())
}

func (s setting) isSet() bool { return s.value != "" }

// where names the setting and its origin, for sentences.
func (s setting) where() string {
	switch {
	case !s.isSet():
		return "not set"
	case strings.HasPrefix(string(s.from), "--"):
		return string(s.from)
	case s.from == fromEnvironment:
		return s.found + " in the environment"
	}
	return s.found + " in " + string(s.from)
}

// place is where, without the name if it is the right one.
func (s setting) place() string {
	if s.found == s.name {
		return string(s.from)
	}
	return s.where()
}

// credentials are what a live walk needs.
type credentials struct {
	clientID, secret, template, env setting
	// elsewhere: they are for a Plaid on this machine, which may take any.
	elsewhere bool
	// production are secrets that are set under a name of Production's.
	production []setting
}

// forgetKeys takes the keys out of this process's environment, which the
// browser that is started would inherit.
func forgetKeys() {
	for _, name := range slices.Concat([]string{nameClientID, nameSecret}, aliases[nameSecret], productionSecrets) {
		_ = os.Unsetenv(name)
	}
}

// readCredentials looks everything up: the environment before .env, and in each
// a right name before other names.
func readCredentials(environ []string, file dotenv) credentials {
	look := func(name string) setting { return lookUp(name, environ, file) }
	c := credentials{clientID: look(nameClientID), secret: look(nameSecret), template: look(nameTemplate), env: look(nameEnv)}
	for _, name := range productionSecrets {
		if s := look(name); s.isSet() {
			c.production = append(c.production, s)
		}
	}
	return c
}

// any reports whether anything is there that only a live walk needs.
func (c credentials) any() bool { return c.clientID.isSet() || c.secret.isSet() || c.template.isSet() }

func lookUp(name string, environ []string, file dotenv) setting {
	s := setting{name: name}
	candidates := append([]string{name}, aliases[name]...)
	for _, candidate := range candidates {
		s.consider(candidate, fromEnvironment, getenv(environ, candidate), isIn(environ, candidate))
	}
	for _, candidate := range candidates {
		raw, there := file.values[candidate]
		from := origin(fmt.Sprintf("%s line %d", dotenvName, file.lines[candidate]))
		s.consider(candidate, from, raw, there)
		if s.found == candidate && s.from == from && file.dollars[candidate] {
			s.odd = append(s.odd, s.where()+" has a $ in it and is taken as it is written. Your app may take what follows for the name of a variable: put the value in single quotes.")
		}
	}
	return s
}

// consider takes a value unless there is one already.
func (s *setting) consider(name string, from origin, raw string, there bool) {
	if !there {
		return
	}
	value, cleaned := bare(raw)
	here := setting{name: s.name, found: name, value: value, from: from}
	switch {
	case value == "":
		s.odd = append(s.odd, fmt.Sprintf("%s in %s is empty, which counts as not set.", name, inWords(from)))
	case !s.isSet():
		odd := s.odd
		*s = here
		s.odd = odd
		if name != s.name {
			s.odd = append(s.odd, fmt.Sprintf("%s is used as %s, which is the right name.", here.where(), s.name))
		}
		if cleaned != "" {
			s.odd = append(s.odd, fmt.Sprintf("%s has %s around it, which were left out.", here.where(), cleaned))
		}
	case value != s.value && name != s.found:
		s.odd = append(s.odd, fmt.Sprintf("%s has another value; %s is used.", here.where(), s.where()))
	case value != s.value:
		s.odd = append(s.odd, fmt.Sprintf("%s has another value, which is not used.", here.where()))
	}
}

func inWords(from origin) string {
	if from == fromEnvironment {
		return "the environment"
	}
	return string(from)
}

func isIn(environ []string, name string) bool {
	for _, e := range environ {
		if strings.HasPrefix(e, name+"=") {
			return true
		}
	}
	return false
}

// bare takes away what is copied along with a value, and says what it was.
func bare(raw string) (value, cleaned string) {
	value = strings.TrimFunc(raw, isBlank)
	if value != raw {
		cleaned = "blanks"
	}
	for _, pair := range []string{`""`, `''`, "``", "“”", "‘’"} {
		quotes := []rune(pair)
		runes := []rune(value)
		if len(runes) >= 2 && runes[0] == quotes[0] && runes[len(runes)-1] == quotes[1] {
			value, cleaned = strings.TrimFunc(string(runes[1:len(runes)-1]), isBlank), "quotes"
		}
	}
	return value, cleaned
}

// isBlank reports whether r is nothing that can be seen.
func isBlank(r rune) bool {
	return unicode.IsSpace(r) || unicode.IsControl(r) || unicode.Is(unicode.Cf, r)
}
