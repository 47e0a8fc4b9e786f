// Package git owns what Git itself says and what is written to it: verified
// objects, trees and what differs between them, references, ancestry; commits,
// branches, the index and the files that follow a checkout, and the way to a
// remote. It alone imports a Git library, and no exported name shows it.
//
// Facts come from Git objects only, hashed again at each reading: never from the
// working tree, .mailmap, replace refs or grafts. Files on disk are looked at
// only before a checkout, so that no work of the user is overwritten.
//
// It must not know the name of a folder, what a file means, or what a merge
// should be: paths come from the caller, and so does the tree that Join writes.
// A new question to Git is a method of Repo. The codes of its errors begin with
// "history.", because a code never changes.
package git

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
