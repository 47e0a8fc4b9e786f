package main

import (
	"strings"
	"testing"

	"github.com/tambal-id/tambal/cmd/tambal/internal/forge/forgetest"
	"github.com/tambal-id/tambal/cmd/tambal/internal/protection"
)

func TestASoundRepositoryHasNoGap(t *testing.T) {
	t.Parallel()
	w := newWard(t, forgetest.New(t)).sound()
	if d := w.wants(0); d.Verdict != "pass" || d.Prevention != protection.Prevents || d.Branch != "main" || d.Repository != "dinas/patches" {
		t.Errorf("%+v", d)
	}
	out, exit := w.run("doctor")
	if exit != 0 || !strings.HasPrefix(out, "repository dinas/patches (public), default branch main\nthe plan has branch rules") || !strings.Contains(out, "PASS") {
		t.Errorf("exit %d\n%s", exit, out)
	}
	for _, r := range w.Requests() {
		if r.Method != "GET" && !strings.Contains(r.Path, ".git/") {
			t.Errorf("doctor asked for %s %s", r.Method, r.Path)
		}
	}
}

func TestAPrivateRepositoryOfAFreeAccountIsOnlyWatched(t *testing.T) {
	t.Parallel()
	w := newWard(t, forgetest.New(t))
	w.Lock()
	w.Private, w.Plan = true, "free"
	w.Unlock()
	if d := w.wants(1, "error plan-no-rules"); d.Prevention != protection.DetectsOnly || !d.Private {
		t.Errorf("%+v", d)
	}
	w.Lock()
	w.Settings["allow_squash_merge"] = true
	w.Unlock()
	for lang, want := range map[string]string{"en": "nothing prevents it", "id": "tidak ada yang mencegahnya"} {
		w.lang = lang
		out, _ := w.run("doctor")
		lines := strings.Split(out, "\n")
		if !strings.Contains(lines[1], want) || !strings.Contains(lines[2], "[plan-no-rules]") || !strings.Contains(lines[3], "checkpoint.json") {
			t.Errorf("the plan is not said first:\n%s", out)
		}
	}
}

func TestWhatMayNotBeLookedAtIsNeverAPass(t *testing.T) {
	t.Parallel()
	w := newWard(t, forgetest.New(t)).sound()
	w.Deny("administration")
	d := w.wants(3, "undecided unknown-classic", "undecided unknown-actions", "undecided bypass-hidden")
	if d.Verdict != "undecided" || !strings.Contains(d.Gaps[1].Message+d.Gaps[1].Hint, "administration: read") {
		t.Errorf("the permission is not named: %+v", d.Gaps)
	}
	for lang, want := range map[string]string{"en": "UNDECIDED: no gap was found, but 3", "id": "TAK TERVERIFIKASI: tidak terlihat celah, tetapi 3"} {
		w.lang = lang
		if out, exit := w.run("doctor"); exit != 3 || !strings.Contains(out, want) {
			t.Errorf("exit %d\n%s", exit, out)
		}
	}
}

func TestWithoutTheRepositoryThereIsNoDiagnosis(t *testing.T) {
	t.Parallel()
	w := newWard(t, forgetest.Direct(t)).sound()
	w.Fault("GET /repos/dinas/patches$", forgetest.Fault{Status: 404})
	if out, exit := w.run("doctor"); exit != 3 || !strings.Contains(out, "metadata: read") {
		t.Errorf("exit %d\n%s", exit, out)
	}
	if out, exit := w.run("doctor", "--format", "sarif"); exit != 2 || !strings.Contains(out, "sarif") {
		t.Errorf("exit %d\n%s", exit, out)
	}
}

func TestNamesFromTheForgeCannotDriveTheLog(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"::error::x", "##[error]x", "a\n::error::x", "\x1b[2J\u202e"} {
		w := newWard(t, forgetest.New(t)).sound(forgetest.Field("name", name), forgetest.Field("enforcement", "disabled"))
		out, exit := w.run("doctor") // run looks at the lines
		if exit != 1 || !strings.Contains(out, "[ruleset-inactive]") || strings.ContainsAny(out, "\x1b\u202e") {
			t.Errorf("exit %d\n%q", exit, out)
		}
		w.run("doctor", "--format", "json")
	}
}

func TestTheForgesBranchIsReadNotTheClones(t *testing.T) {
	t.Parallel()
	w := newWard(t, forgetest.New(t)).sound()
	w.write(map[string]string{".github/CODEOWNERS": ""})
	w.git("reset", "-q", "--hard", "HEAD^")
	w.wants(1, "error codeowners-missing")
}

func TestTheDefaultBranchIsTheOneWorkedOn(t *testing.T) {
	t.Parallel()
	w := newWard(t, forgetest.New(t)).sound()
	w.git("push", "-q", w.Dir(), "main:release")
	w.Lock()
	w.Settings["default_branch"] = "release"
	w.Unlock()
	w.wants(0, "warning branch-trunk")
	w.Lock()
	w.Settings["default_branch"] = "absent"
	w.Unlock()
	w.sound(forgetest.Field("name", "second")) // its condition follows the default branch, too
	w.wants(1, "warning branch-trunk", "error branch-policy", "undecided unknown-classic")
}
