package git

import (
	"errors"
	"os"
	"path/filepath"
)

// OpenOrCreate opens the repository at dir or makes an empty one there. A
// repository further up is not meant.
func OpenOrCreate(dir string) (*Repo, error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, err
	}
	repo, err := Open(dir)
	var broken *Error
	switch {
	case errors.As(err, &broken) && broken.Code == "history.no-repository":
		return Create(dir)
	case err != nil:
		return nil, err
	}
	want, err := filepath.EvalSymlinks(dir)
	if err != nil {
		return nil, err
	}
	if want, err = filepath.Abs(want); err != nil {
		return nil, err
	}
	if root, err := filepath.EvalSymlinks(repo.Root()); err == nil && root != "" && root != want {
		repo.Close()
		return Create(dir)
	}
	return repo, nil
}
