package timeline

import (
	"bytes"
	"errors"

	"github.com/tambal-id/tambal/cmd/tambal/internal/evidence"
	"github.com/tambal-id/tambal/cmd/tambal/internal/history"
)

// pointerPrefix begins every large-file pointer; the content is elsewhere.
var pointerPrefix = []byte("version https://git-lfs.github.com/spec/")

// files reads the evidence a step lists, as it stands in the first of the trees
// that holds it.
func (b *builder) files(s *Step, trees ...history.ID) error {
	for i, e := range s.Item.Evidence() {
		f := &File{Evidence: e, Step: s, Index: i, Path: s.Case.Dir + "/" + e.Path}
		s.Files = append(s.Files, f)
		for _, tree := range trees {
			var err error
			if f.Entry, err = b.repo.Lookup(tree, f.Path); err != nil {
				return err
			}
			if f.Entry.Mode != "" {
				break
			}
		}
		switch f.Entry.Mode {
		case "":
			f.State = FileMissing
			continue
		case history.ModeFile:
		default:
			f.State = FileMode
			continue
		}
		if err := b.inspect(f); err != nil {
			return err
		}
	}
	return nil
}

// landedTrees are the landed tree, or the union of head and base while pending.
func (l *Landing) landedTrees() []history.ID {
	if l.Pending {
		return []history.ID{l.Head.Tree, l.Base.Tree}
	}
	return []history.ID{l.Commit.Tree}
}

// inspect checks the content against the digest, and only then parses it.
func (b *builder) inspect(f *File) error {
	data, err := b.repo.Blob(f.Entry.ID)
	var large *history.Error
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
