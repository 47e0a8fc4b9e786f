package git

import (
	"cmp"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/go-git/go-billy/v5/osfs"
	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/cache"
	"github.com/go-git/go-git/v5/storage/filesystem"
	"github.com/go-git/go-git/v5/storage/filesystem/dotgit"
)

// Repo is an open Git repository. It is not safe for concurrent use.
type Repo struct {
	place
	store   *gitStore
	config  configuration // the repository's own files
	commits map[ID]*Commit
	trees   generations
}

// Open opens the repository that holds dir: a working tree, a linked one or a
// bare repository. Repositories whose history cannot be seen whole (shallow,
// partial, SHA-256) are refused with an *Error.
func Open(dir string) (*Repo, error) {
	at, err := locate(dir)
	if err != nil {
		return nil, err
	}
	r := &Repo{place: at, commits: map[ID]*Commit{}}
	if r.config, err = readConfig(filepath.Join(r.common, "config"), r.gitDir, 0); err != nil {
		return nil, err
	}
	if truth(r.config.get("extensions", "", "worktreeconfig")) {
		own, err := readConfig(filepath.Join(r.gitDir, "config.worktree"), r.gitDir, 0)
		if err != nil {
			return nil, err
		}
		r.config = append(r.config, own...)
	}
	if err := r.readable(); err != nil {
		return nil, err
	}
	r.settle(r.config)
	parts := &parts{dotgit.NewRepositoryFilesystem(osfs.New(r.gitDir), osfs.New(r.common))}
	// Without KeepDescriptors the pack file is opened again for each object.
	own := filesystem.NewStorageWithOptions(parts, cache.NewObjectLRUDefault(), filesystem.Options{KeepDescriptors: true})
	r.store = &gitStore{Storage: own, place: r.place, borrowed: borrowed(filepath.Join(r.common, "objects")), who: r.operator}
	r.store.logs = cmp.Or(r.config.get("core", "", "logallrefupdates"), strconv.FormatBool(r.root != ""))
	return r, r.complete()
}

// readable refuses, by name, formats that the object library cannot read. What
// only concerns other programs is let be.
func (r *Repo) readable() error {
	file := filepath.Join(r.common, "config")
	version := r.config.get("core", "", "repositoryformatversion")
	if version != "" && version != "0" && version != "1" {
		return &Error{Code: "history.format", Args: []any{file, version}}
	}
	for _, s := range r.config.all("extensions") {
		switch value := strings.ToLower(s.value); s.key {
		case "noop", "noop-v1", "preciousobjects", "worktreeconfig", "relativeworktrees", "submodulepathconfig", "partialclone":
		case "objectformat":
			if value != "sha1" {
				return &Error{Code: "history.sha256", Args: []any{r.root}}
			}
		case "refstorage":
			if value != "files" {
				return &Error{Code: "history.refstorage", Args: []any{r.root, value}}
			}
		default:
			// Git leaves it alone as well, where the format is the first one.
			if version == "1" {
				return &Error{Code: "history.extension", Args: []any{file, s.key}}
			}
		}
	}
	return nil
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
	for _, s := range r.config {
		if s.section == "remote" && s.key == "promisor" && truth(s.value) {
			return &Error{Code: "history.partial", Args: []any{s.sub, "remote." + s.sub + ".promisor"}}
		}
		if s.section == "extensions" && s.key == "partialclone" && s.value != "" {
			return &Error{Code: "history.partial", Args: []any{s.value, "extensions.partialClone"}}
		}
	}
	return nil
}

// Tidy undoes what a run of this program left behind that was stopped at a checkout,
// and takes away its locks.
func (r *Repo) Tidy() error {
	_, wrong := left(r.indexFile()+".lock", r.undo)
	_, head := left(r.store.file(plumbing.HEAD)+".lock", nil)
	return errors.Join(wrong, head, filepath.WalkDir(filepath.Join(r.common, "refs"), func(file string, _ fs.DirEntry, err error) error {
		if err == nil && strings.HasSuffix(file, ".lock") {
			_, err = left(file, nil)
		}
		return err
	}))
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
	c := r.personal()
	s := Settings{Name: c.get("user", "", "name"), Email: c.get("user", "", "email")}
	if c.get("gpg", "", "format") == "ssh" {
		s.SigningKey = c.get("user", "", "signingkey")
	}
	if v := os.Getenv("GIT_AUTHOR_NAME"); v != "" {
		s.Name = v
	}
	if v := os.Getenv("GIT_AUTHOR_EMAIL"); v != "" {
		s.Email = v
	}
	return s
}

// operator is who works here now, as far as the configuration says.
func (r *Repo) operator() Identity {
	s := r.Settings()
	return Identity{Name: cmp.Or(s.Name, "tambal"), Email: s.Email, When: time.Now()}
}
