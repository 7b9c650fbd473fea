package pane

import (
	"fmt"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"layersim/flow"
)

// ItemRows returns what the cursor of Items can stand on, in the order drawn: of
// each Item its access token, its accounts, and where the answer with the
// accounts differs from the contract.
func ItemRows(u flow.UserAccount) []Row {
	rows := make([]Row, 0, len(u.Items))
	for i := range u.Items {
		rows = append(rows, itemRows(u.Items, i)...)
	}
	return rows
}

func itemRows(items []flow.Item, i int) []Row {
	it := items[i]
	key := "access_token:" + it.ItemID
	if slices.IndexFunc(items, func(o flow.Item) bool { return o.ItemID == it.ItemID }) != i { // ids should differ, and may not
		key += "#" + strconv.Itoa(i)
	}
	rows := []Row{privateRow(key, "access_token", it.AccessToken)}
	for k, a := range it.Accounts {
		rows = append(rows, plainRow(fmt.Sprintf("account:%d.%d", i, k), "account", a.Name))
	}
	return append(rows, deviationRows("accounts"+strconv.Itoa(i), it.Deviations)...)
}

// Items draws each Item with its accounts and balances. Access tokens are masked
// unless revealed(key); cursor counts ItemRows, and the account under it is
// shown with all that is known of it.
func Items(f Frame, u flow.UserAccount, revealed func(key string) bool, cursor int) string {
	s := f.Styles
	if len(u.Items) == 0 {
		lines := paragraph(s.Strong, "No Items.", f.Width)
		lines = append(lines, paragraph(s.Text, "The user shared an identity and no account, and that is a success: items may always be empty. Never read items[0] without looking. If the app needs an account, ask for one later with Link.", f.Width)...)
		return fill(lines, f.Width, f.Height)
	}
	var lines []string
	at, before := 0, 0
	for i := range u.Items {
		if i > 0 {
			lines = append(lines, pad(f.Width))
		}
		rows := itemRows(u.Items, i)
		more, here := itemLines(f, u.Items[i], rows, revealed, cursor-before)
		if cursor >= before && cursor < before+len(rows) {
			at = len(lines) + here
		}
		lines, before = append(lines, more...), before+len(rows)
	}
	return fill(windowOf(f, lines, at), f.Width, f.Height)
}

// itemLines draws one Item; at is the line on which its row under the cursor
// stands.
func itemLines(f Frame, it flow.Item, rows []Row, revealed func(string) bool, cursor int) (lines []string, at int) {
	s := f.Styles
	bank := Clean(it.Institution)
	if bank == "" {
		bank = "Item"
	}
	label := 14
	if f.Width < 48 { // room for the end of the token, by which it is known
		label = 8
	}
	head := newRow(f.Width).put(s.Title, bank)
	switch n := len(it.Accounts); {
	case it.Status == flow.AccountsKnown && n == 1:
		head.put(s.Dim, "  1 account")
	case it.Status == flow.AccountsKnown:
		head.put(s.Dim, "  "+strconv.Itoa(n)+" accounts")
	}
	lines = []string{head.String(), newRow(f.Width).gap(1).col(s.Dim, "item_id", label).put(s.Text, or(Clean(it.ItemID), "not given")).String()}
	at = len(lines)
	lines = append(lines, tokenLines(f, rows[0], label, revealed != nil && revealed(rows[0].Key), cursor == 0)...)
	switch it.Status {
	case flow.AccountsAsked:
		lines = append(lines, newRow(f.Width).gap(1).put(s.Dim, "○ asking for the accounts …").String())
	case flow.AccountsUnasked:
		lines = append(lines, newRow(f.Width).gap(1).put(s.Warn, "! no access_token, so nobody can ask for its accounts").String())
	case flow.AccountsFailed:
		lines = append(lines, failureLines(f, it.Failure)...)
	default:
		for i, a := range it.Accounts {
			here := cursor == 1+i
			if here {
				at = len(lines)
			}
			lines = append(lines, accountLine(f, a, here))
			if here && f.Focused {
				lines = append(lines, accountDetail(f, a)...)
			}
		}
	}
	first := 1 + len(it.Accounts)
	more, here := deviationLines(f, it.Deviations, rows[first:], revealed, cursor-first)
	if cursor >= first {
		at = len(lines) + here
	}
	return append(lines, more...), at
}

func tokenLines(f Frame, token Row, label int, shown, here bool) []string {
	s, name := f.Styles, token.Label
	if label < 14 {
		name = "token"
	}
	r := newRow(f.Width)
	cursor := " "
	if here && f.Focused {
		cursor = "›"
		r.under(s.Selected)
	}
	r.put(s.Accent, cursor).col(s.Dim, name, label)
	if !shown {
		return []string{r.put(s.Code, or(token.Text(false), "not given")).String()}
	}
	// Whole, or there would be no use in showing it.
	lines := []string{r.put(s.Warn, "! shown").String()}
	for _, l := range chunks(token.Text(true), max(f.Width-1, 1)) {
		lines = append(lines, newRow(f.Width).gap(1).put(s.Code, l).String())
	}
	return lines
}

func failureLines(f Frame, x flow.Failure) []string {
	s := f.Styles
	text := "/accounts/get failed: " + Clean(x.Code) + "."
	if x.Hint != "" {
		text += " " + Clean(x.Hint)
	}
	if x.RequestID != "" {
		text += " request_id " + Clean(x.RequestID)
	}
	var lines []string
	for i, l := range wrap(text, f.Width-3) {
		r := newRow(f.Width).gap(1)
		if i == 0 {
			r.put(s.Bad, "✗ ")
		} else {
			r.gap(2)
		}
		lines = append(lines, r.put(s.Bad, l).String())
	}
	return lines
}

func accountLine(f Frame, a flow.Account, here bool) string {
	s := f.Styles
	balance := "balance not given"
	if a.Current != nil {
		balance = money(*a.Current, currency(a))
		if a.Available != nil && f.Width >= 76 {
			balance = money(*a.Available, currency(a)) + " available  " + balance
		}
	} else if a.Available != nil {
		balance = money(*a.Available, currency(a))
	}
	mask := ""
	if a.Mask != "" {
		mask = " ••" + lastFour(a.Mask)
	}
	kind := Clean(a.Subtype)
	if kind == "" {
		kind = Clean(a.Type)
	}
	r := newRow(f.Width)
	mark := " "
	if here && f.Focused {
		mark = "›"
		r.under(s.Selected)
	}
	r.put(s.Accent, mark).put(s.Good, "• ")
	// The mask tells accounts apart, so the name is cut before it.
	left := f.Width - r.used - width(balance) - 1
	name := clip(or(shortNumbers(Clean(a.Name)), "no name"), left-width(mask))
	r.put(s.Text, name+mask)
	if free := left - width(name+mask); free >= width(kind)+2 {
		r.gap(2).put(s.Dim, kind)
	}
	return r.right(s.Strong, balance, f.Width-r.used).String()
}

// accountDetail says all that is known of an account, and what was not given.
func accountDetail(f Frame, a flow.Account) []string {
	var parts []string
	add := func(label, value string) {
		if value = Clean(value); value != "" {
			parts = append(parts, label+" "+value)
		}
	}
	add("type", a.Type)
	add("subtype", a.Subtype)
	if a.OfficialName != a.Name {
		add("official_name", shortNumbers(a.OfficialName))
	}
	for _, b := range []struct {
		label  string
		amount *float64
	}{{"available", a.Available}, {"current", a.Current}, {"limit", a.Limit}} {
		if b.amount != nil {
			add(b.label, money(*b.amount, currency(a)))
		}
	}
	if currency(a) == "" && (a.Available != nil || a.Current != nil) {
		parts = append(parts, "no currency given")
	}
	if a.Currency != "USD" {
		add("iso_currency_code", a.Currency)
	}
	add("unofficial_currency_code", a.Unofficial)
	add("account_id", a.AccountID)
	for _, how := range []flow.BlankAs{flow.BlankNull, flow.BlankEmpty, flow.BlankOdd} {
		var names []string
		for _, b := range a.Blank {
			if b.How == how && (!strings.HasSuffix(b.Path, "currency_code") || currency(a) == "") {
				names = append(names, strings.TrimPrefix(Clean(b.Path), "balances."))
			}
		}
		if len(names) > 0 {
			parts = append(parts, string(how)+": "+strings.Join(names, ", "))
		}
	}
	var lines []string
	for _, l := range wrap(strings.Join(parts, " · "), f.Width-3) {
		lines = append(lines, newRow(f.Width).gap(3).put(f.Styles.Dim, l).String())
	}
	return lines
}

// currency returns the code of the currency, official or not.
func currency(a flow.Account) string { return or(a.Currency, a.Unofficial) }

// lastFour keeps of a mask what a mask should have: an institution that sends
// more may send a whole number.
func lastFour(mask string) string {
	letters := []rune(Clean(mask))
	return string(letters[max(len(letters)-4, 0):])
}

var longNumber = regexp.MustCompile(`\d{5,}(\d{4})\b`)

// shortNumbers masks long numbers in the name of an account but for their ends.
func shortNumbers(name string) string { return longNumber.ReplaceAllString(name, "•••••$1") }

// money writes an amount as an American statement would: "$1,203.42", or
// "1,203.42 EUR".
func money(amount float64, currency string) string {
	if math.IsNaN(amount) { // one that is kept private
		return "•••••"
	}
	text := strconv.FormatFloat(amount, 'f', 2, 64)
	sign := ""
	if strings.HasPrefix(text, "-") {
		sign, text = "-", text[1:]
	}
	whole, cents, ok := strings.Cut(text, ".")
	if !ok { // not a number, or beyond all
		return Clean(sign + text)
	}
	for i := len(whole) - 3; i > 0; i -= 3 {
		whole = whole[:i] + "," + whole[i:]
	}
	text = whole + "." + cents
	if currency == "USD" {
		return sign + "$" + text
	}
	return strings.TrimSpace(sign + text + " " + Clean(currency))
}
