package scenario

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"layersim/fixtures/document"
	"layersim/flow"
)

// What /user_account/session/get gave.

// Words for a value that is looked at without being known.
const (
	absent  = "absent"
	present = "present"
)

// compareValues compares values by path. All that differ are said at once, in
// the order of the paths. What is private is compared, and never shown: masks has
// what is shown of it.
func compareValues(of string, want map[string]string, value func(path string) (string, bool), masks map[string]string) *Failure {
	var wants, gots []string
	for _, path := range slices.Sorted(maps.Keys(want)) {
		wanted := want[path]
		got, there := value(path)
		mask, private := masks[path]
		switch {
		case wanted == absent && !there, wanted == present && there, there && got == wanted:
			continue
		case !there:
			got = absent
		case private:
			got = mask + ", which is another"
		}
		if private && wanted != absent && wanted != present {
			wanted = "the value in the file"
		}
		wants, gots = append(wants, path+": "+wanted), append(gots, got)
	}
	switch len(wants) {
	case 0:
		return nil
	case 1:
		return &Failure{Expected: of + " has " + wants[0], Got: gots[0]}
	}
	for i := range gots {
		path, _, _ := strings.Cut(wants[i], ": ")
		gots[i] = path + ": " + gots[i]
	}
	return &Failure{Expected: of + " has " + strings.Join(wants, "; "), Got: strings.Join(gots, "; ")}
}

// resultPaths are those of "expect result"; a 0 stands for any number.
var resultPaths = []string{
	"items", "items.0", "items.0.institution", "items.0.accounts", "items.0.accounts.0.name", "items.0.accounts.0.mask",
	"items.0.accounts.0.type", "items.0.accounts.0.subtype", "identity", "identity.name", "identity.name.first_name", "identity.name.last_name",
	"identity.address", "identity.address.street", "identity.address.street2", "identity.address.city", "identity.address.region",
	"identity.address.postal_code", "identity.address.country", "identity.phone_number", "identity.email", "identity.date_of_birth",
	"identity.ssn", "identity.ssn_last_4", "identity_edit_history",
}

// checkResultPath says what is wrong with a path, "" if nothing is.
func checkResultPath(path string) string {
	parts := strings.Split(path, ".")
	for i, part := range parts {
		if _, err := strconv.ParseUint(part, 10, 16); err == nil {
			parts[i] = "0"
		}
	}
	general := strings.Join(parts, ".")
	if slices.Contains(resultPaths, general) {
		return ""
	}
	if near := document.Nearest(general, resultPaths); near != "" {
		return "is no value of a session; did you mean " + strconv.Quote(near) + "?"
	}
	return "is no value of a session; expected one such as identity.name.first_name, identity.email, items or items.0.accounts.0.name"
}

func (p *Player) expectResult(d ExpectResult) *Failure {
	if p.state.Account.RequestID == "" && !p.state.Account.HasIdentity {
		return &Failure{Expected: "a session that was read", Got: "the server has read none; the walk stands at " + string(p.state.Phase) + because(p.state.EndReason)}
	}
	values, masks := resultOf(p.state.Account)
	return compareValues("the session", d.Values, func(path string) (string, bool) {
		v, there := values[path]
		return v, there && v != ""
	}, masks)
}

// resultOf returns what a session gave by path, and what is shown of private
// values.
func resultOf(a flow.UserAccount) (values, masks map[string]string) {
	id := a.Identity
	values = map[string]string{"items": strconv.Itoa(len(a.Items))}
	masks = map[string]string{}
	if a.HasIdentity {
		maps.Copy(values, map[string]string{
			"identity":                     present,
			"identity.name.first_name":     id.FirstName,
			"identity.name.last_name":      id.LastName,
			"identity.name":                strings.TrimSpace(id.FirstName + " " + id.LastName),
			"identity.address.street":      id.Address.Street,
			"identity.address.street2":     id.Address.Street2,
			"identity.address.city":        id.Address.City,
			"identity.address.region":      id.Address.Region,
			"identity.address.postal_code": id.Address.PostalCode,
			"identity.address.country":     id.Address.Country,
			"identity.phone_number":        id.PhoneNumber.Reveal(),
			"identity.email":               id.Email,
			"identity.date_of_birth":       id.DateOfBirth.Reveal(),
			"identity.ssn":                 id.SSN.Reveal(),
			"identity.ssn_last_4":          id.SSNLast4,
		})
		if !id.Address.IsZero() {
			values["identity.address"] = present
		}
	}
	if a.HasHistory {
		values["identity_edit_history"] = present
	}
	maps.Copy(masks, map[string]string{
		"identity.phone_number": id.PhoneNumber.String(), "identity.date_of_birth": id.DateOfBirth.String(), "identity.ssn": id.SSN.String(),
	})
	for i, item := range a.Items {
		at := "items." + strconv.Itoa(i)
		values[at] = present
		values[at+".institution"] = item.Institution
		if item.Status == flow.AccountsKnown {
			values[at+".accounts"] = strconv.Itoa(len(item.Accounts))
		}
		for k, account := range item.Accounts {
			in := at + ".accounts." + strconv.Itoa(k)
			values[in+".name"], values[in+".mask"] = account.Name, account.Mask
			values[in+".type"], values[in+".subtype"] = account.Type, account.Subtype
		}
	}
	return values, masks
}

// windowsOf are the windows of the edit history, as a scenario names them.
var windows = []string{"current", "1d", "30d", "365d", "all_time"}

func (p *Player) expectEdits(d ExpectEdits) *Failure {
	if !p.state.Account.HasHistory {
		return &Failure{Expected: "an edit history", Got: "the session gave none; the walk stands at " + string(p.state.Phase) + because(p.state.EndReason)}
	}
	rows := p.state.Account.History.Rows()
	var wants, gots []string
	for _, field := range slices.Sorted(maps.Keys(d.Counts)) {
		i := slices.IndexFunc(rows, func(r flow.EditRow) bool { return r.Field == field })
		if i < 0 {
			return &Failure{Expected: "an edit history of " + field, Got: "Plaid counts no edits of that"}
		}
		counts, wrong := rows[i].Counts.Windows(), false
		var want, got []string
		for k, window := range windows {
			if n, asked := d.Counts[field][window]; asked {
				wrong = wrong || n != counts[k] || rows[i].Counts.Missing[k]
				want = append(want, window+" "+strconv.Itoa(n))
				got = append(got, window+" "+strconv.Itoa(counts[k]))
			}
		}
		if wrong {
			wants = append(wants, "edits of "+field+": "+strings.Join(want, ", "))
			gots = append(gots, "of "+field+": "+strings.Join(got, ", "))
		}
	}
	switch len(wants) {
	case 0:
		return nil
	case 1:
		_, gots[0], _ = strings.Cut(gots[0], ": ")
	}
	return &Failure{Expected: strings.Join(wants, "; "), Got: strings.Join(gots, "; ")}
}
