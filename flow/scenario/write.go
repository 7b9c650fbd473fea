package scenario

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"layersim/fixtures/document"
	"layersim/flow"
)

// YAML returns the file of a scenario: Read gives the same scenario again, but
// for the lines of its steps. What a file need not say is left out.
func (sc Scenario) YAML() []byte {
	var w writer
	w.field("scenario", sc.Name)
	w.field("title", sc.Title)
	w.field("group", sc.Group)
	w.field("about", sc.About)
	w.field("persona", sc.Persona)
	w.field("template", unless(sc.Template, defaultTemplate))
	w.field("platform", unless(sc.Platform, defaultPlatform))
	w.field("sdk_version", sc.SDKVersion)
	if sc.Seed != defaultSeed {
		w.line("seed: " + strconv.FormatUint(sc.Seed, 10))
	}
	if !sc.Clock.Equal(defaultClock) && !sc.Clock.IsZero() {
		w.line("clock: " + sc.Clock.UTC().Format(time.RFC3339Nano))
	}
	w.field("delivery", unless(sc.Delivery, defaultDelivery))
	if sc.Strict {
		w.line("strict: true")
	}
	if len(sc.NotEnabled) > 0 {
		w.line("not_enabled: " + value{list: sc.NotEnabled}.flow())
	}
	if sc.Minutes > 0 {
		w.line("minutes: " + strconv.Itoa(sc.Minutes))
	}
	if len(sc.Faults) > 0 {
		w.line("faults:")
		for _, f := range sc.Faults {
			v, _ := fault.write(f)
			w.line("  - " + v.flow())
		}
	}
	w.line("steps:")
	for _, s := range sc.Steps {
		w.step(s)
	}
	return []byte(w.b.String())
}

// Commented returns a file with remarks in front of its steps, as comments.
func Commented(file []byte, remarks []string) []byte {
	if len(remarks) == 0 {
		return file
	}
	var b strings.Builder
	for _, r := range remarks {
		for _, line := range wrap(strings.Map(visible, r), widest-4) {
			b.WriteString("# " + line + "\n")
		}
	}
	head, steps, _ := strings.Cut(string(file), "\nsteps:\n")
	return []byte(head + "\n" + b.String() + "steps:\n" + steps)
}

func visible(r rune) rune {
	if document.IsControl(r) {
		return ' '
	}
	return r
}

// String is what a step does, as a file says it, on one line. Private values are
// left out.
func (s Step) String() string { return Says(s.Do) }

// Says is what a deed does, as a file says it, on one line: "expect phase: ready".
// Private values, such as a code that is typed, are left out.
func Says(d Deed) string {
	switch d.(type) {
	case nil:
		return ""
	case SubmitPhone, SubmitDateOfBirth, EnterCode, EditField, SignIn, Call:
		return saysMasked(d)
	}
	word, v, some := wordAndValue(d)
	if !some {
		return word
	}
	return flow.RedactStrictly(word + ": " + v.flow()) // what is expected may be private, too
}

func saysMasked(d Deed) string {
	word, v, some := wordAndValue(d)
	if !some {
		return word
	}
	switch d := d.(type) {
	case SubmitPhone:
		v = value{text: d.Number.String()}
	case SubmitDateOfBirth:
		v = value{text: maskedUnless(v.text, d.Date.String())}
	case EnterCode:
		v = value{text: maskedUnless(v.text, d.Code.String())}
	case Call:
		v = value{text: d.Path}
	default: // the names of what is typed, not the values
		names := value{list: []string{}}
		for _, p := range v.group {
			names.list = append(names.list, p.name)
		}
		v = names
	}
	return word + ": " + v.flow()
}

// maskedUnless is the mask, but for the word wrong.
func maskedUnless(text, mask string) string {
	if text == wrong {
		return text
	}
	return mask
}

func wordAndValue(d Deed) (word string, v value, some bool) {
	for _, verb := range verbs {
		if v, some, ok := verb.write(d); ok {
			return verb.word, v, some
		}
	}
	return fmt.Sprintf("%T", d), value{}, false
}

// widest is how wide a line gets, where that can be helped.
const widest = 100

// writer writes a file line by line.
type writer struct{ b strings.Builder }

func (w *writer) line(s string) { w.b.WriteString(s + "\n") }

func (w *writer) field(name, text string) {
	if text != "" {
		w.prose("", name, text)
	}
}

// prose writes a text that may have several lines. rest is what stands before
// its name, and how deep it is.
func (w *writer) prose(before, name, text string) {
	indent := strings.Repeat(" ", len(before)) + "  "
	if lines, ok := block(text); ok {
		w.line(before + name + ": |")
		for _, l := range lines {
			w.line(strings.TrimRight(indent+l, " "))
		}
		return
	}
	w.line(before + name + ": " + quoted(text, false))
}

// block returns the lines of a text that can be written as they are.
func block(text string) ([]string, bool) {
	if !strings.Contains(text, "\n") || strings.HasPrefix(text, "\n") || strings.HasSuffix(text, "\n") {
		return nil, false
	}
	lines := strings.Split(text, "\n")
	for _, l := range lines {
		if l == "" || strings.TrimSpace(l) != l || strings.ContainsAny(l, "\t\r") || !printable(l) {
			return nil, false
		}
	}
	return lines, true
}

func (w *writer) step(s Step) {
	word, v, some := wordAndValue(s.Do)
	before := "  - "
	extra := func(name, text string) {
		if text != "" {
			w.prose(before, name, text)
			before = "    "
		}
	}
	extra(keyBeat, s.Beat)
	extra(keyNotes, s.Notes)
	if s.Ask != (Question{}) {
		w.line(before + keyAsk + ":")
		before = "    "
		w.prose("      ", "question", s.Ask.Question)
		w.prose("      ", "answer", s.Ask.Answer)
	}
	switch {
	case some:
		w.value(before, word, v)
	case before == "  - ":
		w.line(before + word)
	default:
		w.line(before + word + ":")
	}
}

// value writes what a step does: on one line if there is room, else a line for
// each field or entry.
func (w *writer) value(before, word string, v value) {
	line := before + word + ": " + v.flow()
	if len(line) <= widest || v.isText() {
		w.line(line)
		return
	}
	w.line(before + word + ":")
	indent := strings.Repeat(" ", len(before)) + "  "
	for _, entry := range v.list {
		w.line(indent + "- " + quoted(entry, false))
	}
	for _, p := range v.group {
		w.value(indent, key(p.name), p.of)
	}
}

// flow writes a value on one line.
func (v value) flow() string {
	switch {
	case v.list != nil:
		entries := make([]string, len(v.list))
		for i, e := range v.list {
			entries[i] = quoted(e, true)
		}
		return "[" + strings.Join(entries, ", ") + "]"
	case v.group != nil:
		fields := make([]string, len(v.group))
		for i, p := range v.group {
			fields[i] = key(p.name) + ": " + p.of.flow()
		}
		return "{" + strings.Join(fields, ", ") + "}"
	case v.plain:
		return v.text
	}
	return quoted(v.text, true)
}

// key is the name of a field. Those of this language need no quotes.
func key(name string) string {
	if name == "on" || slices.Contains(editWindows, name) {
		return name
	}
	return quoted(name, true)
}

// quoted writes a text, in quotes unless it is clear without.
func quoted(text string, inFlow bool) string {
	if isPlain(text, inFlow) {
		return text
	}
	if strings.Contains(text, `"`) && !strings.Contains(text, "'") && !strings.Contains(text, "\n") && printable(text) {
		return "'" + text + "'"
	}
	var b strings.Builder
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	_ = encoder.Encode(text) // a text has a form in JSON, and that is a form in YAML
	return strings.TrimSuffix(b.String(), "\n")
}

const smallest = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"

// isPlain reports whether YAML reads a text as it stands: it begins with a letter,
// a slash or a digit, and nothing in it means anything.
func isPlain(text string, inFlow bool) bool {
	switch strings.ToLower(text) {
	case "", "null", "true", "false", "yes", "no", "on", "off", "y", "n":
		return false
	}
	if !strings.Contains(smallest+"/", text[:1]) {
		return isDigits(text)
	}
	if strings.TrimSpace(text) != text || strings.Contains(text, ": ") || strings.HasSuffix(text, ":") || strings.Contains(text, " #") ||
		strings.ContainsAny(text, "\t\r\n") || !printable(text) {
		return false
	}
	return !inFlow || !strings.ContainsAny(text, ",[]{}:?")
}

// isDigits reports whether a text is a number that keeps its spelling, such as a
// code, a date or a version.
func isDigits(text string) bool {
	return strings.Trim(text, "0123456789") == "" || len(text) < 12 && strings.Trim(text, "0123456789.-") == "" && strings.Count(text, ".")+strings.Count(text, "-") == 2 &&
		!strings.HasPrefix(text, "-")
}

func printable(text string) bool {
	for _, r := range text {
		if r < ' ' || r > '~' && document.IsControl(r) || r == '\u0085' || r == '\u2028' || r == '\u2029' || r == '\ufeff' {
			return false
		}
	}
	return true
}

// wrap breaks a text into lines of that width.
func wrap(text string, width int) []string {
	var lines []string
	line := ""
	for _, word := range strings.Fields(text) {
		if line != "" && len(line)+1+len(word) > width {
			lines = append(lines, line)
			line = ""
		}
		if line != "" {
			line += " "
		}
		line += word
	}
	return append(lines, line)
}

func unless(text, otherwise string) string {
	if text == otherwise {
		return ""
	}
	return text
}
