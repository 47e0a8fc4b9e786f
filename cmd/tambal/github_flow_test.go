package main

import (
	"strings"
	"testing"

	"github.com/tambal-id/tambal/cmd/tambal/internal/forge/forgetest"
)

// TestThePullRequestIsTheProcedure walks one case through the review lane: opened,
// approved in a review, recorded, merged over the API, and confirmed by an audit
// a year later.
func TestThePullRequestIsTheProcedure(t *testing.T) {
	t.Parallel()
	h := waitingOffice(t, forgetest.New(t))
	h.play(`
github open
github gate pending approval-pending
exit 1 tambal check --pr 1
shows "waits for the decision of Budi Santoso"
exit 0 tambal check --pr 1 --post
at 2026-02-02T10:12:03+07:00
as budi-s
github review APPROVED "Setuju. Laksanakan di luar jam layanan dan laporkan hasilnya."
github gate pending approval-pending
as siti-a
at 2026-02-02T10:13:00+07:00
exit 1 tambal merge 1
exit 0 tambal record SP-2026-0001 --push --post
shows "recorded and pushed"
github gate pass
exit 0 tambal merge 1
shows "merged into main"
github pull
git switch -q main
exit 3 tambal audit
shows "approval-unconfirmed"
exit 0 tambal audit --online
exit 0 tambal audit --accept recorded
`)
	log := gitOutput(t, h.p, nil, "log", "-1", "--format=%B", "main")
	for _, want := range []string{"SP-2026-0001: plan, analysis, approval", "Case: SP-2026-0001", "Step: approval",
		"Reviewed-by: Budi Santoso <budi-s@kominfo.example>", "Reviewed-on: https://github.com/"} {
		if !strings.Contains(log, want) {
			t.Errorf("the merge commit does not say %q:\n%s", want, log)
		}
	}
	if got := gitOutput(t, h.p, nil, "log", "-1", "--format=%(trailers:key=Reviewed-on,valueonly)", "main"); !strings.Contains(got, "pullrequestreview") {
		t.Errorf("trailers are not at the end: %q", log)
	}
}
