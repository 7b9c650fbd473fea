package main

import (
	"fmt"
	"io"
	"os"

	"github.com/joho/godotenv"
)

const dotenvName = ".env"

// readDotenv returns what an app that loads .env from the working directory
// will find there. No such file is as good as an empty one, and so is a folder,
// which some make of Python's environments, or a pipe, which can be read once.
// A file that is broken is said, and is the app's to judge.
func readDotenv(talk io.Writer) map[string]string {
	if info, err := os.Stat(dotenvName); err != nil || !info.Mode().IsRegular() {
		return nil
	}
	content, err := os.ReadFile(dotenvName)
	if err != nil {
		_, _ = fmt.Fprintf(talk, "layersim: what %s sets for the app is not known: %v\n", dotenvName, err)
		return nil
	}
	set, err := godotenv.UnmarshalBytes(content)
	if err != nil { // which quotes the file, and there are secrets in it
		_, _ = fmt.Fprintf(talk, "layersim: what %s sets for the app is not known: a line of it is not NAME=value\n", dotenvName)
		return nil
	}
	return set
}
