package protection

import (
	"context"
	"slices"

	"github.com/tambal-id/tambal/cmd/tambal/internal/forge"
	"github.com/tambal-id/tambal/cmd/tambal/internal/git"
)

// known is a fact. With err it could not be read: err says why, and value holds
// nothing, or what was read before. at is where a person finds it.
type known[T any] struct {
	value T
	at    string
	err   error
}

func ask[T any](at string, read func() (T, error)) known[T] {
	value, err := read()
	return known[T]{value, at, err}
}

// Facts are what decides whether the gate holds.
type Facts struct {
	settings    forge.Settings
	rulesets    known[[]forge.Ruleset]
	rules       known[[]forge.Rule]   // in force for the default branch
	classic     known[*forge.Classic] // nil where there is none
	actions     known[forge.Actions]
	tree        *tree                     // of the default branch; nil before it is read
	ownerErrors known[[]forge.OwnerError] // what the forge does not take of CODEOWNERS
}

// Prevention is what the plan allows: whether GitHub can keep anything out.
type Prevention string

// The answers to that question.
const (
	Prevents    Prevention = "available"
	DetectsOnly Prevention = "unavailable"
	Unsure      Prevention = "unknown"
)

func (f *Facts) prevention() Prevention {
	switch {
	case forge.NoPlan(f.rulesets.err), forge.NoPlan(f.rules.err):
		return DetectsOnly
	case f.rules.err != nil:
		return Unsure
	}
	return Prevents
}

// planned says whether the plan knows rules and code owners at all, or may.
func (f *Facts) planned() bool { return f.prevention() != DetectsOnly }

// ruleset returns the ruleset of that number, nil when it is not known.
func (f *Facts) ruleset(id int64) *forge.Ruleset {
	if i := slices.IndexFunc(f.rulesets.value, func(r forge.Ruleset) bool { return r.ID == id }); i >= 0 {
		return &f.rulesets.value[i]
	}
	return nil
}

// placeOf is where a person finds a ruleset.
func (f *Facts) placeOf(ruleset int64) string {
	if r := f.ruleset(ruleset); r != nil {
		return atRules + " > " + r.Name
	}
	return atRules
}

// Source is where facts are read: the forge, and a clone to fetch into.
type Source struct {
	Forge  *forge.Client
	Repo   *git.Repo
	Remote git.Remote
}

// Read reads everything. What cannot be read is a fact of its own; only without
// the repository itself there is nothing to say.
func (s Source) Read(ctx context.Context) (*Facts, error) {
	f, err := s.begin(ctx)
	if err != nil {
		return nil, err
	}
	s.complete(ctx, f)
	return f, nil
}

// begin reads the facts that a plan is made of.
func (s Source) begin(ctx context.Context) (*Facts, error) {
	settings, err := s.Forge.Settings(ctx)
	if err != nil {
		return nil, err
	}
	return &Facts{settings: settings, rulesets: ask(atRules, func() ([]forge.Ruleset, error) { return s.Forge.Rulesets(ctx) })}, nil
}

// complete reads all others, except a tree that is there already.
func (s Source) complete(ctx context.Context, f *Facts) {
	branch := f.settings.DefaultBranch
	f.rules = ask(atRules, func() ([]forge.Rule, error) { return s.Forge.BranchRules(ctx, branch) })
	f.classic = ask(atClassic, func() (*forge.Classic, error) { return s.Forge.Classic(ctx, branch) })
	f.actions = ask(atActions, func() (forge.Actions, error) { return s.Forge.Actions(ctx) })
	if f.tree == nil {
		f.tree = s.readTree(ctx, branch)
	}
	if owners := f.tree.owners.value; owners != nil && f.planned() {
		f.ownerErrors = ask(owners.path, func() ([]forge.OwnerError, error) { return s.Forge.OwnerErrors(ctx) })
	}
}
