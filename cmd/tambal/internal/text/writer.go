package text

import (
	"fmt"
	"io"
	"strings"
	"unicode"
)

// Writer is the one way to a terminal, to the log of a workflow and to its
// summary: whatever comes from people, from a repository or from a forge, and by
// whatever way, has no effect there. Only line feeds and tabs control anything, and
// no line is taken for a workflow's command: a runner reads "::" as one at the
// beginning of a line, also after blanks, and the older "##[" anywhere in it.
//
// Each write holds whole characters; its beginning counts as that of a line, since
// another stream may have ended the line before.
type Writer struct {
	to    io.Writer
	marks int // how many "#" were written last
}

// NewWriter returns a Writer to a stream.
func NewWriter(to io.Writer) *Writer { return &Writer{to: to} }

// Raw returns the stream below a Writer, for the few bytes that are the program's
// own and meant to work: a workflow's command, the return of a line of progress.
func Raw(w io.Writer) io.Writer {
	if door, ok := w.(*Writer); ok {
		return door.to
	}
	return w
}

// Write writes text with all that would have an effect made visible.
func (w *Writer) Write(p []byte) (int, error) {
	var b strings.Builder
	s, begin := string(p), true
	for i, r := range s {
		command := r == ':' && begin && strings.HasPrefix(s[i+1:]+":", ":") || r == '[' && w.marks > 1
		if r != '\n' && r != '\t' && Hidden(r) || command {
			fmt.Fprintf(&b, "<U+%04X>", r)
		} else {
			b.WriteRune(r)
		}
		begin = r == '\n' || begin && unicode.IsSpace(r)
		if w.marks++; r != '#' {
			w.marks = 0
		}
	}
	if _, err := io.WriteString(w.to, b.String()); err != nil {
		return 0, err
	}
	return len(p), nil
}

// Hidden says whether a character shows nothing, or something other than itself:
// controls, directions, no width, no meaning, and what stands for broken bytes.
func Hidden(r rune) bool {
	return r == unicode.ReplacementChar || unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp, unicode.Co,
		unicode.Noncharacter_Code_Point, unicode.Other_Default_Ignorable_Code_Point) ||
		unicode.Is(unicode.Variation_Selector, r) && r != '\uFE0E' && r != '\uFE0F' // an emoji's own
}
