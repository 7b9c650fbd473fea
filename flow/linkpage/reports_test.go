package linkpage_test

import (
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/google/go-cmp/cmp"

	"layersim/flow"
	"layersim/flow/linkpage/pagetest"
)

// configScript is goodScript whose callbacks are within the test's reach.
var configScript = strings.Replace(goodScript, `log.push("create");`, `log.push("create"); window.config = config;`, 1)

// One callback of odd types never stops the ones after it, whatever it is.
func TestACallbackOfOddTypesStopsNoOther(t *testing.T) {
	const good = `"name":"X","metadata":{}`
	for title, test := range map[string]struct {
		fields string
		want   string
		check  func(t *testing.T, e flow.Event)
	}{
		"an error whose code is a number": {`"kind":"exit","handler":1,"error":{"error_type":"API_ERROR","error_code":500,"error_message":["x"],"display_message":{}}`, "onExit", func(t *testing.T, e flow.Event) {
			if diff := cmp.Diff(flow.Failure{Type: "API_ERROR", Code: "500"}, e.(flow.OnExit).Failure); diff != "" {
				t.Error(diff)
			}
		}},
		"an error that is a text": {`"kind":"exit","handler":1,"error":"boom"`, "onExit", func(t *testing.T, e flow.Event) {
			if f := e.(flow.OnExit).Failure; f.Message != "boom" {
				t.Errorf("%+v", f)
			}
		}},
		"an error that is a list": {`"kind":"exit","handler":1,"error":[1]`, "onExit", func(t *testing.T, e flow.Event) {
			if f := e.(flow.OnExit).Failure; f.Code != flow.CodeNotPlaid {
				t.Errorf("%+v", f)
			}
		}},
		"an error that says no": {`"kind":"exit","handler":1,"error":false,"metadata":7`, "onExit", func(t *testing.T, e flow.Event) {
			if f := e.(flow.OnExit).Failure; !f.IsZero() {
				t.Errorf("%+v", f)
			}
		}},
		"a public_token that is a number": {`"kind":"success","handler":1,"public_token":4711,"metadata":"x"`, "onSuccess", func(t *testing.T, e flow.Event) {
			if token := e.(flow.OnSuccess).PublicToken.Reveal(); token != "4711" {
				t.Error(token)
			}
		}},
		"a public_token that is an object": {`"kind":"success","handler":1,"public_token":{}`, "onSuccess", func(t *testing.T, e flow.Event) {
			if !e.(flow.OnSuccess).PublicToken.IsZero() {
				t.Errorf("%+v", e)
			}
		}},
		"a public_token that is none": {`"kind":"success","handler":1,"public_token":"a b"`, "trouble: Something that came from Link makes no sense, so it was passed over: no proper public_token.", nil},
		"a name that is a number":     {`"kind":"event","handler":1,"name":7,"metadata":[]`, "7", nil},
		"a name that is an object":    {`"kind":"event","handler":1,"name":{}`, "trouble: Something that came from Link makes no sense, so it was passed over: no proper event name.", nil},
		"an after that is a text":     {`"kind":"event","handler":1,"after":"now",` + good, "X", nil},
		"a kind that is a number":     {`"kind":1,"handler":1,` + good, "trouble: Something that came from Link makes no sense, so it was passed over: unknown kind.", nil},
		"a reason that is an object":  {`"kind":"trouble","reason":{}`, "trouble: Something that came from Link makes no sense, so it was passed over: trouble without a reason.", nil},
	} {
		t.Run(title, func(t *testing.T) {
			a := newAttacked(t)
			drain(a.events)
			a.say(test.fields)
			e := await[flow.Event](t, a.events)
			if got := name(e); got != test.want {
				t.Fatalf("%q came, want %q", got, test.want)
			}
			if test.check != nil {
				test.check(t, e)
			}
			a.say(`"kind":"event","handler":1,"name":"LATER"`)
			if e := await[flow.OnEvent](t, a.events); e.Name != "LATER" {
				t.Error(e.Name)
			}
		})
	}
}

// Without a public_token the walk is not over, so the handler is not either.
func TestASuccessWithoutATokenEndsNothing(t *testing.T) {
	a := newAttacked(t)
	a.say(`"kind":"success","handler":1,"public_token":null,"metadata":{}`)
	await[flow.OnSuccess](t, a.events)
	a.say(`"kind":"event","handler":1,"name":"X"`)
	await[flow.OnEvent](t, a.events)
	if m := openTab(t, a.url, "next").hear("handle"); m["end"] != nil || m["link_token"] == nil {
		t.Errorf("%v", m)
	}
}

// What Link gives may be anything that JavaScript has.
func TestWhatJSONCannotCarryIsReportedAllTheSame(t *testing.T) {
	browser := pagetest.NewWindow(t)
	h := stubHome(t, browser, configScript)
	ok(t, h.make(t))
	await[flow.OnLoad](t, h.events)
	do(t, browser, `
		const round = { error_type: "API_ERROR", error_code: 500, get error_message() { throw new Error("no"); } };
		round.self = round;
		config.onEvent("BIG", { a: 10n });
		config.onEvent("ROUND", round);
		config.onEvent(Symbol("x"), {});
		config.onSuccess(null, {}); // ends nothing
		config.onExit(round, { request_id: "rid" });`)
	for _, want := range []string{"BIG", "ROUND"} {
		if e := await[flow.OnEvent](t, h.events); e.Name != want || e.Metadata.Raw != "" {
			t.Errorf("%+v", e)
		}
	}
	await[flow.PageTrouble](t, h.events)
	await[flow.OnSuccess](t, h.events)
	want := flow.Failure{Type: "API_ERROR", Code: "500", RequestID: "rid"}
	if diff := cmp.Diff(want, await[flow.OnExit](t, h.events).Failure); diff != "" {
		t.Error(diff)
	}
}

func TestAnErrorThatIsTooLargeIsCut(t *testing.T) {
	browser := pagetest.NewWindow(t)
	h := stubHome(t, browser, configScript)
	ok(t, h.make(t))
	do(t, browser, `config.onExit({ error_type: "API_ERROR", error_code: "INTERNAL_SERVER_ERROR", error_message: "x".repeat(70000) }, { request_id: "rid" });`)
	f := await[flow.OnExit](t, h.events).Failure
	if f.Type != "API_ERROR" || f.Code != "INTERNAL_SERVER_ERROR" || !strings.HasPrefix(f.Message, "xxx") || f.RequestID != "rid" {
		t.Errorf("%+v", f)
	}
}

// A call that failed is over: it is nothing that a load catches up with.
func TestAReloadDoesNotRepeatWhatFailed(t *testing.T) {
	browser := pagetest.NewWindow(t)
	h := stubHome(t, browser, strings.NewReplacer(
		`submit(data) {`, `submit(data) { if (data.phone_number === "+12") { log.push("bad"); throw new Error("bad number"); }`,
		`open() {`, `open() { if (!window.may) { log.push("shut"); throw new Error("not now"); }`,
	).Replace(goodScript)+`window.may = !!sessionStorage.getItem("may");`)
	ok(t, h.make(t))
	if err := h.handlers.Submit(within(t), flow.SubmitHandler{HandlerID: handlerID, Phone: flow.NewPhoneNumber("+12")}); err == nil {
		t.Fatal("submit did not fail")
	}
	h.submit(t, "+14155550011")
	h.event(t, flow.EventLayerReady)
	if err := h.handlers.Open(within(t), handlerID); err == nil {
		t.Fatal("open did not fail")
	}
	do(t, browser, `may = true; sessionStorage.setItem("may", 1)`)
	h.open(t)
	h.event(t, flow.EventOpen)
	drain(h.events)
	pagetest.Run(t, browser, chromedp.Reload())
	names, e := until[flow.OnLoad](t, h.events)
	h.event(t, flow.EventLayerReady)
	if last := h.event(t, flow.EventOpen); !last.Again || !e.Again {
		t.Errorf("%q %+v", names, last)
	}
	pagetest.InPage(t, browser, `log.join() === "create,submit +14155550011,open"`)
	pageSays(t, browser, "Finish in Link")
}

// A load that comes after create failed says so, and blames nobody else.
func TestAReloadAfterCreateFailed(t *testing.T) {
	browser := pagetest.NewWindow(t)
	h := stubHome(t, browser, `window.Plaid = { create() { window.called = true; throw new Error("no"); } };`)
	if err := h.make(t); err == nil {
		t.Fatal("create did not fail")
	}
	drain(h.events)
	pagetest.Run(t, browser, chromedp.Reload())
	pageSays(t, browser, "Link could not be opened")
	pagetest.InPage(t, browser, `document.getElementById("text").textContent.startsWith("Plaid.create() failed before") && !window.called`)
	for _, name := range drain(h.events) {
		if strings.HasPrefix(name, "trouble") {
			t.Error(name)
		}
	}
}

// A submit that was repeated because no answer came is made once by a load that
// catches up: it has no answer to wait for in between.
func TestAReloadRepeatsASubmitOnce(t *testing.T) {
	browser := pagetest.NewWindow(t)
	h := stubHome(t, browser, goodScript+`window.answer = "SOMETHING";`)
	ok(t, h.make(t))
	h.submit(t, "+14155550011")
	h.event(t, "SOMETHING")
	h.submit(t, "+14155550012")
	h.event(t, "SOMETHING")
	ok(t, h.handlers.Submit(within(t), flow.SubmitHandler{HandlerID: handlerID, DateOfBirth: flow.NewDateOfBirth("1975-01-18")}))
	h.event(t, "SOMETHING")
	pagetest.Run(t, browser, chromedp.Reload())
	h.event(t, "SOMETHING")
	// The date of birth does not say what the number said.
	pagetest.InPage(t, browser, `log.join() === "create,submit +14155550012,submit 1975-01-18"`)
}

func TestWhatThePageSaysWhileAHandlerLivesHere(t *testing.T) {
	browser := pagetest.NewWindow(t)
	h := stubHome(t, browser, goodScript)
	ok(t, h.make(t))
	h.open(t)
	pageSays(t, browser, "Finish in Link")
	says := func(text string) {
		t.Helper()
		pagetest.InPage(t, browser, `document.getElementById("text").textContent === `+pagetest.Quote(text))
	}
	says("Go through Link here. Your terminal stays quiet until Link is over; then it goes on by itself.")
	h.handlers.Destroy(handlerID)
	pageSays(t, browser, "This session is over. Go on in your terminal.")
	says("Keep this tab if you want another attempt; else close it.")
}
