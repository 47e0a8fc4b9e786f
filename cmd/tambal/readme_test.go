package main

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/tambal-id/tambal/cmd/tambal/internal/play"
)

var changing = regexp.MustCompile(`\b[0-9a-f]{10,64}\b`)

// normal replaces ids, which differ with every key made on the spot.
func normal(s string) string { return changing.ReplaceAllString(s, "0000000000") }

// TestReadmeTellsTheTruth plays the demo and wants the tour in README to be its
// output, line by line, "..." standing for lines that were cut; and every
// command README names to exist.
func TestReadmeTellsTheTruth(t *testing.T) {
	t.Parallel()
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	a := &env{in: strings.NewReader(""), out: &out, err: &out, getenv: func(string) string { return "" }}
	dir := filepath.Join(t.TempDir(), "demo")
	if code := a.run([]string{"--lang", "en", "demo", dir}); code != exitPass {
		t.Fatalf("demo: exit code %d\n%s", code, &out)
	}
	printed := strings.Split(normal(out.String()), "\n")
	_, block, found := strings.Cut(string(readme), "```console\n$ go run ./cmd/tambal --lang en demo\n")
	block, _, closed := strings.Cut(block, "```")
	if !found || !closed {
		t.Fatal("README has no tour")
	}
	at, skip := 0, true
	for _, line := range strings.Split(strings.TrimRight(normal(block), "\n"), "\n") {
		if line == "..." {
			skip = true
			continue
		}
		next := slices.Index(printed[at:], line)
		if next < 0 || next > 0 && !skip {
			t.Errorf("the demo does not print this line, or not here:\n%s", line)
			continue
		}
		at, skip = at+next+1, false
	}
	for _, m := range regexp.MustCompile("(?m)(?:^|`|&& )tambal ([a-z]+)").FindAllStringSubmatch(string(readme), -1) {
		if cmd, _, err := a.newRoot().Find([]string{m[1]}); err != nil || cmd.Name() != m[1] {
			t.Errorf("README names the command %s, which does not exist", m[1])
		}
	}
	auditDemo(t, dir)
}

// auditDemo holds the demo's repository against the real git and the audit.
func auditDemo(t *testing.T, dir string) {
	t.Helper()
	p := &player{&play.Player{Dir: dir}}
	for _, args := range [][]string{{"fsck", "--strict"}, {"diff", "--exit-code", "HEAD"}} {
		if err := runGit(t, p, args...); err != nil {
			t.Error(err)
		}
	}
	var out strings.Builder
	a := &env{in: strings.NewReader(""), out: &out, err: &out, getenv: func(string) string { return "" }}
	if code := a.run([]string{"--repo", dir, "audit", "--format", "json"}); code != exitPass || !strings.Contains(out.String(), `"verdict": "pass"`) {
		t.Errorf("audit of the demo: exit code %d\n%s", code, &out)
	}
	var reports []string
	for _, name := range []string{"a.html", "b.html"} {
		file := filepath.Join(t.TempDir(), "laporan", name)
		if code := a.run([]string{"--repo", dir, "report", "SP-2026-0001", "--format", "html", "--output", file}); code != exitPass {
			t.Fatalf("report: exit code %d\n%s", code, &out)
		}
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		reports = append(reports, string(data))
	}
	if reports[0] != reports[1] {
		t.Error("two reports of the same commit differ")
	}
}

// TestTheHookIsACheck: the hook for pre-commit calls a command that there is, and
// shows what waits after a commit.
func TestTheHookIsACheck(t *testing.T) {
	t.Parallel()
	hooks, err := os.ReadFile("../../.pre-commit-hooks.yaml")
	if err != nil {
		t.Fatal(err)
	}
	entry := regexp.MustCompile(`(?m)^  entry: tambal (.+)$`).FindSubmatch(hooks)
	if entry == nil || !regexp.MustCompile(`(?m)^  stages: \[post-commit, manual\]$`).Match(hooks) {
		t.Fatalf("no hook that runs after a commit:\n%s", hooks)
	}
	p := including(t, "normal.txtar until analysed")
	playScript(t, p, "at 2026-02-02T10:12:03+07:00\nexit 1 tambal "+string(entry[1])+"\nshows \"approval-pending\"\n")
}
