package main

import (
	"strings"
	"testing"
	"time"

	"github.com/tambal-id/tambal/cmd/tambal/internal/forge/forgetest"
	"github.com/tambal-id/tambal/policies"
	"github.com/tambal-id/tambal/schema"
)

// TestWhoMayDecide: the account's number, the role when the review was given, and
// no part in what is decided.
func TestWhoMayDecide(t *testing.T) {
	t.Parallel()
	const approve = "github review APPROVED \"Setuju.\"\n"
	const reopened = "github close\nas budi-s\ngithub open\nat 2026-02-02T10:12:00+07:00\n"
	playReviews(t, []reviewCase{
		{name: "D32 who opened the pull request", script: reopened + approve + "github gate fail approval-pending approval-self\nWAITS"},
		{name: "D33 who wrote a part", script: "as budi-s\nreplace @/patch.yaml \"Citra lama diberi\" \"Citra yang lama diberi\"\ncommit \"ralat\"\ngithub push\nKABID APPROVED \"Setuju.\"\n" +
			"github gate fail approval-pending approval-self step-role\nWAITS"},
		{name: "D33 who committed a part for somebody else", script: "as budi-s\ngit commit -q --amend --author \"Rina Wulandari <rina-w@kominfo.example>\" -m \"analisis\"\ngithub push\nKABID APPROVED \"Setuju.\"\n" +
			"github gate fail approval-pending approval-self step-role\nWAITS"},
		{name: "D34 a co-author", script: "as rina-w\ngit commit -q --amend -m \"analisis\" -m \"Co-authored-by: Budi Santoso <budi-s@kominfo.example>\"\ngithub push\nKABID APPROVED \"Setuju.\"\n" +
			"github gate fail approval-pending approval-self\nWAITS"},
		{name: "D35 only brought the branch up to date", script: "git switch -q main\nas siti-a\nappend README.md catatan\ncommit \"catatan\"\ngit switch -q SP-2026-0001\nas budi-s\ngit merge -q --no-ff -m \"ambil main\" main\ngithub push\nKABID APPROVED \"Setuju.\"\nDECIDED" + catatan},
		{name: "D36 a part that came in by a second parent", script: "git switch -q -c lain HEAD~1\nas budi-s\nreplace @/patch.yaml \"Citra lama diberi\" \"Citra yang lama diberi\"\ncommit \"ralat\"\ngit switch -q SP-2026-0001\nas rina-w\n" +
			"git merge -q --no-ff -m \"ambil ralat\" lain\ngithub push\nKABID APPROVED \"Setuju.\"\ngithub gate fail approval-pending approval-self step-role\nWAITS"},
		{name: "D37 an author nobody lists", script: "git -c user.name=x commit -q --amend --author \"Entah <entah@lain.example>\" -m \"analisis\"\ngithub push\nKABID APPROVED \"Setuju.\"\ngithub gate fail approval-pending step-identity step-role\nWAITS"},
		{name: "D42 given before the acting order began", script: "as dewi-k\nat 2026-02-27T09:00:00+07:00\n" + approve + "at 2026-03-03T09:00:00+07:00\ngithub gate pending approval-pending ~approval-pending\nWAITS"},
		{name: "D42 given after the acting order ended", script: "as dewi-k\nat 2026-03-14T09:00:00+07:00\n" + approve + "github gate pending approval-pending ~approval-pending\nWAITS"},
		{name: "D42 given within the order, landed after it", script: "as dewi-k\nat 2026-03-12T09:00:00+07:00\n" + approve + "DECIDED"},
		{name: "D44 the login was renamed", script: "github rename budi-s kabid-baru\nKABID APPROVED \"Setuju.\"\nDECIDED"},
		{name: "D45 the login is somebody else's now", script: "github rename budi-s kabid-lama\n", then: func(h *hub) {
			h.AddUser("Contoh-Budi-S", 4711)
			h.Review(1, 4711, "APPROVED", "Setuju.")
		}, after: "github gate pending approval-pending ~approval-pending\nexit 1 tambal check --pr 1\nshows \"now belongs to another account (number 4711)\"\nWAITS"},
		{name: "D46 the account was deleted", script: "KABID APPROVED \"Setuju.\"\ngithub delete budi-s\ngithub gate pending approval-pending\nWAITS"},
		{name: "D46 the account was deleted after the record", script: "KABID APPROVED \"Setuju.\"\nas siti-a\nat 2026-02-02T10:20:00+07:00\ngithub record\ngithub delete budi-s\ngithub gate fail approval-forged"},
		{name: "D47 whatever GitHub calls the relation", script: "", then: func(h *hub) {
			h.AddUser("pemilik-organisasi", 4712).Permission = "admin"
			h.Review(1, 4712, "APPROVED", "Setuju.")
		}, after: "github gate pending approval-pending ~approval-pending\nWAITS"},
		{name: "D43 a program", script: "", then: func(h *hub) {
			h.AddUser("github-actions[bot]", 41898282)
			h.Review(1, 41898282, "APPROVED", "Setuju.")
		}, after: "github gate pending approval-pending\nWAITS"},
	})
}

// TestAProgramIsNeverTheKabid: not even one whose account a policy lists.
func TestAProgramIsNeverTheKabid(t *testing.T) {
	t.Parallel()
	t.Run("D43", func(t *testing.T) {
		h := waitingOffice(t, forgetest.New(t))
		h.play("github open\nas budi-s\nat 2026-02-02T10:12:00+07:00\n")
		h.RenameUser(h.account("budi-s"), "kabid[bot]")
		h.play("github review APPROVED \"Setuju.\"\ngithub gate pending approval-pending\nas siti-a\nexit 1 tambal record SP-2026-0001 --push\n")
	})
}

// TestRolesComeFromThePolicyBefore: a role that ended or began in a policy change
// counts by what the base says.
func TestRolesComeFromThePolicyBefore(t *testing.T) {
	t.Parallel()
	const approve = "as budi-s\nat 2026-02-02T10:12:00+07:00\ngithub review APPROVED \"Setuju.\"\nat 2026-02-02T10:30:00+07:00\n"
	t.Run("D39 the role was lost before the merge", func(t *testing.T) {
		h := waitingOffice(t, forgetest.New(t))
		h.play("github open\n" + approve)
		h.changeTeam("{ role: kabid, from: \"2025-01-01\", basis: SK Bupati Nomor 821/010/2025 }", "{ role: technical-team, from: \"2025-01-01\", basis: pindah }")
		h.play("github gate pending approval-pending ~approval-pending\nas siti-a\nexit 1 tambal record SP-2026-0001 --push\n")
	})
	t.Run("D40 the role was lost after the merge", func(t *testing.T) {
		h := waitingOffice(t, forgetest.New(t))
		h.play("github open\n" + approve + "as siti-a\ngithub record\nexit 0 tambal merge 1\ngithub pull\n")
		h.changeTeam("{ role: kabid, from: \"2025-01-01\", basis: SK Bupati Nomor 821/010/2025 }", "{ role: technical-team, from: \"2025-01-01\", basis: pindah }")
		h.play("exit 0 tambal audit --online\n")
	})
	t.Run("D41 the role was gained in this very pull request", func(t *testing.T) {
		h := waitingOffice(t, forgetest.New(t))
		team := h.read("policies/team.yaml")
		h.write("policies/team.yaml", strings.Replace(team, "{ role: technical-team, from: \"2025-01-01\", basis: SK Kepala Dinas Nomor 800/003/2025 }\n\n  - id: budi-s", "{ role: kabid, from: \"2025-01-01\", basis: sendiri }\n\n  - id: budi-s", 1))
		h.play("as siti-a\ncommit \"Joko menjadi Kabid\"\ngithub open\nas joko-s\nat 2026-02-02T10:12:00+07:00\ngithub review APPROVED \"Setuju.\"\nas siti-a\nexit 1 tambal record SP-2026-0001 --push\n")
		h.mustNotPass("policy-mixed", "approval-pending")
	})
}

// TestAccountsAlwaysHaveANumber: with a login alone, or a number of 0, a deleted
// account could match.
func TestAccountsAlwaysHaveANumber(t *testing.T) {
	t.Parallel()
	const team = "apiVersion: tambal/v1\nkind: Team\npeople:\n  - id: budi-s\n    name: Budi\n    title: Kabid\n    emails: [b@x.example]\n    github: GITHUB\n    assignments:\n      - { role: kabid, from: \"2025-01-01\", basis: SK }\n"
	for name, account := range map[string]string{
		"D46 number zero": "{ login: budi, id: 0 }", "D46 no login": "{ login: \"\", id: 5 }", "D48 a login alone": "{ login: budi }",
	} {
		t.Run(name, func(t *testing.T) {
			var into policies.Team
			if _, problems := schema.Load(schema.Team, []byte(strings.Replace(team, "GITHUB", account, 1)), &into); len(problems) == 0 {
				t.Error("accepted")
			}
			if _, problems := schema.Load(schema.Team, []byte(strings.Replace(team, "GITHUB", "{ login: budi, id: 5 }", 1)), &into); len(problems) > 0 {
				t.Fatalf("the whole form is refused: %+v", problems)
			}
		})
	}
}

// TestCommitsInGitHubsName: a committer called noreply@github.com is GitHub only
// where GitHub says so.
func TestCommitsInGitHubsName(t *testing.T) {
	t.Parallel()
	sign := func(h *hub, signed bool) string {
		raw := gitOutput(t, h.p, nil, "cat-file", "commit", h.p.ID)
		head, message, _ := strings.Cut(raw, "\n\n")
		lines := strings.Split(head, "\n")
		for i, line := range lines {
			if strings.HasPrefix(line, "committer ") {
				lines[i] = "committer GitHub <noreply@github.com> " + line[strings.Index(line, "> ")+2:]
			}
		}
		if signed {
			lines = append(lines, "gpgsig -----BEGIN PGP SIGNATURE-----", " ", " wsFcBAABCAAQ", " -----END PGP SIGNATURE-----")
		}
		id := strings.TrimSpace(gitOutput(t, h.p, []byte(strings.Join(lines, "\n")+"\n\n"+message), "hash-object", "-t", "commit", "-w", "--stdin", "--literally"))
		h.must("git", "update-ref", "refs/heads/"+h.p.ID, id)
		return id
	}
	for name, c := range map[string]struct {
		signed, vouched bool
		want            string
	}{
		"D38 made by GitHub":                   {true, true, "pending approval-pending"},
		"D38 signed, but GitHub knows nothing": {true, false, "fail approval-pending step-identity"},
		"D38 only the name":                    {false, false, "fail approval-pending step-identity"},
	} {
		t.Run(name, func(t *testing.T) {
			h := waitingOffice(t, forgetest.New(t))
			id := sign(h, c.signed)
			h.AddUser("web-flow", 19864447).Emails = []string{"noreply@github.com"}
			h.play("github open\n")
			if c.vouched {
				h.SetVerification(id, forgetest.Verification{Verified: true, Reason: "valid"})
			}
			h.play("github gate " + c.want + "\n")
			if !c.signed {
				h.play("check fail approval-pending step-identity\n") // nor does a clone alone believe it
			}
		})
	}
}

// changeTeam lands a change of the team, signed by its owner.
func (h *hub) changeTeam(old, new string) {
	h.t.Helper()
	h.play("git switch -q main\nas siti-a\nbranch kebijakan\n")
	team := h.read("policies/team.yaml")
	if !strings.Contains(team, old) {
		h.t.Fatalf("team.yaml does not hold %s", old)
	}
	h.write("policies/team.yaml", strings.Replace(team, old, new, 1))
	h.play("commit \"tim berubah\"\nland kebijakan signed\ngithub push\n")
}

// TestPoliciesApprovedInReview: an office without keys changes its team in a pull
// request that another policy owner approves. Approvals afterwards keep their
// strength, as long as the forge can be asked.
func TestPoliciesApprovedInReview(t *testing.T) {
	t.Parallel()
	const joko = "{ role: technical-team, from: \"2025-01-01\", basis: SK Kepala Dinas Nomor 800/003/2025 }\n\n  - id: budi-s"
	// Since ever: also at no time at all, which must not make a review count.
	const owner = "{ role: policy-owner, from: \"0001-01-01\", basis: SK }\n\n  - id: budi-s"
	for name, c := range map[string]struct {
		reviewer, state string
		later           bool // the policy changes after the review
		exit            string
		then            func(*forgetest.Review) // how the review reads once it landed; nil is as before
	}{
		"another owner approved":              {"joko-s", "APPROVED", false, "0", nil},
		"nobody did":                          {"", "", false, "3", nil},
		"somebody without the role did":       {"rina-w", "APPROVED", false, "3", nil},
		"the author's own word":               {"siti-a", "APPROVED", false, "3", nil},
		"another owner objected":              {"joko-s", "CHANGES_REQUESTED", false, "3", nil},
		"another owner approved an older one": {"joko-s", "APPROVED", true, "3", nil},
		"another owner took it back":          {"joko-s", "APPROVED CHANGES_REQUESTED", false, "3", nil},
		"another owner approved at no time":   {"joko-s", "APPROVED", false, "3", func(r *forgetest.Review) { r.SubmittedAt = time.Time{} }},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := waitingOffice(t, forgetest.New(t))
			h.changeTeam(joko, owner) // signed: Joko is a policy owner now
			h.play("github open\ngit switch -q main\nbranch kebijakan\nas siti-a\n")
			h.write("policies/calendar.yaml", h.read("policies/calendar.yaml")+"# jam layanan\n")
			h.play("commit \"kalender\"\ngithub push\n")
			number := h.Open(h.account("agus-p"), "kebijakan", "main", "kalender").Number
			var given int64
			if c.reviewer != "" {
				for _, state := range strings.Fields(c.state) {
					given = h.Review(number, h.account(c.reviewer), state, "")
				}
			}
			if c.later {
				h.write("policies/calendar.yaml", h.read("policies/calendar.yaml")+"# hari Sabtu\n")
				h.play("commit \"kalender lagi\"\ngithub push\n")
			}
			h.play("exit 0 tambal merge 2\ngithub pull\ngit switch -q SP-2026-0001\n")
			if c.then != nil {
				h.EditReview(given, c.then)
			}
			h.play("as budi-s\nat 2026-02-02T10:30:00+07:00\ngithub review APPROVED \"Setuju.\"\nas siti-a\nexit 0 tambal record SP-2026-0001 --push\n")
			h.play("exit " + c.exit + " tambal check --pr 1\n")
			if c.exit == "0" {
				h.play("exit 0 tambal merge 1\ngithub pull\nexit 0 tambal audit --online\nexit 3 tambal audit\n")
			}
		})
	}
}

// TestAPolicyThatWasNeverPushed has no pull request, and is no reason to stop.
func TestAPolicyThatWasNeverPushed(t *testing.T) {
	t.Parallel()
	h := waitingOffice(t, forgetest.New(t))
	h.play("git push -q " + h.Dir() + " main\ngit switch -q main\nbranch kebijakan\nas siti-a\nappend policies/calendar.yaml catatan\ncommit \"kalender\"\nland kebijakan\nexit 0 tambal audit --online\nshows \"[policy-unsigned]\"" + "\n-- catatan --\n# Catatan.\n")
}
