package main

import (
	"bytes"
	"fmt"
	"net/url"
	"os"
	"slices"
	"strings"

	"github.com/tambal-id/tambal/cmd/tambal/internal/finding"
	"github.com/tambal-id/tambal/cmd/tambal/internal/forge"
	"github.com/tambal-id/tambal/cmd/tambal/internal/report"
	"github.com/tambal-id/tambal/cmd/tambal/internal/rule"
	"github.com/tambal-id/tambal/cmd/tambal/internal/text"
	"github.com/tambal-id/tambal/policies"
	"github.com/tambal-id/tambal/schema"
)

// statusContext is the one status that the protected branch requires. A job's own
// check must never have this name: both would become required.
const statusContext = "tambal/sop"

// sticky marks the one comment that is kept up to date.
const sticky = "<!-- tambal:sop -->\n"

// statusOf is what a verdict is called on a commit.
var statusOf = map[finding.Verdict]forge.StatusState{
	finding.Pass: forge.StatusSuccess, finding.Fail: forge.StatusFailure,
	finding.Waiting: forge.StatusPending, finding.Unknown: forge.StatusError,
}

// post puts the verdict where people and the merge button see it: the status
// first, since it is the gate, then the page for the Kabid. All of it is tried;
// the first failure is the answer.
func (a *app) post(at *link, p *pull) error {
	page := a.page(p)
	err := at.SetStatus(string(p.head.ID), forge.Status{
		State: statusOf[p.result.Verdict()], Context: statusContext, Description: a.description(p.result), TargetURL: a.runURL(p),
	})
	if err == nil {
		a.tell("post.done", p.Pull.Number, text.Phrase{Code: "post.verdict." + string(p.result.Verdict())})
	}
	problems := []error{err, a.summary(page)}
	if p.Pull.Head.RepositoryID == p.Repository.ID { // nothing of a case is told to a fork
		problems = append(problems, a.comment(at, p, page), a.askReview(at, p))
	}
	for _, err := range problems {
		if err != nil {
			return a.undecided(err)
		}
	}
	return nil
}

// description is the verdict in one line: the worst finding, or that all is well.
func (a *app) description(r *finding.Result) string {
	verdict := r.Verdict()
	for _, f := range r.Findings {
		if finding.Judge([]finding.Finding{f}) == verdict && verdict != finding.Pass {
			return f.Message(a.lang)
		}
	}
	return a.lang.Say("post.verdict." + string(verdict))
}

// runURL is where the verdict came about: the running workflow, or the pull request.
func (a *app) runURL(p *pull) string {
	if id := a.getenv("GITHUB_RUN_ID"); number.MatchString(id) || len(id) > 9 && strings.Trim(id, "0123456789") == "" {
		return p.Repository.URL + "/actions/runs/" + id
	}
	return p.Pull.URL
}

// summary adds the page to the job's summary, where there is one.
func (a *app) summary(page []byte) error {
	name := a.getenv("GITHUB_STEP_SUMMARY")
	if name == "" {
		return nil
	}
	f, err := os.OpenFile(name, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	if _, err := f.Write(append(page, '\n')); err != nil {
		f.Close()
		return err
	}
	return f.Close()
}

// summarize adds a result to the job's summary where annotations are asked for:
// GitHub shows few of them, the summary holds all.
func (a *app) summarize(r *finding.Result) error {
	if a.format != "github" {
		return nil
	}
	var b bytes.Buffer
	if err := finding.WriteSummary(&b, r, a.lang); err != nil {
		return err
	}
	return a.summary(b.Bytes())
}

// comment keeps one comment up to date. A comment of somebody else's that carries
// the mark is left alone: its author could change what the Kabid reads.
func (a *app) comment(at *link, p *pull, page []byte) error {
	body := sticky + string(page)
	list, err := at.Comments(p.Pull.Number)
	if err != nil {
		return err
	}
	me, err := at.Viewer()
	if err != nil {
		return err
	}
	for _, c := range list {
		mine := me.ID != 0 && c.Author.ID == me.ID || me.ID == 0 && c.Author.Bot
		if !mine || !strings.HasPrefix(c.Body, strings.TrimSpace(sticky)) {
			continue
		}
		if c.Body == body {
			return nil
		}
		return at.EditComment(c.ID, body)
	}
	if l := p.landing(); len(l.Cases)+len(l.Stray) == 0 && l.Next == nil && p.result.Verdict() == finding.Pass {
		return nil // nobody is troubled with a change that is none of the SOP's business
	}
	return at.AddComment(p.Pull.Number, body)
}

// askReview asks the holders of the approver's role for a review, once an
// analysis waits and nobody was asked; the SOP troubles the Kabid once.
func (a *app) askReview(at *link, p *pull) error {
	c := p.change()
	if c == nil || p.Pull.Draft || p.result.Verdict() != finding.Waiting || rule.Decide(p.landing(), c).State != rule.Open || !decides(p, c.After) {
		return nil
	}
	l := p.landing()
	var logins []string
	for _, role := range l.Policy.Procedure.Step(schema.ItemApproval).Roles {
		for _, person := range l.Policy.Team.Holders(role, a.now) {
			if person.GitHub == nil || person.GitHub.ID == p.Pull.Author.ID || slices.ContainsFunc(p.Pull.Requested, func(r forge.Account) bool { return r.ID == person.GitHub.ID }) {
				continue
			}
			login, err := at.Login(person.GitHub.ID) // the account decides; its login may have changed
			if err != nil {
				return err
			}
			if !slices.Contains(logins, login) {
				logins = append(logins, login)
			}
		}
	}
	if len(logins) == 0 {
		return nil
	}
	if err := at.RequestReview(p.Pull.Number, logins); err != nil {
		a.complain("post.not-asked", logins) // the comment asks all the same
	}
	return nil
}

// decides says whether the next step of a manifest is the decision.
func decides(p *pull, m *schema.Manifest) bool {
	next := p.landing().Policy.Procedure.Next(m.Items)
	return len(next) > 0 && next[0].Step.Name == schema.ItemApproval
}

// page is what the Kabid reads, on the pull request and in the job's summary.
func (a *app) page(p *pull) []byte {
	r := report.Request{
		Case: p.change(), Landing: p.landing(), Policy: p.policy(), Now: a.now, Lang: a.lang,
		Verdict: p.result.Verdict(), Findings: p.result.Findings, Number: p.Pull.Number, URL: p.Pull.URL,
	}
	r.Ask, r.Next = a.asked(p)
	c := p.change()
	if c == nil || c.Landing.Policy == nil {
		return r.Markdown()
	}
	if o, _ := rule.Recordable(p.landing(), c); o != nil {
		rec := recording{app: a}
		if data, err := rec.item(p, c, o); err == nil {
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

// policy is the one that judges: the base's.
func (p *pull) policy() *policies.Policy { return p.landing().Policy }

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
func (a *app) asked(p *pull) (ask, next text.Phrase) {
	phrase := func(name string, args ...any) (text.Phrase, text.Phrase) {
		return text.Phrase{Code: "asked." + name, Args: args}, text.Phrase{Code: "asked." + name + ".next", Args: args}
	}
	c := p.change()
	switch p.result.Verdict() {
	case finding.Pass:
		return phrase("pass", p.Pull.Number)
	case finding.Fail:
		if c != nil && onlyUnclosed(p.result) {
			return phrase("refused-open", c.Case.Decision().Approval.By.Name, c.ID)
		}
		return phrase("fail", p.Pull.Number)
	case finding.Unknown:
		return phrase("undecided", p.Pull.Number)
	}
	if p.Pull.Draft {
		return phrase("draft", p.Pull.Number)
	}
	if c == nil || p.policy() == nil {
		return phrase("pending", p.Pull.Number)
	}
	switch d := rule.Decide(p.landing(), c); d.State {
	case rule.Approved, rule.Refused:
		return phrase(string(d.State), d.By, c.ID)
	case rule.Returned:
		return phrase("returned", d.By)
	case rule.Split:
		return phrase("split", d.By, d.Other)
	}
	return phrase("open", rule.Approvers(p.landing()))
}
