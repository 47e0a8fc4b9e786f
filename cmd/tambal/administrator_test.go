package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tambal-id/tambal/cmd/tambal/internal/git"
	"github.com/tambal-id/tambal/cmd/tambal/internal/text"
	"github.com/tambal-id/tambal/schema"
)

// office is a new patch repository as an administrator gets it from init.
func initOffice(t *testing.T) (dir string, a *env, out *strings.Builder) {
	t.Helper()
	out = &strings.Builder{}
	p := testPlayer(t)
	p.Who = p.Team.ByID("siti-a")
	a = p.app()
	a.out, a.err = out, out
	a.dir = filepath.Join(t.TempDir(), "kantor")
	if err := scaffoldOffice(a, a.dir, p.KeyFile("siti-a"), ""); err != nil {
		t.Fatal(err)
	}
	p.Dir = a.dir
	for _, args := range [][]string{{"add", "-A"}, {"commit", "-qm", "policies: mulai"}} {
		if err := runGit(t, p, args...); err != nil {
			t.Fatal(err)
		}
	}
	return a.dir, a, out
}

// TestInitIsARepositoryThatPasses follows what init promises: committed, it
// passes its audit; nothing is overwritten; colleagues can be added.
func TestInitIsARepositoryThatPasses(t *testing.T) {
	t.Parallel()
	dir, a, out := initOffice(t)
	if code := a.run([]string{"--repo", dir, "audit"}); code != exitPass {
		t.Fatalf("audit: %d\n%s", code, out)
	}
	out.Reset()
	if err := scaffoldOffice(a, dir, "", ""); err != nil || out.String() != a.lang.Say("init.already", dir)+"\n" {
		t.Errorf("a second init: %v, %s", err, out)
	}
	team := filepath.Join(dir, "policies", "team.yaml")
	data, err := os.ReadFile(team)
	if err != nil {
		t.Fatal(err)
	}
	colleague := "  - id: rina-w\n    name: Rina Wulandari\n    title: Sandiman\n    emails: [rina-w@kominfo.example]\n" +
		"    assignments:\n      - { role: technical-team, from: \"2026-01-01\", basis: SK 1 }\n"
	if err := os.WriteFile(team, append(data, colleague...), 0o644); err != nil {
		t.Fatal(err)
	}
	p := testPlayer(t)
	p.Dir, p.Who = dir, p.Team.ByID("siti-a")
	if err := runGit(t, p, "commit", "-qam", "policies: rekan"); err != nil {
		t.Fatal(err)
	}
	out.Reset()
	if code := a.run([]string{"--repo", dir, "audit"}); code != exitPass || !strings.Contains(out.String(), "policy-unsigned") {
		t.Fatalf("an unsigned policy change: %d\n%s", code, out)
	}
}

// TestQuestionsAskForEveryField answers the prompts as a person at a terminal.
func TestQuestionsAskForEveryField(t *testing.T) {
	t.Parallel()
	dir, a, out := initOffice(t)
	a.terminal = true
	a.in = strings.NewReader(strings.Join([]string{
		"OpenSSH (CVE-2024-6387) pada portal", // title
		"08:00", "2026-01-05 08.09",           // started, finished
		"kabar", "advisory", "USN-6859-1", // a wrong kind is asked again
		"https://ubuntu.com/security/notices/USN-6859-1", "", // sources
		"CVE-2024-6387", "", "", "", "", "", "", // one vulnerability, no further data
		"ya", "portal", "Kominfo", "internet", "OpenSSH", "1.10", "1.11", "", "", // one system
		"required", "Versi rentan terpasang, lihat tiket #123.", // decision, and a text that is cut without quotes
	}, "\n") + "\n")
	if code := a.run([]string{"--repo", dir, "--now", "2026-01-05T09:00:00+07:00", "new"}); code != exitPass {
		t.Fatalf("new: %d\n%s", code, out)
	}
	data, err := os.ReadFile(filepath.Join(dir, "patches/2026/SP-2026-0001/patch.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	m, problems := schema.Parse(data)
	if m == nil {
		t.Fatalf("%+v\n%s", problems, data)
	}
	body := m.Items[0].Body.(*schema.Monitoring)
	if body.StartedAt != "2026-01-05T08:00:00+07:00" || body.FinishedAt != "2026-01-05T08:09:00+07:00" || body.Systems[0].Installed != "1.10" ||
		body.Reason != "Versi rentan terpasang, lihat tiket #123." {
		t.Errorf("%+v", body)
	}
}

// TestStoppingInTheMiddleWritesNothing ends the input half way.
func TestStoppingInTheMiddleWritesNothing(t *testing.T) {
	t.Parallel()
	dir, a, out := initOffice(t)
	a.terminal = true
	a.in = strings.NewReader("Judul\n08:00\n")
	if code := a.run([]string{"--repo", dir, "new"}); code != exitUsage {
		t.Errorf("exit code %d\n%s", code, out)
	}
	if _, err := os.Stat(filepath.Join(dir, "patches/2026")); err == nil {
		t.Error("something was written")
	}
	repo, err := git.Open(a.dir)
	if err != nil {
		t.Fatal(err)
	}
	defer repo.Close()
	if repo.HeadBranch() != "main" {
		t.Error("the branch was left behind")
	}
}

// TestWrongInputIsToldWhatToDo runs the mistakes people make and wants the exit
// code, a sentence and a hint, in both languages.
func TestWrongInputIsToldWhatToDo(t *testing.T) {
	t.Parallel()
	dir, a, out := initOffice(t)
	if err := os.WriteFile(filepath.Join(dir, "isi.yaml"), []byte("trigger: {kind: advisory, reference: 1.10}\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name string
		args []string
		code int
	}{
		{"no such folder", []string{"--repo", filepath.Join(dir, "..", "tidak-ada"), "audit"}, exitUsage},
		{"no such branch", []string{"check", "--head", "tidak-ada"}, exitUsage},
		{"no such case", []string{"status", "SP-2026-0099"}, exitUsage},
		{"no such rule", []string{"explain", "tidak-ada"}, exitUsage},
		{"no such format", []string{"audit", "--format", "xml"}, exitUsage},
		{"no such language", []string{"--lang", "fr", "audit"}, exitUsage},
		{"a clock that is none", []string{"--now", "kemarin", "audit"}, exitUsage},
		{"an id that is none", []string{"next", "kasus"}, exitUsage},
		{"a case that is not here", []string{"next", "SP-2026-0099"}, exitFindings},
		{"a title is missing", []string{"new"}, exitUsage},
		{"fields are missing", []string{"new", "--title", "x"}, exitUsage},
		{"a field that does not exist", []string{"new", "--title", "x", "--set", "tidak=ada"}, exitUsage},
		{"a value that is not allowed", []string{"new", "--title", "x", "--set", "trigger.kind=kabar"}, exitUsage},
		{"a version without quotes", []string{"new", "--title", "x", "--from", filepath.Join(dir, "isi.yaml")}, exitUsage},
		{"nothing to approve", []string{"approve", "SP-2026-0001", "--key", "x"}, exitFindings},
		{"no such command", []string{"tidak-ada"}, exitUsage},
		{"no such flag", []string{"audit", "--tidak-ada"}, exitUsage},
		{"an argument too many", []string{"status", "a", "b"}, exitUsage},
		{"an argument is missing", []string{"approve"}, exitUsage},
		{"a document that does not exist", []string{"report", "SP-2026-0001", "--document", "disposisi"}, exitUsage},
		{"a pull request and a base", []string{"check", "--pr", "1", "--base", "main"}, exitUsage},
		{"to post without a pull request", []string{"check", "--post"}, exitUsage},
		{"to print a statement and to decide", []string{"approve", "SP-2026-0001", "--print-statement", "--yes"}, exitUsage},
		{"a checkpoint that is none", []string{"audit", "--checkpoint", filepath.Join(dir, "isi.yaml")}, exitUsage},
	} {
		for _, lang := range []text.Lang{text.Indonesian, text.English} {
			t.Run(c.name+" "+string(lang), func(t *testing.T) {
				out.Reset()
				b := *a
				b.getenv = func(name string) string {
					if name == "TAMBAL_LANG" {
						return string(lang)
					}
					return a.getenv(name)
				}
				if code := b.run(append([]string{"--repo", dir}, c.args...)); code != c.code {
					t.Errorf("exit code %d, want %d\n%s", code, c.code, out)
				}
				if !strings.Contains(out.String(), lang.Say("finding.hint")) || strings.Contains(out.String(), "%!") {
					t.Errorf("no hint:\n%s", out)
				}
			})
		}
	}
}

// TestAnAnswerFileThatLosesTextIsRefused: YAML drops what stands behind " #", and
// nobody would see in the manifest that the office had written more.
func TestAnAnswerFileThatLosesTextIsRefused(t *testing.T) {
	p := including(t, "normal.txtar until opened")
	playScript(t, p, "as siti-a\n")
	answers := filepath.Join(t.TempDir(), "isi.yaml")
	for text, code := range map[string]string{"lihat tiket #123 dari Dinas": "2", `"lihat tiket #123 dari Dinas" # nomor dari Dinas`: "0"} {
		if err := os.WriteFile(answers, []byte("# isian penutup\noutcome: withdrawn\nnote: "+text+"\n"), 0o644); err != nil {
			t.Fatal(err)
		}
		playScript(t, p, "exit "+code+" tambal next SP-2026-0001 closure --from "+answers+"\n")
		if code == "2" && !strings.Contains(p.Shown, "isi.yaml:3:19: error: ") {
			t.Error(p.Shown)
		}
		playScript(t, p, "git reset -q --hard\n")
	}
}

// TestEvidenceIsNeverOverwritten attaches files that would take another's place.
func TestEvidenceIsNeverOverwritten(t *testing.T) {
	t.Parallel()
	p := including(t, "normal.txtar until opened")
	playScript(t, p, "at 2026-02-02T08:55:00+07:00\nas agus-p\nstep plan\n")
	scan := filepath.Join(p.Dir, p.CaseDir(), "evidence", "trivy-sebelum.json")
	before, err := os.ReadFile(scan)
	if err != nil {
		t.Fatal(err)
	}
	other := t.TempDir()
	for _, name := range []string{"a/trivy-sebelum.json", "b/trivy-sebelum.json"} {
		if err := writeFile(other, name, []byte(name)); err != nil {
			t.Fatal(err)
		}
	}
	attach := func(files ...string) string {
		var out strings.Builder
		a := p.app()
		a.out, a.err = &out, &out
		args := []string{"--repo", p.Dir, "--lang", "en", "next", "SP-2026-0001", "correction", "--set", "of=plan", "--set", "note=x"}
		for _, f := range files {
			args = append(args, "--evidence", filepath.Join(other, f)+",format=text,phase=other")
		}
		if code := a.run(args); code != exitFindings {
			t.Errorf("exit code %d\n%s", code, &out)
		}
		return out.String()
	}
	if out := attach("a/trivy-sebelum.json"); !strings.Contains(out, "exists already") {
		t.Error(out)
	}
	if out := attach("a/trivy-sebelum.json", "b/trivy-sebelum.json"); !strings.Contains(out, "two evidence files") {
		t.Error(out)
	}
	if after, err := os.ReadFile(scan); err != nil || string(after) != string(before) {
		t.Error("the landed scan was overwritten", err)
	}
}

// TestACommitOfABrokenManifestNamesThePlace wants the same line:column and rule
// as check, since a file that cannot be committed cannot be checked either.
func TestACommitOfABrokenManifestNamesThePlace(t *testing.T) {
	t.Parallel()
	p := including(t, "normal.txtar until opened")
	playScript(t, p, `
git switch -q -c SP-2026-0001-b main
replace @/patch.yaml "      decision: required" "	decision: required"
exit 2 tambal commit SP-2026-0001
shows "patches/2026/SP-2026-0001/patch.yaml:30:1: error: there is a tab [yaml-ambiguous]"
exit 1 tambal commit SP-2026-0099
shows "there is no case SP-2026-0099"
exit 2 tambal commit sp-2026-0001
`)
}

// TestTheKabidDecidesInAFreshClone: the case waits on a branch that only the
// remote has; the decision lands on a local branch of its name.
func TestTheKabidDecidesInAFreshClone(t *testing.T) {
	t.Parallel()
	p := including(t, "normal.txtar until analysed")
	playScript(t, p, "git switch -q main\n")
	clone := filepath.Join(t.TempDir(), "klon")
	if err := runGit(t, p, "clone", "-q", p.Dir, clone); err != nil {
		t.Fatal(err)
	}
	p.Dir = clone
	playScript(t, p, `
case SP-2026-0001
at 2026-02-02T10:12:03+07:00
tambal status SP-2026-0001
shows "approval-pending"
tambal approve SP-2026-0001 --yes --key {{keys}}/budi-s
shows "git push origin SP-2026-0001"
check pass
git rev-parse --verify -q refs/heads/SP-2026-0001
`)
}

// TestNothingInvalidIsSigned gives approve a value that the schema refuses: the
// branch must stay where it was, without a signed item that check would refuse.
func TestNothingInvalidIsSigned(t *testing.T) {
	t.Parallel()
	p := including(t, "normal.txtar until analysed")
	playScript(t, p, "at 2026-02-02T10:12:03+07:00\n")
	before := p.commitID(t, "SP-2026-0001")
	playScript(t, p, "exit 2 tambal approve SP-2026-0001 --yes --key {{keys}}/budi-s --nature penting\nshows \"approval.nature\"\n")
	if after := p.commitID(t, "SP-2026-0001"); after != before {
		t.Error("an invalid approval was committed")
	}
	playScript(t, p, "check pending approval-pending\ntambal approve SP-2026-0001 --yes --key {{keys}}/budi-s --nature segera --agenda-no 12/2026 --condition \"Malam hari\" --acting-for Plh.\ncheck pass\n")
}

// writeFile is how tests put a file into a folder that may not be there yet.
func writeFile(root, name string, data []byte) error {
	return git.WriteFile(filepath.Join(root, name), data, 0o644)
}
