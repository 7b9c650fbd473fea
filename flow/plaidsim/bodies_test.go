package plaidsim

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"testing"
)

// hostile is a body that is not what it should be.
type hostile struct {
	body     string
	from     io.Reader // instead of body
	header   [2]string
	code     string // of the error; "" for whatever the call says of it
	says     string
	anyType  bool // the control API takes it: it looks at no Content-Type
	anyNames bool // the API looks at no names in it
}

func hostileBodies(t *testing.T) map[string]hostile {
	const deep = 100_000
	var bomb bytes.Buffer
	packed := gzip.NewWriter(&bomb)
	for range 10 {
		_, _ = packed.Write(make([]byte, 1<<20))
	}
	if err := packed.Close(); err != nil {
		t.Fatal(err)
	}
	const broken = "INVALID_BODY"
	bodies := map[string]hostile{
		"empty":               {body: "", code: broken, says: "it is empty"},
		"blank":               {body: " \r\n\t ", code: broken, says: "it is empty"},
		"NUL":                 {body: "\x00", code: broken, says: "does not belong there at byte 1"},
		"NUL in a text":       {body: "{\"a\":\"\x00\"}", code: broken, says: "does not belong there at byte 7"},
		"null":                {body: "null", code: broken, says: "it is no object"},
		"an array":            {body: "[{}]", code: broken, says: "it is no object"},
		"a text":              {body: `"{}"`, code: broken, says: "it is no object"},
		"a huge number":       {body: strings.Repeat("9", 1<<19), code: broken, says: "it is no object"},
		"a form":              {body: "a=b&c=d", code: broken, says: "does not belong there at byte 1"},
		"XML":                 {body: `<?xml version="1.0"?><a/>`, code: broken, says: "at byte 1"},
		"cut off":             {body: `{"a":"b`, code: broken, says: "it breaks off at byte 7"},
		"trailing garbage":    {body: `{"a":1} x`, code: broken, says: "something follows its end at byte 9"},
		"a brace too many":    {body: `{"a":1}}`, code: broken, says: "something follows its end at byte 8"},
		"two objects":         {body: `{"a":1}{"a":2}`, code: broken, says: "something follows its end at byte 8"},
		"a byte order mark":   {body: "\xef\xbb\xbf{}", code: broken, says: "begins with a byte order mark"},
		"UTF-16":              {body: "\xff\xfe{\x00}\x00", code: broken, says: "begins with a byte order mark"},
		"not UTF-8":           {body: "{\"a\":\"\xc3\x28\"}", code: broken, says: "it is not UTF-8, from byte 7 on"},
		"a surrogate":         {body: "{\"a\":\"\xed\xa0\x80\"}", code: broken, says: "it is not UTF-8, from byte 7 on"},
		"deep arrays":         {body: `{"a":` + strings.Repeat("[", deep) + strings.Repeat("]", deep) + "}", code: broken, says: "it is nested too deep"},
		"deep objects":        {body: strings.Repeat(`{"a":`, deep) + "1" + strings.Repeat("}", deep), code: broken, says: "it is nested too deep"},
		"a name twice":        {body: `{"zz":1,"zz":2}`, code: broken, says: "it has zz twice", anyNames: true},
		"a name in two ways":  {body: `{"zz":1,"Z\u007a":2}`, code: broken, says: "it has Zz twice", anyNames: true},
		"100,000 names":       {body: `{` + strings.Repeat(`"a":0,`, 100_000) + `"b":0}`, code: broken, says: "it has a twice", anyNames: true},
		"too large":           {body: `{"a":"` + strings.Repeat("x", maxBody) + `"}`, code: broken, says: "larger than 1 MiB"},
		"endless":             {from: neverEnds{}, code: broken, says: "larger than 1 MiB"},
		"shorter than said":   {from: io.MultiReader(strings.NewReader(`{"a":`), cutShort{}), code: broken, says: "could not be read"},
		"a bomb":              {body: bomb.String(), header: [2]string{"Content-Encoding", "gzip"}, code: broken, says: "Content-Encoding gzip"},
		"a bomb, unsaid":      {body: bomb.String(), code: broken, says: "it is compressed"},
		"a coding, but none":  {body: `{}`, header: [2]string{"Content-Encoding", "br\x1b[2J"}, code: broken, says: "Content-Encoding br"},
		"a form's type":       {body: `{}`, header: [2]string{"Content-Type", "application/x-www-form-urlencoded"}, code: broken, says: "Content-Type must be application/json", anyType: true},
		"no type":             {body: `{}`, header: [2]string{"Content-Type", ""}, code: "INVALID_HEADERS", says: "Content-Type header is missing", anyType: true},
		"a type that is none": {body: `{}`, header: [2]string{"Content-Type", "application/json; charset"}, code: broken, says: "Content-Type must be application/json", anyType: true},
	}
	return bodies
}

// neverEnds is a body that never does.
type neverEnds struct{}

func (neverEnds) Read(b []byte) (int, error) {
	for i := range b {
		b[i] = ' '
	}
	return len(b), nil
}

// cutShort is the end of a body whose sender left before it was all there.
type cutShort struct{}

func (cutShort) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

// counting counts what is read of a body.
type counting struct {
	io.Reader
	n int
}

func (c *counting) Read(b []byte) (int, error) {
	n, err := c.Reader.Read(b)
	c.n += n
	return n, err
}

// Every call that reads a body, from the tables of the calls, is sent every body
// that is none: each time the answer says what is wrong, as Plaid's errors do,
// nothing comes of it, and no more is read and kept than a body may have.
func TestHostileBodies(t *testing.T) {
	s := newSim(t)
	defer s.Close()
	l := newLink(t, s, "default")
	bodies := hostileBodies(t)
	takes := map[string]bool{"/sim/faults": true, "/sim/clock": true, "/sim/webhooks": true} // the control calls that read a body
	requests := 0
	for _, r := range everyRoute() {
		control := strings.HasPrefix(r.path, pathControl)
		if r.method != http.MethodPost || control && !takes[r.path] || r.path == "/nothing" || strings.HasPrefix(r.path, "//") {
			continue
		}
		path := strings.Replace(r.path, "/key/", "/"+l.key+"/", 1)
		for name, h := range bodies {
			if h.anyType && control || h.anyNames && endpoints[path] != nil {
				continue
			}
			requests++
			from := h.from
			if from == nil {
				from = strings.NewReader(h.body)
			}
			read := &counting{Reader: from}
			q := httptest.NewRequest(http.MethodPost, path, read)
			q.Header.Set("Content-Type", "application/json")
			if h.header[0] != "" {
				q.Header.Set(h.header[0], h.header[1])
			}
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			w := httptest.NewRecorder()
			s.ServeHTTP(w, q)
			runtime.ReadMemStats(&after)
			var o object
			if err := json.Unmarshal(w.Body.Bytes(), &o); err != nil {
				t.Fatalf("%s, %s: %v in %.300s", path, name, err, w.Body)
			}
			plaidShaped(t, w.Code, w.Body.Bytes())
			if w.Code != http.StatusBadRequest || text(o, "error_type") != "INVALID_REQUEST" || text(o, "error_code") != h.code || !strings.Contains(text(o, "error_message"), h.says) {
				t.Errorf("%s, %s: %d %.400s", path, name, w.Code, w.Body)
			}
			if read.n > maxBody+64<<10 {
				t.Errorf("%s, %s: %d bytes are read", path, name, read.n)
			}
			if used := after.TotalAlloc - before.TotalAlloc; used > 12*maxBody {
				t.Errorf("%s, %s: it takes %d bytes of memory", path, name, used)
			}
			if control && !strings.Contains(text(o, "error_message"), "for example") && read.n > 0 && read.n < maxBody && h.from == nil {
				t.Errorf("%s, %s: it does not say what the call takes: %s", path, name, text(o, "error_message"))
			}
		}
	}
	if v := s.FindSessions(SessionQuery{}); len(v) != 1 || v[0].State != string(stateCreated) {
		t.Errorf("something has come of it: %+v", v)
	}
	if _, o := get(t, s, "/sim/faults"); len(o["faults"].([]any)) > 0 {
		t.Errorf("something has come of it: %v", o)
	}
	if requests < 500 {
		t.Errorf("%d requests only", requests)
	}
	t.Logf("%d bodies, %d requests", len(bodies), requests)
}

// A number that no field can hold is refused by name, and a name twice deep down.
func TestValuesThatDoNotFit(t *testing.T) {
	s := newSim(t)
	defer s.Close()
	l := newLink(t, s, "default")
	for _, test := range []struct{ path, body, code, says string }{
		{"/sim/faults", `{"on":"/accounts/get","status":1e999}`, "INVALID_FIELD", "status must be a whole number, and not so large"},
		{"/sim/faults", `{"on":"/accounts/get","status":500.5}`, "INVALID_FIELD", "status must be a whole number"},
		{"/sim/faults", `{"on":"/accounts/get","status":` + strings.Repeat("9", 5000) + `}`, "INVALID_FIELD", "status must be a whole number"},
		{"/sim/faults", `{"on":"/accounts/get","status":500,"nth":-1}`, "INVALID_FIELD", "nth must be 1 or more"},
		{"/sim/faults", `{"on":"/accounts/get","status":"500"}`, "INVALID_FIELD", "status must be a number"},
		{"/sim/faults", `{"on":"/accounts/get","ON":"/item/get","status":500}`, "INVALID_BODY", "it has ON twice"},
		{"/sim/clock", `{"advance":"99999999999999999999h"}`, "INVALID_FIELD", "advance"},
		{"/sim/clock", `{"frozen":1}`, "INVALID_FIELD", "frozen must be a boolean"},
		{pathLinkSession + "/" + l.key + "/sync", `{"ack":1e999}`, "INVALID_FIELD", "ack must be a whole number"},
		{pathLinkSession + "/" + l.key + "/submit", `{"values":{"a":"1","b":{},"b":"2"}}`, "INVALID_BODY", "it has b twice"},
		{pathTokenCreate, `{"client_id":"c","secret":"s","template_id":1e999,"user":{"client_user_id":"u"}}`, "INVALID_FIELD", "template_id must be a string"},
		{pathTokenCreate, `{"client_id":"c","secret":"s","template_id":"default","user":{"client_user_id":"u","client_user_id":"v"}}`, "INVALID_BODY", "it has user.client_user_id twice"},
	} {
		w := httptest.NewRecorder()
		q := httptest.NewRequest(http.MethodPost, test.path, strings.NewReader(test.body))
		q.Header.Set("Content-Type", "application/json")
		s.ServeHTTP(w, q)
		if o := plaidShaped(t, w.Code, w.Body.Bytes()); w.Code != http.StatusBadRequest || text(o, "error_code") != test.code || !strings.Contains(text(o, "error_message"), test.says) {
			t.Errorf("%s %.100s: %d %s", test.path, test.body, w.Code, w.Body)
		}
	}
}
