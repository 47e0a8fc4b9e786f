package finding

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"unicode/utf16"

	"github.com/tambal-id/tambal/cmd/tambal/internal/text"
)

// Result is what check and audit found, in the shape of schema/result.v1.json.
type Result struct {
	Base, Head string // commit ids; Base is "" for an audit from the root
	Policy     Policy
	Cases      []Case
	Findings   []Finding
}

// Policy names the anchor commit and the digest of the policy in force.
type Policy struct {
	Commit string `json:"commit"`
	Digest string `json:"digest"`
}

// Case is where one case stands.
type Case struct {
	ID        string    `json:"id"`
	State     string    `json:"state"`   // last landed item, "" for a case that has none yet
	Outcome   *string   `json:"outcome"` // closure's outcome, nil while open
	Next      []Next    `json:"next"`
	Approval  *Decision `json:"approval"`
	Overdue   bool      `json:"overdue"`
	*Standing           // what status adds; nil elsewhere
}

// Next is a legal next item and the roles that may add it.
type Next struct {
	Step     string   `json:"step"`
	Roles    []string `json:"roles"`
	Optional bool     `json:"optional"`
}

// Decision is a decision and the strength of its proof: signed, confirmed,
// recorded or none.
type Decision struct {
	Decision string `json:"decision"`
	By       string `json:"by"`
	Strength string `json:"strength"`
}

// Verdict judges the findings.
func (r *Result) Verdict() Verdict { return Judge(r.Findings) }

// Writers holds one writer per output format.
var Writers = map[string]func(io.Writer, *Result, text.Lang) error{
	"text":   WriteText,
	"json":   WriteJSON,
	"github": WriteGitHub,
	"sarif":  WriteSARIF,
}

// WriteFindings writes findings for people: one line a machine can parse, one a
// person acts on, one for the other place. In an audit an error also names the
// landing that did it.
func WriteFindings(w io.Writer, list []Finding, audit bool, l text.Lang) error {
	var b strings.Builder
	hintLabel, seeLabel := l.Say("finding.hint"), l.Say("finding.see")
	width := max(len(hintLabel), len(seeLabel))
	for _, f := range list {
		fmt.Fprintf(&b, "%s: %s: %s [%s]\n", f.Place, l.Say("severity."+string(f.Severity)), f.Message(l), f.Rule)
		if hint := f.Hint(l); hint != "" {
			fmt.Fprintf(&b, "    %-*s %s\n", width, hintLabel, hint)
		}
		if audit && f.Severity == Error && f.Path != "" && f.Commit != "" {
			fmt.Fprintf(&b, "    %-*s %s\n", width, seeLabel, Place{Commit: f.Commit})
		}
		for _, rel := range f.Related {
			fmt.Fprintf(&b, "    %-*s %s: %s\n", width, seeLabel, rel.Place, l.Say(rel.Code, rel.Args...))
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// WriteText writes a result for people: its findings, the verdict, the anchor.
func WriteText(w io.Writer, r *Result, l text.Lang) error {
	if err := WriteFindings(w, r.Findings, r.Base == "", l); err != nil {
		return err
	}
	return writeVerdict(w, r, l)
}

func writeVerdict(w io.Writer, r *Result, l text.Lang) error {
	_, err := io.WriteString(w, strings.Join(verdictLines(r, l), "\n")+"\n")
	return err
}

// verdictLines are the verdict with its counts and, if known, the policy.
func verdictLines(r *Result, l text.Lang) []string {
	counts := map[Severity]int{}
	for _, f := range r.Findings {
		counts[f.Severity]++
	}
	lines := []string{l.Say("finding.verdict."+string(r.Verdict()), counts[Error], counts[Undecided], counts[Pending], counts[Warning], counts[Notice])}
	if r.Policy.Commit != "" {
		lines = append(lines, l.Say("finding.policy", short(r.Policy.Commit), r.Policy.Digest))
	}
	return lines
}

// String is path:line:column, or the commit where no file is meant.
func (p Place) String() string {
	switch {
	case p.Path == "" && p.Commit == "":
		return "-"
	case p.Path == "":
		return "commit " + short(p.Commit)
	case p.Line == 0:
		return text.Clean(p.Path)
	}
	return fmt.Sprintf("%s:%d:%d", text.Clean(p.Path), p.Line, p.Column)
}

func short(id string) string { return id[:min(len(id), 10)] }

type jsonPlace struct {
	Path    string `json:"path,omitempty"`
	Line    int    `json:"line,omitempty"`
	Column  int    `json:"column,omitempty"`
	Commit  string `json:"commit,omitempty"`
	Message string `json:"message"`
}

type jsonFinding struct {
	Rule     string   `json:"rule"`
	Severity Severity `json:"severity"`
	Case     string   `json:"case,omitempty"`
	Step     string   `json:"step,omitempty"`
	jsonPlace
	Hint    string      `json:"hint,omitempty"`
	Related []jsonPlace `json:"related"`
}

// WriteJSON writes the result in the shape of schema/result.v1.json; keys and
// rule IDs are the same in every language, sentences follow l.
func WriteJSON(w io.Writer, r *Result, l text.Lang) error {
	out := struct {
		APIVersion string        `json:"apiVersion"`
		Verdict    Verdict       `json:"verdict"`
		Base       string        `json:"base"`
		Head       string        `json:"head"`
		Policy     Policy        `json:"policy"`
		Cases      []Case        `json:"cases"`
		Findings   []jsonFinding `json:"findings"`
	}{"tambal/result/v1", r.Verdict(), r.Base, r.Head, r.Policy, r.Cases, []jsonFinding{}}
	if out.Cases == nil {
		out.Cases = []Case{}
	}
	place := func(p Place, message string) jsonPlace {
		return jsonPlace{strings.ToValidUTF8(p.Path, "\uFFFD"), p.Line, p.Column, p.Commit, message}
	}
	for _, f := range r.Findings {
		jf := jsonFinding{f.Rule, f.Severity, f.Case, f.Step, place(f.Place, f.Message(l)), f.Hint(l), []jsonPlace{}}
		for _, rel := range f.Related {
			jf.Related = append(jf.Related, place(rel.Place, l.Say(rel.Code, rel.Args...)))
		}
		out.Findings = append(out.Findings, jf)
	}
	return WriteObject(w, out)
}

// WriteObject writes indented JSON. It often lands on a terminal or in the log of a
// workflow, where "##[" would begin a command; in JSON such a character, and what a
// reader cannot see, can be written so that it has no effect and is read the same.
func WriteObject(w io.Writer, v any) error {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetIndent("", "  ")
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return err
	}
	var out strings.Builder
	for _, c := range strings.ReplaceAll(b.String(), "##[", `#\u0023[`) {
		if c == '\n' || !text.Hidden(c) {
			out.WriteRune(c)
			continue
		}
		for _, unit := range utf16.Encode([]rune{c}) {
			fmt.Fprintf(&out, `\u%04x`, unit)
		}
	}
	_, err := io.WriteString(w, out.String())
	return err
}
