package signature

import (
	"errors"
	"strings"
	"testing"
)

// gitRepo makes a repository that signs with a fresh key.
func gitRepo(t testing.TB) (dir string, key Key) {
	t.Helper()
	dir = t.TempDir()
	path := keygen(t, dir, "id", "-t", "ed25519", "-N", "")
	pub := strings.TrimSpace(read(t, path+".pub"))
	key, err := ParseKey(pub)
	if err != nil {
		t.Fatal(err)
	}
	write(t, dir, "allowed", AllowedSigners("budi@example.go.id", pub))
	must(t, dir, "git", "init", "-q", "-b", "main")
	for _, c := range [][2]string{
		{"user.name", "Budi Š"}, {"user.email", "budi@example.go.id"}, {"gpg.format", "ssh"},
		{"user.signingkey", path}, {"gpg.ssh.allowedSignersFile", "allowed"},
	} {
		must(t, dir, "git", "config", c[0], c[1])
	}
	return dir, key
}

func rawCommit(t testing.TB, dir, rev string) []byte {
	t.Helper()
	return []byte(must(t, dir, "git", "cat-file", "commit", rev))
}

func TestCommitPayloadAgreesWithGit(t *testing.T) {
	dir, key := gitRepo(t)
	commit := func(args ...string) {
		t.Helper()
		must(t, dir, "git", append([]string{"commit", "-q", "--allow-empty"}, args...)...)
	}
	commit("-S", "-m", "first\n\ngpgsig -----BEGIN SSH SIGNATURE-----\n continued\n")
	must(t, dir, "git", "checkout", "-q", "-b", "side")
	commit("-S", "-m", "side")
	must(t, dir, "git", "tag", "-s", "-m", "tag of side", "v1")
	must(t, dir, "git", "checkout", "-q", "main")
	commit("-S", "--allow-empty-message", "-m", "")
	must(t, dir, "git", "tag", "empty")
	must(t, dir, "git", "merge", "-q", "-S", "--no-ff", "-m", "merge", "v1")
	must(t, dir, "git", "tag", "merge")
	must(t, dir, "git", "-c", "i18n.commitEncoding=ISO-8859-1", "commit", "-q", "--allow-empty", "-S", "-m", "encoded")
	if !strings.Contains(string(rawCommit(t, dir, "merge")), "\nmergetag object ") {
		t.Fatal("the merge has no mergetag")
	}
	for _, rev := range []string{"side~1", "side", "empty", "merge", "main"} {
		t.Run("git and we accept "+rev, func(t *testing.T) {
			must(t, dir, "git", "verify-commit", rev)
			payload, armored, err := CommitPayload(rawCommit(t, dir, rev))
			if err != nil {
				t.Fatal(err)
			}
			if got, err := Verify(GitNamespace, payload, armored); err != nil || got != key {
				t.Errorf("got %v, %v", got, err)
			}
			_, err = Verify(ApprovalNamespace, payload, armored)
			wantKind(t, err, ErrNamespace)
		})
	}
	t.Run("git and we refuse a changed message", func(t *testing.T) {
		raw := strings.Replace(string(rawCommit(t, dir, "merge")), "\n\nmerge", "\n\nMerge", 1)
		id := strings.TrimSpace(must(t, dir, "git", "hash-object", "-t", "commit", "-w", write(t, dir, "raw", raw)))
		if _, err := run(t, dir, "", "git", "verify-commit", id); err == nil {
			t.Error("git accepts it")
		}
		payload, armored, err := CommitPayload([]byte(raw))
		if err != nil {
			t.Fatal(err)
		}
		_, err = Verify(GitNamespace, payload, armored)
		wantKind(t, err, ErrMismatch)
	})
	t.Run("a commit without a signature is its own payload", func(t *testing.T) {
		commit("-m", "plain")
		raw := rawCommit(t, dir, "HEAD")
		payload, armored, err := CommitPayload(raw)
		if err != nil || armored != "" || string(payload) != string(raw) {
			t.Errorf("got %q, %q, %v", payload, armored, err)
		}
	})
}

const (
	head = "tree 4b825dc642cb6eb9a060e54bf8d69288fbee4904\nauthor a <a@b> 1 +0000\ncommitter a <a@b> 1 +0000\n"
	sigA = "gpgsig A\n B\n C\n"
)

func TestCommitPayloadSplits(t *testing.T) {
	for _, c := range []struct{ name, in, payload, armored string }{
		{"a signature at the end of the header", head + sigA + "\nm", head + "\nm", "A\nB\nC\n"},
		{"a signature before other headers", sigA + head + "\nm", head + "\nm", "A\nB\nC\n"},
		{"an empty line inside the signature", head + "gpgsig A\n \n B\n\nm", head + "\nm", "A\n\nB\n"},
		{"a signature quoted in a mergetag", head + "mergetag x\n gpgsig Z\n  Y\n" + sigA + "\nm", head + "mergetag x\n gpgsig Z\n  Y\n\nm", "A\nB\nC\n"},
		{"a header in the message", head + "\n" + sigA, head + "\n" + sigA, ""},
		{"no message", head + sigA + "\n", head + "\n", "A\nB\nC\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			payload, armored, err := CommitPayload([]byte(c.in))
			if err != nil || string(payload) != c.payload || armored != c.armored {
				t.Errorf("got %q, %q, %v", payload, armored, err)
			}
		})
	}
	for _, c := range []struct {
		name, in string
		want     Kind
	}{
		{"two signatures", head + sigA + sigA + "\nm", ErrCommit},
		{"two signatures apart", sigA + head + sigA + "\nm", ErrCommit},
		{"a signature of the SHA-256 form", head + "gpgsig-sha256 A\n B\n\nm", ErrUnsupported},
		{"both forms", head + sigA + "gpgsig-sha256 A\n\nm", ErrUnsupported},
		{"a header that git would drop too", head + "gpgsigx A\n\nm", ErrUnsupported},
		{"a signature header without a value", head + "gpgsig\n\nm", ErrUnsupported},
		{"a header without an end", head + sigA, ErrCommit},
		{"a cut line", "tree", ErrCommit},
		{"nothing", "", ErrCommit},
		{"a continuation of nothing", " x\n" + head + "\nm", ErrCommit},
	} {
		t.Run(c.name+" is refused", func(t *testing.T) {
			_, _, err := CommitPayload([]byte(c.in))
			wantKind(t, err, c.want)
		})
	}
}

// FuzzCommitPayload: nothing is lost, added or left over.
func FuzzCommitPayload(f *testing.F) {
	f.Add([]byte(head + sigA + "\nm"))
	f.Add([]byte(sigA + head + "mergetag x\n gpgsig Z\n\n"))
	f.Add([]byte(head + "gpgsig-sha256 x\n\n"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		before := string(raw)
		payload, armored, err := CommitPayload(raw)
		if own := new(Error); err != nil && !errors.As(err, &own) {
			t.Fatalf("untyped error %v", err)
		}
		if string(raw) != before {
			t.Fatal("changed its input")
		}
		if err != nil {
			return
		}
		header := ""
		if armored != "" {
			header = "gpgsig " + strings.ReplaceAll(strings.TrimSuffix(armored, "\n"), "\n", "\n ") + "\n"
		}
		at := strings.Index(before, header)
		if at < 0 || len(before) != len(payload)+len(header) {
			t.Fatalf("%q has no %q", before, header)
		}
		again, rest, err := CommitPayload(payload)
		if err != nil || rest != "" || string(again) != string(payload) {
			t.Fatalf("%q still splits into %q, %q, %v", payload, again, rest, err)
		}
	})
}
