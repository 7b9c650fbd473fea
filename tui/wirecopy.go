package tui

import (
	"fmt"

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
	state := m.journal.StateAt(m.inspector.seqs[i] - 1)
	known := []fmt.Stringer{state.PublicToken, state.LinkToken, state.Phone, state.DateOfBirth}
	values := []string{state.PublicToken.Reveal(), state.LinkToken.Reveal(), state.Phone.Reveal(), state.DateOfBirth.Reveal()}
	for _, item := range state.Account.Items {
		known, values = append(known, item.AccessToken), append(values, item.AccessToken.Reveal())
	}
	filled := false
	text = journal.Curl(x, func(_, masked string) (string, bool) {
		for i, k := range known {
			if k.String() == masked && values[i] != "" {
				filled = true
				return values[i], true
			}
		}
		return "", false
	})
	if filled && !m.opts.Live {
		text = "# Its tokens are of this walk's own simulated Plaid: another one does not know them.\n" + text
	}
	return "the call as curl, with real tokens", text
}
