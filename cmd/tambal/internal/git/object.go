package git

import (
	"errors"
	"io"
	"strings"

	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/format/idxfile"
)

// maxObject bounds commits, trees, manifests and policies; evidence is
// streamed by Blob's caller within its own limit.
const maxObject = 64 << 20

// object returns the verified bytes of an object: the content is hashed again
// and must give the id that was asked for, which the object store itself does
// not guarantee for swapped or damaged files.
func (r *Repo) object(id ID) (plumbing.ObjectType, []byte, error) {
	hash := plumbing.NewHash(string(id))
	obj, err := r.store.EncodedObject(plumbing.AnyObject, hash)
	if errors.Is(err, plumbing.ErrObjectNotFound) {
		return 0, nil, &Error{Code: "history.missing", Args: []any{id.Short()}, Err: err}
	}
	if errors.Is(err, idxfile.ErrMalformedIdxFile) || errors.Is(err, idxfile.ErrUnsupportedVersion) {
		return 0, nil, &Error{Code: "history.pack", Args: []any{err.Error()}, Err: err} // pack.indexVersion=1, or damaged
	}
	if err != nil {
		return 0, nil, &Error{Code: "history.unreadable", Args: []any{id.Short(), err.Error()}, Err: err}
	}
	if obj.Size() > maxObject {
		return 0, nil, &Error{Code: "history.too-large", Args: []any{id.Short(), obj.Size()}}
	}
	reader, err := obj.Reader()
	if err != nil {
		return 0, nil, &Error{Code: "history.unreadable", Args: []any{id.Short(), err.Error()}, Err: err}
	}
	defer reader.Close()
	content, err := io.ReadAll(io.LimitReader(reader, maxObject+1))
	if err != nil {
		return 0, nil, &Error{Code: "history.unreadable", Args: []any{id.Short(), err.Error()}, Err: err}
	}
	if got := plumbing.ComputeHash(obj.Type(), content); got != hash {
		return 0, nil, &Error{Code: "history.hash", Args: []any{id.Short(), got.String()[:10]}, Malformed: true}
	}
	return obj.Type(), content, nil
}

func (r *Repo) objectOf(kind plumbing.ObjectType, id ID) ([]byte, error) {
	got, content, err := r.object(id)
	if err == nil && got != kind {
		err = &Error{Code: "history.kind", Args: []any{id.Short(), got.String(), kind.String()}, Malformed: true}
	}
	return content, err
}

// BlobID is the id of a file with this content.
func BlobID(content []byte) ID {
	return ID(plumbing.ComputeHash(plumbing.BlobObject, content).String())
}

// Blob returns the verified content of a file.
func (r *Repo) Blob(id ID) ([]byte, error) { return r.objectOf(plumbing.BlobObject, id) }

// Commit returns a verified, parsed commit.
func (r *Repo) Commit(id ID) (*Commit, error) {
	if c := r.commits[id]; c != nil {
		return c, nil
	}
	raw, err := r.objectOf(plumbing.CommitObject, id)
	if err != nil {
		return nil, err
	}
	c := parseCommit(id, raw)
	if c.Tree == "" {
		return nil, &Error{Code: c.Malformed, Args: []any{id.Short()}, Malformed: true}
	}
	r.commits[id] = c
	return c, nil
}

// Lookup returns the entry at a slash-separated path below a tree; the zero
// Entry when there is none.
func (r *Repo) Lookup(tree ID, path string) (Entry, error) {
	at := Entry{Mode: ModeTree, ID: tree}
	for _, part := range strings.Split(path, "/") {
		if at.Mode != ModeTree {
			return Entry{}, nil
		}
		entries, err := r.tree(at.ID)
		if err != nil {
			return Entry{}, err
		}
		at = find(entries, part)
	}
	return at, nil
}
