package main

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/tambal-id/tambal/cmd/tambal/internal/finding"
	"github.com/tambal-id/tambal/cmd/tambal/internal/history"
	"github.com/tambal-id/tambal/cmd/tambal/internal/rule"
	"github.com/tambal-id/tambal/cmd/tambal/internal/text"
	"github.com/tambal-id/tambal/cmd/tambal/internal/timeline"
	"github.com/tambal-id/tambal/schema"
)

// recording is one run of record.
type recording struct {
	*app
	id, pr            string
	push, post, merge bool
}

// recordCommand appends the decision that was given as a review (SOP 4).
func (a *app) recordCommand() *cobra.Command {
	r := &recording{app: a}
	c := a.command("record ID [--push] | record --pr N|event --push [--post] [--merge]", between(0, 1), func(args []string) error {
		if len(args) > 0 {
			r.id = args[0]
		}
		switch _, ok := schema.CaseDir(r.id); {
		case (r.id == "") == (r.pr == ""), !r.push && (r.post || r.merge):
			return usage("usage.record")
		case r.id != "" && !ok:
			return usage("usage.id", r.id)
		case r.pr != "":
			return a.eachPull(r.pr, r.visit)
		}
		return r.byCase()
	})
	f := c.Flags()
	f.StringVar(&r.pr, "pr", "", a.lang.Say("flag.pr"))
	f.BoolVar(&r.push, "push", false, a.lang.Say("flag.push"))
	f.BoolVar(&r.post, "post", false, a.lang.Say("flag.post"))
	f.BoolVar(&r.merge, "merge", false, a.lang.Say("flag.merge-after"))
	a.format = "text"
	return c
}

// byCase looks for the one open pull request that is about the case.
func (r *recording) byCase() error {
	found := false
	err := r.eachPull("open", func(repo *history.Repo, at *link, p *pull) error {
		if c := p.change(); c == nil || c.ID != r.id {
			return nil
		}
		found = true
		return r.visit(repo, at, p)
	})
	if err == nil && !found {
		err = refused("record.no-pull", r.id)
	}
	return err
}

// visit records the decision on one pull request, if there is one to record. A
// workflow looks at many, so nothing to do is no failure there.
func (r *recording) visit(repo *history.Repo, at *link, p *pull) error {
	c := p.change()
	var o *timeline.Opinion
	recorded := false
	if c != nil {
		o, recorded = rule.Recordable(p.landing(), c)
	}
	many := r.pr == "event" || r.pr == "open" // nobody asked for this one
	switch {
	case recorded && r.merge:
		return r.land(repo, at, p)
	case recorded:
		r.say("record.already", c.ID)
		return nil
	case o == nil && many:
		r.say("record.nothing", p.Pull.Number)
		return nil
	case o == nil:
		if err := finding.WriteText(r.err, p.result, r.lang); err != nil {
			return err
		}
		return refused("record.undecided", p.Pull.Number)
	}
	switch wrong := blocking(p.result); {
	case len(wrong) == 0:
	case many:
		r.say("record.later", p.Pull.Number)
		return nil
	default:
		if err := finding.WriteText(r.err, &finding.Result{Findings: wrong}, r.lang); err != nil {
			return err
		}
		return refused("record.not-ready", c.ID)
	}
	commit, err := r.commit(repo, p, c, o)
	var behind *sentence
	if many && errors.As(err, &behind) && behind.code == "record.behind" {
		r.say("record.later", p.Pull.Number)
		return nil
	}
	if err != nil {
		return err
	}
	if !r.push {
		r.say("record.done", c.ID, o.Person.Name, p.Pull.Head.Ref, commit.ID.Short())
		r.say("approve.push", p.Pull.Head.Ref)
		return nil
	}
	err = repo.Push(at.Context(), at.remote, p.Pull.Head.Ref, p.head.ID, commit.ID)
	if errors.Is(err, history.ErrMoved) {
		return &sentence{"record.moved", []any{p.Pull.Head.Ref}, exitUndecided}
	}
	if err != nil {
		return err
	}
	r.say("record.pushed", c.ID, o.Person.Name, p.Pull.Head.Ref, commit.ID.Short())
	return r.follow(repo, at, p.Pull.Number, string(commit.ID))
}

// blocking keeps what is wrong beyond the missing, or outdated, record.
func blocking(r *finding.Result) (list []finding.Finding) {
	for _, f := range r.Findings {
		switch {
		case f.Severity != finding.Error && f.Severity != finding.Undecided:
		case f.Rule == "approval-stale", f.Rule == "approval-forged", f.Code == "step-order.refused-open",
			f.Rule == "approval-unconfirmed" && f.Code != "approval-unconfirmed.odd": // about the record that is replaced
		default:
			list = append(list, f)
		}
	}
	return list
}

// commit appends the approval item to the plan's own branch, in place of a
// record that does not hold any more.
func (r *recording) commit(repo *history.Repo, p *pull, c *timeline.CaseChange, o *timeline.Opinion) (*history.Commit, error) {
	data, err := r.item(p, c, o)
	if err != nil {
		return nil, err
	}
	if n := len(c.Steps); n > 0 && len(c.Subject()) < len(c.AfterData) && c.Steps[n-1].Approval == nil {
		return nil, refused("record.behind", c.ID, c.Steps[n-1].Item.Name) // nobody's later work is thrown away
	}
	who, err := r.recorder(repo)
	if err != nil {
		return nil, err
	}
	draft := history.Draft{
		From: p.head, Files: map[string][]byte{c.Path: data}, Author: who, Committer: who,
		Message: fmt.Sprintf("%s: approval (%s)\n\nCase: %s\nStep: approval\nReviewed-on: %s\n", c.ID, p.decision(c, o).Decision, c.ID, text.Clean(o.URL)),
	}
	if !r.push { // for the person to look at and to push
		draft.Branch = p.Pull.Head.Ref
		if err := repo.Advance(draft.Branch, p.head); err != nil {
			return nil, err
		}
		if tip, err := repo.Resolve("refs/heads/" + draft.Branch); err == nil && tip.ID != p.head.ID {
			return nil, refused("record.differs", draft.Branch)
		}
	}
	if draft.Sign, err = r.commitSigner(repo, ""); err != nil {
		return nil, err
	}
	return repo.Write(draft)
}

// decision is the record that a review amounts to.
func (p *pull) decision(c *timeline.CaseChange, o *timeline.Opinion) schema.Approval {
	l := p.landing()
	return timeline.Record(p.Dossier, o, c.Subject(), l.Policy.Calendar.Location(), text.Indonesian)
}

// item is the manifest with the record at its end.
func (r *recording) item(p *pull, c *timeline.CaseChange, o *timeline.Opinion) ([]byte, error) {
	raw, err := asMap(p.decision(c, o))
	if err != nil {
		return nil, err
	}
	data, err := schema.Append(c.Subject(), schema.ItemApproval, raw)
	if err != nil {
		return nil, err
	}
	if m, problems := schema.Parse(data); m == nil {
		return nil, &formError{c.Path, problems}
	}
	return data, nil
}

// workflowBot is who commits in a workflow that has no identity of its own.
var workflowBot = history.Identity{Name: "github-actions[bot]", Email: "41898282+github-actions[bot]@users.noreply.github.com"}

// recorder is who commits the record; whoever it is, the reviewer decided.
func (r *recording) recorder(repo *history.Repo) (history.Identity, error) {
	who, err := r.identity(repo)
	if err != nil && r.getenv("GITHUB_ACTIONS") == "true" {
		who, err = workflowBot, nil
		who.When = r.now
	}
	return who, err
}

// follow judges the new head, which no workflow is started for, and lands it
// where that was asked for.
func (r *recording) follow(repo *history.Repo, at *link, number int, head string) error {
	if !r.post && !r.merge {
		return nil
	}
	p, err := r.inspect(repo, at, number, head)
	if err != nil {
		return r.undecided(err)
	}
	if r.post {
		if err := finding.WriteText(r.out, p.result, r.lang); err != nil {
			return err
		}
		if err := r.app.post(at, p); err != nil {
			return err
		}
	}
	if r.merge && p.result.Verdict() == finding.Pass {
		return r.land(repo, at, p)
	}
	return nil
}

func (r *recording) land(repo *history.Repo, at *link, p *pull) error {
	if p.result.Verdict() != finding.Pass {
		r.say("record.already", p.change().ID)
		return nil
	}
	return r.mergePull(repo, at, p)
}
