package git

import "container/heap"

// Reached walks the histories of base and head; what it returns says whether a
// commit that head reaches is reachable from base too.
func (r *Repo) Reached(base, head *Commit) (func(ID) bool, error) {
	marks, err := r.paint(base, head)
	return func(id ID) bool { return marks[id]&fromBase != 0 }, err
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

// Independent returns those of the commits that no other of them can reach, in
// the order given: of common ancestors, the best ones.
func (r *Repo) Independent(ids []ID) ([]*Commit, error) {
	left := map[ID]bool{}
	for _, id := range ids {
		left[id] = true
	}
	for _, id := range ids {
		if len(left) < 2 {
			break
		}
		if !left[id] {
			continue
		}
		if err := r.walk(id, func(c *Commit) bool {
			if c.ID != id {
				delete(left, c.ID)
			}
			return len(left) > 1
		}); err != nil {
			return nil, err
		}
	}
	var list []*Commit
	for _, id := range ids {
		if left[id] {
			c, err := r.Commit(id)
			if err != nil {
				return nil, err
			}
			list = append(list, c)
			delete(left, id)
		}
	}
	return list, nil
}

// walk visits everything reachable from id, itself first, until visit says no.
func (r *Repo) walk(id ID, visit func(*Commit) bool) error {
	seen := map[ID]bool{id: true}
	for queue := []ID{id}; len(queue) > 0; queue = queue[1:] {
		c, err := r.Commit(queue[0])
		if err != nil {
			return err
		}
		if !visit(c) {
			return nil
		}
		for _, p := range c.Parents {
			if !seen[p] {
				seen[p] = true
				queue = append(queue, p)
			}
		}
	}
	return nil
}

// IsAncestor says whether old is reachable from new (or is new).
func (r *Repo) IsAncestor(old, new ID) (bool, error) {
	found := false
	err := r.walk(new, func(c *Commit) bool {
		found = found || c.ID == old
		return !found
	})
	return found, err
}
