package main

import (
	"math/rand/v2"
	"runtime"
	"strings"

	"layersim/fixtures"
	"layersim/flow"
	"layersim/flow/plaidsim"
	"layersim/flow/sdk"

	"github.com/spf13/pflag"
)

// settings are what flags and environment say, as written.
type settings struct {
	link, persona, template, platform, sdkVersion, fixtures string
	seed                                                    uint64
	seedGiven                                               bool
	noBrowser                                               bool
	strict                                                  bool
	mouse                                                   string
	private, plain                                          bool
	env                                                     string
	record                                                  string
	webhooks                                                webhookSettings
	environ                                                 []string
	// origins says where each flag that was given comes from: itself or its
	// variable.
	origins map[string]origin
}

// originOf returns where a flag's value comes from.
func (s settings) originOf(flag string) origin {
	if from, given := s.origins[flag]; given {
		return from
	}
	return fromFlag(flag)
}

// getenv looks a variable up in the environment the program was given.
func (s settings) getenv(name string) string { return getenv(s.environ, name) }

func getenv(environ []string, name string) string { return getenvOn(runtime.GOOS, environ, name) }

// getenvOn is getenv on a system: Windows takes Path and PATH for one name.
func getenvOn(goos string, environ []string, name string) string {
	for i := len(environ) - 1; i >= 0; i-- {
		key, value, ok := strings.Cut(environ[i], "=")
		if ok && (key == name || goos == "windows" && strings.EqualFold(key, name)) {
			return value
		}
	}
	return ""
}

// refuseProduction says no where Plaid's Production is asked for.
func refuseProduction(environ []string) error {
	if namesProduction(getenv(environ, nameEnv)) {
		return productionRefused("PLAID_ENV=production")
	}
	return nil
}

// variableOf names the variable of a flag: --sdk-version has LAYERSIM_SDK_VERSION.
func variableOf(flag string) string {
	return "LAYERSIM_" + strings.ToUpper(strings.ReplaceAll(flag, "-", "_"))
}

// fillFromEnvironment gives each flag that was not set the value of its
// LAYERSIM_ variable.
func (s *settings) fillFromEnvironment(flags *pflag.FlagSet) error {
	if err := refuseProduction(s.environ); err != nil {
		return err
	}
	return s.readFlags(flags)
}

// readFlags is fillFromEnvironment for a command that is to say itself what it
// thinks of Production.
func (s *settings) readFlags(flags *pflag.FlagSet) error {
	var err error
	s.origins = map[string]origin{}
	flags.Visit(func(f *pflag.Flag) { s.origins[f.Name] = fromFlag(f.Name) })
	flags.VisitAll(func(f *pflag.Flag) {
		name := variableOf(f.Name)
		value := s.getenv(name)
		if value == "" || f.Changed || err != nil || f.Name == "help" || f.Name == "version" {
			return
		}
		if e := flags.Set(f.Name, value); e != nil {
			err = usagef("%s=%q in the environment: %w", name, value, e)
		}
		s.origins[f.Name] = fromEnvironment
	})
	s.seedGiven = flags.Changed("seed")
	return err
}

// plan is what the settings mean, checked.
type plan struct {
	catalog  *fixtures.Catalog
	config   flow.Config
	surface  flow.Surface
	persona  string
	template string
	seed     uint64
	faults   []plaidsim.Fault
	// selectText leaves the mouse to the terminal.
	selectText, private bool
	strict              bool
	notEnabled          []string          // what the client may not use at a simulated Plaid
	delivery            plaidsim.Delivery // of a simulated Plaid, "" for the walk's
	record              string            // the file that the walk is recorded in, "" for none
	// remote is the Plaid that the walk runs against, nil for the simulated one.
	remote *remote
	// webhooks is where the live walk receives them, nil for nowhere.
	webhooks *webhookPlan
}

// check turns settings into a plan or says what is wrong with them.
func (s settings) check() (plan, error) {
	p := plan{strict: s.strict, record: s.record}
	switch s.link {
	case string(flow.InBrowser), string(flow.InTerminal):
		p.surface = flow.Surface(s.link)
	default:
		return p, usagef("--link %q: Link can be finished in the browser or in the terminal; write --link browser or --link terminal", s.link)
	}
	switch s.mouse {
	case "on", "off", "": // "" is a test's
		p.selectText = s.mouse == "off"
	default:
		return p, usagef("--mouse %q: write --mouse on, or --mouse off to leave it to the terminal for selecting text", s.mouse)
	}
	live, err := s.isLive()
	if err != nil {
		return p, err
	}
	if live {
		if err := s.refuseSimulated(p.surface); err != nil {
			return p, err
		}
	}
	client, err := sdk.Client(s.platform, s.sdkVersion)
	if err != nil {
		return p, usagef("--platform, --sdk-version: %w", err)
	}
	p.catalog, err = fixtures.Load(s.fixtures)
	if err != nil {
		return p, usagef("the fixtures cannot be used:\n%w", err)
	}
	if s.persona != "" {
		if _, ok := p.catalog.Persona(s.persona); !ok {
			return p, usagef("--persona %q: there is no such persona; 'layersim personas' lists them", s.persona)
		}
		p.persona = s.persona
	}
	if live {
		p.config, p.private = flow.Config{Client: client}, s.private
		if err := s.goLive(&p); err != nil {
			return p, err
		}
	}
	if p.webhooks, err = s.webhooks.check(p.remote); err != nil || live {
		return p, err
	}
	wanted := s.template
	if wanted == "" {
		wanted = "default"
	}
	template, ok := p.catalog.Template(wanted)
	if !ok {
		return p, usagef("--template %q: there is no such template; 'layersim templates' lists them", wanted)
	}
	p.template = template.Name
	p.faults, err = parseFaults(s.getenv("LAYERSIM_FAIL"))
	if err != nil {
		return p, err
	}
	p.seed, p.private = s.seed, s.private
	if !s.seedGiven {
		p.seed = rand.Uint64() //nolint:gosec // ids of a simulation, nothing to guess for
	}
	p.config = flow.Config{TemplateID: template.ID, ClientUserID: "user-" + shortID(p.seed), Client: client}
	return p, nil
}

// shortID is a short name made of letters and digits for a number.
func shortID(n uint64) string {
	const letters = "abcdefghjkmnpqrstuvwxyz23456789"
	id := make([]byte, 6)
	for i := range id {
		id[i] = letters[n%uint64(len(letters))]
		n /= uint64(len(letters))
	}
	return string(id)
}

// lightTerminal reports whether the environment says that the terminal is
// light. Most terminals answer when they are asked; COLORFGBG, such as "0;15",
// is the word of those that do not.
func lightTerminal(environ []string) bool {
	colors := strings.Split(getenv(environ, "COLORFGBG"), ";")
	switch colors[len(colors)-1] {
	case "7", "15":
		return true
	}
	return false
}

// noColor reports whether the environment asks for no colour; any value of
// NO_COLOR that is not empty does (no-color.org).
func noColor(environ []string) bool {
	return getenv(environ, "NO_COLOR") != "" || getenv(environ, "TERM") == "dumb"
}
