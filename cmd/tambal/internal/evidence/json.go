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
//
// The first error stays in err. From then on nothing is read any more, and what
// the methods return means nothing.
type scanner struct {
	in     *bufio.Reader
	err    error
	at     int64 // offset of the next byte
	depth  int
	values int
	field  string // the field that is being read, for messages
	raw    []byte // the last string or number, escapes untouched
}

func newScanner(r io.Reader) *scanner {
	return &scanner{in: bufio.NewReaderSize(r, 64<<10), field: "$"}
}

// refuse ends the reading, unless something ended it before.
func (s *scanner) refuse(code string, args ...any) {
	if s.err == nil {
		s.err = fail(code, args...)
	}
}

func (s *scanner) syntax() { s.refuse("json", s.at) }

// broken ends the reading where no byte came; the file may not end there.
func (s *scanner) broken(err error) {
	if errors.Is(err, io.EOF) {
		s.syntax()
	} else {
		s.err = err
	}
}

// next consumes one byte; the end of the file is an error.
func (s *scanner) next() byte {
	if s.err != nil {
		return 0
	}
	b, err := s.in.ReadByte()
	if err != nil {
		s.broken(err)
		return 0
	}
	s.at++
	return b
}

// back returns the byte that next has just consumed.
func (s *scanner) back() {
	if s.err == nil && s.in.UnreadByte() == nil {
		s.at--
	}
}

// token consumes white space and the byte after it.
func (s *scanner) token() byte {
	b := s.next()
	for space(b) {
		b = s.next()
	}
	return b
}

// peek consumes white space and shows the byte after it.
func (s *scanner) peek() byte {
	b := s.token()
	s.back()
	return b
}

// end demands that only white space follows.
func (s *scanner) end() {
	for s.err == nil {
		switch b, err := s.in.ReadByte(); {
		case errors.Is(err, io.EOF):
			return
		case err != nil:
			s.err = err
		case !space(b):
			s.refuse("trailing", s.at)
		default:
			s.at++
		}
	}
}

func space(b byte) bool { return b == ' ' || b == '\n' || b == '\t' || b == '\r' }

// object calls read for each of the named fields, which must read the value, and
// skips the others. A named field that comes twice, or in other letter case, is
// an error, and so is an escape in any name: no scanner writes one, and other
// programs could read another value.
func (s *scanner) object(fields []string, read func(field string)) {
	s.open('{', "object")
	seen := make([]bool, len(fields))
	s.list('}', func() {
		s.key()
		key := string(s.raw)
		i := slices.IndexFunc(fields, func(f string) bool { return strings.EqualFold(f, key) })
		switch {
		case i < 0 && strings.Contains(key, `\`):
			s.refuse("escape")
		case i < 0:
			s.skip()
		case fields[i] != key:
			s.refuse("case", key, fields[i])
		case seen[i]:
			s.refuse("duplicate", key)
		default:
			seen[i], s.field = true, key
			read(key)
		}
	})
}

// array calls element, which must read a value, for each element. null is an
// empty array: older writers in Go say so.
func (s *scanner) array(element func()) {
	if s.peek() == 'n' {
		s.skip()
		return
	}
	s.open('[', "array")
	s.list(']', element)
}

func (s *scanner) open(want byte, name string) {
	if s.token() != want {
		s.refuse("type", s.field, name)
	}
}

// list reads the elements up to the closing byte; the opening one was read.
func (s *scanner) list(closing byte, element func()) {
	if s.depth++; s.depth > maxDepth {
		s.refuse("depth", maxDepth)
	}
	defer func() { s.depth-- }()
	if s.peek() == closing {
		s.next()
		return
	}
	for s.err == nil {
		element()
		switch s.token() {
		case closing:
			return
		case ',':
		default:
			s.syntax()
		}
	}
}

// text reads a string value: valid, visible UTF-8 of at most maxText bytes.
func (s *scanner) text() string {
	s.open('"', "string")
	s.scanString()
	if len(s.raw) > maxText {
		s.refuse("long", s.field, maxText)
	}
	value := s.unquote()
	hidden := func(r rune) bool {
		return r < ' ' || r > '~' && (r == utf8.RuneError || !unicode.IsGraphic(r))
	}
	if strings.ContainsFunc(value, hidden) {
		s.refuse("text", s.field)
	}
	return value
}

// unquote decodes raw; bytes that are not UTF-8 become U+FFFD.
func (s *scanner) unquote() string {
	if bytes.IndexByte(s.raw, '\\') < 0 {
		return string(s.raw)
	}
	var value string
	if json.Unmarshal([]byte(`"`+string(s.raw)+`"`), &value) != nil {
		s.syntax()
	}
	return value
}

// time reads an RFC 3339 string.
func (s *scanner) time() time.Time {
	value := s.text()
	t, err := time.Parse(time.RFC3339, value)
	if err != nil {
		s.refuse("time", s.field, value)
	}
	return t
}

// number reads a number value as it is written.
func (s *scanner) number() string {
	if b := s.peek(); b != '-' && (b < '0' || b > '9') {
		s.refuse("type", s.field, "number")
	}
	s.scanNumber()
	return string(s.raw)
}
