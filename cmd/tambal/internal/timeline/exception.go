package timeline

import "github.com/tambal-id/tambal/policies"

// Exception is one that the policy at the tip makes, and how far it reaches.
type Exception struct {
	policies.Exception
	// Proven: the last policy that was vouched for makes it too. Anybody can type an
	// owner's name over one of his own.
	Proven bool
	// Before says of which landings it may speak, Landings[:Before]: those before the
	// one that first wrote exactly this. The id of a side commit is known before it
	// lands, so that an exception could wait for a misdeed.
	Before int
}

// Exceptions returns them in the order they are written.
func (t *Timeline) Exceptions() []Exception {
	if t.Policy == nil {
		return nil
	}
	first := map[policies.Exception]int{}
	for i, l := range t.Landings {
		if l.Pending || l.Next == nil || l.Next.Policy == nil {
			continue
		}
		for _, e := range l.Next.Policy.Procedure.Exceptions {
			if _, ok := first[e]; !ok {
				first[e] = i
			}
		}
	}
	proven := map[policies.Exception]bool{}
	if t.Proven != nil {
		for _, e := range t.Proven.Procedure.Exceptions {
			proven[e] = true
		}
	}
	var list []Exception
	for _, e := range t.Policy.Procedure.Exceptions {
		list = append(list, Exception{e, proven[e], first[e]})
	}
	return list
}
