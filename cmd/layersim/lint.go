package main

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"

	"layersim/flow"
	"layersim/flow/lint"

	"github.com/spf13/cobra"
)

// longestLine is how long a line of a journal may be. The longest that the
// simulator writes has two bodies of 16 KiB.
const longestLine = 4 << 20

func newLintCommand(std stdio) *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "lint FILE",
		Short: "Find integration mistakes in a journal of your app's sessions",
		Long: `lint reads what an app visibly did and was told, and explains the mistakes in it: what happened, why it matters, what to do instead. FILE is the journal of the simulator that your app ran against, one JSON object a line, or what --record wrote of it or of a walk; - is standard input. What only the app itself knows, such as whether it trusts onSuccess, cannot be seen there; the walk shows those mistakes.

The exit code is 0 if there is no mistake and 7 if there is one.`,
		Example: `
# your app has run against 'layersim serve'
curl -s http://127.0.0.1:8137/sim/journal > journal.ndjson
layersim lint journal.ndjson

# or recorded while it runs
layersim exec --record app.jsonl -- npm start
layersim lint app.jsonl

# or at once
curl -s http://127.0.0.1:8137/sim/journal | layersim lint -`,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) != 1 {
				return errors.New("say which file: layersim lint FILE, or - for standard input")
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			return lintFile(args[0], asJSON, std)
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print one JSON object with findings and rules")
	return cmd
}

// linted is what came of a journal.
type linted struct {
	File      string         `json:"file"`
	Sessions  int            `json:"sessions"`
	Forgotten uint64         `json:"forgotten,omitempty"` // records that the journal no longer had
	LetGo     int            `json:"let_go,omitempty"`    // sessions that were forgotten on the way, because there were too many
	Torn      bool           `json:"torn,omitempty"`      // the last line broke off
	Findings  []lint.Finding `json:"findings"`
	Rules     []lintedRule   `json:"rules"`
}

// lintedRule is how a rule stood at the end.
type lintedRule struct {
	Rule     string `json:"rule"`
	Title    string `json:"title"`
	Standing string `json:"standing"` // untested, kept, broken or unseen
}

func lintFile(name string, asJSON bool, std stdio) error {
	in, shown := io.Reader(std.in), "standard input"
	if name != "-" {
		if info, err := os.Stat(name); err == nil && info.IsDir() {
			return usagef("%s is a folder. Name the file of a journal, or - for standard input.", shownFile(name))
		} else if err == nil && !info.Mode().IsRegular() {
			return usagef("%s is no ordinary file. Name the file of a journal, or - for standard input.", shownFile(name))
		}
		file, err := os.Open(name) //nolint:gosec // the file that was asked for
		if err != nil {
			return usagef("the journal %s cannot be read: %w", shownFile(name), reason(err))
		}
		defer func() { _ = file.Close() }()
		in, shown = file, flow.CleanLine(name, 200)
	}
	result, err := lintJournal(in, shown)
	if err != nil {
		return err
	}
	if asJSON {
		err = printJSON(std.out, result, "  ")
	} else {
		_, err = io.WriteString(std.out, lintText(result))
	}
	switch {
	case err != nil:
		return err
	case len(result.Findings) > 0:
		return failure{exitFindings, errSaid}
	}
	return nil
}

// lintJournal reads a journal to its end.
func lintJournal(in io.Reader, name string) (linted, error) {
	result := linted{File: name, Findings: []lint.Finding{}}
	recording, linter := lint.NewRecording(), lint.New(lint.InRecording)
	text, err := plainText(in, name)
	if err != nil {
		return result, err
	}
	walk, served := recordedIn(text)
	if walk {
		return lintWalk(text, name)
	}
	lines := bufio.NewScanner(text)
	lines.Buffer(make([]byte, 64<<10), longestLine)
	var torn error // a line that broke off: good only if it is the last
	n, read := 0, 0
	for lines.Scan() {
		n++
		line := bytes.TrimSpace(lines.Bytes())
		if len(line) == 0 {
			continue
		}
		if torn != nil {
			return result, torn
		}
		if served && n == 1 {
			continue // the header
		}
		observations, err := recording.Read(line)
		if err != nil {
			var bad *lint.LineError
			err = usagef("%s:%d: %w", name, n, err)
			if !errors.As(err, &bad) || !bad.Torn {
				return result, err
			}
			torn = err
			continue
		}
		read++
		for _, o := range observations {
			linter.Add(o)
		}
	}
	switch err := lines.Err(); {
	case errors.Is(err, bufio.ErrTooLong):
		return result, usagef("%s:%d: the line is longer than %d MB; this is no journal of the simulator", name, n+1, longestLine>>20)
	case err != nil:
		return result, usagef("the journal %s cannot be read: %w", name, reason(err))
	case torn != nil && read == 0:
		return result, torn
	case read == 0:
		if served {
			return result, usagef("%s has a header and no record: no app had called when it ended", name)
		}
		return result, usagef("%s is empty. Write the journal of 'layersim serve' into it: curl -s http://127.0.0.1:8137/sim/journal", name)
	}
	linter.Finish()
	result.Sessions, result.LetGo, result.Forgotten, result.Torn = recording.Sessions(), recording.LetGo(), recording.Forgotten, torn != nil
	result.Findings = append(result.Findings, linter.Findings()...)
	for _, c := range linter.Checks(^uint64(0)) {
		standing := c.Standing.String()
		if c.Rule.Seen&lint.InRecording == 0 {
			standing = "unseen"
		}
		result.Rules = append(result.Rules, lintedRule{c.Rule.ID, c.Rule.Title, standing})
	}
	return result, nil
}

// longestFile is how much of a file is read, in bytes. A gigabyte of a journal
// takes a minute.
const longestFile = 1 << 30

var errTooLarge = fmt.Errorf("it is larger than %d MB", longestFile>>20)

// bounded ends with errTooLarge where a reader gives more than is left.
type bounded struct {
	in   io.Reader
	left int64
}

func (b *bounded) Read(p []byte) (int, error) {
	if b.left <= 0 {
		return 0, errTooLarge
	}
	n, err := b.in.Read(p[:min(int64(len(p)), b.left)])
	b.left -= int64(n)
	return n, err
}

// plainText takes the byte order mark from a text that has one, and refuses
// what is not UTF-8: PowerShell's > writes UTF-16.
func plainText(in io.Reader, name string) (*bufio.Reader, error) {
	text := bufio.NewReaderSize(&bounded{in, longestFile}, 64<<10)
	first, _ := text.Peek(4) // what cannot be read is found when it is read
	encoding := ""
	switch {
	case bytes.HasPrefix(first, []byte("\xef\xbb\xbf")):
		_, _ = text.Discard(3)
	case bytes.HasPrefix(first, []byte("\xff\xfe")), len(first) > 1 && first[0] == '{' && first[1] == 0:
		encoding = "UTF-16 (little-endian)"
	case bytes.HasPrefix(first, []byte("\xfe\xff")), len(first) > 1 && first[0] == 0 && first[1] == '{':
		encoding = "UTF-16 (big-endian)"
	}
	if encoding != "" {
		return nil, usagef("%s is written in %s; write it in UTF-8, such as with curl -o %s instead of >", name, encoding, "journal.ndjson")
	}
	return text, nil
}

func counted(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}
