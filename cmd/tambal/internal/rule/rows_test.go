package rule

import (
	"slices"
	"strings"
	"testing"

	"github.com/tambal-id/tambal/cmd/tambal/internal/decision"
	"github.com/tambal-id/tambal/cmd/tambal/internal/text"
)

// goodRows are the landings that break no rule, step by step through the SOP.
var goodRows = []row{
	{name: "monitoring opens a case", of: monitored},
	{name: "plan, analysis and signed approval land together", of: decided},
	{name: "plan, analysis and the record of a review land together", of: reviewed},
	{name: "a refusal lands with its closure", of: refused},
	{name: "schedule", of: scheduled},
	{name: "implementation with a scan before and after", of: implemented},
	{name: "report and closure land together", of: closed},
	{name: "a policy owner signs a new policy", of: newPolicy},
	{name: "a plan on its branch waits for the Kabid", of: planned, want: "pending approval-pending.either"},
	{name: "a plan in a pull request waits for the Kabid", of: planned, edit: func(s *scene) { s.request() }, want: "pending approval-pending.review"},
	{name: "an approved plan in a pull request waits for its record", of: planned,
		edit: func(s *scene) { s.request(review(budi, decision.ReviewApproves, "Setuju.")) }, want: "pending approval-pending.unrecorded"},
}

func TestGoodLandingsBreakNoRule(t *testing.T) { play(t, goodRows) }

// TestEveryCodeOfARuleHasARow reads the codes where their sentences stand. Each
// row proves that it gives exactly the codes it names.
func TestEveryCodeOfARuleHasARow(t *testing.T) {
	t.Parallel()
	wanted := map[string]bool{}
	name := func(findings string) {
		for _, f := range strings.Split(findings, ", ") {
			_, code, _ := strings.Cut(f, " ")
			wanted[code] = true
		}
	}
	for _, r := range slices.Concat(goodRows, formRows, peopleRows, stepRows, approvalRows, reviewRows, evidenceRows, proofRows, policyRows, landingRows, timeRows, scopeRows) {
		name(r.want)
	}
	for _, r := range decisionRows {
		for _, findings := range slices.Concat(r.want[:], r.accepted[:]) {
			name(findings)
		}
	}
	judged := 0
	for _, code := range text.English.Codes() {
		id, _, _ := strings.Cut(code, ".")
		beside := slices.Contains([]string{"hint", "title", "doc"}, code[strings.LastIndexByte(code, '.')+1:])
		if r := Find(id); r == nil || r.check == nil || beside {
			continue // no rule's, or one that is reported where reading stops; or what is said beside the finding
		}
		if judged++; !wanted[code] {
			t.Errorf("no row gives %s", code)
		}
	}
	if judged < len(All) {
		t.Errorf("only %d codes found", judged)
	}
}
