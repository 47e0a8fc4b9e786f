package timeline

import (
	"slices"
	"strings"
	"time"

	"github.com/tambal-id/tambal/cmd/tambal/internal/git"
	"github.com/tambal-id/tambal/cmd/tambal/internal/landing"
)

// ID is the id of a Git object, lower-case hexadecimal; "" means none.
type ID string

// Short returns the first 10 digits, enough for a person to find the commit.
func (id ID) Short() string { return git.ID(id).Short() }

// Identity is an author or committer line: a claim, not a proof.
type Identity struct {
	Name, Email string
	When        time.Time
}

// Commit is a commit as far as anybody judges or prints it. Malformed is "" when
// the object keeps the strict header grammar, else the code of a sentence.
type Commit struct {
	ID                ID
	Parents           []ID
	Author, Committer Identity
	Subject           string
	Malformed         string
}

// Mode is what a path holds, as Git writes it; "" when there is nothing.
type Mode string

// ModeFile is the only mode that a file below patches/ and policies/ may have.
const ModeFile Mode = git.ModeFile

// Entry is what a path holds; the zero Entry when nothing.
type Entry struct {
	Mode Mode
	ID   ID
}

// Change is a path whose entry differs between two trees.
type Change struct {
	Path          string
	Before, After Entry
}

// Written is a commit with the paths below patches/ and policies/ that it wrote.
type Written struct {
	*Commit
	Own []Change
}

// commit returns the view of a commit, the same pointer for the same commit.
func (r *reader) commit(c *git.Commit) *Commit {
	if c == nil {
		return nil
	}
	if v := r.commits[c.ID]; v != nil {
		return v
	}
	v := &Commit{ID: ID(c.ID), Author: Identity(c.Author), Committer: Identity(c.Committer), Subject: c.Subject(), Malformed: c.Malformed}
	for _, p := range c.Parents {
		v.Parents = append(v.Parents, ID(p))
	}
	r.commits[c.ID] = v
	return v
}

func entry(e git.Entry) Entry { return Entry{Mode(e.Mode), ID(e.ID)} }

func changes(list []git.Change) []Change {
	var out []Change
	for _, ch := range list {
		out = append(out, Change{ch.Path, entry(ch.Before), entry(ch.After)})
	}
	return out
}

func (r *reader) written(list []landing.Written) []Written {
	var out []Written
	for _, w := range list {
		out = append(out, Written{r.commit(w.Commit), changes(w.Own)})
	}
	return out
}

// ByForge says whether a commit names the forge as its committer.
func (c *Commit) ByForge() bool { return strings.EqualFold(c.Committer.Email, git.ForgeEmail) }

// CasePath splits a path below patches/YEAR/ID/; ok is false for any other.
func CasePath(path string) (dir, file string, ok bool) { return landing.CasePath(path) }

// BuildsOn says whether a commit that the landing carries is another one or
// descends from it.
func (l *Landing) BuildsOn(commit, earlier ID) bool {
	reached := map[ID]bool{commit: true}
	for _, w := range slices.Backward(l.Authors) { // parents stand before children
		for _, parent := range w.Parents {
			reached[parent] = reached[parent] || reached[w.ID]
		}
	}
	return reached[earlier]
}
