package play

import (
	"crypto/sha256"
	"slices"
	"testing"

	"github.com/tambal-id/tambal/cmd/tambal/internal/git"
	"github.com/tambal-id/tambal/cmd/tambal/internal/signature"
)

func seeded(id string) (*signature.Signer, []byte, error) {
	return signature.SeededSigner(sha256.Sum256([]byte(id)))
}

// anchor makes an office and returns its first commit.
func anchor(t *testing.T, o Office) git.ID {
	t.Helper()
	p, err := New(t.TempDir(), t.TempDir(), o)
	if err != nil {
		t.Fatal(err)
	}
	repo, err := git.Open(p.Dir)
	if err != nil {
		t.Fatal(err)
	}
	defer repo.Close()
	c, err := repo.Resolve("main")
	if err != nil {
		t.Fatal(err)
	}
	return c.ID
}

// TestKeysMakeTheOffice: the same seeds are the same office, byte for byte; the
// demo's keys are nobody's but its own.
func TestKeysMakeTheOffice(t *testing.T) {
	t.Parallel()
	if a, b := anchor(t, Office{Key: seeded}), anchor(t, Office{Key: seeded}); a != b {
		t.Errorf("the same seeds made %s and %s", a, b)
	}
	if a, b := anchor(t, Office{}), anchor(t, Office{}); a == b {
		t.Errorf("two offices have the same keys: %s", a)
	}
}

func TestSplitWords(t *testing.T) {
	t.Parallel()
	for line, want := range map[string][]string{
		"":                          nil,
		"# only a comment":          nil,
		"land  kebijakan signed":    {"land", "kebijakan", "signed"},
		`commit "satu dua" # tiga`:  {"commit", "satu dua"},
		`replace @/a "" "# bukan"`:  {"replace", "@/a", "", "# bukan"},
		"write @/evidence/x#y teks": {"write", "@/evidence/x#y", "teks"},
	} {
		if got, err := SplitWords(line); err != nil || !slices.Equal(got, want) {
			t.Errorf("%q: %q, %v; want %q", line, got, err, want)
		}
	}
	if words, err := SplitWords(`commit "tanpa akhir`); err == nil {
		t.Errorf("a quote without an end: %q", words)
	}
}

// TestAStepMustBeCommitted: a step goes on whatever check says of its commit, but
// not when there is none.
func TestAStepMustBeCommitted(t *testing.T) {
	t.Parallel()
	p, err := New(t.TempDir(), t.TempDir(), Office{Key: seeded})
	if err != nil {
		t.Fatal(err)
	}
	var args []string
	p.Run = func(c Call) int { args = c.Args; return 1 }
	script := "case SP-2026-0001\nas siti-a\nat 2026-02-02T08:00:00+07:00\nstep monitoring\n"
	if err := p.PlayData("script", []byte(script)); err == nil {
		t.Error("a commit that was refused is taken for a step")
	}
	if want := []string{"--repo", p.Dir, "--now", "2026-02-02T08:00:00+07:00", "--lang", "en", "commit", "SP-2026-0001"}; !slices.Equal(args, want) {
		t.Errorf("it ran %q, want %q", args, want)
	}
}
