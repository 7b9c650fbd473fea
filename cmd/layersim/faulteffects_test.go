package main

import (
	"go/ast"
	"go/parser"
	gotoken "go/token"
	"path/filepath"
	"slices"
	"testing"
)

// everyEffect are the names of all effects: of whatever in package flow is marked
// as one.
func everyEffect(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob("../../flow/*.go")
	if err != nil || len(files) == 0 {
		t.Fatalf("no package flow: %v", err)
	}
	var names []string
	for _, file := range files {
		tree, err := parser.ParseFile(gotoken.NewFileSet(), file, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(tree, func(n ast.Node) bool {
			spec, is := n.(*ast.TypeSpec)
			if !is {
				return true
			}
			if body, is := spec.Type.(*ast.StructType); is && spec.Name.Name != "Call" && slices.ContainsFunc(body.Fields.List, marksEffect) {
				names = append(names, spec.Name.Name)
			}
			return true
		})
	}
	if len(names) < 16 {
		t.Fatalf("only %v are effects?", names)
	}
	return names
}

// marksEffect reports whether an embedded field makes its struct an effect.
func marksEffect(f *ast.Field) bool {
	name, is := f.Type.(*ast.Ident)
	return is && len(f.Names) == 0 && (name.Name == "Call" || name.Name == "effectMark")
}
