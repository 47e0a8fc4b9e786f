package main

import (
	"strings"
	"testing"

	"github.com/tambal-id/tambal/cmd/tambal/internal/forge/forgetest"
)

// TestStatusEndsWithWhatItShows: a person reads FAIL and a script the exit code;
// waiting for the Kabid is no failure of a look.
func TestStatusEndsWithWhatItShows(t *testing.T) {
	t.Parallel()
	p := testPlayer(t)
	playScript(t, p, `
include history/normal.txtar until analysed
exit 0 tambal status SP-2026-0001
shows "PENDING"
exit 0 tambal status
replace @/patch.yaml "from: Alpine Linux 3.9" "from: 3.10"
commit "tanpa tanda kutip"
exit 1 tambal status SP-2026-0001
shows "FAIL"
exit 0 tambal status
git reset -q --hard HEAD~1
at 2026-02-02T10:12:03+07:00
as budi-s
approve "Setuju."
exit 0 tambal status SP-2026-0001
as siti-a
land
replace @/patch.yaml "from: Alpine Linux 3.9" "from: Alpine Linux 3.8"
commit "angka lain"
exit 1 tambal status
shows "The history holds violations"
exit 1 tambal status SP-2026-0001
exit 1 tambal status --format json
`)
}

// TestAnAuditNamesWhatItJudged: who keeps the head of one audit for the next must
// be able to read it.
func TestAnAuditNamesWhatItJudged(t *testing.T) {
	t.Parallel()
	p := testPlayer(t)
	playScript(t, p, "include history/normal.txtar until analysed\n")
	main, branch := p.commitID(t, "main"), p.commitID(t, "SP-2026-0001")
	playScript(t, p, "exit 0 tambal audit\nshows \"judged: main, head "+main+"\"\n"+
		"exit 1 tambal audit SP-2026-0001\nshows \"judged: SP-2026-0001, head "+branch+"\"\n"+
		"exit 0 tambal audit --format github\nshows \"head "+main+"\"\n"+
		"exit 0 tambal audit --checkpoint "+main+"\nexit 2 tambal audit --format xml\n")
	if strings.Contains(p.Shown, "judged") {
		t.Error(p.Shown)
	}
}

// TestAnOnlineAuditSaysWhenNothingWasAsked: PASS must not look like a word of the
// forge that was never heard.
func TestAnOnlineAuditSaysWhenNothingWasAsked(t *testing.T) {
	t.Parallel()
	const said = "nothing had to be asked of the forge"
	p := testPlayer(t)
	p.must(t, "include", "history/normal.txtar", "until", "decided")
	for _, command := range []string{"audit", "status", "report SP-2026-0001"} {
		playScript(t, p, "exit 0 tambal "+command+" --online\nshows \""+said+"\"\n")
	}
	playScript(t, p, "exit 0 tambal audit\n")
	if strings.Contains(p.Shown, said) {
		t.Errorf("an audit that is not online says so:\n%s", p.Shown)
	}
	h := waitingOffice(t, forgetest.New(t))
	h.play("github open\n" + kabidApproves + "github record\nexit 0 tambal merge 1\ngithub pull\ngit switch -q main\nexit 0 tambal audit --online\n")
	if strings.Contains(h.p.Shown, said) {
		t.Errorf("something was asked:\n%s", h.p.Shown)
	}
}
