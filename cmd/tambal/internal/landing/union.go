package landing

import (
	"bytes"
	"path"
	"strings"

	"github.com/tambal-id/tambal/cmd/tambal/internal/git"
	"github.com/tambal-id/tambal/schema"
)

// union is the one correct landing of a base and a head below the judged
// folders: manifests are append-only, evidence never changes, policies change
// as a whole, and so no content is ever merged.
type union struct {
	changes   []git.Change // base → correct landing, sorted by path
	conflicts []string     // paths for which there is no correct landing
}

// correct computes the correct landing of l.Base and l.Head. edge are the commits
// of the base's history that the side commits are based on.
func correct(r *git.Repo, l *Landing, edge []git.ID) (*union, error) {
	diff, err := r.Diff(l.Base.Tree, l.Head.Tree, Judged)
	if err != nil {
		return nil, err
	}
	u := &union{}
	var policy []git.Change
	for _, ch := range diff {
		if strings.HasPrefix(ch.Path+"/", schema.PoliciesDir+"/") {
			policy = append(policy, ch)
			continue
		}
		switch {
		case ch.After.Mode == "": // the base is ahead here
		case ch.Before.Mode == "":
			u.changes = append(u.changes, ch)
		case path.Base(ch.Path) == schema.ManifestFile && ch.Before.Mode == ch.After.Mode && ch.Before.Mode == git.ModeFile:
			longer, ok, err := longer(r, ch)
			if err != nil {
				return nil, err
			}
			if !ok {
				u.conflicts = append(u.conflicts, ch.Path)
			} else if longer == ch.After {
				u.changes = append(u.changes, ch)
			}
		default:
			u.conflicts = append(u.conflicts, ch.Path)
		}
	}
	if len(policy) == 0 {
		return u, nil
	}
	if l.Forked, err = r.Independent(edge); err != nil {
		return nil, err
	}
	return u, correctPolicy(r, u, l, policy)
}

// correctPolicy takes the head's policies/ only if every merge base has the
// base's, and keeps the base's if every merge base has the head's.
func correctPolicy(r *git.Repo, u *union, l *Landing, policy []git.Change) error {
	atBase, err := r.Lookup(l.Base.Tree, schema.PoliciesDir)
	if err != nil {
		return err
	}
	atHead, err := r.Lookup(l.Head.Tree, schema.PoliciesDir)
	if err != nil {
		return err
	}
	headMay, baseMay := true, true
	for _, f := range l.Forked {
		at, err := r.Lookup(f.Tree, schema.PoliciesDir)
		if err != nil {
			return err
		}
		headMay = headMay && at == atBase
		baseMay = baseMay && at == atHead
	}
	switch {
	case headMay && len(l.Forked) > 0:
		u.changes = append(u.changes, policy...)
	case baseMay && len(l.Forked) > 0:
	default:
		for _, ch := range policy {
			u.conflicts = append(u.conflicts, ch.Path)
		}
	}
	return nil
}

// longer returns the longer of two manifests if the other is its prefix.
func longer(r *git.Repo, ch git.Change) (git.Entry, bool, error) {
	before, err := r.Blob(ch.Before.ID)
	if err != nil {
		return git.Entry{}, false, err
	}
	after, err := r.Blob(ch.After.ID)
	if err != nil {
		return git.Entry{}, false, err
	}
	switch {
	case bytes.HasPrefix(after, before):
		return ch.After, true, nil
	case bytes.HasPrefix(before, after):
		return ch.Before, true, nil
	}
	return git.Entry{}, false, nil
}

// differs returns the paths where a landed tree departs from the union.
func (u *union) differs(landed []git.Change) []string {
	want := map[string]git.Entry{}
	for _, ch := range u.changes {
		want[ch.Path] = ch.After
	}
	conflict := map[string]bool{}
	for _, p := range u.conflicts {
		conflict[p] = true
	}
	var wrong []string
	for _, ch := range landed {
		expected, ok := want[ch.Path]
		delete(want, ch.Path)
		if !conflict[ch.Path] && (!ok || expected != ch.After) {
			wrong = append(wrong, ch.Path)
		}
	}
	for p := range want {
		wrong = append(wrong, p)
	}
	return wrong
}
