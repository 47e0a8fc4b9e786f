// Package gittest makes scratch repositories with the real git, the oracle that
// the tests of git and landing compare with. It must not know either package.
package gittest

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// Office is a scratch repository driven by the real git.
type Office struct {
	testing.TB
	Dir string
	n   int // makes every commit a minute later than the one before
}

// Main runs a package's tests without what the caller has set for Git, a hook's
// GIT_DIR for one, and without the configuration of the machine.
func Main(m *testing.M) {
	for _, pair := range os.Environ() {
		if name, _, _ := strings.Cut(pair, "="); strings.HasPrefix(name, "GIT_") {
			os.Unsetenv(name)
		}
	}
	os.Setenv("GIT_CONFIG_GLOBAL", os.DevNull)
	os.Setenv("GIT_CONFIG_NOSYSTEM", "1")
	os.Exit(run(m))
}

// scratch is where repositories lie until the tests end: ext4 is slow to make
// files while others were just deleted.
var scratch string

func run(m *testing.M) int {
	var err error
	if scratch, err = os.MkdirTemp("", "gittest-"); err != nil {
		panic(err)
	}
	defer os.RemoveAll(scratch)
	return m.Run()
}

// New makes an empty repository with the branch main; its package runs under Main.
func New(t testing.TB) *Office {
	t.Helper()
	dir, err := os.MkdirTemp(scratch, "")
	if err != nil {
		t.Fatal(err)
	}
	o := &Office{TB: t, Dir: dir}
	o.Git("init", "-q", "-b", "main")
	return o
}

// Git runs git in the office and returns its output without the last newline.
func (o *Office) Git(args ...string) string {
	o.Helper()
	out, err := o.Try("", args...)
	if err != nil {
		o.Fatalf("git %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return out
}

// Try runs git with an input and leaves it to the test to judge a failure.
func (o *Office) Try(input string, args ...string) (string, error) {
	cmd := exec.Command("git", args...)
	cmd.Dir = o.Dir
	cmd.Stdin = strings.NewReader(input)
	date := "2026-01-05T08:" + twoDigits(o.n/60) + ":" + twoDigits(o.n%60) + "+07:00"
	o.n++
	cmd.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL=/dev/null", "GIT_CONFIG_SYSTEM=/dev/null", "GIT_EDITOR=true",
		"GIT_AUTHOR_NAME=Siti", "GIT_AUTHOR_EMAIL=siti@kominfo.example", "GIT_AUTHOR_DATE="+date,
		"GIT_COMMITTER_NAME=Siti", "GIT_COMMITTER_EMAIL=siti@kominfo.example", "GIT_COMMITTER_DATE="+date)
	out, err := cmd.CombinedOutput()
	return strings.TrimRight(string(out), "\n"), err
}

func twoDigits(n int) string { return string([]byte{byte('0' + n/10%10), byte('0' + n%10)}) }

// Commit writes files (path, content pairs; content "-" deletes) and commits.
func (o *Office) Commit(message string, files ...string) string {
	o.Helper()
	for i := 0; i < len(files); i += 2 {
		if files[i+1] == "-" {
			if err := os.Remove(filepath.Join(o.Dir, files[i])); err != nil {
				o.Fatal(err)
			}
			continue
		}
		o.Write(files[i], files[i+1])
	}
	o.Git("add", "-A")
	o.Git("commit", "-q", "--allow-empty", "-m", message)
	return o.Git("rev-parse", "HEAD")
}

// Write writes one file of the working tree.
func (o *Office) Write(name, content string) {
	o.Helper()
	file := filepath.Join(o.Dir, name)
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		o.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(content), 0o644); err != nil {
		o.Fatal(err)
	}
}
