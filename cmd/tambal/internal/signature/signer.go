package signature

import (
	"bytes"
	"cmp"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/hiddeco/sshsig"
	"golang.org/x/crypto/ssh"
)

// Files is where a person's keys lie on this machine.
type Files struct {
	Configured string                 // the key Git signs with, public or private; "" when there is none
	Home       string                 // what ~/ stands for
	Passphrase func() ([]byte, error) // asks for the passphrase of a protected key; may be nil
}

// Signer reads a private key: the named file, else the one Git signs with;
// nil when there is none.
func (f Files) Signer(file string) (*Signer, error) {
	if file = cmp.Or(file, strings.TrimSuffix(f.Configured, ".pub")); file == "" {
		return nil, nil
	}
	data, err := f.read(file)
	if err != nil {
		return nil, err
	}
	return LoadSigner(data, f.Passphrase)
}

// Public reads a public key as an authorized_keys line: beside the named file,
// else beside the one Git signs with; "" when there is none.
func (f Files) Public(file string) (string, error) {
	if file = cmp.Or(file, f.Configured); file == "" {
		return "", nil
	}
	if !strings.HasSuffix(file, ".pub") {
		file += ".pub"
	}
	data, err := f.read(file)
	if err != nil {
		return "", err
	}
	key, err := ParseKey(strings.TrimSpace(string(data)))
	return key.Authorized, err
}

// CommitSigner returns what signs a commit with the named key, or with the one
// Git signs with; nil when there is none.
func (f Files) CommitSigner(file string) (func(payload []byte) (string, error), error) {
	signer, err := f.Signer(file)
	if signer == nil {
		return nil, err
	}
	return func(payload []byte) (string, error) { return signer.Sign(GitNamespace, payload) }, nil
}

func (f Files) read(file string) ([]byte, error) {
	if rest, ok := strings.CutPrefix(file, "~/"); ok {
		file = filepath.Join(f.Home, rest)
	}
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, &Error{Code: "approve.key-file", Args: []any{file, err}}
	}
	return data, nil
}

// Signer signs with one private key.
type Signer struct {
	signer ssh.Signer
	key    Key
}

// LoadSigner reads a private key in OpenSSH's own format. passphrase is asked,
// once, only when the key is protected; it may be nil. The older PEM formats are
// refused: "ssh-keygen -p -f KEY" rewrites them.
func LoadSigner(data []byte, passphrase func() ([]byte, error)) (*Signer, error) {
	block, _ := pem.Decode(data)
	if block == nil {
		return nil, Fail(ErrKey, ".private")
	}
	if block.Type != "OPENSSH PRIVATE KEY" {
		return nil, Fail(ErrUnsupported, ".private", block.Type)
	}
	signer, err := ssh.ParsePrivateKey(data)
	var locked *ssh.PassphraseMissingError
	if errors.As(err, &locked) {
		signer, err = unlock(data, passphrase)
	}
	if own := new(Error); errors.As(err, &own) {
		return nil, err
	}
	if err != nil {
		return nil, Fail(ErrKey, ".private")
	}
	return newSigner(signer)
}

func unlock(data []byte, passphrase func() ([]byte, error)) (ssh.Signer, error) {
	if passphrase == nil {
		return nil, Fail(ErrPassphrase, ".missing")
	}
	secret, err := passphrase()
	if err != nil || len(secret) == 0 {
		return nil, Fail(ErrPassphrase, ".missing")
	}
	signer, err := ssh.ParsePrivateKeyWithPassphrase(data, secret)
	if errors.Is(err, x509.IncorrectPasswordError) {
		return nil, Fail(ErrPassphrase, ".wrong")
	}
	return signer, err
}

// NewSigner makes an Ed25519 key pair and returns it with its private key as an
// unprotected OpenSSH PEM: for demos, tests and a first key, which the person
// then protects with "ssh-keygen -p".
func NewSigner() (*Signer, []byte, error) {
	_, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return nil, nil, fmt.Errorf("make key: %w", err)
	}
	return written(private)
}

// SeededSigner is NewSigner with the key that a seed of 32 bytes stands for. Who
// knows the seed has the key, so it is for tests alone.
func SeededSigner(seed [ed25519.SeedSize]byte) (*Signer, []byte, error) {
	return written(ed25519.NewKeyFromSeed(seed[:]))
}

// written returns a key as signer and as file.
func written(private ed25519.PrivateKey) (*Signer, []byte, error) {
	block, err := ssh.MarshalPrivateKey(private, "")
	if err != nil {
		return nil, nil, fmt.Errorf("write key: %w", err)
	}
	signer, err := ssh.NewSignerFromKey(private)
	if err != nil {
		return nil, nil, fmt.Errorf("make signer: %w", err)
	}
	s, err := newSigner(signer)
	return s, pem.EncodeToMemory(block), err
}

func newSigner(signer ssh.Signer) (*Signer, error) {
	key, err := newKey(signer.PublicKey())
	if err != nil {
		return nil, err
	}
	return &Signer{signer: signer, key: key}, nil
}

// Key returns the public key.
func (s *Signer) Key() Key { return s.key }

// AuthorizedKey returns the public key as an authorized_keys line without
// comment and without LF.
func (s *Signer) AuthorizedKey() string { return s.key.Authorized }

// Sign returns the armoured SSH signature (SSHSIG, SHA-512) over message, ending
// with LF, as "ssh-keygen -Y sign -n namespace" makes it.
func (s *Signer) Sign(namespace string, message []byte) (string, error) {
	if namespace == "" {
		return "", Fail(ErrNamespace, "", "", "")
	}
	sig, err := sshsig.Sign(bytes.NewReader(message), s.signer, sshsig.HashSHA512, namespace)
	if err != nil {
		return "", fmt.Errorf("sign for %s with %s: %w", namespace, s.key.Fingerprint, err)
	}
	return string(sshsig.Armor(sig)), nil
}
