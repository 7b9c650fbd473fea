package tui

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"layersim/flow/journal"
)

// copyWire returns the selected call as a curl command. Unmasked, it has the
// tokens of this session as they were at the call; the secret never.
func (m *Model) copyWire(unmasked bool) (what, text string) {
	i := m.call()
	if i < 0 {
		return "", ""
	}
	x := m.calls()[i].Exchange
	if !unmasked {
		return "the call as curl", journal.Curl(x, nil)
	}
	filled := map[string]bool{}
	text = journal.Curl(x, func(key, masked string) (string, bool) {
		for _, k := range m.knownAt(m.inspector.seqs[i] - 1) {
			if k.key == key && k.value.String() == masked && k.value.Reveal() != "" {
				filled[k.named] = true
				return k.value.Reveal(), true
			}
		}
		return "", false
	})
	if len(filled) == 0 {
		return "the call as curl, which has nothing to fill in", text
	}
	names := slices.Sorted(maps.Keys(filled))
	if !m.opts.Live && slices.ContainsFunc(names, func(n string) bool { return strings.HasSuffix(n, "token") }) {
		text += "# Its tokens are of the simulated Plaid of this walk: another one does not know them.\n"
	}
	return "the call as curl, with the real " + strings.Join(names, ", "), text
}

// known is a value that the record masks and the walk knows.
type known struct {
	key, named string // of JSON, and for people
	value      interface {
		fmt.Stringer
		Reveal() string
	}
}

// knownAt lists the values that the walk knew right after an entry.
func (m *Model) knownAt(entry int) []known {
	s := m.private.truth.StateAt(entry)
	list := []known{
		{"public_token", "public_token", s.PublicToken}, {"link_token", "link_token", s.LinkToken},
		{"phone_number", "phone number", s.Phone}, {"date_of_birth", "date of birth", s.DateOfBirth},
	}
	for _, item := range s.Account.Items {
		list = append(list, known{"access_token", "access_token", item.AccessToken})
	}
	return list
}
