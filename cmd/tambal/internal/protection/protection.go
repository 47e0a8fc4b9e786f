// Package protection owns how the forge guards the default branch: what doctor
// finds and what protect sets.
//
// It works in three layers. Facts hold everything that was read from the forge
// and from the tree; each is read once, and one that could not be read says why
// in the same place. All is the table of gaps: each is one function that looks at
// the facts and says what is wrong. A Plan is what protect would set, compared
// with the same facts. Only Source reads, and only Plan.Apply writes.
//
// It must not know what a case or an approval is, nor flags and exit codes. To
// add a gap, write its function in the file of the fact it looks at, add a line to
// All, and its sentences doctor.ID and doctor.ID.hint to package text. A new fact
// is a field of Facts, filled in facts.go or tree.go.
package protection

// RulesetName is the one ruleset that protect owns; it never touches another.
const RulesetName = "tambal"

// The places where a person mends a gap, as the forge's own pages call them.
const (
	atRules   = "Settings > Rules > Rulesets"
	atMerging = "Settings > General > Pull Requests"
	atForks   = "Settings > General > Features"
	atBranch  = "Settings > General > Default branch"
	atClassic = "Settings > Branches"
	atActions = "Settings > Actions > General"
	atPlan    = "Settings"
)
