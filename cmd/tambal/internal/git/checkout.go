package git

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/filemode"
	"github.com/go-git/go-git/v5/plumbing/format/index"
)

// checkout brings the working tree and the index from one tree to another. It
// touches only paths that differ between the two, and it is prepared in full
// before anything is written, so that no work of the user is ever overwritten.
// Git's lock of the index is held from the first look to the end.
type checkout struct {
	repo    *Repo
	lock    *lock
	index   *index.Index
	changes []Change
	content map[string][]byte
	there   map[string]ID // what lies in the working tree, by path
	kept    bool
}

// Dirty lists paths of the working tree or the index that hold changes of
// their own and are in the way.
type Dirty struct{ Paths []string }

func (d *Dirty) Error() string { return fmt.Sprintf("uncommitted changes in %v", d.Paths) }

// checkout takes the lock; end gives it back.
func (r *Repo) checkout() (*checkout, error) {
	l, err := r.store.lock(r.indexFile(), r.undo)
	return &checkout{repo: r, lock: l}, err
}

// bring does it all, if nothing is in the way.
func (c *checkout) bring(before, after ID) (err error) {
	if c.changes, err = c.repo.Diff(before, after, nil); err != nil {
		return err
	}
	if err := c.look(); err != nil {
		return err
	}
	var dirty []string
	for _, ch := range c.changes {
		clean, err := c.clean(ch)
		if err != nil {
			return err
		}
		if !clean {
			dirty = append(dirty, ch.Path)
		}
	}
	if len(dirty) > 0 {
		return &Dirty{Paths: dirty}
	}
	return c.apply()
}

// look reads all that the changes need.
func (c *checkout) look() (err error) {
	if c.index, err = c.repo.readIndex(); err != nil {
		return err
	}
	c.content, c.there = map[string][]byte{}, map[string]ID{}
	for _, ch := range c.changes {
		b, err := os.ReadFile(c.repo.file(ch.Path))
		switch {
		case err == nil:
			c.there[ch.Path] = BlobID(b)
		case !errors.Is(err, fs.ErrNotExist):
			c.there[ch.Path] = unreadable
		}
		if ch.After.Mode == ModeFile || ch.After.Mode == ModeExec {
			if c.content[ch.Path], err = c.repo.Blob(ch.After.ID); err != nil {
				return err
			}
		}
	}
	return nil
}

// unreadable stands for what is not a file, or cannot be read.
const unreadable ID = "?"

func (r *Repo) file(path string) string { return filepath.Join(r.root, filepath.FromSlash(path)) }

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
	// A file that was never checked out (a fresh repository) or was deleted by hand
	// loses nothing.
	on, there := c.there[ch.Path]
	return !there || on == ch.Before.ID || on == ch.After.ID, nil
}

// apply writes the files and the index: first all of them under other names, so
// that a full disk changes nothing; then the lock says what is about to happen; and
// then they get their names.
func (c *checkout) apply() error {
	var ready []staged
	defer func() {
		for _, s := range ready {
			_ = remove(s.from)
		}
	}()
	scratch, journal := c.repo.store.scratch(), ""
	for _, ch := range c.changes {
		s, err := c.ready(scratch, ch)
		if err != nil {
			return err
		}
		if s.to != "" {
			ready = append(ready, s)
		}
		if was := c.there[ch.Path]; s.to != "" && was != ch.After.ID { // else it is the user's work
			journal += fmt.Sprintf("%s %s %q\n", cmp.Or(was, "-"), cmp.Or(ch.After.ID, "-"), ch.Path)
		}
	}
	var b bytes.Buffer
	if err := index.NewEncoder(&b).Encode(c.index); err != nil {
		return err
	}
	name, err := stage(scratch, c.repo.indexFile(), b.Bytes(), 0o644)
	if err != nil {
		return err
	}
	ready = append(ready, staged{name, c.repo.indexFile(), b.Bytes(), 0o644})
	if c.lock != nil {
		if err := c.lock.note(scratch, journal); err != nil {
			return err
		}
	}
	for _, s := range ready {
		if err := s.settle(c.repo.root); err != nil {
			return err
		}
	}
	ready = nil
	return nil
}

// ready writes one file under another name and its entry into the index.
func (c *checkout) ready(scratch string, ch Change) (s staged, err error) {
	file := c.repo.file(ch.Path)
	on, there := c.there[ch.Path]
	if ch.After.Mode == "" {
		if _, err := c.index.Remove(ch.Path); err != nil && !errors.Is(err, index.ErrEntryNotFound) {
			return s, err
		}
		if there {
			s.to = file
		}
		return s, nil
	}
	content, regular := c.content[ch.Path]
	if !regular {
		return s, nil // links and submodules are left to git
	}
	mode, kind := fs.FileMode(0o644), filemode.Regular
	if ch.After.Mode == ModeExec {
		mode, kind = 0o755, filemode.Executable
	}
	written := file
	info, err := os.Lstat(file)
	same := err == nil && on == ch.After.ID && info.Mode().IsRegular() && (info.Mode()^mode)&0o100 == 0
	if !same && !c.leftOut(ch.Path, file) {
		if written, err = stage(scratch, file, content, mode); err != nil {
			return s, err
		}
		s = staged{written, file, content, mode}
	}
	c.stage(ch, written, kind, len(content))
	return s, nil
}

// keep says that the branch follows.
func (c *checkout) keep() {
	if c != nil {
		c.kept = true
	}
}

// end gives the lock back. What did not come to its end is undone; where that
// fails too, it is left to the next run.
func (c *checkout) end() {
	var err error
	if !c.kept {
		err = c.repo.undo(c.lock.journal)
	}
	c.lock.release(err == nil)
}

// undo brings what a checkout has written back to what HEAD holds. A file that
// somebody has changed since is left alone.
func (r *Repo) undo(journal string) error {
	if journal == "" {
		return nil
	}
	var tree ID
	if head, err := r.Resolve("HEAD"); err == nil {
		tree = head.Tree
	} else if !errors.Is(err, ErrNoRef) {
		return err
	}
	c := &checkout{repo: r}
	was := map[string][2]ID{}
	for line := range strings.Lines(journal) {
		var before, after ID
		var path string
		if _, err := fmt.Sscanf(line, "%s %s %q", &before, &after, &path); err != nil {
			return err
		}
		want, err := r.Lookup(tree, path)
		if err != nil {
			return err
		}
		was[path] = [2]ID{before, after}
		c.changes = append(c.changes, Change{Path: path, After: want})
	}
	if err := c.look(); err != nil {
		return err
	}
	c.changes = slices.DeleteFunc(c.changes, func(ch Change) bool {
		on := cmp.Or(c.there[ch.Path], "-")
		return on != was[ch.Path][0] && on != was[ch.Path][1]
	})
	return c.apply()
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
	if info, err := os.Stat(file); err == nil {
		entry.ModifiedAt = info.ModTime()
	}
}

// WriteFile writes one file of the working tree, whole, if it still is what it was
// (nil: not there) or is that content already.
func (r *Repo) WriteFile(path string, was, data []byte) error {
	l, err := r.store.lock(r.indexFile(), r.undo)
	if err != nil {
		return err
	}
	defer l.release(true)
	file := r.file(path)
	there, err := os.ReadFile(file)
	switch {
	case err != nil && !errors.Is(err, fs.ErrNotExist):
		return err
	case err == nil && bytes.Equal(there, data):
		return nil
	case (err == nil) != (was != nil) || !bytes.Equal(there, was):
		return ErrMoved
	}
	name, err := stage(r.store.scratch(), file, data, 0o644)
	if err != nil {
		return err
	}
	defer remove(name)
	return staged{name, file, data, 0o644}.settle(r.root)
}
