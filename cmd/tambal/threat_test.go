package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// finished is an office with one closed case.
func finished(t *testing.T) *player {
	t.Helper()
	p := testPlayer(t)
	if err := p.play("history/normal.txtar"); err != nil {
		t.Fatal(err)
	}
	return p
}

// gitOut runs git with input and returns what it prints.
func gitOut(t *testing.T, p *player, input string, args ...string) string {
	t.Helper()
	cmd := exec.Command("git", append([]string{"-C", p.dir}, args...)...)
	cmd.Stdin = strings.NewReader(input)
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("git %v: %v", args, err)
	}
	return strings.TrimSpace(string(out))
}

// TestADamagedStoreIsUndecided flips bytes in the middle of pack and index: no
// panic, and never a pass.
func TestADamagedStoreIsUndecided(t *testing.T) {
	for _, kind := range []string{"pack", "idx"} {
		t.Run(kind, func(t *testing.T) {
			p := finished(t)
			gitOut(t, p, "", "-c", "gc.writeCommitGraph=false", "gc", "-q")
			files, err := filepath.Glob(filepath.Join(p.dir, ".git/objects/pack/*."+kind))
			if err != nil || len(files) != 1 {
				t.Fatal(files, err)
			}
			data, err := os.ReadFile(files[0])
			if err != nil {
				t.Fatal(err)
			}
			for i := len(data) / 3; i < 2*len(data)/3; i += 7 {
				data[i] ^= 0x5a
			}
			if err := os.Chmod(files[0], 0o600); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(files[0], data, 0o600); err != nil {
				t.Fatal(err)
			}
			var out bytes.Buffer
			a := p.app()
			a.out, a.err = &out, &out
			if code := a.run([]string{"--repo", p.dir, "audit"}); code == exitPass {
				t.Errorf("passed:\n%s", &out)
			}
		})
	}
}

// TestMalformedTreesAreRefused lands trees that Git's own fsck refuses.
func TestMalformedTreesAreRefused(t *testing.T) {
	for _, name := range []string{"..", ".git", "a/b", ".GIT"} {
		t.Run(name, func(t *testing.T) {
			p := finished(t)
			blob := gitOut(t, p, "x", "hash-object", "-w", "--stdin")
			raw, err := exec.Command("git", "-C", p.dir, "cat-file", "tree", "main^{tree}").Output()
			if err != nil {
				t.Fatal(err)
			}
			var id []byte
			if _, err := fmt.Sscanf(blob, "%x", &id); err != nil {
				t.Fatal(err)
			}
			evil := append([]byte("100644 "+name+"\x00"), id...)
			tree := gitOut(t, p, string(append(evil, raw...)), "hash-object", "-t", "tree", "-w", "--stdin", "--literally")
			commit := gitOut(t, p, "", "-c", "user.name=Joko", "-c", "user.email=joko-s@kominfo.example", "commit-tree", "-p", "main", "-m", "x", tree)
			gitOut(t, p, "", "update-ref", "refs/heads/main", commit)
			play(t, p, "audit fail history-malformed\n")
		})
	}
}

// TestWithoutAPolicyNothingPasses: a history that never had one, and one whose
// policy was taken away.
func TestWithoutAPolicyNothingPasses(t *testing.T) {
	p := finished(t)
	play(t, p, "as siti-a\ngit switch -q main\ngit rm -rq policies\ngit commit -qm hapus\naudit fail policy-invalid ~policy-unsigned\n")
	bare := testPlayer(t)
	bare.dir = t.TempDir()
	gitOut(t, bare, "", "init", "-q", "-b", "main")
	play(t, bare, "as siti-a\ngit commit -q --allow-empty -m kosong\naudit fail policy-invalid\n")
}

// TestEvidenceMustBeTheFileItself lands what stands in for a file: nothing, or a
// pointer to somewhere else.
func TestEvidenceMustBeTheFileItself(t *testing.T) {
	for name, content := range map[string]string{
		"an empty file": "",
		"a pointer":     "version https://git-lfs.github.com/spec/v1\noid sha256:" + strings.Repeat("a", 64) + "\nsize 3\n",
		"another file":  "bukan itu",
	} {
		t.Run(name, func(t *testing.T) {
			p := testPlayer(t)
			play(t, p, `
case SP-2026-0101 like SP-2026-0001
at 2026-02-02T08:10:00+07:00
as siti-a
branch SP-2026-0101
write @/evidence/trivy-sebelum.json isi
step monitoring
check fail evidence-digest
-- isi --
`+content)
		})
	}
}
