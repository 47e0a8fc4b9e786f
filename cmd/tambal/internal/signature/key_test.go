package signature

import (
	"encoding/base64"
	"strings"
	"testing"

	"golang.org/x/crypto/ssh"
)

func TestParseKeyRefuses(t *testing.T) {
	s := newTestSigner(t)
	line := s.AuthorizedKey()
	for _, c := range []struct {
		name, in string
		want     Kind
	}{
		{"nothing", "", ErrKey},
		{"a comment line", "# key", ErrKey},
		{"a type without a key", "ssh-ed25519", ErrKey},
		{"a second line", line + "\n" + line, ErrKey},
		{"a line end", line + "\n", ErrKey},
		{"options before the key", `command="x" ` + line, ErrKey},
		{"a certificate authority", "cert-authority " + line, ErrKey},
		{"a certificate", strings.TrimSpace(string(ssh.MarshalAuthorizedKey(certificate(t, s)))), ErrUnsupported},
		{"another type in front", strings.Replace(line, "ssh-ed25519", "ssh-rsa", 1), ErrKey},
		{"a DSA key", "ssh-dss " + base64.StdEncoding.EncodeToString(ssh.Marshal(struct{ Name string }{"ssh-dss"})), ErrWeakKey},
		{"bytes after the key", "ssh-ed25519 " + base64.StdEncoding.EncodeToString(append(s.signer.PublicKey().Marshal(), 0)), ErrKey},
		{"no wire form", "ssh-ed25519 AAAA", ErrUnsupported},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := ParseKey(c.in)
			wantKind(t, err, c.want)
		})
	}
}

func TestAllowedSignersSpeaksForOnePerson(t *testing.T) {
	line := newTestSigner(t).AuthorizedKey()
	if got, want := AllowedSigners("budi-s", line+" laptop"), `budi-s namespaces="git,tambal-approval@v1" `+line+"\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	for _, principal := range []string{"", "*", "a,b", "a b", "!a", "a?", "a\nb", `"a"`, "#a", "é"} {
		if got := AllowedSigners(principal, line); got != "" {
			t.Errorf("%q gives %q", principal, got)
		}
	}
	if got := AllowedSigners("budi-s", line+"\n* "+line); got != "" {
		t.Errorf("two keys give %q", got)
	}
}
