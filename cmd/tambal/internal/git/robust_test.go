package git

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// append adds text to a file below the office.
func (o *office) append(name, text string) {
	o.Helper()
	name = filepath.Join(o.Dir, name)
	old, err := os.ReadFile(name)
	if err != nil && !os.IsNotExist(err) {
		o.Fatal(err)
	}
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		o.Fatal(err)
	}
	if err := os.WriteFile(name, append(old, text...), 0o644); err != nil {
		o.Fatal(err)
	}
}

// beside is a folder that does not exist yet.
func (o *office) beside() string { return filepath.Join(o.TB.(*testing.T).TempDir(), "a b") }

// skipHash leaves the checksum out, as Git 2.40 and newer do with index.skipHash.
func (o *office) skipHash() {
	o.Helper()
	file := filepath.Join(o.Dir, ".git/index")
	data, err := os.ReadFile(file)
	if err != nil {
		o.Fatal(err)
	}
	if err := os.WriteFile(file, append(data[:len(data)-20], make([]byte, 20)...), 0o644); err != nil {
		o.Fatal(err)
	}
}

// configs are settings that say nothing to a reader of history.
var configs = map[string]string{
	"a branch that follows a pull request":  "[branch \"pr-12\"]\nremote = origin\nmerge = refs/pull/12/head\n",
	"a branch that follows an address":      "[branch \"pr-12\"]\nremote = https://github.com/x/y\npushRemote = https://github.com/x/y\nmerge = refs/heads/z\n",
	"rebase = merges":                       "[branch \"main\"]\nrebase = merges\n",
	"a branch that cannot be":               "[branch \"a..b\"]\nremote = origin\n",
	"a remote without an address":           "[remote \"kosong\"]\nprune = true\n",
	"a refspec that leaves out":             "[remote \"o\"]\nurl = x\nfetch = +refs/heads/*:refs/remotes/o/*\nfetch = ^refs/heads/dependabot/*\n",
	"a refspec of several stars":            "[remote \"o\"]\nurl = x\nfetch = +refs/pull/*/head:refs/remotes/o/pr/*\nfetch = main\n",
	"a remote's old section":                "[remote.tua]\nurl = x\n",
	"a number with a unit":                  "[pack]\nwindow = 1k\nwindowMemory = 100m\n",
	"keys without a value":                  "[push]\n\tautoSetupRemote\n[core] fscache\n[alias] x = !f() { echo \\\"a # b\\\"; }; f\n",
	"a value that goes on":                  "[alias]\nl = log \\\n  --oneline ; a comment\n",
	"values with a comment sign in quotes":  "[x]\ny = \"a # b\" # c\nz = a\\tb\n",
	"a rule for addresses that says little": "[url \"git@github.com:\"]\npushInsteadOf = https://github.com/\n",
	"a submodule that points out":           "[submodule \"../x\"]\nurl = y\nactive = true\n",
	"an include that is not there":          "[include]\npath = ../tidak/ada\n[includeIf \"onbranch:main\"]\npath = x\n",
	"lines that end as on Windows":          "[user]\r\n\tname = Siti\r\n[gui]\r\n\tgeometry = 1x1\r\n",
	"a comment sign of two letters":         "[core]\ncommentChar = auto\ncommentString = //\n",
	"an unknown value":                      "[extensions]\nkelak = 1\n[gc]\nauto = 0\n[index]\nversion = 4\n[fetch]\nparallel = nol\n",
}

// states are what Git makes of a repository; the folder to open is returned where
// it is another. Newer marks what the machine's git may be too old for.
var states = []struct {
	name  string
	newer bool
	do    func(o *office) string
}{
	{name: "worktreeConfig in the first format", do: func(o *office) string { return o.set("extensions.worktreeConfig", "true") }},
	{name: "worktreeConfig", do: func(o *office) string {
		o.Git("sparse-checkout", "set", "patches")
		return o.set("core.repositoryFormatVersion", "1")
	}},
	{name: "preciousObjects", do: func(o *office) string {
		return o.set("core.repositoryFormatVersion", "1", "extensions.preciousObjects", "true")
	}},
	{name: "noop", do: func(o *office) string {
		return o.set("core.repositoryFormatVersion", "1", "extensions.noop", "1", "extensions.noop-v1", "1", "extensions.objectFormat", "sha1")
	}},
	{name: "relativeWorktrees", newer: true, do: func(o *office) string {
		return o.set("core.repositoryFormatVersion", "1", "extensions.relativeWorktrees", "true")
	}},
	{name: "references in files", newer: true, do: func(o *office) string {
		return o.set("core.repositoryFormatVersion", "1", "extensions.refStorage", "files")
	}},
	{name: "an index of version 4", do: func(o *office) string { o.Git("update-index", "--index-version", "4"); return "" }},
	{name: "an index without checksum", do: func(o *office) string { o.skipHash(); return "" }},
	{name: "many files", do: func(o *office) string {
		o.set("feature.manyFiles", "true")
		o.Git("update-index", "--index-version", "4", "--force-untracked-cache")
		o.Git("status")
		o.skipHash()
		return ""
	}},
	{name: "a file system monitor", do: func(o *office) string {
		o.set("core.fsmonitor", "true-that-is-none")
		o.Git("-c", "core.fsmonitor=.git/hooks/none", "update-index", "--fsmonitor")
		return o.set("core.fsmonitor", "false")
	}},
	{name: "an index written by threads", do: func(o *office) string {
		o.Git("-c", "index.threads=2", "-c", "index.recordEndOfIndexEntries=true", "-c", "index.recordOffsetTable=true", "add", "-A")
		o.Git("-c", "index.threads=2", "-c", "index.recordEndOfIndexEntries=true", "-c", "index.recordOffsetTable=true", "update-index", "--force-write-index")
		return ""
	}},
	{name: "a sparse checkout without its folder", do: func(o *office) string {
		o.Git("sparse-checkout", "set", "--no-cone", "/*", "!/policies")
		return ""
	}},
	{name: "HEAD as a link", do: func(o *office) string {
		o.Git("-c", "core.preferSymlinkRefs=true", "symbolic-ref", "HEAD", "refs/heads/main")
		return ""
	}},
	{name: "things among the references that are none", do: func(o *office) string {
		o.append(".git/refs/heads/.DS_Store", "Bud1")
		o.append(".git/refs/heads/mati.lock", "")
		o.append(".git/refs/heads/tulis.lock", "ref: x\n")
		return ""
	}},
	{name: "packed references and packs", do: func(o *office) string { o.Git("gc", "-q"); return "" }},
	{name: "a pack with all its helpers", do: func(o *office) string {
		o.Git("repack", "-a", "-d", "-q", "--write-midx", "--write-bitmap-index")
		o.Git("commit-graph", "write", "--reachable", "--changed-paths")
		return o.set("pack.writeReverseIndex", "true")
	}},
	{name: "borrowed objects", do: func(o *office) string {
		to := o.beside()
		o.Git("clone", "-q", "--shared", o.Dir, to)
		return to
	}},
	{name: "borrowed objects of a borrower", do: func(o *office) string {
		one, two := o.beside(), o.beside()
		o.Git("clone", "-q", "--shared", o.Dir, one)
		o.Git("clone", "-q", "--shared", one, two)
		return two
	}},
	{name: "borrowed objects by a relative path", do: func(o *office) string {
		to := filepath.Join(o.Dir, "x y")
		o.append(".git/info/exclude", "x y\n")
		o.Git("clone", "-q", "--shared", o.Dir, to)
		o.in(to).Write(".git/objects/info/alternates", "# a comment\n../../../.git/objects\n")
		return to
	}},
	{name: "a linked working tree", do: func(o *office) string {
		to := o.beside()
		o.Git("switch", "-q", "-c", "lain")
		o.Git("worktree", "add", "-q", to, "main")
		return to
	}},
	{name: "a linked working tree of a bare repository", do: func(o *office) string {
		bare, to := o.beside(), o.beside()
		o.Git("clone", "-q", "--bare", o.Dir, bare)
		o.in(bare).Git("worktree", "add", "-q", to, "main")
		return to
	}},
	{name: "a linked working tree by relative paths", newer: true, do: func(o *office) string {
		to := filepath.Join(o.Dir, "pohon")
		o.append(".git/info/exclude", "pohon\n")
		o.Git("switch", "-q", "-c", "lain")
		o.Git("worktree", "add", "-q", to, "main")
		o.Write("pohon/.git", "gitdir: ../.git/worktrees/pohon\n")
		o.Write(".git/worktrees/pohon/gitdir", "../../../pohon/.git\n")
		o.set("core.repositoryFormatVersion", "1", "extensions.relativeWorktrees", "true")
		return to
	}},
	{name: "a submodule", do: func(o *office) string {
		super := o.beside()
		o.Git("init", "-q", "-b", "main", super)
		s := o.in(super)
		s.Git("-c", "protocol.file.allow=always", "submodule", "--quiet", "add", o.Dir, "kantor")
		return filepath.Join(super, "kantor")
	}},
	{name: "a Git folder elsewhere", do: func(o *office) string {
		o.Git("init", "-q", "--separate-git-dir", o.beside())
		return ""
	}},
	{name: "a folder below", do: func(o *office) string { return filepath.Join(o.Dir, "patches") }},
	{name: "a folder called .git that is none", do: func(o *office) string {
		o.append("patches/.git/keep", "")
		o.append(".git/info/exclude", "keep\n")
		return filepath.Join(o.Dir, "patches")
	}},
}

// set sets configuration in pairs.
func (o *office) set(pairs ...string) string {
	o.Helper()
	for i := 0; i < len(pairs); i += 2 {
		o.Git("config", "--file", filepath.Join(o.Dir, ".git/config"), pairs[i], pairs[i+1])
	}
	return ""
}

// TestAnEmptyReferenceIsNone: a machine that lost its power leaves such a file.
// Git passes over it, though its fsck complains.
func TestAnEmptyReferenceIsNone(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	o.commit("start", manifest, "a\n")
	o.append(".git/refs/heads/kosong", "")
	if list, err := o.open().Branches(); err != nil || len(list) != 1 || list[0].Name != "main" {
		t.Errorf("branches: %v %v", list, err)
	}
}

// TestConfigurationStopsNobody adds one of the settings after the other.
func TestConfigurationStopsNobody(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	o.commit("start", manifest, "a\n")
	for name, text := range configs {
		o.append(".git/config", text)
		o.Git("status")
		r, err := Open(o.Dir)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if _, err := r.Resolve("HEAD"); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		r.Close()
	}
	if _, err := o.open().Write(draft("main", map[string][]byte{manifest: []byte("a\nb\n")})); err != nil {
		t.Error(err)
	}
}

// TestWhatGitReadsIsRead reads, and writes one commit, where Git does so too.
func TestWhatGitReadsIsRead(t *testing.T) {
	for _, c := range states {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			readAsGit(t, c.newer, c.do)
		})
	}
}

func readAsGit(t *testing.T, newer bool, do func(o *office) string) {
	o := newOffice(t)
	o.commit("start", manifest, "a\n", "policies/sop.yaml", "s\n")
	o.commit("next", manifest, "a\nb\n")
	at := o.in(o.Dir)
	if dir := do(o); dir != "" {
		at.Dir = dir
	}
	if !newer {
		at.Git("status")
	}
	r := at.open()
	head, err := r.Resolve("HEAD")
	if err != nil {
		t.Fatal(err)
	}
	if list, err := line(r, head); err != nil || len(list) != 2 {
		t.Fatalf("%d landings, %v", len(list), err)
	}
	if branch := r.HeadBranch(); branch != "main" {
		t.Errorf("HEAD is on %q", branch)
	}
	if short, err := r.Resolve(string(head.ID[:9])); err != nil || short != head {
		t.Errorf("by its first digits: %v", err)
	}
	if list, err := r.Branches(); err != nil || len(list) == 0 {
		t.Errorf("branches: %v %v", list, err)
	}
	c, err := r.Write(draft("main", map[string][]byte{manifest: []byte("a\nb\nc\n"), "policies/sop.yaml": []byte("t\n")}))
	if err != nil {
		t.Fatal(err)
	}
	if newer { // an older git is asked without what it does not know
		for _, key := range []string{"extensions.relativeWorktrees", "extensions.refStorage"} {
			_, _ = o.Try("", "config", "--file", filepath.Join(o.Dir, ".git/config"), "--unset", key)
		}
	}
	if got := at.Git("rev-parse", "refs/heads/main"); got != string(c.ID) {
		t.Errorf("main is at %s", got)
	}
	if out := at.Git("status", "--porcelain"); out != "" {
		t.Errorf("the working tree does not follow: %s", out)
	}
	if out := at.Git("fsck", "--strict"); strings.Contains(out, "error") {
		t.Error(out)
	}
}
