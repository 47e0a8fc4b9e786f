package rule

import (
	"os"
	"regexp"
	"testing"

	"github.com/tambal-id/tambal/cmd/tambal/internal/decision"
	"github.com/tambal-id/tambal/cmd/tambal/internal/text"
	"github.com/tambal-id/tambal/schema"
)

// Findings that more than one state gives.
const (
	weak    = "undecided approval-unconfirmed"
	reread  = "undecided approval-unconfirmed.reread"
	capped  = "undecided approval-unconfirmed.capped"
	kind    = "undecided approval-unconfirmed.unsupported"
	stale   = "error approval-stale.review"
	accept  = "warning approval-unconfirmed"
	changes = "warning approval-unconfirmed.reread"
	caps    = "warning approval-unconfirmed.capped"
)

// decisionRows say what each state of a decision is to the rules: by the
// policy's minimum (recorded, confirmed, signed), and the same where the caller
// accepts records that nobody read again.
var decisionRows = []struct {
	state          decision.State
	proof          decision.Strength
	want, accepted [3]string
}{
	{decision.Forged, decision.None, all("error approval-forged"), all("error approval-forged")},
	{decision.Unsupported, decision.None, all(kind), all(kind)},
	{decision.Contradicted, decision.None, all("error approval-forged.review"), all("error approval-forged.review")},
	{decision.Stale, decision.Recorded, all(stale), all(stale)},
	{decision.Withdrawn, decision.Recorded, all(stale), all(stale)},
	{decision.Withdrawn, decision.Signed, all(stale), all(stale)},
	{decision.Unclear, decision.Recorded, [3]string{"", reread, reread}, [3]string{"", reread, reread}},
	{decision.Changed, decision.Recorded, [3]string{"", reread, reread}, [3]string{"", changes, changes}},
	{decision.Suspected, decision.Recorded, [3]string{"", capped, capped}, [3]string{"", caps, caps}},
	{decision.Suspected, decision.None, all(capped), all(capped)}, // no such proof is made; none is not accepted as a record either
	{decision.Unread, decision.Recorded, [3]string{"", weak, weak}, [3]string{"", accept, accept}},
	{decision.Unread, decision.None, all(weak), all(weak)}, // a signature where no policy says whose key it is
	{decision.Proven, decision.Confirmed, [3]string{"", "", weak}, [3]string{"", "", weak}},
	{decision.Proven, decision.Signed, all(""), all("")},
}

func all(want string) [3]string { return [3]string{want, want, want} }

func TestDecisionsBecomeFindings(t *testing.T) {
	t.Parallel()
	minimums := []decision.Strength{decision.Recorded, decision.Confirmed, decision.Signed}
	for _, r := range decisionRows {
		for i, least := range minimums {
			for _, accepts := range []bool{false, true} {
				want := r.want[i]
				if accepts {
					want = r.accepted[i]
				}
				s := reviewed().scene(t)
				a := s.step(schema.ItemApproval).Decision
				a.State, a.Proof, a.Minimum, a.Why = r.state, r.proof, string(least), text.Phrase{Code: "review.gone", Args: []any{int64(201)}}
				s.options.AcceptRecorded = accepts
				if got := s.findings(); got != want {
					t.Errorf("%s, proof %s, minimum %s, accepted %v: got %q, want %q", r.state, r.proof, least, accepts, got, want)
				}
			}
		}
	}
}

// TestEveryStateOfADecisionIsJudged reads the states where they are declared.
func TestEveryStateOfADecisionIsJudged(t *testing.T) {
	t.Parallel()
	source, err := os.ReadFile("../decision/proof.go")
	if err != nil {
		t.Fatal(err)
	}
	states := regexp.MustCompile(`(?m)^\t\w+ +State = "(\w+)"`).FindAllSubmatch(source, -1)
	if len(states) == 0 {
		t.Fatal("no states found")
	}
	judged := map[string]bool{}
	for _, r := range decisionRows {
		judged[string(r.state)] = true
	}
	for _, m := range states {
		if !judged[string(m[1])] {
			t.Errorf("no row for the state %s", m[1])
		}
	}
}
