package git

import (
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/go-git/go-billy/v5/osfs"
	"github.com/go-git/go-git/v5/config"
	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/cache"
	"github.com/go-git/go-git/v5/storage/filesystem"
	"github.com/go-git/go-git/v5/storage/filesystem/dotgit"
)

// gitStore is the library's, with what Git does more: objects borrowed from other
// repositories, a configuration that stops nothing, and references and their logs
// written under locks.
type gitStore struct {
	*filesystem.Storage
	place
	borrowed []*filesystem.ObjectStorage
	logs     string          // core.logAllRefUpdates
	who      func() Identity // who moves a reference without a commit
}

// Config gives the library its defaults: all it asks for is how to pack.
func (s *gitStore) Config() (*config.Config, error) { return config.NewConfig(), nil }

// EncodedObject looks into the repository first and then into those it borrows
// from. Whatever is found is hashed again by its reader.
func (s *gitStore) EncodedObject(kind plumbing.ObjectType, id plumbing.Hash) (plumbing.EncodedObject, error) {
	obj, err := s.Storage.EncodedObject(kind, id)
	for i := 0; errors.Is(err, plumbing.ErrObjectNotFound) && i < len(s.borrowed); i++ {
		obj, err = s.borrowed[i].EncodedObject(kind, id)
	}
	return obj, err
}

// HasEncodedObject keeps what is borrowed from being fetched again.
func (s *gitStore) HasEncodedObject(id plumbing.Hash) error {
	err := s.Storage.HasEncodedObject(id)
	for i := 0; errors.Is(err, plumbing.ErrObjectNotFound) && i < len(s.borrowed); i++ {
		err = s.borrowed[i].HasEncodedObject(id)
	}
	return err
}

// HashesWithPrefix lists the ids that begin so, wherever they are.
func (s *gitStore) HashesWithPrefix(prefix []byte) ([]plumbing.Hash, error) {
	list, err := s.Storage.HashesWithPrefix(prefix)
	for i := 0; err == nil && i < len(s.borrowed); i++ {
		var more []plumbing.Hash
		more, err = s.borrowed[i].HashesWithPrefix(prefix)
		list = append(list, more...)
	}
	return list, err
}

// Close releases the pack files.
func (s *gitStore) Close() error {
	err := s.Storage.Close()
	for _, b := range s.borrowed {
		err = errors.Join(err, b.Close())
	}
	return err
}

// borrowed opens the object folders that objects/info/alternates names ("git
// clone --shared" or --reference), and those that they name. One that is gone is
// passed over, as Git does: an object that is missed says so itself.
func borrowed(objects string) []*filesystem.ObjectStorage {
	var list []*filesystem.ObjectStorage
	seen := map[string]bool{filepath.Clean(objects): true}
	for queue := []string{objects}; len(queue) > 0; queue = queue[1:] {
		data, err := os.ReadFile(filepath.Join(queue[0], "info", "alternates"))
		if err != nil {
			continue
		}
		for line := range strings.Lines(string(data)) {
			line = strings.TrimRight(line, "\r\n")
			if unquoted, err := strconv.Unquote(line); err == nil {
				line = unquoted
			}
			dir := resolve(line, queue[0])
			if line == "" || strings.HasPrefix(line, "#") || seen[dir] || filepath.Base(dir) != "objects" {
				continue
			}
			seen[dir], queue = true, append(queue, dir)
			at := dotgit.New(osfs.New(filepath.Dir(dir)))
			list = append(list, filesystem.NewObjectStorageWithOptions(at, cache.NewObjectLRUDefault(), filesystem.Options{KeepDescriptors: true}))
		}
	}
	return list
}
