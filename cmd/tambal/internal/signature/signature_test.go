package signature

import (
	"encoding/base64"
	"errors"
	"strings"
	"testing"

	"golang.org/x/crypto/ssh"
)

var message = []byte("tambal-approval@v1\nroot: …\n")

func newTestSigner(t testing.TB) *Signer {
	t.Helper()
	s, _, err := NewSigner()
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func sign(t testing.TB, s *Signer, namespace string) string {
	t.Helper()
	armored, err := s.Sign(namespace, message)
	if err != nil {
		t.Fatal(err)
	}
	return armored
}

func wantKind(t *testing.T, err error, want Kind) {
	t.Helper()
	own := new(Error)
	if !errors.Is(err, want) || !errors.As(err, &own) {
		t.Errorf("got %v, want %s", err, want)
	}
}

func TestVerifyAcceptsItsOwn(t *testing.T) {
	s := newTestSigner(t)
	armored := sign(t, s, ApprovalNamespace)
	for _, form := range []string{armored, strings.TrimSuffix(armored, "\n")} {
		if key, err := Verify(ApprovalNamespace, message, form); err != nil || key != s.Key() {
			t.Errorf("got %v, %v", key, err)
		}
	}
	key, err := ParseKey(s.AuthorizedKey() + " kabid@example.go.id")
	if err != nil || key != s.Key() || !strings.HasPrefix(key.Fingerprint, "SHA256:") || key.Type != "ssh-ed25519" {
		t.Errorf("got %v, %v", key, err)
	}
}

func TestVerifyRefuses(t *testing.T) {
	s := newTestSigner(t)
	good := sign(t, s, ApprovalNamespace)
	blob := func(change func(*wireBlob)) string { return rearm(t, good, change) }
	for _, c := range []struct {
		name, armored string
		want          Kind
	}{
		{"nothing", "", ErrArmor},
		{"a leading byte", " " + good, ErrArmor},
		{"a leading line", "\n" + good, ErrArmor},
		{"trailing text", good + "x", ErrArmor},
		{"two blocks", good + good, ErrArmor},
		{"two blocks in one line", strings.TrimSuffix(good, "\n") + good, ErrArmor},
		{"CRLF", strings.ReplaceAll(good, "\n", "\r\n"), ErrArmor},
		{"a header line, as PEM allows", strings.Replace(good, "\n", "\nComment: x\n\n", 1), ErrArmor},
		{"no last line", strings.TrimSuffix(good, armorEnd+"\n"), ErrArmor},
		{"no data", armorBegin + "\n" + armorEnd + "\n", ErrArmor},
		{"another PEM type", strings.ReplaceAll(good, "SSH SIGNATURE", "SSH SIGNATURES"), ErrArmor},
		{"a megabyte", armorBegin + "\n" + strings.Repeat("A", 1<<20) + "\n" + armorEnd, ErrArmor},
		{"data that is no blob", armorBegin + "\nAAAA\n" + armorEnd, ErrArmor},
		{"bytes after the blob", rearmRaw(t, good, func(b []byte) []byte { return append(b, 0) }), ErrArmor},
		{"another magic", blob(func(w *wireBlob) { w.Magic[0] = 'x' }), ErrArmor},
		{"a filled reserved field", blob(func(w *wireBlob) { w.Reserved = "x" }), ErrArmor},
		{"bytes after the inner signature", blob(func(w *wireBlob) { w.Signature = append(w.Signature, 0) }), ErrArmor},
		{"another version", blob(func(w *wireBlob) { w.Version = 2 }), ErrUnsupported},
		{"SHA-1 as message hash", blob(func(w *wireBlob) { w.Hash = "sha1" }), ErrUnsupported},
		{"the other hash than the signed one", blob(func(w *wireBlob) { w.Hash = "sha256" }), ErrMismatch},
		{"another namespace written over the signed one", blob(func(w *wireBlob) { w.Namespace = GitNamespace }), ErrNamespace},
		{"another key in the blob", blob(func(w *wireBlob) { w.PublicKey = newTestSigner(t).signer.PublicKey().Marshal() }), ErrMismatch},
		{"an unreadable key", blob(func(w *wireBlob) { w.PublicKey = w.PublicKey[:len(w.PublicKey)-1] }), ErrKey},
		{"an unknown key", blob(func(w *wireBlob) { w.PublicKey = ssh.Marshal(struct{ Name string }{"ssh-mldsa-44"}) }), ErrUnsupported},
		{"a DSA key", blob(func(w *wireBlob) { w.PublicKey = ssh.Marshal(struct{ Name string }{"ssh-dss"}) }), ErrWeakKey},
		{"a certificate", blob(func(w *wireBlob) { w.PublicKey = certificate(t, s).Marshal() }), ErrUnsupported},
		{"a signature for Git", sign(t, s, GitNamespace), ErrNamespace},
		{"a signature for files", sign(t, s, "file"), ErrNamespace},
		{"a namespace with our prefix", sign(t, s, ApprovalNamespace+"x"), ErrNamespace},
		{"OpenPGP", "-----BEGIN PGP SIGNATURE-----\n\nAAAA\n-----END PGP SIGNATURE-----\n", ErrUnsupported},
		{"X.509", "-----BEGIN SIGNED MESSAGE-----\nAAAA\n-----END SIGNED MESSAGE-----\n", ErrUnsupported},
	} {
		t.Run(c.name, func(t *testing.T) {
			key, err := Verify(ApprovalNamespace, message, c.armored)
			wantKind(t, err, c.want)
			if key != (Key{}) {
				t.Errorf("a refused signature names %v", key)
			}
		})
	}
	_, err := Verify(ApprovalNamespace, append([]byte("x"), message...), good)
	wantKind(t, err, ErrMismatch)
	_, err = Verify("", message, good)
	wantKind(t, err, ErrNamespace)
	_, err = s.Sign("", message)
	wantKind(t, err, ErrNamespace)
}

func TestVerifyRefusesEveryChangedBit(t *testing.T) {
	good := sign(t, newTestSigner(t), ApprovalNamespace)
	n := len(decode(t, good))
	for i := range n * 8 {
		changed := rearmRaw(t, good, func(b []byte) []byte { b[i/8] ^= 1 << (i % 8); return b })
		if _, err := Verify(ApprovalNamespace, message, changed); err == nil {
			t.Errorf("accepted with bit %d of byte %d changed", i%8, i/8)
		}
	}
}

func TestKindsMatchByWholeWords(t *testing.T) {
	err := Fail(ErrKey, ".line")
	if !errors.Is(err, ErrKey) || errors.Is(err, ErrArmor) || errors.Is(err, Kind("signature.k")) || errors.Is(err, errors.New("x")) {
		t.Error("kind of", err)
	}
	if got := Fail(ErrWeakKey, ".rsa", 1024, 2048).Error(); got != `signature.weak.rsa "1024 2048"` {
		t.Error(got)
	}
}

func decode(t testing.TB, armored string) []byte {
	t.Helper()
	blob, err := unarmor(armored)
	if err != nil {
		t.Fatal(err)
	}
	return blob
}

// rearmRaw changes the blob of an armoured signature.
func rearmRaw(t testing.TB, armored string, change func([]byte) []byte) string {
	t.Helper()
	text := base64.StdEncoding.EncodeToString(change(decode(t, armored)))
	out := armorBegin + "\n"
	for len(text) > 70 {
		out, text = out+text[:70]+"\n", text[70:]
	}
	return out + text + "\n" + armorEnd + "\n"
}

func rearm(t testing.TB, armored string, change func(*wireBlob)) string {
	t.Helper()
	return rearmRaw(t, armored, func(b []byte) []byte {
		var w wireBlob
		if err := ssh.Unmarshal(b, &w); err != nil {
			t.Fatal(err)
		}
		change(&w)
		return ssh.Marshal(w)
	})
}

func certificate(t testing.TB, s *Signer) *ssh.Certificate {
	t.Helper()
	cert := &ssh.Certificate{Key: s.signer.PublicKey(), CertType: ssh.UserCert, ValidBefore: ssh.CertTimeInfinity}
	if err := cert.SignCert(strings.NewReader(strings.Repeat("n", 1024)), s.signer); err != nil {
		t.Fatal(err)
	}
	return cert
}

// FuzzVerify: no panic, typed errors only, and what is accepted holds for no
// other message and no other namespace. Blobs are built from parts, because
// random base64 seldom gets past the first field.
func FuzzVerify(f *testing.F) {
	s := newTestSigner(f)
	good := sign(f, s, ApprovalNamespace)
	var w wireBlob
	if err := ssh.Unmarshal(decode(f, good), &w); err != nil {
		f.Fatal(err)
	}
	f.Add(good, w.PublicKey, w.Namespace, w.Reserved, w.Hash, w.Signature)
	f.Add(good+good, []byte("\x00\x00\x00\x07ssh-rsa\x00\x00\x00\x03\x01\x00\x01\x00\x00\x00\x01\x01"), GitNamespace, "x", "sha256", []byte{})
	f.Add("-----BEGIN PGP SIGNATURE-----", certificate(f, s).Marshal(), "", "", "md5", []byte("\x00\x00\x00\x07ssh-rsa\x00\x00\x00\x00"))
	f.Fuzz(func(t *testing.T, armored string, key []byte, namespace, reserved, hash string, sig []byte) {
		built := rearm(t, good, func(w *wireBlob) {
			w.PublicKey, w.Namespace, w.Reserved, w.Hash, w.Signature = key, namespace, reserved, hash, sig
		})
		for _, text := range []string{armored, built} {
			key, err := Verify(ApprovalNamespace, message, text)
			if own := new(Error); err != nil && !errors.As(err, &own) {
				t.Fatalf("untyped error %v", err)
			}
			if err != nil {
				continue
			}
			if again, err := ParseKey(key.Authorized); err != nil || again != key {
				t.Fatalf("key %v reads as %v, %v", key, again, err)
			}
			if _, err := Verify(ApprovalNamespace, message[1:], text); err == nil {
				t.Fatal("accepted for two messages")
			}
			if _, err := Verify(GitNamespace, message, text); err == nil {
				t.Fatal("accepted for two namespaces")
			}
		}
	})
}
