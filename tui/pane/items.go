package pane

import (
	"math"
	"strconv"
	"strings"

	"layersim/flow"
)

// ItemRows returns the access tokens of the Items in the order drawn, for
// whoever moves the cursor of Items.
func ItemRows(u flow.UserAccount) []Row {
	rows := make([]Row, 0, len(u.Items))
	for _, it := range u.Items {
		rows = append(rows, privateRow("access_token:"+it.ItemID, "access_token", it.AccessToken))
	}
	return rows
}

// Items draws each Item with its accounts and balances. Access tokens are
// masked unless revealed(key), see ItemRows; cursor counts Items.
func Items(f Frame, u flow.UserAccount, revealed func(key string) bool, cursor int) string {
	s := f.Styles
	if len(u.Items) == 0 {
		lines := paragraph(s.Strong, "No Items.", f.Width)
		lines = append(lines, paragraph(s.Text, "The user shared an identity and no account, and that is a success: items may always be empty. Never read items[0] without looking. If the app needs an account, ask for one later with Link.", f.Width)...)
		return fill(lines, f.Width, f.Height)
	}
	rows := ItemRows(u)
	var lines []string
	at := 0
	for i, it := range u.Items {
		if i > 0 {
			lines = append(lines, pad(f.Width))
		}
		here := i == cursor
		if here {
			at = len(lines) + 2
		}
		shown := revealed != nil && revealed(rows[i].Key)
		lines = append(lines, itemLines(f, it, rows[i], shown, here)...)
	}
	return fill(window(lines, at, f.Height), f.Width, f.Height)
}

func itemLines(f Frame, it flow.Item, token Row, shown, here bool) []string {
	s := f.Styles
	bank := Clean(it.Institution)
	if bank == "" {
		bank = "Item"
	}
	name, label := token.Label, 14
	if f.Width < 48 { // room for the end of the token, by which it is known
		name, label = "token", 8
	}
	head := newRow(f.Width).put(s.Title, bank)
	switch n := len(it.Accounts); {
	case it.Status == flow.AccountsKnown && n == 1:
		head.put(s.Dim, "  1 account")
	case it.Status == flow.AccountsKnown:
		head.put(s.Dim, "  "+strconv.Itoa(n)+" accounts")
	}
	lines := []string{head.String(), newRow(f.Width).gap(1).col(s.Dim, "item_id", label).put(s.Text, Clean(it.ItemID)).String()}

	r := newRow(f.Width)
	cursor := " "
	if here && f.Focused {
		cursor = "›"
		r.under(s.Selected)
	}
	r.put(s.Accent, cursor).col(s.Dim, name, label)
	if shown { // whole, or there would be no use in showing it
		r.put(s.Warn, "! shown")
		lines = append(lines, r.String())
		for _, l := range chunks(token.Text(true), max(f.Width-1, 1)) {
			lines = append(lines, newRow(f.Width).gap(1).put(s.Code, l).String())
		}
	} else {
		lines = append(lines, r.put(s.Code, token.Text(false)).String())
	}

	switch it.Status {
	case flow.AccountsAsked:
		lines = append(lines, newRow(f.Width).gap(1).put(s.Dim, "○ asking for the accounts …").String())
	case flow.AccountsFailed:
		lines = append(lines, failureLines(f, it.Failure)...)
	default:
		for _, a := range it.Accounts {
			lines = append(lines, accountLine(f, a))
		}
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

func accountLine(f Frame, a flow.Account) string {
	s := f.Styles
	balance := "balance not given"
	if a.Current != nil {
		balance = money(*a.Current, a.Currency)
		if a.Available != nil && f.Width >= 76 {
			balance = money(*a.Available, a.Currency) + " available  " + balance
		}
	} else if a.Available != nil {
		balance = money(*a.Available, a.Currency)
	}
	mask := ""
	if a.Mask != "" {
		mask = " ••" + Clean(a.Mask)
	}
	kind := Clean(a.Subtype)
	if kind == "" {
		kind = Clean(a.Type)
	}
	r := newRow(f.Width).gap(1).put(s.Good, "• ")
	// The mask tells accounts apart, so the name is cut before it.
	left := f.Width - r.used - width(balance) - 1
	name := clip(Clean(a.Name), left-width(mask))
	r.put(s.Text, name+mask)
	if free := left - width(name+mask); free >= width(kind)+2 {
		r.gap(2).put(s.Dim, kind)
	}
	return r.right(s.Strong, balance, f.Width-r.used).String()
}

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
