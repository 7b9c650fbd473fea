package main

import (
	"bytes"
	"go/ast"
	"go/parser"
	gotoken "go/token"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"

	tea "charm.land/bubbletea/v2"

	"layersim/flow"
	"layersim/flow/export"
	"layersim/flow/journal"
	"layersim/tui"
	"layersim/tui/plain"
)

// everyEvent is one of each kind, with nothing in it.
var everyEvent = []flow.Event{
	flow.LinkTokenRequested{}, flow.SessionTokenCreated{}, flow.HandlerRequested{}, flow.HandlerCreated{}, flow.OnLoad{}, flow.PhoneNumberEntered{}, flow.HandlerSubmitted{},
	flow.OnEvent{}, flow.DateOfBirthEntered{}, flow.AutofillDeclined{}, flow.OpenRequested{}, flow.PageServed{}, flow.BrowserStarted{}, flow.BrowserFailed{}, flow.PageConnected{},
	flow.PageLost{}, flow.PageTrouble{}, flow.SurfaceChosen{}, flow.HandlerOpened{}, flow.PaneShown{}, flow.LinkActed{}, flow.LinkDriven{}, flow.ExchangeRecorded{}, flow.WebhookReceived{},
	flow.OnSuccess{}, flow.UserAccountFetched{}, flow.AccountsFetched{}, flow.PublicTokenExchanged{}, flow.WebhooksTried{}, flow.TimePassed{}, flow.TimerFired{}, flow.DoWrong{}, flow.AppDid{},
	flow.CallFailed{}, flow.OnExit{}, flow.ExitRequested{}, flow.HandlerExited{}, flow.RetryRequested{}, flow.SignUpSubmitted{}, flow.StartOverRequested{},
}

// The list is whole: an event is a type of the core that has an At.
func TestEveryEventIsThere(t *testing.T) {
	packages, err := parser.ParseDir(gotoken.NewFileSet(), "../../flow", nil, 0) //nolint:staticcheck // one folder without build tags of its own
	if err != nil {
		t.Fatal(err)
	}
	var declared, listed []string
	ast.Inspect(packages["flow"], func(n ast.Node) bool {
		spec, ok := n.(*ast.TypeSpec)
		if !ok {
			return true
		}
		body, ok := spec.Type.(*ast.StructType)
		if !ok {
			return true
		}
		for _, f := range body.Fields.List {
			if id, ok := f.Type.(*ast.Ident); ok && len(f.Names) == 0 && id.Name == "At" {
				declared = append(declared, spec.Name.Name)
			}
		}
		return true
	})
	for _, e := range everyEvent {
		listed = append(listed, reflect.TypeOf(e).Name())
	}
	slices.Sort(declared)
	slices.Sort(listed)
	if !slices.Equal(declared, listed) {
		t.Errorf("the core has the events %v, and here are %v", declared, listed)
	}
}

// private values are made by their own functions.
var privateValues = []any{
	flow.NewPhoneNumber, flow.NewDateOfBirth, flow.NewOneTimeCode, flow.NewSSN, flow.NewLinkToken, flow.NewPublicToken, flow.NewAccessToken, flow.NewForeignValue,
}

// spoil puts text into every string of a value, and one element into every list.
func spoil(t *testing.T, v reflect.Value, text string) (strings int) {
	t.Helper()
	for _, f := range privateValues {
		if f := reflect.ValueOf(f); f.Type().Out(0) == v.Type() {
			v.Set(f.Call([]reflect.Value{reflect.ValueOf(text)})[0])
			return 1
		}
	}
	switch v.Kind() {
	case reflect.String:
		v.SetString(text)
		return 1
	case reflect.Struct:
		if v.Type() == reflect.TypeFor[time.Time]() || v.Type() == reflect.TypeFor[flow.At]() {
			v.Set(reflect.ValueOf(time.Date(2026, 4, 1, 12, 0, 0, 0, time.UTC)).Convert(v.Type()))
			return 0
		}
		for i := range v.NumField() {
			if !v.Type().Field(i).IsExported() {
				t.Fatalf("how is %s of %s made?", v.Type().Field(i).Name, v.Type())
			}
			strings += spoil(t, v.Field(i), text)
		}
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		for i := range v.Len() {
			strings += spoil(t, v.Index(i), text)
		}
	case reflect.Map:
		v.Set(reflect.MakeMap(v.Type()))
		key, value := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
		strings += spoil(t, key, text) + spoil(t, value, text)
		v.SetMapIndex(key, value)
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int, reflect.Int64:
		v.SetInt(1)
	case reflect.Float64:
		v.SetFloat(1.5)
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		strings += spoil(t, v.Elem(), text)
	case reflect.Array:
	default:
		t.Fatalf("there is no text for %s", v.Type())
	}
	return strings
}

// ownSequence is what a view of ours has in it: colours and nothing else.
var ownSequence = regexp.MustCompile(`^\x1b\[[0-9;:]*m$`)

// onlyColours finds in a view what is neither seen nor a colour.
func onlyColours(view string) []string {
	var found []string
	for state := byte(0); view != ""; {
		sequence, _, n, next := ansi.DecodeSequence(view, state, nil)
		view, state = view[n:], next
		if sequence != "\n" && !ownSequence.MatchString(sequence) && len(obeyed([]byte(sequence))) > 0 {
			found = append(found, sequence)
		}
	}
	return found
}

// Every text of every event may hold anything. Of a walk that has them all, in
// several states, each export, the plain lines, the recording and the screen are
// what they are of any other walk.
func TestNoTextOfAnEventIsObeyed(t *testing.T) {
	alone(t)
	catalog := builtin(t)
	texts := 0
	for what, text := range map[string]string{"orders": orders, "escape, split": "\x1b", "second half": "]52;c;ZXZpbA==\x07[2J", "marks": "e" + strings.Repeat("\u0301", 300), "markup": "</code><script>|`[x](javascript:y)\n# h\n```\nend\n%%{init}%%;#quot;", "json": `{"a":"\u001b]0;x\u0007","\u202e":["\u009b"]}`} {
		var config flow.Config
		spoil(t, reflect.ValueOf(&config).Elem(), text)
		header := journal.Header{Mode: journal.ModeSimulated, Started: time.Date(2026, 4, 1, 12, 0, 0, 0, time.UTC)}
		spoil(t, reflect.ValueOf(&header).Elem(), text)
		header.Mode = journal.ModeSimulated
		w := export.Walk{Initial: flow.New(config), Recording: journal.Recording{Name: text, Header: header}}
		state, j := w.Initial, journal.New(w.Initial)
		model := tea.Model(tui.New(tui.Options{Config: config, Catalog: catalog, Template: text, Persona: text, Now: func() time.Time { return header.Started }, Context: t.Context(), Surface: flow.InTerminal, Color: true}))
		model, _ = model.Update(tea.WindowSizeMsg{Width: 120, Height: 36})
		for _, seeds := range []int{0, 1} { // in the order of a walk, and once more
			for _, empty := range everyEvent {
				v := reflect.New(reflect.TypeOf(empty)).Elem()
				texts += spoil(t, v, text)
				event, _ := v.Interface().(flow.Event)
				if on, ok := event.(flow.OnEvent); ok && seeds == 0 {
					on.Name = flow.EventLayerReady // so that the walk goes on
					event = on
				}
				next := flow.Step(state, event)
				entry := j.Append(event, next)
				state = next.Next
				w.Entries = append(w.Entries, entry)
				line, err := journal.Whole(entry)
				if found := obeyed(line); err != nil || len(found) > 0 || bytes.ContainsRune(line, '\n') {
					t.Errorf("%s: the recording of %T has %v, %v", what, event, found, err)
				}
				model, _ = model.Update(tui.Feed(event))
				if found := onlyColours(model.View().Content); len(found) > 0 {
					t.Fatalf("%s: after %T the screen has %q", what, event, found)
				}
				if title := model.View().WindowTitle; len(obeyed([]byte(title))) > 0 {
					t.Errorf("%s: the title is %q", what, title)
				}
			}
		}
		var said bytes.Buffer
		if err := plain.Replay(t.Context(), plain.Recorded{Initial: w.Initial, Entries: w.Entries, Catalog: catalog}, &said); err != nil {
			t.Fatal(err)
		}
		har, err := export.HAR(w)
		if err != nil {
			t.Fatal(err)
		}
		all, err := export.JSON(w)
		if err != nil {
			t.Fatal(err)
		}
		film, err := casting{width: 100, height: 30, idleLimit: time.Second, catalog: catalog}.write(w)
		if err != nil {
			t.Fatal(err)
		}
		for name, document := range map[string][]byte{"plain": said.Bytes(), "markdown": export.Markdown(w), "mermaid": export.Mermaid(w), "har": har, "json": all, "asciicast": film} {
			if found := obeyed(document); len(found) > 0 {
				t.Errorf("%s: %s has %v", what, name, found)
			}
		}
		_, events := eventsOf(t, film)
		for _, e := range events {
			for rest, state := e.data, byte(0); e.kind == "o" && rest != ""; {
				sequence, _, n, next := ansi.DecodeSequence(rest, state, nil)
				rest, state = rest[n:], next
				if len(obeyed([]byte(sequence))) > 0 && !allowedSequence.MatchString(sequence) {
					t.Fatalf("%s: the film sends %q", what, sequence)
				}
			}
		}
		if document := string(export.Markdown(w)); strings.Contains(withoutCode(document), "<script") || strings.Contains(withoutCode(document), "](javascript") {
			t.Errorf("%s: the transcript has markup of a stranger's", what)
		}
	}
	t.Logf("%d texts of %d kinds of event", texts, len(everyEvent))
}

// withoutCode drops what Markdown shows as code.
func withoutCode(document string) string {
	document = regexp.MustCompile("(?s)(?m)^(`{3,})[a-z]*\n.*?\n`{3,}$").ReplaceAllString(document, "")
	for n := 5; n > 0; n-- {
		fence := strings.Repeat("`", n)
		document = regexp.MustCompile("(?:^|[^`])"+fence+"[^`].*?"+fence).ReplaceAllString(document, "")
	}
	return document
}
