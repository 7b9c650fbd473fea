package screen

import (
	"bytes"
	"slices"
	"time"
)

// lapse is how long the rest of a sequence is waited for. Over a slow line it
// may come late, and read by itself it looks like keys.
const lapse = time.Second

// The most that is kept of a sequence, of an answer that ends as a string does,
// and of a paste: no field takes as much.
const (
	longestSequence = 64
	longestString   = 256
	longestPaste    = 64 << 10
)

const (
	pasteBegins = "\x1b[200~"
	pasteEnds   = "\x1b[201~"
	ctrlC       = 0x03
	esc         = 0x1b
)

// sift takes out of what a terminal sends what nobody typed: answers to
// questions, asked by whomever, that come in pieces or as garbage. What is whole
// goes on whole, so that no half of it is ever taken for keys. Of a paste it lets
// through as much as anything takes.
type sift struct {
	in   place
	held []byte    // of what has begun and is not whole
	lost bool      // it grew too long, or is the rest of something
	at   time.Time // when the last byte came
	size int       // of the paste
	// interrupts is how often Ctrl-C was typed.
	interrupts int
}

// place is where in the stream of bytes the next one stands.
type place int

const (
	inKeys   place = iota
	inEscape       // after ESC
	inSequence
	inString // what BEL or ST ends
	inStringEscape
	inPaste
)

// take returns what of the bytes is for the program.
func (s *sift) take(b []byte, now time.Time) []byte {
	out := make([]byte, 0, len(b)+len(s.held))
	switch {
	case s.in == inPaste && len(bytes.Trim(b, "\x03")) == 0: // its end was lost, and somebody wants out
		out = append(out, pasteEnds...)
		s.in, s.held = inKeys, nil
	case s.in == inEscape:
		// The program has the ESC already, and has waited for the rest.
		if now.Sub(s.at) < lapse && restOfAnswer(b) {
			s.lost = true
			s.held = append(s.held, esc)
		} else {
			s.in = inKeys
		}
	case s.in != inKeys && s.in != inPaste && now.Sub(s.at) >= lapse:
		out = append(out, s.lapsed()...)
	}
	s.at = now
	for _, c := range b {
		out = s.next(out, c)
	}
	if s.in == inEscape { // the key, as far as anybody knows
		out = append(out, s.held...)
		s.held = nil
	}
	return out
}

// restOfAnswer reports whether bytes are the rest of an answer whose ESC came
// alone: nobody types this after the Escape key.
func restOfAnswer(b []byte) bool {
	if len(b) < 3 {
		return false
	}
	switch b[0] {
	case ']':
		return isDigit(b[1]) && (isDigit(b[2]) || b[2] == ';')
	case '[':
		return (b[1] == '?' || b[1] == '>' || b[1] == '=') && isDigit(b[2])
	case 'P':
		return b[1] == '>' || isDigit(b[1]) && (b[2] == '$' || b[2] == '+')
	}
	return false
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

// next appends to out what one more byte makes whole.
func (s *sift) next(out []byte, c byte) []byte {
	switch s.in {
	case inKeys:
		return s.key(out, c)
	case inEscape:
		return s.afterEscape(out, c)
	case inSequence:
		return s.inSequence(out, c)
	case inString:
		return s.inString(out, c)
	case inStringEscape:
		if c == '\\' {
			s.keep(c)
			return s.whole(out)
		}
		s.drop()
		s.in, s.held = inEscape, []byte{esc}
		return s.next(out, c)
	case inPaste:
		return s.pasted(out, c)
	}
	return out
}

func (s *sift) key(out []byte, c byte) []byte {
	switch c {
	case esc:
		s.in, s.held = inEscape, append(s.held[:0], c)
		return out
	case ctrlC:
		s.interrupts++
	}
	return append(out, c)
}

func (s *sift) afterEscape(out []byte, c byte) []byte {
	switch c {
	case '[':
		s.in = inSequence
	case ']', 'P', '_', '^', 'X':
		s.in = inString
	default: // Alt and a key, or Escape and something else
		out = append(out, s.held...)
		s.in, s.held = inKeys, nil
		return s.key(out, c)
	}
	s.keep(c)
	return out
}

func (s *sift) inSequence(out []byte, c byte) []byte {
	switch {
	case c >= 0x20 && c < 0x40:
		s.keep(c)
		return out
	case c < 0x20 || c >= 0x7f: // garbage, and a key
		s.drop()
		return s.key(out, c)
	}
	s.keep(c)
	if !s.lost && string(s.held) == pasteBegins {
		s.size = 0
		out = append(out, s.held...)
		s.in, s.held = inPaste, nil
		return out
	}
	return s.whole(out)
}

func (s *sift) inString(out []byte, c byte) []byte {
	switch c {
	case 0x07, 0x18, 0x1a: // BEL; CAN and SUB break it off
		s.keep(c)
		return s.whole(out)
	case esc:
		s.in = inStringEscape
	case ctrlC, '\r', '\n', '\t', 0x7f: // keys, after something that nobody ended
		s.drop()
		return s.key(out, c)
	}
	s.keep(c)
	return out
}

// pasted lets through as much of a paste as anything takes, and its end.
func (s *sift) pasted(out []byte, c byte) []byte {
	if c == pasteEnds[len(s.held)] {
		if s.held = append(s.held, c); len(s.held) == len(pasteEnds) {
			s.in, s.held = inKeys, nil
			return append(out, pasteEnds...)
		}
		return out
	}
	if held := s.held; len(held) > 0 {
		s.held = nil
		out = s.pasting(out, held...)
		return s.pasted(out, c)
	}
	return s.pasting(out, c)
}

func (s *sift) pasting(out []byte, b ...byte) []byte {
	s.size += len(b)
	if s.size > longestPaste {
		return out
	}
	return append(out, b...)
}

// keep holds one more byte, unless there are too many.
func (s *sift) keep(c byte) {
	most := longestSequence
	if s.in == inString || s.in == inStringEscape {
		most = longestString
	}
	if s.held = append(s.held, c); len(s.held) > most {
		s.lost, s.held = true, s.held[:most]
	}
}

// drop forgets what is held.
func (s *sift) drop() { s.in, s.held, s.lost = inKeys, nil, false }

// whole lets a whole sequence through, if it is for the program: keys, the mouse,
// the focus, and the one answer that it asked for, the background's colour. The
// size of the terminal is the system's to say.
func (s *sift) whole(out []byte) []byte {
	lost, held, was := s.lost, s.held, s.in
	s.drop()
	switch {
	case lost:
		return out
	case was == inSequence && held[len(held)-1] == 't':
		return out
	case was != inSequence && !bytes.HasPrefix(held, []byte("\x1b]11;")):
		return out
	}
	return append(out, held...)
}

// holds reports whether something waits for its rest.
func (s *sift) holds() bool { return len(s.held) > 0 && s.in != inPaste }

// lapsed gives up waiting, and returns what is a key all the same: rxvt ends some
// with a dollar sign.
func (s *sift) lapsed() []byte {
	held := slices.Clone(s.held)
	rxvt := s.in == inSequence && !s.lost && bytes.HasSuffix(held, []byte("$"))
	s.drop()
	if rxvt {
		return held
	}
	return nil
}
