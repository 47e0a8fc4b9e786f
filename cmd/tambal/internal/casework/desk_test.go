package casework

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tambal-id/tambal/cmd/tambal/internal/git"
	"github.com/tambal-id/tambal/cmd/tambal/internal/text"
	"github.com/tambal-id/tambal/policies"
)

// office is a desk in a repository that holds the default policy; it notes what
// the commands say on the way.
type office struct {
	*Desk
	t       *testing.T
	notices []string
}

func newOffice(t *testing.T) *office {
	t.Helper()
	repo, err := git.Create(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { repo.Close() })
	o := &office{t: t, Desk: &Desk{
		Repo: repo, Now: time.Date(2026, 1, 1, 8, 0, 0, 0, time.FixedZone("WIB", 7*3600)), Lang: text.Indonesian,
		Who: &git.Identity{Name: "Siti Aminah", Email: "siti-a@kominfo.example"},
	}}
	o.Notice = func(code string, args ...any) { o.notices = append(o.notices, fmt.Sprint(code, args)) }
	files := map[string][]byte{}
	for _, name := range []string{policies.SOPFile, policies.TeamFile, policies.CalendarFile} {
		if files[policies.Dir+"/"+name], err = fs.ReadFile(policies.FS, name); err != nil {
			t.Fatal(err)
		}
	}
	o.write("main", files)
	return o
}

func (o *office) write(branch string, files map[string][]byte) {
	o.t.Helper()
	who, err := o.Identity()
	if err != nil {
		o.t.Fatal(err)
	}
	if _, err := o.Repo.Write(git.Draft{Branch: branch, Files: files, Author: who, Committer: who, Message: "policies: mulai\n"}); err != nil {
		o.t.Fatal(err)
	}
}

func (o *office) file(name string) string {
	return filepath.Join(o.Repo.Root(), filepath.FromSlash(name))
}

func (o *office) must(err error) {
	o.t.Helper()
	if err != nil {
		o.t.Fatal(err)
	}
}

// found is the content of a first step, and note that of a correction.
var (
	found = Input{Set: []string{
		"trigger.kind=advisory", "trigger.reference=USN-6859-1", "sources=https://ubuntu.com/security/notices/USN-6859-1",
		"vulnerabilities.0.id=CVE-2024-6387", "decision=not-required", "reason=Tidak dipakai.",
	}}
	note = Input{Set: []string{"of=monitoring", "note=Salah ketik."}}
)

// TestACaseFromItsOpeningToItsCommits does what the three commands are for.
func TestACaseFromItsOpeningToItsCommits(t *testing.T) {
	o := newOffice(t)
	written, err := o.New(Opening{Title: "OpenSSH", Input: found})
	o.must(err)
	if want := (Written{"SP-2026-0001", "monitoring", "patches/2026/SP-2026-0001/patch.yaml"}); *written != want {
		t.Errorf("written %+v, want %+v", *written, want)
	}
	if head := o.Repo.HeadBranch(); head != "SP-2026-0001" || !slices.Equal(o.notices, []string{"new.branch[SP-2026-0001]"}) {
		t.Errorf("on %s after %v", head, o.notices)
	}
	scan := o.file("scan.txt")
	o.must(os.WriteFile(scan, []byte("ada\n"), 0o644))
	with := note
	with.Evidence = []string{scan + ",format=text,phase=other"}
	written, err = o.Next(Step{ID: "SP-2026-0001", Step: "correction", Input: with})
	o.must(err)
	if written.Step != "correction" {
		t.Errorf("written %+v", *written)
	}
	saved, err := o.Commit("SP-2026-0001", "")
	o.must(err)
	if saved.Subject != "monitoring, correction" || saved.Branch != "SP-2026-0001" {
		t.Errorf("saved %+v", *saved)
	}
	want := "SP-2026-0001: monitoring, correction\n\nOpenSSH\n\nCase: SP-2026-0001\nStep: monitoring\nStep: correction\n"
	if saved.Commit.Message != want || saved.Commit.Author.Name != "Siti Aminah" {
		t.Errorf("%s says %q, want %q", saved.Commit.Author.Name, saved.Commit.Message, want)
	}
	names, err := o.Repo.Names(saved.Commit.Tree, "patches/2026/SP-2026-0001/evidence")
	if err != nil || !slices.Equal(names, []string{"scan.txt"}) {
		t.Errorf("evidence in the commit: %v, %v", names, err)
	}
	_, err = o.Next(Step{ID: "SP-2026-0001", Step: "correction", Input: note})
	o.must(err)
	if saved, err = o.Commit("SP-2026-0001", ""); err != nil || saved.Subject != "correction" {
		t.Errorf("a second commit names %+v, %v", saved, err)
	}
	manifest := o.file("patches/2026/SP-2026-0001/patch.yaml")
	data, err := os.ReadFile(manifest)
	o.must(err)
	o.must(os.WriteFile(manifest, []byte(strings.Replace(string(data), "Salah ketik.", "Salah tulis.", 1)), 0o644))
	if saved, err = o.Commit("SP-2026-0001", ""); err != nil || saved.Subject != "correction" {
		t.Errorf("a step written anew gives %+v, %v", saved, err)
	}
	o.must(os.WriteFile(o.file("patches/2026/SP-2026-0001/evidence/scan.txt"), []byte("lain\n"), 0o644))
	if saved, err = o.Commit("SP-2026-0001", ""); err != nil || saved.Subject != text.Indonesian.Say("commit.revised") || strings.Contains(saved.Commit.Message, "Step:") {
		t.Errorf("evidence alone gives %+v, %v", saved, err)
	}
}

// TestNumbersAreNeverGivenTwice looks at every branch and at what was not
// committed yet, in the office's year.
func TestNumbersAreNeverGivenTwice(t *testing.T) {
	o := newOffice(t)
	policy := policies.Default()
	next := func(want string) {
		t.Helper()
		if got, err := o.nextID(policy, true); err != nil || got != want {
			t.Errorf("next is %s, %v, want %s", got, err, want)
		}
	}
	next("SP-2026-0001")
	o.write("lain", map[string][]byte{"patches/2026/SP-2026-0007/x": []byte("x"), "patches/2025/SP-2025-0090/x": []byte("x")})
	next("SP-2026-0008")
	o.must(os.MkdirAll(o.file("patches/2026/SP-2026-0011/evidence"), 0o755)) // a run of new was stopped here
	next("SP-2026-0008")
	o.must(os.WriteFile(o.file("patches/2026/SP-2026-0011/patch.yaml"), nil, 0o644))
	next("SP-2026-0012")
	if _, err := o.nextID(policy, false); fmt.Sprint(err) != fmt.Sprint(refused("new.unfinished", "SP-2026-0011")) {
		t.Errorf("an unfinished case: %v", err)
	}
	policy.Procedure.CasePrefix = "KOMINFO" // another office's line in sop.yaml
	next("KOMINFO-2026-0001")
	o.write("lain", map[string][]byte{"patches/2026/KOMINFO-2026-0041/x": []byte("x")})
	next("KOMINFO-2026-0042")
	policy.Procedure.CasePrefix = "" // from before there was such a line
	next("SP-2026-0012")
	o.must(os.MkdirAll(o.file("patches/2026/catatan"), 0o755))
	next("SP-2026-0012")
	o.Now = time.Date(2025, 12, 31, 18, 0, 0, 0, time.UTC) // 2026 in Jakarta
	next("SP-2026-0012")
	policy.Calendar = &policies.Calendar{} // without a zone: UTC
	next("SP-2025-0091")
}

// TestRefusalsLeaveEverythingAsItWas calls the commands where they have nothing
// to do.
func TestRefusalsLeaveEverythingAsItWas(t *testing.T) {
	o := newOffice(t)
	_, err := o.Commit("SP-2026-0001", "")
	wantError(t, err, "refused commit.trunk [main git switch -c SP-2026-0001]")
	_, err = o.New(Opening{ID: "kasus", Title: "x", Input: found})
	wantError(t, err, "usage usage.id [kasus]")
	_, err = o.New(Opening{Input: found})
	wantError(t, err, "usage new.ask-title.missing []")
	_, err = o.New(Opening{Title: "x"})
	wantError(t, err, "usage usage.no-input [monitoring [trigger sources vulnerabilities decision reason]]")
	if _, err := os.Stat(o.file("patches")); err == nil || o.Repo.HeadBranch() != "main" {
		t.Error("something was written, or the branch was left")
	}
	_, err = o.New(Opening{Title: "x", Input: found})
	o.must(err)
	_, err = o.New(Opening{ID: "SP-2026-0001", Title: "x", Input: found})
	wantError(t, err, "refused new.exists [SP-2026-0001 patches/2026/SP-2026-0001/patch.yaml]")
	before, err := os.ReadFile(o.file("patches/2026/SP-2026-0001/patch.yaml"))
	o.must(err)
	for step, want := range map[string]string{
		"plan": "refused step-order [plan closure]", "approval": "refused step-order [approval closure]",
		"closure": "usage usage.no-input [closure [outcome note]]", "": "usage usage.no-input [closure [outcome note]]",
	} {
		_, err = o.Next(Step{ID: "SP-2026-0001", Step: step})
		wantError(t, err, want)
	}
	o.must(os.Symlink("patch.yaml", o.file("patches/2026/SP-2026-0001/tautan")))
	_, err = o.Commit("SP-2026-0001", "")
	wantError(t, err, "refused commit.irregular ["+o.file("patches/2026/SP-2026-0001/tautan")+"]")
	if after, err := os.ReadFile(o.file("patches/2026/SP-2026-0001/patch.yaml")); err != nil || string(after) != string(before) {
		t.Error("the manifest changed", err)
	}
	_, err = o.Next(Step{ID: "SP-2026-0009"})
	wantError(t, err, "refused next.no-case [SP-2026-0009]")
}

// TestTheBranchOfOnesOwnIsKept leaves only the protected branch and another
// case's.
func TestTheBranchOfOnesOwnIsKept(t *testing.T) {
	for start, want := range map[string]string{"main": "SP-2026-0001", "SP-2026-0005": "SP-2026-0001", "SP-2026-0001": "SP-2026-0001", "kerja": "kerja"} {
		t.Run(start, func(t *testing.T) {
			o := newOffice(t)
			tip, err := o.Repo.Resolve("main")
			o.must(err)
			if start != "main" {
				o.must(o.Repo.Advance(start, tip))
				o.must(o.Repo.Switch(start, tip))
			}
			o.must(o.caseBranch("SP-2026-0001"))
			if head := o.Repo.HeadBranch(); head != want || (len(o.notices) > 0) != (start != want) {
				t.Errorf("on %s after %v", head, o.notices)
			}
		})
	}
}

// TestWhoWorksIsWhomGitNames unless somebody else was named.
func TestWhoWorksIsWhomGitNames(t *testing.T) {
	o := newOffice(t)
	t.Setenv("GIT_AUTHOR_NAME", "Agus Pratama")
	t.Setenv("GIT_AUTHOR_EMAIL", "agus-p@kominfo.example")
	if who, err := o.Identity(); err != nil || who != (git.Identity{Name: "Siti Aminah", Email: "siti-a@kominfo.example", When: o.Now}) {
		t.Errorf("%+v, %v", who, err)
	}
	o.Who = nil
	if who, err := o.Identity(); err != nil || who != (git.Identity{Name: "Agus Pratama", Email: "agus-p@kominfo.example", When: o.Now}) {
		t.Errorf("%+v, %v", who, err)
	}
}

// TestWithoutAPolicyNothingBegins works in a repository that holds none, or a
// broken one.
func TestWithoutAPolicyNothingBegins(t *testing.T) {
	o := newOffice(t)
	o.write("main", map[string][]byte{"policies/sop.yaml": []byte("a:\tb\n")})
	_, err := o.New(Opening{Title: "x", Input: found})
	if err == nil || !strings.HasPrefix(err.Error(), "policies/sop.yaml: ") {
		t.Errorf("a broken policy: %v", err)
	}
	repo, err := git.Create(t.TempDir())
	o.must(err)
	defer repo.Close()
	o.Repo = repo
	_, err = o.New(Opening{Title: "x", Input: found})
	wantError(t, err, "usage usage.no-policy []")
}
