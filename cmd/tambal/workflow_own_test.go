//go:build act

package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tambal-id/tambal/cmd/tambal/internal/forge/forgetest"
	"github.com/tambal-id/tambal/policies"
)

// ownTree is a repository with one commit: tambal's own tree as it is here, and
// the files that add puts into it.
func (w *workflows) ownTree(add func(dir string)) string {
	w.t.Helper()
	own := filepath.Join(w.t.TempDir(), "tambal")
	list := w.git("../..", "ls-files", "-z", "--cached", "--others", "--exclude-standard")
	for name := range strings.SplitSeq(strings.TrimRight(list, "\x00"), "\x00") {
		data, err := os.ReadFile(filepath.Join("../..", name))
		if os.IsNotExist(err) {
			continue // deleted, and not committed yet
		}
		if err != nil {
			w.t.Fatal(err)
		}
		if err := writeFile(own, name, data); err != nil {
			w.t.Fatal(err)
		}
	}
	add(own)
	w.git(own, "init", "-q", "-b", "main")
	w.git(own, "add", "-A")
	date := "--date=" + w.p.Now.Format("2006-01-02T15:04:05Z07:00")
	w.t.Setenv("GIT_COMMITTER_DATE", strings.TrimPrefix(date, "--date="))
	w.git(own, "-c", "user.name=Siti Aminah", "-c", "user.email=siti-a@kominfo.example", "commit", "-qm", "tambal", date)
	os.Unsetenv("GIT_COMMITTER_DATE")
	return own
}

// TestWorkflowOfOurOwnRepository runs tambal's own workflow on a copy of this
// tree: the action builds what it lies in, and with no cases nothing is judged.
func TestWorkflowOfOurOwnRepository(t *testing.T) {
	w := newWorkflows(t, "")
	w.act.dir = w.ownTree(func(string) {})
	w.play("as agus-p\nat 2026-02-02T10:10:00+07:00\ngithub open\n")
	payload := w.payload("pull_request.opened")
	w.fillPull(payload)
	w.ResetRequests()
	r := w.act.run("tambal.yml", "pull_request_target", payload)
	if !r.ok || len(w.Requests()) > 0 {
		t.Errorf("ok=%v, the server was asked %v", r.ok, w.Requests())
	}
	w.wants("the log", r.log, "go version go1.", "tambal v0.0.0-")
}

// TestWorkflowAForkWithCasesIsAPatchRepository: this tree with a folder patches/
// and a history of its own is judged by the program it holds.
func TestWorkflowAForkWithCasesIsAPatchRepository(t *testing.T) {
	w := newWorkflows(t, "")
	fork := &player{w.p.Clone()}
	fork.Now = fork.Now.AddDate(0, 0, -7)
	w.p.Now = fork.Now
	fork.Dir = w.ownTree(func(dir string) {
		if err := writeFile(dir, "patches/.gitkeep", nil); err != nil {
			t.Fatal(err)
		}
	})
	policy, problems := policies.Load(os.DirFS(fork.Dir))
	if policy == nil {
		t.Fatalf("%+v", problems)
	}
	fork.Team = policy.Team
	fork.Git = func(args []string) error { return runGit(t, fork, args...) }
	gh := forgetest.New(t)
	gh.Lock()
	gh.Viewer, gh.Token = bot, "token-of-the-workflow"
	gh.Unlock()
	gh.AddUser("github-actions[bot]", bot)
	gh.Deny("user")
	env := map[string]string{}
	own := &workflows{hub: onGitHub(t, fork, gh), t: t, act: &act{t: t, dir: filepath.Join(t.TempDir(), "checkout"), root: filepath.Join(t.TempDir(), "act"), env: env}}
	for _, name := range []string{"GITHUB_API_URL", "GITHUB_SERVER_URL", "GITHUB_REPOSITORY", "GITHUB_TOKEN"} {
		env[name] = fork.Env[name]
	}
	own.play("include history/normal.txtar until opened\nat 2026-02-02T08:55:00+07:00\nas agus-p\nstep plan\ngithub open\n")
	own.number = 1
	r, asked := own.pullRequest("opened")
	own.judged(r, asked, "success", "BOLEH DIGABUNGKAN", "SP-2026-0001")
	own.wants("the log", r.log, "go version go1.", "tambal v0.0.0-")
}
