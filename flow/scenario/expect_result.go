package scenario

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"layersim/flow"
)

// What /user_account/session/get gave.

// Words for a value that is looked at without being known.
const (
	absent  = "absent"
	present = "present"
)

// compareValues compares values by path, in the order of the paths.
func compareValues(of string, want map[string]string, value func(path string) (string, bool)) *Failure {
	for _, path := range slices.Sorted(maps.Keys(want)) {
		wanted := want[path]
		got, there := value(path)
		switch {
		case wanted == absent && !there, wanted == present && there, there && got == wanted:
			continue
		case !there:
			got = "absent"
		}
		return &Failure{Expected: fmt.Sprintf("%s has %s: %s", of, path, wanted), Got: got}
	}
	return nil
}

func (p *Player) expectResult(d ExpectResult) *Failure {
	if p.state.Account.RequestID == "" && !p.state.Account.HasIdentity {
		return &Failure{Expected: "a session that was read", Got: "the server has read none; the walk stands at " + string(p.state.Phase) + because(p.state.EndReason)}
	}
	values, masks := resultOf(p.state.Account)
	f := compareValues("the session", d.Values, func(path string) (string, bool) {
		v, there := values[path]
		return v, there && v != ""
	})
	if f == nil {
		return nil
	}
	// What is private is compared, and never shown.
	for path, mask := range masks {
		if strings.Contains(f.Expected, " "+path+": ") {
			if f.Got != absent {
				f.Got = mask + ", which is another"
			}
			if want := d.Values[path]; want != absent && want != present {
				f.Expected = "the session has " + path + ": the value in the file"
			}
		}
	}
	return f
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
			return &Failure{Expected: "edits of " + field + ": " + strings.Join(want, ", "), Got: strings.Join(got, ", ")}
		}
	}
	return nil
}
