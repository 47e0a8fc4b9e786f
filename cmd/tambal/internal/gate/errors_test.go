package gate

import (
	"errors"
	"fmt"
	"testing"

	"github.com/tambal-id/tambal/cmd/tambal/internal/finding"
	"github.com/tambal-id/tambal/cmd/tambal/internal/forge"
	"github.com/tambal-id/tambal/cmd/tambal/internal/git"
)

// TestWhatCouldNotBeReadIsAFinding: a history or a forge that cannot be read to
// the end is a result in every format; a wrong call, and what the forge refuses,
// is said to the person instead.
func TestWhatCouldNotBeReadIsAFinding(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		err      error
		rule     string
		severity finding.Severity
		mistaken bool
	}{
		"a missing object":           {&git.Error{Code: "history.missing"}, "history-shallow", finding.Undecided, false},
		"a malformed object":         {&git.Error{Code: "history.commit", Malformed: true}, "history-malformed", finding.Error, false},
		"wrapped":                    {fmt.Errorf("read: %w", &git.Error{Code: "history.missing"}), "history-shallow", finding.Undecided, false},
		"no repository":              {&git.Error{Code: "history.no-repository"}, "", "", true},
		"a name that is not there":   {&git.Error{Code: "history.no-ref"}, "", "", true},
		"a forge that is down":       {&forge.Error{Code: "forge.status"}, "forge-unread", finding.Undecided, false},
		"a forge that refuses":       {&forge.Error{Code: "forge.refused", Refused: true}, "", "", false},
		"an address that is none":    {&forge.Error{Code: "forge.address"}, "", "", true},
		"a clone without a forge":    {&forge.Error{Code: "forge.no-repository"}, "", "", true},
		"a question that is not one": {&Error{Code: "usage.since"}, "", "", false},
		"something else":             {errors.New("disk full"), "", "", false},
	} {
		f, ok := Unread(c.err)
		if ok != (c.rule != "") || f.Rule != c.rule || f.Severity != c.severity || Mistaken(c.err) != c.mistaken {
			t.Errorf("%s: %+v, %v, mistaken %v", name, f, ok, Mistaken(c.err))
		}
	}
}
