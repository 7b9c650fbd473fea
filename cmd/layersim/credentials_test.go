package main

import (
	"fmt"
	"os"
	"strings"
	"testing"
)

// Keys of no account, in the form of real ones.
const (
	someClientID = "5f0c1e2d3b4a596877665544"
	someSecret   = "0a1b2c3d4e5f60718293a4b5c6d7e8"
	someTemplate = "template_4uinBNe4B2x9"
)

func goodEnviron(more ...string) []string {
	return append([]string{"PLAID_CLIENT_ID=" + someClientID, "PLAID_SECRET=" + someSecret, "LAYER_TEMPLATE_ID=" + someTemplate}, more...)
}

func TestWhereAKeyComesFrom(t *testing.T) {
	const other = "ffffffffffffffffffffffffffffff"
	for name, tc := range map[string]struct {
		environ []string
		file    string
		value   string
		where   string
		odd     string // what is said besides, "" for nothing
	}{
		"nowhere":                          {nil, "", "", "not set", ""},
		"environment":                      {[]string{"PLAID_SECRET=" + someSecret}, "", someSecret, "PLAID_SECRET in the environment", ""},
		"file":                             {nil, "# mine\n\nexport PLAID_SECRET=" + someSecret, someSecret, "PLAID_SECRET in .env line 3", ""},
		"file, last line":                  {nil, "PLAID_SECRET=x\nPLAID_SECRET=" + someSecret, someSecret, "PLAID_SECRET in .env line 2", ""},
		"environment before file":          {[]string{"PLAID_SECRET=" + someSecret}, "PLAID_SECRET=" + other, someSecret, "PLAID_SECRET in the environment", "PLAID_SECRET in .env line 1 has another value, which is not used."},
		"the same twice":                   {[]string{"PLAID_SECRET=" + someSecret}, "PLAID_SECRET=" + someSecret, someSecret, "PLAID_SECRET in the environment", ""},
		"empty in environment":             {[]string{"PLAID_SECRET="}, "PLAID_SECRET=" + someSecret, someSecret, "PLAID_SECRET in .env line 1", "PLAID_SECRET in the environment is empty, which counts as not set."},
		"blank":                            {[]string{"PLAID_SECRET=  "}, "", "", "not set", "is empty"},
		"alias":                            {[]string{"PLAID_SECRET_SANDBOX=" + someSecret}, "", someSecret, "PLAID_SECRET_SANDBOX in the environment", "is used as PLAID_SECRET, which is the right name."},
		"other alias":                      {nil, "PLAID_SANDBOX_SECRET=" + someSecret, someSecret, "PLAID_SANDBOX_SECRET in .env line 1", "is used as PLAID_SECRET"},
		"right name before alias":          {[]string{"PLAID_SECRET_SANDBOX=" + other, "PLAID_SECRET=" + someSecret}, "", someSecret, "PLAID_SECRET in the environment", "PLAID_SECRET_SANDBOX in the environment has another value; PLAID_SECRET in the environment is used."},
		"environment before .env":          {[]string{"PLAID_SECRET_SANDBOX=" + someSecret}, "PLAID_SECRET=" + other, someSecret, "PLAID_SECRET_SANDBOX in the environment", "PLAID_SECRET in .env line 1 has another value; PLAID_SECRET_SANDBOX in the environment is used."},
		"quotes that the shell left":       {[]string{`PLAID_SECRET="` + someSecret + `"`}, "", someSecret, "PLAID_SECRET in the environment", "quotes around it, which were left out"},
		"quotes that a word processor set": {[]string{`PLAID_SECRET=“` + someSecret + `”`}, "", someSecret, "PLAID_SECRET in the environment", "quotes around it"},
		"quotes of the file":               {nil, `PLAID_SECRET = "` + someSecret + `" # sandbox`, someSecret, "PLAID_SECRET in .env line 1", ""},
		"a $ in the file":                  {nil, "PLAID_SECRET=" + someSecret + "$1def", someSecret + "$1def", "PLAID_SECRET in .env line 1", "has a $ in it and is taken as it is written"},
		"a $ in double quotes":             {nil, `PLAID_SECRET="` + someSecret + `$OTHER" # mine`, someSecret + "$OTHER", "PLAID_SECRET in .env line 1", "has a $ in it"},
		"a $ in single quotes":             {nil, `PLAID_SECRET='` + someSecret + `$OTHER'`, someSecret + "$OTHER", "PLAID_SECRET in .env line 1", ""},
		"a $ that is escaped":              {nil, `PLAID_SECRET=` + someSecret + `\$1`, someSecret + "$1", "PLAID_SECRET in .env line 1", ""},
		"a name in the file":               {nil, "MINE=" + someSecret + "\nPLAID_SECRET=${MINE}", someSecret, "PLAID_SECRET in .env line 2", ""},
		"a $ that is not used":             {[]string{"PLAID_SECRET=" + someSecret}, "PLAID_SECRET=" + other + "$1", someSecret, "PLAID_SECRET in the environment", "PLAID_SECRET in .env line 1 has another value, which is not used."},
		"a name that is not set":           {nil, "PLAID_SECRET=$MINE", "$MINE", "PLAID_SECRET in .env line 1", "has a $ in it"},
		"blanks and invisible characters":  {[]string{"PLAID_SECRET=\u200b " + someSecret + "\u00a0\r"}, "", someSecret, "PLAID_SECRET in the environment", "blanks around it"},
	} {
		t.Run(name, func(t *testing.T) {
			file, err := parseDotenv([]byte(tc.file))
			if err != nil {
				t.Fatal(err)
			}
			s := lookUp("PLAID_SECRET", tc.environ, file)
			odd := strings.Join(s.odd, " ")
			if s.value != tc.value || s.where() != tc.where || !strings.Contains(odd, tc.odd) || (tc.odd == "") != (odd == "") {
				t.Errorf("got %q from %q, odd %q", s.value, s.where(), odd)
			}
			for _, text := range []string{odd, fmt.Sprintf("%v %+v %#v %s %q %x", s, s, s, s, s, s)} {
				if strings.Contains(text, someSecret) || strings.Contains(text, other) {
					t.Errorf("it tells the secret: %s", text)
				}
			}
		})
	}
}

func TestAliasOfTheTemplate(t *testing.T) {
	c := readCredentials([]string{"PLAID_LAYER_TEMPLATE_ID=" + someTemplate}, dotenv{})
	if c.template.value != someTemplate || !strings.Contains(strings.Join(c.template.odd, " "), "used as LAYER_TEMPLATE_ID") {
		t.Errorf("got %q, %q", c.template.value, c.template.odd)
	}
}

func TestWhatCannotBeAKeyIsSaid(t *testing.T) {
	for value, says := range map[string]string{
		"your_client_id":      "words of a sample file",
		"YOUR-SANDBOX-SECRET": "words of a sample file",
		"your client id":      "words of a sample file",
		"<client_id>":         "words of a sample file",
		"{{ client_id }}":     "words of a sample file",
		"$PLAID_CLIENT_ID":    "words of a sample file",
		"PLAID_CLIENT_ID":     "words of a sample file",
		"plaid_secret":        "words of a sample file",
		"sandbox-secret":      "words of a sample file",
		"client_id_here":      "words of a sample file",
		"template_id":         "words of a sample file",
		"xxxxxxxxxxxx":        "words of a sample file",
		"...":                 "words of a sample file",
		"changeme":            "words of a sample file",
		"replace_with_yours":  "words of a sample file",
		"000000000000":        "words of a sample file",
		"link-sandbox-01234567-89ab-cdef-0123-456789abcdef":    "is a token of Plaid's, not a key",
		"access-production-01234567-89ab-cdef-0123-4567890000": "is a token of Plaid's, not a key",
		"0a1b2c3d4e5f 60718293a4b5c6d7e8":                      "blank or an invisible character in the middle",
		"0a1b2c3d4e5f\n60718293a4b5c6d7e8":                     "blank or an invisible character in the middle",
		"0a1b2c3d4e5f607182…":                                  "a character that no key has",
	} {
		s := setting{name: nameSecret, found: nameSecret, value: value, from: fromEnvironment}
		if got := s.unusable(); !strings.Contains(got, says) {
			t.Errorf("%q: %q, want %q", value, got, says)
		}
	}
	for _, value := range []string{someClientID, someSecret, someTemplate, "layersim-client", "test", "sandbox-1", "client-1", "x1"} {
		s := setting{name: nameSecret, found: nameSecret, value: value, from: fromEnvironment}
		if got := s.unusable(); got != "" {
			t.Errorf("%q is refused: it %s", value, got)
		}
	}
}

func TestWhatIsStrangeIsSaidAndTried(t *testing.T) {
	for name, tc := range map[string]struct {
		environ []string
		says    string // "" for nothing
	}{
		"all well":         {goodEnviron(), ""},
		"sandbox":          {goodEnviron("PLAID_ENV=Sandbox"), ""},
		"short client_id":  {goodEnviron("PLAID_CLIENT_ID=5f0c"), "PLAID_CLIENT_ID in the environment has 4 characters; a client_id usually has 24"},
		"not hexadecimal":  {goodEnviron("PLAID_SECRET=" + strings.Repeat("z1", 15)), "a secret usually has 30, each 0 to 9 or a to f"},
		"a secret for id":  {goodEnviron("PLAID_CLIENT_ID=" + strings.Repeat("ab", 15)), "PLAID_CLIENT_ID in the environment looks like a secret"},
		"an id for secret": {goodEnviron("PLAID_SECRET=" + strings.Repeat("ab", 12)), "PLAID_SECRET in the environment looks like a client_id"},
		"exchanged":        {goodEnviron("PLAID_CLIENT_ID="+someSecret, "PLAID_SECRET="+someClientID), "exchange them"},
		"template":         {goodEnviron("LAYER_TEMPLATE_ID=tmpl-1"), "does not begin with template_"},
		"development":      {goodEnviron("PLAID_ENV=development"), "PLAID_ENV in the environment names another environment than Sandbox"},
	} {
		t.Run(name, func(t *testing.T) {
			c := readCredentials(tc.environ, dotenv{})
			if err := c.check(); err != nil {
				t.Fatalf("it is refused: %v", err)
			}
			got := strings.Join(c.remarks(), " ")
			if !strings.Contains(got, tc.says) || (tc.says == "") != (got == "") {
				t.Errorf("remarks %q, want %q", got, tc.says)
			}
			mustHide(t, got)
		})
	}
}

func TestKeysThatCannotAllBeRight(t *testing.T) {
	for name, tc := range map[string]struct {
		environ []string
		says    string
	}{
		"one for both":      {goodEnviron("PLAID_CLIENT_ID=" + someSecret), "PLAID_CLIENT_ID and PLAID_SECRET are the same"},
		"template and key":  {goodEnviron("LAYER_TEMPLATE_ID=" + someSecret), "PLAID_SECRET and LAYER_TEMPLATE_ID are the same"},
		"Production's":      {goodEnviron("PLAID_PRODUCTION_SECRET=" + someSecret), "PLAID_PRODUCTION_SECRET in the environment is the same"},
		"Production's, too": {goodEnviron("PLAID_SECRET_PRODUCTION=" + someSecret), "The secret is the one of Production"},
		"one missing":       {[]string{"PLAID_CLIENT_ID=" + someClientID, "LAYER_TEMPLATE_ID=t"}, "PLAID_SECRET is not set."},
		"two missing":       {[]string{"PLAID_CLIENT_ID=" + someClientID}, "PLAID_SECRET and LAYER_TEMPLATE_ID are not set."},
		"a sample's words":  {goodEnviron("PLAID_SECRET=your_secret"), "PLAID_SECRET in the environment still has the words"},
	} {
		t.Run(name, func(t *testing.T) {
			err := readCredentials(tc.environ, dotenv{}).check()
			if err == nil || !strings.Contains(err.Error(), tc.says) || !strings.Contains(err.Error(), ".env") {
				t.Fatalf("got %v", err)
			}
			if code := codeOf(err); code != exitAccess {
				t.Errorf("exit code %d", code)
			}
			mustHide(t, err.Error())
		})
	}
}

func TestABrokenDotenvIsSaidWithoutQuotingIt(t *testing.T) {
	for name, tc := range map[string]struct{ content, says string }{
		"no equals sign":     {"A=1\n\n" + someSecret + "\nB=2", "line 3 of .env"},
		"quote never closed": {"A=1\nPLAID_SECRET=\"" + someSecret + "\nB=2\n", "line 2 of .env"},
		"UTF-16":             {"\xff\xfeA\x00=\x001\x00", "UTF-16"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := parseDotenv([]byte(tc.content))
			if err == nil || !strings.Contains(err.Error(), tc.says) || codeOf(err) != exitUsage {
				t.Fatalf("got %v", err)
			}
			mustHide(t, err.Error())
		})
	}
}

func TestDotenvOfOtherEditors(t *testing.T) {
	for name, content := range map[string]string{
		"byte order mark": "\xef\xbb\xbfPLAID_SECRET=" + someSecret,
		"Windows":         "PLAID_SECRET=" + someSecret + "\r\n",
		"several lines":   "KEY=\"-----BEGIN\nPLAID_X=1\n-----END\"\nPLAID_SECRET=" + someSecret + "\n",
	} {
		t.Run(name, func(t *testing.T) {
			file, err := parseDotenv([]byte(content))
			if err != nil {
				t.Fatal(err)
			}
			if got := lookUp(nameSecret, nil, file); got.value != someSecret || len(got.odd) > 0 {
				t.Errorf("got %d characters, odd %q", len(got.value), got.odd)
			}
		})
	}
}

func TestWhatIsNoFileOfSettingsIsLeftAlone(t *testing.T) {
	t.Chdir(t.TempDir())
	if file, err := loadDotenv(); err != nil || len(file.values) > 0 {
		t.Errorf("no file: %v, %v", len(file.values), err)
	}
	if err := os.Mkdir(dotenvName, 0o700); err != nil {
		t.Fatal(err)
	}
	if file, err := loadDotenv(); err != nil || len(file.values) > 0 {
		t.Errorf("a folder: %v, %v", len(file.values), err)
	}
}

// mustHide fails the test if a text tells a key.
func mustHide(t *testing.T, text string) {
	t.Helper()
	for _, key := range []string{someSecret, someClientID} {
		if strings.Contains(text, key) {
			t.Errorf("a key is told: %s", text)
		}
	}
}
