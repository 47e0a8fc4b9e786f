package history

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestMain takes what the caller has set for Git away, a hook's GIT_DIR for one.
func TestMain(m *testing.M) {
	for _, pair := range os.Environ() {
		if name, _, _ := strings.Cut(pair, "="); strings.HasPrefix(name, "GIT_") {
			os.Unsetenv(name)
		}
	}
	os.Setenv("GIT_CONFIG_GLOBAL", os.DevNull)
	os.Setenv("GIT_CONFIG_NOSYSTEM", "1")
	os.Exit(m.Run())
}

// office is a scratch repository driven by the real git, the oracle of this
// package.
type office struct {
	testing.TB
	dir string
	n   int // makes every commit a minute later than the one before
}

func newOffice(t testing.TB) *office {
	t.Helper()
	o := &office{TB: t, dir: t.TempDir()}
	o.git("init", "-q", "-b", "main")
	return o
}

// git runs git in the office and returns its output without the last newline.
func (o *office) git(args ...string) string {
	o.Helper()
	out, err := o.try("", args...)
	if err != nil {
		o.Fatalf("git %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return out
}

func (o *office) try(input string, args ...string) (string, error) {
	cmd := exec.Command("git", args...)
	cmd.Dir = o.dir
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

// commit writes files (path, content pairs; content "-" deletes) and commits.
func (o *office) commit(message string, files ...string) ID {
	o.Helper()
	for i := 0; i < len(files); i += 2 {
		name := filepath.Join(o.dir, files[i])
		if files[i+1] == "-" {
			if err := os.Remove(name); err != nil {
				o.Fatal(err)
			}
			continue
		}
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			o.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(files[i+1]), 0o644); err != nil {
			o.Fatal(err)
		}
	}
	o.git("add", "-A")
	o.git("commit", "-q", "--allow-empty", "-m", message)
	return ID(o.git("rev-parse", "HEAD"))
}

func (o *office) open() *Repo {
	o.Helper()
	r, err := Open(o.dir)
	if err != nil {
		o.Fatal(err)
	}
	o.Cleanup(func() { r.Close() })
	return r
}

// landings reads main.
func (o *office) landings() []*Landing {
	o.Helper()
	r := o.open()
	tip, err := r.Resolve("main")
	if err != nil {
		o.Fatal(err)
	}
	list, err := r.Landings(tip, nil)
	if err != nil {
		o.Fatal(err)
	}
	return list
}

const manifest = "patches/2026/SP-2026-0001/patch.yaml"
