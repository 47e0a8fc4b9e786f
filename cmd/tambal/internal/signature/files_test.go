package signature

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
)

// TestFilesFindTheKey wants the named key before the one Git signs with, either
// half of a pair by either name, and no key without a complaint where none is set.
func TestFilesFindTheKey(t *testing.T) {
	home := t.TempDir()
	key := func(name string) string {
		signer, private, err := NewSigner()
		if err != nil {
			t.Fatal(err)
		}
		for file, data := range map[string][]byte{name: private, name + ".pub": []byte(signer.AuthorizedKey() + " " + name + "\n")} {
			if err := os.WriteFile(filepath.Join(home, file), data, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		return signer.AuthorizedKey()
	}
	git, other := key("git"), key("other")
	for _, c := range []struct{ name, configured, file, want string }{
		{"none", "", "", ""},
		{"the one Git signs with", "~/git", "", git},
		{"the one Git signs with, by its public half", "~/git.pub", "", git},
		{"the named one", "~/git", filepath.Join(home, "other"), other},
		{"the named one at home", "~/git.pub", "~/other", other},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := Files{Configured: c.configured, Home: home}
			public, err := f.Public(c.file)
			if err != nil || public != c.want {
				t.Errorf("public key %q, %v, want %q", public, err, c.want)
			}
			signer, err := f.Signer(c.file)
			if err != nil || (signer == nil) != (c.want == "") || signer != nil && signer.AuthorizedKey() != c.want {
				t.Errorf("signer %v, %v, want %q", signer, err, c.want)
			}
			sign, err := f.CommitSigner(c.file)
			if err != nil || (sign == nil) != (c.want == "") {
				t.Fatalf("commit signer %v, %v", sign == nil, err)
			}
			if sign == nil {
				return
			}
			armored, err := sign([]byte("tree"))
			if err != nil {
				t.Fatal(err)
			}
			if by, err := Verify(GitNamespace, []byte("tree"), armored); err != nil || by.Authorized != c.want {
				t.Errorf("signed by %q, %v, want %q", by.Authorized, err, c.want)
			}
		})
	}
}

// TestFilesNameTheMissingKey wants the file that was really looked for.
func TestFilesNameTheMissingKey(t *testing.T) {
	f := Files{Home: t.TempDir()}
	_, private := f.Signer("~/absent")
	_, public := f.Public("~/absent")
	for want, err := range map[string]error{"absent": private, "absent.pub": public} {
		var own *Error
		if !errors.As(err, &own) || own.Code != "approve.key-file" || own.Args[0] != filepath.Join(f.Home, want) {
			t.Errorf("%s: %v", want, err)
		}
	}
}
