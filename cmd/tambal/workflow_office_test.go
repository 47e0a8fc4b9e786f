//go:build act

package main

import (
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tambal-id/tambal/cmd/tambal/internal/forge/forgetest"
	"github.com/tambal-id/tambal/cmd/tambal/internal/play"
	"github.com/tambal-id/tambal/cmd/tambal/internal/text"
	"github.com/tambal-id/tambal/policies"
)

// bot is the account whose token a workflow gets.
const bot = 41898282

const (
	releaseVersion = "v0.3.0"
	caseID         = "SP-2026-0001"
)

// workflows is an office on GitHub as README tells to set one up: made by tambal
// init, its team filled in, the release pinned, its workflows unchanged.
type workflows struct {
	*hub
	t   *testing.T
	act *act
}

// newWorkflows sets the office up; the monitoring of its first case has landed,
// and the plan and the analysis are complete on the case's branch. pinned is the
// digest that the office wrote down, "" for the right one; edits are lines of a
// script that change what init wrote.
func newWorkflows(t *testing.T, pinned string, edits ...string) *workflows {
	t.Helper()
	r := built()
	if r.err != nil {
		t.Fatal(r.err)
	}
	if pinned == "" {
		pinned = r.sha256
	}
	p := initialised(t, r, pinned, edits)
	gh := forgetest.New(t)
	gh.Lock()
	gh.Viewer, gh.Token = bot, "token-of-the-workflow"
	gh.Unlock()
	gh.AddUser("github-actions[bot]", bot)
	gh.Deny("user") // GitHub tells a workflow's token nothing about itself
	w := &workflows{hub: onGitHub(t, p, gh), t: t}
	root := t.TempDir()
	w.act = &act{t: t, dir: filepath.Join(root, "checkout"), root: filepath.Join(root, "act"), env: map[string]string{
		"GITHUB_API_URL": gh.URL(), "GITHUB_SERVER_URL": p.Env["GITHUB_SERVER_URL"], "GITHUB_REPOSITORY": p.Env["GITHUB_REPOSITORY"],
		"GITHUB_TOKEN": gh.Token, "TAMBAL_RELEASES": r.serve(t, releaseVersion),
	}}
	w.play("include history/normal.txtar until analysed\n")
	w.push()
	return w
}

// initialised runs the program's own init and does what README says comes next.
func initialised(t *testing.T, r *release, sha256 string, edits []string) *player {
	t.Helper()
	p := &player{&play.Player{Dir: filepath.Join(t.TempDir(), "kantor"), KeyDir: t.TempDir(), Lang: text.Indonesian, Log: io.Discard}}
	p.Now = time.Date(2026, 1, 5, 8, 0, 0, 0, time.FixedZone("WIB", 7*3600))
	p.connect(t)
	team, err := p.MakeKeys(seededKey)
	if err != nil {
		t.Fatal(err)
	}
	program := filepath.Join(t.TempDir(), "tambal")
	if err := os.WriteFile(program, r.binary, 0o755); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(program, "init", p.Dir, "--github", "contoh-siti-a:900000001", "--now", p.Now.Format(time.RFC3339))
	cmd.Env = append(os.Environ(), "GIT_AUTHOR_NAME=Siti Aminah", "GIT_AUTHOR_EMAIL=siti-a@kominfo.example", "HOME="+t.TempDir())
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("init: %v\n%s", err, out)
	}
	action := filepath.Join(p.Dir, ".github/actions/tambal/action.yml")
	data, err := os.ReadFile(action)
	if err != nil {
		t.Fatal(err)
	}
	defaults := []string{`default: "` + releaseVersion + `"`, `default: "` + sha256 + `"`}
	line := regexp.MustCompile(`default: ".*"`)
	if n := len(line.FindAll(data, -1)); n != len(defaults) {
		t.Fatalf("the action has %d defaults", n)
	}
	data = line.ReplaceAllFunc(data, func([]byte) []byte {
		next := defaults[0]
		defaults = defaults[1:]
		return []byte(next)
	})
	if err := errors.Join(os.WriteFile(action, data, 0o644), os.WriteFile(filepath.Join(p.Dir, "policies/team.yaml"), team, 0o644)); err != nil {
		t.Fatal(err)
	}
	policy, problems := policies.Load(os.DirFS(p.Dir))
	if policy == nil || len(problems) > 0 {
		t.Fatalf("policy: %v", problems)
	}
	p.Team = policy.Team
	script := slices.Concat([]string{"as siti-a"}, edits, []string{"git add -A", "git commit -q -m \"policies: mulai\""})
	if err := p.PlayData("mulai", []byte(strings.Join(script, "\n")+"\n")); err != nil {
		t.Fatal(err)
	}
	return p
}

// event runs one of the office's workflows on a fresh clone of main, as GitHub
// would check it out; it returns what it did, and what the server was asked.
func (w *workflows) event(workflow, event string, payload map[string]any) (ran, []forgetest.Request) {
	w.t.Helper()
	if err := os.RemoveAll(w.act.dir); err != nil {
		w.t.Fatal(err)
	}
	clone := exec.Command("git", "clone", "-q", "--branch", "main", strings.Replace(w.GitURL(), "://", "://x:"+w.Token+"@", 1), w.act.dir)
	if out, err := clone.CombinedOutput(); err != nil {
		w.t.Fatalf("clone: %v\n%s", err, out)
	}
	w.git(w.act.dir, "remote", "set-url", "origin", w.GitURL()) // persist-credentials: false
	w.ResetRequests()
	r := w.act.run(workflow, event, payload)
	return r, w.Requests()
}

// pullRequest runs the trusted workflow for something that happened to the pull request.
func (w *workflows) pullRequest(action string) (ran, []forgetest.Request) {
	w.t.Helper()
	payload := w.payload("pull_request." + map[bool]string{true: "synchronize", false: "opened"}[action == "synchronize"])
	payload["action"] = action
	w.fillPull(payload)
	w.Deny("contents:write") // only the gate's job runs, which has not that right
	defer w.Allow("contents:write")
	return w.event("tambal.yml", "pull_request_target", payload)
}

// reviewed runs both workflows as a review does: the one that can do nothing,
// then, at its end, the trusted one.
func (w *workflows) reviewed() (ran, []forgetest.Request) {
	w.t.Helper()
	payload := w.payload("pull_request_review.submitted")
	w.fillPull(payload)
	first, asked := w.event("tambal-review.yml", "pull_request_review", payload)
	if !first.ok || len(asked) > 0 {
		w.t.Fatalf("the trigger: ok=%v, it asked %v", first.ok, asked)
	}
	pull := w.Pull(w.number)
	payload = w.payload("workflow_run.completed")
	run := payload["workflow_run"].(map[string]any)
	run["name"], run["event"], run["conclusion"] = "tambal-review", "pull_request_review", "success"
	run["head_sha"], run["head_branch"], run["head_repository"] = pull.HeadSHA, pull.HeadRef, payload["repository"]
	return w.event("tambal.yml", "workflow_run", payload)
}

// pushed runs the trusted workflow for a push to main that began at a commit.
func (w *workflows) pushed(before string) (ran, []forgetest.Request) {
	w.t.Helper()
	payload := w.payload("push")
	payload["ref"], payload["before"], payload["after"] = "refs/heads/main", before, w.Head("main")
	payload["created"], payload["deleted"], payload["forced"] = false, false, false
	return w.event("tambal.yml", "push", payload)
}

// payload is GitHub's example of an event, about this repository.
func (w *workflows) payload(name string) map[string]any {
	w.t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata/webhooks", name+".json"))
	if err != nil {
		w.t.Fatal(err)
	}
	var payload map[string]any
	if err := json.Unmarshal(data, &payload); err != nil {
		w.t.Fatal(err)
	}
	payload["repository"] = w.repository(payload["repository"])
	return payload
}

func (w *workflows) repository(example any) map[string]any {
	r := example.(map[string]any)
	r["id"], r["name"], r["full_name"], r["default_branch"] = w.RepositoryID, w.Name, w.Owner+"/"+w.Name, "main"
	return r
}

// fillPull puts the pull request at hand into an example.
func (w *workflows) fillPull(payload map[string]any) {
	pull := w.Pull(w.number)
	if _, numbered := payload["number"]; numbered {
		payload["number"] = pull.Number
	}
	if _, changed := payload["after"]; changed {
		payload["after"] = pull.HeadSHA
	}
	body := payload["pull_request"].(map[string]any)
	body["number"], body["title"], body["body"] = pull.Number, pull.Title, pull.Body
	for name, side := range map[string][2]string{"head": {pull.HeadRef, pull.HeadSHA}, "base": {pull.BaseRef, pull.BaseSHA}} {
		end := body[name].(map[string]any)
		end["ref"], end["sha"], end["label"], end["repo"] = side[0], side[1], w.Owner+":"+side[0], w.repository(end["repo"])
	}
}

// git runs git in a folder of these tests.
func (w *workflows) git(dir string, args ...string) string {
	w.t.Helper()
	cmd := exec.Command("git", append([]string{"-C", dir}, args...)...)
	cmd.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL=/dev/null", "GIT_CONFIG_SYSTEM=/dev/null", "GIT_PAGER=cat")
	out, err := cmd.CombinedOutput()
	if err != nil {
		w.t.Fatalf("git %v: %v\n%s", args, err, out)
	}
	return strings.TrimSpace(string(out))
}

// statuses are the states that the server was given for a commit, oldest first;
// all of them have the one context that the branch requires.
func (w *workflows) statuses(sha string) (states []string) {
	w.t.Helper()
	for _, s := range slices.Backward(w.Statuses(sha)) {
		if s.Context != "tambal/sop" || s.Creator != bot {
			w.t.Errorf("a status %s by %d", s.Context, s.Creator)
		}
		states = append(states, s.State)
	}
	return states
}

// posted are the commits that were given a status, in order.
func posted(asked []forgetest.Request) (commits []string) {
	for _, r := range asked {
		if _, sha, ok := strings.Cut(r.Path, "/statuses/"); ok && r.Method == "POST" {
			commits = append(commits, sha)
		}
	}
	return commits
}

// wrote says whether anything was pushed.
func wrote(asked []forgetest.Request) bool {
	return slices.ContainsFunc(asked, func(r forgetest.Request) bool {
		return strings.HasSuffix(r.Path, "/git-receive-pack") && r.Method == "POST"
	})
}

// comment is the one comment on the pull request.
func (w *workflows) comment() string {
	w.t.Helper()
	list := w.Comments(w.number)
	if len(list) != 1 || list[0].Author != bot || !strings.HasPrefix(list[0].Body, "<!-- tambal:sop -->\n") {
		w.t.Fatalf("comments: %+v", list)
	}
	return list[0].Body
}

// wants fails for every text that is missing.
func (w *workflows) wants(what, body string, parts ...string) {
	w.t.Helper()
	for _, part := range parts {
		if !strings.Contains(body, part) {
			w.t.Errorf("%s does not say %q:\n%s", what, part, body)
		}
	}
}

func same[E comparable](t *testing.T, what string, got []E, want ...E) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("%s: %v, want %v", what, got, want)
	}
}
