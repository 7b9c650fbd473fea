package scenario

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"strings"
	"testing"
)

// Every deed of file.go has a word, and every word reads its own example.
func TestLanguage(t *testing.T) {
	c := catalog(t)
	deeds := map[string]bool{}
	for name := range deedTypes(t) {
		deeds[name] = false
	}
	for _, v := range verbs {
		content := steps("open", v.example)
		sc, err := Read("x.yaml", []byte(content), c)
		if err != nil {
			t.Errorf("the example of %q: %v", v.word, err)
			continue
		}
		d := sc.Steps[1].Do
		if WordOf(d) != v.word {
			t.Errorf("the example of %q is %q", v.word, WordOf(d))
		}
		if says := Says(d); !strings.HasPrefix(v.example, strings.SplitN(says, ": ", 2)[0]) {
			t.Errorf("%q says %q", v.example, says)
		}
		if v.says == "" || !strings.HasSuffix(v.says, ".") {
			t.Errorf("%q has no sentence: %q", v.word, v.says)
		}
		deeds[strings.TrimPrefix(fmt.Sprintf("%T", d), "scenario.")] = true
	}
	for name, has := range deeds {
		if !has {
			t.Errorf("%s has no word", name)
		}
	}
}

// deedTypes are the types of file.go that embed deedMark.
func deedTypes(t *testing.T) map[string]bool {
	file, err := parser.ParseFile(token.NewFileSet(), "file.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	types := map[string]bool{}
	ast.Inspect(file, func(n ast.Node) bool {
		spec, ok := n.(*ast.TypeSpec)
		if !ok {
			return true
		}
		if s, isStruct := spec.Type.(*ast.StructType); isStruct {
			for _, f := range s.Fields.List {
				if id, isIdent := f.Type.(*ast.Ident); isIdent && id.Name == "deedMark" && len(f.Names) == 0 {
					types[spec.Name.Name] = true
				}
			}
		}
		return true
	})
	if len(types) < 30 {
		t.Fatalf("%d deeds found", len(types))
	}
	return types
}
