package git

import (
	"cmp"
	"crypto/rand"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// Only this file writes to the disk. Each file appears whole: it is
// written under another name, brought to the disk, and renamed. A stop at any
// moment leaves the old file or the new one.

// Interrupt is for tests: it is asked before each act that changes a disk, by a
// verb and the file's name. Its error comes out in place of the act, as that of a
// disk that is full, or of a machine that stopped; ErrSkip leaves the act out.
var Interrupt func(act, name string) error

// ErrSkip lets an act pass for done.
var ErrSkip = errors.New("left out")

func act(verb, name string, do func() error) error {
	if Interrupt != nil {
		switch err := Interrupt(verb, name); {
		case errors.Is(err, ErrSkip):
			return nil
		case err != nil:
			return &fs.PathError{Op: verb, Path: name, Err: err}
		}
	}
	return do()
}

func mkdir(dir string) error {
	if info, err := os.Stat(dir); err == nil && info.IsDir() {
		return nil
	}
	return act("mkdir", dir, func() error { return os.MkdirAll(dir, 0o755) })
}

func rename(from, to string) error {
	return act("rename", to, func() error { return os.Rename(from, to) })
}

// remove takes a file away that may be gone already.
func remove(name string) error {
	return act("remove", name, func() error {
		if err := os.Remove(name); !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		return nil
	})
}

// write is a full disk's write where it is interrupted: half of it gets there.
func write(f *os.File, data []byte) error {
	half := true
	err := act("write", f.Name(), func() error { half = false; _, err := f.Write(data); return err })
	if half && err != nil {
		_, _ = f.Write(data[:len(data)/2])
	}
	return err
}

func syncFile(f *os.File) error { return act("sync", f.Name(), f.Sync) }

// temporary makes a file for what is not whole yet. Git sweeps such names out of
// its folder of objects, where its own lie too.
func temporary(dir string, mode fs.FileMode) (f *os.File, err error) {
	name := filepath.Join(dir, Unfinished+rand.Text())
	err = act("create", name, func() error { f, err = os.OpenFile(name, os.O_RDWR|os.O_CREATE|os.O_EXCL, mode); return err })
	return f, err
}

// Unfinished is how the name of a file begins that is being written.
const Unfinished = "tmp_tambal_"

// stage writes into a folder what finish will put where it belongs. A file that is
// there keeps its mode, but for what the new mode says of running it.
func stage(dir, file string, data []byte, mode fs.FileMode) (name string, err error) {
	f, err := temporary(dir, mode)
	if err != nil {
		return "", err
	}
	if info, missing := os.Lstat(file); missing == nil && info.Mode().IsRegular() && (info.Mode()^mode)&0o100 == 0 {
		err = act("chmod", f.Name(), func() error { return f.Chmod(info.Mode().Perm()) })
	}
	if err == nil {
		err = write(f, data)
	}
	if err == nil {
		err = syncFile(f)
	}
	if closed := f.Close(); err == nil {
		err = closed
	}
	if err != nil {
		_ = remove(f.Name())
	}
	return f.Name(), err
}

// finish renames a staged file.
func finish(staged, file string) error {
	err := rename(staged, file)
	if err != nil {
		_ = remove(staged)
	}
	return err
}

// replace writes a file whole, by way of a folder on the same disk.
func replace(dir, file string, data []byte, mode fs.FileMode) error {
	staged, err := stage(dir, file, data, mode)
	if err != nil {
		return err
	}
	return finish(staged, file)
}

// WriteFile writes a file whole, and the folders above it where they are missing. A
// link keeps leading to the file that it leads to; into a pipe or a device the data
// goes as it is, for renaming a file over it would put an end to it.
func WriteFile(file string, data []byte, mode fs.FileMode) error {
	if real, err := filepath.EvalSymlinks(file); err == nil {
		file = real
	}
	if info, err := os.Stat(file); err == nil && !info.Mode().IsRegular() && !info.IsDir() {
		f, err := os.OpenFile(file, os.O_WRONLY, 0)
		if err != nil {
			return err
		}
		_, err = f.Write(data)
		return cmp.Or(err, f.Close())
	}
	if err := mkdir(filepath.Dir(file)); err != nil {
		return err
	}
	return replace(filepath.Dir(file), file, data, mode)
}

// extend adds a line to a log. Half a line that a stop has left is ended first; what
// of this one could not be written is taken back.
func extend(dir, file, line string) error {
	f, err := os.OpenFile(file, os.O_RDWR|os.O_APPEND, 0)
	if errors.Is(err, fs.ErrNotExist) {
		return replace(dir, file, []byte(line), 0o644)
	}
	if err != nil {
		return err
	}
	defer f.Close()
	size, err := f.Seek(0, io.SeekEnd)
	if err != nil {
		return err
	}
	last := []byte("\n")
	if size > 0 {
		if _, err := f.ReadAt(last, size-1); err != nil {
			return err
		}
	}
	if last[0] != '\n' {
		line = "\n" + line
	}
	if err = write(f, []byte(line)); err != nil {
		_ = act("truncate", file, func() error { return f.Truncate(size) })
	}
	return err
}

// staged is a file that waits for its name; from is "" where it goes away.
type staged struct {
	from, to string
	content  []byte
	mode     fs.FileMode
}

// settle gives a file its name, or takes it away with the folders it leaves empty,
// which are not part of any tree. What lies on another disk is written there.
func (s staged) settle(root string) error {
	if s.from == "" {
		err := remove(s.to)
		for dir := filepath.Dir(s.to); err == nil && dir != root && remove(dir) == nil; dir = filepath.Dir(dir) {
		}
		return err
	}
	if err := mkdir(filepath.Dir(s.to)); err != nil {
		return err
	}
	if rename(s.from, s.to) == nil {
		return nil
	}
	return replace(filepath.Dir(s.to), s.to, s.content, s.mode)
}
