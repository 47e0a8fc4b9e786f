// Package gate owns the verdict: it gathers the facts of a change, of a pull
// request or of a whole history, lets the rules judge them, and says where every
// case stands. Whoever wants a judgement asks here; nothing else runs the rules.
//
// Check, Audit, Waiting and Origin's Judge and Landed are its doors. What only
// the forge knows is asked for in facts.go and nowhere else. What follows from
// the verdict on a pull request, such as what is asked of whom and what may be
// recorded, is here too, so that every command says the same.
//
// It must not print, ask a person or know a flag: long work and waiting are told
// through the functions of Options, and what went wrong is returned.
package gate

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/tambal-id/tambal/cmd/tambal/internal/finding"
	"github.com/tambal-id/tambal/cmd/tambal/internal/forge"
	"github.com/tambal-id/tambal/cmd/tambal/internal/git"
	"github.com/tambal-id/tambal/cmd/tambal/internal/rule"
	"github.com/tambal-id/tambal/cmd/tambal/internal/timeline"
	"github.com/tambal-id/tambal/policies"
	"github.com/tambal-id/tambal/schema"
)

// Options are what the caller adds to the facts.
type Options struct {
	// Now is the moment of judging: what is overdue, and who holds a role.
	Now time.Time
	// AcceptRecorded takes a landed review record without reading it again.
	AcceptRecorded bool
	// Checkpoint is an earlier head that an audit must still find: a commit id,
	// or a file that holds one or an audit's JSON; "" looks for none.
	Checkpoint string
	// Forge is asked, so that an audit reads every recorded review again; nil audits
	// from the clone alone. It is called for each question, only when there is
	// something to ask, so that each has a deadline of its own.
	Forge Asking
	// Progress receives how far the replay of a history has come, Rereading how many
	// pull requests were read again; both may be nil.
	Progress  func(done, total int)
	Rereading func(read int)
}

// rules are the options for the rules.
func (o Options) rules() rule.Options { return rule.Options{AcceptRecorded: o.AcceptRecorded} }

// Judgement is a verdict with the facts it was made from.
type Judgement struct {
	Timeline *timeline.Timeline
	Result   *finding.Result
	// Unasked: the forge could have been asked, and nothing had to be.
	Unasked bool
}

// Check judges the merge of head into base that has not happened yet.
func Check(repo *git.Repo, base, head string, o Options) (*Judgement, error) {
	baseCommit, err := repo.Resolve(base)
	if err != nil {
		return nil, err
	}
	headCommit, err := repo.Resolve(head)
	if err != nil {
		return nil, err
	}
	line, err := timeline.Pending(repo, baseCommit, headCommit, timeline.Options{Now: o.Now})
	if err != nil {
		return nil, err
	}
	return judge(line, o.rules(), string(baseCommit.ID), string(headCommit.ID)), nil
}

// Base names the protected branch, into which a change would land. It refuses a
// clone that has none: what is checked out would be compared with itself.
func Base(repo *git.Repo) (string, error) {
	trunk := repo.Trunk()
	if branch := repo.HeadBranch(); trunk == "HEAD" && branch != "" {
		if _, err := repo.Resolve(trunk); err == nil {
			return "", &Error{Code: "usage.no-trunk", Args: []any{branch}}
		}
	}
	return trunk, nil
}

// judge runs the rules and joins findings and the standing of every case.
func judge(t *timeline.Timeline, o rule.Options, base, head string) *Judgement {
	r := &finding.Result{Base: base, Head: head, Findings: rule.Run(t, o)}
	if t.Anchor != nil {
		r.Policy.Commit = string(t.Anchor.ID)
	}
	if t.Policy != nil {
		r.Policy.Digest = t.Policy.Digest
	}
	for _, c := range t.Cases {
		r.Cases = append(r.Cases, standing(t, c))
	}
	return &Judgement{Timeline: t, Result: r}
}

// standing says where a case is and what may come next.
func standing(t *timeline.Timeline, c *timeline.Case) finding.Case {
	s := finding.Case{ID: c.ID, Next: []finding.Next{}}
	if last := c.Last(); last != nil {
		s.State = last.Item.Name
	}
	if outcome := c.Outcome(); outcome != "" {
		s.Outcome = &outcome
	}
	if d := c.Decision(); d != nil {
		s.Approval = &finding.Decision{Decision: d.Decision.Decision, By: d.Decision.Approval.By, Strength: string(d.Decision.Strength)}
	}
	for _, m := range moves(t.Policy, c.Items()) {
		s.Next = append(s.Next, finding.Next{Step: m.Step.Name, Roles: m.Step.Roles, Optional: m.Optional})
	}
	due := c.Due(t.Policy)
	s.Overdue = !due.IsZero() && s.Outcome == nil && t.Now.After(due)
	return s
}

func moves(p *policies.Policy, items []schema.Item) []policies.Move {
	if p == nil {
		return nil
	}
	return p.Procedure.Next(items)
}

// Of returns the findings that are about one case: those that name it, and those
// that name only a commit by which it came about.
func (j *Judgement) Of(c *timeline.Case) []finding.Finding {
	brought := j.Timeline.Brought(c)
	var own []finding.Finding
	for _, f := range j.Result.Findings {
		if f.Case == c.ID || f.Case == "" && brought[timeline.ID(f.Commit)] {
			own = append(own, f)
		}
	}
	return own
}

// Error is why something will not be done: a sentence's code and its arguments.
type Error struct {
	Code string
	Args []any
	// Verdict is what it amounts to; "" for a mistake in the call or in the
	// configuration.
	Verdict finding.Verdict
	// Findings are what prevents it, where the rules said it.
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
	"history.no-repository", "history.no-ref", "history.empty", "history.ambiguous", "history.identity", "history.locked",
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
