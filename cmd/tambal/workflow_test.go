//go:build act

package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/tambal-id/tambal/cmd/tambal/internal/forge/forgetest"
)

// These tests run the workflows that tambal init writes, unchanged, with act on
// real clones against a GitHub of their own. What act cannot show (permissions,
// forks, required checks) only GitHub can.

// opened is an office whose pull request waits for the Kabid.
func opened(t *testing.T) *workflows {
	w := newWorkflows(t, "")
	w.play("as agus-p\nat 2026-02-02T10:10:00+07:00\ngithub open\n")
	return w
}

// approved is the same after the Kabid's review was recorded by the workflow.
func approved(t *testing.T) *workflows {
	w := opened(t)
	w.play("at 2026-02-02T10:12:03+07:00\nas budi-s\ngithub review APPROVED \"Setuju. Laksanakan di luar jam layanan.\"\n")
	before := w.Pull(w.number).HeadSHA
	r, asked := w.reviewed()
	head := w.Pull(w.number).HeadSHA
	if !r.ok || head == before {
		t.Fatalf("ok=%v, the head is %s", r.ok, head)
	}
	same(t, "commits with a status", posted(asked), before, head)
	w.now() // the record was made at the machine's time; what follows is later
	return w
}

// now moves the office to the machine's time, which is that of the workflows.
func (w *workflows) now() { w.p.Now = time.Now().Truncate(time.Second) }

func TestWorkflowAnOpenedPlanWaits(t *testing.T) {
	w := opened(t)
	head := w.Pull(w.number).HeadSHA
	r, asked := w.pullRequest("opened")
	w.judged(r, asked, "pending", "MENUNGGU KEPUTUSAN", "Budi Santoso diminta memutuskan", caseID)
	w.wants("the log", r.log, "tambal (devel)", "approval-pending")
	same(t, "asked for a review", w.RequestedReviewers(w.number), "contoh-budi-s")
	if w.Head(caseID) != head {
		t.Error("the gate moved the branch")
	}
	if strings.Contains(r.log, w.Token) {
		t.Error("the token is in the log")
	}
	w.Draft(w.number)
	r, asked = w.pullRequest("converted_to_draft")
	w.judged(r, asked, "pending", "draf")
}

// judged wants one run of the gate to have ended well whatever its verdict, one
// status on the head and nowhere else, and the words in the one comment and in
// the summary.
func (w *workflows) judged(r ran, asked []forgetest.Request, state string, words ...string) {
	w.t.Helper()
	head := w.Pull(w.number).HeadSHA
	if !r.ok || wrote(asked) {
		w.t.Fatalf("ok=%v, wrote=%v", r.ok, wrote(asked))
	}
	same(w.t, "commits with a status", posted(asked), head)
	if states := w.statuses(head); len(states) == 0 || states[len(states)-1] != state {
		w.t.Errorf("statuses: %v, want %s at the end", states, state)
	}
	w.wants("the comment", w.comment(), words...)
	w.wants("the summary", r.summary, words...)
}

// TestWorkflowAnOfficeSetUpAsReadmeTellsHasNoGap sets the protection and asks the
// program itself what is left open.
func TestWorkflowAnOfficeSetUpAsReadmeTellsHasNoGap(t *testing.T) {
	w := newWorkflows(t, "")
	w.AddUser("contoh-admin", 900000077).Permission = "admin"
	w.p.Env["GITHUB_TOKEN"] = w.TokenOf(900000077)
	w.play("exit 0 tambal protect --apply\nexit 0 tambal doctor\n")
}

func TestWorkflowTheKabidsReviewIsRecorded(t *testing.T) {
	w := approved(t)
	head := w.Head(caseID)
	parent := w.git(w.Dir(), "rev-parse", head+"^")
	same(t, "statuses before", w.statuses(parent), "pending")
	same(t, "statuses of the new head", w.statuses(head), "success")
	if got := w.git(w.Dir(), "log", "-1", "--format=%an <%ae>", head); got != "github-actions[bot] <41898282+github-actions[bot]@users.noreply.github.com>" {
		t.Errorf("the record is by %s", got)
	}
	if got := w.git(w.Dir(), "diff", "--name-status", parent, head); got != "M\tpatches/2026/"+caseID+"/patch.yaml" {
		t.Errorf("the record changes %s", got)
	}
	added := w.git(w.Dir(), "diff", "--unified=0", parent, head)
	w.wants("the record", added, "+  - approval:", "by: budi-s", "Laksanakan di luar jam layanan", "reviewerId: 900000005")
	if strings.Contains(added, "\n-  ") {
		t.Errorf("the record changes what was there:\n%s", added)
	}
	if w.Head("main") == head || w.Pull(w.number).Merged {
		t.Error("without --merge nothing is merged")
	}
	r, asked := w.reviewed() // a second run of the same event changes nothing
	w.judged(r, asked, "success", "BOLEH DIGABUNGKAN", caseID)
	if w.Head(caseID) != head {
		t.Errorf("a repeated event moved the branch to %s", w.Head(caseID))
	}
}

// TestWorkflowTheNightFindsWhatNoEventTold is a review whose event was lost.
func TestWorkflowTheNightFindsWhatNoEventTold(t *testing.T) {
	w := opened(t)
	w.play("at 2026-02-02T10:12:03+07:00\nas budi-s\ngithub review APPROVED Setuju.\n")
	before := w.Head(caseID)
	payload := map[string]any{"schedule": "17 18 * * *", "repository": w.payload("push")["repository"]}
	r, asked := w.event("tambal.yml", "schedule", payload)
	if !r.ok || w.Head(caseID) == before {
		t.Fatalf("ok=%v, the head is still %s", r.ok, before)
	}
	same(t, "commits with a status", posted(asked), before, w.Head(caseID))
	same(t, "statuses of the new head", w.statuses(w.Head(caseID)), "success")
	w.wants("the log", r.log, "[tambal/audit            ] LULUS")
}

// TestWorkflowAnUnreadableForgeIsNoVerdict takes the right to read pull requests.
func TestWorkflowAnUnreadableForgeIsNoVerdict(t *testing.T) {
	w := opened(t)
	w.Deny("pull-requests")
	r, asked := w.pullRequest("opened")
	if r.ok || len(posted(asked)) > 0 {
		t.Errorf("ok=%v, statuses on %v", r.ok, posted(asked))
	}
	w.wants("the log", r.log, "forge-unread", "exit status 3")
}

// TestWorkflowAnOfficeMergesAtOnce adds --merge where the workflow's comment says:
// the bot lands the plan, and since no push event comes of that, the same run
// audits what landed.
func TestWorkflowAnOfficeMergesAtOnce(t *testing.T) {
	const line = "run: tambal record --pr event --push --post"
	w := newWorkflows(t, "", `replace .github/workflows/tambal.yml "`+line+`" "`+line+` --merge"`)
	w.play("as agus-p\nat 2026-02-02T10:10:00+07:00\ngithub open\nas budi-s\nat 2026-02-02T10:12:03+07:00\ngithub review APPROVED Setuju.\n")
	before := w.Head("main")
	r, asked := w.reviewed()
	if !r.ok || !w.Pull(w.number).Merged {
		t.Fatalf("ok=%v, merged=%v", r.ok, w.Pull(w.number).Merged)
	}
	parents := strings.Fields(w.git(w.Dir(), "log", "-1", "--format=%P", w.Head("main")))
	same(t, "parents of what landed", parents, before, w.Head(caseID))
	w.wants("the landing", w.git(w.Dir(), "log", "-1", "--format=%B", w.Head("main")), "Step: approval", "Reviewed-by: Budi Santoso")
	landed, reread := false, false
	for _, a := range asked {
		landed = landed || a.Method == "PUT" && strings.HasSuffix(a.Path, "/merge")
		reread = reread || landed && a.Method == "GET" && strings.HasSuffix(a.Path, "/pulls/1/reviews")
	}
	if !reread {
		t.Error("the audit of the same run did not see what landed")
	}
}

func TestWorkflowAPlanChangedAfterTheApprovalIsStale(t *testing.T) {
	w := approved(t)
	w.play("github pull\nas agus-p\ngit switch -q " + caseID + "\n")
	name := "patches/2026/" + caseID + "/patch.yaml"
	w.write(name, strings.Replace(w.read(name), "objective: ", "objective: Sekalian mengganti server. ", 1))
	w.play("git commit -qam \"rencana diubah\"\ngithub push\n")
	r, asked := w.pullRequest("synchronize")
	w.judged(r, asked, "failure", "approval-stale")
}

func TestWorkflowARefusalLandsWithItsClosureAndIsAudited(t *testing.T) {
	w := opened(t)
	w.play("at 2026-02-02T10:12:03+07:00\nas budi-s\ngithub review CHANGES_REQUESTED \"DITOLAK: cadangan belum pernah dicoba pulih.\"\n")
	if r, _ := w.reviewed(); !r.ok {
		t.Fatal("the refusal was not recorded")
	}
	w.wants("the record", w.git(w.Dir(), "show", w.Head(caseID)), "decision: rejected", "cadangan belum pernah dicoba pulih")
	same(t, "a refusal alone may not land", w.statuses(w.Head(caseID)), "failure")
	w.now()
	w.play("github pull\nas siti-a\ngit switch -q " + caseID + `
step closure
github push
-- closure.yaml --
  - closure:
      outcome: rejected
      note: Ditolak Kabid; diajukan lagi sebagai kasus baru sesudah cadangan dicoba pulih.
`)
	r, asked := w.pullRequest("synchronize")
	w.judged(r, asked, "success", "BOLEH DIGABUNGKAN", "Budi Santoso", caseID)

	before, head := w.Head("main"), w.Head(caseID)
	w.merge("siti-a")
	parents := strings.Fields(w.git(w.Dir(), "log", "-1", "--format=%P", w.Head("main")))
	same(t, "parents of what landed", parents, before, head)
	r, asked = w.pushed(before)
	if !r.ok || wrote(asked) || len(posted(asked)) > 0 {
		t.Fatalf("audit: ok=%v, asked %v", r.ok, asked)
	}
	w.wants("the log", r.log, "LULUS")
	w.report(r)

	// Whoever pushes past the gate is found by the audit of that very push, and the
	// reports are kept all the same.
	w.play("github pull\nas siti-a\ngit switch -q main\n")
	name := "patches/2026/" + caseID + "/patch.yaml"
	w.write(name, strings.Replace(w.read(name), "Ditolak Kabid", "Disetujui Kabid", 1))
	w.play("git commit -qam \"perbaikan kecil\"\ngithub push\n")
	r, _ = w.pushed(before)
	if r.ok {
		t.Error("the audit passes a finished step that was changed")
	}
	w.wants("the log", r.log, "history-direct", "step-changed")
	w.report(r)
}

// report wants the finished case's document among what was uploaded.
func (w *workflows) report(r ran) {
	w.t.Helper()
	files, err := os.ReadDir(filepath.Join(r.artifacts, "laporan"))
	if err != nil || len(files) != 1 || files[0].Name() != caseID+".html" {
		w.t.Fatalf("uploaded: %v, %v", files, err)
	}
	data, err := os.ReadFile(filepath.Join(r.artifacts, "laporan", files[0].Name()))
	if err != nil {
		w.t.Fatal(err)
	}
	w.wants("the report", string(data), "<html", caseID, "Budi Santoso")
}

// merge presses the button on the pull request's page, as a person.
func (w *workflows) merge(id string) {
	w.t.Helper()
	url := fmt.Sprintf("%s/repos/%s/%s/pulls/%d/merge", w.URL(), w.Owner, w.Name, w.number)
	req, err := http.NewRequest(http.MethodPut, url, strings.NewReader(`{"merge_method":"merge"}`))
	if err != nil {
		w.t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+w.TokenOf(w.account(id)))
	req.Header.Set("Content-Type", "application/json")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		w.t.Fatal(err)
	}
	defer resp.Body.Close()
	var answer struct{ Merged bool }
	if err := json.NewDecoder(resp.Body).Decode(&answer); err != nil || !answer.Merged {
		w.t.Fatalf("merge: %s, %v", resp.Status, err)
	}
}

func TestWorkflowAScheduleBeforeTheApprovalFails(t *testing.T) {
	w := newWorkflows(t, "")
	w.play("as siti-a\nat 2026-02-02T10:38:00+07:00\nstep schedule\ngithub open\n")
	r, asked := w.pullRequest("opened")
	w.judged(r, asked, "failure", "step-order", caseID)
}

func TestWorkflowAPolicyEditedWithTheCaseFails(t *testing.T) {
	w := newWorkflows(t, "")
	w.play("as siti-a\nat 2026-02-02T10:10:00+07:00\n")
	w.write("policies/sop.yaml", strings.Replace(w.read("policies/sop.yaml"), "minimum: confirmed", "minimum: recorded", 1))
	w.play("git commit -qam \"kebijakan\"\ngithub open\n")
	r, asked := w.pullRequest("opened")
	w.judged(r, asked, "failure", "policy-mixed")
	if policy := w.git(w.Dir(), "show", "main:policies/sop.yaml"); !strings.Contains(policy, "minimum: confirmed") {
		t.Error("the policy in force changed")
	}
}
