package evidence

import (
	"errors"
	"io"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"
)

const (
	maxDepth  = 64
	maxText   = 4 << 10 // bytes of one string that is kept
	maxValue  = 1 << 20 // bytes of one string that is passed over
	maxTokens = 4 << 20 // of one file; 64 MiB of findings have half
)

// scanner reads JSON (RFC 8259) as a stream and keeps only what it is asked for.
// Two equal names in one object, and text that is not UTF-8, are errors anywhere.
//
// The first error stays in err. From then on nothing is read any more, and what
// the methods return means nothing.
type scanner struct {
	in     *jsontext.Decoder
	err    error
	tokens int
	field  string // the field that is being read, for messages
}

func newScanner(r io.Reader) *scanner {
	l := &leash{r: r}
	l.in = jsontext.NewDecoder(l)
	return &scanner{in: l.in, field: "$"}
}

// leash ends the reading where one value is longer than any scanner writes: the
// decoder holds a value whole.
type leash struct {
	r    io.Reader
	in   *jsontext.Decoder
	sent int64
}

var errLong = errors.New("a value is too long")

func (l *leash) Read(p []byte) (int, error) {
	if l.sent-l.in.InputOffset() > maxValue {
		return 0, errLong
	}
	n, err := l.r.Read(p)
	l.sent += int64(n)
	return n, err
}

// refuse ends the reading, unless something ended it before.
func (s *scanner) refuse(code string, args ...any) {
	if s.err == nil {
		s.err = fail(code, args...)
	}
}

// token reads the next token.
func (s *scanner) token() (tok jsontext.Token) {
	if s.err != nil {
		return tok
	}
	tok, err := s.in.ReadToken()
	if s.tokens++; s.tokens > maxTokens {
		s.refuse("count", "values", maxTokens)
	}
	if s.in.StackDepth() > maxDepth {
		s.refuse("depth", maxDepth)
	}
	if err != nil {
		s.failed(err)
	}
	return tok
}

// failed ends the reading for the decoder's reason.
func (s *scanner) failed(err error) {
	syntax, own := new(jsontext.SyntacticError), new(Error)
	switch {
	case s.err != nil:
	case errors.As(err, &own):
		s.err = own
	case errors.Is(err, errLong):
		s.refuse("long", s.in.StackPointer().LastToken(), maxValue)
	case errors.Is(err, jsontext.ErrDuplicateName) && errors.As(err, &syntax):
		s.refuse("duplicate", syntax.JSONPointer.LastToken())
	case errors.As(err, &syntax):
		s.refuse("json", syntax.ByteOffset)
	case errors.Is(err, io.EOF):
		s.refuse("json", s.in.InputOffset())
	default:
		s.err = err
	}
}

// peek shows what the next value is.
func (s *scanner) peek() jsontext.Kind {
	if s.err != nil {
		return jsontext.KindInvalid
	}
	return s.in.PeekKind()
}

// take reads a token of one kind, which messages call name.
func (s *scanner) take(kind jsontext.Kind, name string) string {
	tok := s.token()
	if s.err == nil && tok.Kind() != kind {
		s.refuse("type", s.field, name)
	}
	if s.err != nil {
		return ""
	}
	value := tok.String()
	if len(value) > maxText {
		s.refuse("long", s.field, maxText)
	}
	return value
}

// end demands that only white space follows.
func (s *scanner) end() {
	if s.err != nil {
		return
	}
	at := s.in.InputOffset()
	switch _, err := s.in.ReadToken(); {
	case err == nil, errors.As(err, new(*jsontext.SyntacticError)):
		s.refuse("trailing", at)
	case !errors.Is(err, io.EOF):
		s.failed(err)
	}
}

// skip reads one value and forgets it.
func (s *scanner) skip() {
	for depth := s.in.StackDepth(); ; {
		if s.token(); s.err != nil || s.in.StackDepth() <= depth {
			return
		}
	}
}

// object calls read for each of the named fields, which must read the value, and
// skips the others. A named field in other letter case is an error: encoding/json
// takes it for the field.
func (s *scanner) object(fields []string, read func(field string)) {
	s.take(jsontext.KindBeginObject, "object")
	for s.err == nil && s.peek() != jsontext.KindEndObject {
		key := s.token().String()
		i := slices.IndexFunc(fields, func(f string) bool { return strings.EqualFold(f, key) })
		switch {
		case s.err != nil:
		case i < 0:
			s.skip()
		case fields[i] != key:
			s.refuse("case", key, fields[i])
		default:
			s.field = key
			read(key)
		}
	}
	s.token()
}

// array calls element, which must read a value, for each element. null is an
// empty array: older writers in Go say so.
func (s *scanner) array(element func()) {
	if s.peek() == jsontext.KindNull {
		s.skip()
		return
	}
	s.take(jsontext.KindBeginArray, "array")
	for s.err == nil && s.peek() != jsontext.KindEndArray {
		element()
	}
	s.token()
}

// text reads a string value of visible characters, of at most maxText bytes.
func (s *scanner) text() string {
	value := s.take(jsontext.KindString, "string")
	if strings.ContainsFunc(value, func(r rune) bool { return r == utf8.RuneError || !unicode.IsGraphic(r) }) {
		s.refuse("text", s.field)
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
func (s *scanner) number() string { return s.take(jsontext.KindNumber, "number") }
