package plaidapi

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
	"unicode"

	"layersim/flow"
)

// bytesOf is every byte of an exchange, as a reader of the record could see it.
func bytesOf(t *testing.T, x flow.Exchange) string {
	t.Helper()
	encoded, err := json.Marshal(x)
	if err != nil {
		t.Fatal(err)
	}
	return string(encoded) + fmt.Sprintf("%+v", x)
}

// A value planted anywhere must not be found anywhere.
func TestNothingPrivateIsRecorded(t *testing.T) {
	const (
		secret = "0123456789abcdefSECRETMARKER42"
		id     = "5f0c1e2d3b4a596877665544"
		public = "profile-sandbox-PUBLICMARKER-0000"
		access = "access-sandbox-ACCESSMARKER-0000"
		link   = "link-production-LINKMARKER-0000"
		phone  = "+14155550199"
		birth  = "1961-07-23"
		ssn    = "919283746"
		dashed = "919-28-3746"
		last4  = "8642"
	)
	markers := []string{"SECRETMARKER", id, "PUBLICMARKER", "ACCESSMARKER", "LINKMARKER", "4155550199", birth, ssn, dashed, last4}
	bodies := map[string]string{
		"session": `{"identity":{"phone_number":"` + phone + `","date_of_birth":"` + birth + `","ssn":"` + ssn + `","ssn_last_4":"` + last4 + `","ssn_last4":"` + last4 + `"},
			"items":[{"item_id":"i","access_token":"` + access + `"}],"request_id":"r"}`,
		"unusual types": `{"ssn":` + ssn + `,"phone_numbers":["` + phone + `",{"data":"` + phone + `","n":14155550199}],"date_of_birth":{"value":"` + birth + `","list":[["` + birth + `"]],"a":{"b":{"c":"` + birth + `"}}},
			"public_tokens":["` + public + `","opaque-PUBLICMARKER"],"SECRET":"x` + last4 + `","edits_1d":{"ssn":"` + ssn + `"},"ssn":{"edits_1d":` + ssn + `}}`,
		"in sentences":       `{"error_message":"could not use ` + public + ` of ` + phone + ` (` + dashed + `) with ` + secret + ` and ` + id + `","a":["` + link + `"]}`,
		"as keys":            `{"` + access + `":1,"` + phone + `":2,"` + secret + `":3}`,
		"escaped":            `{"ss\u006e":"9\u00319283746","m":"acce\u0073s-sandbox-ACCESSMARKER-0000"}`,
		"HTML":               `<p>` + public + ` ` + phone + ` ` + dashed + ` ` + ssn + ` born=` + birth + ` ` + secret + `</p>`,
		"form":               `access_token=` + access + `&ssn=` + ssn + `&secret=` + secret + `&dob=` + birth,
		"broken JSON":        `{"a":1,"x": oops "ssn":"` + ssn + `","date_of_birth":"` + birth + `","access_token":"ACCESSMARKER","last":"` + last4 + `"}`,
		"JSON and then more": `{"a":1} {"ssn":"` + ssn + `","date_of_birth":"` + birth + `"}`,
		"a token at the cut": strings.Repeat("x", longestBody-20) + " " + public + " and more",
		"a JSON string":      `"` + access + `"`,
		"deep":               strings.Repeat(`{"a":`, 70) + `"` + access + `"` + strings.Repeat("}", 70),
		"longer than kept":   `{"pad":"` + strings.Repeat("y", longestBody-10) + `","ssn":"` + ssn + `","t":"` + access + `"}`,
	}
	for name, answer := range bodies {
		t.Run(name, func(t *testing.T) {
			var exchanges []flow.Exchange
			rt := roundTrip(func(r *http.Request) (*http.Response, error) {
				w := httptest.NewRecorder()
				w.Header().Set("Content-Type", "application/json")
				w.Header().Set("Set-Cookie", "id="+last4)
				w.Header().Set("X-Echo", r.Header.Get("PLAID-SECRET")+" "+access)
				_, _ = io.WriteString(w, answer)
				return w.Result(), nil
			})
			c := client(t, rt, &exchanges)
			_, _ = c.GetUserAccountSession(t.Context(), flow.GetUserAccountSession{PublicToken: flow.NewPublicToken(public)})
			_, _ = c.GetAccounts(t.Context(), flow.GetAccounts{AccessToken: flow.NewAccessToken(access)})
			if len(exchanges) != 2 {
				t.Fatalf("%d exchanges recorded", len(exchanges))
			}
			for _, x := range exchanges {
				all := bytesOf(t, x)
				for _, marker := range markers {
					if i := strings.Index(all, marker); i >= 0 {
						t.Errorf("%q stands in the record: …%s…", marker, all[max(0, i-60):min(len(all), i+40)])
					}
				}
				if len(x.ResponseBody) > longestBody+100 {
					t.Errorf("%d bytes of a body were kept", len(x.ResponseBody))
				}
			}
		})
	}
	t.Run("errors", func(t *testing.T) {
		answer := `{"error_type":"INVALID_INPUT","error_code":"INVALID_PUBLIC_TOKEN","error_message":"no ` + public + ` for ` + secret + `","display_message":"call ` + phone + `","request_id":"r"}`
		_, err := client(t, answering(400, "application/json", answer), nil).GetUserAccountSession(t.Context(), flow.GetUserAccountSession{})
		all := fmt.Sprintf("%+v", failureOf(t, err))
		for _, marker := range markers {
			if strings.Contains(all, marker) {
				t.Errorf("%q stands in %s", marker, all)
			}
		}
	})
}

func TestBodiesKeepTheirShape(t *testing.T) {
	const sent = `{"z":null,"a":[1.50,true,{},[]],"client_id":"5f0c1e2d3b4a596877665544","date_of_birth":{"edits_1d":3},"html":"<b> & é","date_of_birth":null,"link_token":"link-sandbox-0123456789abcdef"}`
	const want = `{
  "z": null,
  "a": [
    1.50,
    true,
    {},
    []
  ],
  "client_id": "••••5544",
  "date_of_birth": {
    "edits_1d": 3
  },
  "html": "<b> & é",
  "date_of_birth": null,
  "link_token": "link-sandbox-••••cdef"
}`
	if got := (redactor{}).body([]byte(sent)); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	if got := (redactor{secret: "secret"}).body([]byte(`{"m":"invalid client_id or secret provided"}`)); !strings.Contains(got, "or secret provided") {
		t.Errorf("a made-up secret took a word out of a message: %s", got)
	}
}

func TestBodiesAreClippedWithANote(t *testing.T) {
	for name, sent := range map[string]string{
		"JSON":   `{"a":[` + strings.Repeat(`"0123456789",`, 20000) + `1]}`,
		"nested": strings.Repeat("[", 60) + strings.Repeat("1,", 40000) + "1" + strings.Repeat("]", 60),
		"text":   strings.Repeat("lorem ipsum ", 20000),
	} {
		got := (redactor{}).body([]byte(sent))
		if len(got) > longestBody+100 || !strings.HasSuffix(got, fmt.Sprintf("… clipped here; %d bytes in all", len(sent))) {
			t.Errorf("%s: %d bytes, ending in %q", name, len(got), got[len(got)-60:])
		}
	}
}

func TestNothingRecordedMovesTheTerminal(t *testing.T) {
	for _, evil := range []string{"\x1b[2J", "\u009b2J", "a\rb", "\u202egnp", "\u2028", "\x07", "\u2066"} {
		var exchanges []flow.Exchange
		encoded, _ := json.Marshal(evil)
		rt := roundTrip(func(*http.Request) (*http.Response, error) {
			w := httptest.NewRecorder()
			w.Header()["X-Evil"] = []string{evil}
			w.Header().Set("Content-Type", "application/json")
			_, _ = io.WriteString(w, `{"identity":null,"items":[],"m":`+string(encoded)+`,"raw":"`+strings.ReplaceAll(evil, "\r", "")+`","request_id":`+string(encoded)+`}`)
			return w.Result(), nil
		})
		_, _ = client(t, rt, &exchanges).GetUserAccountSession(t.Context(), flow.GetUserAccountSession{})
		text := (redactor{}).body([]byte("text " + evil))
		x := exchanges[0]
		for _, s := range []string{text, x.ResponseBody, x.RequestID, fmt.Sprint(x.ResponseHeaders), x.URL} {
			for _, r := range s {
				if r != '\n' && unicode.IsControl(r) || unicode.In(r, unicode.Bidi_Control, unicode.Zl, unicode.Zp) {
					t.Errorf("%q left %U in %q", evil, r, s)
				}
			}
		}
	}
}

func TestExchangesTellWhenAndHow(t *testing.T) {
	clock := noon
	var exchanges []flow.Exchange
	rt := roundTrip(func(r *http.Request) (*http.Response, error) {
		clock = clock.Add(120 * time.Millisecond)
		return answering(200, "application/json", fullSession)(r)
	})
	c := New(Options{BaseURL: "http://plaid.test", ClientID: "c", Secret: "s", Transport: rt,
		Now: func() time.Time { return clock }, Record: func(x flow.Exchange) { exchanges = append(exchanges, x) }})
	if _, err := c.GetUserAccountSession(t.Context(), flow.GetUserAccountSession{}); err != nil {
		t.Fatal(err)
	}
	x := exchanges[0]
	if x.Method != http.MethodPost || x.URL != "http://plaid.test/user_account/session/get" || x.Status != 200 || x.RequestID != "req2" ||
		!x.Started.Equal(noon) || x.Duration != 120*time.Millisecond || x.Error != "" {
		t.Errorf("%+v", x)
	}
	var names []string
	for _, h := range x.RequestHeaders {
		names = append(names, strings.ToLower(h.Name))
		if strings.EqualFold(h.Name, "Plaid-Secret") && h.Value != hidden {
			t.Errorf("PLAID-SECRET is shown as %q", h.Value)
		}
	}
	if got := strings.Join(names, " "); got != "accept content-type plaid-client-id plaid-secret plaid-version user-agent" {
		t.Errorf("headers: %s", got)
	}
}

func FuzzBody(f *testing.F) {
	for _, seed := range []string{`{"a":1}`, `{"ssn":"123456789"}`, `[[[`, `{"a"`, "x", `{"a":1}}`, `{"\u0000":[null]}`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, content []byte) {
		got := (redactor{secret: "0123456789"}).body(content)
		if strings.Contains(got, "0123456789") {
			t.Errorf("the secret stands in %q", got)
		}
		for _, r := range got {
			if r != '\n' && unicode.IsControl(r) {
				t.Errorf("%U stands in %q", r, got)
			}
		}
		if len(got) > longestBody*3+100 {
			t.Errorf("%d bytes", len(got))
		}
	})
}
