package main

import (
	"cmp"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// module is one that is built into the binary.
type module struct{ path, version, dir string }

// modulesOf are the modules in the binary for an operating system.
func modulesOf(t *testing.T, system string) []module {
	t.Helper()
	list := exec.CommandContext(t.Context(), "go", "list", "-deps", "-f", "{{with .Module}}{{if not .Main}}{{.Path}}\t{{.Version}}\t{{.Dir}}{{end}}{{end}}", ".")
	list.Env = append(os.Environ(), "GOOS="+system, "GOARCH=amd64", "CGO_ENABLED=0")
	out, err := list.Output()
	if err != nil {
		t.Fatalf("go list for %s: %v", system, err)
	}
	var all []module
	for line := range strings.Lines(string(out)) {
		if part := strings.Split(strings.TrimSpace(line), "\t"); len(part) == 3 {
			all = append(all, module{part[0], part[1], part[2]})
		}
	}
	return all
}

// licenceOf names a licence by what only its text says.
func licenceOf(text string) string {
	flat := strings.Join(strings.Fields(text), " ")
	for _, kind := range []struct{ name, says string }{
		{"Apache-2.0", "Apache License Version 2.0"},
		{"MIT", "Permission is hereby granted, free of charge, to any person obtaining a copy"},
		{"ISC", "Permission to use, copy, modify, and distribute this software for any purpose with or without fee is hereby granted"},
		{"ISC", "Permission to use, copy, modify, and/or distribute this software for any purpose with or without fee is hereby granted"},
		{"BSD-3-Clause", "Neither the name of"},
		{"BSD-2-Clause", "Redistribution and use in source and binary forms, with or without modification, are permitted"},
	} {
		if strings.Contains(flat, kind.says) {
			return kind.name
		}
	}
	return ""
}

// textsIn returns what a module asks to go along: its licence, and its notices.
func textsIn(t *testing.T, m module) (kind, texts string) {
	t.Helper()
	entries, err := os.ReadDir(m.dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range entries {
		name := strings.ToUpper(entry.Name())
		if !slices.ContainsFunc([]string{"LICENSE", "LICENCE", "COPYING", "NOTICE", "PATENTS", "UNLICENSE"}, func(begin string) bool { return strings.HasPrefix(name, begin) }) || entry.IsDir() {
			continue
		}
		content, err := os.ReadFile(filepath.Join(m.dir, entry.Name()))
		if err != nil {
			t.Fatal(err)
		}
		text := strings.TrimSpace(strings.ReplaceAll(string(content), "\r\n", "\n"))
		kind = cmp.Or(kind, licenceOf(text))
		if texts != "" {
			texts += "\n\n"
		}
		texts += text
	}
	if kind == "" {
		t.Errorf("%s has no licence that this test knows: look at it, and decide whether layersim may be built from it", m.path)
	}
	return kind, texts
}

const line = "--------------------------------------------------------------------------------"

// licencesOf writes the list and the texts; modules with the same text share it.
func licencesOf(t *testing.T, modules []module) string {
	t.Helper()
	var list, texts strings.Builder
	shared := map[string][]string{}
	var order []string
	for _, m := range modules {
		kind, text := textsIn(t, m)
		fmt.Fprintf(&list, "%-50s %-42s %s\n", m.path, m.version, kind)
		if shared[text] == nil {
			order = append(order, text)
		}
		shared[text] = append(shared[text], m.path)
	}
	for _, text := range order {
		fmt.Fprintf(&texts, "\n%s\n%s\n%s\n\n%s\n", line, strings.Join(shared[text], "\n"), line, text)
	}
	return "layersim is built from these modules, on one platform or another, and from Go's\nstandard library. Their licences follow.\n\n" + list.String() + texts.String()
}

// Every module in the binary, whatever the platform, is in the list with the text
// of its licence, and nothing else is.
func TestLicencesAreThoseOfTheBinary(t *testing.T) {
	goroot, err := exec.CommandContext(t.Context(), "go", "env", "GOROOT").Output()
	if err != nil {
		t.Fatal(err)
	}
	modules := []module{{"std", "of the Go that built it", strings.TrimSpace(string(goroot))}}
	for _, system := range []string{"linux", "darwin", "windows"} {
		for _, m := range modulesOf(t, system) {
			if !slices.ContainsFunc(modules, func(other module) bool { return other.path == m.path }) {
				modules = append(modules, m)
			}
		}
	}
	slices.SortFunc(modules, func(a, b module) int { return cmp.Compare(a.path, b.path) })
	if len(modules) < 20 {
		t.Fatalf("only %d modules are found", len(modules))
	}
	want := licencesOf(t, modules)
	if *update {
		if err := os.WriteFile("licences.txt", []byte(want), 0o600); err != nil {
			t.Fatal(err)
		}
		return
	}
	for _, m := range modules {
		if !strings.Contains(licences, "\n"+m.path+" ") {
			t.Errorf("%s is in the binary, and not in licences.txt", m.path)
		}
	}
	if got := strings.ReplaceAll(licences, "\r\n", "\n"); got != want {
		t.Errorf("licences.txt is not what the modules say; after a change of modules: go test ./cmd/layersim -run Licences -update")
	}
}

func TestLicencesAreKnown(t *testing.T) {
	for text, want := range map[string]string{
		"Apache License\n  Version 2.0": "Apache-2.0", "All rights reserved.": "", "GNU GENERAL PUBLIC LICENSE": "",
		"Redistribution and use in source and binary forms, with or\nwithout modification, are permitted": "BSD-2-Clause",
	} {
		if got := licenceOf(text); got != want {
			t.Errorf("%q is %q, want %q", text, got, want)
		}
	}
}
