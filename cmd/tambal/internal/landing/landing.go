// Package landing owns what merging means below patches/ and policies/: the
// landings on the first-parent line, the commits behind each one and what they
// wrote, the one correct landing of a base and a head, and the merge that writes
// it.
//
// It must not know what a manifest says (apart from its path), who a person is,
// or which rule a fact breaks. A new fact is a field of Landing or Written,
// filled in line.go or pending.go and judged in package rule.
package landing

import (
	"strings"
	"time"

	"github.com/tambal-id/tambal/cmd/tambal/internal/git"
	"github.com/tambal-id/tambal/schema"
)

// Landing is one commit of the first-parent line together with what it brought.
type Landing struct {
	Commit *git.Commit // nil while the merge has not happened (Pending)
	Base   *git.Commit // first parent; nil for the root
	Head   *git.Commit // second parent of a merge, or the pending head; nil otherwise
	Side   []Written   // reachable from Head, not from Base; parents before children
	// Changes are the differences from Base to the landed tree below patches/
	// and policies/, sorted by path.
	Changes []git.Change
	// Wrong are paths where the landed tree is not the one correct landing of
	// Base and Head. In a pending landing they are the paths that have none.
	Wrong []string
	// Lost are paths of Base that a side commit deleted.
	Lost []string
	// Forked are the best common ancestors of Base and Head.
	Forked []*git.Commit
	// Authors are the commits whose content the landing carries: Side, and the
	// landing commit itself where it wrote something of its own or, merging what
	// the base had already, alone answers for what that brings.
	Authors []Written
	// Foxtrot is a side commit that was itself a landing once: a pull merged
	// the protected branch into a local one and the result was pushed.
	// FoxtrotLike is one that only looks like it.
	Foxtrot, FoxtrotLike *git.Commit
	// ForeignRoot is a side commit without parents: an unrelated history.
	ForeignRoot *git.Commit
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
	*git.Commit
	Own []git.Change
}

// Judged says whether a top-level folder belongs to the procedure.
func Judged(top string) bool { return top == schema.CasesDir || top == schema.PoliciesDir }

// CasePath splits a path below patches/YEAR/ID/; ok is false for any other.
func CasePath(path string) (dir, file string, ok bool) {
	parts := strings.SplitN(path, "/", 4)
	if len(parts) < 4 || parts[0] != schema.CasesDir {
		return "", "", false
	}
	return strings.Join(parts[:3], "/"), parts[3], true
}
