package plaidsim

import (
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"layersim/fixtures"
)

// layerErrors are the errors that a Layer integration meets (Plaid docs: Errors;
// Plaid docs: Layer), of which the simulator sends most.
var layerErrors = []string{
	"INVALID_REQUEST / MISSING_FIELDS", "INVALID_REQUEST / INVALID_FIELD", "INVALID_REQUEST / UNKNOWN_FIELDS", "INVALID_REQUEST / INVALID_BODY",
	"INVALID_REQUEST / INVALID_HEADERS", "INVALID_REQUEST / NOT_FOUND", "INVALID_INPUT / INVALID_API_KEYS", "INVALID_INPUT / UNAUTHORIZED_ROUTE_ACCESS",
	"INVALID_INPUT / INVALID_PRODUCT", "INVALID_INPUT / INVALID_LINK_TOKEN", "INVALID_INPUT / INVALID_PUBLIC_TOKEN",
	"INVALID_INPUT / INVALID_WEBHOOK_VERIFICATION_KEY_ID", "INVALID_INPUT / PROFILE_AUTHENTICATION_FAILED", "ITEM_ERROR / INVALID_OTP",
	"RATE_LIMIT_EXCEEDED / RATE_LIMIT", "API_ERROR / INTERNAL_SERVER_ERROR", "API_ERROR / PLANNED_MAINTENANCE",
}

// realOnly are errors that only the real Plaid answers calls of the walk or of
// doctor with, unless a fault says so, each with why the simulator does not, and
// with the source.
var realOnly = map[string]string{
	"ITEM_ERROR / ITEM_LOGIN_REQUIRED":         "Items of the simulator never need a new sign-in (Plaid docs: Item errors)",
	"ITEM_ERROR / PRODUCT_NOT_READY":           "data of the simulator is there at once (Plaid docs: Item errors)",
	"INVALID_INPUT / UNAUTHORIZED_ENVIRONMENT": "the simulator is one environment, which any keys may use (Plaid docs: Invalid Input errors)",
	"INVALID_INPUT / PRODUCT_NOT_ENABLED":      "the contract has the code in an example, with another error_type; that an account without Layer gets it so is UNCONFIRMED (Plaid OpenAPI: BaseReportsErrorWebhook)",
}

// Every error that this package can send is explained, and every explanation is
// of one that somebody can meet.
func TestEveryErrorIsExplained(t *testing.T) {
	sent := map[string]bool{}
	for name := range sentErrors(t) {
		sent[name] = true
	}
	if len(sent) < 20 {
		t.Fatalf("only %d errors were found in the source: %v", len(sent), slices.Sorted(maps.Keys(sent)))
	}
	for _, name := range layerErrors {
		sent[name] = true
	}
	for name := range realOnly {
		if sent[name] {
			t.Errorf("%s is sent by the simulator, too", name)
		}
		sent[name] = true
	}
	explained := map[string]bool{}
	for _, e := range fixtures.Errors() {
		if e.Type != fixtures.OwnErrors {
			explained[e.Name()] = true
		}
	}
	for _, name := range slices.Sorted(maps.Keys(sent)) {
		if !explained[name] {
			t.Errorf("%s is not explained in fixtures/errors", name)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(explained)) {
		if !sent[name] {
			t.Errorf("%s is explained, but nobody sends it", name)
		}
	}
}

// sentErrors finds the errors that are made in this package's source: by
// function, or as a literal whose first two texts, or Type and Code, are names
// of errors.
func sentErrors(t *testing.T) map[string]bool {
	t.Helper()
	kinds := map[string]string{"invalidRequest": "INVALID_REQUEST", "invalidInput": "INVALID_INPUT", "itemError": "ITEM_ERROR"}
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]bool{}
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(parsed, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.CallExpr:
				if f, ok := n.Fun.(*ast.Ident); ok && kinds[f.Name] != "" {
					if code := nameIn(n.Args[0]); code != "" {
						found[kinds[f.Name]+" / "+code] = true
					}
				}
			case *ast.CompositeLit:
				if kind, code := namesIn(n); kind != "" && code != "" {
					found[kind+" / "+code] = true
				}
			}
			return true
		})
	}
	return found
}

func namesIn(lit *ast.CompositeLit) (kind, code string) {
	for i, e := range lit.Elts {
		switch e := e.(type) {
		case *ast.KeyValueExpr:
			switch key, ok := e.Key.(*ast.Ident); {
			case !ok:
			case key.Name == "Type":
				kind = nameIn(e.Value)
			case key.Name == "Code":
				code = nameIn(e.Value)
			}
		default:
			if name := nameIn(e); i == 0 {
				kind = name
			} else if i == 1 {
				code = name
			}
		}
	}
	if !strings.HasSuffix(kind, "_ERROR") && !strings.HasPrefix(kind, "INVALID_") && kind != "RATE_LIMIT_EXCEEDED" {
		return "", ""
	}
	return kind, code
}

// nameIn returns a text that could be the name of an error.
func nameIn(e ast.Expr) string {
	lit, ok := e.(*ast.BasicLit)
	if !ok || lit.Kind != token.STRING {
		return ""
	}
	text, err := strconv.Unquote(lit.Value)
	if err != nil || strings.Trim(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ_") != "" {
		return ""
	}
	return text
}
