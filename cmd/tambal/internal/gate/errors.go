package gate

import (
	"errors"
	"fmt"

	"github.com/tambal-id/tambal/cmd/tambal/internal/finding"
	"github.com/tambal-id/tambal/cmd/tambal/internal/forge"
	"github.com/tambal-id/tambal/cmd/tambal/internal/git"
)

// Error is a question that cannot be put like this: a sentence's code and its
// arguments.
type Error struct {
	Code    string
	Args    []any
	Refused bool // not the call is wrong, but what was found
}

// Error returns the code and arguments, for logs only.
func (e *Error) Error() string { return fmt.Sprint(e.Code, e.Args) }

// Mistaken says whether a failure of Git or of the forge is a mistake in the call
// or in the configuration: a wrong name, folder or address.
func Mistaken(err error) bool {
	var broken *git.Error
	if errors.As(err, &broken) {
		switch broken.Code {
		case "history.no-repository", "history.no-ref", "history.empty", "history.ambiguous", "history.identity":
			return !broken.Malformed
		}
		return false
	}
	var remote *forge.Error
	if errors.As(err, &remote) {
		switch remote.Code {
		case "forge.repository", "forge.no-repository", "forge.address", "forge.plain-http", "forge.event":
			return true
		}
	}
	return false
}

// Unread turns a history or a forge that could not be read to the end into a
// finding, so that every format carries it; other errors pass through.
func Unread(err error) (finding.Finding, bool) {
	var remote *forge.Error
	if errors.As(err, &remote) && !Mistaken(remote) && !remote.Refused {
		return finding.Finding{Rule: "forge-unread", Severity: finding.Undecided, Code: remote.Code, Args: remote.Args}, true
	}
	var broken *git.Error
	if !errors.As(err, &broken) || Mistaken(broken) {
		return finding.Finding{}, false
	}
	f := finding.Finding{Rule: "history-shallow", Severity: finding.Undecided, Code: broken.Code, Args: broken.Args}
	if broken.Malformed {
		f.Rule, f.Severity = "history-malformed", finding.Error
	}
	return f, true
}
