package schema

import (
	"bytes"
	"fmt"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// plain is what YAML 1.1 or 1.2 makes of a scalar without quotes.
type plain int

const (
	plainText  plain = iota // text in both
	plainBool               // true or false in both
	plainInt                // the same whole number in both
	plainOther              // something else in at least one of them
)

var (
	plainInteger = regexp.MustCompile(`^(0|[1-9][0-9]{0,14})$`) // 15 digits: exact in every reader, also in JavaScript
	plainWords   = regexp.MustCompile(`^(?i:~|null|y|n|yes|no|on|off|true|false|[-+]?\.inf|\.nan|=|<<)$`)
	plainNumber  = regexp.MustCompile(`^[-+]?(` +
		`0b[01_]+|0o?[0-7_]+|0x[0-9a-fA-F_]+|` + // other bases
		`[0-9][0-9_]*(:[0-5]?[0-9])+(\.[0-9_]*)?|` + // base 60
		`([0-9][0-9_]*\.?[0-9_]*|\.[0-9_]+)([eE][-+]?[0-9]+)?)$`)
	plainTime = regexp.MustCompile(`^[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}([Tt \t].*)?$`)
)

// plainKind reads a plain scalar by the tables of YAML 1.1 (with the spellings its readers really accept) and of 1.2.
func plainKind(s string) plain {
	switch {
	case s == "true" || s == "false":
		return plainBool
	case plainInteger.MatchString(s):
		return plainInt
	case plainWords.MatchString(s), plainTime.MatchString(s), plainNumber.MatchString(s):
		return plainOther
	}
	return plainText
}

// invisible are the letters and marks that show nothing and are not in Unicode's class Cf.
const invisible = "\u034f\u115f\u1160\u17b4\u17b5\u3164\uffa0"

// forbiddenRune finds the first character that a reader cannot see or that two programs treat differently: controls (but
// line feed and, inside quotes, tab), NEL, line and paragraph separators, direction marks, zero width, byte order marks.
func forbiddenRune(s string) (rune, bool) {
	for _, r := range s {
		switch {
		case r == '\n' || r == '\t' || r >= ' ' && r < 0x7f:
		case unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp, unicode.Co),
			strings.ContainsRune(invisible, r), r&0xfffe == 0xfffe:
			return r, true
		}
	}
	return 0, false
}

// checkText refuses, before any YAML is read, bytes that no manifest or policy may hold.
func checkText(data []byte) (ps problems) {
	top := Pos{Line: 1, Column: 1}
	switch {
	case len(data) > MaxSize:
		ps.add(RuleLimit, "yaml.size", top, MaxSize>>10)
		return ps
	case bytes.HasPrefix(data, []byte("\xef\xbb\xbf")), bytes.HasPrefix(data, []byte("\xff\xfe")), bytes.HasPrefix(data, []byte("\xfe\xff")):
		ps.add(RuleAmbiguous, "yaml.bom", top)
		return ps
	case len(data) == 0:
		ps.add(RuleSchema, "yaml.empty", top)
		return ps
	}
	if n := conflict(data); n > 0 { // what else is wrong comes of two versions in one file
		ps.add(RuleSchema, "yaml.conflict", Pos{Line: n, Column: 1})
		return ps
	}
	tokens := 0
	for _, mark := range []string{",", "[", "{", ": ", ":\n", "- ", "-\n", "? ", "?\n"} {
		tokens += bytes.Count(data, []byte(mark))
	}
	if tokens > 2*MaxNodes { // each makes a node, unless it is punctuation in prose: spare the YAML library the bomb
		ps.add(RuleLimit, "yaml.nodes", top, MaxNodes)
		return ps
	}
	n := 0
	for line := range bytes.Lines(data) {
		if n++; len(ps) < maxProblems {
			ps.line(line, n)
		}
	}
	if len(ps) == 0 && data[len(data)-1] != '\n' {
		ps.add(RuleSchema, "yaml.final-newline", Pos{Line: n, Column: 1})
	}
	return ps
}

// conflict returns the line at which two versions of a text begin that Git could not
// merge; 0 when there is none.
func conflict(data []byte) (line int) {
	n := 0
	for text := range bytes.Lines(data) {
		if n++; line == 0 && bytes.HasPrefix(text, []byte("<<<<<<< ")) {
			line = n
		}
		if line > 0 && bytes.HasPrefix(text, []byte(">>>>>>> ")) {
			return line
		}
	}
	return 0
}

// line checks line n; one problem per line is enough to act on.
func (ps *problems) line(line []byte, n int) {
	text := string(bytes.TrimSuffix(line, []byte("\n")))
	column := func(i int) Pos { return Pos{Line: n, Column: utf8.RuneCountInString(text[:i]) + 1} }
	if !utf8.ValidString(text) {
		ps.add(RuleAmbiguous, "yaml.utf8", column(0))
		return
	}
	if i := strings.IndexByte(text, '\r'); i >= 0 {
		ps.add(RuleAmbiguous, "yaml.cr", column(i))
	} else if i := strings.IndexByte(text, '\t'); i >= 0 {
		ps.add(RuleAmbiguous, "yaml.tab", column(i))
	} else if r, bad := forbiddenRune(text); bad {
		ps.add(RuleAmbiguous, "yaml.character", column(strings.IndexRune(text, r)), fmt.Sprintf("U+%04X", r))
	} else if strings.HasPrefix(text, "---") || strings.HasPrefix(text, "...") || strings.HasPrefix(text, "%") {
		ps.add(RuleAmbiguous, "yaml.document", column(0))
	}
}
