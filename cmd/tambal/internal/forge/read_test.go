package forge

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/tambal-id/tambal/cmd/tambal/internal/forge/forgetest"
)

func TestMain(m *testing.M) {
	forgetest.CleanEnvironment()
	os.Exit(m.Run())
}

// seed gives the bare repository a main branch and a branch "rencana" ahead of it.
func seed(t *testing.T, gh *forgetest.GitHub) {
	t.Helper()
	dir := t.TempDir()
	run := func(args ...string) {
		t.Helper()
		cmd := exec.Command("git", append([]string{"-c", "user.name=Siti", "-c", "user.email=siti@kantor.example"}, args...)...)
		cmd.Dir = dir
		cmd.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL=/dev/null", "GIT_CONFIG_SYSTEM=/dev/null")
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("git %v: %s", args, out)
		}
	}
	run("init", "-q", "-b", "main")
	run("commit", "-q", "--allow-empty", "-m", "awal")
	run("switch", "-q", "-c", "rencana")
	if err := os.WriteFile(filepath.Join(dir, "a"), []byte("a"), 0o600); err != nil {
		t.Fatal(err)
	}
	run("add", "a")
	run("commit", "-q", "-m", "rencana")
	run("push", "-q", gh.Dir(), "main", "rencana")
}

// push moves the branch of pull request 1.
func push(t *testing.T, gh *forgetest.GitHub, message string) {
	t.Helper()
	out, err := exec.Command("git", "--git-dir", gh.Dir(), "-c", "user.name=Siti", "-c", "user.email=siti@kantor.example",
		"commit-tree", "-p", "rencana", "-m", message, "rencana^{tree}").Output()
	if err == nil {
		_, err = exec.Command("git", "--git-dir", gh.Dir(), "update-ref", "refs/heads/rencana", strings.TrimSpace(string(out))).Output()
	}
	if err != nil {
		t.Fatal(err)
	}
}

// TestADossierIsReadWhileNothingMoves: the head moves between the first and the
// last call, so everything is read again; one that never rests is undecided.
func TestADossierIsReadWhileNothingMoves(t *testing.T) {
	t.Parallel()
	t.Run("D18 moves once", func(t *testing.T) {
		gh := onePull(t)
		gh.Before("GET /pulls/1/reviews", func() { push(t, gh, "lagi") })
		d, err := ask(t, gh).Dossier(t.Context(), 1)
		if err != nil || d.Pull.Head.SHA != gh.Head("rencana") {
			t.Fatalf("%+v %v", d, err)
		}
	})
	t.Run("D18 never rests", func(t *testing.T) {
		gh := onePull(t)
		var restless func()
		restless = func() {
			push(t, gh, "lagi")
			gh.Before("GET /issues/1/timeline", restless)
		}
		gh.Before("GET /issues/1/timeline", restless)
		if d, err := ask(t, gh).Dossier(t.Context(), 1); code(t, err) != "forge.moving" || d != nil {
			t.Fatalf("%+v %v", d, err)
		}
	})
}

// TestAllPagesAreRead: more reviews and comments than a page holds.
func TestAllPagesAreRead(t *testing.T) {
	t.Parallel()
	t.Run("D15 D72", func(t *testing.T) {
		gh := onePull(t)
		for i := range 250 {
			gh.Review(1, 2, "COMMENTED", fmt.Sprint(i))
			gh.Comment(1, 2, fmt.Sprint(i))
		}
		a := ask(t, gh)
		reviews, err := a.Reviews(a.ctx, 1)
		if err != nil || len(reviews) != 251 || reviews[250].Body != "249" {
			t.Errorf("%d reviews, %v", len(reviews), err)
		}
		comments, err := a.Comments(a.ctx, 1)
		if err != nil || len(comments) != 250 {
			t.Errorf("%d comments, %v", len(comments), err)
		}
		for _, r := range gh.Requests() {
			if strings.HasSuffix(r.Path, "/commits") || strings.HasSuffix(r.Path, "/files") {
				t.Errorf("%s is cut off at 250 commits or 3000 files", r.Path)
			}
		}
	})
}

// TestNobodyIsNobody: deleted accounts, deleted forks and programs.
func TestNobodyIsNobody(t *testing.T) {
	t.Parallel()
	t.Run("D46 D51", func(t *testing.T) {
		gh := onePull(t)
		gh.DeleteUser(3)
		pull := gh.Pull(1)
		gh.Lock()
		pull.HeadRepositoryNil = true
		gh.Unlock()
		d, err := ask(t, gh).Dossier(t.Context(), 1)
		if err != nil || d.Reviews[0].Author != (Account{}) || d.Pull.Head.RepositoryID != 0 {
			t.Errorf("%+v %v", d, err)
		}
	})
	t.Run("D43", func(t *testing.T) {
		gh := onePull(t)
		gh.AddUser("dependabot[bot]", 9)
		gh.Review(1, 9, "APPROVED", "")
		if d, err := ask(t, gh).Dossier(t.Context(), 1); err != nil || !d.Reviews[1].Author.Bot || d.Reviews[0].Author.Bot {
			t.Errorf("%+v %v", d, err)
		}
	})
}

// TestRetargetingIsSeen: the base branch and when it changed.
func TestRetargetingIsSeen(t *testing.T) {
	t.Parallel()
	t.Run("D53", func(t *testing.T) {
		gh := onePull(t)
		before, err := ask(t, gh).Dossier(t.Context(), 1)
		if err != nil || !before.Retargeted.IsZero() {
			t.Fatalf("%+v %v", before, err)
		}
		at := time.Date(2026, 2, 3, 4, 5, 6, 0, time.UTC)
		gh.Lock()
		gh.Clock = func() time.Time { return at }
		gh.Unlock()
		push(t, gh, "x")
		if out, err := exec.Command("git", "--git-dir", gh.Dir(), "branch", "lain", "main").CombinedOutput(); err != nil {
			t.Fatalf("%s", out)
		}
		gh.Retarget(1, "lain")
		if d, err := ask(t, gh).Dossier(t.Context(), 1); err != nil || !d.Retargeted.Equal(at) || d.Pull.Base.Ref != "lain" {
			t.Errorf("%+v %v", d, err)
		}
	})
}

// TestMergingGuardsTheHead: 409 and 405 merge nothing and say why.
func TestMergingGuardsTheHead(t *testing.T) {
	t.Parallel()
	t.Run("D71", func(t *testing.T) {
		gh := onePull(t)
		a := ask(t, gh)
		old := gh.Head("rencana")
		push(t, gh, "baru")
		if _, err := a.Merge(a.ctx, 1, old, "judul", "isi"); !errors.Is(err, ErrHeadMoved) {
			t.Errorf("%v", err)
		}
		gh.Draft(1)
		_, err := a.Merge(a.ctx, 1, gh.Head("rencana"), "judul", "isi")
		var e *Error
		if code(t, err) != "forge.refused" || !errors.As(err, &e) || !e.Refused || e.Status != 405 {
			t.Errorf("%v", err)
		}
		gh.Ready(1)
		sha, err := a.Merge(a.ctx, 1, gh.Head("rencana"), "judul", "isi")
		if err != nil || sha != gh.Head("main") {
			t.Errorf("%s %v", sha, err)
		}
	})
}

// TestStatusesFitGitHub: a description is cut to what is taken.
func TestStatusesFitGitHub(t *testing.T) {
	t.Parallel()
	gh := onePull(t)
	sha := gh.Head("rencana")
	err := ask(t, gh).SetStatus(t.Context(), sha, Status{State: StatusFailure, Context: "tambal/sop", Description: strings.Repeat("é", 500)})
	if got := gh.Statuses(sha); err != nil || len(got) != 1 || len([]rune(got[0].Description)) != 140 || got[0].State != "failure" {
		t.Errorf("%+v %v", got, err)
	}
}

// TestWhoMadeACommitIsGitHubsWord: verified and by web-flow, or not.
func TestWhoMadeACommitIsGitHubsWord(t *testing.T) {
	t.Parallel()
	gh := onePull(t)
	sha := gh.Head("rencana")
	a := ask(t, gh)
	if made, err := a.Made(a.ctx, sha); err != nil || made {
		t.Errorf("%v %v", made, err)
	}
	gh.SetVerification(sha, forgetest.Verification{Verified: true, Reason: "valid"})
	if made, err := a.Made(a.ctx, sha); err != nil || made {
		t.Errorf("a verified commit of a person: %v %v", made, err)
	}
}
