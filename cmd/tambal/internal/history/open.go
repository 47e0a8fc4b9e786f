package history

import (
	"errors"
	"os"
	"path/filepath"
	"strings"

	git "github.com/go-git/go-git/v5"
	"github.com/go-git/go-git/v5/config"
	"github.com/go-git/go-git/v5/plumbing/cache"
	"github.com/go-git/go-git/v5/storage/filesystem"
)

// Repo is an open Git repository. It is not safe for concurrent use.
type Repo struct {
	git     *git.Repository
	store   *filesystem.Storage
	root    string // working tree's folder; "" when bare
	commits map[ID]*Commit
	trees   generations
}

// Open opens the repository that holds dir: a working tree, a linked one or a
// bare repository. Repositories whose history cannot be seen whole (shallow,
// partial, SHA-256) are refused with an *Error.
func Open(dir string) (*Repo, error) {
	opened, err := git.PlainOpenWithOptions(dir, &git.PlainOpenOptions{DetectDotGit: true, EnableDotGitCommonDir: true})
	if errors.Is(err, git.ErrRepositoryNotExists) {
		opened, err = git.PlainOpen(dir) // a bare repository has no .git to detect
	}
	if err != nil {
		return nil, openError(dir, err)
	}
	plain, ok := opened.Storer.(*filesystem.Storage)
	if !ok {
		return nil, &Error{Code: "history.open", Args: []any{dir}}
	}
	// Without KeepDescriptors the pack file is opened again for each object.
	store := filesystem.NewStorageWithOptions(plain.Filesystem(), cache.NewObjectLRUDefault(), filesystem.Options{KeepDescriptors: true})
	r := &Repo{git: opened, store: store, commits: map[ID]*Commit{}}
	if wt, err := opened.Worktree(); err == nil {
		r.root = wt.Filesystem.Root()
	}
	return r, r.complete()
}

func openError(dir string, err error) error {
	if errors.Is(err, git.ErrRepositoryNotExists) {
		return &Error{Code: "history.no-repository", Args: []any{dir}, Err: err}
	}
	for _, f := range []string{filepath.Join(dir, ".git", "config"), filepath.Join(dir, "config")} {
		if b, readErr := os.ReadFile(f); readErr == nil && strings.Contains(strings.ToLower(string(b)), "sha256") {
			return &Error{Code: "history.sha256", Args: []any{dir}, Err: err}
		}
	}
	if errors.Is(err, git.ErrUnknownExtension) || errors.Is(err, git.ErrUnsupportedExtensionRepositoryFormatVersion) {
		return &Error{Code: "history.extension", Args: []any{dir, err.Error()}, Err: err}
	}
	return &Error{Code: "history.open", Args: []any{dir, err.Error()}, Err: err}
}

// complete refuses repositories that do not hold their whole history.
func (r *Repo) complete() error {
	shallow, err := r.store.Shallow()
	if err != nil {
		return &Error{Code: "history.open", Args: []any{r.root, err.Error()}, Err: err}
	}
	if len(shallow) > 0 {
		return &Error{Code: "history.shallow", Args: []any{shallow[0].String()[:10]}}
	}
	cfg, err := r.store.Config()
	if err != nil {
		return &Error{Code: "history.open", Args: []any{r.root, err.Error()}, Err: err}
	}
	extensions := cfg.Raw.Section("extensions")
	if strings.EqualFold(extensions.Option("objectFormat"), "sha256") {
		return &Error{Code: "history.sha256", Args: []any{r.root}}
	}
	for _, remote := range cfg.Raw.Section("remote").Subsections {
		if strings.EqualFold(remote.Option("promisor"), "true") {
			return &Error{Code: "history.partial", Args: []any{remote.Name}}
		}
	}
	return nil
}

// Close releases the pack files.
func (r *Repo) Close() error { return r.store.Close() }

// Root returns the working tree's folder, or "" for a bare repository.
func (r *Repo) Root() string { return r.root }

// Settings are the parts of the Git configuration tambal reads.
type Settings struct{ Name, Email, SigningKey string }

// Settings returns the configured identity (environment first, as Git does) and
// the SSH signing key file, "" when none is set or it is of another format.
func (r *Repo) Settings() Settings {
	var s Settings
	if cfg, err := r.git.ConfigScoped(config.SystemScope); err == nil {
		s = Settings{Name: cfg.User.Name, Email: cfg.User.Email}
		if cfg.Raw.Section("gpg").Option("format") == "ssh" {
			s.SigningKey = cfg.Raw.Section("user").Option("signingkey")
		}
	}
	if v := os.Getenv("GIT_AUTHOR_NAME"); v != "" {
		s.Name = v
	}
	if v := os.Getenv("GIT_AUTHOR_EMAIL"); v != "" {
		s.Email = v
	}
	return s
}
