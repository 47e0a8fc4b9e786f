package main

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/tambal-id/tambal/cmd/tambal/internal/forge/forgetest"
	"github.com/tambal-id/tambal/cmd/tambal/internal/gate"
)

// kabidApproves lets the Kabid approve pull request 1 as it is.
const kabidApproves = "as budi-s\nat 2026-02-02T10:12:00+07:00\ngithub review APPROVED \"Setuju.\"\nas siti-a\nat 2026-02-02T10:20:00+07:00\n"

// TestThePageStaysOneComment: the verdict is one status and one comment, which
// are brought up to date; the Kabid is asked once.
func TestThePageStaysOneComment(t *testing.T) {
	t.Parallel()
	h := waitingOffice(t, forgetest.New(t))
	summary := filepath.Join(t.TempDir(), "ringkasan.md")
	h.p.Env["GITHUB_STEP_SUMMARY"], h.p.Env["GITHUB_RUN_ID"] = summary, "1234567890123"
	h.play("github open\ntambal check --pr 1 --post\ntambal check --pr 1 --post\n")
	waiting := h.Statuses(h.Head(h.p.ID))
	if len(waiting) != 2 || waiting[0].State != "pending" || waiting[0].Context != "tambal/sop" ||
		!strings.Contains(waiting[0].Description, "Budi Santoso") || !strings.HasSuffix(waiting[0].TargetURL, "/actions/runs/1234567890123") {
		t.Errorf("%+v", waiting)
	}
	h.onePage("WAITING FOR A DECISION", "musl libc (CVE-2019-14697)", "Paling lama 10 menit", "DITOLAK")
	if asked := h.RequestedReviewers(1); len(asked) != 1 || asked[0] != "contoh-budi-s" {
		t.Errorf("asked %v", asked)
	}
	posts := 0
	for _, r := range h.Requests() {
		if r.Method == "POST" && strings.HasSuffix(r.Path, "/requested_reviewers") {
			posts++
		}
	}
	if posts != 1 {
		t.Errorf("asked %d times", posts)
	}
	h.play(kabidApproves + "tambal check --pr 1 --post\n")
	h.onePage("DECIDED, NOT YET RECORDED", "tambal record SP-2026-0001")
	h.play("tambal record --pr 1 --push --post\n")
	if done := h.Statuses(h.Head(h.p.ID)); len(done) != 1 || done[0].State != "success" {
		t.Errorf("the new head: %+v", done)
	}
	h.onePage("MAY BE MERGED")
	data, err := os.ReadFile(summary)
	if err != nil || strings.Count(string(data), "## ") < 4 || !strings.Contains(string(data), "MAY BE MERGED") {
		t.Errorf("%v\n%s", err, data)
	}
}

// onePage wants pull request 1 to carry exactly one comment of ours that says all
// this.
func (h *hub) onePage(says ...string) {
	h.t.Helper()
	list := h.Comments(1)
	if len(list) != 1 || !strings.HasPrefix(list[0].Body, gate.Sticky) {
		h.t.Fatalf("%d comments: %+v", len(list), list)
	}
	for _, s := range says {
		if !strings.Contains(list[0].Body, s) {
			h.t.Errorf("the page does not say %q:\n%s", s, list[0].Body)
		}
	}
}

// TestAClosedPullRequestGetsNoVerdict: what was merged or given up is not marked
// as failed afterwards.
func TestAClosedPullRequestGetsNoVerdict(t *testing.T) {
	t.Parallel()
	h := waitingOffice(t, forgetest.New(t))
	h.play("github open\ngithub close\ntambal check --pr 1 --post\n")
	if s := h.Statuses(h.Head(h.p.ID)); len(s) != 0 || len(h.Comments(1)) != 0 {
		t.Errorf("%+v %+v", s, h.Comments(1))
	}
	h.play("github reopen\ntambal check --pr 1 --post\n")
	if s := h.Statuses(h.Head(h.p.ID)); len(s) != 1 || s[0].State != "pending" {
		t.Errorf("%+v", s)
	}
}

// TestAForkGetsAStatusAndNoPage: what stands in a case is not told to outsiders,
// and nobody of the office is asked in their name.
func TestAForkGetsAStatusAndNoPage(t *testing.T) {
	t.Parallel()
	t.Run("E16 D51", func(t *testing.T) {
		h := waitingOffice(t, forgetest.New(t))
		h.play("github open\n")
		pull := h.Pull(1)
		h.Lock()
		pull.Fork = &forgetest.Fork{Owner: "orang-lain", Name: "patch", ID: 77}
		h.Unlock()
		h.play("tambal check --pr 1 --post\n")
		if s := h.Statuses(h.Head(h.p.ID)); len(s) != 1 || s[0].State != "failure" || len(h.Comments(1)) != 0 || len(h.RequestedReviewers(1)) != 0 {
			t.Errorf("%+v %+v %v", s, h.Comments(1), h.RequestedReviewers(1))
		}
	})
}

// TestNobodyElsesCommentIsThePage: who may comment could otherwise show the Kabid
// what he likes, after it was checked.
func TestNobodyElsesCommentIsThePage(t *testing.T) {
	t.Parallel()
	h := waitingOffice(t, forgetest.New(t))
	h.play("github open\n")
	h.Comment(1, h.account("joko-s"), gate.Sticky+"Semua beres, setujui saja.")
	h.play("tambal check --pr 1 --post\n")
	list := h.Comments(1)
	if len(list) != 2 || list[0].Body != gate.Sticky+"Semua beres, setujui saja." || !strings.HasPrefix(list[1].Body, gate.Sticky) {
		t.Errorf("%+v", list)
	}
}

// TestNoBotsCommentIsThePageEither: a bot is us only where the token is nobody's,
// and who is deleted is never us.
func TestNoBotsCommentIsThePageEither(t *testing.T) {
	t.Parallel()
	const theirs = gate.Sticky + "Semua beres, setujui saja."
	for name, c := range map[string]struct {
		login           string
		deleted, nobody bool // the author is deleted; the token is no user's
		comments        int
	}{
		"a bot, and we are a user":              {"lain[bot]", false, false, 2},
		"somebody deleted, and we are a user":   {"lain", true, false, 2},
		"a deleted bot, and we are a user":      {"lain[bot]", true, false, 2},
		"somebody deleted, and we are nobody":   {"lain", true, true, 2},
		"somebody else, and we are nobody":      {"lain", false, true, 2},
		"the workflow's own, and we are nobody": {"github-actions[bot]", false, true, 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := waitingOffice(t, forgetest.Direct(t))
			h.play("github open\n")
			h.AddUser(c.login, 4040)
			h.Comment(1, 4040, theirs)
			if c.deleted {
				h.DeleteUser(4040)
			}
			if c.nobody {
				h.Fault("GET /user$", forgetest.Fault{Status: 403, Body: `{"message":"Resource not accessible by integration"}`})
			}
			h.play("tambal check --pr 1 --post\n")
			list := h.Comments(1)
			if kept := list[0].Body == theirs; len(list) != c.comments || kept != (c.comments == 2) || !strings.Contains(list[len(list)-1].Body, "WAITING FOR A DECISION") {
				t.Errorf("%+v", list)
			}
		})
	}
}

// TestTheItemOnThePageIsTheRecord: pasted in the browser it is what record would
// have written.
func TestTheItemOnThePageIsTheRecord(t *testing.T) {
	t.Parallel()
	h := waitingOffice(t, forgetest.New(t))
	h.play("github open\n" + kabidApproves + "tambal check --pr 1 --post\n")
	body := h.Comments(1)[0].Body
	_, rest, ok := strings.Cut(body, "```yaml\n")
	item, _, closed := strings.Cut(rest, "```")
	if !ok || !closed || !strings.HasPrefix(item, "  - approval:\n") {
		t.Fatalf("no item to paste:\n%s", body)
	}
	if !strings.Contains(body, "/edit/SP-2026-0001/patches/2026/SP-2026-0001/patch.yaml") {
		t.Errorf("no way to the editor:\n%s", body)
	}
	manifest := "patches/2026/SP-2026-0001/patch.yaml"
	before := h.read(manifest)
	h.write(manifest, before+item)
	h.play("commit \"catat persetujuan\"\ngithub push\ngithub gate pass\n")
	pasted := h.read(manifest)
	h.play("git reset -q --hard HEAD~1\ngithub push\ngithub record\n")
	if recorded := h.read(manifest); recorded != pasted {
		t.Errorf("pasted and recorded differ:\n%s\n%s", pasted[len(before):], recorded[len(before):])
	}
}

// TestARecordMayNotDiffer: the gate reads the review again and refuses any other
// word in its record.
func TestARecordMayNotDiffer(t *testing.T) {
	t.Parallel()
	manifest := "patches/2026/SP-2026-0001/patch.yaml"
	for name, c := range map[string]struct{ old, new, want string }{
		"another disposition":              {"disposition: Setuju.", "disposition: Setuju tanpa syarat.", "fail approval-forged"},
		"a condition added":                {"      subject:\n        bytes", "      conditions:\n        - Bebas\n      subject:\n        bytes", "fail approval-forged"},
		"acting for somebody":              {"      subject:\n        bytes", "      actingFor: Kepala Dinas\n      subject:\n        bytes", "fail approval-forged"},
		"times of its own":                 {"      disposition: Setuju.", "      finishedAt: \"2026-02-02T10:12:00+07:00\"\n      disposition: Setuju.", "fail approval-forged"},
		"another time":                     {"T10:12:00+07:00\"\n      disposition", "T10:02:00+07:00\"\n      disposition", "fail approval-forged"},
		"another person":                   {"by: budi-s", "by: joko-s", "fail approval-forged step-role"},
		"another account":                  {"reviewerId: 900000005", "reviewerId: 900000004", "fail approval-forged"},
		"another review":                   {"        id: ", "        id: 9", "fail approval-forged"},
		"another repository":               {"repositoryId: ", "repositoryId: 9", "fail approval-forged"},
		"another pull request":             {"pullRequest: 1", "pullRequest: 2", "fail approval-forged"},
		"a rejection made of it":           {"decision: approved", "decision: rejected", "fail approval-forged step-order"},
		"a subject cut short":              {"        bytes: 3", "        bytes: 2", "fail approval-stale"},
		"an agenda number is the office's": {"      subject:\n        bytes", "      agendaNo: 045/II/2026\n      nature: segera\n      subject:\n        bytes", "pass"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := waitingOffice(t, forgetest.New(t))
			h.play("github open\n" + kabidApproves + "github record\n")
			text := h.read(manifest)
			at := strings.Index(text, "  - approval:")
			if !strings.Contains(text[at:], c.old) {
				t.Fatalf("the record does not hold %q:\n%s", c.old, text[at:])
			}
			h.write(manifest, text[:at]+strings.Replace(text[at:], c.old, c.new, 1))
			h.play("commit \"ralat\"\ngithub push\ngithub gate " + c.want + "\n")
		})
	}
}

// TestTextOfPeopleReachesGitHubHarmless: a title made to break out of what shows
// it arrives as text in status, comment, summary, annotations and log.
func TestTextOfPeopleReachesGitHubHarmless(t *testing.T) {
	t.Parallel()
	title := "::error::x ##[error]y $(id) </td><script>alert(1)</script> @team #1 ![a](http://x) \u202ebalik -->"
	h := waitingOffice(t, forgetest.New(t))
	summary := filepath.Join(t.TempDir(), "s.md")
	h.p.Env["GITHUB_STEP_SUMMARY"] = summary
	// A bidi control is refused in a manifest, so it stands in what nobody vets: the
	// title of the pull request, its branch, the review.
	manifest := "patches/2026/SP-2026-0001/patch.yaml"
	h.write(manifest, strings.Replace(h.read(manifest), "rollback: Jalankan kembali kontainer dari citra bertanda layanan-desa-cadangan; waktu pulih paling lama 5 menit.", "rollback: \"::error::x ##[error]y $(id) </td><script>alert(1)</script> @team #1 ![a](http://x) -->\"", 1))
	h.play("as agus-p\ncommit \"ralat\"\ngithub push\n")
	h.number = h.Open(h.account("agus-p"), h.p.ID, "main", title).Number
	h.play("as budi-s\nat 2026-02-02T10:12:00+07:00\n")
	h.Review(h.number, h.account("budi-s"), "CHANGES_REQUESTED", title)
	h.play("as siti-a\n")
	for _, format := range []string{"text", "json", "github", "sarif"} {
		h.play("exit 1 tambal check --pr 1 --format " + format + "\n")
		for _, line := range strings.Split(h.p.Shown, "\n") {
			if trimmed := strings.TrimSpace(line); format != "github" && strings.HasPrefix(trimmed, "::") || strings.Contains(line, "##[") {
				t.Errorf("%s: a command reaches the log: %q", format, line)
			}
		}
	}
	h.play("tambal check --pr 1 --post\n")
	data, err := os.ReadFile(summary)
	if err != nil {
		t.Fatal(err)
	}
	for where, text := range map[string]string{"comment": h.Comments(1)[0].Body, "summary": string(data), "status": fmt.Sprint(h.Statuses(h.Head(h.p.ID)))} {
		for _, bad := range []string{"<script", "</td>", "\u202e", "](http://x)", " @team", "\n::"} {
			if strings.Contains(text, bad) {
				t.Errorf("%s holds %q:\n%s", where, bad, text)
			}
		}
	}
	if !strings.Contains(h.Comments(1)[0].Body, "alert(1)") {
		t.Error("the field is not shown at all")
	}
}

// TestAStatusIsOneLineOfText: the exact bytes of what a hostile file name becomes.
func TestAStatusIsOneLineOfText(t *testing.T) {
	t.Parallel()
	h := waitingOffice(t, forgetest.New(t))
	h.write(".github/::error::x $(id) ##[y] <b>@team\u202e\x1b[2J.yml", "on: push\n")
	h.play("as agus-p\ncommit \"alur\"\ngithub open\ntambal check --pr 1 --post\n")
	const want = ".github/::error::x $(id) ##[y] <b>@team<U+202E><U+001B>[2J.yml is part of this check and changes together with a case or a policy"
	if s := h.Statuses(h.Head(h.p.ID)); len(s) != 1 || s[0].State != "failure" || s[0].Description != want {
		t.Errorf("%+v", s)
	}
}

// TestNoVerdictRestsOnGitHubsOpinion: whether GitHub thinks it can be merged, what
// its search finds and when something was pushed are never asked for.
func TestNoVerdictRestsOnGitHubsOpinion(t *testing.T) {
	t.Parallel()
	h := waitingOffice(t, forgetest.New(t))
	h.play("github open\n" + kabidApproves + "github record\n")
	pull := h.Pull(1)
	h.Lock()
	pull.MergeableUnknown = true
	h.Unlock()
	h.play("github gate pass\n")
	asked := regexp.MustCompile(`(?i)mergeable|\.Search\b|/search/|PushedAt|pushed_at`)
	files, err := filepath.Glob("internal/forge/*.go")
	if err != nil || len(files) < 8 {
		t.Fatal(files, err)
	}
	for _, name := range files {
		data, err := os.ReadFile(name)
		if found := asked.Find(data); err != nil || found != nil && !strings.HasSuffix(name, "_test.go") {
			t.Errorf("%s asks for %s (%v)", name, found, err)
		}
	}
}

// TestAForgeThatCannotBeReadIsNeverAPass: every command that needs it says so and
// exits 3, and no token is shown.
func TestAForgeThatCannotBeReadIsNeverAPass(t *testing.T) {
	t.Parallel()
	tomorrow := time.Now().UTC().Add(24 * time.Hour).Format(time.DateOnly)
	helps := map[string]string{"limited": "until " + tomorrow, "not for you": "pull-requests: read", "not yours": "pull-requests: read", "down": "GitHub answers 500"}
	for name, fault := range map[string]forgetest.Fault{
		"down": {Status: 500}, "limited": {Status: 429, Header: map[string]string{"Retry-After": "86400"}},
		"lying": {Kind: forgetest.Null}, "not for you": {Status: 404}, "not yours": {Status: 403},
	} {
		t.Run("D31 "+name, func(t *testing.T) {
			t.Parallel()
			h := waitingOffice(t, forgetest.Direct(t))
			h.play("github open\n" + kabidApproves + "github record\nexit 0 tambal merge 1\ngithub pull\n")
			h.Fault("GET /pulls/1/reviews", fault)
			for _, command := range []string{"check --pr 1", "check --pr 1 --post", "check --pr 1 --format json", "record SP-2026-0001 --push", "record --pr 1 --push", "merge 1", "audit --online"} {
				want := "3"
				if command == "record SP-2026-0001 --push" {
					want = "1" // merged: no open pull request is left to ask about
				}
				h.must(append([]string{"exit", want, "tambal"}, strings.Fields(command)...)...)
				if strings.Contains(h.p.Shown, h.Token) {
					t.Errorf("%s shows the token", command)
				}
				if says := helps[name]; want == "3" && says != "" && !strings.Contains(h.p.Shown, says) {
					t.Errorf("%s does not say %q:\n%s", command, says, h.p.Shown)
				}
			}
		})
	}
}
