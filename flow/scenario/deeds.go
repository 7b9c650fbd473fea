package scenario

import (
	"slices"
	"strings"
	"time"

	"layersim/fixtures/document"
	"layersim/flow"
)

// How the values of single words are read and written.

type timeSpan = time.Duration

const wrong = "wrong"

// private makes a rule whose value no message repeats.
func private(rule document.Rule) document.Rule {
	rule.Private = true
	return rule
}

var phone = codec[flow.PhoneNumber]{
	read: func(r *reader, node document.Node, path string) flow.PhoneNumber {
		return flow.NewPhoneNumber(r.Value(node, path, private(document.Phone)))
	},
	write: func(p flow.PhoneNumber) (value, bool) { return value{text: p.Reveal()}, !p.IsZero() },
}

var birth = codec[flow.DateOfBirth]{
	read: func(r *reader, node document.Node, path string) flow.DateOfBirth {
		rule := private(document.Date)
		rule.Expected, rule.Filled = `wrong, or a date as YYYY-MM-DD such as "1975-01-18"`, true
		return flow.NewDateOfBirth(r.orWrong(node, path, rule, WrongDateOfBirth))
	},
	write: func(d flow.DateOfBirth) (value, bool) {
		return value{text: wrongIf(d.Reveal(), WrongDateOfBirth)}, !d.IsZero()
	},
}

var code = codec[flow.OneTimeCode]{
	read: func(r *reader, node document.Node, path string) flow.OneTimeCode {
		rule := document.Rule{Expected: `wrong, or six digits such as "123456"`, Private: true, Filled: true,
			Check: document.Made(document.Digits, 6, 6, "is not a one-time code")}
		return flow.NewOneTimeCode(r.orWrong(node, path, rule, WrongCode))
	},
	write: func(c flow.OneTimeCode) (value, bool) {
		return value{text: wrongIf(c.Reveal(), WrongCode)}, !c.IsZero()
	},
}

// orWrong reads a value, or the word wrong.
func (r *reader) orWrong(node document.Node, path string, rule document.Rule, meant string) string {
	if word, ok := document.Scalar(node); ok && word == wrong {
		return meant
	}
	return r.Value(node, path, rule)
}

func wrongIf(text, meant string) string {
	if text == meant {
		return wrong
	}
	return text
}

var accounts = codec[ChooseAccounts]{
	read: func(r *reader, node document.Node, path string) ChooseAccounts {
		if _, isList := document.Items(node); isList {
			return ChooseAccounts{Names: r.list(node, path, document.Line)}
		}
		rule := document.Choice("a choice", "all", "none")
		rule.Expected = "all, none, or a list of names, masks, ids or banks"
		return ChooseAccounts{All: r.Value(node, path, rule) == "all"}
	},
	write: func(c ChooseAccounts) (value, bool) {
		switch {
		case c.All:
			return value{text: "all"}, true
		case len(c.Names) == 0:
			return value{text: "none"}, true
		}
		return value{list: slices.Clone(c.Names)}, true
	},
}

// headers are written as a group, in their order.
var headers = codec[[]flow.Header]{
	read: func(r *reader, node document.Node, path string) []flow.Header {
		var list []flow.Header
		if _, ok := document.Entries(node, path); !ok {
			r.Fault(document.SpotOf(node, path), "is no group, and is not repeated here; expected a header such as {Plaid-Version: 2020-09-14}")
			return nil
		}
		r.each(node, path, "a header such as Plaid-Version", func(e document.Entry, path string) {
			name := document.Rule{Check: document.Made(document.Smalls+document.Capitals+document.Digits+"-_", 1, 80, "is not the name of a header")}
			if name.Check(e.Name) != "" {
				r.Fault(e.At, "has %s, which is not the name of a header", quoteWord(e.Name))
				return
			}
			h := flow.Header{Name: e.Name}
			if e.Value != nil {
				h.Value = r.Value(e.Value, path, document.Rule{Expected: "the value of a header", Private: true, Check: document.AtMost(400)})
			}
			list = append(list, h)
		})
		return list
	},
	write: func(list []flow.Header) (value, bool) {
		v := value{group: []pair{}}
		for _, h := range list {
			v.group = append(v.group, pair{h.Name, value{text: h.Value}})
		}
		return v, len(list) > 0
	},
}

// truth is true or false, and "" for neither.
var truth = codec[string]{
	read:  func(r *reader, node document.Node, path string) string { return r.Value(node, path, document.Bool) },
	write: func(s string) (value, bool) { return value{text: s, plain: true}, s != "" },
}

// eventRule is an event with a view or an error code, if it has one.
var eventRule = func() document.Rule {
	all := slices.Concat(events, callbacks)
	choice := document.Choice("an event of Link", all...)
	return document.Rule{
		Expected: `an event such as LAYER_READY or "TRANSITION_VIEW:CONSENT"`, Filled: true,
		Check: func(s string) string {
			name, detail, has := strings.Cut(s, ":")
			if problem := choice.Check(name); problem != "" {
				return problem
			}
			if !has {
				return ""
			}
			switch {
			case name == flow.EventTransitionView && !slices.Contains(views, detail):
				problem := "names no pane of Link"
				if v := document.Nearest(detail, views); v != "" {
					problem += ", did you mean \"" + name + ":" + v + "\"?"
				}
				return problem
			case name != flow.EventTransitionView && !isErrorCode(detail):
				return "has no error code after its colon"
			}
			return ""
		},
	}
}()

// startOver is the only word whose fields can be left out altogether.
func startOver() verb {
	v := group("start over", `start over: {template: ssn-optional, platform: ios, sdk_version: 6.3.0}`,
		"Begins again, with another template or another SDK if it says so.", nil, nil,
		of("template", choiceOf[string]((*reader).template), func(d *StartOver) *string { return &d.Template }),
		of("platform", text[string](document.Rule{}), func(d *StartOver) *string { return &d.Platform }),
		of("sdk_version", text[string](document.Rule{}), func(d *StartOver) *string { return &d.SDKVersion }))
	v.read = func(r *reader, at document.Spot, node document.Node, path string) Deed {
		if node == nil {
			return StartOver{}
		}
		if _, isText := document.Scalar(node); isText {
			return StartOver{Template: r.Value(node, path, r.template())}
		}
		o := r.Object(node, path, "template", "platform", "sdk_version")
		d := StartOver{Template: o.Text("template", r.template())}
		d.Platform, d.SDKVersion = r.client(o)
		return d
	}
	v.bare = true
	write := v.write
	v.write = func(d Deed) (value, bool, bool) {
		if d == (StartOver{}) {
			return value{}, false, true
		}
		return write(d)
	}
	return v
}
