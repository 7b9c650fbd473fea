package plaidsim

import (
	"maps"
	"slices"

	"layersim/fixtures"
	"layersim/flow"
)

// grant is what the user shared; the public_token stands for it.
type grant struct {
	PublicToken uuid
	Phone       flow.PhoneNumber
	Fields      []field
	MaskSSN     bool
	Edited      []fixtures.Field
	Items       []item
}

// item is an Item: one institution with the accounts that were shared.
type item struct {
	ID          string
	AccessToken uuid
	Bank        fixtures.Bank
	Accounts    []account
	Webhook     string
}

// share checks what the user leaves in the fields and hands it over. Mistakes
// come back as notices on the fields, and the pane stays.
func (t *turn) share(a action) {
	if t.s.State != stateReview {
		t.refuse("share belongs to the review pane")
		return
	}
	if !t.known(a) || t.s.Spent && t.expired() {
		return
	}
	fields, fieldsOK := checkFields(t.s.Fields, a.Values, t.w.now)
	banks, _ := choose(t.s.Banks, a.Accounts)
	t.s.Fields, t.s.Banks, t.s.Notice = fields, banks, ""
	switch chosen := slices.ContainsFunc(banks, func(b bank) bool { return len(b.chosen()) > 0 }); {
	case !fieldsOK:
		t.s.Notice = "Some of this needs a correction before it can be shared."
		return
	case t.s.Template.Accounts == fixtures.AccountsRequired && !chosen:
		t.s.Notice = "Choose at least one account to share."
		return
	}

	g := &grant{PublicToken: t.w.ids.uuid(), Phone: t.s.Phone, Fields: fields, MaskSSN: t.s.Template.MaskSSN, Edited: edited(fields)}
	meta := successMetadata{Accounts: []linkAccount{}, LinkSessionID: t.s.LinkSessionID.String()}
	for _, b := range banks {
		accounts := b.chosen()
		if len(accounts) == 0 {
			continue
		}
		g.Items = append(g.Items, item{ID: t.w.ids.objectID(), AccessToken: t.w.ids.uuid(), Bank: b.Bank, Accounts: accounts})
		if meta.Institution == nil {
			// There is room for one; UNCONFIRMED which, when several were shared.
			meta.Institution = &linkInstitution{b.Name, b.InstitutionID}
		}
		for _, a := range accounts {
			meta.Accounts = append(meta.Accounts, linkAccount{ID: a.ID, Name: a.Name, Mask: opt(a.Mask), Type: a.Type, Subtype: a.Subtype})
		}
	}
	t.finished(statusSuccess)
	t.s.State = stateDone
	t.event(flow.EventHandoff, nil)
	t.out.Callbacks = append(t.out.Callbacks, callback{
		Kind: kindSuccess, PublicToken: publicTokenPrefix + g.PublicToken.String(), Metadata: meta, at: t.s.lastStamp,
	})
	t.out.Grant = g
}

// known refuses values and accounts that the review does not show.
func (t *turn) known(a action) bool {
	for _, key := range slices.Sorted(maps.Keys(a.Values)) {
		if !slices.ContainsFunc(t.s.Fields, func(f field) bool { return f.Key == key }) {
			t.refuse(a.Verb + ": no field " + clip(key) + " is shown")
			return false
		}
	}
	if _, ok := choose(t.s.Banks, a.Accounts); !ok {
		t.refuse(a.Verb + ": an account that is not shown")
		return false
	}
	return true
}

// choose selects the accounts with these ids and no others.
func choose(banks []bank, picked *[]string) (chosen []bank, ok bool) {
	if picked == nil {
		return banks, true
	}
	found := map[string]bool{}
	for _, b := range banks {
		accounts := slices.Clone(b.Accounts)
		for i, a := range accounts {
			accounts[i].Selected = slices.Contains(*picked, a.ID)
			found[a.ID] = true
		}
		b.Accounts = accounts
		chosen = append(chosen, b)
	}
	for _, id := range *picked {
		if !found[id] {
			return nil, false
		}
	}
	return chosen, true
}

func (b bank) chosen() []account {
	var chosen []account
	for _, a := range b.Accounts {
		if a.Selected {
			chosen = append(chosen, a)
		}
	}
	return chosen
}

// edited lists the top-level fields in which something differs from what was
// shown. However much of a field changed, it is one edit.
func edited(fields []field) []fixtures.Field {
	var changed []fixtures.Field
	for _, f := range fields {
		if f.Value != f.Shown && !slices.Contains(changed, f.Of) {
			changed = append(changed, f.Of)
		}
	}
	return changed
}
