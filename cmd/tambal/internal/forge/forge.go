// Package forge owns GitHub's facts and acts: pull requests, their reviews,
// statuses, comments, the merge, the protection of a branch.
//
// It reads completely or not at all, waits within a deadline, and never shows
// its token. It must not know what a manifest or a policy is, nor judge: that a
// review counts is said by package rule. A new fact is a field of the types
// below, filled in read.go; a new act is a method in write.go.
package forge

import (
	"fmt"
	"net/http"
	"strings"
	"time"
)

// Account is a user as an answer names it. The numeric ID decides, a login can
// be renamed; the zero Account stands for one that was deleted, and is nobody.
type Account struct {
	ID    int64
	Login string
	Bot   bool // an app or a machine user of the forge's own kind
}

// Repository is what is known of the repository on the forge. The numeric ID
// survives a rename or a transfer.
type Repository struct {
	ID            int64  `json:"id"`
	FullName      string `json:"full_name"` // owner/name as it is now
	URL           string `json:"html_url"`  // page for people, https
	DefaultBranch string `json:"default_branch"`
}

// Branch is one side of a pull request. RepositoryID is 0 when a fork was
// deleted.
type Branch struct {
	Ref, SHA     string
	RepositoryID int64
}

// PullRequest is a pull request as it stands now. Nothing here is a verdict of
// the forge: whether it can be merged is computed from the clone.
type PullRequest struct {
	Number       int
	URL          string // page for people
	Open, Merged bool
	Draft        bool
	Author       Account
	Head, Base   Branch
	MergeCommit  string    // of a merged one; "" otherwise
	Requested    []Account // asked for a review
}

// Same says whether nothing moved that a verdict depends on.
func (p PullRequest) Same(q PullRequest) bool {
	return p.Head == q.Head && p.Base == q.Base && p.Open == q.Open && p.Merged == q.Merged && p.Draft == q.Draft
}

// ReviewState is a review's state in upper case, whatever case the forge wrote.
type ReviewState string

// Review is one review. Commit is the head it was given on, "" when the forge
// does not say; SubmittedAt is zero while it was not handed in.
type Review struct {
	ID          int64
	Author      Account
	State       ReviewState
	Commit      string
	SubmittedAt time.Time
	Body        string
	URL         string
}

// Dossier is everything the forge says of one pull request, read while it stood
// still.
type Dossier struct {
	Repository Repository
	Pull       PullRequest
	Reviews    []Review // all of them, oldest first
	// Missing: the pull request is gone, or not to be seen; nothing was read of it.
	Missing bool
	// Retargeted is when the base branch was last changed; zero if never.
	Retargeted time.Time
}

// GateContext is the one status that the protected branch requires. A job's own
// check must never have this name: both would become required.
const GateContext = "tambal/sop"

// Status is a commit status. Context is unique per commit: a later one replaces
// it. Description is cut to what GitHub takes.
type Status struct {
	State       StatusState
	Context     string
	Description string // 140 characters at most
	TargetURL   string
}

// StatusState is what a status says.
type StatusState string

// The states of a commit status.
const (
	StatusSuccess StatusState = "success"
	StatusFailure StatusState = "failure"
	StatusPending StatusState = "pending"
	StatusError   StatusState = "error"
)

// Comment is a comment on a pull request's own page.
type Comment struct {
	ID     int64
	Author Account
	Body   string
}

// Error says why the forge could not be read or asked. Code and Args name a
// sentence of package text, Code+".hint" the remedy. Refused marks an answer
// that is final and about the request (a conflict, a rule); everything else is
// undecided.
type Error struct {
	Code    string
	Args    []any
	Refused bool
	Status  int // HTTP status, 0 when there was no answer
	Err     error
}

func (e *Error) Error() string { return strings.TrimSpace(fmt.Sprintf("%s %v", e.Code, e.Args)) }

// Gone says whether what was asked for is not there, or not to be seen.
func (e *Error) Gone() bool { return e.Status == http.StatusNotFound || e.Status == http.StatusGone }

// Unknown says whether the forge does not know what was named: a commit that was
// never pushed is answered with 422.
func (e *Error) Unknown() bool { return e.Gone() || e.Status == http.StatusUnprocessableEntity }

// Unwrap returns the underlying error, if any.
func (e *Error) Unwrap() error { return e.Err }
