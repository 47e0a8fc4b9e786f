package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/tambal-id/tambal/cmd/tambal/internal/forge/forgetest"
	"github.com/tambal-id/tambal/cmd/tambal/internal/play"
	"github.com/tambal-id/tambal/examples"
)

// TestReadmeSetsGitHubUp follows the lines of README literally, from an empty
// folder: only OWNER, NAME, LOGIN, ID and TOKEN are filled in, the editor is this
// test, and github.com is the test's own GitHub.
func TestReadmeSetsGitHubUp(t *testing.T) {
	t.Parallel()
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, block, found := strings.Cut(string(readme), "## On GitHub\n\n```sh\n")
	block, _, closed := strings.Cut(block, "```")
	lines := strings.Split(strings.TrimSpace(block), "\n")
	if !found || !closed || len(lines) > 10 {
		t.Fatalf("README shows the set-up in %d lines", len(lines))
	}
	r := newReader(t)
	for _, line := range lines {
		for _, command := range strings.Split(strings.TrimSpace(strings.SplitN(line, "   #", 2)[0]), " && ") {
			r.do(strings.NewReplacer("LOGIN:ID", "contoh-siti-a:900000001", "OWNER", r.gh.Owner, "NAME", r.gh.Name, "TOKEN=TOKEN", "TOKEN="+r.gh.Token).Replace(command))
		}
	}
	if r.gh.Head("main") == "" || r.gh.Head("SP-2026-0001") == "" || len(r.gh.Rulesets()) != 1 {
		t.Errorf("main %q, case %q, %d rulesets", r.gh.Head("main"), r.gh.Head("SP-2026-0001"), len(r.gh.Rulesets()))
	}
	number := r.gh.Open(900000001, "SP-2026-0001", "main", "OpenSSH").Number
	r.do("tambal check --pr 1 --post")
	if s := r.gh.Statuses(r.gh.Head("SP-2026-0001")); len(s) != 1 || s[0].State != "success" {
		t.Errorf("pull request %d: %+v", number, s)
	}
	r.do("tambal merge 1")
}

// reader is somebody who types what README says.
type reader struct {
	t    *testing.T
	gh   *forgetest.GitHub
	home string // holds .gitconfig
	dir  string
	env  map[string]string
	past []string
}

func newReader(t *testing.T) *reader {
	t.Helper()
	r := &reader{t: t, gh: forgetest.New(t), home: t.TempDir(), env: map[string]string{}}
	r.dir = r.home
	r.gh.Lock()
	r.gh.Clock = time.Now // the person's commits are made now
	r.gh.Unlock()
	for login, id := range map[string]int64{"contoh-siti-a": 900000001, "contoh-budi-s": 900000005} {
		r.gh.AddUser(login, id)
	}
	server := strings.TrimSuffix(r.gh.GitURL(), "/"+r.gh.Owner+"/"+r.gh.Name+".git")
	r.env["GITHUB_SERVER_URL"], r.env["GITHUB_API_URL"] = server, r.gh.URL()
	config := "[user]\nname = Siti Aminah\nemail = siti-a@kominfo.example\n[url \"" + strings.Replace(server, "://", "://x:"+r.gh.Token+"@", 1) + "/\"]\ninsteadOf = https://github.com/\n[init]\ndefaultBranch = main\n"
	if err := os.WriteFile(filepath.Join(r.home, ".gitconfig"), []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	return r
}

// do runs one command as a shell would have.
func (r *reader) do(command string) {
	r.t.Helper()
	words, err := play.SplitWords(command)
	if err != nil || len(words) == 0 {
		r.t.Fatalf("%s: %v", command, err)
	}
	switch r.past = append(r.past, command); words[0] {
	case "cd":
		r.dir = filepath.Join(r.dir, words[1])
	case "export":
		name, value, _ := strings.Cut(words[1], "=")
		r.env[name] = value
	case "$EDITOR":
		team, err := examples.FS.ReadFile("team.yaml")
		if err != nil {
			r.t.Fatal(err)
		}
		var kept []string
		for line := range strings.Lines(string(team)) {
			if !strings.Contains(line, "keys:") && !strings.Contains(line, "{{key") { // this office has none
				kept = append(kept, line)
			}
		}
		if err := os.WriteFile(filepath.Join(r.dir, words[1]), []byte(strings.Join(kept, "")), 0o600); err != nil {
			r.t.Fatal(err)
		}
	case "git":
		cmd := exec.Command("git", words[1:]...)
		cmd.Dir, cmd.Env = r.dir, append(os.Environ(), "HOME="+r.home, "XDG_CONFIG_HOME="+r.home, "GIT_CONFIG_GLOBAL="+filepath.Join(r.home, ".gitconfig"), "GIT_TERMINAL_PROMPT=0")
		if out, err := cmd.CombinedOutput(); err != nil {
			r.t.Fatalf("%s: %v\n%s", command, err, out)
		}
	case "tambal":
		r.tambal(command, words[1:])
	default:
		r.t.Fatalf("README asks for %s", words[0])
	}
}

// tambal runs the program in a process of its own, as a person does. The form is
// filled from an answer file, since nobody sits at a terminal here.
func (r *reader) tambal(command string, words []string) {
	r.t.Helper()
	if words[0] == "new" {
		answers := filepath.Join(r.home, "monitoring.yaml")
		if err := os.WriteFile(answers, []byte(`trigger: { kind: advisory, reference: DSA-5724 }
sources: [https://www.openssh.com/txt/release-9.8]
vulnerabilities: [{ id: CVE-2024-6387 }]
decision: not-required
reason: Versi terpasang tidak terdampak.
`), 0o600); err != nil {
			r.t.Fatal(err)
		}
		words = append(words, "--from", answers)
	}
	cmd := exec.Command(os.Args[0], words...)
	cmd.Dir = r.dir
	cmd.Env = []string{"TAMBAL_TEST_AS_PROGRAM=1", "PATH=" + os.Getenv("PATH"), "HOME=" + r.home, "TAMBAL_LANG=en"}
	for name, value := range r.env {
		cmd.Env = append(cmd.Env, name+"="+value)
	}
	out, err := cmd.CombinedOutput()
	if err != nil || strings.Contains(string(out), r.gh.Token) {
		r.t.Fatalf("%s: %v\n%s\nbefore it: %v", command, err, out, r.past)
	}
}
