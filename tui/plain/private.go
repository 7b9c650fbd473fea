package plain

import (
	"slices"
	"strings"

	"layersim/fixtures"
	"layersim/flow"
)

// Privacy. What identifies a person or opens an account is always said as a
// mask. With the switch on nothing personal is said at all: each value is left
// out where it is read, and whatever a sentence of ours or of Plaid's repeats is
// taken out of the finished line, by its value.

type privacy struct {
	on      bool
	catalog *fixtures.Catalog
	known   []string // personal values, the longest first
}

// shortest is the length from which a value is hidden wherever it stands; one
// that is shorter is part of too many other words.
const shortest = 4

// learn keeps the personal values that an event brought.
func (p *privacy) learn(e flow.Event) {
	switch e := e.(type) {
	case flow.PhoneNumberEntered:
		p.phone(e.Phone)
	case flow.DateOfBirthEntered:
		p.add(dateForms(e.DateOfBirth.Reveal())...)
	case flow.DoWrong:
		p.phone(e.Phone)
		p.add(dateForms(e.DateOfBirth.Reveal())...)
	case flow.PaneShown:
		for _, f := range e.Pane.Fields {
			p.add(dateForms(f.Value.Reveal())...)
		}
	case flow.LinkActed:
		for _, v := range e.Action.Values {
			p.add(v.Reveal())
		}
	case flow.UserAccountFetched:
		id := e.Account.Identity
		p.person(id.FirstName, id.LastName, id.Email, id.SSN.Reveal(), id.Address)
		p.add(phoneForms(id.PhoneNumber)...)
		p.add(dateForms(id.DateOfBirth.Reveal())...)
		for _, it := range e.Account.Items {
			p.add(it.ItemID)
		}
	case flow.AccountsFetched:
		for _, a := range e.Accounts {
			p.add(a.AccountID)
		}
	}
}

// phone keeps a number and what is known of the persona behind it.
func (p *privacy) phone(number flow.PhoneNumber) {
	p.add(phoneForms(number)...)
	known, ok := p.catalog.PersonaByPhone(number)
	if !ok {
		return
	}
	profiles := []fixtures.Profile{known.Profile, known.Owner}
	if known.Autofill != nil {
		profiles = append(profiles, known.Autofill.Profile)
		p.add(dateForms(known.Autofill.DateOfBirth)...)
	}
	for _, f := range profiles {
		p.person(f.FirstName, f.LastName, f.Email, f.SSN, f.Address)
		p.add(dateForms(f.DateOfBirth)...)
	}
}

func (p *privacy) person(first, last, email, ssn string, a flow.Address) {
	p.add(first, last, email, ssn, a.Street, a.Street2, a.City, a.Region, a.PostalCode)
}

func (p *privacy) add(values ...string) {
	for _, v := range values {
		v = strings.TrimSpace(v)
		if len(v) < shortest || strings.Contains(v, "•") || slices.Contains(p.known, v) {
			continue
		}
		p.known = append(p.known, v)
	}
	slices.SortFunc(p.known, func(a, b string) int { return len(b) - len(a) })
}

// hide takes every personal value out of a text, where it stands as a word of
// its own.
func (p *privacy) hide(text string) string {
	if !p.on {
		return text
	}
	for _, v := range p.known {
		for from := 0; ; {
			at := strings.Index(text[from:], v)
			if at < 0 {
				break
			}
			at += from
			if from = at + len(v); partOfWord(text, at-1, at) || partOfWord(text, from, from-1) {
				continue
			}
			text = text[:at] + hidden + text[from:]
			from = at + len(hidden)
		}
	}
	return text
}

// partOfWord reports whether what stands at i goes on in the value's end at j.
func partOfWord(text string, i, j int) bool { return isWordByte(text, i) && isWordByte(text, j) }

func isWordByte(s string, i int) bool {
	if i < 0 || i >= len(s) {
		return false
	}
	c := s[i]
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
}

// phoneForms lists the ways in which a phone number may be written.
func phoneForms(p flow.PhoneNumber) []string {
	number := p.Reveal()
	list := []string{number, strings.TrimPrefix(number, "+"), inGroups(number)}
	if d := strings.TrimPrefix(number, "+1"); len(d) == 10 {
		list = append(list, d, d[:3]+"-"+d[3:6]+"-"+d[6:], "("+d[:3]+") "+d[3:6]+"-"+d[6:])
	}
	return list
}

// dateForms lists the ways in which a date may be written.
func dateForms(date string) []string {
	if p := strings.Split(date, "-"); len(p) == 3 {
		return []string{date, p[1] + "/" + p[2] + "/" + p[0]}
	}
	return []string{date}
}
