package protection

import (
	"slices"
	"strings"

	"github.com/hmarr/codeowners"

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

// ownerFile is CODEOWNERS. A rule without owners takes them away.
type ownerFile struct {
	path  string
	rules codeowners.Ruleset
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
			var owners []string
			for _, who := range owner.Owners {
				owners = append(owners, who.String())
			}
			l.noteAt(finding.Place{Path: o.path, Line: owner.LineNumber, Column: 1}, owner.RawPattern(), owners)
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
func (o *ownerFile) last(path string) *codeowners.Rule {
	rule, err := o.rules.Match(path)
	if err != nil || rule == nil || len(rule.Owners) == 0 {
		return nil
	}
	return rule
}

// parseOwners reads CODEOWNERS. A line that is not understood says nothing, as on
// GitHub, so that it never counts as cover; the parser would end at the first.
func parseOwners(content string) (list codeowners.Ruleset) {
	for i, line := range strings.Split(content, "\n") {
		rules, err := codeowners.ParseFile(strings.NewReader(line))
		if err != nil {
			continue
		}
		for _, rule := range rules {
			if rule.LineNumber = i + 1; rule.RawPattern() != "/" { // it matches nothing, and the library's Match panics
				list = append(list, rule)
			}
		}
	}
	return list
}
