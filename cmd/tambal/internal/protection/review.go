package protection

import (
	"slices"

	"github.com/tambal-id/tambal/cmd/tambal/internal/forge"
	"github.com/tambal-id/tambal/schema"
)

// any says whether one of the pull request rules in force is so.
func (d *demands) any(is func(forge.PullRequestRule) bool) bool {
	return slices.ContainsFunc(d.pulls, is)
}

// approvals is the number that the strictest of them asks for.
func (d *demands) approvals() (most int) {
	for _, p := range d.pulls {
		most = max(most, p.Approvals)
	}
	return most
}

// reviewDismissed and reviewLastPush are the forge's own ideas of a stale
// approval; they fight the record of the decision, which is a commit itself.
func reviewDismissed(l *look) {
	if l.demands.any(func(p forge.PullRequestRule) bool { return p.DismissStale }) {
		l.note()
	}
}

func reviewLastPush(l *look) {
	if l.demands.any(func(p forge.PullRequestRule) bool { return p.LastPush }) {
		l.note()
	}
}

// codeOwnersOff wants the owners asked wherever a pull request is needed and no
// team is.
func codeOwnersOff(l *look) {
	if l.demands.asksOwnersOnly() && !l.demands.asksOwners() {
		l.orClassic(l.note())
	}
}

// codeOwnersZero wants a number with it: without one nobody is waited for.
func codeOwnersZero(l *look) {
	if l.demands.asksOwnersOnly() && l.demands.asksOwners() && l.demands.approvals() == 0 {
		l.note()
	}
}

func (d *demands) asksOwners() bool {
	return d.any(func(p forge.PullRequestRule) bool { return p.CodeOwners })
}

// asksOwnersOnly says whether it is up to the code owners to guard the gate.
func (d *demands) asksOwnersOnly() bool {
	return len(d.pulls) > 0 && !d.any(func(p forge.PullRequestRule) bool { return guardedByTeams(p.Reviewers) })
}

// guardedByTeams says whether a team must review both what runs the gate and
// what it judges by, whatever CODEOWNERS says.
func guardedByTeams(reviews []forge.PathReview) bool {
	guards := func(dir string) bool {
		return slices.ContainsFunc(reviews, func(r forge.PathReview) bool {
			return r.Approvals > 0 && slices.ContainsFunc(r.Paths, func(p string) bool {
				return slices.Contains([]string{"*", "**", "**/*", dir + "/**", dir + "/**/*", "/" + dir + "/**"}, p)
			})
		})
	}
	return guards(schema.ForgeDir) && guards(schema.PoliciesDir)
}
