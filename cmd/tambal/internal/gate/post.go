package gate

import (
	"slices"
	"strings"
	"time"

	"github.com/tambal-id/tambal/cmd/tambal/internal/decision"
	"github.com/tambal-id/tambal/cmd/tambal/internal/finding"
	"github.com/tambal-id/tambal/cmd/tambal/internal/forge"
	"github.com/tambal-id/tambal/schema"
)

// Sticky marks the one comment that is kept up to date.
const Sticky = "<!-- tambal:sop -->\n"

// Comment keeps one comment up to date. A comment of somebody else's that carries
// the mark is left alone: its author could change what the Kabid reads.
func (o *Origin) Comment(p *PullRequest, page []byte) error {
	body := Sticky + string(page)
	list, err := o.Comments(p.Pull.Number)
	if err != nil {
		return err
	}
	me, err := o.Viewer()
	if err != nil {
		return err
	}
	for _, c := range list {
		mine := me.ID != 0 && c.Author.ID == me.ID || me.ID == 0 && c.Author.Bot
		if !mine || !strings.HasPrefix(c.Body, strings.TrimSpace(Sticky)) {
			continue
		}
		if c.Body == body {
			return nil
		}
		return o.EditComment(c.ID, body)
	}
	if l := p.Landing(); len(l.Cases)+len(l.Stray) == 0 && l.Next == nil && p.Result.Verdict() == finding.Pass {
		return nil // nobody is troubled with a change that is none of the SOP's business
	}
	return o.AddComment(p.Pull.Number, body)
}

// AskReview asks the holders of the approver's role for a review, once an
// analysis waits and nobody was asked; the SOP troubles the Kabid once. It returns
// whom the forge would not ask: the comment asks them all the same.
func (o *Origin) AskReview(p *PullRequest, now time.Time) (unasked []string, err error) {
	c := p.Change()
	if c == nil || p.Pull.Draft || p.Result.Verdict() != finding.Waiting || c.Reviews.Word != decision.Open || !decision.Awaits(p.Policy(), c.After.Items) {
		return nil, nil
	}
	l := p.Landing()
	var logins []string
	for _, role := range l.Policy.Procedure.Step(schema.ItemApproval).Roles {
		for _, person := range l.Policy.Team.Holders(role, now) {
			if person.GitHub == nil || person.GitHub.ID == p.Pull.Author.ID || slices.ContainsFunc(p.Pull.Requested, func(r forge.Account) bool { return r.ID == person.GitHub.ID }) {
				continue
			}
			login, err := o.Login(person.GitHub.ID) // the account decides; its login may have changed
			if err != nil {
				return nil, err
			}
			if !slices.Contains(logins, login) {
				logins = append(logins, login)
			}
		}
	}
	if len(logins) == 0 {
		return nil, nil
	}
	if err := o.RequestReview(p.Pull.Number, logins); err != nil {
		return logins, nil
	}
	return nil, nil
}
