package protection

import (
	"regexp"
	"slices"
	"strings"

	"github.com/tambal-id/tambal/cmd/tambal/internal/finding"
	"github.com/tambal-id/tambal/schema"
)

// ownerFiles are the places of CODEOWNERS; GitHub takes the first that is there.
var ownerFiles = []string{schema.ForgeDir + "/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS"}

// covered are the folders that want an owner: what runs the gate, what it judges
// by.
var covered = []struct {
	top      string
	severity finding.Severity
}{
	{schema.ForgeDir, finding.Error},
	{schema.PoliciesDir, finding.Error},
	{schema.SchemaDir, finding.Warning}, // only editors read it; the program carries its own
}

// ownerFile is CODEOWNERS.
type ownerFile struct {
	path  string
	lines []owned
}

// owned is one line of it. A line without owners takes them away.
type owned struct {
	line    int
	match   *regexp.Regexp
	pattern string
	owners  []string
}

func readOwners(all files) known[*ownerFile] {
	for _, path := range ownerFiles {
		data, err := all.read(path)
		if err != nil {
			return known[*ownerFile]{at: path, err: err}
		}
		if data != nil {
			return known[*ownerFile]{value: &ownerFile{path, parseOwners(string(data))}}
		}
	}
	return known[*ownerFile]{}
}

// owning limits a gap to plans that know code owners, and to files that were
// read.
func owning(find func(l *look, o *ownerFile)) func(*look) {
	return func(l *look) {
		if l.planned() && l.tree.owners.value != nil {
			find(l, l.tree.owners.value)
		}
	}
}

func codeownersMissing(l *look) bool {
	o := l.tree.owners
	return !l.tree.empty && o.err == nil && o.value == nil && l.planned()
}

// coverUnknown is the first folder whose files could not be listed, nil when all
// were.
func (t *tree) coverUnknown() error {
	for _, c := range covered {
		if err := t.folders[c.top].err; err != nil {
			return err
		}
	}
	return nil
}

// codeownersUncovered wants an owner for every file in the covered folders, and
// for whatever may come there.
func codeownersUncovered(l *look, o *ownerFile) {
	for _, c := range covered {
		if l.tree.folders[c.top].err != nil {
			return
		}
		names := slices.Concat(l.tree.folders[c.top].value, probes(c.top))
		if c.top == schema.ForgeDir {
			names = append(names, o.path)
		}
		if i := slices.IndexFunc(names, func(name string) bool { return o.last(name) == nil }); i >= 0 {
			f := l.noteAt(finding.Place{Path: o.path}, c.top, strings.ReplaceAll(names[i], probe, "…"))
			f.Severity = c.severity
		}
	}
}

// codeownersCases wants no owner for the cases: the Kabid's decision is asked for
// there.
func codeownersCases(l *look, o *ownerFile) {
	if l.tree.coverUnknown() != nil {
		return
	}
	for _, name := range probes(schema.CasesDir) {
		if owner := o.last(name); owner != nil {
			l.noteAt(finding.Place{Path: o.path, Line: owner.line, Column: 1}, owner.pattern, owner.owners)
			return
		}
	}
}

func codeownersInvalid(l *look, o *ownerFile) {
	for _, e := range l.ownerErrors.value {
		l.noteAt(finding.Place{Path: o.path, Line: e.Line, Column: max(e.Column, 1)}, e.Kind, strings.TrimSpace(e.Source))
	}
}

// probe is a name no file has: a pattern that covers it covers whatever comes.
const probe = "tambal-probe"

// probes are files that could be in a folder one day.
func probes(top string) []string {
	return []string{top + "/" + probe, top + "/" + probe + "/" + probe + "/" + probe + ".yaml"}
}

// last returns the line that decides about a file, nil when nobody owns it.
func (o *ownerFile) last(path string) *owned {
	for i := len(o.lines) - 1; i >= 0; i-- {
		if o.lines[i].match.MatchString(path) {
			if len(o.lines[i].owners) == 0 {
				return nil
			}
			return &o.lines[i]
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
		owners := slices.DeleteFunc(words[1:], func(w string) bool { return !strings.Contains(w, "@") })
		list = append(list, owned{i + 1, match, words[0], owners})
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
