package timeline

import (
	"github.com/tambal-id/tambal/cmd/tambal/internal/history"
)

// Settled returns two landings of a case: the one that brought its last step,
// and the last one that touched its folder. They differ only where somebody
// changed the folder without a step. For items that are older than the history
// that is judged, the anchor stands in.
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

// Back replays one case up to a landing of the timeline, as Replay would have
// read it then, with what the forge has said. Of the other cases it holds only
// what landed together with this one.
func (t *Timeline) Back(repo *history.Repo, c *Case, until *Landing) (*Timeline, *Case, error) {
	b, err := newBuilder(repo, until.Commit, t.Now)
	if err != nil {
		return nil, nil, err
	}
	b.facts, b.line.Anchor = t.facts, t.Anchor
	for _, l := range t.Landings {
		if l.Anchor || l.Next != nil || l.touches(c) {
			if err := b.add(l.Landing); err != nil {
				return nil, nil, err
			}
		}
		if l == until {
			break
		}
	}
	line := b.finish()
	line.Confirm(t.reviews)
	return line, b.cases[c.Dir], nil
}
