package forgetest

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-github/v60/github"
)

func TestMain(m *testing.M) {
	CleanEnvironment()
	os.Exit(m.Run())
}

// client is go-github as it is, with the token of the operator or another.
func client(t *testing.T, g *GitHub, token ...string) *github.Client {
	t.Helper()
	c := github.NewClient(nil).WithAuthToken(append(token, g.Token)[0])
	base, err := c.BaseURL.Parse(g.URL() + "/")
	if err != nil {
		t.Fatal(err)
	}
	c.BaseURL = base
	return c
}

// clone is a work tree that pushes over HTTP.
type clone struct {
	t   testing.TB
	dir string
}

func newClone(t testing.TB, g *GitHub) clone {
	t.Helper()
	c := clone{t, filepath.Join(t.TempDir(), "clone")}
	c.git("clone", "--quiet", strings.Replace(g.GitURL(), "://", "://anybody:"+g.Token+"@", 1), c.dir)
	return c
}

func (c clone) git(args ...string) string {
	c.t.Helper()
	out, err := c.try(args...)
	if err != nil {
		c.t.Fatalf("git %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return strings.TrimSpace(out)
}

func (c clone) try(args ...string) (string, error) {
	cmd := exec.Command("git", args...)
	if _, err := os.Stat(c.dir); err == nil {
		cmd.Dir = c.dir
	}
	cmd.Env = append(os.Environ(), "GIT_CONFIG_NOSYSTEM=1", "GIT_CONFIG_GLOBAL="+os.DevNull, "GIT_TERMINAL_PROMPT=0",
		"GIT_AUTHOR_NAME=Siti", "GIT_AUTHOR_EMAIL=siti@example.test",
		"GIT_COMMITTER_NAME=Siti", "GIT_COMMITTER_EMAIL=siti@example.test")
	out, err := cmd.CombinedOutput()
	return string(out), err
}

func (c clone) write(branch, name, content string) string {
	c.t.Helper()
	c.git("checkout", "--quiet", "-B", branch)
	if err := os.WriteFile(filepath.Join(c.dir, name), []byte(content), 0o644); err != nil {
		c.t.Fatal(err)
	}
	c.git("add", "--all")
	c.git("commit", "--quiet", "-m", "change "+name)
	c.git("push", "--quiet", "--force", "origin", branch)
	return c.git("rev-parse", "HEAD")
}

// scene is a repository with one open pull request, by siti (7), that budi (8)
// may review.
func scene(t testing.TB, g *GitHub) (clone, *Pull) {
	t.Helper()
	g.AddUser("siti", 7).Emails = []string{"siti@example.test"}
	g.AddUser("budi", 8)
	c := newClone(t, g)
	c.write("main", "README", "hello\n")
	c.write("case", "patch.yaml", "step: 1\n")
	return c, g.Open(7, "case", "main", "A case")
}

// wantStatus wants an error of the API with a status and part of its message.
func wantStatus(t *testing.T, err error, status int, message string) {
	t.Helper()
	var got *github.ErrorResponse
	if !asError(err, &got) || got.Response.StatusCode != status {
		t.Fatalf("want status %d, got %v", status, err)
	}
	if text := fmt.Sprint(got.Message, got.Errors); !strings.Contains(text, message) {
		t.Errorf("want %q in the message, got %q", message, text)
	}
}

func background() context.Context { return context.Background() }

// get asks for a path as it is.
func get(t *testing.T, g *GitHub, path string) *http.Response {
	t.Helper()
	r, err := http.NewRequest(http.MethodGet, g.URL()+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+g.Token)
	follow := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	reply, err := follow.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = reply.Body.Close() })
	return reply
}
