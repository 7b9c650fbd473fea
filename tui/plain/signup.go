package plain

import (
	"slices"
	"strings"

	"layersim/flow"
)

// The app's own sign-up form, which takes over when Layer cannot. What is typed
// here stays here.

type signUp []signUpRow

type signUpRow struct {
	key, label, value string
	private, required bool
}

func (f signUp) value(key string) string {
	i := slices.IndexFunc(f, func(r signUpRow) bool { return r.key == key })
	if i < 0 {
		return ""
	}
	return f[i].value
}

const (
	signUpPhone = "phone_number"
	signUpBirth = "date_of_birth"
	signUpEmail = "email"
)

// offerForm fills the form with what the user gave in this attempt. What the
// same user typed in an earlier attempt is there again.
func (l *loop) offerForm() {
	birth := ""
	if l.state.SubmittedDOB {
		birth = l.state.DateOfBirth.Reveal()
	}
	before := l.form
	l.form = signUp{
		{key: "name.first_name", label: "First name", required: true},
		{key: "name.last_name", label: "Last name", required: true},
		{key: "address.street", label: "Street"},
		{key: "address.city", label: "City"},
		{key: "address.region", label: "State"},
		{key: "address.postal_code", label: "Postal code"},
		{key: signUpEmail, label: "Email", required: true},
		{key: signUpPhone, label: "Phone number", required: true, value: l.state.Phone.Reveal()},
		{key: signUpBirth, label: "Date of birth", required: true, private: true, value: birth},
	}
	if l.form.value(signUpPhone) != before.value(signUpPhone) {
		return
	}
	for i, r := range l.form {
		if r.value == "" {
			l.form[i].value = before.value(r.key)
		}
	}
}

// check says what is wrong with a value of the form, "" if nothing is.
func (l *loop) check(r signUpRow) string {
	value := strings.TrimSpace(r.value)
	if value == "" {
		if r.required {
			return r.label + " is needed."
		}
		return ""
	}
	switch r.key {
	case signUpPhone:
		_, err := flow.ParsePhoneNumber(value)
		return errorText(err)
	case signUpBirth:
		_, err := flow.ParseDateOfBirth(value, l.opts.Now())
		return errorText(err)
	case signUpEmail:
		name, domain, _ := strings.Cut(value, "@")
		if name == "" || !strings.Contains(strings.Trim(domain, "."), ".") || strings.ContainsAny(value, " ,;") {
			return "An email address looks like name@example.com."
		}
	}
	return ""
}

// formPrimary fills the form in as long as something is missing, then sends it.
func (l *loop) formPrimary() primary {
	if l.state.SignedUp {
		return l.again()
	}
	if slices.ContainsFunc(l.form, func(r signUpRow) bool { return l.check(r) != "" }) {
		return primary{"fills in the form", func() { l.askForm(l.form) }}
	}
	return primary{"sends the form", func() { l.take(flow.SignUpSubmitted{At: l.at()}) }}
}

// askForm asks for these values of the form, one after another.
func (l *loop) askForm(rows []signUpRow) {
	a := &asking{keep: l.keepForm, done: func() { l.say("The form is filled in, and not sent yet.") }, also: []string{"/help"}}
	for _, r := range rows {
		a.fields = append(a.fields, question{key: r.key, label: r.label, private: r.private, says: l.accepts(r)})
	}
	a.private = a.fields[0].private
	if len(rows) == 1 {
		a.done = func() {}
	}
	l.asking = a
}

// accepts says what may be typed for a value.
func (l *loop) accepts(r signUpRow) string {
	var words []string
	switch {
	case r.value != "" && (r.private || l.privacy.on):
		words = append(words, "now "+hidden, "Enter keeps it")
	case r.value != "":
		words = append(words, "now "+r.value, "Enter keeps it")
	case r.required:
		words = append(words, "needed")
	default:
		words = append(words, "Enter leaves it empty")
	}
	if r.value != "" && !r.required {
		words = append(words, "a minus sign empties it")
	}
	if r.key == signUpBirth {
		words = append(words, "as 1975-01-18 or 01/18/1975")
	}
	return strings.Join(words, ", ")
}

// keepForm takes a value of the form. An empty line keeps what is there.
func (l *loop) keepForm(key, value string) string {
	i := slices.IndexFunc(l.form, func(r signUpRow) bool { return r.key == key })
	r := l.form[i]
	if value != "" {
		r.value = emptied(value)
	}
	if wrong := l.check(r); wrong != "" {
		return wrong
	}
	l.privacy.add(r.value)
	l.form[i] = r
	return ""
}

// editForm changes one value of the form.
func (l *loop) editForm(name, value string, given bool) {
	labels := make([]string, len(l.form))
	for i, r := range l.form {
		labels[i] = r.label
	}
	i, ok := l.fieldNamed(name, labels, func(i int) string { return l.form[i].key })
	if !ok {
		return
	}
	if !given {
		l.askForm(l.form[i : i+1])
		return
	}
	if wrong := l.keepForm(l.form[i].key, value); wrong != "" {
		l.say("%s Nothing was changed.", wrong)
	}
}

// readForm says the values of the form.
func (l *loop) readForm() {
	for i, r := range l.form {
		value := r.value
		switch {
		case value == "":
			value = "empty"
		case r.private || l.privacy.on:
			value = hidden
		}
		l.say("Field %d, %s: %s", i+1, r.label, sentence(value))
	}
}
