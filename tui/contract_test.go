package tui

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"
	"github.com/getkin/kin-openapi/openapi3"

	"layersim/flow"
	"layersim/flow/plaidapi"
	"layersim/tui/pane"
	"layersim/tui/theme"
)

// leftOut are the properties of the two answers that no pane shows, with the
// reason; Wire has them all. A path stands for what is under it, too.
var leftOut = map[string]string{
	"accounts[].verification_status":            "only for Auth with micro-deposits, which Layer does not begin",
	"accounts[].verification_name":              "only for Auth with micro-deposits, which Layer does not begin",
	"accounts[].verification_insights":          "only for Auth with Database Auth, which Layer does not begin",
	"accounts[].persistent_account_id":          "tells the same account of several Items; the walk has one of each",
	"accounts[].holder_category":                "only for accounts of businesses",
	"accounts[].balances.last_updated_datetime": "only for one institution",
	"item":       "/item/get is the call for it; here it names the institution",
	"request_id": "the stage shows that of the session, Wire those of all calls",
}

// sameAnswer gives one answer to everything.
type sameAnswer string

func (a sameAnswer) RoundTrip(*http.Request) (*http.Response, error) {
	w := httptest.NewRecorder()
	w.Header().Set("Content-Type", "application/json")
	_, _ = io.WriteString(w, string(a))
	return w.Result(), nil
}

func serverWith(answer string) *plaidapi.Client {
	return plaidapi.New(plaidapi.Options{BaseURL: "http://plaid.test", Transport: sameAnswer(answer), Now: time.Now})
}

// Every property of the contract's two answers is on the screen or is left out
// with a reason, and none is called new.
func TestEveryPropertyOfTheContractHasItsPlace(t *testing.T) {
	path := os.Getenv("LAYERSIM_OPENAPI")
	if path == "" {
		if os.Getenv("LAYERSIM_REQUIRE_ALL") != "" {
			t.Fatal("LAYERSIM_OPENAPI does not name Plaid's contract")
		}
		t.Skip("LAYERSIM_OPENAPI does not name Plaid's contract")
	}
	contract, err := openapi3.NewLoader().LoadFromFile(path)
	if err != nil {
		t.Fatal(err)
	}
	reasons, shown := maps.Clone(leftOut), 0
	for schema, draw := range map[string]func(t *testing.T, answer string) (flow.Deviations, string){
		"UserAccountSessionGetResponse": drawSession,
		"AccountsGetResponse":           drawAccounts,
	} {
		eachLeaf(contract.Components.Schemas[schema].Value, "", 0, func(path string, leaf *openapi3.Schema) {
			value, marker := markerFor(leaf)
			answer := wrapped(path, value)
			found, screen := draw(t, answer)
			for _, d := range found.List {
				if d.New() {
					t.Errorf("%s of the contract is called new in %s", d.Path, answer)
				}
			}
			if strings.Contains(screen, marker) {
				shown++
				return
			}
			for left := range leftOut {
				if path == left || strings.HasPrefix(path, left+".") || strings.HasPrefix(path, left+"[") {
					delete(reasons, left)
					return
				}
			}
			t.Errorf("%s: %s is neither shown nor left out with a reason: no %q for %s in\n%s", schema, path, marker, answer, screen)
		})
	}
	for path := range reasons {
		t.Errorf("%s is left out with a reason, and is shown or not in the contract", path)
	}
	if shown < 50 {
		t.Errorf("only %d properties are shown", shown)
	}
}

func everythingRevealed(string) bool { return true }

func resultFrame() pane.Frame {
	return pane.Frame{Styles: theme.New(true, false), Width: 120, Height: 60, Focused: true}
}

func drawSession(t *testing.T, answer string) (flow.Deviations, string) {
	t.Helper()
	u, err := serverWith(answer).GetUserAccountSession(t.Context(), flow.GetUserAccountSession{})
	if err != nil {
		if !strings.Contains(answer, "request_id") {
			t.Errorf("%s: %v", answer, err)
		}
		return flow.Deviations{}, ""
	}
	f := resultFrame()
	rows := len(pane.IdentityRows(u)) - len(u.Deviations.List)
	u2 := u
	u2.Deviations = flow.Deviations{} // it must be shown at its place
	return u.Deviations, ansi.Strip(pane.Identity(f, u2, "", everythingRevealed, rows) + pane.History(f, u2) + pane.Items(f, u2, everythingRevealed, 0))
}

func drawAccounts(t *testing.T, answer string) (flow.Deviations, string) {
	t.Helper()
	x, err := serverWith(answer).GetAccounts(t.Context(), flow.GetAccounts{})
	if err != nil {
		return flow.Deviations{}, ""
	}
	u := flow.UserAccount{Items: []flow.Item{{Status: flow.AccountsKnown, Institution: x.Institution, Accounts: x.Accounts}}}
	return x.Deviations, ansi.Strip(pane.Items(resultFrame(), u, everythingRevealed, 1))
}

// eachLeaf calls each with every property that holds no others.
func eachLeaf(s *openapi3.Schema, path string, depth int, each func(path string, leaf *openapi3.Schema)) {
	if s.Items != nil && s.Items.Value != nil {
		path, s = path+"[]", s.Items.Value
	}
	properties := openapi3.Schemas{}
	maps.Copy(properties, s.Properties)
	for _, part := range s.AllOf {
		maps.Copy(properties, part.Value.Properties)
	}
	if len(properties) == 0 || depth > 6 {
		each(path, s)
		return
	}
	for name, property := range properties {
		at := name
		if path != "" {
			at = path + "." + name
		}
		eachLeaf(property.Value, at, depth+1, each)
	}
}

// markerFor returns a value that a property takes, as JSON, and how it is drawn.
func markerFor(s *openapi3.Schema) (value, marker string) {
	switch {
	case len(s.Enum) > 0:
		text := fmt.Sprint(s.Enum[0])
		return fmt.Sprintf("%q", text), text
	case s.Type.Is("integer"):
		return "47", "47"
	case s.Type.Is("number"):
		return "4711.25", "4,711.25"
	case s.Type.Is("boolean"):
		return "true", "true"
	}
	return `"mk7"`, "mk7"
}

// wrapped puts a value at a path; what an answer cannot be without is beside it.
func wrapped(path, value string) string {
	answer := map[string]json.RawMessage{"items": []byte("[]"), "accounts": []byte("[]")}
	parts := strings.Split(path, ".")
	for i := len(parts) - 1; i >= 0; i-- {
		name, list := strings.CutSuffix(parts[i], "[]")
		if list {
			value = "[" + value + "]"
		}
		if i == 0 {
			answer[name] = []byte(value)
			break
		}
		value = fmt.Sprintf("{%q:%s}", name, value)
	}
	if strings.HasPrefix(path, "accounts") || strings.HasPrefix(path, "item.") {
		delete(answer, "items")
	} else {
		delete(answer, "accounts")
	}
	encoded, _ := json.Marshal(answer) // valid JSON always encodes
	return string(encoded)
}
