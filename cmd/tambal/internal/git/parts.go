package git

import (
	"cmp"
	"errors"
	"io/fs"
	"path/filepath"
	"strings"

	"github.com/go-git/go-billy/v5"
)

// parts are the repository's files as the library sees them: without what is no
// reference (locks of a program that is at work or has died, and what file managers
// leave behind), and with every file that it makes whole.
type parts struct{ billy.Filesystem }

// ReadDir leaves out what is not a reference.
func (p *parts) ReadDir(dir string) ([]fs.FileInfo, error) {
	list, err := p.Filesystem.ReadDir(dir)
	if top, _, _ := strings.Cut(filepath.ToSlash(dir), "/"); top != "refs" {
		return list, err
	}
	var kept []fs.FileInfo
	for _, f := range list {
		if !strings.HasPrefix(f.Name(), ".") && !strings.HasSuffix(f.Name(), ".lock") && (f.IsDir() || f.Size() > 0) {
			kept = append(kept, f)
		}
	}
	return kept, err
}

// Create makes the index of a fetched pack, which the library would write in place.
func (p *parts) Create(name string) (billy.File, error) {
	f, err := p.TempFile(filepath.Dir(name), Unfinished)
	return &part{File: f, parts: p, name: name}, err
}

// part is a file that gets its name when it is closed and nothing has failed.
type part struct {
	billy.File
	parts *parts
	name  string
	err   error
}

func (p *part) Write(b []byte) (n int, err error) {
	err = act("write", p.name, func() error { n, err = p.File.Write(b); return err })
	p.err = cmp.Or(p.err, err)
	return n, err
}

// Close ends the file.
func (p *part) Close() error {
	err := errors.Join(p.err, p.File.Close())
	if err == nil {
		err = act("rename", p.name, func() error { return p.parts.Rename(p.File.Name(), p.name) })
	}
	if err != nil {
		_ = p.parts.Remove(p.File.Name())
	}
	return err
}
