package main

import (
	"crypto/rand"
	"strings"

	"layersim/flow"
)

// isLive reports whether the walk is to run against Plaid's Sandbox. Only the
// flag or its LAYERSIM_ENV says so: a PLAID_ENV, which many have in .env for
// their own app, never makes a simulated walk a real one.
func (s settings) isLive() (bool, error) {
	switch env := strings.ToLower(strings.TrimSpace(s.env)); {
	case env == "", env == "simulated":
		return false, nil
	case env == sandboxEnv:
		return true, nil
	case namesProduction(env):
		return false, productionRefused(s.spelled("env production"))
	case env == "development":
		return false, usagef("%s: Plaid has closed that environment; write --env sandbox, or leave it out for the simulated walk", s.spelled("env development"))
	}
	return false, usagef("%s: write --env sandbox for Plaid's real Sandbox, or leave it out for the simulated walk", s.spelled("env "+flow.CleanLine(s.env, 40)))
}

// goLive makes a plan one against Plaid's Sandbox.
func (s settings) goLive(p *plan) error {
	place, err := findPlace(s.environ)
	if err != nil {
		return err
	}
	file, err := loadDotenv()
	if err != nil {
		return err
	}
	c := readCredentials(s.environ, file)
	c.elsewhere = place.baseURL != sandboxURL
	if err := c.refuseProduction(); err != nil {
		return err
	}
	if s.template != "" {
		c.template = s.templateFlag()
	}
	if err := c.check(); err != nil {
		return err
	}
	p.surface = flow.InBrowser
	p.template = ""
	p.config.TemplateID = c.template.value
	p.config.ClientUserID = newClientUserID()
	p.config.InPage = true
	p.remote = &remote{
		clientID: c.clientID.value, secret: c.secret.value, baseURL: place.baseURL, scriptURL: place.scriptURL,
		transport: place.transport, elsewhere: place.elsewhere, remarks: c.remarks(),
	}
	return nil
}

// templateFlag is --template as a setting of a live walk.
func (s settings) templateFlag() setting {
	return setting{name: nameTemplate, found: variableOf("template"), value: s.template, from: s.originOf("template")}
}

// newClientUserID names the user of one walk to Plaid. Plaid wants an id that
// is the same for one user and holds nothing personal (Plaid docs:
// client_user_id); whoever walks is a new user each time the program starts.
func newClientUserID() string { return "layersim-" + strings.ToLower(rand.Text()[:16]) }

// refuseSimulated says no to settings that only the simulator understands:
// live, they would do nothing, and nobody would know.
func (s settings) refuseSimulated(surface flow.Surface) error {
	refused := func(flag, why string) error {
		return usagef("%s is for the simulated walk: %s. Leave it out, or leave out --env sandbox", s.spelled(flag), why)
	}
	switch {
	case s.origins["seed"] != "":
		return refused("seed", "Plaid chooses its ids and tokens itself")
	case s.strict:
		return refused("strict", "what Plaid's Sandbox forgives is for Plaid to say")
	case s.fixtures != "":
		return refused("fixtures", "Plaid's Sandbox has users and templates of its own; yours are in the Dashboard")
	case surface == flow.InTerminal:
		return refused("link terminal", "real Link exists only in a browser")
	case s.sdkVersion != "":
		return refused("sdk-version", "real Link is loaded by the page, always in the newest version")
	case s.platform != "" && s.platform != "web" && s.platform != "react":
		return refused("platform "+s.platform, "real Link runs in the page, as web and react have it")
	case s.getenv("LAYERSIM_FAIL") != "":
		return usagef("LAYERSIM_FAIL is for the simulated walk: real calls fail by themselves. Unset it, or leave out --env sandbox")
	case s.template != "" && !templateForm.MatchString(s.template):
		return usagef("%s: live, a template is named by its id in Plaid's Dashboard, such as template_4uinBNe4B2x9; or leave it out and set %s", s.spelled("template"), nameTemplate)
	}
	return nil
}

// spelled is a flag as it was given: the flag or its variable.
func (s settings) spelled(flag string) string {
	name, value, _ := strings.Cut(flag, " ")
	if s.originOf(name) == fromEnvironment {
		return strings.TrimSuffix(variableOf(name)+"="+value, "=")
	}
	return "--" + flag
}
