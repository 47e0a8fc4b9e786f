//go:build act

package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// command is a line that the runner would obey, as act shows it, or as it is.
var command = regexp.MustCompile(`(?m)^\[[^]]*\] (?:\s*❗.*|\s*⚙.*bocor.*|::.*)$`)

// TestWorkflowRunsNothingOfThePullRequest gives the title and the branch names
// that a shell would run, and lets the branch bring its own workflow and action.
func TestWorkflowRunsNothingOfThePullRequest(t *testing.T) {
	w := newWorkflows(t, "")
	leak := filepath.Join(t.TempDir(), "leak")
	shell := "$(touch${IFS}" + leak + ")`touch${IFS}" + leak + "`"
	branch := "a';touch${IFS}" + leak + ";#" + shell
	w.play("as agus-p\nat 2026-02-02T10:10:00+07:00\n")
	for _, file := range []string{".github/actions/tambal/install.sh", ".github/workflows/tambal.yml", ".github/workflows/tambal-review.yml"} {
		w.write(file, "touch "+leak+"\n")
	}
	for _, file := range []string{"::error::bocor", "patches/::error::bocor", "policies/::add-path::" + filepath.Dir(leak)} {
		w.write(file, "::error::bocor\n")
	}
	w.git(w.p.Dir, "add", "-A")
	w.git(w.p.Dir, "-c", "user.name=::error::bocor", "-c", "user.email=agus-p@kominfo.example", "commit", "-qm", "::error::bocor\n\n"+shell)
	w.git(w.p.Dir, "branch", branch)
	w.push()
	title := shell + "\"; touch " + leak + " #\n::error::satu\n::stop-commands::x\n${{ github.token }}"
	w.number = w.Open(w.account("agus-p"), branch, "main", title).Number
	head := w.Pull(w.number).HeadSHA
	for _, action := range []string{"opened", "edited", "synchronize"} {
		r, _ := w.pullRequest(action)
		if !r.ok {
			t.Fatalf("%s: the gate failed", action)
		}
		if at := command.FindString(r.log); at != "" {
			t.Errorf("%s: the log holds a command of a stranger: %s", action, at)
		}
	}
	if r, asked := w.reviewed(); !r.ok || wrote(asked) {
		t.Fatalf("reviewed: ok=%v, wrote=%v", r.ok, wrote(asked))
	}
	for _, state := range w.statuses(head) {
		if state == "success" {
			t.Error("it may land")
		}
	}
	if _, err := os.Stat(leak); !os.IsNotExist(err) {
		t.Errorf("something of the pull request was run: %v", err)
	}
}

// TestWorkflowAWrongDigestInstallsNothing serves a release that is not the one
// that was pinned.
func TestWorkflowAWrongDigestInstallsNothing(t *testing.T) {
	w := newWorkflows(t, strings.Repeat("0", 64))
	w.play("as agus-p\nat 2026-02-02T10:10:00+07:00\ngithub open\n")
	r, asked := w.pullRequest("opened")
	if r.ok || len(asked) > 0 {
		t.Errorf("ok=%v, the server was asked %v", r.ok, asked)
	}
	w.wants("the log", r.log, "digest differs, not installed", built().sha256)
	if strings.Contains(r.log, "tambal (devel)") {
		t.Error("it was run")
	}
	same(t, "statuses", w.statuses(w.Head(caseID)))
}

// TestWorkflowInstallsThePublishedModule looks at how the action asks Go for a
// version: no setting of the machine may weaken the verification.
func TestWorkflowInstallsThePublishedModule(t *testing.T) {
	bin, temp, action := t.TempDir(), t.TempDir(), filepath.Join(t.TempDir(), "a/b/c")
	script, err := os.ReadFile("../../.github/actions/tambal/install.sh")
	if err != nil {
		t.Fatal(err)
	}
	fake := "#!/bin/sh\n{ echo \"$PWD: go $*\"; env; } >\"$RUNNER_TEMP/asked\"\nprintf '#!/bin/sh\\necho installed\\n' >\"$GOBIN/tambal\"; chmod +x \"$GOBIN/tambal\"\n"
	planted := filepath.Join(action, "../../..") // what an office's pull request could have brought
	for dir, files := range map[string]map[string]string{action: {"install.sh": string(script)}, bin: {"go": fake},
		planted: {"go.mod": "module github.com/tambal-id/tambal\n\ngo 1.26\n", "cmd/tambal/main.go": "package main\n\nfunc main() {}\n"}} {
		for name, data := range files {
			if err := writeFile(dir, name, []byte(data)); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := os.Chmod(filepath.Join(bin, "go"), 0o755); err != nil {
		t.Fatal(err)
	}
	run := func(version, sha256 string) (string, error) {
		cmd := exec.Command("bash", filepath.Join(action, "install.sh"), "install")
		cmd.Env = append(os.Environ(), "PATH="+bin+":"+os.Getenv("PATH"), "GITHUB_ACTION_PATH="+action, "RUNNER_TEMP="+temp, "RUNNER_OS=Linux",
			"RUNNER_ARCH=X64", "GITHUB_PATH="+filepath.Join(temp, "path"), "TAMBAL_VERSION="+version, "TAMBAL_SHA256="+sha256,
			"GONOSUMDB=*", "GOPRIVATE=*", "GOFLAGS=-insecure", "GOSUMDB=off", "GOINSECURE=*")
		out, err := cmd.CombinedOutput()
		return string(out), err
	}
	if out, err := run("v0.3.0", ""); err != nil || !strings.Contains(out, "installed") {
		t.Fatalf("%v: %s", err, out)
	}
	asked, err := os.ReadFile(filepath.Join(temp, "asked"))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{temp + ": go install github.com/tambal-id/tambal/cmd/tambal@v0.3.0\n", "\nGOSUMDB=sum.golang.org\n",
		"\nGONOSUMDB=\n", "\nGOPRIVATE=\n", "\nGOINSECURE=\n", "\nGOFLAGS=\n", "\nGOENV=off\n"} {
		if !strings.Contains(string(asked), want) {
			t.Errorf("Go is not asked with %q:\n%s", want, asked)
		}
	}
	for _, bad := range [][2]string{{"$(id)", ""}, {"", ""}, {"-h", ""}, {"v1 v2", ""}, {"v0.3.0", "ABC"}, {"v0.3.0", strings.Repeat("g", 64)}, {"../x", strings.Repeat("0", 64)}} {
		if out, err := run(bad[0], bad[1]); err == nil || !strings.Contains(out, "::error") {
			t.Errorf("%q is taken: %s", bad, out)
		}
	}
}

// TestWorkflowsAreCleanForActionlint reads tambal's own workflows and an office's,
// from inside each repository, so that the action they call is read too.
func TestWorkflowsAreCleanForActionlint(t *testing.T) {
	lint := tool(t, "actionlint", "1.7.12")
	r := built()
	if r.err != nil {
		t.Fatal(r.err)
	}
	for name, dir := range map[string]string{"our own": "../..", "an office's": initialised(t, r, r.sha256, nil).Dir} {
		cmd := exec.Command(lint, "-no-color", ".github/workflows/tambal.yml", ".github/workflows/tambal-review.yml")
		cmd.Dir = dir
		if out, err := cmd.CombinedOutput(); err != nil || len(out) > 0 {
			t.Errorf("%s: %v\n%s", name, err, out)
		}
	}
}
