package export

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"layersim/flow"
	"layersim/flow/lint"
)

// calls shows every exchange with Plaid's API, masked as it was recorded.
func (d *transcript) calls() {
	n := 0
	for _, e := range d.Entries {
		recorded, ok := e.Event.(flow.ExchangeRecorded)
		if !ok {
			continue
		}
		x := recorded.Exchange
		if n++; n == 1 {
			d.paragraph("## API calls")
		}
		d.paragraph("### Call %d", n)
		answer := "no answer came"
		if x.Status != 0 {
			answer = "answered with **" + strings.TrimSpace(strconv.Itoa(x.Status)+" "+http.StatusText(x.Status)) + "**"
		}
		if took := flow.Took(x.Duration); took != "" {
			answer += " after " + took
		}
		if x.Error != "" {
			answer += ": " + prose(x.Error)
		}
		d.paragraph("At %s %s %s, %s.", clock(e.At), code(x.Method), code(x.URL), strings.TrimSuffix(answer, "."))
		d.paragraph("%s", fenced("http", message(x.Method+" "+x.URL, x.RequestHeaders, x.RequestBody)))
		if x.Status != 0 {
			d.paragraph("%s", fenced("http", message("HTTP/1.1 "+strconv.Itoa(x.Status)+" "+http.StatusText(x.Status), x.ResponseHeaders, x.ResponseBody)))
		}
	}
}

// message is a request or an answer as it would stand on the wire, its body
// indented.
func message(first string, headers []flow.Header, body string) string {
	var b strings.Builder
	oneLine := func(s string) { b.WriteString(flow.CleanLine(s, 0) + "\n") }
	oneLine(first)
	for _, h := range headers {
		oneLine(h.Name + ": " + h.Value)
	}
	if body != "" {
		b.WriteString("\n" + prettyBody(body))
	}
	return b.String()
}

func prettyBody(body string) string {
	var b bytes.Buffer
	if json.Indent(&b, []byte(body), "", "  ") != nil {
		return body
	}
	return b.String()
}

func (d *transcript) webhooks() {
	var rows [][]string
	var bodies []string
	for _, e := range d.Entries {
		w, ok := e.Event.(flow.WebhookReceived)
		if !ok {
			continue
		}
		verdict := "verified"
		switch {
		case w.Unchecked:
			verdict = "could not be checked"
		case !w.Verified:
			verdict = "**not verified**"
		case w.Delivery > 1:
			verdict = fmt.Sprintf("verified, delivery %d of the same", w.Delivery)
		}
		rows = append(rows, []string{clock(e.At), cell(w.Code), cell(w.Status), joined(verdict, cellProse(w.Reason)), cell(w.LinkSessionID)})
		if w.Raw != "" {
			bodies = append(bodies, fenced("json", prettyBody(w.Raw)))
		}
	}
	if len(rows) == 0 {
		return
	}
	d.paragraph("## Webhooks")
	table(&d.b, []string{"Received", "Code", "Status", "Plaid-Verification", "Link session"}, rows)
	for _, body := range bodies {
		d.paragraph("%s", body)
	}
}

func cellProse(s string) string { return prose(barless(s)) }

// result is what the last session gave.
// result writes what Plaid gave, of each attempt that came so far: the walk may
// have gone on afterwards.
func (d *transcript) result() {
	for _, s := range d.results() {
		if d.end.Attempt == 1 {
			d.paragraph("## Result")
		} else {
			d.paragraph("## Result of attempt %d", s.Attempt)
		}
		d.account(s.Account)
	}
}

func (d *transcript) account(a flow.UserAccount) {
	if a.HasIdentity {
		d.paragraph("### Identity")
		d.paragraph("The user could edit all of it in Link, so nothing but the phone number is verified.")
		table(&d.b, []string{"Field", "Value"}, identityRows(a.Identity))
	} else {
		d.paragraph("Plaid gave no identity.")
	}
	d.edits(a)
	d.items(a)
}

func identityRows(id flow.Identity) [][]string {
	var rows [][]string
	for _, f := range []struct{ name, value string }{
		{"First name", id.FirstName}, {"Last name", id.LastName}, {"Street", id.Address.Street}, {"Street 2", id.Address.Street2},
		{"City", id.Address.City}, {"Region", id.Address.Region}, {"Postal code", id.Address.PostalCode}, {"Country", id.Address.Country},
		{"Phone", id.PhoneNumber.String()}, {"Email", id.Email}, {"Date of birth", id.DateOfBirth.String()}, {"SSN", id.SSN.String()},
		{"SSN, last 4", masked(id.SSNLast4 + id.SSNLast4Guide)},
	} {
		if f.value != "" {
			rows = append(rows, []string{f.name, cell(f.value)})
		}
	}
	return rows
}

// masked hides a private text that has no type of its own.
func masked(s string) string {
	if s == "" {
		return ""
	}
	return "••••"
}

func (d *transcript) edits(a flow.UserAccount) {
	d.paragraph("### Edit history")
	if !a.HasHistory {
		d.paragraph("Plaid gave no edit history.")
		return
	}
	d.paragraph("How often each field was edited: in this session, and back from now. Each window counts the shorter ones too.")
	var rows [][]string
	for _, r := range a.History.Rows() {
		row := []string{r.Label}
		for i, n := range r.Counts.Windows() {
			if r.Counts.Missing[i] {
				row = append(row, "–")
				continue
			}
			row = append(row, strconv.Itoa(n))
		}
		rows = append(rows, row)
	}
	table(&d.b, []string{"Field", "This session", "1 day", "30 days", "365 days", "All time"}, rows)
}

func (d *transcript) items(a flow.UserAccount) {
	d.paragraph("### Items")
	if len(a.Items) == 0 {
		d.paragraph("The user shared no account.")
		return
	}
	for _, item := range a.Items {
		d.paragraph("%s", joined("**Institution**", code(item.Institution), "Item", code(item.ItemID), "access token", code(item.AccessToken.String())))
		if !item.Failure.IsZero() {
			d.paragraph("Its accounts could not be fetched: %s %s", code(item.Failure.Code), prose(item.Failure.Message))
		}
		var rows [][]string
		for _, account := range item.Accounts {
			kind := strings.Trim(account.Type+" "+account.Subtype, " ")
			rows = append(rows, []string{cell(account.Name), cell(account.Mask), cell(kind), amount(account.Available, account), amount(account.Current, account)})
		}
		if len(rows) > 0 {
			table(&d.b, []string{"Account", "Mask", "Type", "Available", "Current"}, rows)
		}
	}
}

// amount writes an amount of money with its currency.
func amount(value *float64, a flow.Account) string {
	if value == nil {
		return "–"
	}
	s := strconv.FormatFloat(*value, 'f', 2, 64)
	if *value != *value { // kept private
		s = "••••"
	}
	return cell(s + " " + a.Currency + a.Unofficial)
}

// mistakes lists what the linter finds.
func (d *transcript) mistakes() {
	findings := d.findings()
	if len(d.Entries) == 0 {
		return
	}
	d.paragraph("## Findings")
	if len(findings) == 0 {
		d.paragraph("No mistake of an integration is in this walk.")
		return
	}
	for _, f := range findings {
		sign := "wrong"
		if f.Severity == lint.Risky {
			sign = "risky"
		}
		d.line("- **%s**, at %s (entry %d, rule %s): %s", prose(f.Title), clock(f.At), f.Seq, code(f.Rule), sign)
		d.line("  - What happened: %s", prose(f.What))
		d.line("  - Why it matters: %s", prose(f.Why))
		d.line("  - Instead: %s", prose(f.Fix))
	}
	d.line("")
}
