package plain

import (
	"bufio"
	"context"
	"errors"
	"io"
)

// longestLine is how much of one line is read.
const longestLine = 4096

// readLines hands out lines until there are no more. What is longer than a line
// may be is cut.
func readLines(ctx context.Context, from io.Reader, to chan<- string) {
	defer close(to)
	in := bufio.NewReaderSize(from, longestLine)
	for {
		line, err := in.ReadSlice('\n')
		text := string(line)
		for errors.Is(err, bufio.ErrBufferFull) {
			_, err = in.ReadSlice('\n')
		}
		if err != nil && text == "" {
			return
		}
		select {
		case to <- text:
		case <-ctx.Done():
			return
		}
		if err != nil {
			return
		}
	}
}

// printer writes lines. While a prompt hangs, whatever is said begins on a line
// of its own.
type printer struct {
	to      io.Writer
	hanging bool   // the answer is typed behind the prompt
	hangs   string // the prompt that hangs, or was said last
	failed  error  // what became of writing
}

func (p *printer) line(text string) {
	p.endPrompt()
	p.write(text + "\n")
}

// prompt asks, unless the same prompt stands there already.
func (p *printer) prompt(text string) {
	if p.hangs == text {
		return
	}
	p.endPrompt()
	if p.hangs = text; p.hanging {
		text += " "
	}
	p.write(text)
}

// endPrompt ends the line of a prompt that hangs.
func (p *printer) endPrompt() {
	if p.hangs != "" {
		p.hangs = ""
		p.write("\n")
	}
}

// answered ends the line of a prompt with the answer, as far as it may be said.
func (p *printer) answered(echo string) {
	if p.hangs == "" {
		return
	}
	p.hangs = ""
	if p.hanging {
		return // it was typed there
	}
	if echo != "" {
		echo = " " + echo
	}
	p.write(echo + "\n")
}

// isClosed reports whether nobody reads any more.
func (p *printer) isClosed() bool { return p.failed != nil }

func (p *printer) write(text string) {
	if p.failed != nil {
		return
	}
	_, p.failed = io.WriteString(p.to, text)
}
