package main

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tambal-id/tambal/cmd/tambal/internal/finding"
	"github.com/tambal-id/tambal/cmd/tambal/internal/gate"
	"github.com/tambal-id/tambal/cmd/tambal/internal/git"
	"github.com/tambal-id/tambal/cmd/tambal/internal/landing"
)

// foreknown says what a rule of check becomes once the merge has happened.
var foreknown = map[string][]string{
	"approval-pending": {"approval-missing"},
	"history-behind":   {"history-evil-merge", "step-changed"},
	// Only a pull request has a state; only what is pending is held against other
	// readers of YAML; only who is about to land can set the clock first.
	"request-state":   nil,
	"yaml.cut":        nil,
	"yaml.shallow":    nil,
	"yaml.question":   nil,
	"yaml.comment":    nil,
	"step-time.clock": nil,
}

// unmergeable are scripts with a check that speaks of a merge which neither we nor
// git can make.
var unmergeable = map[string]string{
	"attacks/branch-named-like-a-commit": "nothing to commit", // the branch has landed
}

// foresee holds each check of a script to its word: it is an audit of a merge that
// has not happened yet. The merge is made, as tambal does it, else as git does, else
// with what the branch holds, and the audit must find there what check found.
func (p *player) foresee(t *testing.T) {
	inspect, name := p.Inspect, strings.TrimPrefix(t.Name(), "TestExampleScripts/")
	reason := unmergeable[name]
	t.Cleanup(func() {
		if reason != "" {
			t.Errorf("every check of %s can be merged; in the table stands %q", name, reason)
		}
	})
	p.Inspect = func(r *finding.Result) error {
		if err := inspect(r); err != nil || r.Base == "" {
			return err
		}
		repo, merge, err := p.foretold(t, r)
		if err != nil {
			if said := err.Error(); said != unmergeable[name] {
				t.Errorf("check %s: %s; in the table stands %q", name, said, unmergeable[name])
			}
			reason = ""
			return nil
		}
		defer repo.Close()
		after, err := gate.Audit(repo, merge, gate.Options{Now: p.Now})
		if err != nil || unforeseen(r.Findings, nil, after.Result.Findings) == "" {
			return err
		}
		before, err := gate.Audit(repo, r.Base, gate.Options{Now: p.Now})
		if err != nil {
			return err
		}
		if said := unforeseen(r.Findings, before.Result.Findings, after.Result.Findings); said != "" {
			t.Errorf("check %s and the audit of its merge:\n%s", name, said)
		}
		return nil
	}
}

// foretold makes the merge that a check spoke of, and returns a repository with it.
func (p *player) foretold(t *testing.T, r *finding.Result) (repo *git.Repo, merge string, err error) {
	repo, err = git.Open(p.Dir)
	if err != nil {
		return nil, "", err
	}
	closed := repo
	defer func() {
		if err != nil || repo != closed {
			closed.Close()
		}
	}()
	head, err := repo.Resolve(r.Head)
	if err != nil {
		return nil, "", err
	}
	ref := filepath.Join(p.Dir, ".git/refs/heads/ramalan")
	if err := os.WriteFile(ref, []byte(r.Base+"\n"), 0o600); err != nil {
		return nil, "", err
	}
	defer os.Remove(ref)
	who := git.Identity{Name: p.Team.People[0].Name, Email: p.Team.People[0].Emails[0], When: p.Now}
	c, err := landing.Merge(repo, git.Draft{Branch: "ramalan", From: head, Author: who, Committer: who, Message: "ramalan\n"})
	if conflict := (*landing.Conflict)(nil); !errors.As(err, &conflict) {
		if err != nil {
			return nil, "", err
		}
		return repo, string(c.ID), nil
	}
	return p.mergedByGit(t, r)
}

// mergedByGit is foretold with git, in a clone.
func (p *player) mergedByGit(t *testing.T, r *finding.Result) (*git.Repo, string, error) {
	other := &player{p.Clone()}
	if other.Who == nil {
		other.Who = &p.Team.People[0]
	}
	dir := scratch(t)
	if err := runGit(t, other, "clone", "-q", "-s", "-n", ".", dir); err != nil {
		return nil, "", err
	}
	if other.Dir = dir; runGit(t, other, "checkout", "-q", "--detach", r.Base) != nil {
		return nil, "", errors.New("git cannot check it out")
	}
	if runGit(t, other, "merge", "-q", "--no-ff", "-m", "ramalan", r.Head) != nil {
		if err := runGit(t, other, "merge", "--abort"); err != nil {
			return nil, "", errors.New("git merges no unrelated histories")
		}
		if runGit(t, other, "merge", "-q", "--no-ff", "-m", "ramalan", "-X", "theirs", r.Head) != nil {
			return nil, "", errors.New("git leaves a conflict")
		}
	}
	repo, err := git.Open(dir)
	return repo, "HEAD", err
}

func gist(f finding.Finding) string {
	if f.Severity == finding.Warning || f.Severity == finding.Notice {
		return string(f.Severity) + " " + f.Code
	}
	return f.Rule
}

// unforeseen compares what check said with what is new in the audit of the merge:
// the rules that block, and the sentences of what does not. An audit may find the
// merge evil where check refuses it anyway.
func unforeseen(check, before, after []finding.Finding) string {
	var want, got []string
	for _, f := range check {
		become, other := foreknown[f.Code]
		if !other {
			become, other = foreknown[f.Rule]
		}
		if !other {
			want = append(want, gist(f))
			continue
		}
		n := len(want)
		for _, a := range after {
			if slices.Contains(become, a.Rule) {
				want = append(want, gist(a))
			}
		}
		if n == len(want) && become != nil {
			want = append(want, f.Rule+", of which nothing became")
		}
	}
	for _, f := range after {
		if f.Rule != "history-evil-merge" || finding.Judge(check) != finding.Fail || slices.Contains(want, gist(f)) {
			got = append(got, gist(f))
		}
	}
	was := map[string]bool{}
	for _, f := range before {
		was[gist(f)] = true
	}
	news := func(list []string) []string {
		list = slices.DeleteFunc(list, func(s string) bool { return was[s] })
		slices.Sort(list)
		return slices.Compact(list)
	}
	if want, got = news(want), news(got); !slices.Equal(want, got) {
		return cmp.Diff(want, got)
	}
	return ""
}
