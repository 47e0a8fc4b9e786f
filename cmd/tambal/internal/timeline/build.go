package timeline

import (
	"io/fs"
	"sort"
	"strings"
	"time"

	"github.com/tambal-id/tambal/cmd/tambal/internal/history"
	"github.com/tambal-id/tambal/policies"
	"github.com/tambal-id/tambal/schema"
)

// builder holds what is shared while landings are added in order.
type builder struct {
	repo     *history.Repo
	line     *Timeline
	policies map[history.ID]*loaded      // by the id of the policies/ tree
	newest   map[string]*schema.Manifest // by path: the version older ones are cut from
	cases    map[string]*Case
	tip      *history.Commit // where the newest manifests are read
	// capped: a policy landing after the anchor was neither signed by a policy
	// owner nor approved, so keys may have been swapped unseen.
	capped bool
	facts  Facts
}

type loaded struct {
	policy    *policies.Policy
	problems  []policies.Problem
	irregular []history.Change
	files     fs.FS
}

func newBuilder(repo *history.Repo, tip *history.Commit, now time.Time) (*builder, error) {
	b := &builder{
		repo: repo, tip: tip, line: &Timeline{Tip: tip, Now: now},
		policies: map[history.ID]*loaded{}, newest: map[string]*schema.Manifest{}, cases: map[string]*Case{},
	}
	p, err := b.policy(tip.Tree)
	if err == nil {
		b.line.Policy = p.policy
	}
	return b, err
}

// Replay reads the whole history that ends at tip: the audit.
func Replay(repo *history.Repo, tip *history.Commit, now time.Time, progress func(done, total int)) (*Timeline, error) {
	return ReplayWith(repo, tip, now, progress, Facts{})
}

// ReplayWith is Replay with what the forge says of policy changes.
func ReplayWith(repo *history.Repo, tip *history.Commit, now time.Time, progress func(done, total int), facts Facts) (*Timeline, error) {
	landings, err := repo.Landings(tip, progress)
	if err != nil {
		return nil, err
	}
	b, err := newBuilder(repo, tip, now)
	if err != nil {
		return nil, err
	}
	b.facts, b.line.facts = facts, facts
	for _, l := range landings {
		if b.line.Anchor == nil {
			holds, err := b.holdsPolicy(l.Commit)
			if err != nil {
				return nil, err
			}
			if !holds {
				continue
			}
			b.line.Anchor = l.Commit
		}
		if err := b.add(l); err != nil {
			return nil, err
		}
	}
	return b.finish(), nil
}

// Pending reads what merging head into base would be: the last landing of the
// result has not happened yet. Only the touched cases and the policy line are
// read, not the whole history.
func Pending(repo *history.Repo, base, head *history.Commit, now time.Time) (*Timeline, error) {
	return PendingWith(repo, base, head, now, Facts{})
}

// PendingWith is Pending joined with what the forge says. Reviewed commits that
// are not in the clone count as unknown.
func PendingWith(repo *history.Repo, base, head *history.Commit, now time.Time, facts Facts) (*Timeline, error) {
	b, err := newBuilder(repo, base, now)
	if err != nil {
		return nil, err
	}
	b.facts = facts
	pending, err := repo.Pending(base, head)
	if err != nil {
		return nil, err
	}
	if err := b.readPolicyLine(base); err != nil {
		return nil, err
	}
	seen := map[history.ID]bool{}
	var commits []*history.Commit
	dirs := touchedCases(pending)
	for _, dir := range dirs {
		list, err := repo.Touching(base, dir, true)
		if err != nil {
			return nil, err
		}
		for _, c := range list {
			if !seen[c.ID] {
				seen[c.ID] = true
				commits = append(commits, c)
			}
		}
	}
	if len(dirs) > 1 { // the landings of one case are in order, whatever their dates say
		sort.SliceStable(commits, func(i, j int) bool { return commits[i].Committer.When.Before(commits[j].Committer.When) })
	}
	for _, c := range commits {
		l, err := repo.At(c)
		if err != nil {
			return nil, err
		}
		if err := b.add(l); err != nil {
			return nil, err
		}
	}
	b.line.Landings = nil // what has landed is the audit's concern
	b.tip, b.newest = head, map[string]*schema.Manifest{}
	if err := b.add(pending); err != nil {
		return nil, err
	}
	if facts.Pull != nil {
		if err := b.join(b.line.Landings[0]); err != nil {
			return nil, err
		}
	}
	return b.finish(), nil
}

func touchedCases(l *history.Landing) []string {
	set := map[string]bool{}
	note := func(path string) {
		if dir, _, ok := history.CasePath(path); ok {
			set[dir] = true
		}
	}
	for _, ch := range l.Changes {
		note(ch.Path)
	}
	for _, p := range append(l.Wrong[:len(l.Wrong):len(l.Wrong)], l.Lost...) {
		note(p)
	}
	for _, w := range l.Side {
		for _, ch := range w.Own {
			note(ch.Path)
		}
	}
	var dirs []string
	for dir := range set {
		dirs = append(dirs, dir)
	}
	sort.Strings(dirs)
	return dirs
}

func (b *builder) holdsPolicy(c *history.Commit) (bool, error) {
	e, err := b.repo.Lookup(c.Tree, "policies/"+policies.SOPFile)
	return e.Mode != "", err
}

// wrap prepares a landing for judgement: clock and policy in force.
func (b *builder) wrap(h *history.Landing) *Landing {
	l := &Landing{Landing: h, Timeline: b.line, When: h.Date(), Pending: h.Commit == nil}
	if l.Pending {
		l.When = b.line.Now
	}
	l.Anchor = h.Commit != nil && b.line.Anchor != nil && h.Commit.ID == b.line.Anchor.ID
	return l
}

// add joins one landing.
func (b *builder) add(h *history.Landing) error {
	l := b.wrap(h)
	in := h.Base
	if l.Anchor || in == nil {
		in = h.Commit
	}
	if in != nil {
		p, err := b.policy(in.Tree)
		if err != nil {
			return err
		}
		l.Policy = p.policy
	}
	var err error
	if l.Next, err = b.policyChange(l); err != nil {
		return err
	}
	for _, ch := range h.Changes {
		if _, _, ok := history.CasePath(ch.Path); !ok && strings.HasPrefix(ch.Path+"/", "patches/") && ch.Path != "patches/.gitkeep" {
			l.Stray = append(l.Stray, ch)
		}
	}
	if err := b.surroundings(l); err != nil {
		return err
	}
	for _, dir := range touchedCases(h) {
		if err := b.addCase(l, dir); err != nil {
			return err
		}
	}
	b.line.Landings = append(b.line.Landings, l)
	return nil
}

// surroundings notes what stands beside the cases.
func (b *builder) surroundings(l *Landing) error {
	tree := l.Head
	if !l.Pending {
		tree = l.Commit
	}
	mailmap, err := b.repo.Lookup(tree.Tree, ".mailmap")
	if err != nil {
		return err
	}
	l.Mailmap = mailmap.Mode != ""
	if !l.Anchor {
		if l.Gate, err = b.repo.GateChanges(l.Landing); err != nil {
			return err
		}
	}
	if !l.Anchor || l.Base == nil {
		return nil
	}
	cases, err := b.repo.Lookup(l.Base.Tree, "patches")
	if l.Adopts = cases.Mode != ""; l.Adopts && err == nil {
		err = b.adoptAll(l)
	}
	return err
}

// finish closes the timeline: cases in order.
func (b *builder) finish() *Timeline {
	if !b.capped {
		b.line.Proven = b.line.Policy
	}
	for _, c := range b.cases {
		c.settle()
		b.line.Cases = append(b.line.Cases, c)
	}
	sort.Slice(b.line.Cases, func(i, j int) bool { return b.line.Cases[i].ID < b.line.Cases[j].ID })
	return b.line
}

// policy loads the policy of a tree once per distinct policies/ folder.
func (b *builder) policy(tree history.ID) (*loaded, error) {
	e, err := b.repo.Lookup(tree, policies.Dir)
	if err != nil {
		return nil, err
	}
	if p := b.policies[e.ID]; p != nil {
		return p, nil
	}
	p := &loaded{}
	var files fs.FS
	if files, p.irregular, err = b.repo.Files(tree, policies.Dir); err != nil {
		return nil, err
	}
	p.policy, p.problems = policies.Load(files)
	p.files = files
	b.policies[e.ID] = p
	return p, nil
}
