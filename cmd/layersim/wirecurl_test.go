package main

import (
	"encoding/json"
	"maps"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"layersim/flow"
	"layersim/flow/journal"
	"layersim/flow/plaidapi"
)

// A call that is copied as curl runs as it is pasted, and is answered like the
// call itself.
func TestCopiedCurlRuns(t *testing.T) {
	for _, tool := range []string{"bash", "curl"} {
		needTool(t, tool)
	}
	w := newSnippetWorld(t)
	var calls []flow.Exchange
	server := plaidapi.New(plaidapi.Options{BaseURL: w.url, ClientID: "snippets", Secret: "secret", Now: time.Now, Record: func(x flow.Exchange) { calls = append(calls, x) }})
	link, _, _, err := server.CreateSessionToken(t.Context(), flow.CreateSessionToken{TemplateID: "template_4uinBNe4B2x9", ClientUserID: `it's a "user"; $(rm -rf /) \`})
	if err != nil {
		t.Fatal(err)
	}
	text, _ := w.share(link.Reveal())
	public := flow.NewPublicToken(text)
	account, err := server.GetUserAccountSession(t.Context(), flow.GetUserAccountSession{PublicToken: public})
	if err != nil || len(account.Items) == 0 {
		t.Fatal(account, err)
	}
	access := account.Items[0].AccessToken
	if _, err := server.GetAccounts(t.Context(), flow.GetAccounts{AccessToken: access}); err != nil {
		t.Fatal(err)
	}
	known := func(_, masked string) (string, bool) {
		switch masked {
		case public.String():
			return public.Reveal(), true
		case access.String():
			return access.Reveal(), true
		}
		return "", false
	}
	var paths []string
	for _, x := range calls {
		u, _ := url.Parse(x.URL)
		paths = append(paths, u.Path)
		x.URL = "https://sandbox.plaid.com" + u.Path // PLAID_URL leads it to the simulator
		masked := journal.Curl(x, nil)
		if strings.Contains(masked, public.Reveal()) || strings.Contains(masked, access.Reveal()) || strings.Contains(masked, "•") {
			t.Errorf("masked:\n%s", masked)
		}
		whole := journal.Curl(x, known)
		if strings.Contains(whole, "PUBLIC_TOKEN") || strings.Contains(whole, "ACCESS_TOKEN") || !strings.Contains(whole, "$PLAID_SECRET") {
			t.Errorf("with real tokens:\n%s", whole)
		}
		for name, script := range map[string]string{
			"masked": "PUBLIC_TOKEN=" + public.Reveal() + " ACCESS_TOKEN=" + access.Reveal() + "\n" + masked,
			"real":   whole,
		} {
			answer := w.run(t.TempDir(), "bash", "-c", script)
			if diff := cmp.Diff(shape(t, x.ResponseBody), shape(t, answer)); diff != "" {
				t.Errorf("%s, %s, is answered differently:\n%s\n%s", u.Path, name, diff, script)
			}
		}
	}
	if want := []string{"/session/token/create", "/user_account/session/get", "/accounts/get"}; !slices.Equal(paths, want) {
		t.Errorf("calls %v, want %v", paths, want)
	}
}

// shape returns which values JSON has, without the values.
func shape(t *testing.T, text string) any {
	t.Helper()
	var v any
	if err := json.Unmarshal([]byte(text), &v); err != nil {
		t.Fatalf("%v: %s", err, text)
	}
	var of func(v any) any
	of = func(v any) any {
		switch v := v.(type) {
		case map[string]any:
			out := map[string]any{}
			for _, key := range slices.Sorted(maps.Keys(v)) {
				out[key] = of(v[key])
			}
			return out
		case []any:
			out := []any{}
			for _, e := range v {
				out = append(out, of(e))
			}
			return out
		case nil:
			return nil
		}
		return "a value"
	}
	return of(v)
}
