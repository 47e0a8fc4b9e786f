// Posting on a pull request: status, page for the Kabid, request for a review, job summary.

package main

import (
	"context"
	"os"
	"strings"

	"github.com/tambal-id/tambal/cmd/tambal/internal/gate"
	"github.com/tambal-id/tambal/cmd/tambal/internal/text"
)

// post puts the verdict where people and the merge button see it: the status
// first, since it is the gate, then the page for the Kabid. All of it is tried,
// and the first error is returned. format is that of the result printed beside.
func post(a *env, ctx context.Context, p pull, format string) error {
	page := p.Page(a.now, a.lang)
	err := p.at.SetStatus(ctx, string(p.Head.ID), p.Status(a.lang, runURL(a, p.PullRequest)))
	if err == nil {
		a.tell(format, "post.done", p.Pull.Number, text.Phrase{Code: "post.verdict." + string(p.Result.Verdict())})
	}
	problems := []error{err, summary(a, page)}
	if p.Pull.Head.RepositoryID == p.Repository.ID { // nothing of a case is told to a fork
		problems = append(problems, p.at.Comment(ctx, p.PullRequest, page))
		unasked, err := p.at.AskReview(ctx, p.PullRequest, a.now)
		if unasked != nil {
			a.complain("post.not-asked", unasked)
		}
		problems = append(problems, err)
	}
	for _, err := range problems {
		if err != nil {
			return a.undecided(format, err)
		}
	}
	return nil
}

// runURL is where the verdict came about: the running workflow, or the pull request.
func runURL(a *env, p *gate.PullRequest) string {
	if id := a.getenv("GITHUB_RUN_ID"); pullNumber.MatchString(id) || len(id) > 9 && strings.Trim(id, "0123456789") == "" {
		return p.Repository.URL + "/actions/runs/" + id
	}
	return p.Pull.URL
}

// summary adds the page to the job's summary, where there is one.
func summary(a *env, page []byte) error {
	name := a.getenv("GITHUB_STEP_SUMMARY")
	if name == "" {
		return nil
	}
	f, err := os.OpenFile(name, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	if _, err := text.NewWriter(f).Write(append(page, '\n')); err != nil {
		f.Close()
		return err
	}
	return f.Close()
}
