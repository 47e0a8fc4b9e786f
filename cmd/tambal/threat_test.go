package main

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime/debug"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tambal-id/tambal/cmd/tambal/internal/forge/forgetest"
)

// TestMain lets a test start this binary as the program itself, where only a
// process of its own can have another environment.
func TestMain(m *testing.M) {
	interrupted()
	debug.SetGCPercent(400) // much is made here and little kept: a tenth of the time
	if os.Getenv("TAMBAL_TEST_AS_PROGRAM") != "" {
		main()
	}
	forgetest.CleanEnvironment()
	os.Exit(test(m))
}

// offices is where prepared offices lie until the tests end.
var offices string

func test(m *testing.M) int {
	var err error
	if offices, err = os.MkdirTemp("", "tambal-offices-"); err != nil {
		panic(err)
	}
	defer os.RemoveAll(offices)
	return m.Run()
}

// scratch makes a folder that stays until the tests end: ext4 looks for inodes that
// were not just deleted, and cleaning up after each test cost a third of the time.
func scratch(t testing.TB) string {
	t.Helper()
	dir, err := os.MkdirTemp(offices, "")
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

// program runs the program in a process of its own.
func program(t *testing.T, p *player, env string, args ...string) string {
	t.Helper()
	cmd := exec.Command(os.Args[0], append(args, "--repo", p.Dir, "--now", "2026-02-05T12:00:00+07:00", "--lang", "en")...)
	cmd.Env = append(os.Environ(), "TAMBAL_TEST_AS_PROGRAM=1", env)
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%s tambal %s: %v\n%s", env, strings.Join(args, " "), err, out)
	}
	return string(out)
}

// TestTheMachinesZoneChangesNothing plays one story by clocks of three zones and
// reads it on machines of four: the instants are the same, so are the documents.
func TestTheMachinesZoneChangesNothing(t *testing.T) {
	t.Parallel()
	const story = `
case SP-2026-0001
at %s
as siti-a
attach trivy/alpine-39.json trivy-sebelum.json
step monitoring
land
at %s
as agus-p
step plan
at %s
as rina-w
step analysis
at 2026-02-02T10:12:03+07:00
as budi-s
approve
as siti-a
land
`
	table := func(p *player, env string) string {
		ids := regexp.MustCompile(`[0-9a-f]{10}`)
		return ids.ReplaceAllString(program(t, p, env, "status", "SP-2026-0001"), "ID")
	}
	office, mixed := testPlayer(t), testPlayer(t)
	playScript(t, office, fmt.Sprintf(story, "2026-02-02T08:10:00+07:00", "2026-02-02T08:55:00+07:00", "2026-02-02T09:50:00+07:00"))
	playScript(t, mixed, fmt.Sprintf(story, "2026-02-02T01:10:00Z", "2026-02-02T10:55:00+09:00", "2026-02-01T21:50:00-05:00"))
	if diff := cmp.Diff(table(office, "TZ=UTC"), table(mixed, "TZ=UTC")); diff != "" {
		t.Error(diff)
	}
	for _, args := range [][]string{{"status"}, {"status", "SP-2026-0001"}, {"report", "SP-2026-0001"}, {"audit", "--format", "json"}} {
		want := program(t, mixed, "TZ=UTC", args...)
		for _, zone := range []string{"TZ=Asia/Jakarta", "TZ=Asia/Tokyo", "TZ=America/New_York"} {
			if diff := cmp.Diff(want, program(t, mixed, zone, args...)); diff != "" {
				t.Errorf("%s %v: %s", zone, args, diff)
			}
		}
	}
}

// TestDamagedStoresAreNeverAPass breaks a packed history at many places. What
// is not needed may be broken unseen; everything else is undecided or refused.
func TestDamagedStoresAreNeverAPass(t *testing.T) {
	t.Parallel()
	p := analysed(t)
	p.must(t, "git", "switch", "-q", "main")
	p.must(t, "git", "gc", "-q")
	p.must(t, "exit", "0", "tambal", "audit")
	whole := p.Shown
	for _, kind := range []string{"pack", "idx"} {
		files, err := filepath.Glob(filepath.Join(p.Dir, ".git/objects/pack/*."+kind))
		if err != nil || len(files) != 1 {
			t.Fatal(files, err)
		}
		good, err := os.ReadFile(files[0])
		if err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(files[0], 0o644); err != nil {
			t.Fatal(err)
		}
		damage := map[string][]byte{"nothing left": {}, "the first half": good[:len(good)/2], "another magic": append([]byte("XXXX"), good[4:]...)}
		for i := range 25 {
			at := 4 + i*(len(good)-4)/25
			bad := bytes.Clone(good)
			bad[at] ^= 0x55
			damage[fmt.Sprintf("byte %d", at)] = bad
		}
		for name, bad := range damage {
			if err := os.WriteFile(files[0], bad, 0o644); err != nil {
				t.Fatal(err)
			}
			got := p.exitCode("audit")
			if got == exitUsage || got == exitPass && p.Shown != whole || got != exitUndecided && len(bad) < len(good) {
				t.Errorf("%s, %s: exit code %d\n%s", kind, name, got, p.Shown)
			}
		}
		if err := os.WriteFile(files[0], good, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	p.must(t, "exit", "0", "tambal", "audit")
}

// exitCode runs a command line and returns its exit code.
func (p *player) exitCode(words ...string) int {
	var b bytes.Buffer
	a := p.app()
	a.out, a.err = &b, &b
	code := a.run(append(words, "--repo", p.Dir, "--now", p.Now.Format("2006-01-02T15:04:05Z07:00"), "--lang", "en"))
	p.Shown = b.String()
	return code
}

// TestMalformedTrees brings the evidence in trees that Git's own fsck refuses.
func TestMalformedTrees(t *testing.T) {
	t.Parallel()
	p := including(t, "normal.txtar until opened")
	p.must(t, "as", "agus-p")
	show := func(rev string) string { return strings.TrimSpace(gitOutput(t, p, nil, "rev-parse", rev)) }
	blob, folder := show("main:README.md"), show("main:patches/2026/SP-2026-0001/evidence")
	line := func(mode, name, id string) string {
		raw, err := hex.DecodeString(id)
		if err != nil {
			t.Fatal(err)
		}
		return mode + " " + name + "\x00" + string(raw)
	}
	scan := line("100644", "trivy-sebelum.json", show("main:patches/2026/SP-2026-0001/evidence/trivy-sebelum.json"))
	trees := map[string]string{
		"a way up":                      line("100644", "..", blob) + scan,
		"the folder itself":             line("100644", ".", blob) + scan,
		"git's own folder":              line("40000", ".git", folder) + scan,
		"git's folder in capitals":      line("40000", ".GIT", folder) + scan,
		"a name with a slash":           line("100644", "a/b", blob) + scan,
		"a name with a backslash":       line("100644", `a\b`, blob) + scan,
		"no name":                       line("100644", "", blob) + scan,
		"a name twice":                  scan + scan,
		"a file and folder of one name": line("100644", "a", blob) + line("40000", "a", folder) + scan,
		"wrong order":                   scan + line("100644", "a.txt", blob),
		"a mode with a zero before":     line("0100644", "a.txt", blob) + scan,
		"a padded folder":               line("040000", "a", folder) + scan,
		"an odd mode":                   line("100666", "a.txt", blob) + scan,
		"an old group-writable mode":    line("100664", "a.txt", blob) + scan,
		"a mode that is none":           line("abc", "a.txt", blob) + scan,
		"an entry cut short":            scan[:len(scan)-1],
		"a file said to be a folder":    line("40000", "a", blob) + scan,
	}
	for _, name := range slices.Sorted(maps.Keys(trees)) { // one office for all of them: always the same way
		tree := trees[name]
		t.Run(name, func(t *testing.T) {
			id := strings.TrimSpace(gitOutput(t, p, []byte(tree), "hash-object", "-t", "tree", "-w", "--stdin", "--literally"))
			parts := []string{"patches", "2026", "SP-2026-0001", "evidence"}
			for i := len(parts) - 1; i >= 0; i-- {
				list := gitOutput(t, p, nil, "ls-tree", "main:"+strings.Join(parts[:i], "/"))
				list = strings.Replace(list, show("main:"+strings.Join(parts[:i+1], "/")), id, 1)
				id = strings.TrimSpace(gitOutput(t, p, []byte(list), "mktree", "--missing"))
			}
			head := strings.TrimSpace(gitOutput(t, p, nil, "-c", "user.name=x", "-c", "user.email=agus-p@kominfo.example", "commit-tree", "-p", "main", "-m", "bukti", id))
			p.must(t, "git", "update-ref", "refs/heads/SP-2026-0001", head)
			p.mustFail(t, "history-malformed")
		})
	}
}

// TestEveryLayoutGivesTheSameVerdict reads one history as linked worktree, bare
// copy, separate git folder and clone that borrows its objects.
func TestEveryLayoutGivesTheSameVerdict(t *testing.T) {
	t.Parallel()
	p := including(t, "normal.txtar until decided")
	p.exitCode("audit")
	want, dir := p.Shown, t.TempDir()
	for name, make := range map[string][]string{
		"bare":      {"clone", "-q", "--bare", p.Dir, filepath.Join(dir, "bare")},
		"borrowing": {"clone", "-q", "--shared", p.Dir, filepath.Join(dir, "borrowing")},
		"separate":  {"clone", "-q", "--separate-git-dir", filepath.Join(dir, "git"), p.Dir, filepath.Join(dir, "separate")},
		"linked":    {"worktree", "add", "-q", filepath.Join(dir, "linked"), "SP-2026-0001"},
	} {
		p.must(t, append([]string{"git"}, make...)...)
		if code := p.exitCode("audit", "--repo", filepath.Join(dir, name)); code != exitPass || p.Shown != want {
			t.Errorf("%s: exit code %d\n%s", name, code, p.Shown)
		}
	}
}

// TestWithoutAPolicyNothingPasses: a history that has cases and never had a
// policy is not a good one.
func TestWithoutAPolicyNothingPasses(t *testing.T) {
	t.Parallel()
	p := analysed(t)
	p.must(t, "git", "checkout", "-q", "--orphan", "asing")
	p.must(t, "git", "rm", "-qrf", "policies")
	p.must(t, "git", "commit", "-qm", "tanpa kebijakan")
	p.must(t, "git", "branch", "-f", "main", "asing")
	for _, args := range [][]string{{"audit"}, {"check", "--base", "main", "--head", "SP-2026-0001"}} {
		if code := p.exitCode(args...); code == exitPass {
			t.Errorf("%v passes:\n%s", args, p.Shown)
		}
	}
}

// TestSignaturesThatCannotBeJudged: an OpenPGP signature is neither good nor bad
// here, and the forge's own makes nobody a signer.
func TestSignaturesThatCannotBeJudged(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		committer string // of the commit in place of its author; "" keeps him
		signed    bool   // administrators must sign
		want      string
	}{
		"a person's, where a claim is enough":   {"", false, "pass ~step-identity"},
		"a person's, where a key is demanded":   {"", true, "undecided step-identity"},
		"the forge's, where a claim is enough":  {"GitHub <noreply@github.com>", false, "pass"},
		"the forge's, where a key is demanded":  {"GitHub <noreply@github.com>", true, "fail step-identity"},
		"the forge's name without its own page": {"GitHub <noreply@github.example>", false, "fail step-identity"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := testOffice(t, func(files map[string][]byte) {
				if c.signed {
					files["policies/sop.yaml"] = bytes.Replace(files["policies/sop.yaml"], []byte("Administrator, identity: claimed"), []byte("Administrator, identity: signed"), 1)
				}
			})
			playScript(t, p, "case SP-2026-0001\nat 2026-02-02T08:10:00+07:00\nas siti-a\nattach trivy/alpine-39.json trivy-sebelum.json\ngitstep monitoring\n")
			raw := gitOutput(t, p, nil, "cat-file", "commit", p.ID)
			if c.committer != "" {
				raw = regexp.MustCompile(`committer [^>]*>`).ReplaceAllString(raw, "committer "+c.committer)
			}
			raw = strings.Replace(raw, "\n\n", "\ngpgsig -----BEGIN PGP SIGNATURE-----\n \n iQEzBAABCAAdFiEE\n -----END PGP SIGNATURE-----\n\n", 1)
			id := gitOutput(t, p, []byte(raw), "hash-object", "-t", "commit", "-w", "--stdin")
			p.must(t, "git", "update-ref", "refs/heads/"+p.ID, strings.TrimSpace(id))
			p.must(t, append([]string{"check"}, strings.Fields(c.want)...)...)
		})
	}
}
