package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/term"

	"github.com/tambal-id/tambal/cmd/tambal/internal/history"
	"github.com/tambal-id/tambal/cmd/tambal/internal/signature"
)

// loadSigner reads a private key: the named file, else the one Git signs with;
// nil when there is none.
func (a *app) loadSigner(repo *history.Repo, file string) (*signature.Signer, error) {
	if file == "" {
		file = strings.TrimSuffix(repo.Settings().SigningKey, ".pub")
	}
	if file == "" {
		return nil, nil
	}
	if rest, ok := strings.CutPrefix(file, "~/"); ok {
		file = filepath.Join(a.getenv("HOME"), rest)
	}
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, usage("approve.key-file", file, err)
	}
	return signature.LoadSigner(data, a.passphrase)
}

// passphrase asks at the terminal, without echo.
func (a *app) passphrase() ([]byte, error) {
	file, ok := a.in.(*os.File)
	if !ok || !a.terminal {
		return nil, nil
	}
	fmt.Fprint(a.err, a.lang.Say("approve.passphrase")+" ")
	defer fmt.Fprintln(a.err)
	return term.ReadPassword(int(file.Fd()))
}

// publicKey reads the owner's public key: the named file, or the one Git signs
// with; "" when there is none.
func (a *app) publicKey(repo *history.Repo, file string) (string, error) {
	if file == "" {
		file = repo.Settings().SigningKey
		if file == "" {
			return "", nil
		}
	}
	if rest, ok := strings.CutPrefix(file, "~/"); ok {
		file = filepath.Join(a.getenv("HOME"), rest)
	}
	if !strings.HasSuffix(file, ".pub") {
		file += ".pub"
	}
	data, err := os.ReadFile(file)
	if err != nil {
		return "", usage("approve.key-file", file, err)
	}
	key, err := signature.ParseKey(strings.TrimSpace(string(data)))
	return key.Authorized, err
}

// commitSigner returns what signs a commit with the named key, or with the one
// Git signs with; nil when there is none.
func (a *app) commitSigner(repo *history.Repo, file string) (func(payload []byte) (string, error), error) {
	signer, err := a.loadSigner(repo, file)
	if signer == nil {
		return nil, err
	}
	return func(payload []byte) (string, error) { return signer.Sign(signature.GitNamespace, payload) }, nil
}
