// Package policies owns what an office decides about its own procedure: sop.yaml (the SOP as data: steps, roles, flow),
// team.yaml (people, roles and keys with their validity) and calendar.yaml (working days and hours), the embedded defaults
// of these three, and the loader that checks them over any fs.FS.
//
// It must not know cases' history, Git, a forge or a clock: callers pass the moment they ask about, and the policy of the
// commit they judge by. It says nothing in sentences; problems carry a code and arguments.
//
// To add a setting: a property in schema/procedure.v1.json (or team, calendar), a field here, and its user. To add a step,
// add a row to sop.yaml; no code. To add a check of the policy itself, add a function to lint.go.
package policies

import (
	"cmp"
	"crypto/sha256"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"sync"

	"github.com/tambal-id/tambal/schema"
)

// FS holds the embedded default policy: sop.yaml, team.yaml and calendar.yaml at its root.
//
//go:embed sop.yaml team.yaml calendar.yaml
var FS embed.FS

// The directory and the files of a policy, as they are in a patch repository.
const (
	Dir          = schema.PoliciesDir
	SOPFile      = schema.SOPFile
	TeamFile     = "team.yaml"
	CalendarFile = "calendar.yaml"
)

// RuleInvalid is the rule of every problem that the checks of this package find; problems of YAML and schema keep theirs.
const RuleInvalid = "policy-invalid"

// Policy is one version of an office's policy. Nobody changes it: whoever loads the same files may get the same Policy.
type Policy struct {
	Procedure *Procedure
	Team      *Team
	Calendar  *Calendar
	Digest    string // "sha256:…" as made by [Digest]
}

// Problem is a problem in one policy file; Path is relative to the repository ("policies/sop.yaml").
type Problem struct {
	Path string
	schema.Problem
}

// Load reads the policy from a file system whose root holds policies/sop.yaml, team.yaml and calendar.yaml. The Policy is nil
// when a file is missing or unusable; a Policy that comes with problems answers every question safely, but must not be
// accepted as a new one.
func Load(fsys fs.FS) (*Policy, []Problem) {
	dir, err := fs.Sub(fsys, Dir)
	if err != nil {
		return nil, []Problem{unreadable(Dir, err)}
	}
	sum, err := digest(dir)
	if err != nil {
		return load(dir)
	}
	recent.Lock()
	defer recent.Unlock()
	if known, ok := recent.policies[sum]; ok {
		return known.policy, known.problems
	}
	if len(recent.policies) > 20 {
		clear(recent.policies)
	}
	policy, problems := load(dir)
	problems = slices.Clip(problems)
	if policy != nil && policy.Digest == sum { // nobody wrote to the files meanwhile
		recent.policies[sum] = reading{policy, problems}
	}
	return policy, problems
}

// recent are the policies that were loaded last, by their digest: one command, and a demo all the more, asks for the same
// one many times.
var recent = struct {
	sync.Mutex
	policies map[string]reading
}{policies: map[string]reading{}}

type reading struct {
	policy   *Policy
	problems []Problem
}

// Default returns the embedded policy; a test proves that it has no problems.
func Default() *Policy {
	p, _ := load(FS)
	return p
}

// load reads the three files from the policy directory itself.
func load(dir fs.FS) (*Policy, []Problem) {
	p := &Policy{Procedure: &Procedure{}, Team: &Team{}, Calendar: &Calendar{}}
	var problems []Problem
	sop := read(dir, SOPFile, schema.Procedure, p.Procedure, &problems)
	team := read(dir, TeamFile, schema.Team, p.Team, &problems)
	calendar := read(dir, CalendarFile, schema.Calendar, p.Calendar, &problems)
	if sop == nil || team == nil || calendar == nil {
		return nil, problems
	}
	var err error
	if p.Digest, err = digest(dir); err != nil {
		return nil, append(problems, unreadable(Dir, err))
	}
	lintCalendar(calendar, p.Calendar)
	lintProcedure(sop, p.Procedure)
	lintTeam(team, p)
	slices.SortStableFunc(problems, func(a, b Problem) int {
		return cmp.Or(cmp.Compare(a.Path, b.Path), cmp.Compare(a.Pos.Line, b.Pos.Line), cmp.Compare(a.Pos.Column, b.Pos.Column), cmp.Compare(a.Code, b.Code))
	})
	return p, problems
}

// read loads one file; nil when it is missing, unreadable or breaks YAML rules or schema.
func read(dir fs.FS, name string, kind schema.Kind, into any, problems *[]Problem) *linter {
	file := Dir + "/" + name
	data, err := fs.ReadFile(dir, name)
	if err != nil {
		*problems = append(*problems, unreadable(file, err))
		return nil
	}
	doc, found := schema.Load(kind, data, into)
	for _, f := range found {
		*problems = append(*problems, Problem{file, f})
	}
	if doc == nil || len(found) > 0 {
		return nil
	}
	return &linter{path: file, doc: doc, problems: problems, fields: map[string][]schema.Field{}, seen: map[string][]any{}}
}

func unreadable(file string, err error) Problem {
	if errors.Is(err, fs.ErrNotExist) {
		return Problem{file, schema.Problem{Rule: RuleInvalid, Code: "policies.missing", Args: []any{file}}}
	}
	return Problem{file, schema.Problem{Rule: RuleInvalid, Code: "policies.unreadable", Args: []any{file, err.Error()}}}
}

// Digest names the exact policy under policies/ of the file system: "sha256:" and the lower-case hex SHA-256 over the sorted
// lines "path NUL sha256-hex LF" of every file there, the path beginning with "policies/". It errs on anything that is
// neither file nor directory.
func Digest(fsys fs.FS) (string, error) {
	dir, err := fs.Sub(fsys, Dir)
	if err != nil {
		return "", fmt.Errorf("digest policy: %w", err)
	}
	return digest(dir)
}

func digest(dir fs.FS) (string, error) {
	var lines []string
	err := fs.WalkDir(dir, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		if !entry.Type().IsRegular() {
			return fmt.Errorf("%s is not a regular file", name)
		}
		data, err := fs.ReadFile(dir, name)
		lines = append(lines, fmt.Sprintf("%s/%s\x00%x\n", Dir, name, sha256.Sum256(data)))
		return err
	})
	if err != nil {
		return "", fmt.Errorf("digest policy: %w", err)
	}
	slices.Sort(lines)
	return fmt.Sprintf("sha256:%x", sha256.Sum256([]byte(strings.Join(lines, "")))), nil
}
