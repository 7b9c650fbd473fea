package tui

import (
	"net/http"
	"os"
	"strings"
	"syscall"
	"testing"

	"layersim/flow"
)

// A call that begins a live walk and is refused: at 80×24 the screen says in
// Plaid's words and in ours what is wrong, and what helps.
func TestALiveWalkThatCannotBegin(t *testing.T) {
	const here = "LAYERSIM_PLAID_URL=http://127.0.0.1:8137"
	plaidSays := func(code, message string) func(*http.Request) (*http.Response, error) {
		return says(400, "application/json", `{"error_type":"`+code+`","error_message":"`+message+`","display_message":null,"request_id":"reqLIVE42"}`)
	}
	for name, tc := range map[string]struct {
		how       func(*http.Request) (*http.Response, error)
		elsewhere []string
		order     []string // what the screen says, from top to bottom
		not       []string
	}{
		"unknown template": {
			plaidSays(`INVALID_REQUEST","error_code":"INVALID_FIELD`, "template_id could not be found: template_default"), nil,
			[]string{"failed", "template_id could not be found", "Plaid does not know template_4uinBNe4B2x9: compare LAYER_TEMPLATE_ID with the Dashboard.", "start layersim again", "Nothing is lost", "HTTP status", "400", "Enter"},
			[]string{"UNCONFIRMED", "redirect_uri"},
		},
		"template that is not published": {
			plaidSays(`INVALID_REQUEST","error_code":"INVALID_FIELD`, "the template is a draft"), nil,
			[]string{"the template is a draft", "Plaid does not take template_4uinBNe4B2x9: see its message", "start layersim again"}, nil,
		},
		"another field": {
			plaidSays(`INVALID_REQUEST","error_code":"INVALID_FIELD`, "client_user_id is too long"), nil,
			[]string{"client_user_id is too long", "See the field that the message names"}, []string{"does not know template", "UNCONFIRMED"},
		},
		"no Layer": {
			plaidSays(`INVALID_INPUT","error_code":"UNAUTHORIZED_ROUTE_ACCESS`, "not for you"), nil,
			[]string{"not for you", "may not use this endpoint", "UNCONFIRMED", "without Layer"}, []string{"a template", "not published", "LAYER_TEMPLATE_ID"},
		},
		"wrong keys": {
			plaidSays(`INVALID_INPUT","error_code":"INVALID_API_KEYS`, "invalid client_id or secret provided"), nil,
			[]string{"invalid client_id or secret provided", "layersim doctor", "Enter leave layersim, to start it with other keys", "r try again with the same keys"}, nil,
		},
		"nobody there": {
			dialFails(os.NewSyscallError("connect", syscall.ECONNREFUSED)), []string{here, "LAYERSIM_CA_FILE=ca.pem"},
			[]string{"CONNECTION_REFUSED", "See that " + here + " is right and that its server is running, then try again", "Enter try again"}, []string{"the address is right"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			height := 24
			if len(tc.elsewhere) > 0 {
				height = 26 // two lines name them
			}
			way := &trouble{at: pathToken, how: tc.how}
			inBubble(t, setting{paged: true, trouble: way, elsewhere: tc.elsewhere, width: 80, height: height}, func(w *world) {
				w.press("enter")
				w.stands(flow.PhaseFailed)
				w.reads(tc.order...)
				screen := strings.Join(strings.Fields(strings.ReplaceAll(w.screen(), "┃", " ")), " ")
				rest := screen
				for _, part := range tc.order {
					_, after, found := strings.Cut(rest, part)
					if !found {
						t.Errorf("%q does not follow in\n%s", part, w.screen())
						break
					}
					rest = after
				}
				for _, part := range tc.not {
					if strings.Contains(screen, part) {
						t.Errorf("%q is said in\n%s", part, w.screen())
					}
				}
				lines := strings.Split(strings.TrimSpace(w.screen()), "\n")
				if last := lines[len(lines)-1]; strings.Count(last, "try again") > 1 || strings.Contains(last, "leave layersim") && strings.Contains(last, "Enter try") {
					t.Errorf("the last line says twice: %s", last)
				}
			})
		})
	}
}

// Enter leaves a walk whose keys Plaid does not take; nothing else quits.
func TestEnterLeavesForOtherKeys(t *testing.T) {
	way := &trouble{at: pathToken, how: refuses(400, "INVALID_INPUT", "INVALID_API_KEYS")}
	inBubble(t, setting{paged: true, trouble: way}, func(w *world) {
		w.press("enter")
		w.stands(flow.PhaseFailed)
		if does, act := w.model().primary(); act == nil || !strings.HasPrefix(does, "leave layersim") || act(w.model()) == nil {
			t.Errorf("Enter does %q", does)
		}
		w.press("r")
		w.stands(flow.PhaseHandler)
	})
}
