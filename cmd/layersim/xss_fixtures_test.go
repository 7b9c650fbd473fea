package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"layersim/fixtures"

	"github.com/google/go-cmp/cmp"
)

// Text that would run if a page took it for markup, or for a template: one that
// begins with the name of where it is, and one for rules that take no space.
func xssLine(where string) string {
	return where + `"><img src=x onerror="window.__xss='` + where + `'"><script>window.__xss=1</script>${7*7}{{7*7}}`
}

func xssWord(where string) string {
	return where + `"><img/src=x/onerror=window.__xss=1>${7*7}@example.com`
}

// xssKinds is one whole fixture of each kind that reaches a page. The guide and
// the topics are for the terminal alone.
var xssKinds = map[string]struct {
	of   reflect.Type
	body string
}{
	"persona": {reflect.TypeFor[fixtures.Persona](), `{"name":"xss","shows":"s","phone":"+14155550177","code":"123456",
		"profile":{"first_name":"a","last_name":"b","address":{"street":"s","street2":"t","city":"c","region":"r","postal_code":"p","country":"US"},"email":"a@example.com","date_of_birth":"1975-01-18","ssn":"987654321"},
		"banks":[{"institution_id":"ins_900101","name":"n","accounts":[{"name":"n","official_name":"o","mask":"0001","type":"depository","subtype":"checking","currency":"USD"}]}],
		"autofill":{"date_of_birth":"1975-01-18",
			"profile":{"first_name":"a","last_name":"b","address":{"street":"s","street2":"t","city":"c","region":"r","postal_code":"p","country":"US"},"email":"a@example.com","date_of_birth":"1975-01-18","ssn":"987654321"},
			"banks":[{"institution_id":"ins_900102","name":"n","accounts":[{"name":"n","official_name":"o","mask":"0002","type":"depository","subtype":"checking","currency":"USD"}]}]},
		"owner":{"first_name":"a","last_name":"b","address":{"street":"s","street2":"t","city":"c","region":"r","postal_code":"p","country":"US"},"email":"a@example.com","date_of_birth":"1975-01-18","ssn":"987654321"},
		"edits":[{"field":"name","ago":"3d"}]}`},
	"template": {reflect.TypeFor[fixtures.Template](), `{"name":"xss","id":"template_xss","shows":"s","fields":{"name":"optional","address":"optional","email":"optional","date_of_birth":"optional","ssn":"optional"},
		"accounts":"optional","products":["auth"],"webhook":"http://127.0.0.1:9/"}`},
	"institution": {reflect.TypeFor[fixtures.Institution](), `{"institution_id":"ins_900103","name":"n","sign_in":"credentials","mfa":true,
		"accounts":[{"name":"n","official_name":"o","mask":"0003","type":"depository","subtype":"checking","currency":"USD"}]}`},
}

// xssTaken are the fields that take any line of text, or any word; xssRefused
// those whose rule leaves no room for markup. A new field belongs to one of them.
var (
	xssTaken = strings.Fields(`
		institution.accounts.0.name institution.accounts.0.official_name institution.name
		persona.autofill.banks.0.accounts.0.name persona.autofill.banks.0.accounts.0.official_name persona.autofill.banks.0.name
		persona.autofill.profile.address.city persona.autofill.profile.address.postal_code persona.autofill.profile.address.region
		persona.autofill.profile.address.street persona.autofill.profile.address.street2
		persona.autofill.profile.email persona.autofill.profile.first_name persona.autofill.profile.last_name
		persona.banks.0.accounts.0.name persona.banks.0.accounts.0.official_name persona.banks.0.name
		persona.owner.address.city persona.owner.address.postal_code persona.owner.address.region
		persona.owner.address.street persona.owner.address.street2 persona.owner.email persona.owner.first_name persona.owner.last_name
		persona.profile.address.city persona.profile.address.postal_code persona.profile.address.region
		persona.profile.address.street persona.profile.address.street2 persona.profile.email persona.profile.first_name persona.profile.last_name
		persona.shows template.shows`)
	xssRefused = strings.Fields(`
		institution.accounts.0.currency institution.accounts.0.mask institution.accounts.0.subtype institution.accounts.0.type institution.institution_id institution.sign_in
		persona.autofill.banks.0.accounts.0.currency persona.autofill.banks.0.accounts.0.mask persona.autofill.banks.0.accounts.0.subtype persona.autofill.banks.0.accounts.0.type
		persona.autofill.banks.0.institution_id persona.autofill.date_of_birth persona.autofill.profile.address.country persona.autofill.profile.date_of_birth persona.autofill.profile.ssn
		persona.banks.0.accounts.0.currency persona.banks.0.accounts.0.mask persona.banks.0.accounts.0.subtype persona.banks.0.accounts.0.type persona.banks.0.institution_id
		persona.code persona.edits.0.field persona.name
		persona.owner.address.country persona.owner.date_of_birth persona.owner.ssn persona.phone
		persona.profile.address.country persona.profile.date_of_birth persona.profile.ssn
		template.accounts template.fields.name template.id template.name template.products.0 template.webhook`)
)

// xssFixtures writes fixtures in whose every field is what its rule takes of
// such text, and returns their directory and that text by field. Which fields
// there are is asked of the types.
func xssFixtures(t *testing.T) (dir string, planted map[string]string) {
	t.Helper()
	planted = map[string]string{}
	paths := map[string][]string{}
	for kind, k := range xssKinds {
		for _, path := range xssStrings(k.of, nil) {
			field := kind + "." + strings.Join(path, ".")
			paths[field], planted[field] = path, xssLine(field)
		}
	}
	whole := map[string]map[string]any{}
	var refused []string
	for again := true; again; {
		for kind, k := range xssKinds {
			whole[kind] = xssBody(t, k.body)
		}
		for field, text := range planted {
			kind, _, _ := strings.Cut(field, ".")
			xssSet(whole[kind], paths[field], text)
		}
		dir = xssDir(t, whole)
		_, err := fixtures.Load(dir)
		var mistakes fixtures.Mistakes
		if again = errors.As(err, &mistakes); err != nil && !again {
			t.Fatal(err)
		}
		for _, m := range mistakes {
			kind, _, _ := strings.Cut(m.File, "s/")
			field := kind + "." + strings.NewReplacer("[", ".", "]", "").Replace(m.Field)
			switch planted[field] {
			case "":
				t.Fatal(m)
			case xssLine(field):
				planted[field] = xssWord(field)
			case xssWord(field):
				planted[field] = `"><b`
			default:
				delete(planted, field)
				refused = append(refused, field)
			}
		}
	}
	var taken []string
	for field := range planted {
		taken = append(taken, field)
	}
	slices.Sort(taken)
	slices.Sort(refused)
	if diff := cmp.Diff([][]string{sorted(xssTaken), sorted(xssRefused)}, [][]string{taken, refused}); diff != "" {
		t.Fatalf("fields that take hostile text, and those that refuse it:\n%s", diff)
	}
	t.Logf("%d fields take hostile text, %d refuse it", len(taken), len(refused))
	return dir, planted
}

func sorted(list []string) []string { return slices.Sorted(slices.Values(list)) }

// xssStrings returns where a type has text: its own fields, as files name them,
// "0" for the first of a list.
func xssStrings(of reflect.Type, at []string) (found [][]string) {
	below := func(name string, of reflect.Type) {
		found = append(found, xssStrings(of, append(slices.Clone(at), name))...)
	}
	_, masked := of.MethodByName("Reveal")
	switch {
	case masked || of.Kind() == reflect.String:
		return [][]string{at}
	case of.Kind() == reflect.Pointer:
		return xssStrings(of.Elem(), at)
	case of.Kind() == reflect.Slice:
		below("0", of.Elem())
	case of.Kind() == reflect.Map:
		below("name", of.Elem())
	case of.Kind() == reflect.Struct:
		for i := range of.NumField() {
			f := of.Field(i)
			below(xssKey(of, f.Name), f.Type)
		}
	}
	return found
}

// xssKey returns what files call a field.
func xssKey(of reflect.Type, name string) string {
	switch {
	case name == "ID" && of == reflect.TypeFor[fixtures.Institution]():
		return "institution_id"
	case name == "InstitutionID":
		return "institution_id"
	case name == strings.ToUpper(name):
		return strings.ToLower(name)
	}
	var key strings.Builder
	for i, r := range name {
		if i > 0 && r >= 'A' && r <= 'Z' {
			key.WriteByte('_')
		}
		key.WriteRune(r)
	}
	return strings.ToLower(key.String())
}

func xssBody(t *testing.T, text string) (body map[string]any) {
	t.Helper()
	if err := json.Unmarshal([]byte(text), &body); err != nil {
		t.Fatal(err)
	}
	return body
}

// xssSet puts text into a body, which has everything above it.
func xssSet(body any, path []string, text string) {
	for i, key := range path {
		last := i == len(path)-1
		switch b := body.(type) {
		case map[string]any:
			if last {
				b[key] = text
			}
			body = b[key]
		case []any:
			if last {
				b[0] = text
			}
			body = b[0]
		}
	}
}

// xssDir writes bodies by their kind. JSON is YAML.
func xssDir(t *testing.T, bodies map[string]map[string]any) string {
	t.Helper()
	dir := t.TempDir()
	for kind, body := range bodies {
		content, err := json.Marshal(body)
		if err != nil {
			t.Fatal(err)
		}
		folder := filepath.Join(dir, kind+"s")
		if err := os.MkdirAll(folder, 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(folder, "xss.yaml"), content, 0o600); err != nil {
			t.Fatal(fmt.Errorf("%s: %w", kind, err))
		}
	}
	return dir
}
