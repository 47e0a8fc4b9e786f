package timeline

import (
	"bytes"
	"errors"

	"github.com/tambal-id/tambal/cmd/tambal/internal/evidence"
	"github.com/tambal-id/tambal/cmd/tambal/internal/git"
)

// pointerPrefix begins every large-file pointer; the content is elsewhere.
var pointerPrefix = []byte("version https://git-lfs.github.com/spec/")

// listedFiles reads the evidence a step lists, as it stands in the first of the trees
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

// inspect checks the content against the digest, and only then parses it.
func inspect(r *reader, f *File) error {
	data, err := r.repo.Blob(git.ID(f.Entry.ID))
	var large *git.Error
	if errors.As(err, &large) && large.Code == "history.too-large" {
		f.State = FileLarge
		return nil
	}
	if err != nil {
		return err
	}
	f.Size = len(data)
	sum, _, err := evidence.Digest(bytes.NewReader(data))
	switch {
	case err != nil:
		f.State = FileLarge
	case len(data) == 0:
		f.State = FileEmpty
	case bytes.HasPrefix(data, pointerPrefix):
		f.State = FilePointer
	case sum != f.SHA256:
		f.State = FileDigest
	case evidence.HasReader(f.Format):
		scan, err := evidence.Read(f.Format, bytes.NewReader(data))
		if err != nil && !errors.As(err, &f.Fault) {
			f.Fault = &evidence.Error{Code: "evidence.read", Args: []any{err.Error()}}
		}
		f.Scan = scan
	}
	return nil
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
