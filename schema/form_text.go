package schema

import (
	"strings"

	"go.yaml.in/yaml/v3"
)

// scalar follows a text.
func (f *form) scalar(n *yaml.Node, parent int, inFlow bool) bool {
	switch {
	case n.Style&yaml.DoubleQuotedStyle != 0:
		return f.quoted(`"`, parent)
	case n.Style&yaml.SingleQuotedStyle != 0:
		return f.quoted("'", parent)
	case n.Style&(yaml.LiteralStyle|yaml.FoldedStyle) != 0:
		return f.block(parent)
	}
	next := f.peek(1)
	if strings.ContainsRune("-?:", f.peek(0)) && (blank(next) || inFlow && strings.ContainsRune(",[]{}", next)) {
		return false
	}
	for i, word := range strings.FieldsFunc(n.Value, blank) {
		if i > 0 && !f.fold(parent) || inFlow && strings.HasSuffix(word, ":") {
			return false
		}
		for _, r := range word {
			if !f.one(string(r)) {
				return false
			}
		}
	}
	return true
}

// fold steps over the blanks and line ends inside a text that goes on.
func (f *form) fold(parent int) bool {
	for f.one(" \n") {
	}
	return f.deeper(parent)
}

// escapes are the characters that YAML 1.1 and 1.2 know after a backslash, beside a line end.
const escapes = "0abtnvfre \"/\\N_LPxuU"

// quoted follows a text in quotes.
func (f *form) quoted(quote string, parent int) bool {
	if !f.one(quote) {
		return false
	}
	for f.at < len(f.src) {
		switch {
		case f.one(quote):
			if quote == `"` || !f.one(quote) {
				return true
			}
		case quote == `"` && f.one(`\`):
			if f.one("\n") { // readers differ on blank lines behind it
				for f.one(" ") {
				}
				if f.peek(0) == '\n' || !f.deeper(parent) {
					return false
				}
			} else if !f.one(escapes) {
				return false
			}
		case f.peek(0) == '\n':
			if !f.fold(parent) {
				return false
			}
		default:
			f.at++
		}
	}
	return false
}

// block follows a text below a bar or an angle. Its indentation is given by a digit or by its first line that is not blank,
// which no line of blanks before may exceed.
func (f *form) block(parent int) bool {
	indent, told, blanks := parent, false, 0
	for f.at++; ; f.at++ {
		if r := f.peek(0); r >= '1' && r <= '9' && !told && parent > 0 {
			told, indent = true, parent-1+int(r-'0')
		} else if r != '+' && r != '-' {
			break
		}
	}
	f.blanks()
	for ok := f.one("\n"); ok; {
		start := f.at
		for f.one(" ") {
		}
		width := f.at - start
		switch {
		case f.at == len(f.src) || f.peek(0) != '\n' && width < indent:
			f.at = start
			return told || blanks <= parent
		case f.peek(0) == '\n':
			blanks = max(blanks, width)
		case !told && blanks > width:
			return false
		case !told:
			told, indent = true, width
		}
		for !f.one("\n") {
			f.at++
		}
	}
	return false
}
