package main

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/tambal-id/tambal/cmd/tambal/internal/forge/forgetest"
)

// TestWhatIsOldOnASideIsNotNews: a finding on a commit that an old landing
// brought is as old as the landing, and no limited audit shows it again.
func TestWhatIsOldOnASideIsNotNews(t *testing.T) {
	t.Parallel()
	p := including(t, "normal.txtar until opened")
	playScript(t, p, `
at 2026-02-02T08:55:00+07:00
as budi-s
gitstep plan
as siti-a
git switch -q main
git merge -q --no-ff -m "SP-2026-0001: plan" SP-2026-0001
audit fail step-role
case SP-2026-0009 like SP-2026-0001
at 2026-02-03T09:00:00+07:00
attach trivy/alpine-39.json trivy-sebelum.json
step monitoring
land
exit 1 tambal audit --since main~2
shows "[step-role]"
exit 0 tambal audit --since main~1
exit 0 tambal audit --since main
`)
	aside := strings.TrimSpace(gitOutput(t, p, nil, "rev-parse", "main~1^2"))
	playScript(t, p, "exit 2 tambal audit --since "+aside+"\nshows \""+aside+" is not a landing on the main line\"\n")
}

// TestTheWorstReportDecides: report --since writes every document, and none that
// comes later makes up for one before it.
func TestTheWorstReportDecides(t *testing.T) {
	t.Parallel()
	const (
		withdrawn = `
-- closure.yaml --
  - closure:
      outcome: withdrawn
      note: Layanannya sudah dimatikan.
`
		closing = `
as siti-a
at 2026-02-03T09:00:00+07:00
attach trivy/alpine-39.json trivy-sebelum.json
step monitoring
land
step closure
`
		direct = "git switch -q main\ngit merge -q --ff-only SP-2026-"
	)
	t.Run("failing, then passing", func(t *testing.T) {
		t.Parallel()
		p := testPlayer(t)
		playScript(t, p, "case SP-2026-0001"+closing+direct+"0001\ncase SP-2026-0009 like SP-2026-0001"+closing+"land\naudit fail history-direct"+withdrawn)
		p.reportsSince(t, exitFindings)
	})
	t.Run("unverified, then failing", func(t *testing.T) {
		t.Parallel()
		h := waitingOffice(t, forgetest.New(t))
		h.play("github open\n" + kabidApproves + "github record\nexit 0 tambal merge 1\ngithub pull\ngit switch -q main\ngit branch -D SP-2026-0001\nstep closure\nland\naudit undecided approval-unconfirmed\n" +
			"case SP-2026-0009 like SP-2026-0001" + closing + direct + "0009\naudit fail approval-unconfirmed history-direct" + withdrawn)
		h.p.reportsSince(t, exitUndecided)
	})
}

// reportsSince wants the reports of all finished cases to be written, and to end
// with an exit code.
func (p *player) reportsSince(t *testing.T, want int) {
	t.Helper()
	dir := t.TempDir()
	out, code := p.output("report", "--since", p.anchor(t), "--format", "md", "--output", dir)
	written, err := filepath.Glob(filepath.Join(dir, "SP-2026-000[19].md"))
	if code != want || len(written) != 2 {
		t.Errorf("exit code %d, want %d; wrote %q (%v)\n%s", code, want, written, err, out)
	}
}
