package signature

import (
	"os"
	"path/filepath"
	"strings"
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
	if file == "" {
		file = strings.TrimSuffix(f.Configured, ".pub")
	}
	if file == "" {
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
	if file == "" {
		file = f.Configured
		if file == "" {
			return "", nil
		}
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
