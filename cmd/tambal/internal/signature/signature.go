// Package signature makes and checks SSH signatures (SSHSIG) over bytes: the
// approval statement of the signature lane and the gpgsig of Git commits.
//
// It owns the signature's armour, the rules for keys, the statement's bytes and
// the split of a commit into payload and signature, and reads the files in which
// a person's keys lie. It must not know who a key belongs to, which role that
// person holds or whether the key was valid at that time: it answers only which
// key signed. It writes no sentences; an [*Error] carries a code and its
// arguments.
//
// To add a kind of signature (OpenPGP, X.509): one file with its verify
// function, which unarmor calls where it names the foreign armours.
package signature

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"strings"

	"github.com/hiddeco/sshsig"
	"golang.org/x/crypto/ssh"
)

const (
	// ApprovalNamespace is the SSHSIG namespace of approval statements. A
	// signature made for Git or for files never counts as an approval.
	ApprovalNamespace = "tambal-approval@v1"
	// GitNamespace is the SSHSIG namespace of Git commits and tags.
	GitNamespace = "git"
)

// maxArg is the length of a message argument, in bytes.
const maxArg = 128

// Kind is a group of errors to compare with errors.Is: it matches every [*Error]
// whose code is the kind or begins with the kind and a dot.
type Kind string

// The kinds of errors.
const (
	ErrArmor       Kind = "signature.armor"       // not exactly one well-formed signature
	ErrNamespace   Kind = "signature.namespace"   // made for another purpose
	ErrWeakKey     Kind = "signature.weak"        // DSA, RSA below 2048 bits, SHA-1
	ErrMismatch    Kind = "signature.mismatch"    // does not belong to these bytes
	ErrUnsupported Kind = "signature.unsupported" // may be good, but cannot be judged here: undecided, not invalid
	ErrKey         Kind = "signature.key"         // unreadable public or private key
	ErrPassphrase  Kind = "signature.passphrase"  // missing or wrong
	ErrStatement   Kind = "signature.statement"   // not an unambiguous approval statement
	ErrCommit      Kind = "signature.commit"      // commit header that cannot be split without doubt
)

// Error returns the kind's code.
func (k Kind) Error() string { return string(k) }

// Error is a failure as message code and arguments; the arguments may be text
// from the input, so print them quoted.
type Error struct {
	Code string
	Args []any
}

// Error returns the code and arguments, for logs only.
func (e *Error) Error() string {
	if len(e.Args) == 0 {
		return e.Code
	}
	return fmt.Sprintf("%s %q", e.Code, fmt.Sprint(e.Args...))
}

// Is reports whether target is the [Kind] of e.
func (e *Error) Is(target error) bool {
	k, ok := target.(Kind)
	return ok && (e.Code == string(k) || strings.HasPrefix(e.Code, string(k)+"."))
}

// Fail returns a failure of that kind; detail begins with a dot or is "".
func Fail(k Kind, detail string, args ...any) error {
	for i, arg := range args {
		// Long text from a signature belongs into no message.
		if s, ok := arg.(string); ok && len(s) > maxArg {
			args[i] = strings.ToValidUTF8(s[:maxArg], "") + "…"
		}
	}
	return &Error{Code: string(k) + detail, Args: args}
}

// Verify checks that armored is exactly one SSH signature over message, made for
// namespace (compared exactly; empty is refused), and returns the key that made
// it. Whose key that is, and whether it counted at that time, is the caller's
// question.
func Verify(namespace string, message []byte, armored string) (Key, error) {
	blob, err := unarmor(armored)
	if err != nil {
		return Key{}, err
	}
	sig, key, err := parseBlob(blob)
	if err != nil {
		return Key{}, err
	}
	if namespace == "" || sig.Namespace != namespace {
		return Key{}, Fail(ErrNamespace, "", sig.Namespace, namespace)
	}
	if err := sshsig.Verify(bytes.NewReader(message), sig, sig.PublicKey, sig.HashAlgorithm, namespace); err != nil {
		return Key{}, Fail(ErrMismatch, "", key.Fingerprint)
	}
	return key, nil
}

// wireBlob is the SSHSIG blob (OpenSSH PROTOCOL.sshsig), read before the library
// reads it because the library's errors do not tell weak from damaged.
type wireBlob struct {
	Magic     [6]byte
	Version   uint32
	PublicKey []byte
	Namespace string
	Reserved  string
	Hash      string
	Signature []byte
}

func parseBlob(blob []byte) (*sshsig.Signature, Key, error) {
	var w wireBlob
	if ssh.Unmarshal(blob, &w) != nil || string(w.Magic[:]) != "SSHSIG" {
		return nil, Key{}, Fail(ErrArmor, ".data")
	}
	if w.Version != 1 {
		return nil, Key{}, Fail(ErrUnsupported, ".version", w.Version)
	}
	if sshsig.HashAlgorithm(w.Hash).Supported() != nil {
		return nil, Key{}, Fail(ErrUnsupported, ".hash", w.Hash)
	}
	key, err := parseWireKey(w.PublicKey)
	if err != nil {
		return nil, Key{}, err
	}
	var inner ssh.Signature
	if ssh.Unmarshal(w.Signature, &inner) != nil {
		return nil, Key{}, Fail(ErrArmor, ".data")
	}
	if inner.Format == ssh.KeyAlgoRSA {
		return nil, Key{}, Fail(ErrWeakKey, ".sha1")
	}
	// Only FIDO keys have something (flags, counter) after the signature.
	if len(inner.Rest) > 0 && !strings.HasPrefix(key.Type, "sk-") {
		return nil, Key{}, Fail(ErrArmor, ".data")
	}
	sig, err := sshsig.ParseSignature(blob)
	// Re-encoding refuses a filled reserved field and every second spelling of
	// the same signature.
	if err != nil || !bytes.Equal(sig.Marshal(), blob) {
		return nil, Key{}, Fail(ErrArmor, ".data")
	}
	return sig, key, nil
}

const (
	armorBegin = "-----BEGIN SSH SIGNATURE-----"
	armorEnd   = "-----END SSH SIGNATURE-----"
	// maxArmor holds a signature by the largest RSA key OpenSSH makes (16384
	// bits) several times over.
	maxArmor = 32 << 10
)

// foreign names the armours that Git can carry and this package cannot judge.
var foreign = map[string]string{
	"-----BEGIN PGP SIGNATURE-----": "OpenPGP", "-----BEGIN PGP MESSAGE-----": "OpenPGP",
	"-----BEGIN SIGNED MESSAGE-----": "X.509",
}

// blanks are what C's isspace skips, wherever it is in base64.
const blanks = " \t\n\v\f\r"

// unarmor returns the blob of exactly one armoured block as ssh-keygen reads it:
// the first line to the byte, base64 with blanks anywhere, the last line at the
// start of a line. Unlike ssh-keygen it wants nothing but blanks behind that;
// encoding/pem would also skip bytes before the block.
func unarmor(armored string) ([]byte, error) {
	if len(armored) > maxArmor {
		return nil, Fail(ErrArmor, ".size", maxArmor)
	}
	first, rest, _ := strings.Cut(armored, "\n")
	if name := foreign[first]; name != "" {
		return nil, Fail(ErrUnsupported, ".armor", name)
	}
	if n := strings.Count(armored, armorBegin); n > 1 {
		return nil, Fail(ErrArmor, ".blocks", n)
	}
	if strings.TrimSuffix(first, "\r") == armorBegin && first != armorBegin {
		return nil, Fail(ErrArmor, ".crlf")
	}
	body, after, ended := strings.Cut(rest, "\n"+armorEnd)
	if first != armorBegin || !ended || strings.Trim(after, blanks) != "" {
		return nil, Fail(ErrArmor, ".lines")
	}
	body = strings.Map(func(r rune) rune {
		if strings.ContainsRune(blanks, r) {
			return -1
		}
		return r
	}, body)
	blob, err := base64.StdEncoding.Strict().DecodeString(body)
	if err != nil {
		return nil, Fail(ErrArmor, ".data")
	}
	return blob, nil
}
