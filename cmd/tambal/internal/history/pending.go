package history

import (
	"container/heap"
	"path"
	"slices"
)

// Pending returns the landing that merging head into base would make: the
// audit of a merge that has not happened yet. Commit is nil, Changes are those
// of the correct landing, Wrong the paths that have none.
func (r *Repo) Pending(base, head *Commit) (*Landing, error) {
	reached, err := r.paint(base, head)
	if err != nil {
		return nil, err
	}
	l := &Landing{Base: base, Head: head}
	edge, err := r.side(l, head.ID, func(id ID) bool { return reached[id]&fromBase != 0 }, nil)
	if err != nil {
		return nil, err
	}
	if l.Authors = l.Side; len(l.Side) == 0 {
		l.Authors = []Written{{Commit: head}}
	}
	if err := r.judgeMerge(l, edge); err != nil {
		return nil, err
	}
	if l.Forked, err = r.best(edge); err != nil {
		return nil, err
	}
	return l, r.dropped(l)
}

// dropped adds to Lost and Wrong what the head had from where it forked and
// holds no more, though no side commit wrote it away: a merge that kept one
// side (-s ours). Git would carry the loss into the landing.
func (r *Repo) dropped(l *Landing) error {
	behind, err := r.Diff(l.Base.Tree, l.Head.Tree, func(top string) bool { return top == "patches" })
	if err != nil {
		return err
	}
	for _, ch := range behind {
		for _, f := range l.Forked {
			at, err := r.Lookup(f.Tree, ch.Path)
			if err != nil {
				return err
			}
			if at.Mode == "" || at == ch.After || ch.Before.Mode == "" {
				continue
			}
			if ch.After.Mode == "" {
				l.Lost = append(l.Lost, ch.Path)
				break
			}
			kept := false
			if path.Base(ch.Path) == "patch.yaml" && at.Mode == ModeFile && ch.After.Mode == ModeFile {
				longer, ok, err := r.longer(Change{Before: at, After: ch.After})
				if err != nil {
					return err
				}
				kept = ok && longer == ch.After
			}
			if !kept {
				l.Wrong = append(l.Wrong, ch.Path)
				break
			}
		}
	}
	slices.Sort(l.Lost)
	slices.Sort(l.Wrong)
	l.Lost, l.Wrong = slices.Compact(l.Lost), slices.Compact(l.Wrong)
	return nil
}

const fromBase, fromHead = 1, 2

// paint marks what base and head reach, newest committer date first, and stops
// as soon as nothing is left that only head reaches. Dates only steer the walk:
// with wrong ones it can call a commit of the base's history the head's own,
// which judges more commits and never fewer.
func (r *Repo) paint(base, head *Commit) (map[ID]int, error) {
	marks := map[ID]int{}
	queue := &byDate{}
	only := 0 // queued commits that only head reaches
	push := func(c *Commit, mark int) {
		old := marks[c.ID]
		if old|mark == old {
			return
		}
		marks[c.ID] = old | mark
		if !queue.has(c.ID) {
			heap.Push(queue, c)
		}
		if old|mark == fromHead {
			only++
		} else if old == fromHead && queue.waiting[c.ID] {
			only--
		}
		queue.waiting[c.ID] = true
	}
	queue.waiting = map[ID]bool{}
	push(base, fromBase)
	push(head, fromHead)
	for queue.Len() > 0 && only > 0 {
		c := heap.Pop(queue).(*Commit)
		delete(queue.waiting, c.ID)
		if marks[c.ID] == fromHead {
			only--
		}
		for _, id := range c.Parents {
			parent, err := r.Commit(id)
			if err != nil {
				return nil, err
			}
			push(parent, marks[c.ID])
		}
	}
	return marks, nil
}

// byDate is a heap of commits, newest first.
type byDate struct {
	list    []*Commit
	waiting map[ID]bool
}

func (q *byDate) has(id ID) bool { return q.waiting[id] }
func (q *byDate) Len() int       { return len(q.list) }
func (q *byDate) Less(i, j int) bool {
	return q.list[i].Committer.When.After(q.list[j].Committer.When)
}
func (q *byDate) Swap(i, j int) { q.list[i], q.list[j] = q.list[j], q.list[i] }

// Push implements heap.Interface.
func (q *byDate) Push(x any) { q.list = append(q.list, x.(*Commit)) }

// Pop implements heap.Interface.
func (q *byDate) Pop() any {
	last := q.list[len(q.list)-1]
	q.list = q.list[:len(q.list)-1]
	return last
}
