package journal

import "layersim/flow"

// The larger things that an event can carry, for Whole.

// editWindows are Plaid's names of the windows of an edit history.
var editWindows = [5]string{"edits_current", "edits_1d", "edits_30d", "edits_365d", "edits_all_time"}

// accountsAre says how far the accounts of an Item are; of those that were asked
// for nothing is said.
var accountsAre = map[flow.ItemStatus]string{flow.AccountsKnown: "known", flow.AccountsFailed: "failed", flow.AccountsUnasked: "not asked for"}

func userAccount(o *object, a flow.UserAccount) {
	o.text("request_id", a.RequestID)
	if a.HasIdentity {
		o.nested("identity", func(o *object) { identity(o, a.Identity) })
	} else {
		o.raw("identity", []byte("null"))
	}
	if a.HasHistory {
		o.nested("identity_edit_history", func(o *object) {
			for _, row := range a.History.Rows() {
				o.nested(row.Field, func(o *object) {
					for i, n := range row.Counts.Windows() {
						if row.Counts.Missing[i] {
							continue // not given is not zero
						}
						o.value(editWindows[i], n)
					}
				})
			}
		})
	} else {
		o.raw("identity_edit_history", []byte("null"))
	}
	if len(a.Items) == 0 {
		o.raw("items", []byte("[]")) // no Items is an answer, too
	}
	o.list("items", len(a.Items), func(o *object, i int) {
		item := a.Items[i]
		o.text("item_id", item.ItemID)
		o.text("access_token", item.AccessToken.String())
		o.text("institution", item.Institution)
		o.text("accounts_are", accountsAre[item.Status])
		failure(o, item.Failure)
		accounts(o, item.Accounts)
		deviations(o, item.Deviations)
	})
	blank(o, a.Blank)
	deviations(o, a.Deviations)
}

// blank writes which fields of an answer were there and held nothing. What is
// neither written nor listed was left out of it.
func blank(o *object, list []flow.Blank) {
	o.list("holds_nothing", len(list), func(o *object, i int) {
		o.text("path", list[i].Path)
		o.text("as", string(list[i].How))
	})
}

// deviations writes where an answer differs from the contract.
func deviations(o *object, d flow.Deviations) {
	o.list("not_as_contracted", len(d.List), func(o *object, i int) {
		x := d.List[i]
		o.text("path", x.Path)
		o.text("came", string(x.Came))
		if x.New() {
			o.value("new", true)
		}
		o.text("wanted", string(x.Wanted))
		o.text("value", x.Value.String())
	})
	o.number("not_as_contracted_more", d.More)
	if d.Refused {
		o.value("sdk_refused", true)
	}
}

func identity(o *object, id flow.Identity) {
	o.text("first_name", id.FirstName)
	o.text("last_name", id.LastName)
	if !id.Address.IsZero() {
		o.nested("address", func(o *object) {
			o.text("street", id.Address.Street)
			o.text("street2", id.Address.Street2)
			o.text("city", id.Address.City)
			o.text("region", id.Address.Region)
			o.text("postal_code", id.Address.PostalCode)
			o.text("country", id.Address.Country)
		})
	}
	o.text("phone_number", id.PhoneNumber.String())
	o.text("email", id.Email)
	o.text("date_of_birth", id.DateOfBirth.String())
	o.text("ssn", id.SSN.String())
	o.hide("ssn_last_4", id.SSNLast4)
	o.hide("ssn_last4", id.SSNLast4Guide)
}

func accounts(o *object, list []flow.Account) {
	o.list("accounts", len(list), func(o *object, i int) {
		a := list[i]
		o.text("account_id", a.AccountID)
		o.text("name", a.Name)
		o.text("official_name", a.OfficialName)
		o.text("mask", a.Mask)
		o.text("type", a.Type)
		o.text("subtype", a.Subtype)
		o.amount("available", a.Available)
		o.amount("current", a.Current)
		o.amount("limit", a.Limit)
		o.text("iso_currency_code", a.Currency)
		o.text("unofficial_currency_code", a.Unofficial)
		blank(o, a.Blank)
	})
}

// linkPane writes what Link showed its user. The app never sees it: it is here
// because the terminal draws it.
func linkPane(o *object, p flow.Pane) {
	o.nested("pane", func(o *object) {
		o.text("view", p.View)
		o.text("title", p.Title)
		o.text("text", p.Text)
		o.text("notice", p.Notice)
		o.text("button", p.Button)
		o.text("does", string(p.Verb))
		o.list("others", len(p.Others), func(o *object, i int) {
			o.text("does", string(p.Others[i].Verb))
			o.text("label", p.Others[i].Label)
		})
		o.list("options", len(p.Options), func(o *object, i int) {
			o.text("id", p.Options[i].ID)
			o.text("name", p.Options[i].Name)
			o.text("detail", p.Options[i].Detail)
		})
		o.text("by_itself", string(p.Auto))
		o.number("attempts_left", p.AttemptsLeft)
		o.list("fields", len(p.Fields), func(o *object, i int) {
			f := p.Fields[i]
			o.text("key", f.Key)
			o.text("label", f.Label)
			o.text("value", f.Value.String())
			if f.Private {
				o.value("private", true)
			}
			if f.Required {
				o.value("required", true)
			}
			o.text("notice", f.Notice)
		})
		o.list("banks", len(p.Banks), func(o *object, i int) {
			b := p.Banks[i]
			o.text("id", b.ID)
			o.text("name", b.Name)
			o.list("accounts", len(b.Accounts), func(o *object, i int) {
				a := b.Accounts[i]
				o.text("id", a.ID)
				o.text("name", a.Name)
				o.text("mask", a.Mask)
				o.text("type", a.Type)
				o.text("subtype", a.Subtype)
				if a.Selected {
					o.value("selected", true)
				}
			})
		})
		o.text("accounts_rule", p.AccountsRule)
	})
}
