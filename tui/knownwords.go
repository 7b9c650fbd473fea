package tui

import (
	"cmp"
	"encoding/json"
	"net/url"
	"slices"
	"strings"
	"sync"

	"github.com/charmbracelet/x/ansi"

	"layersim/flow"
	"layersim/flow/journal"
	"layersim/tui/pane"
)

// Every personal value that the walk has come across, in all its attempts, and
// how it is found in a text.

// knownWords are personal values. Each entry of the journal is read once, and a
// text is gone through once, however many values there are.
type knownWords struct {
	// mu is held while a text is gone through: all copies of a Model share what
	// is known, and a copy may be drawn while another goes on.
	mu    sync.Mutex
	read  int // how many entries of the journal
	typed [7]string
	said  map[string]bool // by the walk
	// What follows is made of all of them.
	by     map[string][]string // by their first bytes, the longest first
	starts []bool              // by their first two bytes
}

func newKnownWords() *knownWords { return &knownWords{said: map[string]bool{}} }

// shortestWord is the length from which a value is hidden wherever it stands.
// Shorter ones, as of a state, are part of too many other words' sentences, and
// are masked where they are read.
const shortestWord = 4

// addWords adds whole values to a set.
func addWords(set map[string]bool, values ...string) {
	for _, v := range values {
		v = pane.Clean(strings.TrimSpace(v))
		if len(v) >= shortestWord && strings.ContainsFunc(v, isLetterOrDigit) && !strings.Contains(v, "•") {
			set[v] = true
		}
	}
}

// addNames adds names: of several, each is one.
func addNames(set map[string]bool, names ...string) {
	for _, n := range names {
		addWords(set, append(strings.Fields(n), n)...)
	}
}

func isLetterOrDigit(r rune) bool { return r != '•' && r != '-' && r != ' ' && r != '.' }

// words returns what is known, with what has happened and was typed since.
func (m *Model) words() *knownWords {
	k, truth := m.private.known, m.private.truth
	typed := [7]string{m.phone.value(), m.birth.value(), m.signUp.edit.value(), m.link.edit.value(), m.travel.phone.value(), m.travel.birth.value(), m.opts.Config.ClientUserID}
	if k.by != nil && k.read == truth.Len() && k.typed == typed {
		return k
	}
	k.typed = typed
	for ; k.read < truth.Len(); k.read++ {
		m.addFrom(k.said, truth.At(k.read))
	}
	set := map[string]bool{}
	m.addTyped(set)
	k.index(set)
	return k
}

// addTyped adds what is typed, and what the walk was told before it began.
func (m *Model) addTyped(set map[string]bool) {
	addWords(set, m.opts.Config.ClientUserID, m.walk().Config.ClientUserID)
	for _, f := range []field{m.phone, m.travel.phone} {
		addWords(set, phoneForms(f.value())...)
	}
	for _, f := range []field{m.birth, m.travel.birth} {
		addWords(set, dateForms(f.value())...)
	}
	for _, form := range []form{m.signUp, m.travel.signUp} {
		for _, r := range form.rows {
			addWords(set, r.value)
			if strings.HasPrefix(r.key, "name.") {
				addNames(set, r.value)
			}
		}
	}
	for _, form := range []linkForm{m.link, m.travel.link} {
		for key, v := range form.values {
			addPaneValue(set, key, v)
		}
	}
}

func addPaneValue(set map[string]bool, key, value string) {
	addWords(set, value)
	switch {
	case strings.Contains(key, "name"):
		addNames(set, value)
	case strings.Contains(key, "phone"):
		addWords(set, phoneForms(value)...)
	case strings.Contains(key, "birth"):
		addWords(set, dateForms(value)...)
	}
}

// addFrom adds the values that an entry of the journal brought.
func (m *Model) addFrom(set map[string]bool, entry journal.Entry) {
	switch e := entry.Event.(type) {
	case flow.PhoneNumberEntered:
		m.addPhone(set, e.Phone)
	case flow.DateOfBirthEntered:
		addWords(set, dateForms(e.DateOfBirth.Reveal())...)
	case flow.DoWrong:
		m.addPhone(set, e.Phone)
		addWords(set, dateForms(e.DateOfBirth.Reveal())...)
	case flow.PaneShown:
		for _, f := range e.Pane.Fields {
			addPaneValue(set, f.Key, f.Value.Reveal())
		}
	case flow.LinkActed:
		addWords(set, e.Action.Accounts...)
		for key, v := range e.Action.Values {
			addPaneValue(set, key, v.Reveal())
		}
	case flow.UserAccountFetched:
		addWords(set, valuesOf(e.Account)...)
		addNames(set, e.Account.Identity.FirstName, e.Account.Identity.LastName)
	case flow.AccountsFetched:
		for _, a := range e.Accounts {
			addWords(set, a.AccountID)
		}
	case flow.OnEvent:
		addFromJSON(set, e.Metadata.Raw)
	case flow.OnSuccess:
		addFromJSON(set, e.Metadata.Raw)
	case flow.OnExit:
		addFromJSON(set, e.Metadata.Raw)
	case flow.ExchangeRecorded:
		addFromJSON(set, e.Exchange.RequestBody)
		addFromJSON(set, e.Exchange.ResponseBody)
		if u, err := url.Parse(e.Exchange.URL); err == nil {
			for _, values := range u.Query() {
				addWords(set, values...)
			}
		}
	}
}

// addPhone adds a phone number and what is known of the persona behind it.
func (m *Model) addPhone(set map[string]bool, phone flow.PhoneNumber) {
	addWords(set, phoneForms(phone.Reveal())...)
	if p, ok := m.opts.Catalog.PersonaByPhone(phone); ok {
		addWords(set, valuesOfPersona(p)...)
		addNames(set, p.Profile.FirstName, p.Profile.LastName, p.Owner.FirstName, p.Owner.LastName)
	}
}

// addFromJSON adds the personal texts of JSON: those whose key says so, and the
// ids and names of accounts and their owners. Of other values there, such as
// "checking", our own sentences are full.
func addFromJSON(set map[string]bool, text string) {
	if !strings.Contains(text, "{") {
		return
	}
	var value any
	if json.Unmarshal([]byte(text), &value) == nil {
		addFromValue(set, "", false, value)
	}
}

func addFromValue(set map[string]bool, key string, within bool, value any) {
	switch v := value.(type) {
	case map[string]any:
		_, inner := hiddenMember(key, "")
		for k, member := range v {
			addFromValue(set, k, within || inner, member)
		}
	case []any:
		for _, member := range v {
			addFromValue(set, key, within, member)
		}
	case string:
		_, private := hiddenMember(key, v)
		switch key = strings.ToLower(key); {
		case key == "names" || key == "name" && within || private && strings.HasSuffix(key, "name"):
			addNamesOf(set, key, v)
		case private && key != "mask" || within && (key == "id" || key == "data"):
			addWords(set, v)
		}
	}
}

// addNamesOf adds a name. Of an account's the words are no names.
func addNamesOf(set map[string]bool, key, name string) {
	if addWords(set, name); key != "name" {
		addNames(set, name)
	}
}

// index makes what values are found by.
func (k *knownWords) index(typed map[string]bool) {
	all := make([]string, 0, len(k.said)+len(typed))
	for v := range k.said {
		all = append(all, v)
	}
	for v := range typed {
		if !k.said[v] {
			all = append(all, v)
		}
	}
	slices.SortFunc(all, func(a, b string) int { return cmp.Or(len(b)-len(a), strings.Compare(a, b)) })
	k.by, k.starts = map[string][]string{}, make([]bool, 1<<16)
	for _, v := range all {
		k.by[v[:shortestWord]] = append(k.by[v[:shortestWord]], v)
		k.starts[start(v, 0)] = true
	}
}

func start(s string, i int) int { return int(s[i])<<8 | int(s[i+1]) }

// found is where a value stands in a text.
type found struct{ from, to int }

// find returns where values stand in a text without styles as words of their
// own, in order.
func (k *knownWords) find(plain string) []found {
	var all []found
	for i := 0; i+shortestWord <= len(plain); {
		to := i
		if k.starts[start(plain, i)] {
			for _, v := range k.by[plain[i:i+shortestWord]] {
				end := i + len(v)
				goesOn := isWordByte(plain, i-1) && isWordByte(v, 0) || isWordByte(plain, end) && isWordByte(v, len(v)-1)
				if strings.HasPrefix(plain[i:], v) && !goesOn {
					to = end
					break
				}
			}
		}
		if to == i {
			i++
			continue
		}
		all = append(all, found{i, to})
		i = to
	}
	return all
}

// hide masks every value in a text, also one in which styles begin or end.
func (k *knownWords) hide(text string) string {
	plain := text
	if strings.IndexByte(text, 0x1b) >= 0 {
		var b strings.Builder
		b.Grow(len(text))
		parts(text, func(part string, styling bool) {
			if !styling {
				b.WriteString(part)
			}
		})
		plain = b.String()
	}
	all := k.find(plain)
	if len(all) == 0 {
		return text
	}
	var out strings.Builder
	out.Grow(len(text) + 32*len(all))
	at := 0 // in plain
	parts(text, func(part string, styling bool) {
		if styling {
			out.WriteString(part)
			return
		}
		for part != "" {
			n := len(part)
			switch {
			case len(all) == 0 || at+n <= all[0].from:
				out.WriteString(part)
			case at < all[0].from:
				n = all[0].from - at
				out.WriteString(part[:n])
			default:
				if at == all[0].from {
					out.WriteString(strings.Repeat("•", ansi.StringWidth(plain[at:all[0].to])))
				}
				if n = min(n, all[0].to-at); at+n == all[0].to {
					all = all[1:]
				}
			}
			part, at = part[n:], at+n
		}
	})
	return out.String()
}

// parts goes through a text and its escape sequences.
func parts(text string, each func(part string, styling bool)) {
	for text != "" {
		esc := strings.IndexByte(text, 0x1b)
		if esc < 0 {
			each(text, false)
			return
		}
		if esc > 0 {
			each(text[:esc], false)
		}
		end := endOfSequence(text, esc)
		each(text[esc:end], true)
		text = text[end:]
	}
}

// endOfSequence returns where the escape sequence at i ends: those that we write
// are styles and hyperlinks.
func endOfSequence(s string, i int) int {
	if i+1 >= len(s) {
		return len(s)
	}
	switch s[i+1] {
	case '[':
		for k := i + 2; k < len(s); k++ {
			if s[k] >= 0x40 && s[k] <= 0x7e {
				return k + 1
			}
		}
		return len(s)
	case ']':
		for k := i + 2; k < len(s); k++ {
			switch {
			case s[k] == 0x07:
				return k + 1
			case s[k] == 0x1b && k+1 < len(s) && s[k+1] == '\\':
				return k + 2
			}
		}
		return len(s)
	}
	return i + 2
}

func isWordByte(s string, i int) bool {
	if i < 0 || i >= len(s) {
		return false
	}
	c := s[i]
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
}
