package git

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func paths(changes []Change) []string {
	var list []string
	for _, c := range changes {
		list = append(list, c.Path)
	}
	return list
}

func TestDiffAgreesWithGit(t *testing.T) {
	o := newOffice(t)
	o.commit("one", manifest, "a\n", "patches/2026/SP-2026-0002/patch.yaml", "b\n", "policies/sop.yaml", "s\n", "README.md", "r\n", "patches/x", "file\n")
	o.commit("two", manifest, "a\nb\n", "patches/2026/SP-2026-0002/patch.yaml", "-", "patches/2026/SP-2026-0002/patch.yaml.d/deep/er", "n\n", "patches/x", "-", "patches/x/inside", "n\n", "README.md", "rr\n")
	r := o.open()
	before, _ := r.Resolve("main")
	parent, err := r.Commit(before.Parents[0])
	if err != nil {
		t.Fatal(err)
	}
	got, err := r.Diff(parent.Tree, before.Tree, nil)
	if err != nil {
		t.Fatal(err)
	}
	want := strings.Split(o.Git("diff", "--name-only", "--no-renames", "HEAD~1", "HEAD"), "\n")
	slices.Sort(want)
	if diff := cmp.Diff(want, paths(got)); diff != "" {
		t.Error(diff)
	}
	kept, _ := r.Diff(parent.Tree, before.Tree, func(top string) bool { return top == "patches" })
	if len(kept) == 0 || slices.Contains(paths(kept), "README.md") {
		t.Errorf("a path outside the folder that was asked for: %v", paths(kept))
	}
}

func TestBrokenHistoriesAreRefusedWithACode(t *testing.T) {
	for _, c := range []struct {
		name, code string
		do         func(o *office) string
	}{
		{"no repository", "history.no-repository", func(o *office) string { return o.TempDir() }},
		{"shallow clone", "history.shallow", func(o *office) string {
			to := filepath.Join(o.TempDir(), "c")
			o.Git("clone", "-q", "--depth", "1", "file://"+o.Dir, to)
			return to
		}},
		{"partial clone", "history.partial", func(o *office) string {
			to := filepath.Join(o.TempDir(), "c")
			o.Git("config", "uploadpack.allowFilter", "true")
			o.Git("clone", "-q", "--filter=blob:none", "file://"+o.Dir, to)
			return to
		}},
		{"SHA-256 repository", "history.sha256", func(o *office) string {
			to := filepath.Join(o.TempDir(), "c")
			o.Git("init", "-q", "--object-format=sha256", to)
			return to
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			o := newOffice(t)
			o.commit("one", manifest, "a\n")
			o.commit("two", manifest, "a\nb\n")
			_, err := Open(c.do(o))
			var coded *Error
			if !errors.As(err, &coded) || coded.Code != c.code {
				t.Fatalf("got %v, want %s", err, c.code)
			}
		})
	}
}

func TestObjectsAreHashedAgain(t *testing.T) {
	o := newOffice(t)
	o.commit("one", manifest, "a\n")
	o.commit("two", manifest, "swapped\n")
	file := func(rev string) string {
		id := o.Git("rev-parse", rev)
		return filepath.Join(o.Dir, ".git", "objects", id[:2], id[2:])
	}
	good, evil := file("HEAD~1:"+manifest), file("HEAD:"+manifest)
	data, err := os.ReadFile(evil)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(good, 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(good, data, 0o644); err != nil {
		t.Fatal(err)
	}
	r := o.open()
	_, err = r.Blob(ID(o.Git("rev-parse", "HEAD~1:"+manifest)))
	var coded *Error
	if !errors.As(err, &coded) || coded.Code != "history.hash" || !coded.Malformed {
		t.Fatalf("a swapped object was served: %v", err)
	}
	if err := os.Remove(good); err != nil {
		t.Fatal(err)
	}
	if _, err = o.open().Blob(ID(o.Git("rev-parse", "HEAD~1:"+manifest))); !errors.As(err, &coded) || coded.Code != "history.missing" {
		t.Fatalf("a missing object: %v", err)
	}
}

func TestNamesLeadToOneCommit(t *testing.T) {
	o := newOffice(t)
	id := o.commit("one", manifest, "a\n")
	o.Git("tag", "-a", "-m", "t", "v1")
	o.Git("update-ref", "refs/heads/"+string(id), "HEAD")
	r := o.open()
	for _, name := range []string{"main", "HEAD", "v1", "refs/heads/main", string(id[:10]), string(id[:9])} {
		if c, err := r.Resolve(name); err != nil || c.ID != id {
			t.Errorf("%s: %v", name, err)
		}
	}
	var coded *Error
	if _, err := r.Resolve(string(id)); !errors.As(err, &coded) || coded.Code != "history.ambiguous" {
		t.Errorf("a branch named like an id: %v", err)
	}
	for _, name := range []string{"tidak-ada", "--upload-pack=x", "main~1", "main^", "main~x", "~1", "", "0000000", "abcdef"} {
		if _, err := r.Resolve(name); err == nil {
			t.Errorf("%q leads somewhere", name)
		}
	}
}

func TestStepsBackFollowTheFirstParent(t *testing.T) {
	o := newOffice(t)
	first := o.commit("one", manifest, "a\n")
	o.Git("switch", "-q", "-c", "side")
	o.commit("two", manifest, "a\nb\n")
	o.Git("switch", "-q", "main")
	o.Git("merge", "-q", "--no-ff", "-m", "land", "side")
	o.commit("three", "README.md", "x\n")
	r := o.open()
	for _, name := range []string{"HEAD~2", "main^^", "main~1~1", "HEAD~1^", "side^"} {
		if c, err := r.Resolve(name); err != nil || c.ID != first || o.Git("rev-parse", name) != string(first) {
			t.Errorf("%s: %v %v", name, c, err)
		}
	}
}

// TestOneCommitFromNobody: at that address nobody answers.
func TestOneCommitFromNobody(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	o.commit("one", manifest, "a\n")
	r, nobody, id := o.open(), Remote{URL: "http://127.0.0.1:1/x"}, ID(strings.Repeat("1", 40))
	if c, err := r.FetchCommit(t.Context(), nobody, id); c != nil || err != nil {
		t.Errorf("a commit that cannot be had is unknown: %v %v", c, err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if c, err := r.FetchCommit(ctx, nobody, id); c != nil || err == nil {
		t.Errorf("the search was called off, and says that nothing is there: %v %v", c, err)
	}
}

func TestFilesAreAFileSystem(t *testing.T) {
	o := newOffice(t)
	o.commit("one", "policies/sop.yaml", "s\n", "policies/more/x.yaml", "x\n", "README.md", "r\n")
	r := o.open()
	tip, _ := r.Resolve("main")
	files, irregular, err := r.Files(tip.Tree, "policies")
	if err != nil || len(irregular) > 0 {
		t.Fatal(err, irregular)
	}
	var names []string
	err = fs.WalkDir(files, "policies", func(name string, d fs.DirEntry, err error) error {
		if !d.IsDir() {
			names = append(names, name)
		}
		return err
	})
	if err != nil || !slices.Equal(names, []string{"policies/more/x.yaml", "policies/sop.yaml"}) {
		t.Error(names, err)
	}
	if b, _ := fs.ReadFile(files, "policies/sop.yaml"); !bytes.Equal(b, []byte("s\n")) {
		t.Errorf("content %q", b)
	}
}

// TestWhoWroteAFile: those whose file is no parent's, also where it came to nothing;
// not who merges or takes it away.
func TestWhoWroteAFile(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	const other = "patches/2026/SP-2026-0002/patch.yaml"
	want := map[string][]ID{}
	wrote := func(path string, id ID) { want[path] = append(want[path], id) }
	o.commit("before the folder", "a", "a\n")
	wrote(manifest, o.commit("first", manifest, "1\n"))
	o.Git("switch", "-q", "-c", "side")
	wrote(manifest, o.commit("draft", manifest, "1\n2\n"))
	o.Git("rm", "-q", manifest)
	o.commit("taken away", "b", "b\n")
	wrote(manifest, o.commit("back", manifest, "1\n"))
	o.Git("switch", "-q", "main")
	wrote(other, o.commit("another", other, "x\n"))
	o.Git("merge", "-q", "--no-ff", "-m", "comes to nothing", "side")
	o.commit("beside", "patches/2026/SP-2026-0003/patch.yaml", "y\n")
	repo := o.open()
	tip, err := repo.Resolve("main")
	if err != nil {
		t.Fatal(err)
	}
	got, err := repo.Wrote(tip, []string{manifest, other, "patches/2026/SP-2026-0009/patch.yaml"})
	for _, list := range []map[string][]ID{want, got} {
		for _, ids := range list {
			slices.Sort(ids)
		}
	}
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Error(err, diff)
	}
}
