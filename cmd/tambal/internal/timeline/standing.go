package timeline

import (
	"maps"
	"slices"
	"time"

	"github.com/tambal-id/tambal/cmd/tambal/internal/decision"
	"github.com/tambal-id/tambal/cmd/tambal/internal/git"
	"github.com/tambal-id/tambal/cmd/tambal/internal/landing"
	"github.com/tambal-id/tambal/policies"
)

// standing is what must be known of a whole line before one of its landings can be
// judged: which dates count, which keys are known as stolen, and how far the policy
// is vouched for.
type standing struct {
	dated    []dated        // from the anchor on, oldest first
	at       map[git.ID]int // where a landing stands among them
	latest   []time.Time    // of each and all before it, as far as they count
	excepted map[git.ID]bool
	trust    trust
	revoked  policies.Revoked
	found    writers // by manifest, of those that were asked for
}

// dated is a landing's claim of when it happened.
type dated struct {
	id   git.ID
	when time.Time
}

// trust is how far the policy is vouched for up to a landing.
type trust struct {
	// broken: a policy landing after the anchor was neither signed by a policy
	// owner nor approved, so keys and people may have been swapped unseen.
	broken bool
	proven *policies.Policy // the last one before that
}

// after is the trust once a landing is there; it must be called in order.
func (t trust) after(l *Landing) trust {
	if l.Next == nil || l.Anchor || l.Pending || l.Next.vouched() || t.broken {
		return t
	}
	return trust{true, l.Policy}
}

// vouched says whether a policy owner vouched for the new policy.
func (n *PolicyChange) vouched() bool { return len(n.Signed) > 0 || n.ReviewedBy != nil }

// survey finds the anchor of a line, whose landings that change the policy are
// given, and learns the standing of what follows. Nothing here proves itself: it begins with every key that was ever called
// stolen and without an exception, and takes back only what landings say that stand
// without it, until nothing more follows.
func (b *builder) survey(line []dated, policy []place) error {
	for len(policy) > 0 {
		if holds, err := holdsPolicy(b.read, policy[0].Commit); err != nil {
			return err
		} else if holds {
			break
		}
		policy = policy[1:]
	}
	s := &standing{at: map[git.ID]int{}, found: writers{}}
	if b.standing = s; len(policy) > 0 {
		b.out.Anchor = b.read.commit(policy[0].Commit)
		s.dated = line[slices.IndexFunc(line, func(d dated) bool { return d.id == policy[0].Commit.ID }):]
	}
	for i, d := range s.dated {
		s.at[d.id] = i
	}
	for first := true; ; first = false {
		s.count(b.options.Now)
		revoked, excepted, err := b.vouchedFor(policy, first)
		if err != nil || !first && maps.Equal(revoked, s.revoked) && maps.Equal(excepted, s.excepted) {
			return err
		}
		s.revoked, s.excepted, b.out.Revoked = revoked, excepted, revoked
	}
}

// count fills latest: a landing from the future, or whose date an owner excepted,
// says nothing about the others.
func (s *standing) count(now time.Time) {
	s.latest = make([]time.Time, len(s.dated))
	var latest time.Time
	for i, d := range s.dated {
		if d.when.After(latest) && !d.when.After(now.Add(decision.ClockSkew)) && !s.excepted[d.id] {
			latest = d.when
		}
		s.latest[i] = latest
	}
}

// latestAt is the latest date of a landing and all before it; of one before the
// anchor its own.
func (s *standing) latestAt(l *Landing) time.Time {
	n := len(s.latest) - 1
	if !l.Pending {
		var judged bool
		if n, judged = s.at[git.ID(l.Commit.ID)]; !judged {
			return l.When
		}
	}
	if n < 0 || s.latest[n].Before(l.When) {
		return l.When
	}
	return s.latest[n]
}

// vouchedFor judges the policy landings in order by what is known so far. The
// first time nobody is believed.
func (b *builder) vouchedFor(policy []place, first bool) (revoked policies.Revoked, excepted map[git.ID]bool, err error) {
	s := b.standing
	s.trust, revoked, excepted = trust{}, policies.Revoked{}, map[git.ID]bool{}
	written := map[policies.Exception]int{}
	for _, p := range policy {
		l, err := b.landing(p)
		if err != nil {
			return nil, nil, err
		}
		if l.Next, err = b.policyChange(l, p); err != nil {
			return nil, nil, err
		}
		s.trust = s.trust.after(l)
		next := l.Next
		if next == nil || next.Policy == nil {
			continue
		}
		revoked = revoked.After(next.Policy.Team, func(key string) bool {
			return !first && !s.trust.broken && next.vouched() && !slices.Contains(next.Signed, key)
		})
		for _, e := range next.Policy.Procedure.Exceptions {
			if _, known := written[e]; !known {
				written[e] = s.at[p.Commit.ID]
			}
		}
	}
	proven := s.trust.proven
	if !s.trust.broken {
		proven = b.out.Policy
	}
	if first || proven == nil {
		return revoked, excepted, nil
	}
	for _, e := range proven.Procedure.Exceptions {
		n, landed := s.at[git.ID(e.Commit)]
		if by, known := written[e]; landed && known && e.Rule == "step-time" && n < by {
			excepted[git.ID(e.Commit)] = true
		}
	}
	return revoked, excepted, nil
}

// clock is the latest date of a line, also where it lies in the future, but for
// landings whose date is excepted: by the line, or by the policy that would land.
func (s *standing) clock(next *PolicyChange) (latest time.Time) {
	out := maps.Clone(s.excepted)
	if next != nil && next.Policy != nil {
		for _, e := range next.Policy.Procedure.Exceptions {
			if e.Rule == "step-time" {
				out[git.ID(e.Commit)] = true
			}
		}
	}
	for _, d := range s.dated {
		if d.when.After(latest) && !out[d.id] {
			latest = d.when
		}
	}
	return latest
}

// walk reads the line that ends at tip by its first parents: its dates, and the
// landings that change the policy.
func (b *builder) walk(tip *git.Commit) (line []dated, policy []place, err error) {
	type step struct {
		dated
		policy git.Entry
	}
	var list []step
	for c, err := range b.read.repo.FirstParents(tip) {
		if err != nil {
			return nil, nil, err
		}
		e, err := b.read.repo.Lookup(c.Tree, policies.Dir)
		if err != nil {
			return nil, nil, err
		}
		list = append(list, step{dated{c.ID, c.Committer.When}, e})
	}
	var before git.Entry
	for _, s := range slices.Backward(list) {
		if s.policy != before {
			p, err := b.placeAt(s.id, tip)
			if err != nil {
				return nil, nil, err
			}
			policy = append(policy, p)
		}
		before = s.policy
		line = append(line, s.dated)
	}
	return line, policy, nil
}

// placeAt reads one landing by itself.
func (b *builder) placeAt(id git.ID, tip *git.Commit) (place, error) {
	c, err := b.read.repo.Commit(id)
	if err != nil {
		return place{}, err
	}
	h, err := landing.At(b.read.repo, c)
	return placeOf(h, tip), err
}
