package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tambal-id/tambal/cmd/tambal/internal/finding"
	"github.com/tambal-id/tambal/cmd/tambal/internal/forge/forgetest"
	"github.com/tambal-id/tambal/cmd/tambal/internal/gate"
	"github.com/tambal-id/tambal/cmd/tambal/internal/git"
	"github.com/tambal-id/tambal/cmd/tambal/internal/report"
	"github.com/tambal-id/tambal/cmd/tambal/internal/text"
	"github.com/tambal-id/tambal/schema"

	"github.com/tambal-id/tambal/examples"
)

// output runs a command line on the player's repository and returns what it
// prints to standard output, whatever the exit code.
func (p *player) output(args ...string) (string, int) {
	var out, rest strings.Builder
	a := p.app()
	a.out, a.err = &out, &rest
	code := a.run(append([]string{"--repo", p.Dir, "--now", p.Now.Format(time.RFC3339)}, args...))
	return out.String(), code
}

// auditJSON is what the tests read of an audit.
type auditJSON struct {
	Cases []struct {
		ID       string
		Outcome  *string
		Approval *struct{ Strength string }
	}
	Findings []struct{ Rule, Severity, Case, Step, Path, Message string }
}

// reportJSON is what the tests read of a report.
type reportJSON struct {
	Approval *struct {
		Strength    string
		SubjectFits bool
	}
	Steps           []struct{ Name string }
	Files           []struct{ Path, Step string }
	Vulnerabilities []struct {
		Proofs []struct{ Verdict string }
	}
	Trail      struct{ Head string }
	Signatures []struct{ Heading, Name string }
	Sections   []struct {
		Key    string
		Blocks []struct {
			Text string
			List []string
		}
	}
}

func read[T any](t testing.TB, data string) (v T) {
	t.Helper()
	if err := json.Unmarshal([]byte(data), &v); err != nil {
		t.Fatalf("%v\n%s", err, data)
	}
	return v
}

// verdicts are those of all proofs.
func (r reportJSON) verdicts() (all []string) {
	for _, v := range r.Vulnerabilities {
		for _, p := range v.Proofs {
			all = append(all, p.Verdict)
		}
	}
	return all
}

// closing is everything the document says right before the signatures.
func (r reportJSON) closing() string {
	var all []string
	for _, s := range r.Sections {
		if s.Key != "closing" {
			continue
		}
		for _, b := range s.Blocks {
			all = append(all, append(b.List, b.Text)...)
		}
	}
	return strings.Join(all, "\n")
}

// acknowledged says whether the officer who decided has a line to sign on.
func (r reportJSON) acknowledged() bool {
	return slices.ContainsFunc(r.Signatures, func(s struct{ Heading, Name string }) bool {
		return s.Heading == "Acknowledged by," || s.Heading == "Mengetahui,"
	})
}

// onDecision returns the errors that the audit has on a case's decision, or on
// what was decided: all but those that are known to stand behind it.
func (a auditJSON) onDecision(id string, r reportJSON) (messages []string) {
	for _, f := range a.Findings {
		on := strings.HasPrefix(f.Rule, "approval-") || f.Step == schema.ItemApproval
		switch f.Rule {
		case "case-deleted", "case-moved":
			on = true
		case "step-changed":
			on = !slices.Contains(r.behind(), f.Step)
		case "evidence-missing", "evidence-digest", "evidence-mode":
			step := f.Step
			for _, file := range r.Files {
				if step == "" && strings.HasSuffix(f.Path, "/"+id+"/"+file.Path) {
					step = file.Step
				}
			}
			on = !slices.Contains(r.behind(), step)
		}
		if f.Case == id && f.Severity == "error" && on {
			messages = append(messages, f.Message)
		}
	}
	return messages
}

// behind are the names of steps that a case has only behind its last approval.
func (r reportJSON) behind() []string {
	var before, names []string
	for _, s := range r.Steps {
		names = append(names, s.Name)
		if s.Name == schema.ItemApproval {
			before, names = append(before, names...), nil
		}
	}
	return slices.DeleteFunc(names, func(name string) bool { return slices.Contains(before, name) })
}

// oneTruth wants audit and report to say the same of every decision, and the
// report of a closed case to be what it would be at its own last landing.
func (p *player) oneTruth(t testing.TB, langs ...string) {
	t.Helper()
	for _, lang := range langs {
		out, _ := p.output("audit", "--format", "json", "--lang", lang)
		audit := read[auditJSON](t, out)
		for _, c := range audit.Cases {
			p.sameDecision(t, lang, audit, c.ID)
		}
	}
}

func (p *player) sameDecision(t testing.TB, lang string, audit auditJSON, id string) {
	t.Helper()
	args := []string{"report", id, "--format", "json", "--lang", lang}
	out, _ := p.output(args...)
	r := audit.sameDecision(t, lang, id, out)
	if r.Approval != nil && !strings.Contains(r.closing(), "head of the history") && !strings.Contains(r.closing(), "ujung riwayat") {
		if then, _ := p.output(append(args, "--ref", r.Trail.Head)...); then != out {
			t.Errorf("%s differs from what it is at %s", id, r.Trail.Head)
		}
	}
}

// agreement is oneTruth for a script: one audit, and the reports that are made
// from it, so that it costs little beside the script itself.
func (p *player) agreement(t testing.TB) {
	t.Helper()
	repo, err := git.Open(p.Dir)
	if err != nil {
		return // the script was about that
	}
	defer repo.Close()
	options := gate.Options{Now: p.Now}
	verdict, err := gate.Audit(repo, repo.Trunk(), options)
	if err != nil {
		return
	}
	var b strings.Builder
	if err := finding.WriteJSON(&b, verdict.Result, text.English); err != nil {
		t.Fatal(err)
	}
	audit := read[auditJSON](t, b.String())
	for _, c := range verdict.Timeline.Cases {
		if c.Decision() == nil {
			continue
		}
		doc, err := verdict.Report(repo, c, false, options, text.English)
		if err != nil {
			t.Fatal(err)
		}
		b.Reset()
		if err := report.Write(&b, doc, "json"); err != nil {
			t.Fatal(err)
		}
		audit.sameDecision(t, "en", c.ID, b.String())
	}
}

// sameDecision holds a report against the audit.
func (audit auditJSON) sameDecision(t testing.TB, lang, id, out string) reportJSON {
	t.Helper()
	r, strength := read[reportJSON](t, out), "no decision"
	for _, c := range audit.Cases {
		if c.ID == id && c.Approval != nil {
			strength = c.Approval.Strength
		}
	}
	if r.Approval == nil && strength == "no decision" {
		return r
	}
	if r.Approval == nil || r.Approval.Strength != strength {
		t.Errorf("%s: audit says %s, report %+v", id, strength, r.Approval)
	}
	errors := audit.onDecision(id, r)
	if want := strength != "none" && errors == nil; r.acknowledged() != want {
		t.Errorf("%s, strength %s, errors %q: a line for the signature: %v", id, strength, errors, r.acknowledged())
	}
	for _, message := range errors {
		if !strings.Contains(r.closing(), message) {
			t.Errorf("%s (%s): %q is not said before the signatures:\n%s", id, lang, message, r.closing())
		}
	}
	return r
}

// anotherCase lands in a history that may be broken already.
const anotherCase = `
case SP-2026-0009 like SP-2026-0001
at 2026-04-07T09:00:00+07:00
as siti-a
attach trivy/alpine-39.json trivy-sebelum.json
step monitoring
land
`

// TestTheReportOfAnAttackedCase edits a finished case on the main line by a plain
// commit, and lands another case over it.
func TestTheReportOfAnAttackedCase(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		old, new, strength string
		signs              bool
	}{
		"the header":       {"title: ", "title: Bukan ", "none", false},
		"the monitoring":   {"Hasil pemindaian", "Bukan pemindaian", "none", false},
		"the plan":         {"Paling lama 10 menit", "Paling lama 2 jam", "none", false},
		"the disposition":  {"Setuju. Laksanakan", "Setuju. Jangan laksanakan", "none", false},
		"the schedule":     {"contact: ", "contact:  ", "signed", true},
		"an unlisted file": {"", "", "signed", true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := including(t, "normal.txtar")
			p.must(t, "as", "agus-p")
			if c.old != "" {
				p.must(t, "replace", "@/patch.yaml", c.old, c.new)
			} else if err := os.WriteFile(filepath.Join(p.Dir, p.CaseDir(), "evidence", "catatan.txt"), []byte("x"), 0o600); err != nil {
				t.Fatal(err)
			}
			p.must(t, "git", "add", ".")
			p.must(t, "git", "commit", "-qm", "perbaikan kecil")
			playScript(t, p, anotherCase)
			p.oneTruth(t, "en", "id")
			for lang, said := range map[string]string{"en": "made at the head of the history", "id": "dibuat dari ujung riwayat"} {
				out, _ := p.output("report", "SP-2026-0001", "--format", "json", "--lang", lang)
				r, made := read[reportJSON](t, out), p.commitID(t, "main")
				if r.Approval.Strength != c.strength || r.acknowledged() != c.signs || r.Trail.Head != made || !strings.Contains(r.closing(), said) {
					t.Errorf("strength %s, signs %v, made at %s, want %s\n%s", r.Approval.Strength, r.acknowledged(), r.Trail.Head, made, r.closing())
				}
			}
		})
	}
}

// TestTheReportOfAClosedCaseStays prints a closed case before and after other
// landings, also of a policy.
func TestTheReportOfAClosedCaseStays(t *testing.T) {
	t.Parallel()
	p := including(t, "normal.txtar")
	print := func(more ...string) (all []string) {
		for _, lang := range []string{"en", "id"} {
			for _, format := range []string{"md", "html", "json"} {
				out, code := p.output(append([]string{"report", "SP-2026-0001", "--format", format, "--lang", lang}, more...)...)
				if code != exitPass || out == "" {
					t.Fatalf("exit code %d", code)
				}
				all = append(all, out)
			}
		}
		return all
	}
	closed := p.commitID(t, "main")
	first := print()
	p.must(t, "include", "history/rejected.txtar")
	playScript(t, p, `
as siti-a
branch aturan
replace policies/sop.yaml "standardTime: 2 working days" "standardTime: 3 working days"
replace policies/sop.yaml "number: 500" "number: BARU/500"
commit "aturan baru"
land aturan signed
`)
	p.must(t, "include", "history/not-required.txtar")
	p.Now = p.Now.AddDate(1, 0, 0)
	p.must(t, "audit", "pass")
	if again := print(); !slices.Equal(again, first) {
		t.Error("the report of a closed case changed with other landings")
	}
	if again := print("--ref", closed); !slices.Equal(again, first) {
		t.Error("the report is not that of the case's last landing")
	}
	if slices.Equal(print("--ref", "main"), first) {
		t.Error("--ref does not choose where the report is made")
	}
	dir := t.TempDir()
	if _, code := p.output("report", "--since", p.anchor(t), "--format", "md", "--lang", "en", "--output", dir); code != exitPass {
		t.Fatalf("exit code %d", code)
	}
	if data, err := os.ReadFile(filepath.Join(dir, "SP-2026-0001.md")); err != nil || string(data) != first[0] {
		t.Errorf("report --since writes another report: %v", err)
	}
}

// anchor is the first commit of the main line.
func (p *player) anchor(t testing.TB) string {
	return strings.TrimSpace(gitOutput(t, p, nil, "rev-list", "--max-parents=0", "main"))
}

// TestWhatIsKnownLaterOfAClosedCase: the key that approved turns out to be
// stolen, or an error is excepted, when the case is long closed.
func TestWhatIsKnownLaterOfAClosedCase(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		script, said string
		code         int
	}{
		"a stolen key": {`
include history/normal.txtar
as siti-a
git switch -q -c cabut main
git -c "alias.revoke=!sed -i '/id: budi-s/,/assignments/s/from: \(.*\) }/from: \1, revoked: { at: \x222026-02-06T10:50:00+07:00\x22, compromisedSince: \x222026-02-01T10:00:00+07:00\x22 } }/' policies/team.yaml" revoke
commit "kunci Kabid dicuri"
land cabut signed
audit fail approval-forged
`, "the check has found errors in it", exitFindings},
		"an exception": {`
include history/normal.txtar
as agus-p
replace @/patch.yaml "Paling lama 10 menit" "Paling lama 2 jam"
commit "perbaikan kecil"
as siti-a
git switch -q -c kecuali
git -c "alias.own=!echo exceptions: >> policies/sop.yaml; for r in step-changed history-direct; do echo '  - { commit: '$(git rev-parse HEAD)', rule: '$r', reason: Salah ketik. }' >> policies/sop.yaml; done" own
commit "pengecualian"
land kecuali signed
audit pass ~step-changed
`, "are no errors at the head of the history", exitPass},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := testPlayer(t)
			playScript(t, p, c.script)
			p.oneTruth(t, "en", "id")
			out, code := p.output("report", "SP-2026-0001", "--format", "json", "--lang", "en")
			if r := read[reportJSON](t, out); code != c.code || r.Trail.Head != p.commitID(t, "main") || r.acknowledged() || !strings.Contains(r.closing(), c.said) {
				t.Errorf("exit code %d, made at %s\n%s", code, r.Trail.Head, r.closing())
			}
		})
	}
}

// TestTheForgeIsAskedForAClosedCaseToo: with --online the report of a closed case
// says what the forge says today, and still stays when something else lands.
func TestTheForgeIsAskedForAClosedCaseToo(t *testing.T) {
	t.Parallel()
	h := waitingOffice(t, forgetest.New(t))
	h.play("github open\n" + kabidApproves + "github record\nexit 0 tambal merge 1\ngithub pull\ngit switch -q main\ngit branch -D SP-2026-0001\n" + `
at 2026-02-02T11:00:00+07:00
step closure
land
-- closure.yaml --
  - closure:
      startedAt: "2026-02-02T10:40:00+07:00"
      finishedAt: "2026-02-02T10:50:00+07:00"
      outcome: withdrawn
      note: Layanannya sudah dimatikan.
`)
	online := []string{"report", "SP-2026-0001", "--format", "json", "--lang", "en", "--online"}
	first, code := h.p.output(online...)
	if r := read[reportJSON](t, first); code != exitPass || r.Approval.Strength != "confirmed" || !r.acknowledged() {
		t.Errorf("exit code %d: %s", code, first)
	}
	h.play(anotherCase)
	if again, _ := h.p.output(online...); again != first {
		t.Error("the report changed when another case landed")
	}
	offline, _ := h.p.output(online[:len(online)-1]...)
	if r := read[reportJSON](t, offline); r.Approval.Strength != "recorded" {
		t.Errorf("nobody asked the forge, and the strength is %s", r.Approval.Strength)
	}
	edit("budi-s", func(r *forgetest.Review) { r.Reviewer = 900000004 })(h)
	denied, code := h.p.output(online...)
	if r := read[reportJSON](t, denied); code != exitFindings || r.Approval.Strength != "none" || r.acknowledged() {
		t.Errorf("the forge contradicts the record, exit code %d: %s", code, r.closing())
	}
}

// TestTheReportOfAnAdoptedCase: a case that was closed before the policy came has
// no landing of its own that is judged; the anchor stands in.
func TestTheReportOfAnAdoptedCase(t *testing.T) {
	t.Parallel()
	p := testPlayer(t)
	p.ID, p.Who = "SP-2026-0001", p.Team.ByID("siti-a")
	old, err := examples.FS.ReadFile("patches/2026/SP-2026-0001/patch.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for _, args := range []string{"checkout -q --orphan lama", "rm -rqf --cached .", "branch -D main"} {
		p.must(t, append([]string{"git"}, strings.Fields(args)...)...)
	}
	if err := writeFile(p.Dir, p.CaseDir()+"/patch.yaml", old); err != nil {
		t.Fatal(err)
	}
	p.must(t, "git", "add", "patches")
	p.must(t, "git", "commit", "-qm", "kasus lama")
	p.must(t, "git", "branch", "-m", "main")
	sop := filepath.Join(p.Dir, "policies", "sop.yaml")
	data, err := os.ReadFile(sop)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(sop, append(data, "\nsince: \""+p.commitID(t, "main")+"\"\n"...), 0o600); err != nil {
		t.Fatal(err)
	}
	p.must(t, "git", "add", ".")
	p.must(t, "git", "commit", "-qm", "policies: mulai")
	anchor := p.commitID(t, "main")
	first, code := p.output("report", "SP-2026-0001", "--format", "json", "--lang", "en")
	playScript(t, p, anotherCase)
	p.oneTruth(t, "en")
	again, _ := p.output("report", "SP-2026-0001", "--format", "json", "--lang", "en")
	if r := read[reportJSON](t, first); code != exitPass || r.Trail.Head != anchor || again != first {
		t.Errorf("exit code %d, made at %s, want %s", code, r.Trail.Head, anchor)
	}
}

// TestAReportTellsHowItsCaseLanded: a finding on the commit by which a case came
// about names no case, and is about this one all the same.
func TestAReportTellsHowItsCaseLanded(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ script, rule string }{
		"straight on the main line": {"git merge -q --ff-only SP-2026-0001\n", "history-direct"},
		"squashed":                  {"git merge -q --squash SP-2026-0001\ngit commit -q -m \"Selesai (#7)\"\n", "history-squashed"},
		"a file beside it":          {"git merge -q --no-ff SP-2026-0001 -m \"SP-2026-0001: closure\"\nwrite @/evidence/lain.txt lain.txt\ngit add -A\ngit commit -q -m \"tambahan\"\n", "history-direct"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := including(t, "normal.txtar until implemented")
			playScript(t, p, "as joko-s\nat 2026-02-05T10:30:00+07:00\nstep report\nland\nas siti-a\nat 2026-02-05T10:50:00+07:00\nstep closure\ngit switch -q main\n"+c.script+"-- lain.txt --\nlain\n")
			out, code := p.output("report", "SP-2026-0001", "--format", "json", "--lang", "en")
			if r := read[reportJSON](t, out); len(r.Signatures) == 0 {
				t.Error("no document")
			}
			if code != exitFindings || !strings.Contains(out, `"`+c.rule+`"`) {
				t.Errorf("exit code %d, and the report does not name %s", code, c.rule)
			}
			if text, code := p.output("audit", "--lang", "en"); code != exitFindings {
				t.Errorf("audit: %d\n%s", code, text)
			}
		})
	}
}

// TestWhatWasProvenFallsWithItsScan changes what a proof of a closed case rests on
// by a plain commit on the main line.
func TestWhatWasProvenFallsWithItsScan(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		edit  []string
		signs bool // what is behind the decision leaves it as it is
	}{
		"the scan after is changed":     {[]string{"replace", "@/evidence/trivy-sesudah.json", "{", "{ "}, true},
		"the scan before is changed":    {[]string{"replace", "@/evidence/trivy-sebelum.json", "{", "{ "}, false},
		"the scan after is deleted":     {[]string{"git", "rm", "-q", "patches/2026/SP-2026-0001/evidence/trivy-sesudah.json"}, true},
		"the implementation is changed": {[]string{"replace", "@/patch.yaml", "pemindaian sesudah dan uji", "uji"}, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := including(t, "normal.txtar")
			verdicts := func() (reportJSON, []string) {
				out, _ := p.output("report", "SP-2026-0001", "--format", "json", "--lang", "en")
				r := read[reportJSON](t, out)
				all := r.verdicts()
				slices.Sort(all)
				return r, slices.Compact(all)
			}
			_, before := verdicts()
			p.must(t, "as", "agus-p")
			p.must(t, c.edit...)
			p.must(t, "git", "add", ".")
			p.must(t, "git", "commit", "-qm", "perbaikan kecil")
			r, after := verdicts()
			if !slices.Equal(before, []string{"undated"}) || !slices.Equal(after, []string{"changed-since"}) {
				t.Errorf("verdicts %q, then %q", before, after)
			}
			if r.acknowledged() != c.signs {
				t.Errorf("a line for the signature: %v", r.acknowledged())
			}
			p.oneTruth(t, "en")
		})
	}
}

// TestTheReportOfACaseThatIsGone takes a decided case that is still open away from
// the main line: the report of a closed one would name every new error anyway.
func TestTheReportOfACaseThatIsGone(t *testing.T) {
	t.Parallel()
	for rule, args := range map[string][]string{
		"case-deleted": {"git", "rm", "-rq", "patches/2026/SP-2026-0001"},
		"case-moved":   {"git", "mv", "patches/2026/SP-2026-0001", "patches/2026/SP-2026-0002"},
	} {
		t.Run(rule, func(t *testing.T) {
			t.Parallel()
			p := including(t, "normal.txtar until decided")
			p.must(t, "git", "switch", "-q", "main")
			p.must(t, "as", "agus-p")
			p.must(t, args...)
			p.must(t, "git", "commit", "-qm", "perbaikan kecil")
			p.oneTruth(t, "en")
			out, _ := p.output("report", "SP-2026-0001", "--format", "json", "--lang", "en")
			if r := read[reportJSON](t, out); r.Approval == nil || r.acknowledged() || !strings.Contains(out, `"`+rule+`"`) {
				t.Errorf("approval %+v, signs %v", r.Approval, r.acknowledged())
			}
		})
	}
}
