package gate

import (
	"errors"
	"fmt"
	"slices"

	"github.com/tambal-id/tambal/cmd/tambal/internal/finding"
	"github.com/tambal-id/tambal/cmd/tambal/internal/forge"
	"github.com/tambal-id/tambal/cmd/tambal/internal/git"
)

// Error is why something will not be done: a sentence's code and its arguments.
type Error struct {
	Code string
	Args []any
	// Verdict is what it amounts to; "" for a mistake in the call or in the
	// configuration.
	Verdict finding.Verdict
	// Findings are what stands in the way, where the rules said it.
	Findings []finding.Finding
}

// Error returns the code and arguments, for logs only.
func (e *Error) Error() string { return fmt.Sprint(e.Code, e.Args) }

// Mistaken says whether a failure of Git or of the forge is a mistake in the call
// or in the configuration: a wrong name, folder or address.
func Mistaken(err error) bool {
	if broken, ok := errors.AsType[*git.Error](err); ok {
		return !broken.Malformed && slices.Contains(mistakes, broken.Code)
	}
	remote, ok := errors.AsType[*forge.Error](err)
	return ok && slices.Contains(mistakes, remote.Code)
}

var mistakes = []string{
	"history.no-repository", "history.no-ref", "history.empty", "history.ambiguous", "history.identity",
	"forge.repository", "forge.no-repository", "forge.address", "forge.plain-http", "forge.event",
}

// Unread turns a history or a forge that could not be read to the end into a
// finding, so that every format carries it; other errors pass through.
func Unread(err error) (finding.Finding, bool) {
	if remote, ok := errors.AsType[*forge.Error](err); ok && !Mistaken(remote) && !remote.Refused {
		return finding.Finding{Rule: "forge-unread", Severity: finding.Undecided, Code: remote.Code, Args: remote.Args}, true
	}
	broken, ok := errors.AsType[*git.Error](err)
	if !ok || Mistaken(broken) {
		return finding.Finding{}, false
	}
	f := finding.Finding{Rule: "history-shallow", Severity: finding.Undecided, Code: broken.Code, Args: broken.Args}
	if broken.Malformed {
		f.Rule, f.Severity = "history-malformed", finding.Error
	}
	return f, true
}
