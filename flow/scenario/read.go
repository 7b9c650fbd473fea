package scenario

import (
	"fmt"
	"slices"
	"strconv"
	"time"

	"layersim/fixtures"
	"layersim/fixtures/document"
	"layersim/flow/sdk"
)

// MaxSteps is how many steps a scenario can have.
const MaxSteps = 400

// maxFields is room for that many steps, each with what steps usually have.
const maxFields = 4000

// What a file need not say.
const (
	defaultPersona  = "two-banks"
	defaultTemplate = "default"
	defaultPlatform = "web"
	defaultSeed     = 1
	defaultDelivery = "documented"
)

var defaultClock = time.Date(2026, 4, 1, 12, 0, 0, 0, time.UTC)

var (
	deliveries = []string{defaultDelivery, "live", "shuffled"}

	seedRule    = document.Rule{Expected: "a whole number such as 7", Filled: true, Check: checkSeed}
	clockRule   = document.Rule{Expected: `a time such as "2026-04-01T12:00:00Z"`, Filled: true, Check: checkClock}
	minutesRule = document.Rule{Expected: "whole minutes from 1 to 240", Filled: true, Check: wholeNumber(1, 240)}
	versionRule = document.Rule{Expected: `a version such as "6.3.1"`, Filled: true, Check: document.AtMost(40)}
)

// reader reads one file.
type reader struct {
	*document.Source
	catalog *fixtures.Catalog
	// platform is that of the walk where the reader is, "" where it is wrong.
	platform string
}

// Read reads the scenario in a file. name is what messages call the file, and
// the Scenario's File. The personas, templates and institutions that it names are
// those of the catalog. An error is [fixtures.Mistakes]: everything that is wrong
// with the file, each with its place. Values that are private, such as what is
// typed into Link, are never repeated there.
func Read(name string, content []byte, catalog *fixtures.Catalog) (Scenario, error) {
	var mistakes document.Mistakes
	r := &reader{Source: &document.Source{File: document.Clean(name), Mistakes: &mistakes, Fields: maxFields}, catalog: catalog}
	bodies := r.Documents(content)
	switch {
	case len(bodies) == 1:
	case len(bodies) > 1:
		r.Fault(document.StartOf(bodies[1], ""), "is another document; expected one scenario in a file")
	case len(mistakes) == 0:
		r.Fault(document.Spot{}, "is empty; expected a scenario: its name, its title and its steps")
	}
	if len(bodies) == 0 {
		return Scenario{}, mistakes
	}
	sc := r.scenario(bodies[0])
	sc.File = name
	if len(mistakes) > 0 {
		return Scenario{}, mistakes
	}
	return sc, nil
}

func (r *reader) scenario(body document.Node) Scenario {
	o := r.Object(body, "", "scenario", "title", "group", "about", "persona", "template", "platform", "sdk_version", "seed", "clock", "delivery",
		"strict", "not_enabled", "minutes", "faults", "steps")
	sc := Scenario{
		Name:       o.Needed("scenario", document.Name),
		Title:      o.Needed("title", document.Line),
		Group:      o.Text("group", document.Line),
		About:      o.Text("about", document.Prose),
		Persona:    or(o.Text("persona", r.persona()), defaultPersona),
		Template:   or(o.Text("template", r.template()), defaultTemplate),
		Seed:       defaultSeed,
		Clock:      defaultClock,
		Delivery:   or(o.Text("delivery", document.Choice("a way of delivery", deliveries...)), defaultDelivery),
		Strict:     o.Text("strict", document.Bool) == "true",
		NotEnabled: r.notEnabled(o),
	}
	r.platform = defaultPlatform
	sc.Platform, sc.SDKVersion = r.client(o)
	if o.Get("platform") == nil {
		sc.Platform = defaultPlatform
	}
	if text := o.Text("seed", seedRule); text != "" {
		sc.Seed, _ = strconv.ParseUint(text, 10, 64)
	}
	if text := o.Text("clock", clockRule); text != "" {
		at, _ := time.Parse(time.RFC3339, text)
		sc.Clock = at.UTC()
	}
	if text := o.Text("minutes", minutesRule); text != "" {
		sc.Minutes, _ = strconv.Atoi(text)
	}
	o.List("faults", func(entry document.Node, _ string) {
		sc.Faults = append(sc.Faults, r.fault(entry, fmt.Sprintf("fault %d", len(sc.Faults)+1)))
	})
	sc.Steps = r.steps(o)
	return sc
}

// client reads platform and sdk_version, which belong together. A version alone
// is of the platform that the walk has.
func (r *reader) client(o document.Object) (platform, version string) {
	var ids []string
	for _, p := range sdk.Platforms() {
		ids = append(ids, p.ID)
	}
	platform = o.Text("platform", document.Choice("a platform of Link", ids...))
	version = o.Text("sdk_version", versionRule)
	if version == sdk.Latest {
		version = ""
	}
	if o.Get("platform") != nil {
		r.platform = platform
	}
	if r.platform == "" || version == "" {
		return platform, version // said already, or nothing to say
	}
	if _, err := sdk.Client(r.platform, version); err != nil {
		r.Fault(o.Spot("sdk_version"), "does not go with the platform: %s", document.Clean(err.Error()))
	}
	return platform, version
}

func (r *reader) persona() document.Rule {
	var names []string
	for _, p := range r.catalog.Personas {
		names = append(names, p.Name)
	}
	return document.Choice("a persona", names...)
}

// template allows the name or the id of a template, and proposes names.
func (r *reader) template() document.Rule {
	var names []string
	for _, t := range r.catalog.Templates {
		names = append(names, t.Name)
	}
	rule := document.Choice("a template", names...)
	check := rule.Check
	rule.Check = func(text string) string {
		if _, ok := r.catalog.Template(text); ok {
			return ""
		}
		return check(text)
	}
	return rule
}

func (r *reader) institution() document.Rule {
	var names []string
	for _, i := range r.catalog.Institutions {
		names = append(names, i.Name, i.ID)
	}
	rule := document.Choice("an institution", names...)
	rule.Expected = "an institution by its name or its institution_id"
	return rule
}

// notEnabled reads products and paths.
func (r *reader) notEnabled(o document.Object) []string {
	known := append([]string{}, paths...)
	for _, p := range fixtures.Products() {
		known = append(known, string(p))
	}
	var list []string
	o.List("not_enabled", func(entry document.Node, path string) {
		word := r.Value(entry, path, document.Choice("a product or a path of the API", known...))
		if slices.Contains(list, word) && word != "" {
			r.Fault(document.SpotOf(entry, path), "%s is there twice", document.Quote(word))
		}
		list = append(list, word)
	})
	return list
}

func checkSeed(text string) string {
	if _, err := strconv.ParseUint(text, 10, 64); err != nil {
		return "is not a seed"
	}
	return ""
}

func checkClock(text string) string {
	at, err := time.Parse(time.RFC3339, text)
	switch {
	case err != nil:
		return "is not a time"
	case at.Year() < 1970 || at.Year() > 2200:
		return "is not in the years from 1970 to 2200"
	}
	return ""
}

// wholeNumber makes a check for a number in digits.
func wholeNumber(least, most int) func(string) string {
	return func(text string) string {
		n, err := strconv.Atoi(text)
		switch {
		case err != nil || strconv.Itoa(n) != text:
			return "is not a whole number"
		case n < least || n > most:
			return fmt.Sprintf("is not from %d to %d", least, most)
		}
		return ""
	}
}

func or(a, b string) string {
	if a == "" {
		return b
	}
	return a
}
