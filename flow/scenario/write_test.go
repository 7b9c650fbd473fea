package scenario

import (
	"bytes"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"layersim/fixtures"
	"layersim/fixtures/document"
	"layersim/flow"
	"layersim/flow/lint"
	"layersim/flow/sdk"
)

// same compares scenarios but for where their steps stand.
var same = cmp.Options{
	cmpopts.IgnoreFields(Step{}, "Line"), cmpopts.IgnoreFields(Scenario{}, "File"), cmpopts.EquateEmpty(),
	cmp.Exporter(func(reflect.Type) bool { return true }),
	cmp.Comparer(func(a, b time.Time) bool { return a.Equal(b) }),
	cmp.Comparer(func(a, b flow.SSN) bool { return a == b }), cmp.Comparer(func(a, b flow.PhoneNumber) bool { return a == b }),
	cmp.Comparer(func(a, b flow.DateOfBirth) bool { return a == b }), cmp.Comparer(func(a, b flow.OneTimeCode) bool { return a == b }),
}

// What is shipped can be read, written and read again.
func TestShippedScenariosAreWrittenAndReadAgain(t *testing.T) {
	c := catalog(t)
	all, err := Shipped(c)
	if err != nil {
		t.Fatal(err)
	}
	if len(all) == 0 {
		t.Fatal("no scenario is shipped")
	}
	for _, sc := range all {
		again, err := Read("again.yaml", sc.YAML(), c)
		if err != nil {
			t.Errorf("%s: %v\n%s", sc.Name, err, sc.YAML())
			continue
		}
		if diff := cmp.Diff(sc, again, same); diff != "" {
			t.Errorf("%s: %s", sc.Name, diff)
		}
	}
}

// Whatever a scenario holds, its file holds it too.
func TestAnyScenarioIsWrittenAndReadAgain(t *testing.T) {
	c := catalog(t)
	rapid.Check(t, func(t *rapid.T) {
		sc := anyScenario(t, c)
		file := sc.YAML()
		again, err := Read("again.yaml", file, c)
		if err != nil {
			t.Fatalf("%v\n%s", err, file)
		}
		if diff := cmp.Diff(sc, again, same); diff != "" {
			t.Fatalf("%s\n%s", diff, file)
		}
		if second := again.YAML(); !bytes.Equal(file, second) {
			t.Fatalf("written twice it differs:\n%s\n%s", file, second)
		}
		commented, err := Read("again.yaml", Commented(file, []string{"what: could not\nbe carried over"}), c)
		if diff := cmp.Diff(sc, commented, same); err != nil || diff != "" {
			t.Fatalf("with a comment: %v %s", err, diff)
		}
	})
}

// anyText is a line that somebody could write, and much that nobody would.
func anyText(most int) *rapid.Generator[string] {
	odd := rapid.SampledFrom([]string{
		"true", "null", "~", "- a", "a: b", "a:", "#x", "a #b", "[a]", "{a: b}", "'a'", `"a"`, " a", "a ", "&a", "*a", "!a", "%a", "@a", "`a", "1e3", "0x1f",
		"12:30", "2026-04-01", "1.2.3", "-", "?", "...", "---", "é—日本", "a\\b", "a, b", "<<", "=", "no", "1_000", "0o7", ".inf", "-1", "+1", "a\\u0041", "| a", "> a",
	})
	return rapid.Custom(func(t *rapid.T) string {
		s := rapid.OneOf(odd, rapid.StringMatching(`[a-z]{1,8}( [a-z,.:#'"-]{1,8}){0,6}`), rapid.StringN(1, 30, 60)).Draw(t, "text")
		s = strings.Map(visible, s)
		s = strings.TrimRight(s, "\n")
		if s == "" || len(s) > most {
			return "text"
		}
		return s
	})
}

// anyProse can have several lines.
func anyProse() *rapid.Generator[string] {
	return rapid.Custom(func(t *rapid.T) string {
		return strings.Join(rapid.SliceOfN(anyText(190), 1, 4).Draw(t, "lines"), "\n")
	})
}

func maybe[T any](t *rapid.T, g *rapid.Generator[T]) (v T) {
	if rapid.Bool().Draw(t, "given") {
		v = g.Draw(t, "value")
	}
	return v
}

func anyScenario(t *rapid.T, c *fixtures.Catalog) Scenario {
	name := rapid.StringMatching(`[a-z][a-z0-9-]{0,20}`)
	sc := Scenario{
		Name: name.Draw(t, "name"), Title: anyText(190).Draw(t, "title"), Group: maybe(t, anyText(190)), About: maybe(t, anyProse()),
		Persona: rapid.SampledFrom(c.Personas).Draw(t, "persona").Name, Template: rapid.SampledFrom(c.Templates).Draw(t, "template").Name,
		Seed: rapid.Uint64().Draw(t, "seed"), Clock: time.Unix(rapid.Int64Range(0, 4e9).Draw(t, "clock"), 0).UTC(),
		Delivery: rapid.SampledFrom(deliveries).Draw(t, "delivery"), Strict: rapid.Bool().Draw(t, "strict"),
		NotEnabled: rapid.SampledFrom([][]string{nil, {"auth"}, {"/item/get", "identity"}}).Draw(t, "not enabled"),
		Minutes:    rapid.IntRange(0, 240).Draw(t, "minutes"),
		Faults:     rapid.SliceOfN(anyFault(), 0, 2).Draw(t, "faults"),
	}
	sc.Platform, sc.SDKVersion = anyClient(t)
	for range rapid.IntRange(1, 12).Draw(t, "steps") {
		s := Step{Do: anyDeed(t, c), Beat: maybe(t, anyText(190)), Notes: maybe(t, anyProse())}
		if rapid.Bool().Draw(t, "asks") {
			s.Ask = Question{anyProse().Draw(t, "question"), anyProse().Draw(t, "answer")}
		}
		sc.Steps = append(sc.Steps, s)
		if canBeRefused(s.Do) && rapid.Bool().Draw(t, "refused") {
			sc.Steps = append(sc.Steps, Step{Do: ExpectRefused{Why: maybe(t, anyText(190))}})
		}
	}
	return sc
}

func anyClient(t *rapid.T) (platform, version string) {
	p := rapid.SampledFrom(sdk.Platforms()).Draw(t, "platform")
	if p.BeforeLayer != "" && rapid.Bool().Draw(t, "old") {
		return p.ID, p.BeforeLayer
	}
	return p.ID, ""
}

func anyFault() *rapid.Generator[Fault] {
	return rapid.Custom(func(t *rapid.T) Fault {
		return rapid.SampledFrom([]Fault{
			{On: "LAYER_READY", Lose: true}, {On: "onEvent", Nth: 2, Duplicate: true}, {On: "OPEN", Delay: 90 * time.Second},
			{On: "/session/token/create", Status: 500, Calls: -1}, {Garbage: true, Status: 200}, {On: "DriveLink", Latency: 1500 * time.Millisecond},
			{On: "/link/session/submit", Swallow: true},
			{On: "/item/get", Status: 400, ErrorType: "ITEM_ERROR", ErrorCode: "ITEM_LOGIN_REQUIRED", ErrorMessage: "so: it is", DisplayMessage: "#no"},
		}).Draw(t, "fault")
	})
}

func anyDeed(t *rapid.T, c *fixtures.Catalog) Deed {
	word := rapid.SampledFrom(words()).Filter(func(w string) bool { return w != "expect refused" }).Draw(t, "word")
	ofList := func(list []string) string { return rapid.SampledFrom(list).Draw(t, "one of") }
	line := func() string { return anyText(190).Draw(t, "line") }
	codeOf := rapid.SampledFrom([]string{"INVALID_OTP", "INVALID_LINK_TOKEN"})
	values := func(names []string) map[string]flow.SSN {
		m := map[string]flow.SSN{}
		for _, n := range rapid.SliceOfNDistinct(rapid.SampledFrom(names), 1, 3, rapid.ID).Draw(t, "names") {
			m[n] = flow.NewPaneValue(maybe(t, anyText(100)))
		}
		return m
	}
	texts := func() map[string]string {
		return rapid.MapOfN(rapid.SampledFrom([]string{"identity.ssn", "items", "items.1.accounts.0.name", "identity.name.first_name"}), anyText(190), 1, 3).Draw(t, "values")
	}
	span := time.Duration(rapid.Int64Range(1, int64(longest)).Draw(t, "span"))
	if rapid.Bool().Draw(t, "round") {
		span = span.Truncate(time.Hour) + time.Hour
		span = min(span, longest)
	}
	names := rapid.SliceOfN(rapid.SampledFrom([]string{"LAYER_READY", "TRANSITION_VIEW:CONSENT", "ERROR:INVALID_OTP", "onExit"}), 0, 40).Draw(t, "events")
	switch word {
	case "submit phone":
		return SubmitPhone{Number: maybe(t, rapid.Just(flow.NewPhoneNumber("+14155550011")))}
	case "submit date of birth":
		return SubmitDateOfBirth{Date: maybe(t, rapid.Map(rapid.SampledFrom([]string{WrongDateOfBirth, "1975-01-18"}), flow.NewDateOfBirth))}
	case "start over":
		d := StartOver{Template: maybe(t, rapid.Just("default"))}
		if rapid.Bool().Draw(t, "client") {
			d.Platform, d.SDKVersion = anyClient(t)
		}
		return d
	case "do wrong":
		return DoWrong{Wrong: rapid.SampledFrom(flow.Wrongs()).Draw(t, "wrong").ID}
	case "call":
		d := Call{Path: "/item/get", Method: maybe(t, rapid.Just("GET")), Body: maybe(t, anyProse())}
		if rapid.Bool().Draw(t, "headers") {
			d.Headers = []flow.Header{{Name: "X-B", Value: line()}, {Name: "X-A", Value: maybe(t, anyText(100))}}
		}
		return d
	case "code":
		return EnterCode{Code: maybe(t, rapid.Map(rapid.SampledFrom([]string{WrongCode, "012345"}), flow.NewOneTimeCode))}
	case "edit field":
		return EditField{Values: values(profileFields)}
	case "choose accounts":
		return ChooseAccounts{All: false, Names: maybe(t, rapid.SliceOfN(anyText(190), 1, 3))}
	case "search":
		return Search{Query: line()}
	case "institution":
		return ChooseInstitution{Institution: rapid.SampledFrom(c.Institutions).Draw(t, "institution").Name}
	case "sign in":
		return SignIn{Values: values(bankFields)}
	case "wait":
		return Wait{For: span}
	case "advance clock":
		return AdvanceClock{By: span}
	case "fault":
		return ArmFault{Fault: anyFault().Draw(t, "fault")}
	case "send webhook":
		return SendWebhook{Code: ofList(webhookCodes)}
	case "misdeliver webhook":
		return MisdeliverWebhook{How: ofList(misdeliveries), Code: maybe(t, rapid.SampledFrom(webhookCodes))}
	case "expect event":
		return ExpectEvent{Name: ofList(events), View: maybe(t, rapid.SampledFrom(views)), ErrorCode: maybe(t, codeOf), Status: maybe(t, rapid.Just("requires_code")), Timing: maybe(t, rapid.SampledFrom([]Timing{TimingLive, TimingHeld})), Times: rapid.IntRange(0, 3).Draw(t, "times")}
	case "expect no event":
		return ExpectEvent{Missing: true, Name: ofList(callbacks), ErrorCode: maybe(t, codeOf)}
	case "expect events":
		return ExpectEvents{Names: names}
	case "expect phase":
		return ExpectPhase{Phase: rapid.SampledFrom(flow.Phases()).Draw(t, "phase")}
	case "expect result":
		return ExpectResult{Values: texts()}
	case "expect edits":
		return ExpectEdits{Counts: map[string]map[string]int{"address": {"current": rapid.IntRange(0, 9).Draw(t, "n"), "30d": 2}, "official_document.ssn": {"all_time": 0}}}
	case "expect error":
		return ExpectError{Code: codeOf.Draw(t, "code"), Type: maybe(t, codeOf), Status: rapid.SampledFrom([]int{0, 400}).Draw(t, "status"), Message: maybe(t, anyText(190)), On: maybe(t, rapid.SampledFrom(paths))}
	case "expect answer":
		return ExpectAnswer{On: ofList(paths), Status: 200, Values: texts()}
	case "expect webhook":
		return ExpectWebhook{Code: ofList(webhookCodes), Status: maybe(t, rapid.Just("EXITED")), Verified: maybe(t, rapid.Just("false")), Reason: maybe(t, anyText(190)), Times: rapid.IntRange(0, 2).Draw(t, "times")}
	case "expect no webhook":
		return ExpectWebhook{Missing: true, Code: ofList(webhookCodes)}
	case "expect findings":
		var rules []string
		for _, r := range rapid.SliceOfN(rapid.SampledFrom(lint.Rules()), 0, 3).Draw(t, "rules") {
			rules = append(rules, r.ID)
		}
		return ExpectFindings{Rules: rules}
	case "expect outcome":
		return ExpectOutcome{Says: line()}
	case "expect pane":
		return ExpectPane{View: ofList(views), Notice: maybe(t, anyText(190))}
	}
	i := slices.IndexFunc(verbs, func(v verb) bool { return v.word == word })
	return verbs[i].read(nil, document.Spot{}, nil, "") // a word alone
}
