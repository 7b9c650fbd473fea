package main

import (
	"strings"
	"testing"

	"layersim/flow"
	"layersim/flow/plaidsim"
)

// events calls change for each event that an answer of Link brings.
func events(path string, body map[string]any, change func(name string, event, metadata map[string]any)) {
	if !strings.HasPrefix(path, "/link/session") {
		return
	}
	list, _ := body["callbacks"].([]any)
	for _, one := range list {
		event, _ := one.(map[string]any)
		metadata, _ := event["metadata"].(map[string]any)
		name, _ := event["name"].(string)
		if view, _ := metadata["view_name"].(string); view != "" {
			name += " " + view
		}
		change(name, event, metadata)
	}
}

// onEvents makes a tamper of a change of events.
func onEvents(change func(name string, event, metadata map[string]any)) tamper {
	return func(path string, _ int, body map[string]any) { events(path, body, change) }
}

// in returns an object inside of an object.
func in(body map[string]any, path ...string) map[string]any {
	for _, name := range path {
		body, _ = body[name].(map[string]any)
	}
	return body
}

// swap exchanges when two events happened, in the answer that brings both.
func swap(a, b string) tamper {
	return func(path string, _ int, body map[string]any) {
		found := map[string]map[string]any{}
		events(path, body, func(name string, _, metadata map[string]any) { found[name] = metadata })
		if found[a] != nil && found[b] != nil {
			found[a]["timestamp"], found[b]["timestamp"] = found[b]["timestamp"], found[a]["timestamp"]
		}
	}
}

// hold holds events back as documented, but for one.
func hold(but string) tamper {
	var held []any
	return func(path string, _ int, body map[string]any) {
		list, _ := body["callbacks"].([]any)
		var out []any
		events(path, body, func(name string, event, _ map[string]any) {
			short, _ := event["name"].(string)
			switch {
			case event["kind"] != "event":
				out = append(append(out, held...), event)
				held = nil
			case name == but, short == "OPEN", strings.HasPrefix(short, "LAYER_"):
				out = append(out, event)
			default:
				held = append(held, event)
			}
		})
		if list != nil {
			body["callbacks"] = append([]any{}, out...)
		}
	}
}

// Each difference that is planted is named, and nothing else.
func TestPlantedDifferences(t *testing.T) {
	share := func(d *distant) []doing {
		return []doing{token, handler, phone("+14155550011"), opens, presses(flow.LinkContinue), code("111111"), code("123456"), d.share(1, nil)}
	}
	leave := func(*distant) []doing {
		return []doing{token, handler, phone("+14155550011"), opens, presses(flow.LinkContinue), code("111111"), presses(flow.LinkClose)}
	}
	onAPI := func(want string, change func(body map[string]any)) tamper {
		return func(path string, status int, body map[string]any) {
			if path == want {
				change(body)
			}
		}
	}
	const session = "/user_account/session/get"
	tests := []struct {
		name   string
		walk   func(d *distant) []doing
		change tamper
		want   string // differences: step | topic | where | live | simulator
	}{
		{"an event is called otherwise", share, onEvents(func(name string, event, _ map[string]any) {
			if name == "SUBMIT_OTP" {
				event["name"] = "OTP_SENT"
			}
		}), "Link | event | the event after TRANSITION_VIEW VERIFY_PHONE | OTP_SENT | SUBMIT_OTP; " +
			"Link | event | the event after ERROR INVALID_OTP | OTP_SENT | SUBMIT_OTP"},
		{"an unknown event comes", share, onEvents(func(name string, event, _ map[string]any) {
			if name == "VERIFY_PHONE" {
				event["name"] = "SOMETHING_NEW"
			}
		}), "Link | event | the event after TRANSITION_VIEW PROFILE_DATA_REVIEW | SOMETHING_NEW | VERIFY_PHONE"},
		{"a key is missing everywhere", share, onEvents(func(_ string, event, metadata map[string]any) {
			if event["kind"] == "event" {
				delete(metadata, "match_reason")
			}
		}), "phone number | metadata | metadata.match_reason of LAYER_READY, OPEN, TRANSITION_VIEW CONSENT, TRANSITION_VIEW VERIFY_PHONE, SUBMIT_OTP (2 times), " +
			"ERROR INVALID_OTP, TRANSITION_VIEW PROFILE_DATA_REVIEW, VERIFY_PHONE, HANDOFF | absent | null"},
		{"a key is missing in one", share, onEvents(func(name string, _, metadata map[string]any) {
			if name == "LAYER_READY" {
				delete(metadata, "request_id")
			}
		}), "phone number | metadata | metadata.request_id of LAYER_READY | absent | text"},
		{"a key is null", share, onEvents(func(name string, _, metadata map[string]any) {
			if name == "OPEN" {
				metadata["is_update_mode"] = nil
			}
		}), "Link | metadata | metadata.is_update_mode of OPEN | null | text"},
		{"a key is of another type", share, onEvents(func(name string, _, metadata map[string]any) {
			if name == "OPEN" {
				metadata["is_update_mode"] = false
			}
		}), "Link | metadata | metadata.is_update_mode of OPEN | true or false | text"},
		{"a view is called otherwise", share, onEvents(func(name string, _, metadata map[string]any) {
			if name == "TRANSITION_VIEW CONSENT" {
				metadata["view_name"] = "WELCOME"
			}
		}), "Link | metadata | metadata.view_name of TRANSITION_VIEW CONSENT | WELCOME | CONSENT"},
		{"another error code", share, onEvents(func(name string, _, metadata map[string]any) {
			if name == "ERROR" {
				metadata["error_code"] = "INVALID_CODE"
			}
		}), "Link | metadata | metadata.error_code of ERROR INVALID_OTP | INVALID_CODE | INVALID_OTP"},
		{"two events the other way round", share, swap("TRANSITION_VIEW PROFILE_DATA_REVIEW", "VERIFY_PHONE"),
			"Link | order | VERIFY_PHONE | happened after SUBMIT_OTP | happens after TRANSITION_VIEW PROFILE_DATA_REVIEW"},
		{"onSuccess has another shape", share, onEvents(func(_ string, event, metadata map[string]any) {
			if event["kind"] == "success" {
				metadata["new"] = 1
				in(metadata, "institution")["institution_id"] = nil
			}
		}), "end of Link | metadata | metadata.institution.institution_id of onSuccess | null | text; " +
			"end of Link | metadata | metadata.new of onSuccess | number | absent"},
		{"onExit has a status", leave, onEvents(func(_ string, event, metadata map[string]any) {
			if event["kind"] == "exit" {
				metadata["status"] = "layer_left"
			}
		}), "end of Link | metadata | metadata.status of onExit | layer_left | requires_code"},
		{"onExit has an error", leave, onEvents(func(_ string, event, _ map[string]any) {
			if event["kind"] == "exit" {
				event["error"] = map[string]any{"error_type": "ITEM_ERROR", "error_code": "USER_LEFT", "error_message": "m", "display_message": nil}
			}
		}), "end of Link | error | error of onExit | ITEM_ERROR / USER_LEFT | none"},
		{"a new field", share, onAPI(session, func(body map[string]any) { body["link_session_id"] = "x" }),
			"session | response | POST /user_account/session/get: link_session_id | text | absent"},
		{"a field is gone", share, onAPI(session, func(body map[string]any) { delete(in(body, "identity"), "email") }),
			"session | response | POST /user_account/session/get: identity.email | absent | text"},
		{"a field is null", share, onAPI(session, func(body map[string]any) { in(body, "identity")["address"] = nil }),
			"session | response | POST /user_account/session/get: identity.address | null | object"},
		{"nothing is in items", share, onAPI(session, func(body map[string]any) { body["items"] = []any{} }),
			"session | response | POST /user_account/session/get: items | empty | has elements"},
		{"a new true or false", share, onAPI(session, func(body map[string]any) { body["new_flag"] = true }),
			"session | response | POST /user_account/session/get: new_flag | true or false | absent"},
		{"a private field is true or false", share, onAPI(session, func(body map[string]any) { in(body, "identity")["ssn"] = true }),
			"session | response | POST /user_account/session/get: identity.ssn | true or false | text"},
		{"a private field is a number", share, onAPI(session, func(body map[string]any) { in(body, "identity")["ssn"] = 987654320 }),
			"session | response | POST /user_account/session/get: identity.ssn | number | text"},
		{"a count is a text", share, onAPI(session, func(body map[string]any) { in(body, "identity_edit_history", "name")["edits_1d"] = "0" }),
			"session | response | POST /user_account/session/get: identity_edit_history.name.edits_1d | text | number"},
		{"a field of some elements", share, onAPI("/accounts/get", func(body map[string]any) {
			list, _ := body["accounts"].([]any)
			account, _ := list[0].(map[string]any)
			in(account, "balances")["limit"] = "x"
		}), "other calls | response | POST /accounts/get: accounts[].balances.limit | text | null"},
		{"the token has no expiration and a user", share, onAPI("/session/token/create", func(body map[string]any) {
			delete(in(body, "link"), "expiration")
			in(body, "link")["user_id"] = "usr_1"
		}), "link_token | response | POST /session/token/create: link.expiration | absent | text; " +
			"link_token | response | POST /session/token/create: link.user_id | text | absent"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			d := newDistant(t, "default", plaidsim.Documented, test.change)
			d.do(test.walk(d)...)
			finds(t, foundIn(t, d.file()), test.want)
		})
	}
	t.Run("an event is told at once", func(t *testing.T) {
		t.Parallel()
		d := newDistant(t, "default", plaidsim.Live, hold("TRANSITION_VIEW CONSENT"))
		d.do(share(d)...)
		finds(t, foundIn(t, d.file()), "Link | delivery | TRANSITION_VIEW CONSENT | told at once | held until the end")
	})
	t.Run("nothing is told at once that need not", func(t *testing.T) {
		t.Parallel()
		d := newDistant(t, "default", plaidsim.Live, hold(""))
		d.do(share(d)...)
		finds(t, foundIn(t, d.file()), "")
	})
	t.Run("a call fails", func(t *testing.T) {
		t.Parallel()
		d := newDistant(t, "default", plaidsim.Documented, nil)
		d.sim.Fail(plaidsim.Fault{On: "/session/token/create", ErrorType: "INVALID_INPUT", ErrorCode: "UNAUTHORIZED_ROUTE_ACCESS"})
		d.do(token)
		finds(t, foundIn(t, d.file()), "link_token | status | POST /session/token/create | 400 INVALID_INPUT / UNAUTHORIZED_ROUTE_ACCESS | 200")
	})
	t.Run("the walks part", func(t *testing.T) {
		t.Parallel()
		d := newDistant(t, "email-optional", plaidsim.Documented, nil)
		d.do(token, handler, phone("+15155550013"), opens, presses(flow.LinkContinue), code("123456"), d.share(1, nil))
		finds(t, foundIn(t, d.file(), "--template", "email-required"),
			"phone number | event | the first event | LAYER_READY | LAYER_NOT_AVAILABLE")
	})
	t.Run("a recorded simulated walk", func(t *testing.T) {
		t.Parallel()
		live, sim := newDistant(t, "default", plaidsim.Documented, nil), newDistant(t, "default", plaidsim.Live, nil)
		live.do(share(live)...)
		sim.do(share(sim)...)
		sim.app.plan.remote = nil // its header says that it was simulated
		r := foundIn(t, live.file(), sim.file())
		finds(t, r, "")
		if !strings.Contains(strings.Join(r.Notes, " "), "delivery is not compared") {
			t.Errorf("notes %q", r.Notes)
		}
	})
	t.Run("webhooks", func(t *testing.T) {
		t.Parallel()
		d := newDistant(t, "default", plaidsim.Documented, nil)
		d.do(share(d)...)
		d.take(flow.WebhookReceived{At: flow.At(d.app.now()), Type: "LINK", Code: "EVENTS", LinkToken: d.state.LinkToken, Verified: true, Delivery: 1})
		d.take(flow.WebhookReceived{At: flow.At(d.app.now()), Type: "LINK", Code: "EVENTS", LinkToken: d.state.LinkToken, Verified: true, Delivery: 2})
		d.take(flow.WebhookReceived{At: flow.At(d.app.now()), Type: "LINK", Code: "FORGED", LinkToken: d.state.LinkToken, Reason: "no"})
		finds(t, foundIn(t, d.file()), "webhooks | webhook | EVENTS | sent once | not sent")
	})
}

// finds checks the differences that were found, written in one line.
func finds(t *testing.T, r compared, want string) {
	t.Helper()
	var got []string
	for _, d := range r.Differences {
		got = append(got, strings.Join([]string{string(d.Step), string(d.Topic), d.Where, d.Live, d.Sim}, " | "))
	}
	if s := strings.Join(got, "; "); s != want {
		t.Errorf("got  %s\nwant %s\n%s", s, want, r.text())
	}
}
