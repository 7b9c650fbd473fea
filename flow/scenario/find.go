package scenario

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"layersim/fixtures"
	"layersim/fixtures/document"
)

// shelf is a folder of scenarios.
type shelf struct {
	files  fs.FS
	folder string // as messages call it, "" for what is shipped
}

// shelves are those of the user first: a scenario there replaces the shipped one
// of its name.
func shelves(catalog *fixtures.Catalog) []shelf {
	list := []shelf{{fixtures.ScenarioFiles(), ""}}
	if files, folder := catalog.OwnScenarios(); files != nil {
		list = append([]shelf{{files, folder}}, list...)
	}
	return list
}

// Shipped returns the scenarios that layersim ships with, and those in the folder
// scenarios of --fixtures, by name. An error is [fixtures.Mistakes], or says what
// cannot be read.
func Shipped(catalog *fixtures.Catalog) ([]Scenario, error) {
	var all []Scenario
	var mistakes fixtures.Mistakes
	for _, s := range shelves(catalog) {
		names, err := s.names()
		if err != nil {
			return nil, err
		}
		for _, name := range names {
			if slices.ContainsFunc(all, func(sc Scenario) bool { return sc.Name == name }) {
				continue // replaced by one of the user's
			}
			sc, err := s.read(name, catalog)
			var wrong fixtures.Mistakes
			switch {
			case errors.As(err, &wrong):
				mistakes = append(mistakes, wrong...)
			case err != nil:
				return nil, err
			default:
				all = append(all, sc)
			}
		}
	}
	if len(mistakes) > 0 {
		return nil, mistakes
	}
	slices.SortFunc(all, func(a, b Scenario) int { return strings.Compare(a.Name, b.Name) })
	return all, nil
}

// Find returns the scenario with this name, or the one in this file: what has a
// path in it or ends in .yaml or .yml is a file. An error is [fixtures.Mistakes],
// or says what cannot be found or read.
func Find(nameOrFile string, catalog *fixtures.Catalog) (Scenario, error) {
	if isFile(nameOrFile) {
		content, err := readFile(nameOrFile)
		if err != nil {
			return Scenario{}, err
		}
		return Read(nameOrFile, content, catalog)
	}
	s, err := shelfOf(nameOrFile, catalog)
	if err != nil {
		return Scenario{}, err
	}
	return s.read(nameOrFile, catalog)
}

// Source returns the file of the scenario that Find finds, as it is written.
func Source(nameOrFile string, catalog *fixtures.Catalog) ([]byte, error) {
	if isFile(nameOrFile) {
		return readFile(nameOrFile)
	}
	s, err := shelfOf(nameOrFile, catalog)
	if err != nil {
		return nil, err
	}
	content, _, err := s.open(nameOrFile)
	return content, err
}

func readFile(file string) ([]byte, error) {
	content, err := document.ReadFile(os.DirFS(filepath.Dir(file)), filepath.Base(file))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("there is no file %s", document.Clean(file))
	}
	if err != nil {
		return nil, fmt.Errorf("the scenario %s cannot be read: %w", document.Clean(file), document.Reason(err))
	}
	return content, nil
}

// shelfOf finds the shelf that has a scenario.
func shelfOf(name string, catalog *fixtures.Catalog) (shelf, error) {
	var known []string
	for _, s := range shelves(catalog) {
		names, err := s.names()
		if err != nil {
			return shelf{}, err
		}
		if slices.Contains(names, name) {
			return s, nil
		}
		known = append(known, names...)
	}
	hint := "'layersim scenarios' lists those there are; a file is given as ./NAME.yaml"
	if word := document.Nearest(name, known); word != "" {
		hint = fmt.Sprintf("did you mean %q?", word)
	}
	return shelf{}, fmt.Errorf("there is no scenario %s; %s", document.Quote(name), hint)
}

func isFile(nameOrFile string) bool {
	return strings.ContainsRune(nameOrFile, '/') || strings.ContainsRune(nameOrFile, filepath.Separator) || isYAML(nameOrFile)
}

func isYAML(name string) bool { return path.Ext(name) == ".yaml" || path.Ext(name) == ".yml" }

// names are those of the files, without their ends.
func (s shelf) names() ([]string, error) {
	entries, err := fs.ReadDir(s.files, ".")
	if err != nil {
		return nil, fmt.Errorf("the scenarios of %s cannot be read: %w", document.Clean(s.folder), document.Reason(err))
	}
	var names, files []string
	for _, e := range entries {
		if name := e.Name(); !e.IsDir() && isYAML(name) && !strings.HasPrefix(name, ".") {
			files, names = append(files, name), append(names, strings.TrimSuffix(name, path.Ext(name)))
		}
	}
	if problem := document.TooMuch(s.files, files); s.folder != "" && problem != "" {
		return nil, fixtures.Mistakes{{File: document.Clean(s.folder), Problem: problem}}
	}
	return names, nil
}

// read reads the scenario with that name, which its file has too.
func (s shelf) read(name string, catalog *fixtures.Catalog) (Scenario, error) {
	content, shown, err := s.open(name)
	if err != nil {
		return Scenario{}, err
	}
	sc, err := Read(shown, content, catalog)
	if err == nil && sc.Name != name {
		return Scenario{}, fixtures.Mistakes{{File: document.Clean(shown), Field: "scenario", Problem: fmt.Sprintf("%s is not the name of the file; expected %s", document.Quote(sc.Name), document.Quote(name))}}
	}
	return sc, err
}

// open reads the file of a scenario; shown is what messages call it.
func (s shelf) open(name string) (content []byte, shown string, err error) {
	file := name + ".yaml"
	if _, err := fs.Stat(s.files, file); err != nil {
		file = name + ".yml"
	}
	shown = path.Join("scenarios", file)
	if s.folder != "" {
		shown = s.folder + string(filepath.Separator) + file
	}
	content, err = document.ReadFile(s.files, file)
	if err != nil {
		return nil, shown, fmt.Errorf("the scenario %s cannot be read: %w", document.Clean(shown), document.Reason(err))
	}
	return content, shown, nil
}
