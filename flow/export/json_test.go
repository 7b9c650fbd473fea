package export_test

import (
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"layersim/flow"
	"layersim/flow/export"
)

// held holds a value against the schema, and names the members that the schema
// does not explain.
func held(t *testing.T, document []byte) {
	t.Helper()
	file, err := os.Open("schema.json")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = file.Close() }()
	raw, err := jsonschema.UnmarshalJSON(file)
	if err != nil {
		t.Fatal(err)
	}
	compiler := jsonschema.NewCompiler()
	compiler.AssertFormat()
	if err := compiler.AddResource("schema.json", raw); err != nil {
		t.Fatal(err)
	}
	schema, err := compiler.Compile("schema.json")
	if err != nil {
		t.Fatal(err)
	}
	value, err := jsonschema.UnmarshalJSON(strings.NewReader(string(document)))
	if err != nil {
		t.Fatal(err)
	}
	if err := schema.Validate(value); err != nil {
		t.Error(err)
	}
	explained(t, "", raw, value)
}

func explained(t *testing.T, path string, schema, value any) {
	t.Helper()
	s, _ := schema.(map[string]any)
	properties, _ := s["properties"].(map[string]any)
	switch v := value.(type) {
	case map[string]any:
		for name, member := range v {
			if properties != nil && properties[name] == nil {
				t.Errorf("the schema does not explain %s/%s", path, name)
			}
			explained(t, path+"/"+name, properties[name], member)
		}
	case []any:
		for _, element := range v {
			explained(t, path, s["items"], element)
		}
	}
}

func TestJSONIsAsItsSchemaSays(t *testing.T) {
	for _, s := range []string{"word", "\x1b[31m|`<b>\u202e\u0085\U000e0041\xff", strings.Repeat("long ", 300)} {
		w := told(t, s)
		document, err := export.JSON(w)
		if err != nil {
			t.Fatal(err)
		}
		held(t, document)
		harmlessJSON(t, document)
		var read struct {
			Header  struct{ Program string } `json:"header"`
			Entries []struct {
				Seq, Attempt int
				Event        json.RawMessage
			}
		}
		if err := json.Unmarshal(document, &read); err != nil {
			t.Fatal(err)
		}
		if len(read.Entries) != len(w.Entries) || read.Entries[0].Attempt != 1 || read.Entries[len(w.Entries)-1].Attempt != 2 {
			t.Errorf("%d entries of %d", len(read.Entries), len(w.Entries))
		}
		for i, e := range read.Entries {
			if !sameJSON(t, e.Event, w.Recording.Entries[i].Event) {
				t.Errorf("entry %d carries %s, recorded was %s", i+1, e.Event, w.Recording.Entries[i].Event)
			}
		}
	}
}

func sameJSON(t *testing.T, a, b []byte) bool {
	t.Helper()
	plain := func(content []byte) string {
		var v any
		if err := json.Unmarshal(content, &v); err != nil {
			t.Fatal(err)
		}
		again, _ := json.Marshal(v)
		return string(again)
	}
	return plain(a) == plain(b)
}

// harmlessJSON fails the test if a terminal would obey something in it.
func harmlessJSON(t testing.TB, document []byte) {
	t.Helper()
	for _, r := range string(document) {
		if r != '\n' && !flow.IsHarmless(r) || r == '\ufffd' {
			t.Fatalf("the document holds %U", r)
		}
	}
}
