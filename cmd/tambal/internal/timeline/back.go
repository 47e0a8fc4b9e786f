package timeline

import "github.com/tambal-id/tambal/cmd/tambal/internal/git"

// Settled returns two landings of a case: the one that brought its last step,
// and the last one that touched its folder. They differ only where somebody
// changed the folder without a step. For items that are older than the history
// that is judged, the anchor is used.
func (t *Timeline) Settled(c *Case) (step, touched *Landing) {
	for _, l := range t.Landings {
		if l.Anchor || l.touches(c) {
			touched = l
		}
		if l.Anchor {
			step = l
		}
	}
	if n := len(c.Steps); n > 0 && c.Steps[n-1].Landing != nil {
		step = c.Steps[n-1].Landing
	}
	return step, touched
}

func (l *Landing) touches(c *Case) bool {
	for _, change := range l.Cases {
		if change.Case == c {
			return true
		}
	}
	return false
}

// Case returns the case with an ID, nil when the line has none.
func (t *Timeline) Case(id string) *Case {
	for _, c := range t.Cases {
		if c.ID == id {
			return c
		}
	}
	return nil
}

// Brought returns the commits that changed a case's folder on the line that was
// judged: its landings, and what they brought. A finding on one of them is about
// the case, also where it names none.
func (t *Timeline) Brought(c *Case) map[ID]bool {
	commits := map[ID]bool{}
	for _, l := range t.Landings {
		if !l.touches(c) {
			continue
		}
		if l.Commit != nil {
			commits[l.Commit.ID] = true
		}
		for _, w := range l.Side {
			commits[w.ID] = true
		}
	}
	return commits
}

// Back replays one case up to a landing of the timeline, as Replay would have
// read it then, with what the same forge says. Of the other cases it holds only
// what landed together with this one.
func (t *Timeline) Back(repo *git.Repo, c *Case, until *Landing) (*Timeline, *Case, error) {
	b, err := newBuilder(repo, until.place.Commit, t.built)
	if err != nil {
		return nil, nil, err
	}
	var dates []dated
	var policy []place
	for _, l := range t.Landings {
		dates = append(dates, dated{git.ID(l.Commit.ID), l.When})
		if l.Next != nil {
			policy = append(policy, placeOf(l.place.Landing, until.place.Commit))
		}
		if l == until {
			break
		}
	}
	if err := b.survey(dates, policy); err != nil {
		return nil, nil, err
	}
	b.written = t.earlier.copy()
	for _, l := range t.Landings {
		if !l.Anchor && l.Next == nil && !l.touches(c) {
			if err := b.written.note(b.read, l.place); err != nil {
				return nil, nil, err
			}
		} else {
			again, err := b.add(placeOf(l.place.Landing, until.place.Commit))
			if err != nil {
				return nil, nil, err
			}
			b.out.Landings = append(b.out.Landings, again)
		}
		if l == until {
			break
		}
	}
	return b.finish(), b.cases[c.Dir], nil
}
