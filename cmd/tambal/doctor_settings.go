package main

import (
	"errors"
	"strings"

	"github.com/tambal-id/tambal/cmd/tambal/internal/finding"
	"github.com/tambal-id/tambal/cmd/tambal/internal/history"
)

// checkSettings looks at the repository's own switches.
func (e *examination) checkSettings() {
	s := e.settings
	if s.Squash == nil || s.Rebase == nil || s.MergeCommit == nil {
		e.gap("merging-hidden", finding.Undecided, atMerging)
	}
	severity := finding.Error
	if e.mergesOnly() {
		severity = finding.Warning // the rule holds; the button only misleads
	}
	if s.Squash != nil && *s.Squash {
		e.gap("merge-squash", severity, atMerging)
	}
	if s.Rebase != nil && *s.Rebase {
		e.gap("merge-rebase", severity, atMerging)
	}
	if e.prevention != prevents && s.MergeCommit != nil && !*s.MergeCommit {
		e.gap("merge-commit-off", finding.Error, atMerging)
	}
	if s.Private && s.Organization && s.Forking != nil && *s.Forking {
		e.gap("forks-allowed", finding.Warning, atForks)
	}
	if e.actions == nil {
		return
	}
	if !e.actions.Enabled {
		e.gap("actions-off", finding.Error, atActions)
	}
	if e.actions.Write {
		e.gap("actions-write", finding.Warning, atActions)
	}
	if e.prevention != prevents && e.actions.Approve {
		e.gap("actions-approve", finding.Warning, atActions)
	}
}

// mergesOnly says whether a rule in force allows merge commits only.
func (e *examination) mergesOnly() bool {
	for _, r := range e.rules {
		if r.Type != "pull_request" {
			continue
		}
		if p, err := r.PullRequest(); err == nil && len(p.Methods) == 1 && p.Methods[0] == "merge" {
			return true
		}
	}
	return false
}

// checkFiles reads the default branch as the forge has it, not as this clone
// last saw it.
func (e *examination) checkFiles(repo *history.Repo, at *link) {
	branch := e.settings.DefaultBranch
	trunk := strings.TrimPrefix(repo.Trunk(), "origin/")
	if trunk == "HEAD" {
		trunk = repo.HeadBranch()
	}
	if trunk != "" && trunk != branch {
		e.gap("branch-trunk", finding.Warning, atBranch, branch, trunk)
	}
	tips, err := repo.Fetch(at.Context(), at.remote, "refs/heads/"+branch)
	var git *history.Error
	if errors.As(err, &git) && git.Code == "history.no-remote-ref" {
		e.gap("branch-policy", finding.Error, atBranch, branch) // nothing was pushed yet
		return
	}
	if err != nil {
		e.unread("unknown-files", err, branch)
		return
	}
	tree := &files{repo, tips[0].Tree}
	if data, err := tree.read("policies/sop.yaml"); err != nil {
		e.unread("unknown-files", err, branch)
	} else if data == nil {
		e.gap("branch-policy", finding.Error, atBranch, branch)
	}
	e.checkWorkflows(tree)
	if e.prevention != detectsOnly { // CODEOWNERS is no part of that plan either
		e.checkOwners(tree, at)
	}
}

// files are the files of one tree.
type files struct {
	repo *history.Repo
	tree history.ID
}

// read returns a file, nil when there is none.
func (f *files) read(path string) ([]byte, error) {
	e, err := f.repo.Lookup(f.tree, path)
	if err != nil || e.Mode != history.ModeFile && e.Mode != history.ModeExec {
		return nil, err
	}
	return f.repo.Blob(e.ID)
}

// below returns the paths of the files in a folder of the root, sorted.
func (f *files) below(top string) ([]string, error) {
	changes, err := f.repo.Diff("", f.tree, func(name string) bool { return name == top })
	var paths []string
	for _, c := range changes {
		paths = append(paths, c.Path)
	}
	return paths, err
}
