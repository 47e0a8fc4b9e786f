package timeline

import (
	"bytes"
	"errors"

	"github.com/tambal-id/tambal/cmd/tambal/internal/evidence"
	"github.com/tambal-id/tambal/cmd/tambal/internal/git"
)

// pointerPrefix begins every large-file pointer; the content is elsewhere.
var pointerPrefix = []byte("version https://git-lfs.github.com/spec/")

// listedFiles reads the evidence a step lists, as it is in the first of the trees
// that holds it.
func listedFiles(r *reader, s *Step, trees ...git.ID) (list []*File, err error) {
	for i, e := range s.Item.Evidence() {
		f := &File{Evidence: e, Step: s, Index: i, Path: s.Case.Dir + "/" + e.Path}
		list = append(list, f)
		at, err := r.entryIn(trees, f.Path)
		if err != nil {
			return nil, err
		}
		switch f.Entry = entry(at); f.Entry.Mode {
		case "":
			f.State = FileMissing
		case ModeFile:
			if err := inspect(r, f); err != nil {
				return nil, err
			}
		default:
			f.State = FileMode
		}
	}
	return list, nil
}

// content is what was found in a file when it was read: once, however many items
// list it.
type content struct {
	state  FileState // without a digest's
	size   int
	sum    string
	parsed bool
	scan   *evidence.Scan
	fault  *evidence.Error
}

// inspect checks the content against the digest, and only then parses it.
func inspect(r *reader, f *File) error {
	key := [2]string{string(f.Entry.ID), f.Format}
	found := r.contents[key]
	if found == nil || found.state == FileGood && found.sum == f.SHA256 && !found.parsed {
		var err error
		if found, err = look(r, f); err != nil {
			return err
		}
		r.contents[key] = found
	}
	f.Size, f.State = found.size, found.state
	switch {
	case f.State != FileGood:
	case found.sum != f.SHA256:
		f.State = FileDigest
	default:
		f.Scan, f.Fault = found.scan, found.fault
	}
	return nil
}

func look(r *reader, f *File) (*content, error) {
	data, err := r.repo.Blob(git.ID(f.Entry.ID))
	var large *git.Error
	if errors.As(err, &large) && large.Code == "history.too-large" {
		return &content{state: FileLarge}, nil
	}
	if err != nil {
		return nil, err
	}
	c := &content{size: len(data)}
	c.sum, _, err = evidence.Digest(bytes.NewReader(data))
	switch {
	case err != nil:
		c.state = FileLarge
	case len(data) == 0:
		c.state = FileEmpty
	case bytes.HasPrefix(data, pointerPrefix):
		c.state = FilePointer
	case c.sum != f.SHA256:
	case !evidence.HasReader(f.Format):
		c.parsed = true
	default:
		c.parsed = true
		if c.scan, err = evidence.Read(f.Format, bytes.NewReader(data)); err != nil && !errors.As(err, &c.fault) {
			c.fault = &evidence.Error{Code: "evidence.read", Args: []any{err.Error()}}
		}
	}
	return c, nil
}

// Files returns the evidence of a phase in a case, of one system or ("") any,
// in the order of the manifest.
func (c *Case) Files(phase, system string) []*File {
	var list []*File
	for _, s := range c.Steps {
		for _, f := range s.Files {
			if f.Phase == phase && (system == "" || f.Of == "" || f.Of == system) {
				list = append(list, f)
			}
		}
	}
	return list
}
