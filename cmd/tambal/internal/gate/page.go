package gate

import (
	"bytes"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/tambal-id/tambal/cmd/tambal/internal/decision"
	"github.com/tambal-id/tambal/cmd/tambal/internal/finding"
	"github.com/tambal-id/tambal/cmd/tambal/internal/forge"
	"github.com/tambal-id/tambal/cmd/tambal/internal/page"
	"github.com/tambal-id/tambal/cmd/tambal/internal/rule"
	"github.com/tambal-id/tambal/cmd/tambal/internal/text"
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
			return phrase("refused-open", c.Case.Decision().Approval.By.Name, c.ID)
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
