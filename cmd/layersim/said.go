package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"layersim/flow"
)

// Whatever a command says leaves through here: names of files, values of flags
// and what another program answered stand in it, and a terminal obeys some texts.

const (
	longestSaidLine = 2000 // characters: a flag may be a megabyte long
	saidAtItsEnd    = 500  // of these
	mostSaidLines   = 500
)

// plainly returns a text of several lines as one that a terminal can only show.
func plainly(text string) string {
	var b strings.Builder
	n := 0
	for line := range strings.SplitSeq(text, "\n") {
		if n++; n > mostSaidLines {
			_, _ = fmt.Fprintf(&b, "\n… and %s more", counted(strings.Count(text, "\n")+1-mostSaidLines, "line", "lines"))
			break
		}
		if n > 1 {
			b.WriteByte('\n')
		}
		b.WriteString(shortened(flow.CleanLine(strings.TrimSuffix(line, "\r"), 0)))
	}
	return b.String()
}

// shortened leaves out the middle of a long line, which is somebody's value: the
// line begins with where it stood, and ends with what to write instead.
func shortened(line string) string {
	if len(line) <= longestSaidLine {
		return line
	}
	letters := []rune(line)
	more := len(letters) - longestSaidLine
	if more <= 0 {
		return line
	}
	end := len(letters) - saidAtItsEnd
	return fmt.Sprintf("%s … %d characters … %s", string(letters[:end-more]), more, string(letters[end:]))
}

// talker is standard error for what layersim itself says. The standard error of
// an app that runs below exec is the app's own.
type talker struct{ to io.Writer }

func (t talker) Write(text []byte) (int, error) {
	if _, err := io.WriteString(t.to, plainly(string(text))); err != nil {
		return 0, err
	}
	return len(text), nil
}

// talk is where a command talks to people.
func (s stdio) talk() io.Writer { return talker{s.err} }

// printJSON writes a value in one piece, for programs and for eyes.
func printJSON(out io.Writer, value any, indent string) error {
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", indent)
	if err := encoder.Encode(value); err != nil {
		return err
	}
	_, err := out.Write(flow.HarmlessJSON(b.Bytes()))
	return err
}
