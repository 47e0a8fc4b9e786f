package signature

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// run runs a program in dir with a bare environment and returns its output.
func run(t testing.TB, dir, stdin, name string, args ...string) (string, error) {
	t.Helper()
	cmd := exec.Command(name, args...)
	cmd.Dir, cmd.Stdin = dir, strings.NewReader(stdin)
	cmd.Env = []string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + dir, "LC_ALL=C", "GIT_CONFIG_NOSYSTEM=1", "GIT_CONFIG_GLOBAL=" + os.DevNull,
		"GIT_AUTHOR_DATE=1770000000 +0700", "GIT_COMMITTER_DATE=1770000000 +0700",
	}
	out, err := cmd.CombinedOutput()
	return string(out), err
}

func must(t testing.TB, dir, name string, args ...string) string {
	t.Helper()
	out, err := run(t, dir, "", name, args...)
	if err != nil {
		t.Fatalf("%s %v: %v\n%s", name, args, err, out)
	}
	return out
}

func write(t testing.TB, dir, name, data string) string {
	t.Helper()
	path := filepath.Join(dir, name)
	if err := os.WriteFile(path, []byte(data), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func read(t testing.TB, path string) string {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// keygen makes a key file with ssh-keygen and returns its path.
func keygen(t testing.TB, dir, name string, args ...string) string {
	t.Helper()
	path := filepath.Join(dir, name)
	must(t, dir, "ssh-keygen", append([]string{"-q", "-C", "kabid", "-f", path}, args...)...)
	return path
}

func TestAgreesWithOpenSSH(t *testing.T) {
	for _, c := range []struct {
		name string
		args []string
		bits int
	}{
		{"ed25519", []string{"-t", "ed25519", "-N", ""}, 0},
		{"ecdsa P-256", []string{"-t", "ecdsa", "-b", "256", "-N", ""}, 0},
		{"ecdsa P-521", []string{"-t", "ecdsa", "-b", "521", "-N", ""}, 0},
		{"rsa 3072", []string{"-t", "rsa", "-b", "3072", "-N", ""}, 3072},
		{"ed25519 under a passphrase", []string{"-t", "ed25519", "-N", "rahasia", "-a", "1"}, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			path := keygen(t, dir, "key", c.args...)
			s, err := LoadSigner([]byte(read(t, path)), func() ([]byte, error) { return []byte("rahasia"), nil })
			if err != nil {
				t.Fatal(err)
			}
			if out := must(t, dir, "ssh-keygen", "-l", "-f", path+".pub"); !strings.Contains(out, s.Key().Fingerprint) || s.Key().Bits != c.bits {
				t.Errorf("key %v, ssh-keygen says %s", s.Key(), out)
			}
			allowed := AllowedSigners("kabid@example.go.id", read(t, path+".pub")[:strings.IndexByte(read(t, path+".pub"), '\n')])
			write(t, dir, "allowed", "# persons\n"+allowed+AllowedSigners("other", newTestSigner(t).AuthorizedKey()))
			write(t, dir, "sig", sign(t, s, ApprovalNamespace))
			verify := func(principal, namespace, message string) error {
				_, err := run(t, dir, message, "ssh-keygen", "-Y", "verify", "-f", "allowed", "-I", principal, "-n", namespace, "-s", "sig")
				return err
			}
			if err := verify("kabid@example.go.id", ApprovalNamespace, string(message)); err != nil {
				t.Error("ssh-keygen refuses our signature:", err)
			}
			if verify("other", ApprovalNamespace, string(message)) == nil || verify("kabid@example.go.id", GitNamespace, string(message)) == nil ||
				verify("kabid@example.go.id", ApprovalNamespace, "x") == nil {
				t.Error("ssh-keygen accepts another person, namespace or message")
			}
			if strings.Contains(c.name, "passphrase") {
				return // ssh-keygen would ask on the terminal
			}
			for _, hash := range []string{"sha256", "sha512"} {
				file := write(t, dir, hash, string(message))
				must(t, dir, "ssh-keygen", "-Y", "sign", "-q", "-f", path, "-n", ApprovalNamespace, "-O", "hashalg="+hash, file)
				theirs := read(t, file+".sig")
				if key, err := Verify(ApprovalNamespace, message, theirs); err != nil || key != s.Key() {
					t.Errorf("%s: got %v, %v", hash, key, err)
				}
				_, err := Verify(GitNamespace, message, theirs)
				wantKind(t, err, ErrNamespace)
				_, err = Verify(ApprovalNamespace, []byte("x"), theirs)
				wantKind(t, err, ErrMismatch)
			}
		})
	}
}

func TestWeakAndForeignKeysOfOpenSSH(t *testing.T) {
	dir := t.TempDir()
	weak := keygen(t, dir, "weak", "-t", "rsa", "-b", "1024", "-N", "")
	file := write(t, dir, "message", string(message))
	must(t, dir, "ssh-keygen", "-Y", "sign", "-q", "-f", weak, "-n", ApprovalNamespace, file)
	_, err := Verify(ApprovalNamespace, message, read(t, file+".sig"))
	wantKind(t, err, ErrWeakKey)
	_, err = ParseKey(strings.TrimSpace(read(t, weak+".pub")))
	wantKind(t, err, ErrWeakKey)
	_, err = LoadSigner([]byte(read(t, weak)), nil)
	wantKind(t, err, ErrWeakKey)
	pem := keygen(t, dir, "pem", "-t", "rsa", "-b", "2048", "-m", "PEM", "-N", "")
	_, err = LoadSigner([]byte(read(t, pem)), nil)
	wantKind(t, err, ErrUnsupported)
	_, err = LoadSigner([]byte("-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END OPENSSH PRIVATE KEY-----\n"), nil)
	wantKind(t, err, ErrKey)
	_, err = LoadSigner(nil, nil)
	wantKind(t, err, ErrKey)
}

func TestLoadSignerAsksForThePassphrase(t *testing.T) {
	dir := t.TempDir()
	data := []byte(read(t, keygen(t, dir, "key", "-t", "ed25519", "-N", "rahasia", "-a", "1")))
	for _, c := range []struct {
		name string
		ask  func() ([]byte, error)
		code string
	}{
		{"nobody to ask", nil, "signature.passphrase.missing"},
		{"no answer", func() ([]byte, error) { return nil, errors.New("cancelled") }, "signature.passphrase.missing"},
		{"an empty answer", func() ([]byte, error) { return nil, nil }, "signature.passphrase.missing"},
		{"a wrong answer", func() ([]byte, error) { return []byte("salah"), nil }, "signature.passphrase.wrong"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := LoadSigner(data, c.ask)
			wantKind(t, err, Kind(c.code))
		})
	}
	s, private, err := NewSigner()
	if err != nil {
		t.Fatal(err)
	}
	again, err := LoadSigner(private, func() ([]byte, error) { t.Error("asked for an unprotected key"); return nil, nil })
	if err != nil || again.Key() != s.Key() {
		t.Errorf("got %v, %v", again, err)
	}
	if out := must(t, dir, "ssh-keygen", "-y", "-f", write(t, dir, "new", string(private))); strings.TrimSpace(out) != s.AuthorizedKey() {
		t.Errorf("ssh-keygen reads %s", out)
	}
}
