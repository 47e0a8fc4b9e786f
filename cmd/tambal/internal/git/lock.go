package git

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// lock is one of Git's own lock files: the program that could create FILE.lock may
// change FILE, and every other program waits. Ours names its owner, and the system
// knows whether that process still runs, so that a lock left by a stop blocks nobody.
type lock struct {
	path string
	held *os.File // nil where the system cannot tell

	journal string // what has been done under it
}

// mark begins our lock files. What follows is the journal of a checkout.
const mark = "tambal\n"

// patience is how long a lock of somebody else is waited for.
var patience = time.Second

// lock takes the lock of a file. What a stopped run has left under it is handed to
// undo, which may be nil.
func (s *gitStore) lock(file string, undo func(journal string) error) (*lock, error) {
	l := &lock{path: file + ".lock"}
	for until := time.Now().Add(patience); ; time.Sleep(10 * time.Millisecond) {
		gone, err := left(l.path, undo)
		if gone && err == nil {
			err = l.take(s.scratch())
		}
		switch {
		case err == nil && gone:
			return l, nil
		case err != nil && !errors.Is(err, fs.ErrExist):
			return nil, err
		case time.Now().After(until):
			return nil, &Error{Code: "history.locked", Args: []any{l.path}}
		}
	}
}

// left says whether no lock is in the way, once a dead one of ours is gone. A
// foreign one stays: Git's do not say whether their process still runs.
func left(path string, undo func(journal string) error) (gone bool, err error) {
	f, err := os.Open(path)
	if err != nil {
		return errors.Is(err, fs.ErrNotExist), nil
	}
	defer f.Close()
	data, err := io.ReadAll(f)
	journal, ours := strings.CutPrefix(string(data), mark)
	if err != nil || !ours || hold(f) != nil {
		return false, err
	}
	own, err := f.Stat()
	if err != nil {
		return false, err
	}
	if now, err := os.Stat(path); err != nil || !os.SameFile(own, now) {
		return false, nil // another one took it over first
	}
	if undo != nil {
		if err := undo(journal); err != nil {
			return false, err
		}
	}
	return true, remove(path)
}

// take makes the lock file in one act, with all that it says. Where the system
// lacks that, it is one like Git's.
func (l *lock) take(scratch string) error {
	if err := mkdir(filepath.Dir(l.path)); err != nil {
		return err
	}
	f, err := l.written(scratch, "")
	if err != nil {
		return err
	}
	err = hold(f)
	if err == nil {
		err = act("link", l.path, func() error { return os.Link(f.Name(), l.path) })
	}
	_ = remove(f.Name())
	if err == nil {
		l.held = f
		return nil
	}
	f.Close()
	if errors.Is(err, fs.ErrExist) {
		return err
	}
	return act("create", l.path, func() error {
		f, err := os.OpenFile(l.path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
		if err == nil {
			err = f.Close()
		}
		return err
	})
}

func (l *lock) written(scratch, journal string) (*os.File, error) {
	f, err := temporary(scratch, 0o644)
	if err != nil {
		return nil, err
	}
	if err = write(f, []byte(mark+journal)); err != nil {
		_ = remove(f.Name())
		f.Close()
	}
	return f, err
}

// note writes into the lock what is about to be done under it.
func (l *lock) note(scratch, journal string) error {
	if l.held == nil || journal == "" {
		l.journal = journal
		return nil
	}
	f, err := l.written(scratch, journal)
	if err != nil {
		return err
	}
	if err = hold(f); err == nil {
		err = syncFile(f)
	}
	if err == nil {
		err = rename(f.Name(), l.path)
	}
	if err != nil {
		_ = remove(f.Name())
		f.Close()
		return err
	}
	l.held.Close()
	l.held, l.journal = f, journal
	return nil
}

// release gives the lock back. One that is only let go of says to the next run
// what is still to be undone.
func (l *lock) release(done bool) {
	if done {
		_ = remove(l.path)
	}
	if l.held != nil {
		l.held.Close()
	}
}
