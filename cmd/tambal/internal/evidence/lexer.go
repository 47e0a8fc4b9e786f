package evidence

import (
	"encoding/json"
	"errors"
	"io"
)

// key reads a member's name, up to the value; the name is in raw.
func (s *scanner) key() error {
	b, err := s.token()
	if err == nil && b != '"' {
		err = s.syntax()
	}
	if err == nil {
		err = s.scanString()
	}
	if err != nil {
		return err
	}
	if b, err = s.token(); err == nil && b != ':' {
		err = s.syntax()
	}
	return err
}

// skip reads one value and forgets it.
func (s *scanner) skip() error {
	if s.values++; s.values > maxValues {
		return fail("count", "values", maxValues)
	}
	b, err := s.token()
	if err != nil {
		return err
	}
	switch b {
	case '{':
		return s.list('}', s.member)
	case '[':
		return s.list(']', s.skip)
	case '"':
		return s.scanString()
	case 't':
		return s.literal("rue")
	case 'f':
		return s.literal("alse")
	case 'n':
		return s.literal("ull")
	}
	s.back()
	return s.scanNumber()
}

func (s *scanner) member() error {
	if err := s.key(); err != nil {
		return err
	}
	return s.skip()
}

func (s *scanner) literal(rest string) error {
	for i := range len(rest) {
		b, err := s.next()
		if err != nil {
			return err
		}
		if b != rest[i] {
			return s.syntax()
		}
	}
	return nil
}

// keep stores bytes of a token up to one more than can be wanted.
func (s *scanner) keep(b ...byte) {
	if room := maxText + 1 - len(s.raw); room > 0 {
		s.raw = append(s.raw, b[:min(room, len(b))]...)
	}
}

// scanString reads up to the closing quote, in whole pieces: descriptions are
// most of a report.
func (s *scanner) scanString() error {
	s.raw = s.raw[:0]
	for {
		piece, err := s.in.Peek(max(1, s.in.Buffered()))
		if len(piece) == 0 {
			if errors.Is(err, io.EOF) {
				err = s.syntax()
			}
			return err
		}
		n := 0
		for n < len(piece) && piece[n] != '"' && piece[n] != '\\' && piece[n] >= ' ' {
			n++
		}
		s.keep(piece[:n]...)
		s.at += int64(n)
		if _, err := s.in.Discard(n); err != nil {
			return err
		}
		if n == len(piece) {
			continue
		}
		switch b, err := s.next(); {
		case err != nil:
			return err
		case b == '"':
			return nil
		case b == '\\':
			if err := s.scanEscape(); err != nil {
				return err
			}
		default:
			return s.syntax()
		}
	}
}

func (s *scanner) scanEscape() error {
	b, err := s.next()
	if err != nil {
		return err
	}
	s.keep('\\', b)
	switch b {
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		return nil
	case 'u':
		for range 4 {
			b, err := s.next()
			if err != nil {
				return err
			}
			if !(b >= '0' && b <= '9' || b >= 'a' && b <= 'f' || b >= 'A' && b <= 'F') {
				return s.syntax()
			}
			s.keep(b)
		}
		return nil
	}
	return s.syntax()
}

// scanNumber reads a number; the grammar of what was collected is checked at
// the end.
func (s *scanner) scanNumber() error {
	s.raw = s.raw[:0]
	for {
		b, err := s.in.ReadByte()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
		if (b < '0' || b > '9') && b != '-' && b != '+' && b != '.' && b != 'e' && b != 'E' {
			if err := s.in.UnreadByte(); err != nil {
				return err
			}
			break
		}
		s.at++
		s.keep(b)
	}
	if len(s.raw) > maxText {
		return fail("long", "number", maxText)
	}
	if !json.Valid(s.raw) {
		return s.syntax()
	}
	return nil
}
