package main

import (
	"os"
	"strings"
	"testing"
	"time"

	"github.com/tambal-id/tambal/cmd/tambal/internal/forge/forgetest"
)

// TestAuditOnlineReadsEveryReviewAgain: what the forge forgot or changed since
// only takes the confirmation away; what it contradicts is a forgery.
func TestAuditOnlineReadsEveryReviewAgain(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		then              func(h *hub)
		exit, says        string
		accepted, offline string
	}{
		"nothing changed":           {func(*hub) {}, "0", "PASS", "0", "3"},
		"the account was renamed":   {func(h *hub) { h.RenameUser(h.account("budi-s"), "lain") }, "0", "PASS", "0", "3"},
		"the account was deleted":   {func(h *hub) { h.DeleteUser(h.account("budi-s")) }, "3", "was deleted", "0", "3"},
		"the text was edited":       {edit("budi-s", func(r *forgetest.Review) { r.Body = "Tidak jadi." }), "3", "was changed after it was recorded", "0", "3"},
		"the review was dismissed":  {func(h *hub) { h.Dismiss(h.given["budi-s"]) }, "3", "was dismissed", "0", "3"},
		"the repository is another": {func(h *hub) { h.Lock(); h.RepositoryID = 99; h.Unlock() }, "3", "the record names repository", "0", "3"},
		"an unknown state":          {edit("budi-s", func(r *forgetest.Review) { r.State = "SUPERSEDED" }), "3", "an unknown state", "3", "3"},
		"it was a comment":          {edit("budi-s", func(r *forgetest.Review) { r.State = "COMMENTED" }), "1", "the forge says COMMENTED", "1", "3"},
		"it was a no":               {edit("budi-s", func(r *forgetest.Review) { r.State = "CHANGES_REQUESTED" }), "1", "the forge says CHANGES_REQUESTED", "1", "3"},
		"it was somebody else's":    {edit("budi-s", func(r *forgetest.Review) { r.Reviewer = 900000004 }), "1", "given by account 900000004", "1", "3"},
		"it was on another commit":  {edit("budi-s", func(r *forgetest.Review) { r.CommitID = strings.Repeat("a", 40) }), "1", "given on commit", "1", "3"},
		"it was at another time":    {edit("budi-s", func(r *forgetest.Review) { r.SubmittedAt = r.SubmittedAt.Add(time.Minute) }), "1", "submitted at", "1", "3"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := waitingOffice(t, forgetest.New(t))
			h.play("github open\n" + kabidApproves + "github record\nexit 0 tambal merge 1\ngithub pull\ngit switch -q main\n")
			c.then(h)
			h.must("exit", c.exit, "tambal", "audit", "--online")
			if !strings.Contains(h.p.Shown, c.says) {
				t.Errorf("it does not say %q:\n%s", c.says, h.p.Shown)
			}
			if c.exit == "1" {
				h.must("exit", "1", "tambal", "audit", "--online", "--format", "json")
				if !strings.Contains(h.p.Shown, `"strength": "none"`) {
					t.Errorf("a contradicted record keeps a strength:\n%s", h.p.Shown)
				}
			}
			h.must("exit", c.accepted, "tambal", "audit", "--online", "--accept", "recorded")
			h.must("exit", c.offline, "tambal", "audit")
		})
	}
}

// TestAnAuditInAWorkflowHasASummary: all findings, where annotations are few.
func TestAnAuditInAWorkflowHasASummary(t *testing.T) {
	t.Parallel()
	h := waitingOffice(t, forgetest.New(t))
	summary := h.p.Dir + "-ringkasan.md"
	h.p.Env["GITHUB_STEP_SUMMARY"] = summary
	h.play("git switch -q main\nas siti-a\nitems plan\ncommit \"langsung\"\nexit 1 tambal audit --format github\nshows \"::error \"\nexit 1 tambal audit\n")
	data, err := os.ReadFile(summary)
	if err != nil || strings.Count(string(data), "## FAIL") != 1 || !strings.Contains(string(data), `\[history-direct\]`) {
		t.Errorf("%v\n%s", err, data)
	}
}

// TestTheEventSaysOnlyWhereToLook: the number or the commit of an event leads to
// the pull request; nothing in it is believed.
func TestTheEventSaysOnlyWhereToLook(t *testing.T) {
	t.Parallel()
	h := waitingOffice(t, forgetest.New(t))
	h.play("github open\n")
	event := func(name, payload string) {
		t.Helper()
		h.write("../event.json", payload)
		h.p.Env["GITHUB_EVENT_NAME"], h.p.Env["GITHUB_EVENT_PATH"] = name, h.p.Dir+"/../event.json"
	}
	head := h.Head(h.p.ID)
	event("pull_request_target", `{"pull_request":{"number":1,"head":{"sha":"`+head+`"},"state":"closed","draft":true}}`)
	h.play("tambal check --pr event --post\n")
	if s := h.Statuses(head); len(s) != 1 || s[0].State != "pending" {
		t.Errorf("%+v", s)
	}
	event("workflow_run", `{"workflow_run":{"head_sha":"`+head+`","pull_requests":[]}}`)
	h.play(kabidApproves + "tambal record --pr event --push --post\n")
	if s := h.Statuses(h.Head(h.p.ID)); h.Head(h.p.ID) == head || len(s) != 1 || s[0].State != "success" {
		t.Errorf("%+v", s)
	}
	event("schedule", `{}`)
	h.play("tambal check --pr event --post\ntambal record --pr event --push\nshows \"is on its branch already\"\n")
	event("pull_request", `{}`)
	h.play("exit 2 tambal check --pr event\n")
	t.Run("D18 it becomes a draft while the clone is read", func(t *testing.T) {
		h := waitingOffice(t, forgetest.New(t))
		h.play("github open\n")
		h.Before("GET /"+h.Owner+"/"+h.Name+".git/info/refs", func() { h.Draft(1) })
		h.play("github gate pending approval-pending request-state\n")
	})
	t.Run("D19 the API is behind its own Git", func(t *testing.T) {
		h := waitingOffice(t, forgetest.Direct(t))
		h.play("github open\n")
		old := h.get("/pulls/1")
		h.play("as agus-p\nreplace @/patch.yaml \"waktu pulih paling lama 5 menit\" \"waktu pulih paling lama 5 jam\"\ncommit \"ralat\"\ngithub push\n")
		h.Fault("GET /pulls/1$", forgetest.Fault{Body: old})
		h.play("exit 3 tambal check --pr 1\nshows \"keeps changing\"\n")
		h.ClearFaults()
		h.Fault("GET /pulls/1$", forgetest.Fault{Body: old, Times: 2})
		h.play("github gate pending approval-pending\n")
	})
	t.Run("D19 the event is ahead of the API", func(t *testing.T) {
		event("pull_request_target", `{"pull_request":{"number":1,"head":{"sha":"`+strings.Repeat("e", 40)+`"}}}`)
		h.play("exit 1 tambal check --pr event\nshows \"does not show the head of #1\"\n")
	})
}

// TestABaseThatMovedIsJudgedAgain: between the check and the merge another case
// lands, or the head moves; what landed is what is judged.
func TestABaseThatMovedIsJudgedAgain(t *testing.T) {
	t.Parallel()
	t.Run("D71 the head moves before the merge", func(t *testing.T) {
		h := waitingOffice(t, forgetest.New(t))
		h.play("github open\n" + kabidApproves + "github record\n")
		h.Before("PUT /pulls/1/merge", func() {
			h.meanwhile("as agus-p\nreplace @/patch.yaml \"waktu pulih paling lama 5 menit\" \"waktu pulih paling lama 5 jam\"\ncommit \"ralat\"\ngithub push\n")
		})
		h.play("as siti-a\nexit 1 tambal merge 1\nshows \"#1 is not merged\"\nshows \"[approval-stale]\"\n")
		if h.Pull(1).Merged {
			t.Error("it was merged")
		}
	})
	t.Run("D88 the base moves before the merge", func(t *testing.T) {
		h := waitingOffice(t, forgetest.New(t))
		h.play("github open\n" + kabidApproves + "github record\n")
		h.Before("PUT /pulls/1/merge", func() {
			h.meanwhile("git switch -q main\nitems closure\ncommit \"batal\"\ngithub push\n-- closure.yaml --\n  - closure:\n      outcome: withdrawn\n      note: Sistem dimatikan.\n")
		})
		h.play("exit 1 tambal merge 1\n")
		if strings.Contains(h.p.Shown, "PASS") {
			t.Errorf("what landed passes:\n%s", h.p.Shown)
		}
	})
	t.Run("D71 GitHub does not want to", func(t *testing.T) {
		h := waitingOffice(t, forgetest.Direct(t))
		h.play("github open\n" + kabidApproves + "github record\n")
		h.Fault("PUT /pulls/1/merge", forgetest.Fault{Status: 405, Body: `{"message":"Required status check \"tambal/sop\" is expected."}`})
		h.play("exit 1 tambal merge 1\nshows \"is expected\"\n")
	})
	t.Run("GitHub says it merged, but did not", func(t *testing.T) {
		h := waitingOffice(t, forgetest.Direct(t))
		h.play("github open\n" + kabidApproves + "github record\n")
		h.Fault("PUT /pulls/1/merge", forgetest.Fault{Body: `{"sha":"` + h.Head("main") + `","merged":true,"message":"ok"}`})
		h.play("exit 1 tambal merge 1\nshows \"not a merge of the head that was checked\"\n")
	})
	t.Run("GitHub names a merge of the head that is not on the base", func(t *testing.T) {
		h := waitingOffice(t, forgetest.Direct(t))
		h.play("github open\n" + kabidApproves + "github record\n")
		base, head := h.Head("main"), h.Head(h.p.ID)
		beside := strings.TrimSpace(gitOutput(t, h.p, nil, "-c", "user.name=Siti Aminah", "-c", "user.email=siti-a@kominfo.example", "commit-tree", "-p", base, "-p", head, "-m", "beside", head+"^{tree}"))
		h.Fault("PUT /pulls/1/merge", forgetest.Fault{Body: `{"sha":"` + beside + `","merged":true,"message":"ok"}`})
		h.play("exit 1 tambal merge 1\nshows \"GitHub names " + beside + " as the result of #1, but that commit is not a merge of the head that was checked\"\n")
	})
}

// TestARecordLosesNobodysPush: whoever pushes while the record is on its way keeps
// what they pushed, and the record is made again for the new text.
func TestARecordLosesNobodysPush(t *testing.T) {
	t.Parallel()
	h := waitingOffice(t, forgetest.New(t))
	h.play("github open\n" + kabidApproves)
	h.Before("POST /"+h.Owner+"/"+h.Name+".git/git-receive-pack", func() {
		h.meanwhile("as agus-p\nappend README.md catatan\ncommit \"catatan\"\ngithub push" + catatan)
	})
	h.play("exit 3 tambal record SP-2026-0001 --push\nshows \"moved while the decision was recorded\"\n")
	pushed := strings.TrimSpace(gitOutput(t, h.p, nil, "rev-parse", h.p.ID))
	if h.Head(h.p.ID) != pushed {
		t.Errorf("the branch is at %s, not at %s", h.Head(h.p.ID), pushed)
	}
	h.play("github record\ngithub gate pass\n")
}

// TestARecordInOnesOwnClone: without --push it is a commit on the local branch,
// for the person to look at; a branch with other work of its own is left alone.
func TestARecordInOnesOwnClone(t *testing.T) {
	t.Parallel()
	h := waitingOffice(t, forgetest.New(t))
	h.play("github open\n" + kabidApproves + "exit 0 tambal record SP-2026-0001\nshows \"git push origin SP-2026-0001\"\n")
	if h.Head(h.p.ID) == strings.TrimSpace(gitOutput(t, h.p, nil, "rev-parse", h.p.ID)) {
		t.Error("it was pushed, or not written")
	}
	h.play("github push\ngithub gate pass\ngit reset -q --hard HEAD~1\ngithub push\nappend README.md catatan\ncommit \"belum didorong\"\nexit 1 tambal record SP-2026-0001\nshows \"differs from the pull request\"" + catatan)
	if got := gitOutput(t, h.p, nil, "log", "-1", "--format=%s"); got != "belum didorong\n" {
		t.Errorf("the person's own commit is gone: %s", got)
	}
}
