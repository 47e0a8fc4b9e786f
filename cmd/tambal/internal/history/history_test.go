package history

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

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
	want := strings.Split(o.git("diff", "--name-only", "--no-renames", "HEAD~1", "HEAD"), "\n")
	slices.Sort(want)
	if diff := cmp.Diff(want, paths(got)); diff != "" {
		t.Error(diff)
	}
	judged, _ := r.Diff(parent.Tree, before.Tree, Judged)
	if slices.Contains(paths(judged), "README.md") {
		t.Error("a path outside patches/ and policies/ was judged")
	}
}

func TestLandingsAgreeWithGit(t *testing.T) {
	o := newOffice(t)
	o.commit("policy", "policies/sop.yaml", "s\n")
	for i := range 3 {
		branch := fmt.Sprintf("b%d", i)
		o.git("switch", "-q", "-c", branch, "main~0")
		o.commit("one", fmt.Sprintf("patches/2026/SP-2026-000%d/patch.yaml", i), "a\n")
		o.commit("two", fmt.Sprintf("patches/2026/SP-2026-000%d/patch.yaml", i), "a\nb\n")
		if i == 1 { // an update of the branch from main counts as side work
			o.git("merge", "-q", "--no-ff", "-m", "update", "main")
		}
		o.git("switch", "-q", "main")
		o.git("merge", "-q", "--no-ff", "-m", "land "+branch, branch)
	}
	list := o.landings()
	if got := strings.Split(o.git("rev-list", "--first-parent", "--reverse", "main"), "\n"); len(got) != len(list) {
		t.Fatalf("%d landings, git has %d", len(list), len(got))
	}
	for _, l := range list[1:] {
		want := strings.Fields(o.git("rev-list", string(l.Base.ID)+".."+string(l.Head.ID)))
		var got []string
		for _, w := range l.Side {
			got = append(got, string(w.ID))
		}
		slices.Sort(want)
		slices.Sort(got)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("side of %s: %s", l.Commit.Subject(), diff)
		}
		if len(l.Wrong) > 0 {
			t.Errorf("%s is called wrong: %v", l.Commit.Subject(), l.Wrong)
		}
		one, err := o.open().At(l.Commit)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(paths(l.Changes), paths(one.Changes)); diff != "" || len(one.Side) != len(l.Side) {
			t.Errorf("read alone, %s differs: %s (%d side commits, want %d)", l.Commit.Subject(), diff, len(one.Side), len(l.Side))
		}
	}
}

func TestMergesThatAreNotTheUnionAreWrong(t *testing.T) {
	base := "steps:\n  - monitoring:\n      a: b\n"
	for _, c := range []struct {
		name string
		do   func(o *office)
		want []string
	}{
		{"a plain merge", func(o *office) { o.git("merge", "-q", "--no-ff", "-m", "m", "side") }, nil},
		{"an evil merge", func(o *office) {
			o.git("merge", "-q", "--no-ff", "--no-commit", "side")
			o.commit("m", manifest, base+"  - plan:\n      a: b\n  - closure:\n      a: b\n")
		}, []string{manifest}},
		{"an evil merge in a new file", func(o *office) {
			o.git("merge", "-q", "--no-ff", "--no-commit", "side")
			o.commit("m", "patches/2026/SP-2026-0009/patch.yaml", "x\n")
		}, []string{"patches/2026/SP-2026-0009/patch.yaml"}},
		{"a merge that drops the side", func(o *office) { o.git("merge", "-q", "-s", "ours", "-m", "m", "side") }, []string{"patches/2026/SP-2026-0001/evidence/a", manifest}},
		{"a merge that drops one file", func(o *office) {
			o.git("merge", "-q", "--no-ff", "--no-commit", "side")
			o.commit("m", "patches/2026/SP-2026-0001/evidence/a", "-")
		}, []string{"patches/2026/SP-2026-0001/evidence/a"}},
		{"a policy slipped into the merge", func(o *office) {
			o.git("merge", "-q", "--no-ff", "--no-commit", "side")
			o.commit("m", "policies/sop.yaml", "evil\n")
		}, []string{"policies/sop.yaml"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			o := newOffice(t)
			o.commit("start", "policies/sop.yaml", "s\n", manifest, base)
			o.git("switch", "-q", "-c", "side")
			o.commit("plan", manifest, base+"  - plan:\n      a: b\n", "patches/2026/SP-2026-0001/evidence/a", "x\n")
			o.git("switch", "-q", "main")
			o.commit("other", "README.md", "x\n")
			c.do(o)
			list := o.landings()
			if diff := cmp.Diff(c.want, list[len(list)-1].Wrong); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestPoliciesLandAsAWhole(t *testing.T) {
	o := newOffice(t)
	o.commit("start", "policies/sop.yaml", "one\n", "policies/team.yaml", "one\n")
	o.git("switch", "-q", "-c", "a")
	o.commit("sop", "policies/sop.yaml", "two\n")
	o.git("switch", "-q", "-c", "b", "main")
	o.commit("team", "policies/team.yaml", "two\n")
	o.git("switch", "-q", "main")
	o.git("merge", "-q", "--no-ff", "-m", "a", "a")
	r := o.open()
	base, _ := r.Resolve("main")
	head, _ := r.Resolve("b")
	l, err := r.Pending(base, head)
	if err != nil {
		t.Fatal(err)
	}
	if len(l.Wrong) == 0 {
		t.Error("two policy changes side by side were called mergeable: nobody judged their sum")
	}
	o.git("merge", "-q", "--no-ff", "-m", "b", "b")
	list := o.landings()
	if len(list[len(list)-1].Wrong) == 0 {
		t.Error("git's own merge of two policy changes was accepted")
	}
}

func TestBrokenHistoriesAreRefusedWithACode(t *testing.T) {
	for _, c := range []struct {
		name, code string
		do         func(o *office) string
	}{
		{"no repository", "history.no-repository", func(o *office) string { return o.TB.(*testing.T).TempDir() }},
		{"shallow clone", "history.shallow", func(o *office) string {
			to := filepath.Join(o.TB.(*testing.T).TempDir(), "c")
			o.git("clone", "-q", "--depth", "1", "file://"+o.dir, to)
			return to
		}},
		{"partial clone", "history.partial", func(o *office) string {
			to := filepath.Join(o.TB.(*testing.T).TempDir(), "c")
			o.git("config", "uploadpack.allowFilter", "true")
			o.git("clone", "-q", "--filter=blob:none", "file://"+o.dir, to)
			return to
		}},
		{"SHA-256 repository", "history.sha256", func(o *office) string {
			to := filepath.Join(o.TB.(*testing.T).TempDir(), "c")
			o.git("init", "-q", "--object-format=sha256", to)
			return to
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			o := newOffice(t)
			o.commit("one", manifest, "a\n")
			o.commit("two", manifest, "a\nb\n")
			_, err := Open(c.do(&office{TB: t, dir: o.dir, n: o.n}))
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
		id := o.git("rev-parse", rev)
		return filepath.Join(o.dir, ".git", "objects", id[:2], id[2:])
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
	_, err = r.Blob(ID(o.git("rev-parse", "HEAD~1:"+manifest)))
	var coded *Error
	if !errors.As(err, &coded) || coded.Code != "history.hash" || !coded.Malformed {
		t.Fatalf("a swapped object was served: %v", err)
	}
	if err := os.Remove(good); err != nil {
		t.Fatal(err)
	}
	if _, err = o.open().Blob(ID(o.git("rev-parse", "HEAD~1:"+manifest))); !errors.As(err, &coded) || coded.Code != "history.missing" {
		t.Fatalf("a missing object: %v", err)
	}
}

func TestWhatGitHidesDoesNotHide(t *testing.T) {
	o := newOffice(t)
	first := o.commit("one", manifest, "a\n")
	second := o.commit("two", manifest, "a\nb\n")
	o.git("replace", string(second), string(first))
	if err := os.WriteFile(filepath.Join(o.dir, ".git", "info", "grafts"), []byte(string(second)+"\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	if list := o.landings(); len(list) != 2 {
		t.Errorf("replace refs or grafts changed the history: %d landings", len(list))
	}
}

func TestNamesLeadToOneCommit(t *testing.T) {
	o := newOffice(t)
	id := o.commit("one", manifest, "a\n")
	o.git("tag", "-a", "-m", "t", "v1")
	o.git("update-ref", "refs/heads/"+string(id), "HEAD")
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
	o.git("switch", "-q", "-c", "side")
	o.commit("two", manifest, "a\nb\n")
	o.git("switch", "-q", "main")
	o.git("merge", "-q", "--no-ff", "-m", "land", "side")
	o.commit("three", "README.md", "x\n")
	r := o.open()
	for _, name := range []string{"HEAD~2", "main^^", "main~1~1", "HEAD~1^", "side^"} {
		if c, err := r.Resolve(name); err != nil || c.ID != first || o.git("rev-parse", name) != string(first) {
			t.Errorf("%s: %v %v", name, c, err)
		}
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
	if err := fstest.TestFS(files, "policies/sop.yaml", "policies/more/x.yaml"); err != nil {
		t.Error(err)
	}
	if b, _ := fs.ReadFile(files, "policies/sop.yaml"); !bytes.Equal(b, []byte("s\n")) {
		t.Errorf("content %q", b)
	}
}
