package git

import (
	"bytes"
	"crypto/sha1" // Git's own checksum of the file
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/go-git/go-git/v5/plumbing/format/index"
)

func (r *Repo) indexFile() string { return filepath.Join(r.gitDir, "index") }

// LeftOut returns the paths that a sparse checkout keeps out of the working tree:
// that a file is not there does not mean that somebody deleted it.
func (r *Repo) LeftOut() (map[string]bool, error) {
	idx, err := r.readIndex()
	if err != nil {
		return nil, err
	}
	out := map[string]bool{}
	for _, e := range idx.Entries {
		if e.SkipWorktree {
			out[e.Name] = true
		}
	}
	return out, nil
}

// readIndex reads the index. A form that this program could not write back is
// refused with the command that ends it; nothing is rewritten blindly.
func (r *Repo) readIndex() (*index.Index, error) {
	idx := &index.Index{Version: 2}
	data, err := os.ReadFile(r.indexFile())
	if errors.Is(err, fs.ErrNotExist) {
		return idx, nil
	}
	if err == nil {
		err = index.NewDecoder(bytes.NewReader(checksummed(data))).Decode(idx)
	}
	if err == nil {
		return idx, nil
	}
	code := "history.index"
	// Both are extensions that must be understood. They stand after the entries,
	// so the later of two lookalikes is the extension.
	split, sparse := bytes.LastIndex(data, []byte("link\x00\x00")), bytes.LastIndex(data, []byte("sdir\x00\x00\x00\x00"))
	switch {
	case !errors.Is(err, index.ErrUnknownExtension):
	case sparse > split:
		code = "history.index-sparse"
	case split > 0:
		code = "history.index-split"
	}
	return nil, &Error{Code: code, Args: []any{err.Error()}, Err: err}
}

// checksummed fills in the checksum that index.skipHash leaves out.
func checksummed(data []byte) []byte {
	body := len(data) - sha1.Size
	if body < 0 || !bytes.Equal(data[body:], make([]byte, sha1.Size)) {
		return data
	}
	sum := sha1.Sum(data[:body])
	return append(bytes.Clone(data[:body]), sum[:]...)
}
