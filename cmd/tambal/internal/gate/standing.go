package gate

import (
	"slices"
	"time"

	"github.com/tambal-id/tambal/cmd/tambal/internal/finding"
	"github.com/tambal-id/tambal/cmd/tambal/internal/git"
	"github.com/tambal-id/tambal/cmd/tambal/internal/prose"
	"github.com/tambal-id/tambal/cmd/tambal/internal/timeline"
	"github.com/tambal-id/tambal/policies"
	"github.com/tambal-id/tambal/schema"
)

// Stand adds to the cases of an audit's result what each waits for, and the cases that
// are only on branches yet. With an id it keeps that case alone, and returns its
// branches; it refuses where neither the history nor a branch has it. me is the address
// of the person that asks, "" for nobody. Nothing of this changes the verdict.
func (j *Judgement) Stand(repo *git.Repo, id, me string, o Options) ([]Branch, error) {
	line, r := j.Timeline, j.Result
	b := &board{repo: repo, base: nil, trunk: repo.Trunk(), options: o, built: map[git.ID]*timeline.Timeline{}}
	var err error
	if b.base, err = repo.Resolve(r.Head); err != nil {
		return nil, err
	}
	ids := []string{id}
	if id == "" {
		if ids, err = j.known(b); err != nil {
			return nil, err
		}
	}
	var cases []finding.Case
	var waiting []Branch
	for _, id := range ids {
		landed := line.Case(id)
		if waiting, err = b.waiting(id, ""); err != nil {
			return nil, err
		}
		if landed == nil && len(waiting) == 0 {
			return nil, &Error{Code: "usage.case", Args: []any{id}}
		}
		s := finding.Case{ID: id, Next: []finding.Next{}}
		if landed != nil {
			s = r.Cases[slices.Index(line.Cases, landed)]
		}
		s.Standing = j.stands(landed, waiting, me)
		s.Overdue = s.WaitingFor != nil && !s.Due.IsZero() && line.Now.After(s.Due)
		cases = append(cases, s)
	}
	r.Cases = cases
	return waiting, nil
}

// known are all cases, landed or on a branch, sorted.
func (j *Judgement) known(b *board) ([]string, error) {
	landed := map[timeline.ID]bool{}
	for _, l := range j.Timeline.Landings {
		landed[l.Commit.ID] = true
		for _, w := range l.Side {
			landed[w.ID] = true
		}
	}
	ids, err := b.cases(landed)
	for _, c := range j.Timeline.Cases {
		ids = append(ids, c.ID)
	}
	slices.Sort(ids)
	return slices.Compact(ids), err
}

// stands says where one case stands: on its only branch, or else where it has landed.
func (j *Judgement) stands(landed *timeline.Case, waiting []Branch, me string) *finding.Standing {
	s := &finding.Standing{Findings: map[finding.Severity]int{}, Systems: []string{}, Vulnerabilities: []string{}, Steps: []finding.Taken{}}
	c, found := landed, []finding.Finding(nil)
	if landed != nil {
		found = j.Of(landed)
	}
	var on *Branch
	if len(waiting) == 1 {
		on = &waiting[0]
		pending := on.Findings()
		c, s.Branch, s.WaitingSince = on.Change.Case, on.Label(), on.Head.Committer.When
		found = append(found, pending...)
		s.WaitingFor = on.awaits(finding.Judge(pending))
	}
	for _, f := range found {
		s.Findings[f.Severity]++
	}
	if c != nil {
		j.describe(s, c)
	}
	if on == nil && landed != nil && landed.Outcome() == "" {
		s.WaitingFor = awaits(j.Timeline.Policy, landed.Items())
	}
	if len(waiting) > 1 {
		s.WaitingFor = &finding.Awaited{What: finding.ToChoose, Roles: []string{}}
		for _, b := range waiting {
			s.Diverged = append(s.Diverged, b.Label())
			s.WaitingFor.Roles = append(s.WaitingFor.Roles, b.lastRoles()...)
			if b.Head.Committer.When.After(s.WaitingSince) {
				s.WaitingSince = b.Head.Committer.When
			}
		}
	}
	j.name(s.WaitingFor, me)
	zone := prose.NewVoice("", j.Timeline.Policy).Zone()
	s.WaitingSince = inZone(s.WaitingSince, zone)
	return s
}

// describe fills in what the manifest and the steps say.
func (j *Judgement) describe(s *finding.Standing, c *timeline.Case) {
	line := j.Timeline
	zone := prose.NewVoice("", line.Policy).Zone()
	if c.Manifest != nil {
		s.Title = c.Manifest.Metadata.Title
	}
	for _, step := range c.Steps {
		if m, ok := step.Item.Body.(*schema.Monitoring); ok {
			for _, system := range m.Systems {
				s.Systems = append(s.Systems, system.Name)
			}
			for _, v := range m.Vulnerabilities {
				s.Vulnerabilities = append(s.Vulnerabilities, v.ID)
			}
		}
		t := finding.Taken{Step: step.Item.Name, By: step.By().Name, Finished: inZone(step.Span.End, zone), Stated: step.Span.Stated, Over: step.Span.Over, Landed: step.Landing == nil || !step.Landing.Pending}
		if step.Row != nil {
			t.No, t.StandardMinutes, t.StandardDays = step.Row.DisplayNo, step.Row.Standard.Minutes, step.Row.Standard.Days
		}
		if t.StandardDays > 0 {
			t.Days = step.Span.Days
		}
		if !step.Span.Start.IsZero() && !step.Span.End.IsZero() {
			t.Minutes = &step.Span.Minutes
		}
		if step.Commit != nil {
			t.Commit = string(step.Commit.ID)
		}
		s.Steps = append(s.Steps, t)
		if t.Landed && step.Landing != nil && s.Branch == "" {
			s.WaitingSince = step.Landing.When
		}
	}
	if len(s.Steps) > 0 {
		s.Opened = s.Steps[0].Finished
	}
	if c.Outcome() == "" {
		s.Due = inZone(c.Due(line.Policy), zone)
	}
}

// inZone is a time in a zone, and the zero time as it is.
func inZone(t time.Time, zone *time.Location) time.Time {
	if t.IsZero() {
		return t
	}
	return t.In(zone)
}

// awaits is the main next step after these items; nil where there is none.
func awaits(p *policies.Policy, items []schema.Item) *finding.Awaited {
	if next := moves(p, items); len(next) > 0 {
		return &finding.Awaited{What: next[0].Step.Name, Roles: next[0].Step.Roles}
	}
	return nil
}

// awaits says what a branch waits for, with this verdict of check: whoever is next, or
// that it is merged, where the step that ends it is one that people wait for to land.
func (b *Branch) awaits(verdict finding.Verdict) *finding.Awaited {
	after := b.Change.After
	if after == nil || verdict == finding.Fail || verdict == finding.Unknown && !decided(after.Items) {
		return &finding.Awaited{What: finding.ToMend, Roles: b.lastRoles()}
	}
	next := awaits(b.Policy(), after.Items)
	switch {
	case next == nil:
		return &finding.Awaited{What: finding.ToMerge, Roles: b.lastRoles()}
	case decided(after.Items):
		return &finding.Awaited{What: finding.ToMerge, Roles: next.Roles}
	}
	return next
}

// decided says whether the decision was the last step, or the one before it: that a
// decision, and then the schedule, has landed is what the next person waits for.
func decided(items []schema.Item) bool {
	n := 0
	for _, i := range slices.Backward(items) {
		if i.Name == schema.ItemApproval {
			return n < 2
		}
		n++
	}
	return false
}

// lastRoles are those whose work the branch ends with.
func (b *Branch) lastRoles() []string {
	if n := len(b.Change.Steps); n > 0 {
		return b.Change.Steps[n-1].Roles
	}
	return nil
}

// name says who holds the roles that something waits for now.
func (j *Judgement) name(a *finding.Awaited, me string) {
	p := j.Timeline.Policy
	if a == nil || p == nil {
		return
	}
	slices.Sort(a.Roles)
	a.Roles, a.People = slices.Compact(a.Roles), []string{}
	a.Names = p.Team.Names(a.Roles, j.Timeline.Now)
	caller := p.Team.ByEmail(me)
	for _, role := range a.Roles {
		for _, who := range p.Team.Holders(role, j.Timeline.Now) {
			if !slices.Contains(a.People, who.ID) {
				a.People = append(a.People, who.ID)
			}
		}
	}
	a.Mine = caller != nil && slices.Contains(a.People, caller.ID)
}
