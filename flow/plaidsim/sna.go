package plaidsim

// Silent network authentication: the mobile network says that the phone is in
// the user's hands, so nobody types a code. Plaid's Sandbox proves phones by a
// one-time code only (Plaid docs: Layer, testing in Sandbox); here a persona
// can have it, because in Production many phones do.
//
// The VERIFY_PHONE pane shows all the same and passes by itself (Plaid docs:
// Layer, documented event sequences). No clock is needed for that: Link, whoever
// draws it, says "verified" after a moment.

func (s session) silent() bool { return s.Persona != nil && s.Persona.SNA }

// verified is what the network says.
func (t *turn) verified() {
	switch {
	case t.s.State != stateVerify:
		t.refuse("verified belongs to the pane that verifies the phone")
	case !t.s.silent():
		t.refuse("verified: this phone is proven by a one-time code")
	default:
		t.proven()
	}
}
