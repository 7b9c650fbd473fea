package main

import (
	"go/ast"
	"go/parser"
	gotoken "go/token"
	"io/fs"
	"path/filepath"
	"strings"
	"testing"
)

// A panic in a goroutine that nobody guards leaves a broken terminal: every one
// begins in flow/guard.
func TestEveryGoroutineIsGuarded(t *testing.T) {
	root := filepath.Join("..", "..")
	seen := 0
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (d.Name() == "testdata" || d.Name() == "node_modules" || d.Name() == "guard" || strings.HasPrefix(d.Name(), ".") && path != root) {
			return filepath.SkipDir
		}
		if !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return nil
		}
		files := gotoken.NewFileSet()
		file, err := parser.ParseFile(files, path, nil, 0)
		if err != nil {
			return err
		}
		seen++
		ast.Inspect(file, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.GoStmt:
				t.Errorf("%s: a go statement; use guard.Go", files.Position(n.Pos()))
			case *ast.CallExpr:
				if unguarded(n) {
					t.Errorf("%s: its function runs on a goroutine of its own; wrap it in guard.Func", files.Position(n.Pos()))
				}
			}
			return true
		})
		return nil
	})
	if err != nil || seen < 100 {
		t.Errorf("%d files read, %v", seen, err)
	}
}

// unguarded reports whether a call runs a function literal, or time.AfterFunc
// any function, on a new goroutine.
func unguarded(call *ast.CallExpr) bool {
	of, ok := call.Fun.(*ast.SelectorExpr)
	if !ok || len(call.Args) == 0 {
		return false
	}
	by, _ := of.X.(*ast.Ident)
	last := call.Args[len(call.Args)-1]
	_, literal := last.(*ast.FuncLit)
	switch of.Sel.Name {
	case "Go":
		return literal && (by == nil || by.Name != "guard")
	case "AfterFunc":
		if wrapped, ok := last.(*ast.CallExpr); ok {
			f, ok := wrapped.Fun.(*ast.SelectorExpr)
			return !ok || f.Sel.Name != "Func"
		}
		// context.AfterFunc with nothing but a cancel function cannot panic.
		return literal || by == nil || by.Name == "time"
	}
	return false
}
