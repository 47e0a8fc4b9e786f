package evidence

import (
	"encoding/json"
	"errors"
	"io"
	"strings"
)

// key reads a member's name, up to the value; the name is in raw.
func (s *scanner) key() {
	if s.token() != '"' {
		s.syntax()
	}
	s.scanString()
	if s.token() != ':' {
		s.syntax()
	}
}

// skip reads one value and forgets it.
func (s *scanner) skip() {
	if s.values++; s.values > maxValues {
		s.refuse("count", "values", maxValues)
	}
	switch s.token() {
	case '{':
		s.list('}', s.member)
	case '[':
		s.list(']', s.skip)
	case '"':
		s.scanString()
	case 't':
		s.literal("rue")
	case 'f':
		s.literal("alse")
	case 'n':
		s.literal("ull")
	default:
		s.back()
		s.scanNumber()
	}
}

func (s *scanner) member() {
	s.key()
	s.skip()
}

func (s *scanner) literal(rest string) {
	for i := range len(rest) {
		if s.next() != rest[i] {
			s.syntax()
		}
	}
}

// keep stores bytes of a token up to one more than can be wanted.
func (s *scanner) keep(b ...byte) {
	if room := maxText + 1 - len(s.raw); room > 0 {
		s.raw = append(s.raw, b[:min(room, len(b))]...)
	}
}

// scanString reads up to the closing quote, in whole pieces: descriptions are
// most of a report.
func (s *scanner) scanString() {
	s.raw = s.raw[:0]
	for s.err == nil {
		piece, err := s.in.Peek(max(1, s.in.Buffered()))
		if len(piece) == 0 {
			s.broken(err)
			return
		}
		n := 0
		for n < len(piece) && piece[n] != '"' && piece[n] != '\\' && piece[n] >= ' ' {
			n++
		}
		s.keep(piece[:n]...)
		s.at += int64(n)
		if _, s.err = s.in.Discard(n); n == len(piece) {
			continue
		}
		switch s.next() {
		case '"':
			return
		case '\\':
			s.scanEscape()
		default:
			s.syntax()
		}
	}
}

func (s *scanner) scanEscape() {
	b := s.next()
	s.keep('\\', b)
	switch b {
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
	case 'u':
		for range 4 {
			b := s.next()
			if !(b >= '0' && b <= '9' || b >= 'a' && b <= 'f' || b >= 'A' && b <= 'F') {
				s.syntax()
			}
			s.keep(b)
		}
	default:
		s.syntax()
	}
}

// scanNumber reads a number; the grammar of what was collected is checked at
// the end.
func (s *scanner) scanNumber() {
	if s.err != nil {
		return
	}
	s.raw = s.raw[:0]
	b, err := s.in.ReadByte()
	for ; err == nil && strings.IndexByte("0123456789-+.eE", b) >= 0; b, err = s.in.ReadByte() {
		s.at++
		s.keep(b)
	}
	if err == nil {
		err = s.in.UnreadByte()
	}
	if !errors.Is(err, io.EOF) { // a number may end the file
		s.err = err
	}
	if len(s.raw) > maxText {
		s.refuse("long", "number", maxText)
	}
	if !json.Valid(s.raw) {
		s.syntax()
	}
}
