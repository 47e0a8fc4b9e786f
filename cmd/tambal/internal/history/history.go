// Package history owns the Git facts tambal judges by: verified objects,
// landings on the first-parent line, the commits behind each landing, the
// changes they make; and its two writes, Write and Merge.
//
// It reads Git objects only, never the working tree, .mailmap, replace refs or
// grafts, and it re-hashes every object it uses. It must not know what a
// manifest says (apart from its path), who a person is, or which rule a fact
// breaks. A new fact is a field of Landing or Commit, filled here and judged in
// package rule.
package history

import (
	"fmt"
	"strings"
	"time"
)

// ID is the lower-case hexadecimal SHA-1 of a Git object; "" means none.
type ID string

// Short returns the first 10 digits, enough for a person to find the commit.
func (id ID) Short() string {
	if len(id) > 10 {
		return string(id[:10])
	}
	return string(id)
}

// Identity is an author or committer line: a claim, not a proof.
type Identity struct {
	Name, Email string
	When        time.Time
}

// Commit is a parsed commit object. Malformed is "" when the object keeps the
// strict header grammar; otherwise it is a text code that says what is wrong,
// and Author and Committer must not be believed.
type Commit struct {
	ID                ID
	Tree              ID
	Parents           []ID
	Author, Committer Identity
	Message           string
	Raw               []byte // the object's own bytes, for signature checks
	Malformed         string
}

// Subject returns the first line of the message.
func (c *Commit) Subject() string {
	s, _, _ := strings.Cut(c.Message, "\n")
	return s
}

// Modes of tree entries as Git stores them.
const (
	ModeFile    = "100644"
	ModeExec    = "100755"
	ModeSymlink = "120000"
	ModeTree    = "40000"
	ModeGitlink = "160000"
)

// Entry is a tree entry; the zero Entry means that the path does not exist.
type Entry struct {
	Mode string
	ID   ID
}

// Change is a path whose entry differs between two trees.
type Change struct {
	Path          string
	Before, After Entry
}

// Landing is one commit of the first-parent line together with what it brought.
type Landing struct {
	Commit *Commit   // nil while the merge has not happened (Pending)
	Base   *Commit   // first parent; nil for the root
	Head   *Commit   // second parent of a merge, or the pending head; nil otherwise
	Side   []Written // reachable from Head, not from Base; parents before children
	// Changes are the differences from Base to the landed tree below patches/
	// and policies/, sorted by path.
	Changes []Change
	// Wrong are paths where the landed tree is not the one correct landing of
	// Base and Head. In a pending landing they are the paths that have none.
	Wrong []string
	// Lost are paths of Base that a side commit deleted.
	Lost []string
	// Forked are the best common ancestors of Base and Head.
	Forked []*Commit
	// Authors are the commits whose content the landing carries: Side, and the
	// landing commit itself where it wrote something of its own or, merging what
	// the base had already, alone answers for what that brings.
	Authors []Written
	// Foxtrot is a side commit that was itself a landing once: a pull merged
	// the protected branch into a local one and the result was pushed.
	Foxtrot *Commit
	// ForeignRoot is a side commit without parents: an unrelated history.
	ForeignRoot *Commit
}

// Date is the committer date of the landing; the zero time while pending.
func (l *Landing) Date() time.Time {
	if l.Commit == nil {
		return time.Time{}
	}
	return l.Commit.Committer.When
}

// Written is a commit with what it wrote itself: the paths below patches/ and
// policies/ whose entry differs from that in every parent.
type Written struct {
	*Commit
	Own []Change
}

// Error says why the history could not be read to the end. Code and Args name
// a sentence of package text; its companion Code+".hint" names the remedy.
// Malformed marks an object that is there but must not be believed (a failure);
// everything else is undecided.
type Error struct {
	Code      string
	Args      []any
	Malformed bool
	Err       error
}

func (e *Error) Error() string {
	return strings.TrimSpace(fmt.Sprintf("%s %v %v", e.Code, e.Args, e.Err))
}

// Unwrap returns the underlying error, if any.
func (e *Error) Unwrap() error { return e.Err }
