package main

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"regexp"
	"strings"

	"github.com/joho/godotenv"
)

const dotenvName = ".env"

// readDotenv returns what an app that loads .env from the working directory
// will find there. No such file is as good as an empty one, and so is a folder,
// which some make of Python's environments, or a pipe, which can be read once.
// A file that is broken is said, and is the app's to judge.
func readDotenv(talk io.Writer) map[string]string {
	info, err := os.Stat(dotenvName)
	if err != nil || !info.Mode().IsRegular() {
		return nil
	}
	if info.Size() > longestDotenv {
		_, _ = fmt.Fprintf(talk, "layersim: what %s sets for the app is not known: it is too long to be a file of settings\n", dotenvName)
		return nil
	}
	content, err := os.ReadFile(dotenvName)
	if err != nil {
		_, _ = fmt.Fprintf(talk, "layersim: what %s sets for the app is not known: %v\n", dotenvName, err)
		return nil
	}
	if growsTooMuch(content) {
		_, _ = fmt.Fprintf(talk, "layersim: what %s sets for the app is not known: its values come to more than a megabyte\n", dotenvName)
		return nil
	}
	set, err := godotenv.UnmarshalBytes(content)
	if err != nil { // which quotes the file, and there are secrets in it
		_, _ = fmt.Fprintf(talk, "layersim: what %s sets for the app is not known: a line of it is not NAME=value\n", dotenvName)
		return nil
	}
	return set
}

// dotenv is what .env sets for us. It holds secrets: it is never printed.
type dotenv struct {
	values map[string]string
	lines  map[string]int // where each name is set, counted from 1
	// dollars are the names whose values have a $ that other readers of such
	// files take for the beginning of a variable's name.
	dollars map[string]bool
}

// longestDotenv is far more than such a file ever needs.
const longestDotenv = 64 << 10

// loadDotenv reads .env from the working directory, for what is asked of
// layersim itself: a file that cannot be read is an error here. Neither the
// error nor anything else quotes the file.
func loadDotenv() (dotenv, error) {
	info, err := os.Stat(dotenvName)
	if err != nil || !info.Mode().IsRegular() {
		return dotenv{}, nil //nolint:nilerr // no such file is as good as an empty one
	}
	if info.Size() > longestDotenv {
		return dotenv{}, usagef("%s in this folder is too long to be a file of settings", dotenvName)
	}
	content, err := os.ReadFile(dotenvName)
	if err != nil {
		return dotenv{}, usagef("%s in this folder cannot be read: %w", dotenvName, err)
	}
	return parseDotenv(content)
}

func parseDotenv(content []byte) (dotenv, error) {
	content = bytes.TrimPrefix(content, []byte("\xef\xbb\xbf")) // which editors of Windows put in front
	if bytes.IndexByte(content, 0) >= 0 {
		return dotenv{}, usagef("%s in this folder is not plain text. If PowerShell wrote it, it is UTF-16: save it again as UTF-8", dotenvName)
	}
	if growsTooMuch(content) {
		return dotenv{}, usagef("%s in this folder has values that are made of others, and come to more than a megabyte", dotenvName)
	}
	values, dollars, err := unexpanded(content)
	if err != nil && bytes.Count(content, []byte("\n")) > mostDotenvLines {
		return dotenv{}, usagef("a line of %s in this folder is not NAME=value, or a quote in it is never closed", dotenvName)
	}
	if err != nil { // which quotes the file
		return dotenv{}, usagef("line %d of %s in this folder is not NAME=value, or a quote in it is never closed", brokenLine(content), dotenvName)
	}
	lines := map[string]int{}
	for i, line := range bytes.Split(content, []byte("\n")) {
		if m := assignment.FindSubmatch(line); m != nil {
			lines[string(m[1])] = i + 1 // the last one counts
		}
	}
	return dotenv{values, lines, dollars}, nil
}

// unexpanded reads a file and takes each $ for what it is: godotenv would read
// abc$1def as abcef, and a secret would be another one without a word. Only a
// value that is nothing but the name of one that is set above, such as
// ${MY_SECRET}, stands for that one.
func unexpanded(content []byte) (values map[string]string, dollars map[string]bool, err error) {
	dollar := "\ufdd0" // which is in no text (Unicode: noncharacters); should it be, take the next
	for r := '\ufdd1'; r <= '\ufdef' && bytes.Contains(content, []byte(dollar)); r++ {
		dollar = string(r)
	}
	expanded, err := godotenv.UnmarshalBytes(content)
	if err != nil {
		return nil, nil, err
	}
	content = bytes.ReplaceAll(content, []byte(`\$`), []byte(dollar))
	values, err = godotenv.UnmarshalBytes(bytes.ReplaceAll(content, []byte("$"), []byte(dollar)))
	if err != nil {
		return nil, nil, err
	}
	dollars = map[string]bool{}
	for name, value := range values {
		value = strings.ReplaceAll(value, dollar, "$")
		switch {
		case value == expanded[name]:
		case reference.MatchString(value) && expanded[name] != "":
			value = expanded[name]
		default:
			dollars[name] = true
		}
		values[name] = value
	}
	return values, dollars, nil
}

var reference = regexp.MustCompile(`^\$(?:[A-Z0-9_]+|\{[A-Z0-9_]+\})$`)

var assignment = regexp.MustCompile(`^\s*(?:export\s+)?([A-Za-z_][A-Za-z0-9_.]*)\s*[=:]`)

// mostDotenvLines is in how many lines the broken one is looked for: each takes
// another reading.
const mostDotenvLines = 500

// brokenLine counts the lines before which everything can be read.
func brokenLine(content []byte) int {
	lines := bytes.SplitAfter(content, []byte("\n"))
	good, end := 0, 0
	for i, line := range lines {
		end += len(line)
		if _, err := godotenv.UnmarshalBytes(content[:end]); err == nil {
			good = i + 1
		}
	}
	return min(good+1, len(lines))
}
