// Package finding owns what tambal says of a history: the finding, the result
// that carries it, and the writers of both.
//
// A finding is about the user's data; an error is about us failing to look. It
// must not know how a finding came about. To add a format, add one file and one
// line in Writers.
package finding

import (
	"cmp"
	"slices"

	"github.com/tambal-id/tambal/cmd/tambal/internal/text"
)

// Severity orders findings. Error fails, Undecided could not be verified,
// Pending waits for a person; Warning and Notice never block.
type Severity string

// The severities, worst first.
const (
	Error     Severity = "error"
	Undecided Severity = "undecided"
	Pending   Severity = "pending"
	Warning   Severity = "warning"
	Notice    Severity = "notice"
)

var rank = map[Severity]int{Error: 0, Undecided: 1, Pending: 2, Warning: 3, Notice: 4}

// Place is where something stands: a file position, a commit, or both. Line and
// Column count from 1; 0 means unknown.
type Place struct {
	Path         string
	Line, Column int
	Commit       string
}

// Related is a second place with a sentence of its own.
type Related struct {
	Place
	Code string
	Args []any
}

// Finding is one violation or remark. Code and Args name its sentence in
// package text, Code+".hint" what to do about it; Rule is the stable ID.
type Finding struct {
	Rule       string
	Severity   Severity
	Case, Step string
	Place
	Code    string
	Args    []any
	Related []Related
}

// Message returns the sentence.
func (f *Finding) Message(l text.Lang) string { return l.Say(f.Code, f.Args...) }

// Hint returns what to do about it; "" when there is nothing to say.
func (f *Finding) Hint(l text.Lang) string { return l.Maybe(f.Code+".hint", f.Args...) }

// Sort orders findings: worst first, then by place, rule, code and sentence, so that
// the same facts always give the same output. A sentence is put together only for
// findings that nothing else tells apart, and once for each.
func Sort(list []Finding) {
	type entry struct {
		Finding
		said string
	}
	say := func(e *entry) string {
		if e.said == "" {
			e.said = e.Message(text.English)
		}
		return e.said
	}
	entries := make([]*entry, len(list))
	for i, f := range list {
		entries[i] = &entry{Finding: f}
	}
	slices.SortStableFunc(entries, func(a, b *entry) int {
		if order := cmp.Or(
			cmp.Compare(rank[a.Severity], rank[b.Severity]),
			cmp.Compare(a.Path, b.Path), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column),
			cmp.Compare(a.Rule, b.Rule), cmp.Compare(a.Code, b.Code)); order != 0 {
			return order
		}
		return cmp.Compare(say(a), say(b))
	})
	for i, e := range entries {
		list[i] = e.Finding
	}
}

// Verdict is the answer to "may this be?".
type Verdict string

// The verdicts; worse ones win.
const (
	Fail    Verdict = "fail"
	Unknown Verdict = "undecided"
	Waiting Verdict = "pending"
	Pass    Verdict = "pass"
)

// Judge returns the verdict over findings.
func Judge(list []Finding) Verdict {
	worst := Pass
	for _, f := range list {
		switch f.Severity {
		case Error:
			return Fail
		case Undecided:
			worst = Unknown
		case Pending:
			if worst == Pass {
				worst = Waiting
			}
		}
	}
	return worst
}

// ExitCode returns the process exit code of a verdict: 0, 1 or 3.
func (v Verdict) ExitCode() int {
	switch v {
	case Pass:
		return 0
	case Unknown:
		return 3
	}
	return 1
}
