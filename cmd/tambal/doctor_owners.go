package main

import (
	"regexp"
	"slices"
	"strings"

	"github.com/tambal-id/tambal/cmd/tambal/internal/finding"
)

// ownerFiles are the places of CODEOWNERS; GitHub takes the first that is there.
var ownerFiles = []string{".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS"}

// owned is one line of CODEOWNERS. A line without owners takes them away.
type owned struct {
	line    int
	match   *regexp.Regexp
	pattern string
	owners  []string
}

// checkOwners wants code owners for what runs the gate and for what it judges
// by, and none for the cases: the Kabid's decision is asked for there.
func (e *examination) checkOwners(tree *files, at *link) {
	for _, path := range ownerFiles {
		data, err := tree.read(path)
		if err != nil {
			e.unread("unknown-files", err, path)
			return
		}
		if data == nil {
			continue
		}
		e.checkOwnerFile(tree, path, parseOwners(string(data)))
		e.checkOwnerErrors(at, path)
		return
	}
	e.gap("codeowners-missing", finding.Error, ownerFiles[0])
}

func (e *examination) checkOwnerFile(tree *files, path string, lines []owned) {
	for _, top := range []string{".github", "policies", "schema"} {
		names, err := tree.below(top)
		if err != nil {
			e.unread("unknown-files", err, path)
			return
		}
		names = append(names, probes(top)...)
		if top == ".github" {
			names = append(names, path)
		}
		severity := finding.Error
		if top == "schema" {
			severity = finding.Warning // only editors read it; the program carries its own
		}
		if i := slices.IndexFunc(names, func(name string) bool { return lastOwner(lines, name) == nil }); i >= 0 {
			e.gap("codeowners-uncovered", severity, path, top, strings.ReplaceAll(names[i], probe, "…"))
		}
	}
	for _, name := range probes("patches") {
		if o := lastOwner(lines, name); o != nil {
			e.add(finding.Finding{Rule: "codeowners-cases", Severity: finding.Warning, Code: "doctor.codeowners-cases",
				Args: []any{o.pattern, o.owners}, Place: finding.Place{Path: path, Line: o.line, Column: 1}})
			return
		}
	}
}

func (e *examination) checkOwnerErrors(at *link, path string) {
	list, err := at.OwnerErrors()
	if err != nil {
		e.unread("unknown-codeowners", err, path)
		return
	}
	for _, o := range list {
		e.add(finding.Finding{Rule: "codeowners-invalid", Severity: finding.Error, Code: "doctor.codeowners-invalid",
			Args: []any{o.Kind, strings.TrimSpace(o.Source)}, Place: finding.Place{Path: path, Line: o.Line, Column: max(o.Column, 1)}})
	}
}

// probe is a name no file has: a pattern that covers it covers whatever comes.
const probe = "tambal-probe"

// probes are files that could be in a folder one day.
func probes(top string) []string {
	return []string{top + "/" + probe, top + "/" + probe + "/" + probe + "/" + probe + ".yaml"}
}

// lastOwner returns the line that decides about a file, nil when nobody owns it.
func lastOwner(lines []owned, path string) *owned {
	for i := len(lines) - 1; i >= 0; i-- {
		if lines[i].match.MatchString(path) {
			if len(lines[i].owners) == 0 {
				return nil
			}
			return &lines[i]
		}
	}
	return nil
}

// parseOwners reads CODEOWNERS. A pattern that is not understood matches nothing,
// so that it never counts as cover.
func parseOwners(content string) (list []owned) {
	for i, line := range strings.Split(content, "\n") {
		line, _, _ = strings.Cut(" "+line, " #")
		words := strings.Fields(line)
		if len(words) == 0 || strings.HasPrefix(words[0], "#") {
			continue
		}
		match := ownerPattern(words[0])
		if match == nil {
			continue
		}
		o := owned{line: i + 1, match: match, pattern: words[0]}
		for _, w := range words[1:] {
			if strings.Contains(w, "@") {
				o.owners = append(o.owners, w)
			}
		}
		list = append(list, o)
	}
	return list
}

// ownerPattern turns a pattern into an expression, nil where GitHub knows no such
// pattern. As in gitignore, a slash at the beginning or inside ties it to the
// root and a folder stands for all below; unlike there, a final "/*" does not.
func ownerPattern(pattern string) *regexp.Regexp {
	if strings.ContainsAny(pattern, `![]\`) {
		return nil
	}
	body := strings.TrimPrefix(pattern, "/")
	folder := strings.HasSuffix(body, "/")
	body = strings.TrimSuffix(body, "/")
	var b strings.Builder
	b.WriteString("^")
	if !strings.HasPrefix(pattern, "/") && !strings.Contains(body, "/") {
		b.WriteString("(?:.*/)?")
	}
	parts := strings.Split(body, "/")
	for i, part := range parts {
		last := i == len(parts)-1
		switch {
		case part == "**" && last:
			b.WriteString(".+")
		case part == "**":
			b.WriteString("(?:.*/)?")
			continue
		default:
			b.WriteString(strings.NewReplacer(`\*`, "[^/]*", `\?`, "[^/]").Replace(regexp.QuoteMeta(part)))
		}
		if !last {
			b.WriteString("/")
		}
	}
	switch {
	case folder:
		b.WriteString("/.*")
	case len(parts) == 1 || parts[len(parts)-1] != "*":
		b.WriteString("(?:/.*)?")
	}
	match, err := regexp.Compile(b.String() + "$")
	if err != nil {
		return nil
	}
	return match
}
