package git

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"runtime"
)

// Create makes an empty repository with the branch main in dir. It is one only once
// HEAD is there, which is written last.
func Create(dir string) (*Repo, error) {
	at := filepath.Join(dir, ".git")
	if isGitDir(at) {
		return nil, fmt.Errorf("%s: %w", at, fs.ErrExist)
	}
	for _, part := range []string{"objects/info", "objects/pack", "refs/heads", "refs/tags"} {
		if err := mkdir(filepath.Join(at, filepath.FromSlash(part))); err != nil {
			return nil, err
		}
	}
	config := fmt.Sprintf("[core]\n\trepositoryformatversion = 0\n\tfilemode = %t\n\tbare = false\n\tlogallrefupdates = true\n", runtime.GOOS != "windows")
	for _, file := range [][2]string{{"config", config}, {"HEAD", "ref: refs/heads/main\n"}} {
		if err := replace(filepath.Join(at, "objects"), filepath.Join(at, file[0]), []byte(file[1]), 0o644); err != nil {
			return nil, err
		}
	}
	return Open(dir)
}

// OpenOrCreate opens the repository at dir or makes an empty one there. A
// repository further up is not meant.
func OpenOrCreate(dir string) (*Repo, error) {
	if err := mkdir(dir); err != nil {
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
