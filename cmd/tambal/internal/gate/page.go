package gate

import (
	"bytes"
	"context"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/tambal-id/tambal/cmd/tambal/internal/decision"
	"github.com/tambal-id/tambal/cmd/tambal/internal/finding"
	"github.com/tambal-id/tambal/cmd/tambal/internal/forge"
	"github.com/tambal-id/tambal/cmd/tambal/internal/page"
	"github.com/tambal-id/tambal/cmd/tambal/internal/rule"
	"github.com/tambal-id/tambal/cmd/tambal/internal/text"
	"github.com/tambal-id/tambal/schema"
)

// Page is what the Kabid reads, on the pull request and in the job's summary.
func (p *PullRequest) Page(now time.Time, lang text.Lang) []byte {
	c := p.Change()
	r := page.Request{
		Case: c, Landing: p.Landing(), Policy: p.Policy(), Now: now, Lang: lang,
		Verdict: p.Result.Verdict(), Findings: p.Result.Findings, Number: p.Pull.Number, URL: p.Pull.URL,
	}
	r.Ask, r.Next = p.asked()
	if c == nil || c.Landing.Policy == nil {
		return r.Markdown()
	}
	if o := c.Recordable; o != nil {
		if data, err := p.Recorded(o); err == nil {
			r.Item = string(bytes.TrimPrefix(data, c.Subject()))
			r.EditURL = fmt.Sprintf("%s/edit/%s/%s", p.Repository.URL, escaped(p.Pull.Head.Ref), escaped(c.Path))
		}
	}
	return r.Markdown()
}

func escaped(path string) string {
	parts := strings.Split(path, "/")
	for i := range parts {
		parts[i] = url.PathEscape(parts[i])
	}
	return strings.Join(parts, "/")
}

// statusOf is what a verdict is called on a commit.
var statusOf = map[finding.Verdict]forge.StatusState{
	finding.Pass: forge.StatusSuccess, finding.Fail: forge.StatusFailure,
	finding.Waiting: forge.StatusPending, finding.Unknown: forge.StatusError,
}

// Status is the verdict as the merge button sees it; url is where it came about.
func (p *PullRequest) Status(lang text.Lang, url string) forge.Status {
	return forge.Status{State: statusOf[p.Result.Verdict()], Context: forge.GateContext, Description: description(p.Result, lang), TargetURL: url}
}

// description is a verdict in one line: the worst finding, or that all is well.
func description(r *finding.Result, lang text.Lang) string {
	verdict := r.Verdict()
	for _, f := range r.Findings {
		if finding.Judge([]finding.Finding{f}) == verdict && verdict != finding.Pass {
			return f.Message(lang)
		}
	}
	return lang.Say("post.verdict." + string(verdict))
}

// onlyUnclosed says whether nothing is wrong but that a refusal lacks its closure.
func onlyUnclosed(r *finding.Result) bool {
	found := false
	for _, f := range r.Findings {
		if found = found || f.Code == "step-order.refused-open"; f.Severity == finding.Error && f.Code != "step-order.refused-open" {
			return false
		}
	}
	return found
}

// asked says what is asked of whom now, and what happens after that.
func (p *PullRequest) asked() (ask, next text.Phrase) {
	phrase := func(name string, args ...any) (text.Phrase, text.Phrase) {
		return text.Phrase{Code: "asked." + name, Args: args}, text.Phrase{Code: "asked." + name + ".next", Args: args}
	}
	c := p.Change()
	switch p.Result.Verdict() {
	case finding.Pass:
		return phrase("pass", p.Pull.Number)
	case finding.Fail:
		if c != nil && onlyUnclosed(p.Result) {
			return phrase("refused-open", c.Case.Decision().Decision.By.Name, c.ID)
		}
		return phrase("fail", p.Pull.Number)
	case finding.Unknown:
		return phrase("undecided", p.Pull.Number)
	}
	if p.Pull.Draft {
		return phrase("draft", p.Pull.Number)
	}
	if c == nil || p.Policy() == nil {
		return phrase("pending", p.Pull.Number)
	}
	switch d := c.Reviews; d.Word {
	case decision.Approved, decision.Refused:
		return phrase(string(d.Word), d.By, c.ID)
	case decision.Returned:
		return phrase("returned", d.By)
	case decision.Split:
		return phrase("split", d.By, d.Other)
	}
	return phrase("open", rule.Approvers(p.Landing()))
}

// Sticky marks the one comment that is kept up to date.
const Sticky = "<!-- tambal:sop -->\n"

// Comment keeps one comment up to date. A comment of somebody else's that carries
// the mark is left alone: its author could change what the Kabid reads.
func (o *Origin) Comment(ctx context.Context, p *PullRequest, page []byte) error {
	body := Sticky + string(page)
	list, err := o.Comments(ctx, p.Pull.Number)
	if err != nil {
		return err
	}
	me, err := o.Viewer(ctx)
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
		return o.EditComment(ctx, c.ID, body)
	}
	if l := p.Landing(); len(l.Cases)+len(l.Stray) == 0 && l.Next == nil && p.Result.Verdict() == finding.Pass {
		return nil // nobody is troubled with a change that is none of the SOP's business
	}
	return o.AddComment(ctx, p.Pull.Number, body)
}

// AskReview asks the holders of the approver's role for a review, once an
// analysis waits and nobody was asked; the SOP troubles the Kabid once. It returns
// whom the forge would not ask: the comment asks them all the same.
func (o *Origin) AskReview(ctx context.Context, p *PullRequest, now time.Time) (unasked []string, err error) {
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
			login, err := o.Login(ctx, person.GitHub.ID) // the account decides; its login may have changed
			if err != nil {
				return nil, err
			}
			if !slices.Contains(logins, login) {
				logins = append(logins, login)
			}
		}
	}
	if len(logins) == 0 || o.RequestReview(ctx, p.Pull.Number, logins) == nil {
		return nil, nil
	}
	return logins, nil
}
