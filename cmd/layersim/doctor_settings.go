package main

import (
	"context"
	"fmt"
	"maps"
	"strconv"
	"strings"

	"layersim/flow"
)

// subject is what the settings come to.
type subject struct {
	live  bool // there is something to ask Plaid
	keys  credentials
	place place
}

// lookAtSettings shows every setting of a live walk and where it comes from.
func (d doctor) lookAtSettings(ctx context.Context) subject {
	r := d.report
	r.section("Settings")
	wanted, err := d.settings.isLive()
	if err != nil {
		r.add(finding{Name: "environment", Verdict: failed, Says: err.Error(), code: exitUsage})
		return subject{}
	}
	file, err := loadDotenv()
	s := subject{keys: readCredentials(d.settings.environ, file)}
	if t := d.settings.template; t != "" && (wanted || templateForm.MatchString(t)) {
		s.keys.template = d.settings.templateFlag()
	}
	s.live = wanted || s.keys.any()
	if err != nil {
		f := finding{Name: dotenvName, Verdict: failed, Says: err.Error() + ".", Remedy: "Mend that line, or move the file away and set the keys in the environment.", code: exitUsage}
		if !s.live {
			f.Verdict = look
		}
		r.add(f)
	}
	var wrongPlace error
	s.place, wrongPlace = findPlace(d.settings.environ)
	s.keys.elsewhere = s.place.baseURL != sandboxURL
	d.showEnvironment(s, wanted)
	if s.live {
		for _, key := range s.keys.needed() {
			r.add(s.keys.look(key))
		}
		for _, why := range s.keys.contradictions() {
			r.add(finding{Name: "keys", Verdict: failed, Says: why, Remedy: "Copy each again from its place in Plaid's Dashboard.", code: exitAccess})
		}
	}
	if s.live {
		d.showSimulatedOnly()
	}
	d.showPlace(s, wrongPlace)
	d.showWebhooks(ctx, s)
	return s
}

func (d doctor) showEnvironment(s subject, wanted bool) {
	f := finding{Name: "environment", Verdict: fine, Says: "simulated"}
	switch env := s.keys.env; {
	case namesProduction(env.value) && (s.live || env.from == fromEnvironment):
		f.Verdict, f.code = failed, exitUsage
		f.Says = env.where() + " asks for Production. It is refused: this tool shows and records what it receives, and must never see real people's data."
		f.Remedy = "Unset PLAID_ENV, or set it to sandbox."
	case env.isSet() && !strings.EqualFold(env.value, sandboxEnv) && s.live:
		f.Verdict = look
		f.Says = env.where() + " names another environment than Sandbox."
		f.Remedy = "layersim speaks to Sandbox only, so it is not used. See that the keys are Sandbox's."
	case wanted:
		f.Says, f.Origin = sandboxEnv, inWords(d.settings.originOf("env"))
		if d.settings.originOf("env") == fromEnvironment {
			f.Origin = variableOf("env") + " in the environment"
		}
	case s.live:
		f.Says = "simulated unless --env sandbox is given; there are keys, so all is checked as if it were"
	}
	d.report.add(f)
}

// look judges one key.
func (c credentials) look(s setting) finding {
	f := finding{Name: s.name, Verdict: fine, Says: shown(s), Origin: s.place(), Remedy: strings.Join(s.odd, " ")}
	switch why := s.unusable(); {
	case !s.isSet():
		f.Verdict, f.Origin, f.code = failed, "", exitAccess
		f.Says = strings.Join(append([]string{"It is not set."}, s.odd...), " ")
		f.Remedy = s.source()
		return f
	case why != "":
		f.Verdict, f.code = failed, exitAccess
		f.Says = "It " + why + "."
		f.Remedy = strings.TrimSpace(s.source() + " " + f.Remedy)
		return f
	}
	if why := c.form(s); why != "" {
		f.Remedy = strings.TrimSpace(why + " " + f.Remedy)
	}
	if f.Remedy != "" {
		f.Verdict = look
	}
	return f
}

// source says where the right value is to be had, and where it belongs.
func (s setting) source() string {
	from := "Developers, Keys"
	switch s.name {
	case nameSecret:
		from = "Developers, Keys (the one of Sandbox)"
	case nameTemplate:
		from = "the list of Layer templates"
	}
	return fmt.Sprintf("Copy it from %s in Plaid's Dashboard to the environment, or to the file %s in this folder, as a line %s=….", from, dotenvName, s.name)
}

// shown is as much of a key as may be shown: a template's id is in every
// screen of the walk, a client_id is not secret, a secret is.
func shown(s setting) string {
	size := fmt.Sprintf("set, %d characters", len([]rune(s.value)))
	switch {
	case s.name == nameTemplate && templateForm.MatchString(s.value):
		return s.value
	case s.name == nameClientID && clientIDForm.MatchString(s.value):
		return flow.MaskToken(s.value) + ", 24 characters"
	}
	return size
}

// showSimulatedOnly shows the variables that stop a live walk because only the
// simulated one understands them.
func (d doctor) showSimulatedOnly() {
	s := d.settings
	s.origins = maps.Clone(s.origins)
	if s.origins == nil {
		s.origins = map[string]origin{}
	}
	for _, flag := range []string{"seed", "strict", "fixtures", "link", "sdk-version", "platform"} {
		if s.getenv(variableOf(flag)) != "" {
			s.origins[flag] = fromEnvironment
		}
	}
	s.strict, _ = strconv.ParseBool(s.getenv(variableOf("strict")))
	s.fixtures, s.sdkVersion, s.platform = s.getenv(variableOf("fixtures")), s.getenv(variableOf("sdk-version")), s.getenv(variableOf("platform"))
	if err := s.refuseSimulated(flow.Surface(s.getenv(variableOf("link")))); err != nil {
		d.report.add(finding{Name: "simulated only", Verdict: failed, Says: err.Error() + ".", Remedy: "Leave that flag or variable out for a walk with --env sandbox.", code: exitUsage})
	}
}

// showPlace shows what leads elsewhere than to Plaid.
func (d doctor) showPlace(s subject, err error) {
	if err != nil {
		d.report.add(finding{Name: "elsewhere", Verdict: failed, Says: err.Error() + ".", Remedy: "Mend the setting, or unset it to speak to Plaid itself.", code: exitUsage})
		return
	}
	for _, setting := range s.place.elsewhere {
		name, value, _ := strings.Cut(setting, "=")
		f := finding{Name: name, Verdict: look, Says: value, Origin: "environment"}
		switch {
		case name == nameCA:
			f.Verdict, f.Says = fine, value+", trusted besides the system's own authorities"
		case s.live:
			f.Remedy = "This is not Plaid. Unset it to speak to Plaid itself."
		default:
			f.Verdict, f.Says = fine, value+", used with --env sandbox only"
		}
		d.report.add(f)
	}
}

// showWebhooks shows where webhooks are received, if that was asked for, and
// whether the place is free.
func (d doctor) showWebhooks(ctx context.Context, s subject) {
	if !s.live || d.settings.webhooks == (webhookSettings{}) {
		return
	}
	f := finding{Name: "webhooks", Verdict: failed, code: exitUsage}
	p, err := d.settings.webhooks.check(&remote{baseURL: s.place.baseURL})
	if err != nil {
		f.Says, f.Remedy = err.Error()+".", "Mend the setting, or leave it out: without webhooks the walk goes on, and the phone is proven by the session's answer only."
		d.report.add(f)
		return
	}
	listener, err := p.listenForWebhooks(ctx)
	if err != nil {
		f.Says, f.Remedy = err.Error()+".", "A walk that runs already may have it."
		d.report.add(f)
		return
	}
	f.Verdict, f.code = fine, 0
	f.Says = "They will be received on " + flow.CleanLine(p.listen, 80) + ", which is free."
	if p.url != "" {
		f.Says += " Plaid is told the address of --webhook-url; whether a tunnel leads from there to here is not seen from here."
	}
	if p.url == "" && !p.local {
		f.Verdict, f.Remedy = look, unknownToPlaid(flow.CleanLine(p.listen, 80))
	}
	if err := listener.Close(); err != nil {
		f.Verdict, f.Remedy = look, "It could not be given back: "+innermostOf(err)
	}
	d.report.add(f)
}
