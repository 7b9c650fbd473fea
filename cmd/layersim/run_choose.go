package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"layersim/fixtures"
	"layersim/fixtures/document"
	"layersim/flow"
	"layersim/flow/scenario"
)

// chooseScenarios reads the scenarios that are named, in this order, each once.
// The error has everything that is wrong in any of them.
func chooseScenarios(args []string, all bool, catalog *fixtures.Catalog) ([]scenario.Scenario, error) {
	var chosen []scenario.Scenario
	var mistakes fixtures.Mistakes
	var others []error
	seen := map[string]bool{}
	add := func(sc scenario.Scenario) {
		key := sc.File
		if path, err := filepath.Abs(sc.File); err == nil {
			key = path
		}
		if key += "\x00" + sc.Name; !seen[key] {
			seen[key] = true
			chosen = append(chosen, sc)
		}
	}
	failed := func(err error) {
		var wrong fixtures.Mistakes
		if errors.As(err, &wrong) {
			mistakes = append(mistakes, wrong...)
		} else if !slices.ContainsFunc(others, func(e error) bool { return e.Error() == err.Error() }) {
			others = append(others, err)
		}
	}
	if all {
		shipped, err := scenario.Shipped(catalog)
		if err != nil {
			failed(err)
		}
		for _, sc := range shipped {
			add(sc)
		}
	}
	for _, arg := range args {
		files, err := filesIn(arg, catalog)
		if err != nil {
			failed(err)
		}
		for _, file := range files {
			sc, err := scenario.Find(file, catalog)
			if err != nil {
				failed(err)
				continue
			}
			add(sc)
		}
	}
	if len(mistakes) > 0 {
		others = append(others, mistakes)
	}
	if err := errors.Join(others...); err != nil {
		return nil, usagef("nothing was run, because of what is wrong here:\n%w", err)
	}
	return chosen, nil
}

// mostInFolder is how much of a folder is looked through for scenarios: somebody
// may have named a whole disk.
const mostInFolder = 20_000

// filesIn are the scenario files of a folder and of its subfolders, by their
// paths; anything else is itself. What is hidden is left out.
func filesIn(arg string, catalog *fixtures.Catalog) ([]string, error) {
	info, err := os.Stat(arg)
	if err != nil || !info.IsDir() {
		return []string{arg}, nil //nolint:nilerr // whoever reads it says what is wrong
	}
	if _, err := scenario.Find(arg, catalog); err == nil {
		return []string{arg}, nil // a folder that happens to have the name of a scenario
	}
	shown := flow.CleanLine(arg, 200)
	tree := os.DirFS(arg)
	var names, files []string
	seen := 0
	err = fs.WalkDir(tree, ".", func(name string, e fs.DirEntry, err error) error {
		seen++
		ext := filepath.Ext(name)
		switch {
		case err != nil:
			return err
		case seen > mostInFolder:
			return fmt.Errorf("it holds more than %d files and folders; name the folder that has the scenarios", mostInFolder)
		case name != "." && strings.HasPrefix(e.Name(), "."):
			if e.IsDir() {
				return fs.SkipDir
			}
		case !e.IsDir() && (ext == ".yaml" || ext == ".yml"):
			names, files = append(names, name), append(files, filepath.Join(arg, filepath.FromSlash(name)))
		}
		return nil
	})
	if err != nil {
		return nil, usagef("the folder %s cannot be read: %w", shown, reason(err))
	}
	if problem := document.TooMuch(tree, names); problem != "" {
		return nil, usagef("the folder %s %s", shown, problem)
	}
	if len(files) == 0 {
		return nil, usagef("there is no .yaml file in the folder %s, nor in a folder below it", shown)
	}
	return files, nil
}

// planRecordings names the file that each scenario is recorded in, nil for none.
// Nothing that is there already is written over.
func planRecordings(dir string, scenarios []scenario.Scenario) ([]string, error) {
	if dir == "" {
		return nil, nil
	}
	shown := flow.CleanLine(dir, 200)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, usagef("--record %s: the folder cannot be made: %w", shown, reason(err))
	}
	files := make([]string, len(scenarios))
	taken := map[string]string{}
	for i, sc := range scenarios {
		files[i] = filepath.Join(dir, sc.Name+".jsonl")
		if other, twice := taken[files[i]]; twice {
			return nil, usagef("--record %s: %s and %s are both called %s and would be recorded in the same file. Run them one after the other, into two folders.", shown, flow.CleanLine(other, 200), flow.CleanLine(sc.File, 200), sc.Name)
		}
		taken[files[i]] = sc.File
		if _, err := os.Lstat(files[i]); !errors.Is(err, fs.ErrNotExist) {
			return nil, usagef("--record %s: %s is there already, and a recording never writes over a file. Name another folder, or remove it first.", shown, flow.CleanLine(files[i], 200))
		}
	}
	return files, nil
}
