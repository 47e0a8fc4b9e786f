package timeline

import (
	"sort"
	"strings"
	"time"

	"github.com/tambal-id/tambal/cmd/tambal/internal/git"
	"github.com/tambal-id/tambal/cmd/tambal/internal/landing"
	"github.com/tambal-id/tambal/schema"
)

// Options are what a timeline is built with beside the history.
type Options struct {
	Now      time.Time
	Progress func(done, total int) // told after each landing of a replay; may be nil
	Forge    Forge                 // nil builds from the clone alone
	Request  *Request              // the pull request a pending landing waits in; nil when there is none

	// Of a timeline of the same repository: its policies, and the standing of the
	// same base.
	read     *reader
	standing *standing
}

// builder adds landings in order. Its phases are functions of a landing that
// return values; it keeps only what one landing hands to the next.
type builder struct {
	read    *reader
	options Options
	out     *Timeline
	trust   trust
	*standing
	cases   map[string]*Case
	reviews map[int64]string // the case that each review was recorded for first
	written writers
}

// place is where a landing stands: the landing as Git shows it, and the trees
// that hold what will have landed.
type place struct {
	*landing.Landing
	trees []git.ID // the landed tree, or head and base while pending
	tip   *git.Commit
	index *index // by case; only where cases are joined
}

func newBuilder(repo *git.Repo, tip *git.Commit, o Options) (*builder, error) {
	r := newReader(repo)
	if o.read != nil {
		r.policies = o.read.policies
	}
	o.read = r
	b := &builder{read: r, options: o, out: &Timeline{Tip: r.commit(tip), Now: o.Now, built: o}, cases: map[string]*Case{}, reviews: map[int64]string{}, written: writers{}}
	p, err := r.policy(tip.Tree)
	if err == nil {
		b.out.Policy = p.policy
	}
	return b, err
}

// Replay reads the whole history that ends at tip: the audit.
func Replay(repo *git.Repo, tip *git.Commit, o Options) (*Timeline, error) {
	line, err := landing.Line(repo, tip, o.Progress)
	if err != nil {
		return nil, err
	}
	b, err := newBuilder(repo, tip, o)
	if err != nil {
		return nil, err
	}
	var dates []dated
	var policy []place
	for _, h := range line {
		dates = append(dates, dated{h.Commit.ID, h.Date()})
		if changesPolicy(h) {
			policy = append(policy, placeOf(h, tip))
		}
	}
	if err := b.survey(dates, policy); err != nil {
		return nil, err
	}
	judged := len(line) - len(b.dated)
	for _, h := range line[:judged] {
		if err := b.written.note(b.read, placeOf(h, tip)); err != nil {
			return nil, err
		}
	}
	for _, w := range b.written {
		w.loose = true // nobody was held to anything yet
	}
	b.out.earlier = b.written.copy()
	for _, h := range line[judged:] {
		l, err := b.add(placeOf(h, tip))
		if err != nil {
			return nil, err
		}
		b.out.Landings = append(b.out.Landings, l)
	}
	return b.finish(), nil
}

func placeOf(h *landing.Landing, tip *git.Commit) place {
	if h.Commit == nil {
		return place{Landing: h, trees: []git.ID{h.Head.Tree, h.Base.Tree}, tip: tip}
	}
	return place{Landing: h, trees: []git.ID{h.Commit.Tree}, tip: tip}
}

// after is the commit whose tree the landing puts in force.
func (p place) after() *git.Commit {
	if p.Commit == nil {
		return p.Head
	}
	return p.Commit
}

// landing prepares a landing for judgement: what Git shows of it, the clock, and
// the policy in force.
func (b *builder) landing(p place) (*Landing, error) {
	r := b.read
	l := &Landing{
		Commit: r.commit(p.Commit), Base: r.commit(p.Base), Head: r.commit(p.Head), Side: r.written(p.Side), Authors: r.written(p.Authors),
		Wrong: p.Wrong, Foxtrot: r.commit(p.Foxtrot), FoxtrotLike: r.commit(p.FoxtrotLike), ForeignRoot: r.commit(p.ForeignRoot),
		Timeline: b.out, Pending: p.Commit == nil, When: p.Date(), place: p,
	}
	if l.Pending {
		l.When = b.options.Now
	}
	l.Latest = b.latestAt(l)
	l.Anchor = l.Commit != nil && l.Commit == b.out.Anchor
	in := p.Base
	if l.Anchor || in == nil {
		in = p.Commit
	}
	if in == nil {
		return l, nil
	}
	policy, err := r.policy(in.Tree)
	if err == nil {
		l.Policy = policy.policy
	}
	return l, err
}

// add joins one landing.
func (b *builder) add(p place) (*Landing, error) {
	l, err := b.landing(p)
	if err != nil {
		return nil, err
	}
	if l.Next, err = b.policyChange(l, p); err != nil {
		return nil, err
	}
	b.trust = b.trust.after(l)
	for _, ch := range changes(p.Changes) {
		if _, _, ok := landing.CasePath(ch.Path); !ok && strings.HasPrefix(ch.Path+"/", schema.CasesDir+"/") && ch.Path != schema.CasesDir+"/.gitkeep" {
			l.Stray = append(l.Stray, ch)
		}
	}
	if err := b.surroundings(l, p); err != nil {
		return nil, err
	}
	if p.index, err = newIndex(b.read, p); err != nil {
		return nil, err
	}
	for _, dir := range touchedCases(p.Landing) {
		if err := b.addCase(l, p, dir); err != nil {
			return nil, err
		}
	}
	return l, b.written.note(b.read, p)
}

// surroundings notes what is beside the cases.
func (b *builder) surroundings(l *Landing, p place) error {
	mailmap, err := b.read.repo.Lookup(p.after().Tree, ".mailmap")
	if err != nil {
		return err
	}
	l.Mailmap = mailmap.Mode != ""
	if l.Twins, err = landing.Twins(b.read.repo, p.Landing); err != nil {
		return err
	}
	if !l.Anchor {
		if l.Gate, err = landing.GateChanges(b.read.repo, p.Landing); err != nil {
			return err
		}
	}
	if !l.Anchor || l.Base == nil {
		return nil
	}
	cases, err := b.read.repo.Lookup(p.Base.Tree, schema.CasesDir)
	if l.Adopts = cases.Mode != ""; l.Adopts && err == nil {
		err = b.adoptAll(l, p)
	}
	return err
}

// finish closes the timeline: cases in order.
func (b *builder) finish() *Timeline {
	b.out.Proven = b.trust.proven
	if !b.trust.broken {
		b.out.Proven = b.out.Policy
	}
	for _, c := range b.cases {
		for _, s := range c.Steps {
			if s.Decision != nil {
				s.Decision.Settle(c.Data)
			}
		}
		b.out.Cases = append(b.out.Cases, c)
	}
	sort.Slice(b.out.Cases, func(i, j int) bool { return b.out.Cases[i].ID < b.out.Cases[j].ID })
	return b.out
}

func (b *builder) caseOf(dir string) *Case {
	if b.cases[dir] == nil {
		b.cases[dir] = &Case{ID: dir[strings.LastIndexByte(dir, '/')+1:], Dir: dir}
	}
	return b.cases[dir]
}

// holdsPolicy says whether a commit holds the SOP.
func holdsPolicy(r *reader, c *git.Commit) (bool, error) {
	e, err := r.repo.Lookup(c.Tree, schema.SOPPath)
	return e.Mode != "", err
}
