package evidence

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

const (
	maxDepth  = 64
	maxText   = 4 << 10 // bytes of one string that is kept
	maxValues = 2 << 20 // values of one file; 64 MiB of findings have half
)

// scanner reads JSON (RFC 8259) as a stream and keeps only what it is asked for.
// encoding/json would hold whole strings and objects in memory, take "results"
// for "Results" and let the last of two equal keys win.
type scanner struct {
	in     *bufio.Reader
	at     int64 // offset of the next byte
	depth  int
	values int
	field  string // the field that is being read, for messages
	raw    []byte // the last string or number, escapes untouched
}

func newScanner(r io.Reader) *scanner {
	return &scanner{in: bufio.NewReaderSize(r, 64<<10), field: "$"}
}

func (s *scanner) syntax() error { return fail("json", s.at) }

// next consumes one byte; the end of the file is an error.
func (s *scanner) next() (byte, error) {
	b, err := s.in.ReadByte()
	if err == nil {
		s.at++
		return b, nil
	}
	if errors.Is(err, io.EOF) {
		err = s.syntax()
	}
	return 0, err
}

// back returns the byte that next has just consumed.
func (s *scanner) back() {
	if s.in.UnreadByte() == nil {
		s.at--
	}
}

// token consumes white space and the byte after it.
func (s *scanner) token() (byte, error) {
	for {
		b, err := s.next()
		if err != nil || !space(b) {
			return b, err
		}
	}
}

// peek consumes white space and shows the byte after it.
func (s *scanner) peek() (byte, error) {
	b, err := s.token()
	if err == nil {
		s.back()
	}
	return b, err
}

// end demands that only white space follows.
func (s *scanner) end() error {
	for {
		b, err := s.in.ReadByte()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if !space(b) {
			return fail("trailing", s.at)
		}
		s.at++
	}
}

func space(b byte) bool { return b == ' ' || b == '\n' || b == '\t' || b == '\r' }

// object calls read for each of the named fields, which must read the value, and
// skips the others. A named field that comes twice, or in other letter case, is
// an error, and so is an escape in any name: no scanner writes one, and other
// programs could read another value.
func (s *scanner) object(fields []string, read func(field string) error) error {
	if err := s.open('{', "object"); err != nil {
		return err
	}
	seen := make([]bool, len(fields))
	return s.list('}', func() error {
		if err := s.key(); err != nil {
			return err
		}
		key := string(s.raw)
		i := slices.IndexFunc(fields, func(f string) bool { return strings.EqualFold(f, key) })
		switch {
		case i < 0 && strings.Contains(key, `\`):
			return fail("escape")
		case i < 0:
			return s.skip()
		case fields[i] != key:
			return fail("case", key, fields[i])
		case seen[i]:
			return fail("duplicate", key)
		}
		seen[i], s.field = true, key
		return read(key)
	})
}

// array calls element, which must read a value, for each element. null is an
// empty array: older writers in Go say so.
func (s *scanner) array(element func() error) error {
	b, err := s.peek()
	if err == nil && b == 'n' {
		return s.skip()
	}
	if err := s.open('[', "array"); err != nil {
		return err
	}
	return s.list(']', element)
}

func (s *scanner) open(want byte, name string) error {
	b, err := s.token()
	if err == nil && b != want {
		return fail("type", s.field, name)
	}
	return err
}

// list reads the elements up to the closing byte; the opening one was read.
func (s *scanner) list(closing byte, element func() error) error {
	if s.depth++; s.depth > maxDepth {
		return fail("depth", maxDepth)
	}
	defer func() { s.depth-- }()
	if b, err := s.peek(); err != nil {
		return err
	} else if b == closing {
		_, err = s.next()
		return err
	}
	for {
		if err := element(); err != nil {
			return err
		}
		b, err := s.token()
		switch {
		case err != nil:
			return err
		case b == closing:
			return nil
		case b != ',':
			return s.syntax()
		}
	}
}

// text reads a string value: valid, visible UTF-8 of at most maxText bytes.
func (s *scanner) text() (string, error) {
	if err := s.open('"', "string"); err != nil {
		return "", err
	}
	if err := s.scanString(); err != nil {
		return "", err
	}
	if len(s.raw) > maxText {
		return "", fail("long", s.field, maxText)
	}
	value, err := s.unquote()
	hidden := func(r rune) bool {
		return r < ' ' || r > '~' && (r == utf8.RuneError || !unicode.IsGraphic(r))
	}
	if err == nil && strings.ContainsFunc(value, hidden) {
		return "", fail("text", s.field)
	}
	return value, err
}

// unquote decodes raw; bytes that are not UTF-8 become U+FFFD.
func (s *scanner) unquote() (string, error) {
	if bytes.IndexByte(s.raw, '\\') < 0 {
		return string(s.raw), nil
	}
	var value string
	if err := json.Unmarshal([]byte(`"`+string(s.raw)+`"`), &value); err != nil {
		return "", s.syntax()
	}
	return value, nil
}

// time reads an RFC 3339 string.
func (s *scanner) time() (time.Time, error) {
	value, err := s.text()
	if err != nil {
		return time.Time{}, err
	}
	t, err := time.Parse(time.RFC3339, value)
	if err != nil {
		return time.Time{}, fail("time", s.field, value)
	}
	return t, nil
}

// number reads a number value as it is written.
func (s *scanner) number() (string, error) {
	b, err := s.peek()
	if err != nil {
		return "", err
	}
	if b != '-' && (b < '0' || b > '9') {
		return "", fail("type", s.field, "number")
	}
	if err := s.scanNumber(); err != nil {
		return "", err
	}
	return string(s.raw), nil
}
