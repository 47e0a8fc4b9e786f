package protection

import (
	"testing"

	"github.com/tambal-id/tambal/cmd/tambal/internal/forge/forgetest"
)

func TestAReaderIsNotShownTheButtons(t *testing.T) {
	t.Parallel()
	w := newWard(t, forgetest.New(t)).sound()
	w.AddUser("reader", 9).Permission = "read"
	w.token = w.TokenOf(9)
	w.wants(3, "undecided bypass-hidden", "undecided merging-hidden")
}

func TestAMissingRuleMayStandInWhatCannotBeRead(t *testing.T) {
	t.Parallel()
	w := newWard(t, forgetest.New(t)).sound(forgetest.Without("deletion"))
	w.Deny("administration")
	w.wants(3, "undecided unknown-classic", "undecided unknown-actions", "undecided bypass-hidden", "undecided deletion-allowed")
}

// TestOneRuleThatIsNotUnderstoodIsOneGap: what a rule may settle as well is not
// said beside it.
func TestOneRuleThatIsNotUnderstoodIsOneGap(t *testing.T) {
	t.Parallel()
	w := newWard(t, forgetest.Direct(t)).sound()
	w.Fault("GET /rules/branches", forgetest.Fault{Body: `[{"type":"pull_request","ruleset_id":1,"parameters":{"require_code_owner_review":"yes"}}]`})
	w.wants(3, "undecided unknown-rules")
}

// TestNoRuleBringsTheMergeButtonBack: that it is off is known, whatever the rules say.
func TestNoRuleBringsTheMergeButtonBack(t *testing.T) {
	t.Parallel()
	w := newWard(t, forgetest.Direct(t)).sound()
	w.Lock()
	w.Settings["allow_merge_commit"] = false
	w.Unlock()
	w.Fault("GET /rules/branches", forgetest.Fault{Body: `[{"type":"pull_request","ruleset_id":1,"parameters":{"require_code_owner_review":"yes"}}]`})
	w.wants(1, "error merge-commit-off", "undecided unknown-rules")
}

func TestAnswersThatAreNotWholeAreUnknown(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, match string
		fault       forgetest.Fault
		want        []string
	}{
		{"rulesets refused", "GET /rulesets", forgetest.Fault{Status: 403}, []string{"undecided unknown-rules", "undecided bypass-hidden"}},
		{"rulesets unknown to an old server", "GET /rulesets", forgetest.Fault{Status: 404}, []string{"undecided unknown-rules", "undecided bypass-hidden"}},
		{"rules of the branch refused", "GET /rules/branches", forgetest.Fault{Status: 403}, []string{"undecided unknown-rules"}},
		{"parameters of another shape", "GET /rules/branches", forgetest.Fault{Body: `[{"type":"pull_request","ruleset_id":1,"parameters":{"require_code_owner_review":"yes"}}]`},
			[]string{"undecided unknown-rules"}},
		{"a rule without a type", "GET /rules/branches", forgetest.Fault{Body: `[{"ruleset_id":1}]`}, []string{"undecided unknown-rules"}},
		{"actions without an answer", "GET /actions/permissions$", forgetest.Fault{Body: `{}`}, []string{"undecided unknown-actions"}},
		{"owner errors without a list", "GET /codeowners/errors", forgetest.Fault{Body: `{}`}, []string{"undecided unknown-codeowners"}},
		{"classic protection hidden as absent", "GET /branches", forgetest.Fault{Status: 404}, []string{"undecided unknown-classic"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			w := newWard(t, forgetest.Direct(t)).sound()
			w.Fault(c.match, c.fault)
			w.wants(3, c.want...)
		})
	}
}
