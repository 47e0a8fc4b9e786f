package git

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/filemode"
	"github.com/go-git/go-git/v5/plumbing/format/index"
)

// checkout brings the working tree and the index from one tree to another. It
// touches only paths that differ between the two, and it is prepared in full
// before anything is written, so that no work of the user is ever overwritten.
type checkout struct {
	repo    *Repo
	index   *index.Index
	changes []Change
	content map[string][]byte
}

// Dirty lists paths of the working tree or the index that hold changes of
// their own and stand in the way.
type Dirty struct{ Paths []string }

func (d *Dirty) Error() string { return fmt.Sprintf("uncommitted changes in %v", d.Paths) }

func (r *Repo) prepare(before, after ID) (*checkout, error) {
	idx, err := r.readIndex()
	if err != nil {
		return nil, err
	}
	c := &checkout{repo: r, index: idx, content: map[string][]byte{}}
	if c.changes, err = r.Diff(before, after, nil); err != nil {
		return nil, err
	}
	var dirty []string
	for _, ch := range c.changes {
		clean, err := c.clean(ch)
		if err != nil {
			return nil, err
		}
		if !clean {
			dirty = append(dirty, ch.Path)
			continue
		}
		if ch.After.Mode == ModeFile || ch.After.Mode == ModeExec {
			if c.content[ch.Path], err = r.Blob(ch.After.ID); err != nil {
				return nil, err
			}
		}
	}
	if len(dirty) > 0 {
		return nil, &Dirty{Paths: dirty}
	}
	return c, nil
}

// clean says whether file and index entry are still what the old tree holds, or
// already what the new one holds.
func (c *checkout) clean(ch Change) (bool, error) {
	entry, err := c.index.Entry(ch.Path)
	staged := ID("")
	if err == nil {
		staged = ID(entry.Hash.String())
	} else if !errors.Is(err, index.ErrEntryNotFound) {
		return false, err
	}
	if staged != ch.Before.ID && staged != ch.After.ID || err == nil && entry.Stage != 0 {
		return false, nil // an unfinished merge is work of the user as well
	}
	b, err := os.ReadFile(filepath.Join(c.repo.root, filepath.FromSlash(ch.Path)))
	if errors.Is(err, fs.ErrNotExist) {
		// A file that was never checked out (a fresh repository) or was deleted
		// by hand loses nothing.
		return true, nil
	}
	if err != nil {
		return false, nil
	}
	on := ID(plumbing.ComputeHash(plumbing.BlobObject, b).String())
	return on == ch.Before.ID || on == ch.After.ID, nil
}

// apply writes the files and the index.
func (c *checkout) apply() error {
	for _, ch := range c.changes {
		file := filepath.Join(c.repo.root, filepath.FromSlash(ch.Path))
		if ch.After.Mode == "" {
			if err := os.Remove(file); err != nil && !errors.Is(err, fs.ErrNotExist) {
				return err
			}
			// An empty folder is no part of any tree.
			for dir := filepath.Dir(file); dir != c.repo.root && os.Remove(dir) == nil; dir = filepath.Dir(dir) {
			}
			if _, err := c.index.Remove(ch.Path); err != nil && !errors.Is(err, index.ErrEntryNotFound) {
				return err
			}
			continue
		}
		content, regular := c.content[ch.Path]
		if !regular {
			continue // links and submodules are left to git
		}
		mode, kind := fs.FileMode(0o644), filemode.Regular
		if ch.After.Mode == ModeExec {
			mode, kind = 0o755, filemode.Executable
		}
		if !c.leftOut(ch.Path, file) {
			if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
				return err
			}
			if err := os.WriteFile(file, content, mode); err != nil {
				return err
			}
		}
		c.stage(ch, file, kind, len(content))
	}
	return c.repo.store.SetIndex(c.index)
}

// leftOut says that a sparse checkout does without this file.
func (c *checkout) leftOut(path, file string) bool {
	entry, err := c.index.Entry(path)
	if err != nil || !entry.SkipWorktree {
		return false
	}
	_, err = os.Lstat(file)
	return errors.Is(err, fs.ErrNotExist)
}

func (c *checkout) stage(ch Change, file string, kind filemode.FileMode, size int) {
	entry, err := c.index.Entry(ch.Path)
	if err != nil {
		entry = c.index.Add(ch.Path)
	}
	entry.Hash, entry.Mode, entry.Size = plumbing.NewHash(string(ch.After.ID)), kind, uint32(size)
	entry.ModifiedAt = time.Now()
	if info, err := os.Stat(file); err == nil {
		entry.ModifiedAt = info.ModTime()
	}
}

// Switch checks out a branch, creating it at from when it does not exist. Like
// every write it refuses to overwrite changes of the user's own.
func (r *Repo) Switch(branch string, from *Commit) error {
	target, err := r.tip(branch, from)
	if err != nil {
		return err
	}
	if target == nil {
		return &Error{Code: "history.no-ref", Args: []any{branch}, Err: ErrNoRef}
	}
	var before ID
	if head, err := r.Resolve("HEAD"); err == nil {
		before = head.Tree
	}
	if r.root != "" {
		files, err := r.prepare(before, target.Tree)
		if err != nil {
			return err
		}
		if err := files.apply(); err != nil {
			return err
		}
	}
	name := plumbing.NewBranchReferenceName(branch)
	if _, err := r.reference(name); err != nil {
		if err := r.store.SetReference(plumbing.NewHashReference(name, plumbing.NewHash(string(target.ID)))); err != nil {
			return err
		}
	}
	if r.headLink() != "" { // writing through it would change the branch
		if err := os.Remove(filepath.Join(r.gitDir, "HEAD")); err != nil {
			return err
		}
	}
	return r.store.SetReference(plumbing.NewSymbolicReference(plumbing.HEAD, name))
}

// Advance moves a branch that has nothing of its own to a newer commit, so that
// work goes on from what has landed. Any other branch is left alone.
func (r *Repo) Advance(branch string, to *Commit) error {
	tip, err := r.tip(branch, nil)
	if err != nil || tip == nil || tip.ID == to.ID {
		return err
	}
	landed, err := r.IsAncestor(tip.ID, to.ID)
	if err != nil || !landed {
		return err
	}
	if r.elsewhere(branch) != "" {
		return nil
	}
	if r.HeadBranch() != branch || r.root == "" {
		return r.move(branch, tip, to.ID)
	}
	files, err := r.prepare(tip.Tree, to.Tree)
	if err != nil {
		return err
	}
	if err := r.move(branch, tip, to.ID); err != nil {
		return err
	}
	return files.apply()
}
