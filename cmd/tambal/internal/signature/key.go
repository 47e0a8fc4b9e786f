package signature

import (
	"crypto/rsa"
	"encoding/base64"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/crypto/ssh"
)

// minRSA is the smallest RSA modulus that is accepted, in bits.
const minRSA = 2048

// Key is a public key that may sign: Ed25519, ECDSA (P-256, P-384, P-521), the
// FIDO forms of the first two (user presence required), or RSA of at least 2048
// bits. Keys compare with ==.
type Key struct {
	Type        string // as OpenSSH writes it: "ssh-ed25519"
	Fingerprint string // "SHA256:" and unpadded base64, as ssh-keygen -l prints it
	Bits        int    // RSA modulus in bits, else 0; below 3072 deserves a remark
	Authorized  string // "type base64", an authorized_keys line without comment
}

// ParseKey reads one authorized_keys line ("type base64 [comment]"). Options,
// certificates, DSA and RSA below 2048 bits are refused, and so is a second line.
func ParseKey(authorized string) (Key, error) {
	if strings.ContainsFunc(authorized, func(r rune) bool { return unicode.IsControl(r) && r != '\t' }) {
		return Key{}, Fail(ErrKey, ".line")
	}
	fields := strings.Fields(authorized)
	if len(fields) < 2 {
		return Key{}, Fail(ErrKey, ".line")
	}
	wire, err := base64.StdEncoding.Strict().DecodeString(fields[1])
	if err != nil {
		return Key{}, Fail(ErrKey, ".line")
	}
	key, err := parseWireKey(wire)
	if err == nil && key.Type != fields[0] {
		return Key{}, Fail(ErrKey, ".type", fields[0], key.Type)
	}
	return key, err
}

// parseWireKey reads a key in SSH wire form (RFC 4253, section 6.6).
func parseWireKey(wire []byte) (Key, error) {
	// Judged by name first: a certificate holds a good key, and the library may
	// one day no longer read DSA.
	switch name := wireName(wire); {
	case name == "ssh-dss": // the library's constant is deprecated with the algorithm
		return Key{}, Fail(ErrWeakKey, ".dsa")
	case strings.Contains(name, "-cert-v"):
		return Key{}, Fail(ErrUnsupported, ".certificate", name)
	case !accepted(name):
		return Key{}, Fail(ErrUnsupported, ".key", name)
	}
	pub, err := ssh.ParsePublicKey(wire)
	if err != nil {
		return Key{}, Fail(ErrKey, ".data")
	}
	return newKey(pub)
}

func newKey(pub ssh.PublicKey) (Key, error) {
	if !accepted(pub.Type()) {
		return Key{}, Fail(ErrUnsupported, ".key", pub.Type())
	}
	key := Key{
		Type:        pub.Type(),
		Fingerprint: ssh.FingerprintSHA256(pub),
		Authorized:  pub.Type() + " " + base64.StdEncoding.EncodeToString(pub.Marshal()),
	}
	if pub, ok := pub.(ssh.CryptoPublicKey); ok {
		if r, ok := pub.CryptoPublicKey().(*rsa.PublicKey); ok {
			key.Bits = r.N.BitLen()
		}
	}
	if key.Type == ssh.KeyAlgoRSA && key.Bits < minRSA {
		return Key{}, Fail(ErrWeakKey, ".rsa", key.Bits, minRSA)
	}
	return key, nil
}

func accepted(name string) bool {
	return slices.Contains([]string{
		ssh.KeyAlgoED25519, ssh.KeyAlgoSKED25519, ssh.KeyAlgoSKECDSA256, ssh.KeyAlgoRSA,
		ssh.KeyAlgoECDSA256, ssh.KeyAlgoECDSA384, ssh.KeyAlgoECDSA521,
	}, name)
}

// wireName returns the algorithm name at the head of a wire key, or "".
func wireName(wire []byte) string {
	var head struct {
		Name string
		Rest []byte `ssh:"rest"`
	}
	if ssh.Unmarshal(wire, &head) != nil || len(head.Name) > 64 {
		return ""
	}
	return head.Name
}

// AllowedSigners returns one allowed_signers line, with its LF, by which
// ssh-keygen -Y verify and git verify-commit accept the key for approvals and
// commits of principal (an e-mail address or a person's id). It returns "" when
// ParseKey refuses the key or the principal is not plain ASCII: spaces, commas,
// "*", "?" and "!" would make the line speak for other people.
func AllowedSigners(principal, authorizedKey string) string {
	key, err := ParseKey(authorizedKey)
	if err != nil || principal == "" || strings.ContainsFunc(principal, special) {
		return ""
	}
	return principal + ` namespaces="` + GitNamespace + "," + ApprovalNamespace + `" ` + key.Authorized + "\n"
}

// special reports whether r has a meaning in allowed_signers, or could have one.
func special(r rune) bool {
	plain := r < unicode.MaxASCII && (unicode.IsLetter(r) || unicode.IsDigit(r) || strings.ContainsRune("@.-_+", r))
	return !plain
}
