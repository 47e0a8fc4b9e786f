package main

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tambal-id/tambal/cmd/tambal/internal/forge/forgetest"
	"github.com/tambal-id/tambal/cmd/tambal/internal/protection"
	"github.com/tambal-id/tambal/cmd/tambal/internal/scaffold"
)

// ward is a repository on a GitHub of its own, with nothing wrong: what a test
// changes is what doctor must find.
type ward struct {
	*forgetest.GitHub
	t    *testing.T
	dir  string
	env  map[string]string
	lang string
}

func newWard(t *testing.T, gh *forgetest.GitHub) *ward {
	t.Helper()
	w := &ward{GitHub: gh, t: t, dir: t.TempDir(), lang: "en"}
	w.env = map[string]string{
		"GITHUB_API_URL": gh.URL(), "GITHUB_SERVER_URL": strings.TrimSuffix(gh.GitURL(), "/"+gh.Owner+"/"+gh.Name+".git"),
		"GITHUB_REPOSITORY": gh.Owner + "/" + gh.Name, "GITHUB_TOKEN": gh.Token,
	}
	gh.Lock()
	for _, name := range []string{"allow_squash_merge", "allow_rebase_merge", "allow_forking"} {
		gh.Settings[name] = false
	}
	gh.Unlock()
	w.git("init", "-q", "-b", "main")
	w.write(filesOfInit(t))
	return w
}

// sound adds the ruleset the gate needs, with the change a test makes to it.
func (w *ward) sound(changes ...func(ruleset map[string]any)) *ward {
	w.t.Helper()
	w.AddRuleset(forgetest.Ruleset(changes...))
	return w
}

// filesOfInit are what tambal init puts beside the cases.
func filesOfInit(t *testing.T) map[string]string {
	t.Helper()
	written, err := scaffold.Files(scaffold.Owner{Name: "Siti", Email: "siti@example.test", Since: time.Now(), GitHubLogin: "operator", GitHubID: 1})
	if err != nil {
		t.Fatal(err)
	}
	files := map[string]string{}
	for _, f := range written {
		if len(f.Data) > 0 {
			files[f.Path] = string(f.Data)
		}
	}
	return files
}

func (w *ward) git(args ...string) {
	w.t.Helper()
	cmd := exec.Command("git", args...)
	cmd.Dir = w.dir
	cmd.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL="+os.DevNull, "GIT_CONFIG_NOSYSTEM=1",
		"GIT_AUTHOR_NAME=Siti", "GIT_AUTHOR_EMAIL=siti@example.test", "GIT_COMMITTER_NAME=Siti", "GIT_COMMITTER_EMAIL=siti@example.test")
	if out, err := cmd.CombinedOutput(); err != nil {
		w.t.Fatalf("git %s: %v\n%s", strings.Join(args, " "), err, out)
	}
}

// write puts files on GitHub's main branch; an empty one is removed.
func (w *ward) write(files map[string]string) {
	w.t.Helper()
	for name, content := range files {
		path := filepath.Join(w.dir, filepath.FromSlash(name))
		err := os.MkdirAll(filepath.Dir(path), 0o755)
		if err == nil && content == "" {
			err = os.Remove(path)
		} else if err == nil {
			err = os.WriteFile(path, []byte(content), 0o644)
		}
		if err != nil {
			w.t.Fatal(err)
		}
	}
	w.git("add", "-A")
	w.git("commit", "-q", "--allow-empty", "-m", "files")
	w.git("push", "-q", "--force", w.Dir(), "main")
}

func (w *ward) run(args ...string) (out string, exit int) {
	w.t.Helper()
	var b strings.Builder
	a := &env{in: strings.NewReader(""), out: &b, err: &b, getenv: func(name string) string { return w.env[name] }}
	exit = a.run(append(args, "--repo", w.dir, "--lang", w.lang))
	if strings.Contains(b.String(), w.Token) {
		w.t.Error("the token is shown")
	}
	for line := range strings.Lines(b.String()) {
		if strings.HasPrefix(strings.TrimSpace(line), "::") || strings.Contains(line, "##[") {
			w.t.Errorf("a workflow would take this for a command: %q", line)
		}
	}
	return b.String(), exit
}

// wants compares the gaps with SEVERITY ID, in any order; the app as the
// status's only source is left out.
func (w *ward) wants(exit int, want ...string) (d protection.DoctorResult) {
	w.t.Helper()
	out, got := w.run("doctor", "--format", "json")
	if err := json.Unmarshal([]byte(out), &d); err != nil {
		w.t.Fatalf("%v in %s", err, out)
	}
	var have []string
	for _, g := range d.Gaps {
		if g.ID != "status-app" {
			have = append(have, string(g.Severity)+" "+g.ID)
		}
		if g.Hint == "" || g.Message == "" || strings.HasPrefix(g.Message, "doctor.") || strings.Contains(g.Message+g.Hint, "%!") {
			w.t.Errorf("%s says %q, %q", g.ID, g.Message, g.Hint)
		}
	}
	slices.Sort(have)
	slices.Sort(want)
	if !slices.Equal(have, want) || exit != got {
		w.t.Errorf("exit %d, gaps\n  %s\nwant %d\n  %s", got, strings.Join(have, "\n  "), exit, strings.Join(want, "\n  "))
	}
	return d
}
