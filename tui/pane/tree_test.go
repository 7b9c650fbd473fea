package pane_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"
	"pgregory.net/rapid"

	"layersim/tui/pane"
	"layersim/tui/theme"
)

func jsonTree(text string) pane.Tree { return pane.NewTree(pane.TreePart{JSON: text}) }

// drawn is what a reader sees of a tree, gutter included.
func drawn(t pane.Tree, w, h int) string {
	f := frame(w, h)
	return plainText(pane.DrawTree(f, t.LayOut(f)))
}

// shown is drawn without the gutter.
func shown(t pane.Tree, w, h int) string {
	lines := strings.Split(strings.TrimSuffix(drawn(t, w, h), "\n"), "\n")
	for i, l := range lines {
		r := []rune(l)
		lines[i] = string(r[min(len(r), 3):])
	}
	return strings.Join(lines, "\n")
}

// Opened, a tree is what json.Indent makes of the text: keys in their order,
// doubles kept, numbers as they are written.
func TestTreeShowsJSONAsItIsWritten(t *testing.T) {
	for _, text := range []string{
		`{}`, `[]`, ` [ ] `, `null`, `-0.10e+5`, `"x"`, `[[[]],{}]`,
		`{"b":1,"a":2,"b":3,"big":123456789012345678901234567890.00,"e":1E5}`,
		"{ \"a\" : [ 1 ,\n 2 , { \"c\" : null } ] , \"d\" : \"\\u00e9 \\\" , ] }\" }",
		exchange().ResponseBody,
	} {
		var want bytes.Buffer
		if err := json.Indent(&want, []byte(text), "", "  "); err != nil {
			t.Fatal(err)
		}
		flat := func(s string) string { return strings.NewReplacer("{ }", "{}", "[ ]", "[]", " ,", ",").Replace(s) }
		if got := flat(shown(jsonTree(text).OpenAll(), 200, 100)); got != flat(strings.TrimSpace(want.String())) {
			t.Errorf("%s\nis shown as\n%s", text, got)
		}
	}
}

func TestFoldedTreeSaysHowMuchItHides(t *testing.T) {
	const text = `{"identity":{"name":{"first":"Leslie"},"none":null},"items":[1,2,3],"one":{"a":1},"empty":{},"id":"x"}`
	got := drawn(jsonTree(text).FoldAll(), 60, 10)
	want := `›▾ {
 ▸   "identity": {…} 2 keys
 ▸   "items": […] 3
 ▸   "one": {…} 1 key
     "empty": {},
     "id": "x"
   }
`
	if got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
	// The second line, opened; then its first member, which folds it again.
	f := frame(60, 12)
	tree := jsonTree(text).FoldAll().LayOut(f).Move(1, f).Toggle().LayOut(f)
	if got := shown(tree, 60, 12); !strings.Contains(got, "  \"identity\": {\n    \"name\": {…} 1 key\n    \"none\": null\n  },\n") {
		t.Errorf("opened:\n%s", got)
	}
	if got := tree.Path(); got != "identity" {
		t.Errorf("path %q", got)
	}
	if tree = tree.Move(2, f); tree.Path() != "identity.none" {
		t.Errorf("path %q", tree.Path())
	}
	if got := drawn(tree.Toggle(), 60, 12); !strings.Contains(got, `›▸   "identity": {…} 2 keys`) {
		t.Errorf("folded from within:\n%s", got)
	}
	// A copy that was made before does not change.
	if got := shown(tree, 60, 12); !strings.Contains(got, `"none": null`) {
		t.Errorf("a copy changed with the other:\n%s", got)
	}
}

// What is folded is passed over, in every direction.
func TestTreePassesOverWhatIsFolded(t *testing.T) {
	f := frame(60, 12)
	tree := jsonTree(`{"a":{"x":1,"y":2},"b":1,"c":{"z":{"deep":3}}`).FoldAll().LayOut(f).Move(2, f)
	if got := tree.Path(); got != "b" {
		t.Errorf("two down is %q", got)
	}
	if got := tree.Move(-1, f).Path(); got != "a" {
		t.Errorf("one up is %q", got)
	}
	tree = jsonTree(`[1,{"z":{"deep":3}}]`).LayOut(f).Move(4, f) // on "deep"
	if tree = tree.FoldAll().LayOut(f); tree.Path() != "[1]" {
		t.Errorf("folded around the cursor, which is at %q", tree.Path())
	}
	tree = pane.NewTree(pane.TreePart{Title: "T", Folded: true, JSON: `{"a":1}`}).End(f)
	if got := drawn(tree, 60, 3); got != "›▸ T\n" {
		t.Errorf("the end is inside of what is folded:\n%s", got)
	}
}

func TestTreePathCountsMembersOfArrays(t *testing.T) {
	f := frame(60, 30)
	tree := jsonTree(`{"items":[{"id":1},{"id":2,"token":"t"}]}`).LayOut(f).Move(7, f)
	if got := tree.Path(); got != "items[1].token" {
		t.Errorf("path %q:\n%s", got, drawn(tree, 60, 30))
	}
}

func TestTreeShowsWhatIsNotJSONAsText(t *testing.T) {
	for name, c := range map[string]struct{ text, want string }{
		"HTML":        {"<html>\n<b>Sign in</b>", "This is not JSON, so it is shown as it came:\n<html>\n<b>Sign in</b>"},
		"cut":         {`{"a":[1,2,{"b":"xy`, "{\n  \"a\": [\n    1,\n    2,\n    {\nThe JSON breaks off before it is complete.\n\"b\":\"xy"},
		"then a note": {"{\n  \"a\": 1,\n  \"b\": \n… clipped here; 90000 bytes in all", "{\n  \"a\": 1,\nFrom here on it is not JSON, so it is shown as it came:\n\"b\":\n… clipped here; 90000 bytes in all"},
		"two values":  {`{"a":1} {"b":2}`, "{\n  \"a\": 1\n}\nFrom here on it is not JSON, so it is shown as it came:\n{\"b\":2}"},
		"bad word":    {`[nul]`, "[\nFrom here on it is not JSON, so it is shown as it came:\nnul]"},
		"a tab":       {"[\"a\tb\"]", "[\nFrom here on it is not JSON, so it is shown as it came:\n\"a    b\"]"},
		"too deep":    {strings.Repeat("[", 300), "Nested too deep to be shown as a tree; as it came:"},
	} {
		if got := shown(jsonTree(c.text), 400, 300); !strings.Contains(got, c.want) {
			t.Errorf("%s:\n%s\nwant\n%s", name, got, c.want)
		}
	}
	if got := shown(jsonTree(`{"a":[1,2,`).FoldAll(), 80, 10); !strings.Contains(got, `"a": […] 2+`) {
		t.Errorf("an array that breaks off, folded:\n%s", got)
	}
	if got := shown(jsonTree(""), 80, 3); strings.TrimSpace(got) != "" {
		t.Errorf("nothing is shown as %q", got)
	}
}

// The tree takes for JSON exactly what encoding/json does.
func FuzzTreeKnowsJSON(f *testing.F) {
	for _, s := range append(slices.Clone(hostile), `{"a":[1,2.5e-3,{"b":null}],"a":true}`, `[1,]`, `[1 2]`, `{"a":1 "b":2}`, `[1,2 3]`, `{,}`, `{"a" 1}`, `01`, `-`, `"\u12g4"`, `[[],[]]`, `1 2`, `{"a":1,}`, `"\ud800"`) {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if strings.Count(text, "[")+strings.Count(text, "{") > 200 || strings.TrimSpace(text) == "" {
			return
		}
		fr := frame(80, 5)
		tree := jsonTree(text).LayOut(fr).End(fr).Search("json").LayOut(fr).Home(fr).OpenAll().End(fr)
		requireSize(t, "tree", pane.DrawTree(fr, tree), 80, 5)
		said := pane.TreeTrouble(tree) == ""
		if valid := json.Valid([]byte(text)); said != valid {
			t.Errorf("%q is JSON: %v, the tree says %v", text, valid, said)
		}
	})
}

// Of a large answer nothing is read that is not looked at.
func TestTreeReadsNoMoreThanItShows(t *testing.T) {
	big := bigJSON(5 << 20)
	f := frame(100, 40)
	tree := jsonTree(big).LayOut(f)
	pane.DrawTree(f, tree)
	if n := pane.TreeNodes(tree); n > 1000 {
		t.Errorf("%d lines were read for a screen of 40", n)
	}
	tree = tree.End(f)
	if got := plainText(pane.DrawTree(f, tree)); !strings.Contains(got, `"request_id": "the-end"`) {
		t.Errorf("the end is not there:\n%s", got)
	}
}

// bigJSON is an answer of about so many bytes.
func bigJSON(n int) string {
	var b strings.Builder
	b.WriteString(`{"accounts":[`)
	for i := 0; b.Len() < n; i++ {
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, `{"account_id":"BxBXxLj1m4HMXBm9WZZmCWVbPjX16EHwv99vp-%d","balances":{"available":%d.25,"current":110,"limit":null,"iso_currency_code":"USD"},"mask":"0000","name":"Plaid Checking","verified":true}`, i, i)
	}
	b.WriteString(`],"request_id":"the-end"}`)
	return b.String()
}

func TestLongValuesAreCutUntilTheyAreOpened(t *testing.T) {
	long := strings.Repeat("0123456789", 60)
	f := frame(40, 30)
	tree := jsonTree(`{"jwt":"`+long+`","n":1}`).LayOut(f).Move(1, f)
	if got := shown(tree, 40, 30); strings.Contains(got, long[:60]) || !strings.Contains(got, "… 609 bytes") {
		t.Errorf("cut:\n%s", got)
	}
	if got := strings.NewReplacer("\n", "", " ", "").Replace(shown(tree.Toggle().LayOut(f), 40, 30)); !strings.Contains(got, `"jwt":"`+long+`",`) {
		t.Errorf("opened:\n%s", got)
	}
	// A search opens what hides the text.
	tree = jsonTree(`{"a":{"b":{"jwt":"` + long + ` NEEDLE"}},"n":1}`).FoldAll().Search("needle").LayOut(f)
	if got := drawn(tree, 40, 30); !strings.Contains(got, "NE\n") || !strings.Contains(got, "EDLE") || tree.Path() != "a.b.jwt" {
		t.Errorf("searched, at %q:\n%s", tree.Path(), got)
	}
}

func TestTreeSearch(t *testing.T) {
	f := frame(60, 20)
	s := f.Styles
	tree := pane.NewTree(pane.TreePart{Title: "Headers", Pairs: []pane.TreePair{{Name: "Content-Type", Value: "application/JSON"}}, Folded: true}, pane.TreePart{JSON: `{"type":"json","list":["a","JSON and json"]}`}).LayOut(f)
	tree = tree.Search("Json").LayOut(f)
	var seen []string
	for range 4 {
		n, at := tree.Hits()
		seen = append(seen, fmt.Sprintf("%d/%d %s", at, n, tree.Path()))
		tree = tree.NextHit().LayOut(f)
	}
	if got, want := strings.Join(seen, ", "), "1/4 , 2/4 type, 3/4 list[1], 1/4 "; got != want {
		t.Errorf("hits %s, want %s", got, want)
	}
	if got := pane.DrawTree(f, tree); !strings.Contains(got, s.Hit.Render("JSON")) || !strings.Contains(got, s.Hit.Render("json")) {
		t.Errorf("hits are not set off: %q", got)
	}
	if tree = tree.PreviousHit().PreviousHit().LayOut(f); tree.Path() != "list[1]" {
		t.Errorf("two back is %q", tree.Path())
	}
	if n, _ := tree.Search("nowhere").Hits(); n != 0 {
		t.Errorf("%d hits", n)
	}
	if got := pane.DrawTree(f, tree.Search("").LayOut(f)); strings.Contains(got, s.Hit.Render("JSON")) {
		t.Error("hits stay when the search ends")
	}
}

func TestNullIsDimmedAndValuesHaveTheirStyle(t *testing.T) {
	f := frame(60, 10)
	s := f.Styles
	got := pane.DrawTree(f, jsonTree(`{"street2":null,"n":-1.5e3,"b":false,"s":"x"}`).LayOut(f))
	for _, want := range []string{s.Dim.Render(`"street2"`), s.Dim.Render("null"), s.JSONNumber.Render("-1.5e3"), s.JSONWord.Render("false"), s.JSONKey.Render(`"s"`), s.JSONString.Render(`"x"`)} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is missing in %q", want, got)
		}
	}
}

// Whatever is in it and whatever is done with it, a tree fills its frame and
// keeps the line under the cursor in it.
func TestTreeIsExactlyItsSize(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		foreign := rapid.SampledFrom(hostile).Draw(r, "foreign")
		encoded, _ := json.Marshal(foreign + "x")
		body := rapid.SampledFrom([]string{
			`{` + string(encoded) + `:[` + string(encoded) + `,{` + string(encoded) + `:null}],"z":1}`,
			`{"` + foreign + `":["` + foreign + `"]}`, foreign, `{"a":"` + foreign, bigJSON(9000), strings.Repeat(`[{"a":`, 40) + "1",
		}).Draw(r, "body")
		tree := pane.NewTree(
			pane.TreePart{Title: foreign + "T", Said: foreign, Kind: pane.Bad, Note: foreign, Pairs: []pane.TreePair{{Name: foreign, Value: foreign}, {Name: "n", Value: "v"}}, Folded: rapid.Bool().Draw(r, "folded")},
			pane.TreePart{Title: "Body", JSON: body},
			pane.TreePart{Prose: []string{foreign + " and words " + foreign, ""}, Text: foreign + "\n\n" + foreign},
		)
		f := pane.Frame{Styles: theme.New(rapid.Bool().Draw(r, "dark"), rapid.Bool().Draw(r, "color")), Focused: true}
		for range rapid.IntRange(1, 12).Draw(r, "steps") {
			f.Width, f.Height = rapid.IntRange(1, 200).Draw(r, "width"), rapid.IntRange(1, 50).Draw(r, "height")
			switch rapid.IntRange(0, 8).Draw(r, "does") {
			case 0:
				tree = tree.Toggle()
			case 1:
				tree = tree.Move(rapid.IntRange(-30, 30).Draw(r, "by"), f)
			case 2:
				tree = tree.Home(f)
			case 3:
				tree = tree.End(f)
			case 4:
				tree = tree.FoldAll()
			case 5:
				tree = tree.OpenAll()
			case 6:
				tree = tree.Search(rapid.SampledFrom([]string{"", "a", "x", "e", ":", "界", "ก", foreign}).Draw(r, "text"))
			case 7:
				tree = tree.NextHit()
			case 8:
				tree = tree.PreviousHit()
			}
			tree = tree.LayOut(f)
			text := pane.DrawTree(f, tree)
			requireSize(r, "tree", text, f.Width, f.Height)
			if f.Width > 3 && strings.Count(ansi.Strip(text), "›") < 1 {
				r.Fatalf("the cursor is not in view:\n%s", text)
			}
		}
	})
}

func BenchmarkTree(b *testing.B) {
	big := bigJSON(5 << 20)
	one := `{"x":"` + strings.Repeat("0123456789", 500_000) + `"}`
	f := frame(200, 50)
	for name, text := range map[string]string{"5 MB": big, "one value of 5 MB": one} {
		b.Run("open "+name, func(b *testing.B) {
			for b.Loop() {
				pane.DrawTree(f, jsonTree(text).LayOut(f))
			}
		})
		b.Run("end "+name, func(b *testing.B) {
			for b.Loop() {
				pane.DrawTree(f, jsonTree(text).OpenAll().End(f))
			}
		})
		b.Run("search "+name, func(b *testing.B) {
			for b.Loop() {
				pane.DrawTree(f, jsonTree(text).Search("the-end").LayOut(f))
			}
		})
		tree := jsonTree(text).LayOut(f)
		b.Run("frame "+name, func(b *testing.B) {
			for b.Loop() {
				pane.DrawTree(f, tree)
			}
		})
	}
}
