package export_test

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	east "github.com/yuin/goldmark/extension/ast"
	"github.com/yuin/goldmark/text"

	"layersim/flow"
	"layersim/flow/export"
	"layersim/flow/journal"
)

func quoted(s string) string {
	content, _ := json.Marshal(s) // a string always encodes
	return string(content)
}

// nasty are texts that mean something in Markdown, in HTML or to GitHub.
var nasty = []string{
	"plain", "", " ", "`", "``", "```", "````\n# x", "```\n\n# Heading\n", "~~~", "|", "||a|b|", `\|`, `\\|`, `\`, "a|b\\", "`|`", "``` ` ``",
	"<b>bold</b>", "<script>alert(1)</script>", "<!-- ", "-->", "<a href='x'>", "</details>", "&lt;b&gt; &amp; &#60;", "<http://evil.example>", "<a@b.example>",
	"[x](http://evil.example)", "![x](http://evil.example/x.png)", "[x]: http://evil.example", "[x]", "[^1]", "](http://evil.example)", "http://evil.example/", "www.evil.example",
	"someone@evil.example", "mailto:a@b.example", "@someone", "#12", ":smile:", "$x^2$", "$$\nx\n$$", "*a* **b** _c_ __d__ ~~e~~", "***", "---", "===", "# heading", "## x\n## y", "> quote",
	"- item", "* item", "+ item", "1. item", "1986. item", "- [ ] task", "\n\n# Heading\n\n", "\r# x", "a\u2028# b", "a\u0085# b", "\t\tcode", "    code", "| a | b |\n| --- | --- |\n| c | d |",
	"end", "%%{init: {}}%%", "\x1b[31mred\x1b[0m", "\x00", "\x7f", "\u202eabc", "\u200bx", "\ufeffx", "界 é 👍 ♥️", strings.Repeat("long ", 300), "“quotes” ‘and’ …", "\xff\xfe", "a  \nb", `a\` + "\nb",
	"(x)", "(`)", "\"`\"", "a:b", "1.5", "!", "![", "!`", "{{x}}", "{% x %}", "<%= x %>",
}

var markdown = goldmark.New(goldmark.WithExtensions(extension.GFM, extension.Footnote, extension.DefinitionList))

// skeleton is a document without its words: its blocks, and whatever is not
// text, code or emphasis.
func skeleton(t testing.TB, document []byte) string {
	t.Helper()
	var b strings.Builder
	depth := 0
	err := ast.Walk(markdown.Parser().Parse(text.NewReader(document)), func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if n.Type() == ast.TypeInline {
			switch n := n.(type) {
			case *ast.Text, *ast.String, *ast.Emphasis:
			case *ast.CodeSpan:
				return ast.WalkSkipChildren, nil
			case *ast.Link:
				if entering {
					fmt.Fprintf(&b, "%*slink %s\n", depth, "", n.Destination)
				}
			default:
				if entering {
					fmt.Fprintf(&b, "%*s%s: not expected\n", depth, "", n.Kind())
				}
			}
			return ast.WalkContinue, nil
		}
		if !entering {
			depth--
			return ast.WalkContinue, nil
		}
		fmt.Fprintf(&b, "%*s%s", depth, "", n.Kind())
		switch n := n.(type) {
		case *ast.Heading:
			fmt.Fprintf(&b, " %d", n.Level)
		case *ast.FencedCodeBlock:
			fmt.Fprintf(&b, " %s", n.Language(document))
		case *east.TableHeader:
			fmt.Fprintf(&b, " %d", n.ChildCount())
		}
		b.WriteByte('\n')
		depth++
		return ast.WalkContinue, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return b.String()
}

var allowedLink = regexp.MustCompile(`^ *link #call-\d+$`)

// harmlessMarkdown fails the test if a text has made anything of the document
// but text and code.
func harmlessMarkdown(t testing.TB, document []byte) {
	t.Helper()
	for line := range strings.Lines(skeleton(t, document)) {
		line = strings.TrimRight(line, "\n")
		switch {
		case strings.Contains(line, "not expected"), strings.Contains(line, "HTMLBlock"), strings.Contains(line, "Image"), strings.Contains(line, "Footnote"), strings.Contains(line, "Definition"),
			strings.Contains(line, "link ") && !allowedLink.MatchString(line):
			t.Errorf("%s", line)
		}
	}
	for _, r := range string(document) {
		if r != '\n' && (r < 0x20 || r == 0x7f || r == 0x85 || r == 0x2028 || r == 0x202e) {
			t.Errorf("the document holds %U", r)
		}
	}
}

// Whatever stands in a recording, the transcript of it has the same headings,
// lists, tables and blocks of code.
func TestForeignTextStaysText(t *testing.T) {
	want := skeleton(t, export.Markdown(told(t, "word")))
	for _, s := range nasty {
		if s == "" || strings.TrimSpace(s) == "" {
			harmlessMarkdown(t, export.Markdown(told(t, s))) // what is empty is left out
			continue
		}
		t.Run(fmt.Sprintf("%.20q", s), func(t *testing.T) {
			document := export.Markdown(told(t, s))
			harmlessMarkdown(t, document)
			if got := skeleton(t, document); got != want && strings.TrimSpace(strings.Map(onlySeen, s)) != "" {
				t.Errorf("the document is built otherwise:\n%s", difference(want, got))
			}
		})
	}
}

// cells are the texts of all cells of all tables.
func cells(document []byte) []string {
	var all []string
	_ = ast.Walk(markdown.Parser().Parse(text.NewReader(document)), func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if _, ok := n.(*east.TableCell); ok && entering {
			var b strings.Builder
			_ = ast.Walk(n, func(n ast.Node, entering bool) (ast.WalkStatus, error) { // no step of it fails
				if t, ok := n.(*ast.Text); ok && entering {
					b.Write(t.Segment.Value(document))
				}
				return ast.WalkContinue, nil
			})
			all = append(all, b.String())
		}
		return ast.WalkContinue, nil
	})
	return all
}

// What stands in a cell stays in it: no other cell of the row is moved.
func TestForeignTextStaysInItsCell(t *testing.T) {
	want := cells(export.Markdown(told(t, "word")))
	for _, s := range nasty {
		if strings.TrimSpace(strings.Map(onlySeen, s)) == "" {
			continue
		}
		got := cells(export.Markdown(told(t, s)))
		for i, w := range want {
			if !strings.Contains(w, "word") && (i >= len(got) || got[i] != w) {
				t.Errorf("%.40q: cell %d is not %q: %.100q", s, i+1, w, got[min(i, len(got)-1)])
				break
			}
		}
	}
}

func onlySeen(r rune) rune {
	if r < 0x20 || r == 0x7f || r == 0x200b || r == 0xfeff {
		return -1
	}
	return r
}

func difference(want, got string) string {
	a, b := strings.Split(want, "\n"), strings.Split(got, "\n")
	for i := range a {
		if i >= len(b) || a[i] != b[i] {
			return fmt.Sprintf("line %d: want %q, got %q", i+1, a[i:min(i+3, len(a))], b[min(i, len(b)):min(i+3, len(b))])
		}
	}
	return "it is longer"
}

// What the user edited is told where it was shared, or where the page handed it
// over: the values are masked, and the edit history says which they were.
func TestEditsAreTold(t *testing.T) {
	const line = "** had edited in Link, as the edit history of the session says: Name\n"
	inPage := told(t, "word")
	if _, after, ok := strings.Cut(string(export.Markdown(inPage)), "onSuccess(public_token)` –"); !ok || !strings.Contains(strings.Join(strings.SplitAfterN(after, "\n", 4)[:3], ""), line) {
		t.Errorf("of a page:\n%.300s", after)
	}
	at := slices.IndexFunc(inPage.Entries, func(e journal.Entry) bool { _, over := e.Event.(flow.OnSuccess); return over })
	shares := inPage.Entries[at]
	shares.Event, shares.Lane = flow.LinkActed{At: flow.At(shares.At), Action: flow.LinkAction{Kind: flow.LinkShare}}, journal.LaneYou
	drawn := inPage
	drawn.Entries = slices.Insert(slices.Clone(inPage.Entries), at, shares)
	for i := at + 1; i < len(drawn.Entries); i++ {
		drawn.Entries[i].Seq++
	}
	document := string(export.Markdown(drawn))
	if pressed, edited, handed := strings.Index(document, "Pressed share"), strings.Index(document, line), strings.LastIndex(document, "`onSuccess(public_token)`"); pressed < 0 || edited < pressed || handed < edited || strings.Count(document, line) != 1 {
		t.Errorf("pressed %d, edited %d, handed over %d", pressed, edited, handed)
	}
}
