// Command elsewhere type-checks every package of this module, tests too, as the
// compiler would on other systems: each file that is built there is read, each
// name and type in it resolved. It takes seconds where go vet takes a minute for
// each system, since nothing is compiled: of the modules and the standard library
// only the declarations are read.
//
//	go run .ci/elsewhere/main.go windows/amd64 darwin/arm64
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
)

// listed is what go list says of a package.
type listed struct {
	Dir, ImportPath, ForTest string
	GoFiles                  []string
	ImportMap                map[string]string
	Standard                 bool
	Module                   *struct {
		Main      bool
		GoVersion string
	}
	Error *struct{ Err string }
}

func main() {
	if len(os.Args) < 2 {
		fmt.Fprintln(os.Stderr, "usage: elsewhere OS/ARCH…")
		os.Exit(2)
	}
	failed := false
	for _, platform := range os.Args[1:] {
		n, err := check(platform)
		if err != nil {
			failed = true
			fmt.Printf("%s:\n%v\n", platform, err)
			continue
		}
		fmt.Printf("%s: %d packages of this module compile, tests too\n", platform, n)
	}
	if failed {
		os.Exit(1)
	}
}

// check type-checks the module for one platform and says how many packages of its
// own it has, test packages among them.
func check(platform string) (own int, _ error) {
	goos, goarch, _ := strings.Cut(platform, "/")
	// -deps lists what is imported before what imports it.
	cmd := exec.CommandContext(context.Background(), "go", "list", "-deps", "-test", "-json=Dir,ImportPath,ForTest,GoFiles,ImportMap,Standard,Module,Error", "./...")
	cmd.Env = append(os.Environ(), "GOOS="+goos, "GOARCH="+goarch, "CGO_ENABLED=0")
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		return 0, err
	}
	if err := cmd.Start(); err != nil {
		return 0, err
	}
	var all []listed
	for decoder := json.NewDecoder(out); ; {
		var p listed
		if err := decoder.Decode(&p); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			return 0, err
		}
		all = append(all, p)
	}
	if err := cmd.Wait(); err != nil {
		return 0, err
	}
	checked := map[string]*types.Package{"unsafe": types.Unsafe}
	var mistakes []error
	for _, p := range all {
		if p.Error != nil {
			mistakes = append(mistakes, fmt.Errorf("%s: %s", p.ImportPath, p.Error.Err))
			continue
		}
		if p.ImportPath == "unsafe" || strings.HasSuffix(p.ImportPath, ".test") { // the second is written by go test
			continue
		}
		ours := p.Module != nil && p.Module.Main
		files, err := read(p)
		if err != nil {
			mistakes = append(mistakes, err)
		}
		config := types.Config{
			IgnoreFuncBodies: !ours,
			FakeImportC:      true,
			Sizes:            types.SizesFor("gc", goarch),
			Importer: importer(func(path string) (*types.Package, error) {
				if to, ok := p.ImportMap[path]; ok {
					path = to
				}
				if found := checked[path]; found != nil {
					return found, nil
				}
				return nil, fmt.Errorf("%s was not listed", path)
			}),
			Error: func(err error) {
				if ours {
					mistakes = append(mistakes, err)
				}
			},
		}
		if p.Module != nil && p.Module.GoVersion != "" {
			config.GoVersion = "go" + p.Module.GoVersion
		}
		name, _, _ := strings.Cut(p.ImportPath, " ")
		checked[p.ImportPath], _ = config.Check(name, fileset, files, nil) // its errors came to Error
		if ours {
			own++
		}
	}
	return own, errors.Join(mistakes...)
}

// importer finds the packages that another one imports.
type importer func(path string) (*types.Package, error)

func (i importer) Import(path string) (*types.Package, error) { return i(path) }

var (
	fileset = token.NewFileSet()
	// parsed are the files of others: most are the same on every system.
	parsed = map[string]*ast.File{}
)

// read parses the files of a package, those of one package at once.
func read(p listed) ([]*ast.File, error) {
	files, mistakes := make([]*ast.File, len(p.GoFiles)), make([]error, len(p.GoFiles))
	var all sync.WaitGroup
	for i, name := range p.GoFiles {
		name = filepath.Join(p.Dir, name)
		if files[i] = parsed[name]; files[i] != nil {
			continue
		}
		all.Go(func() {
			files[i], mistakes[i] = parser.ParseFile(fileset, name, nil, parser.SkipObjectResolution)
		})
	}
	all.Wait()
	for i, name := range p.GoFiles {
		parsed[filepath.Join(p.Dir, name)] = files[i]
	}
	return files, errors.Join(mistakes...)
}
