package main

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// Plaid does not document what its keys look like. In samples, in tools that
// search code for lost secrets and in the Dashboard, a client_id is 24 and a
// secret 30 characters of 0 to 9 and a to f (UNCONFIRMED), so another form is
// said and not refused.
var (
	clientIDForm = regexp.MustCompile(`^[0-9a-f]{24}$`)
	secretForm   = regexp.MustCompile(`^[0-9a-f]{30}$`)
	// Plaid OpenAPI: SessionTokenCreateRequest has "template_4uinBNe4B2x9" as its
	// only example; the form is UNCONFIRMED as well.
	templateForm = regexp.MustCompile(`^template_[0-9A-Za-z]+$`)
)

var (
	// copiedAlong is what sample files have in place of a value.
	copiedAlong = regexp.MustCompile(`(?i)^(?:your\b.*|your[-_ ].*|.*[-_ ]your[-_ ].*|<.*>|\[.*\]|\{.*\}|\$.*|%.*%|x+|\.+|…|\*+|-+|_+|0+|todo|tbd|none|null|undefined|change[-_ ]?me|replace[-_ ].*|insert[-_ ].*|placeholder|(?:my|plaid|layer|sandbox|the)?[-_ ]?(?:plaid[-_ ])?(?:sandbox[-_ ])?(?:client[-_ ]?id|secret(?:[-_ ]key)?|template[-_ ]?id)(?:[-_ ](?:here|sandbox))?)$`)
	plaidToken  = regexp.MustCompile(`^(?:link|public|profile|access|asset-report|processor)-(?:sandbox|development|production)-`)
)

// problems says, in sentences, why a live walk cannot begin with these
// credentials. None quotes a value.
func (c credentials) problems() []string {
	var missing, wrong []string
	for _, s := range c.needed() {
		switch why := s.unusable(); {
		case !s.isSet():
			missing = append(missing, s.name)
		case why != "":
			wrong = append(wrong, fmt.Sprintf("%s %s.", s.where(), why))
		}
	}
	wrong = append(wrong, c.contradictions()...)
	if len(missing) > 0 {
		wrong = slices.Insert(wrong, 0, inList(missing)+" "+isAre(len(missing))+" not set.")
	}
	return wrong
}

// contradictions says which values cannot all be right.
func (c credentials) contradictions() []string {
	var wrong []string
	same := func(a, b setting) {
		if (clientIDForm.MatchString(a.value) || secretForm.MatchString(a.value)) && a.value == b.value {
			wrong = append(wrong, fmt.Sprintf("%s and %s are the same, and they never are: one of them was copied to the place of the other.", a.name, b.name))
		}
	}
	same(c.clientID, c.secret)
	same(c.clientID, c.template)
	same(c.secret, c.template)
	for _, p := range c.production {
		if c.secret.isSet() && p.value == c.secret.value {
			wrong = append(wrong, fmt.Sprintf("The secret is the one of Production: %s is the same. Sandbox has a secret of its own.", p.where()))
		}
	}
	return wrong
}

// needed are the settings that a live walk cannot do without.
func (c credentials) needed() []setting { return []setting{c.clientID, c.secret, c.template} }

// unusable says why a value cannot be what its name says, "" if it can.
func (s setting) unusable() string {
	switch {
	case !s.isSet():
		return ""
	case copiedAlong.MatchString(s.value):
		return "still has the words of a sample file in place of a value"
	case plaidToken.MatchString(s.value):
		return "is a token of Plaid's, not a key: tokens come from calls, keys from the Dashboard"
	case strings.ContainsFunc(s.value, isBlank):
		return "has a blank or an invisible character in the middle: copy it again"
	case strings.ContainsFunc(s.value, func(r rune) bool { return r > '~' }):
		return "has a character that no key has: copy it again"
	}
	return ""
}

// remarks says what is strange without being wrong for certain.
func (c credentials) remarks() []string {
	var all []string
	for _, s := range c.needed() {
		all = append(all, s.odd...)
		if why := c.form(s); why != "" {
			all = append(all, why)
		}
	}
	if e := c.env; e.isSet() && !strings.EqualFold(e.value, sandboxEnv) {
		all = append(all, fmt.Sprintf("%s names another environment than Sandbox. It is not used: the only one that layersim speaks to is Sandbox.", e.where()))
	}
	return all
}

// form says what about a value is not as it usually is.
func (c credentials) form(s setting) string {
	const unsure = " Plaid does not document the form, so it is tried as it is."
	switch {
	case !s.isSet(), s.unusable() != "", c.elsewhere:
		return ""
	case s.name == nameClientID && secretForm.MatchString(s.value) && clientIDForm.MatchString(c.secret.value):
		return s.where() + " looks like a secret, and the secret like a client_id: exchange them." + unsure
	case s.name == nameClientID && secretForm.MatchString(s.value):
		return s.where() + " looks like a secret: 30 characters, and a client_id has 24." + unsure
	case s.name == nameClientID && !clientIDForm.MatchString(s.value):
		return fmt.Sprintf("%s has %d characters; a client_id usually has 24, each 0 to 9 or a to f.", s.where(), len(s.value)) + unsure
	case s.name == nameSecret && clientIDForm.MatchString(s.value):
		return s.where() + " looks like a client_id: 24 characters, and a secret has 30." + unsure
	case s.name == nameSecret && !secretForm.MatchString(s.value):
		return fmt.Sprintf("%s has %d characters; a secret usually has 30, each 0 to 9 or a to f.", s.where(), len(s.value)) + unsure
	case s.name == nameTemplate && !templateForm.MatchString(s.value):
		return s.where() + " does not begin with template_, as the ids of templates in Plaid's samples do." + unsure
	}
	return ""
}

// refuseProduction says no where Plaid's Production is asked for.
func (c credentials) refuseProduction() error {
	if namesProduction(c.env.value) {
		return productionRefused(c.env.where() + " asks for Production, which")
	}
	return nil
}

func namesProduction(env string) bool {
	env, _ = bare(env)
	env = strings.ToLower(env)
	return env == "prod" || strings.Contains(env, "production")
}

// productionRefused is the refusal of Production; subject begins its sentence.
func productionRefused(subject string) error {
	return usagef("%s is refused: this tool shows and records what it receives, and must never see real people's data. Write sandbox in its place, or leave it out.", subject)
}

// whereToPutThem is the remedy for credentials that are missing or wrong.
const whereToPutThem = "Set them in the environment, or in a file .env in this folder, a line each: PLAID_CLIENT_ID=…, PLAID_SECRET=…, LAYER_TEMPLATE_ID=…. " +
	"client_id and the Sandbox secret are under Developers, Keys in Plaid's Dashboard, the template's id is in the list of Layer templates there. 'layersim doctor' checks them. Without --env the walk is simulated and needs none."

// check returns an error that says all that is wrong, with exit code 4.
func (c credentials) check() error {
	if problems := c.problems(); len(problems) > 0 {
		return accessf("--env sandbox needs the keys of your Plaid account. %s\n%s", strings.Join(problems, "\n"), whereToPutThem)
	}
	return nil
}

func inList(names []string) string {
	if len(names) < 2 {
		return strings.Join(names, "")
	}
	return strings.Join(names[:len(names)-1], ", ") + " and " + names[len(names)-1]
}

func isAre(n int) string {
	if n == 1 {
		return "is"
	}
	return "are"
}
