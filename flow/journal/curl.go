package journal

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"layersim/flow"
)

// Curl returns an exchange's request as a command for bash that can be pasted as
// it is. What is masked in the record becomes a shell variable, and a line below
// says which of them to set. It stands below the command, and has no character
// that means something to a shell, because an interactive one may not take # for
// the beginning of a comment. known, which may be nil, returns the value
// behind a mask where there is one; the client_id and the secret are always
// variables.
//
// It goes to the host of the record unless PLAID_URL names another one.
func Curl(x flow.Exchange, known func(key, masked string) (string, bool)) string {
	c := &curl{known: known}
	base, path := "https://sandbox.plaid.com", x.URL
	if u, err := url.Parse(x.URL); err == nil && u.Scheme != "" && u.Host != "" {
		base, path = u.Scheme+"://"+u.Host, u.RequestURI()
	}
	address := `"${PLAID_URL:-` + base + `}"` + quoted(path)
	if plainURL.MatchString(base) && plainURL.MatchString(path) {
		address = `"${PLAID_URL:-` + base + `}` + path + `"`
	} else if !plainURL.MatchString(base) {
		address = quoted(base + path)
	}
	parts := []string{"curl -sS " + address}
	if x.Method != http.MethodPost {
		parts[0] = "curl -sS -X " + quoted(x.Method) + " " + address
	}
	body := c.body(x.RequestBody)
	parts = append(parts, c.headers(x.RequestHeaders)...)
	if body != "" {
		parts = append(parts, body)
	}
	return strings.Join(parts, " \\\n  ") + "\n" + c.comment()
}

// curl is one command that is being written.
type curl struct {
	known     func(key, masked string) (string, bool)
	variables []string
	cut       bool // the record does not have the whole body
}

var (
	plainURL   = regexp.MustCompile(`^[A-Za-z0-9._~:/?=&%-]+$`)
	headerName = regexp.MustCompile("^[A-Za-z0-9!#$%&'*+.^_`|~-]+$") // a token of RFC 9110
	plainToken = regexp.MustCompile(`^[A-Za-z0-9._~+:@/ -]+$`)
)

const bullet = "•"

func (c *curl) comment() string {
	s := "# Set first: nothing, it runs as it is.\n"
	if len(c.variables) > 0 {
		s = "# Set first: " + strings.Join(c.variables, ", ") + ".\n"
	}
	if c.cut {
		s += "# The record has only the beginning of this body.\n"
	}
	return s + "# Against layersim serve: PLAID_URL=http://127.0.0.1:8137, where any client_id and secret will do.\n"
}

// variable names a value that the record does not have.
func (c *curl) variable(name string) string {
	if !slices.Contains(c.variables, name) {
		c.variables = append(c.variables, name)
	}
	return name
}

// headers returns the options for the headers that matter: curl sends its own in
// place of those of an HTTP client.
func (c *curl) headers(headers []flow.Header) []string {
	var out []string
	for _, h := range headers {
		switch strings.ToLower(h.Name) {
		case "accept", "accept-encoding", "connection", "content-length", "host", "transfer-encoding", "user-agent":
		case "plaid-client-id":
			out = append(out, `-H "PLAID-CLIENT-ID: $`+c.variable("PLAID_CLIENT_ID")+`"`)
		case "plaid-secret":
			out = append(out, `-H "PLAID-SECRET: $`+c.variable("PLAID_SECRET")+`"`)
		default:
			// What is no name could be another option or a file's name to curl.
			if headerName.MatchString(h.Name) && !strings.ContainsAny(h.Value, bullet+"\r\n") {
				out = append(out, "-H "+quoted(h.Name+": "+h.Value))
			}
		}
	}
	return out
}

// body returns the option for the body. Masked texts of JSON become variables.
func (c *curl) body(text string) string {
	text = strings.TrimSpace(text)
	if text == "" {
		return ""
	}
	var compact bytes.Buffer
	if json.Compact(&compact, []byte(text)) != nil {
		c.cut = true
		return "--data-raw " + c.rough(text)
	}
	written, ok := c.object(compact.Bytes())
	if !ok {
		return "--data-raw " + c.rough(text)
	}
	option := "--data-raw "
	if strings.HasPrefix(compact.String(), "{") { // nothing that -d would take for the name of a file
		option = "-d "
	}
	return option + written
}

// object copies JSON, in single quotes, with a variable for each masked text and
// for the account's credentials.
func (c *curl) object(content []byte) (string, bool) {
	in := json.NewDecoder(bytes.NewReader(content))
	var out strings.Builder
	key, isKey := "", false
	var inside []json.Delim
	from := int64(0)
	for {
		token, err := in.Token()
		if err != nil {
			break
		}
		to := in.InputOffset()
		literal := content[from:to] // with the comma or colon before it
		from = to
		switch token := token.(type) {
		case json.Delim:
			switch token {
			case '{', '[':
				inside = append(inside, token)
				isKey = token == '{'
			default:
				inside = inside[:len(inside)-1]
				isKey = len(inside) > 0 && inside[len(inside)-1] == '{'
			}
			out.Write(literal)
			continue
		case string:
			if isKey {
				key, isKey = token, false
				out.WriteString(strings.ReplaceAll(string(literal), "'", `'\''`))
				continue
			}
			if strings.Contains(token, bullet) || token != "" && isCredential(key) {
				at := bytes.IndexByte(literal, '"')
				out.WriteString(string(literal[:at]) + `"` + c.unmasked(key, token) + `"`)
				break
			}
			out.WriteString(strings.ReplaceAll(string(literal), "'", `'\''`))
		default:
			if isCredential(key) && token != nil {
				out.WriteString(string(literal[:len(literal)-len(bytes.TrimLeft(literal, ",:"))]) + `"` + c.unmasked(key, "") + `"`)
				break
			}
			out.Write(literal)
		}
		isKey = len(inside) > 0 && inside[len(inside)-1] == '{'
	}
	if from != int64(len(content)) {
		return "", false
	}
	return "'" + out.String() + "'", true
}

// credential is one in a text that need not be JSON, or all of it.
var credential = regexp.MustCompile(`(?i)("(?:client_id|secret)"\s*:\s*)("(?:[^"\\]|\\.)*"?|[^\s",}\]]+)`)

// rough quotes a text that is no JSON, with variables for the credentials.
func (c *curl) rough(text string) string {
	return credential.ReplaceAllStringFunc(quoted(text), func(found string) string {
		key := credential.FindStringSubmatch(found)[1]
		return key + `"` + c.unmasked(strings.Split(key, `"`)[1], "") + `"`
	})
}

// isCredential reports whether a key's value is of our account: it never goes
// into a command, whether or not the record masks it.
func isCredential(key string) bool {
	name := variableOf(key)
	return name == "PLAID_SECRET" || name == "PLAID_CLIENT_ID"
}

// unmasked returns what stands for a masked text inside a single-quoted string.
func (c *curl) unmasked(key, masked string) string {
	name := variableOf(key)
	if c.known != nil && !isCredential(key) {
		if value, ok := c.known(key, masked); ok && plainToken.MatchString(value) {
			return value
		}
	}
	return `'"$` + c.variable(name) + `"'`
}

var variableNames = map[string]string{
	"client_id": "PLAID_CLIENT_ID", "secret": "PLAID_SECRET",
	"public_token": "PUBLIC_TOKEN", "access_token": "ACCESS_TOKEN", "link_token": "LINK_TOKEN", "user_token": "USER_TOKEN",
	"phone_number": "PHONE_NUMBER", "date_of_birth": "DATE_OF_BIRTH", "ssn": "SSN",
}

// variableOf names the variable for the value of a key. Any key but those we
// know gets a prefix: one that is called path must not become PATH.
func variableOf(key string) string {
	if name, ok := variableNames[strings.ToLower(key)]; ok {
		return name
	}
	name := strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z':
			return r - 'a' + 'A'
		case r >= 'A' && r <= 'Z', r >= '0' && r <= '9':
			return r
		}
		return '_'
	}, key)
	const longest = 40
	return "MASKED_" + name[:min(len(name), longest)]
}

// quoted writes a text for the shell so that nothing in it means anything.
func quoted(s string) string { return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'" }
