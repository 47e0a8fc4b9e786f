// Package schema owns the file formats of a patch repository: the JSON Schemas (patch, procedure, team, calendar, result),
// the one strict YAML parser with line and column, the Go types of the manifest, its append-only frame, and the writer
// that appends an item without touching what stands before it.
//
// It must not know who may do what, in which order, or what Git, a forge or a file system is: it is given bytes and
// answers with values and problems. It holds no sentences: a Problem carries a code and arguments.
//
// To add a step with fields of its own: one $defs entry in patch.v1.json, one property under steps, one type in body.go and
// one line in bodies; a test compares the three. A step without fields of its own needs nothing here ($defs/generic).
// To add a file format: one JSON Schema and one Kind.
package schema

import (
	"cmp"
	"embed"
	"slices"
)

// FS holds the JSON Schemas, one file per Kind, for the editor and for init.
//
//go:embed *.v1.json
var FS embed.FS

// Kind names one file format; its JSON Schema is in FS under File.
type Kind string

// The kinds of file a patch repository and its tools exchange.
const (
	Patch     Kind = "patch"
	Procedure Kind = "procedure"
	Team      Kind = "team"
	Calendar  Kind = "calendar"
	Result    Kind = "result"
)

// File returns the name of the kind's schema inside FS, such as "patch.v1.json".
func (k Kind) File() string { return string(k) + ".v1.json" }

// Pos is a place in a file: line and column, both counted from 1, the column in characters. Zero means unknown.
type Pos struct{ Line, Column int }

// Compare orders positions from the top of the file; unknown comes first.
func (p Pos) Compare(q Pos) int {
	return cmp.Or(cmp.Compare(p.Line, q.Line), cmp.Compare(p.Column, q.Column))
}

// The rules under which this package reports; they are rule IDs of the tool and never change.
const (
	RuleSchema    = "schema-invalid" // the content or its form is wrong
	RuleAmbiguous = "yaml-ambiguous" // two YAML readers could understand different things
	RuleLimit     = "yaml-limit"     // larger or deeper than we are willing to read
)

// Problem is one thing wrong with a file: the rule it breaks, the message code and its arguments, and where it stands.
type Problem struct {
	Rule, Code string
	Args       []any
	Pos        Pos
}

// Error carries problems through an error value, for the writers: errors.As finds the codes to translate.
type Error struct{ Problems []Problem }

// Error names the codes only; the sentences belong to the caller.
func (e *Error) Error() string {
	s := "refused:"
	for _, p := range e.Problems {
		s += " " + p.Code
	}
	return s
}

// FileError is what is wrong with one file, for the writers that show the place as well.
type FileError struct {
	Path     string
	Problems []Problem
}

// Error names the file and the codes only.
func (e *FileError) Error() string { return e.Path + ": " + (&Error{e.Problems}).Error() }

// AppendFile is Append for the manifest at a path: what Parse would refuse afterwards is a FileError.
func AppendFile(path string, data []byte, item string, value map[string]any) ([]byte, error) {
	after, err := Append(data, item, value)
	if err != nil {
		return nil, err
	}
	if read, problems := Parse(after); read == nil {
		return nil, &FileError{Path: path, Problems: problems}
	}
	return after, nil
}

// problems collects findings about one file.
type problems []Problem

func (ps *problems) add(rule, code string, pos Pos, args ...any) {
	*ps = append(*ps, Problem{Rule: rule, Code: code, Args: args, Pos: pos})
}

// sorted returns the problems from the top of the file, in an order that does not depend on map iteration.
func (ps problems) sorted() []Problem {
	slices.SortStableFunc(ps, func(a, b Problem) int {
		return cmp.Or(a.Pos.Compare(b.Pos), cmp.Compare(a.Code, b.Code), slices.Compare(texts(a.Args), texts(b.Args)))
	})
	return ps[:min(len(ps), maxProblems)]
}

// texts returns the arguments that are strings: enough to order two problems of one code at one place.
func texts(args []any) []string {
	var out []string
	for _, a := range args {
		if s, ok := a.(string); ok {
			out = append(out, s)
		}
	}
	return out
}
