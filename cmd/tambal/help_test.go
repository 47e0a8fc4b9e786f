package main

import (
	"bytes"
	"strings"
	"testing"

	"github.com/tambal-id/tambal/cmd/tambal/internal/text"
)

// TestHelpSpeaksTheLanguageThatTheCallNames: help is written before the flags are
// parsed, and --lang may stand anywhere among flags that other commands have.
func TestHelpSpeaksTheLanguageThatTheCallNames(t *testing.T) {
	t.Parallel()
	for _, line := range []string{
		"--lang en --help", "--help --lang en", "-h --lang=en", "approve --lang en --help", "approve X --reject --lang en --help",
		"new --set decision=required --lang=en -h", "next --again -h --lang en",
	} {
		var out bytes.Buffer
		a := &env{in: strings.NewReader(""), out: &out, err: &out, getenv: func(string) string { return "" }}
		if code := a.run(strings.Fields(line)); code != exitPass || !strings.Contains(out.String(), text.English.Say("help.usage")) {
			t.Errorf("%s: exit code %d\n%s", line, code, &out)
		}
	}
}

// TestExplainNamesTheWayOut: what was pushed to the protected branch directly is
// accepted by the lines that explain prints, once a policy owner has signed them.
func TestExplainNamesTheWayOut(t *testing.T) {
	t.Parallel()
	p := including(t, "normal.txtar until decided")
	playScript(t, p, `
git switch -q main
case SP-2026-0101 like SP-2026-0001
at 2026-02-02T11:00:00+07:00
as siti-a
attach trivy/alpine-39.json trivy-sebelum.json
items monitoring
commit "langsung"
exit 1 tambal audit
shows "tambal explain history-direct"
`)
	out, code := p.output("explain", "history-direct")
	_, lines, found := strings.Cut(out, "\n    exceptions:\n")
	if !found || code != exitPass {
		t.Fatalf("exit code %d:\n%s", code, out)
	}
	lines = "exceptions:\n" + strings.NewReplacer("COMMIT", p.commitID(t, "main"), "...", "Dorongan langsung saat pemulihan server.").Replace(lines)
	playScript(t, p, `
branch pengecualian
append policies/sop.yaml baris
commit "policies: pengecualian"
exit 0 tambal merge pengecualian --key {{keys}}/siti-a
exit 0 tambal audit
shows "warning"
-- baris --
`+lines)
}
