//go:build linux

package main

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"sync"
)

// eavesdropper keeps the tokens that pass at Plaid's side.
type eavesdropper struct {
	mu                 sync.Mutex
	link, public       string
	access             []string
	secret, identified bool // the credentials came
	refused            bool
}

// tokens tells whether the credentials came, and the link_token that was given.
func (e *eavesdropper) tokens() (secret bool, link string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.secret, e.link
}

func (e *eavesdropper) wrap(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		r.Body = io.NopCloser(bytes.NewReader(body))
		kept := &keptAnswer{ResponseWriter: w}
		if e.refuse(r.URL.Path) {
			refuseWithDirt(w)
			return
		}
		w.Header().Set("X-Debug", plantedDirt)
		w.Header().Set("X-Secret-"+plantedSSN, farSecret+" "+base64.StdEncoding.EncodeToString([]byte(farClient+":"+farSecret)))
		if strings.HasSuffix(r.URL.Path, "/get") || strings.HasSuffix(r.URL.Path, "/create") {
			into := httptest.NewRecorder()
			next.ServeHTTP(into, r)
			kept.dirtied(into)
		} else {
			next.ServeHTTP(kept, r)
		}
		e.mu.Lock()
		defer e.mu.Unlock()
		e.secret = e.secret || r.Header.Get("PLAID-SECRET") == farSecret
		switch r.URL.Path {
		case "/session/token/create":
			var a struct {
				Link struct {
					Token string `json:"link_token"`
				} `json:"link"`
			}
			_ = json.Unmarshal(kept.body.Bytes(), &a) // an error answer has none
			e.link = a.Link.Token
		case "/user_account/session/get":
			var q struct {
				Token string `json:"public_token"`
			}
			var a struct {
				Identity struct {
					SSN string `json:"ssn"`
				} `json:"identity"`
				Items []struct {
					Token string `json:"access_token"`
				} `json:"items"`
			}
			_, _ = json.Unmarshal(body, &q), json.Unmarshal(kept.body.Bytes(), &a)
			e.public, e.identified = q.Token, a.Identity.SSN == markedSSN
			for _, i := range a.Items {
				e.access = append(e.access, i.Token)
			}
		}
	})
}

// keptAnswer keeps an answer. A stream can still be flushed.
type keptAnswer struct {
	http.ResponseWriter
	body bytes.Buffer
}

func (k *keptAnswer) Write(b []byte) (int, error) {
	k.body.Write(b)
	return k.ResponseWriter.Write(b)
}

// dirtied hands an answer on, with more in it than the contract has.
func (k *keptAnswer) dirtied(from *httptest.ResponseRecorder) {
	for name, values := range from.Header() {
		k.Header()[name] = values
	}
	content := from.Body.Bytes()
	if body := bytes.TrimSpace(content); bytes.HasPrefix(body, []byte("{")) && from.Code == http.StatusOK {
		more := `{"debug":"` + plantedDirt + `","tax_id":` + plantedSSN[:3] + `887341,"raw":{"b":"` + base64.StdEncoding.EncodeToString([]byte(plantedDirt)) + `","who":"` + plantedKey + `"},`
		content = append([]byte(more), body[1:]...)
		k.Header().Set("Content-Length", strconv.Itoa(len(content)))
	}
	k.WriteHeader(from.Code)
	_, _ = k.Write(content)
}

// refuse reports whether a call is refused: the first of each that asks for a
// token or an identity.
func (e *eavesdropper) refuse(path string) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	first := path == "/session/token/create" && !e.refused
	e.refused = e.refused || first
	return first
}

// refuseWithDirt answers with an error that quotes what it should not, in every
// way of writing it.
func refuseWithDirt(w http.ResponseWriter) {
	dirt := []string{
		plantedDirt, farSecret, farClient, url.QueryEscape(plantedDirt), base64.StdEncoding.EncodeToString([]byte(farClient + ":" + farSecret)),
		"912%2D88%2D7341", "912&#45;88&#45;7341", "912\n88\n7341", "9\x001\x002\x008\x008\x007\x003\x004\x001", "11%2F28%2F1953", "28. November 1953", "(212) 555-0143",
	}
	answer, _ := json.Marshal(map[string]any{
		"error_type": "INVALID_REQUEST", "error_code": "INVALID_FIELD", "error_message": plantedShown + " " + strings.Join(dirt, " | "), "display_message": strings.Join(dirt, "\n"),
		"request_id": "req" + plantedShown, "causes": []any{map[string]string{"error_message": strings.Join(dirt, " ")}}, "suggested_action": strings.Join(dirt, " "), "secret": farSecret,
	})
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("X-Debug", plantedDirt)
	w.WriteHeader(http.StatusBadRequest)
	_, _ = w.Write(answer)
}

func (k *keptAnswer) Unwrap() http.ResponseWriter { return k.ResponseWriter }
