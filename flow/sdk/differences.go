package sdk

import (
	"fmt"
	"strings"

	"layersim/flow"
)

// versionNote is worth knowing for versions from one on and before another; ""
// sets no limit.
type versionNote struct{ from, before, text string }

func (n versionNote) holds(v version, newest bool) bool {
	if newest {
		return n.before == ""
	}
	return (n.from == "" || !v.before(mustParse(n.from))) && (n.before == "" || v.before(mustParse(n.before)))
}

// Difference is one thing that an SDK does in its own way.
type Difference struct {
	Topic, Text string
	// Stops says that Layer, or a part of it, does not work for this reason.
	Stops bool
}

// Differences says what is particular about a Link SDK and its version, what
// stops Layer first.
func Differences(c flow.Client) []Difference {
	p, ok := Find(c.Platform)
	if !ok {
		return nil
	}
	n := c.Words()
	var all []Difference
	add := func(topic, format string, args ...any) {
		all = append(all, Difference{Topic: topic, Text: fmt.Sprintf(format, args...)})
	}
	stop := func(topic, format string, args ...any) {
		add(topic, format, args...)
		all[len(all)-1].Stops = true
	}
	switch {
	case !c.Layer:
		stop("Layer", "%s is too old: no LAYER_* event will come. It needs %s or later.", c.Label(), c.MinLayer)
	case c.MinLayer != "":
		add("Layer", "since %s", c.MinLayer)
	default:
		add("Layer", "always: a page loads the newest Link")
	}
	switch {
	case c.Layer && !c.Autofill:
		stop("Extended Autofill", "%s is too old: it submits no date of birth, so fall back on %s. It needs %s or later.", c.Label(), n.NotAvailable, c.MinAutofill)
	case c.MinAutofill != "":
		add("Extended Autofill", "since %s", c.MinAutofill)
	default:
		add("Extended Autofill", "always")
	}
	add("Install", "%s", p.Install)
	add("Create", "%s", n.Create)
	if n.Load == "none" {
		add("Loaded", "nothing says so: let the user's typing be the time it needs")
	} else {
		add("Loaded", "%s", n.Load)
	}
	add("Submit", "%s with %s, then with %s", n.Submit, n.Phone, n.Birth)
	add("Listen", "%s", n.Events)
	add("Events", "%s, %s, %s", n.Ready, n.NotAvailable, n.AutofillNotAvailable)
	add("Open", "%s", n.Open)
	add("Result", "%s, %s", n.Success, n.Exit)
	add("Clean up", "%s", n.Destroy)
	add("When", "%s at once; any other event perhaps not before the end, in any order", strings.Join(atOnce(), ", "))
	v, newest := version{}, c.Version == Latest || c.Version == ""
	if !newest {
		v = mustParse(c.Version)
	}
	for _, note := range p.notes {
		if note.holds(v, newest) {
			add("Mind", "%s", note.text)
		}
	}
	return all
}

func atOnce() []string {
	var names []string
	for _, name := range []string{flow.EventOpen, flow.EventLayerReady, flow.EventLayerNotAvailable, flow.EventLayerAutofillUnavailable} {
		if AtOnce(name) {
			names = append(names, name)
		}
	}
	return names
}

// Choice is a version worth choosing, and why.
type Choice struct{ Version, Why string }

// Choices lists the versions of a platform at which behaviour changes, newest
// first.
func (p Platform) Choices() []Choice {
	if p.MinLayer == "" {
		return []Choice{{Latest, "the only one: a page always loads it"}}
	}
	return []Choice{
		{Latest, "the newest"},
		{p.MinAutofill, "the first with Extended Autofill"},
		{p.BeforeAutofill, "before it: no date of birth"},
		{p.MinLayer, "the first with Layer"},
		{p.BeforeLayer, "before it: no Layer"},
	}
}
